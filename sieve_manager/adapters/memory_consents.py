"""Questions to receivers, in memory, for tests and for trying things out."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent, Source
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login


@dataclass(slots=True)
class MemoryConsents:
    """The ConsentStore port."""

    _kept: dict[int, Consent] = field(default_factory=dict)
    _asked: list[tuple[datetime, str, str]] = field(default_factory=list)
    _wishes: dict[Login, Forward] = field(default_factory=dict)

    def of(self, source: Source) -> tuple[Consent, ...]:
        """In the order in which they were first asked."""
        return tuple(one for one in self._kept.values() if one.source == source)

    def get(self, number: int) -> Consent | None:
        """The one with this id."""
        return self._kept.get(number)

    def change(self, old: Consent | None, new: Consent, *, owner: str = "") -> Consent | None:
        """Keep *new*, unless somebody else was quicker."""
        if old is None:
            same = {one.destination.key for one in self.of(new.source)}
            if new.destination.key in same:
                return None
            new = replace(new, id=len(self._kept) + 1)
        elif self._kept.get(old.id) != old:
            return None
        if old is None or new.question != old.question:
            receiver = new.destination.without_detail.key
            self._asked.append((new.asked_at, owner, receiver))
        self._kept[new.id] = new
        return new

    def pending(self, limit: int = 100) -> tuple[Consent, ...]:
        """The one that waits longest first."""
        waiting = [one for one in self._kept.values() if not one.done]
        return tuple(sorted(waiting, key=lambda one: (one.at, one.id))[:limit])

    def asked(
        self,
        since: datetime,
        *,
        owner: str | None = None,
        destination: EmailAddress | None = None,
    ) -> int:
        """How many questions were asked since then."""
        return sum(
            at >= since
            and (owner is None or owner == of)
            and (destination is None or destination.without_detail.key == to)
            for at, of, to in self._asked
        )

    def forget_questions(self, before: datetime) -> int:
        """Count no more the old ones."""
        old = [one for one in self._asked if one[0] < before]
        self._asked = [one for one in self._asked if one[0] >= before]
        return len(old)

    def wish(self, login: Login) -> Forward | None:
        """What the forward is to become."""
        return self._wishes.get(login)

    def keep_wish(self, login: Login, wish: Forward | None) -> None:
        """Keep or forget it."""
        if wish is None:
            self._wishes.pop(login, None)
        else:
            self._wishes[login] = wish
