"""What happens to a mailbox's mail now, worked out from the scripts on the server."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.findings import finding_about
from sieve_manager.application.history import Version
from sieve_manager.application.understanding import OtherScript, understand
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.forward import CopyKind, Forward, Phase
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.mailboxes import Mailbox
from sieve_manager.domain.scripts import Fingerprint, ScriptName, ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, refuse, warn
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS, Policy
from sieve_manager.sieve.compile import available_copies
from sieve_manager.sieve.compose import Layout, Ours
from sieve_manager.sieve.hazards import Lookthrough
from sieve_manager.sieve.outline import ForeignRedirect, Outline

__all__ = [
    "CopyOffer",
    "ForeignRedirect",
    "Layout",
    "OtherScript",
    "Outline",
    "State",
    "Status",
    "Surroundings",
    "status_of",
]


class State(StrEnum):
    """The state in one word; see :class:`Status` for the rest."""

    OFF = "off"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    ENDED = "ended"
    PAUSED = "paused"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOffer:
    """A choice of copy; *missing* are the extensions the server would have to announce."""

    kind: CopyKind
    missing: tuple[str, ...]
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What was left out of a status for whoever may not see others' rules.

    *fingerprint* is that of the whole scripts; *rules* is how many of others' rules run.
    """

    fingerprint: Fingerprint
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What happens to incoming mail now.

    *works* is False where the server would cancel the scripts at delivery; *changed* holds
    the source of rules of ours that were changed by hand beyond what we can express;
    *superseded* is our forward in a script that is not active any more; *elsewhere* says
    that the scripts differ from what our last write left; *next_change* is the next start or
    end of our forward (UTC). *handover* is what a case makes of the mailbox, also before its
    first day and after its last; *case_changed* is the source of its rules where they were
    changed by hand. While it lasts, all else rests. *hidden* says what is left out for who may
    not see it.
    """

    mailbox: Mailbox
    state: State
    works: bool
    forward: Forward | None
    changed: tuple[str, ...]
    superseded: Forward | None
    layout: Layout | None
    included_script: ScriptName | None
    scripts: ScriptSet
    other_scripts: tuple[OtherScript, ...]
    foreign_redirects: tuple[ForeignRedirect, ...]
    redirects_used: int
    redirects_allowed: int
    findings: tuple[Finding, ...]
    capabilities: ServerCapabilities
    last: Version | None
    elsewhere: bool
    next_change: datetime | None
    copies: tuple[CopyOffer, ...]
    outside: tuple[EmailAddress, ...]
    handover: Handover | None = None
    case_changed: tuple[str, ...] = ()
    hidden: Hidden | None = None

    @property
    def active_script(self) -> ScriptName | None:
        """The name of the active script."""
        return self.scripts.listing.active

    @property
    def reached(self) -> bool:
        """Whether messages get as far as our forward, which others may have moved."""
        return all(finding.code != "never-reached" for finding in self.findings)

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of the scripts that this was worked out from."""
        return self.hidden.fingerprint if self.hidden else self.scripts.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What else a status depends on, beside the scripts.

    *compile_error* is what the server's compiler says against the active script, or "".
    """

    mailbox: Mailbox
    policy: Policy
    capabilities: ServerCapabilities
    now: datetime
    last: Version | None = None
    compile_error: str = ""

    @property
    def max_redirects(self) -> int:
        """The server's announced limit a delivery, else Pigeonhole's default."""
        announced = self.capabilities.max_redirects
        return DEFAULT_MAX_REDIRECTS if announced is None else announced


def status_of(scripts: ScriptSet, around: Surroundings) -> Status:
    """Work out the status; pure, from the scripts and their surroundings."""
    meaning = understand(
        scripts,
        spam_headers=around.policy.spam_headers,
        max_redirects=around.max_redirects,
        extensions=around.capabilities.sieve,
    )
    running, others, seen = meaning.running, meaning.others, meaning.seen
    case = meaning.running_case
    handover = case.rules.handover if case else None
    place = running or case
    forward = running.rules.forward if running else None
    changed = running.rules.changed if running else ()
    superseded = None if forward or changed else _superseded(meaning.places)
    redirects = meaning.redirects
    works = not around.compile_error and not any(hazard.cancels for hazard in seen.hazards)
    return Status(
        mailbox=around.mailbox,
        state=_state(forward, bool(changed or superseded or redirects), around.now),
        works=works,
        forward=forward,
        changed=changed,
        superseded=superseded,
        layout=place.layout if place else None,
        included_script=_included(place, others),
        scripts=scripts,
        other_scripts=others,
        foreign_redirects=redirects,
        redirects_used=seen.redirects_used,
        redirects_allowed=around.max_redirects,
        findings=_findings(
            seen, around, changed=bool(changed or (case and case.rules.case_changed))
        ),
        capabilities=around.capabilities,
        last=around.last,
        elsewhere=_is_elsewhere(scripts, around.last),
        next_change=_next_change(handover, forward, around.now),
        copies=_copies(around),
        outside=_outside(handover, forward, redirects, around),
        handover=handover,
        case_changed=case.rules.case_changed if case else (),
    )


def _superseded(places: tuple[Ours, ...]) -> Forward | None:
    return next(
        (place.rules.forward for place in places if not place.active and place.rules.forward), None
    )


def _included(running: Ours | None, others: tuple[OtherScript, ...]) -> ScriptName | None:
    if running is None or running.layout is not Layout.INCLUDE:
        return None
    return next(
        (other.script.name for other in others if other.script.name != running.script), None
    )


def _state(forward: Forward | None, foreign: bool, now: datetime) -> State:
    if forward is None:
        return State.FOREIGN if foreign else State.OFF
    match forward.phase(now):
        case Phase.ACTIVE:
            return State.ACTIVE
        case Phase.SCHEDULED:
            return State.SCHEDULED
        case Phase.ENDED:
            return State.ENDED
        case Phase.PAUSED:
            return State.PAUSED


def _findings(seen: Lookthrough, around: Surroundings, *, changed: bool) -> tuple[Finding, ...]:
    found = [
        finding_about(hazard, used=seen.redirects_used, allowed=around.max_redirects)
        for hazard in seen.hazards
    ]
    if around.compile_error:
        found.append(
            refuse(
                "does-not-compile",
                "The mail server cannot run the active script. It says: {server_text}",
                server_text=around.compile_error,
            )
        )
    if changed:
        found.append(
            warn(
                "changed-by-hand",
                "A rule of ours was changed by another program or by hand, beyond what we can "
                "express. It runs as it stands.",
            )
        )
    return tuple(found)


def _is_elsewhere(scripts: ScriptSet, last: Version | None) -> bool:
    """Whether a script that our last write touched, or the activation, is different now."""
    if last is None or not last.settled:
        return False
    after = last.new.after
    return scripts.listing.active != after.listing.active or any(
        scripts.get(script.name) != script for script in after.scripts
    )


def _next_change(
    handover: Handover | None, forward: Forward | None, now: datetime
) -> datetime | None:
    forwards = [one for one in (handover.forward if handover else None, forward) if one]
    instants = [at for one in forwards for at in (one.period.starts, one.period.ends)]
    return min((instant for instant in instants if instant and instant > now), default=None)


def _copies(around: Surroundings) -> tuple[CopyOffer, ...]:
    available = available_copies(around.capabilities.sieve)
    return tuple(
        CopyOffer(kind=kind, missing=available[kind], allowed=kind in around.policy.copy_choices)
        for kind in CopyKind
    )


def _outside(
    handover: Handover | None,
    forward: Forward | None,
    redirects: tuple[ForeignRedirect, ...],
    around: Surroundings,
) -> tuple[EmailAddress, ...]:
    addresses = [*(handover.forward.destinations if handover else ())]
    addresses += forward.destinations if forward else ()
    for redirect in redirects:
        try:
            addresses.append(EmailAddress.parse(redirect.target))
        except InvalidInputError:
            continue  # not constant, or not an address: listed as such, but not told of
    return tuple(
        address
        for address in dict.fromkeys(addresses)
        if not around.policy.is_inside(address, around.mailbox)
    )
