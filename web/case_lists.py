"""The lists of cases: what ends this week, runs, waits, failed, is over."""

from dataclasses import dataclass
from datetime import timedelta

from sieve_manager.application.case import Case, CaseState
from sieve_manager.domain.people import Person
from web.context import actor, wired
from web.say import N_

_A_WEEK = timedelta(days=7)
PAGE = 50
_MOST_LOOKED_AT = 500  # each is a question to the directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case with who left."""

    case: Case
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a list; *more*: how many to pass over for those that follow, None at its end."""

    cases: tuple[Listed, ...]
    more: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """One list: its name in the address, its title, and which cases are in it."""

    name: str
    title: str
    states: tuple[CaseState, ...]
    within: timedelta | None = None
    over: bool = False

    def part(self, text: str = "", *, skip: int = 0, limit: int = PAGE) -> Part:
        """Some of its cases behind the first *skip*, as far as one may act for their mailboxes.

        Those that end soonest come first; of those that are over, the last one.
        """
        found: list[Listed] = []
        looked = skip
        while looked < skip + _MOST_LOOKED_AT:
            cases = self._cases(text, looked)
            for case in cases:
                if len(found) == limit:
                    return Part(cases=tuple(found), more=looked)
                looked += 1
                seen = wired().staff.look(actor(), case.login)
                if not seen.refusal:
                    found.append(Listed(case=case, person=seen.person))
            if len(cases) < PAGE:
                return Part(cases=tuple(found), more=None)
        return Part(cases=tuple(found), more=looked)

    def _cases(self, text: str, offset: int) -> tuple[Case, ...]:
        now = wired().clock()
        return wired().cases.store.found(
            self.states,
            ends_from=now if self.within else None,
            ends_before=now + self.within if self.within else None,
            text=text,
            last_over_first=self.over,
            offset=offset,
            limit=PAGE,
        )


LISTS = (
    CaseList(name="ending", title=N_("Ends this week"), states=(CaseState.ACTIVE,), within=_A_WEEK),
    CaseList(name="running", title=N_("Running"), states=(CaseState.BEGINNING, CaseState.ACTIVE)),
    CaseList(name="waiting", title=N_("Waiting for approval"), states=(CaseState.WAITING,)),
    CaseList(name="failed", title=N_("Failed"), states=(CaseState.FAILED,)),
    CaseList(name="over", title=N_("Over"), states=(CaseState.ENDED, CaseState.UNDONE), over=True),
)
OPEN_LISTS = tuple(one for one in LISTS if one.name != "over")
"""Those of the start page: what is over needs nobody."""
