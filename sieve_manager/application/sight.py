"""What who acts may see of a mailbox: an operator not the rules that others wrote.

A reduced status, plan or version has the same shape as a whole one, so that pages, the API and
programs need no second way; what it must not say is not in it. Our rules stand in it as if they
stood alone, in one script without a name.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sieve_manager.application.access import Actor
from sieve_manager.application.history import Change, Version
from sieve_manager.application.plan import Plan
from sieve_manager.application.ports import FolderListing
from sieve_manager.application.saving import Saved
from sieve_manager.application.staff import denied
from sieve_manager.application.status import Hidden, Status
from sieve_manager.application.understanding import OtherScript
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import SaveFailedError, ServerError
from sieve_manager.policy.findings import Finding, refuse
from sieve_manager.policy.rights import StaffRules, may_see_other_rules
from sieve_manager.sieve.compose import Desired
from sieve_manager.sieve.ours_alone import count_others, ours_alone
from sieve_manager.sieve.outline import Outline
from sieve_manager.sieve.rule_parts import SpamHeaders

NAMELESS = ScriptName("")
_UNSAID = "…"
# Facts of findings that are never of somebody else's rules. All others are left out, so that a
# finding that is new has to be thought of here before operators see its facts.
_FACTS = frozenset(
    {"address", "allowed", "count", "day", "days", "domain", "extensions", "limit", "mailbox"}
    | {"targets"}  # where others forward to is said to everybody
    | {"minimum", "targets", "used"}
    | {"one", "other", "path"}  # of chains, as who acts may see them
)
_NOT_SHOWN = refuse(
    "see-others",
    "What other programs' filters say is for the owner and for administrators to see.",
)
_UNSEEN = refuse(
    "undo-unseen",
    "Somebody else changed the filters since, which is not shown to you. Only the owner or an "
    "administrator can put the earlier state over that.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What each role is shown; operators nothing of others' rules where *staff* does not say so."""

    staff: StaffRules = field(default_factory=StaffRules)
    spam_headers: SpamHeaders = ()

    def is_whole(self, actor: Actor) -> bool:
        """Whether *actor* sees everything."""
        return may_see_other_rules(actor.role, self.staff)

    def demand_whole(self, actor: Actor) -> None:
        """Return where *actor* sees everything; NotAllowedError."""
        if not self.is_whole(actor):
            raise denied(_NOT_SHOWN)

    def status(self, actor: Actor, status: Status) -> Status:
        """The status as *actor* may see it."""
        return status if self.is_whole(actor) else self._reduced(status)

    def version(self, actor: Actor, version: Version) -> Version:
        """An entry of the history as *actor* may see it."""
        return version if self.is_whole(actor) else self._of_version(version)

    def plan(self, actor: Actor, plan: Plan) -> Plan:
        """A plan as *actor* may see it.

        Who cannot see what others changed cannot choose to go over it either.
        """
        if self.is_whole(actor):
            return plan
        findings = tuple(_without_facts(one) for one in plan.findings)
        if plan.change is Change.UNDO and plan.conflict:
            findings += (_UNSEEN,)
        layout = plan.desired.layout
        return replace(
            plan,
            before=self._reduced(plan.before),
            after=self._reduced(plan.after),
            desired=Desired(puts=(), deletes=(), active=None, layout=layout),
            findings=findings,
        )

    def saved(self, actor: Actor, saved: Saved) -> Saved:
        """What a save led to, as *actor* may see it."""
        if self.is_whole(actor):
            return saved
        last = self._of_version(saved.around.last) if saved.around.last else None
        return replace(
            saved,
            scripts=self._ours(saved.scripts),
            around=replace(saved.around, last=last, compile_error=""),
            version=self._of_version(saved.version) if saved.version else None,
            warnings="",
            shown=self._reduced(saved.status),
        )

    def folders(self, actor: Actor, listing: FolderListing) -> FolderListing:
        """The folders as *actor* may see them: whether there is Trash, which the form needs."""
        return listing if self.is_whole(actor) else replace(listing, names=())

    @contextmanager
    def errors(self, actor: Actor) -> Iterator[None]:
        """Let errors out as *actor* may see them: without the mail server's words."""
        try:
            yield
        except (ServerError, SaveFailedError) as error:
            if not self.is_whole(actor):
                error.forget_words()
            raise

    def _reduced(self, status: Status) -> Status:
        return replace(
            status,
            hidden=Hidden(
                fingerprint=status.fingerprint,
                rules=sum(count_others(one.script.octets) for one in status.other_scripts),
            ),
            changed=("",) * len(status.changed),
            case_changed=("",) * len(status.case_changed),
            included_script=None,
            scripts=self._ours(status.scripts),
            other_scripts=tuple(_blank(one) for one in status.other_scripts),
            foreign_redirects=tuple(replace(one, rule="") for one in status.foreign_redirects),
            findings=tuple(_without_facts(one) for one in status.findings),
            last=self._of_version(status.last) if status.last else None,
        )

    def _of_version(self, version: Version) -> Version:
        new = version.new
        return replace(
            version, new=replace(new, before=self._ours(new.before), after=self._ours(new.after))
        )

    def _ours(self, scripts: ScriptSet) -> ScriptSet:
        text = "".join(ours_alone(one.octets, self.spam_headers) for one in scripts.scripts)
        return ScriptSet(
            listing=ScriptListing(
                names=(NAMELESS,), active=NAMELESS if scripts.listing.active else None
            ),
            scripts=(Script(name=NAMELESS, octets=text.encode()),),
        )


def _blank(other: OtherScript) -> OtherScript:
    """That there is one, and nothing of it."""
    outline = other.outline
    return OtherScript(
        script=Script(name=NAMELESS, octets=b""),
        outline=Outline(readable=outline.readable, dialect=outline.dialect),
    )


def _without_facts(finding: Finding) -> Finding:
    facts = tuple((key, value if key in _FACTS else _UNSAID) for key, value in finding.facts)
    return replace(finding, facts=facts)
