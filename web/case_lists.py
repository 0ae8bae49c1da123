"""The lists of cases: what ends this week, runs, waits, failed, is over."""

from dataclasses import dataclass
from datetime import timedelta

from sieve_manager.application.case import Case, CaseState
from sieve_manager.domain.people import Person
from web.context import actor, wired
from web.say import N_

_A_WEEK = timedelta(days=7)
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case with who left."""

    case: Case
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """One list: its name in the address, its title, and which cases are in it."""

    name: str
    title: str
    states: tuple[CaseState, ...]
    within: timedelta | None = None

    def found(self, text: str = "", limit: int = _PAGE) -> tuple[Listed, ...]:
        """Its cases, those that end soonest first, as far as one may act for their mailboxes."""
        now = wired().clock()
        cases = wired().cases.store.found(
            self.states,
            ends_from=now if self.within else None,
            ends_before=now + self.within if self.within else None,
            text=text,
            limit=limit,
        )
        seen = ((case, wired().staff.look(actor(), case.login)) for case in cases)
        return tuple(
            Listed(case=case, person=found.person) for case, found in seen if not found.refusal
        )


LISTS = (
    CaseList(name="ending", title=N_("Ends this week"), states=(CaseState.ACTIVE,), within=_A_WEEK),
    CaseList(name="running", title=N_("Running"), states=(CaseState.BEGINNING, CaseState.ACTIVE)),
    CaseList(name="waiting", title=N_("Waiting for approval"), states=(CaseState.WAITING,)),
    CaseList(name="failed", title=N_("Failed"), states=(CaseState.FAILED,)),
    CaseList(name="over", title=N_("Over"), states=(CaseState.ENDED, CaseState.UNDONE)),
)
OPEN_LISTS = tuple(one for one in LISTS if one.name != "over")
"""Those of the start page: what is over needs nobody."""
