"""Work out a plan from a wish and the scripts on the server; pure."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sieve_manager.application.history import Change, Version
from sieve_manager.application.plan import Plan
from sieve_manager.application.status import Status, Surroundings, status_of
from sieve_manager.application.undoing import way_back
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.scripts import Fingerprint, ScriptName, ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, inform, only_warns, refuse
from sieve_manager.policy.review import review
from sieve_manager.sieve.compile import CompileOptions, compile_forward, missing_extensions
from sieve_manager.sieve.compile_handover import compile_handover, missing_for_handover
from sieve_manager.sieve.compose import Desired, compose
from sieve_manager.sieve.placement import KEEP, Keep

Made = Forward | Handover | Keep | None
"""What a plan makes of the forward, or of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants: a forward worked out from the status, or an earlier state back.

    *resolve* may raise InvalidInputError where there is nothing to do this to; *handover* says
    what becomes of a case; *trash* is the folder for Trash where it was looked up; *remarks* are
    findings that only this wish has, about the status before; *back* is the version to take
    back, with all *later* ones, newest first; *checksum* is that of the plan that
    was seen, where no other may be carried out; *note* and *ticket* say why. *basis* is all that
    the wish was made from, so that two wishes of the same basis lead to the same plan on the
    same scripts; None: that is not known.
    """

    change: Change
    resolve: Callable[[Status], Forward | Keep | None]
    handover: Callable[[Status], Handover | Keep | None] = lambda _: KEEP
    trash: str | None = None
    note: str = ""
    ticket: str = ""
    remarks: Callable[[Status], tuple[Finding, ...]] = lambda _: ()
    back: Version | None = None
    later: tuple[Version, ...] = ()
    checksum: str = ""
    basis: Hashable | None = None


def make_plan(
    scripts: ScriptSet, wish: Wish, around: Surroundings, loaded: Fingerprint | None
) -> Plan:
    """Return what *wish* would write onto *scripts*, and what it would mean.

    Raises:
        InvalidInputError: there is nothing that the wish could be about.
    """
    before = status_of(scripts, around)
    if wish.back is not None:
        way = way_back(wish.back, wish.later, scripts)
        return _plan(before, wish, way.desired, around, loaded, stale=way.stale)
    forward, handover = wish.resolve(before), wish.handover(before)
    options = CompileOptions(
        extensions=around.capabilities.sieve,
        spam_headers=around.policy.spam_headers,
        trash_folder=wish.trash,
    )
    obstacles = (*_obstacles(forward, options), *_obstacles(handover, options))
    if obstacles:
        return _plan(before, wish, _nothing(scripts), around, loaded, found=obstacles)
    try:
        desired = compose(scripts, forward, options, handover)
        for script in desired.puts:
            ScriptName.parse(script.name.text)  # a listed name need not be one that we may write
    except InvalidInputError as error:
        found = (_finding(error),)
        return _plan(before, wish, _nothing(scripts), around, loaded, found=found)
    return _plan(before, wish, desired, around, loaded, made=(forward, handover), options=options)


def _plan(
    before: Status,
    wish: Wish,
    desired: Desired,
    around: Surroundings,
    loaded: Fingerprint | None,
    *,
    found: tuple[Finding, ...] = (),
    made: tuple[Made, ...] = (),
    options: CompileOptions | None = None,
    stale: bool = False,
) -> Plan:
    after = status_of(desired.applied_to(before.scripts), around)
    found += wish.remarks(before)
    running = [one for one in made if (forward := _forward_of(one)) and not forward.paused]
    if running:
        for one in running:
            found += _reviewed(one, around)
        found += (*after.findings, *_skipped(made, after))
    else:  # less is forwarded than before: nothing there may hinder it
        found += tuple(map(only_warns, after.findings))
    return Plan(
        change=wish.change,
        before=before,
        after=after,
        desired=desired,
        findings=found,
        conflict=stale or (loaded is not None and loaded != before.fingerprint),
        compile_rule=lambda: _text(made, options),
    )


def _reviewed(made: Made, around: Surroundings) -> tuple[Finding, ...]:
    if isinstance(made, Handover):
        return review(made.forward, around.mailbox, around.policy.of_cases, around.now)
    if isinstance(made, Forward):
        return review(made, around.mailbox, around.policy, around.now)
    return ()


def _text(made: tuple[Made, ...], options: CompileOptions | None) -> str:
    texts = []
    for one in made if options else ():
        if isinstance(one, Handover) and options:
            texts.append(compile_handover(one, options).text)
        if isinstance(one, Forward) and options:
            texts.append(compile_forward(one, options).text)
    return "".join(reversed(texts))


def _forward_of(made: Made) -> Forward | None:
    if isinstance(made, Handover):
        return made.forward
    return made if isinstance(made, Forward) else None


def _obstacles(made: Made, options: CompileOptions) -> tuple[Finding, ...]:
    forward = _forward_of(made)
    if forward is None:
        return ()
    if forward.copy.kind is CopyKind.TRASH and options.trash_folder is None:
        return (refuse("no-trash", "This mailbox has no folder for Trash.", where="copy"),)
    missing = missing_extensions(forward, options)
    if isinstance(made, Handover):
        missing = missing_for_handover(made, options)
    if "spamtest" in missing:
        return (
            refuse(
                "spam-unmarked",
                "Spam cannot be held back here: neither the configuration nor the mail server "
                "says how it is marked. Choose to forward it as well.",
                where="hold_spam",
            ),
        )
    if not missing:
        return ()
    dates_alone = set(missing) <= {"date", "relational"}
    return (
        refuse(
            "extension-missing",
            "The mail server cannot do this. It lacks: {extensions}.",
            where="first_day" if dates_alone else "copy",
            extensions=", ".join(missing),
        ),
    )


def _skipped(made: tuple[Made, ...], after: Status) -> tuple[Finding, ...]:
    late = any(finding.code == "filters-first" for finding in after.findings)
    stops = any(isinstance(one, Forward) and one.copy.stops for one in made)
    if not stops or not after.other_scripts or late:
        return ()
    return (
        inform(
            "filters-skipped",
            "Your other filters are skipped for messages that are forwarded.",
            where="copy",
        ),
    )


def _finding(error: InvalidInputError) -> Finding:
    return refuse(error.code, error.template, where=error.where, **error.facts)


def _nothing(scripts: ScriptSet) -> Desired:
    return Desired(puts=(), deletes=(), active=scripts.listing.active, layout=None)
