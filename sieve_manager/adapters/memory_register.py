"""The register in memory, for tests; passes the same contract tests as the database's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sieve_manager.application.ports import Clock
from sieve_manager.application.register import Forwarded, Place, RegisterEntry
from sieve_manager.application.register_store import (
    MOST_COUNTED,
    PAGE,
    KnownMailbox,
    NewForward,
    Question,
    Reading,
    Sort,
    Sweep,
    SweepState,
)
from sieve_manager.domain.mailboxes import Login


@dataclass(slots=True)
class _Mailbox:
    known: KnownMailbox
    entries: tuple[RegisterEntry, ...] = ()
    failure: tuple[RegisterEntry, ...] = ()
    stays: bool | None = True
    words: str = ""
    for_operators: bool = False
    sweep: int = 0


@dataclass(slots=True)
class MemoryRegister:
    """The RegisterStore port."""

    clock: Clock
    mailboxes: dict[Login, _Mailbox] = field(default_factory=dict)
    sweeps: list[Sweep] = field(default_factory=list)
    noted: list[NewForward] = field(default_factory=list)
    holder: str = ""
    expires: datetime | None = None

    def last(self) -> Sweep | None:
        """The newest."""
        return self.sweeps[-1] if self.sweeps else None

    def last_done(self) -> Sweep | None:
        """The newest that is done."""
        return next((one for one in reversed(self.sweeps) if one.finished), None)

    def done_since(self, since: datetime) -> tuple[Sweep, ...]:
        """Oldest first."""
        return tuple(one for one in self.sweeps if one.finished and one.finished >= since)

    def take(self, holder: str, seconds: float) -> Sweep | None:
        """Go on, or begin."""
        now, last = self.clock(), self.last()
        if last is None or last.state is SweepState.DONE:
            new = Sweep(
                number=last.number + 1 if last else 1,
                state=SweepState.RUNNING,
                started=now,
                touched=now,
                expected=len(self.mailboxes),
            )
            self.sweeps.append(new)
        elif self.expires is not None and self.expires > now:
            return None
        else:
            self._put(replace(last, state=SweepState.RUNNING, reason="", touched=now))
        self.holder, self.expires = holder, now + timedelta(seconds=seconds)
        return self.sweeps[-1]

    def known(self, logins: Sequence[Login]) -> Mapping[Login, KnownMailbox]:
        """What is known of these."""
        return {login: self.mailboxes[login].known for login in logins if login in self.mailboxes}

    def write(
        self, sweep: Sweep, holder: str, readings: Sequence[Reading], seconds: float
    ) -> Sweep | None:
        """Keep readings, and move the cursor behind them."""
        now, last = self.clock(), self.sweeps[-1]
        if not self._holds(sweep, holder):
            return None
        for one in readings:
            self._keep(one, last)
        self.expires = now + timedelta(seconds=seconds)
        return self._put(
            replace(
                last,
                touched=now,
                cursor=readings[-1].login.text if readings else last.cursor,
                read=last.read + sum(not one.problem for one in readings),
                failed=last.failed + sum(bool(one.problem) for one in readings),
                changed=last.changed + sum(one.entries is not None for one in readings),
            )
        )

    def inside_targets(self, after: str, limit: int) -> tuple[str, ...]:
        """Distinct ones, in order."""
        entries = (entry for box in self.mailboxes.values() for entry in box.entries)
        targets = {entry.target for entry in entries if entry.place is Place.INSIDE}
        return tuple(sorted(one for one in targets if one > after)[:limit])

    def mark_gone(self, targets: Mapping[str, bool]) -> None:
        """Say of these whether nobody has them."""
        for box in self.mailboxes.values():
            box.entries = tuple(
                replace(entry, gone=targets.get(entry.target, entry.gone))
                if entry.place is Place.INSIDE
                else entry
                for entry in box.entries
            )

    def pause(self, sweep: Sweep, holder: str, reason: str) -> None:
        """Let go of it."""
        if self._holds(sweep, holder):
            last = self.sweeps[-1]
            paused = replace(last, state=SweepState.PAUSED, reason=reason, touched=self.clock())
            self._put(paused)
            self.holder, self.expires = "", None

    def finish(self, sweep: Sweep, holder: str) -> Sweep | None:
        """Done; what it did not meet is forgotten."""
        if not self._holds(sweep, holder):
            return None
        now, last = self.clock(), self.sweeps[-1]
        if last.read + last.failed:
            kept = self.mailboxes.items()
            self.mailboxes = {login: box for login, box in kept if box.sweep == last.number}
        return self._put(replace(last, state=SweepState.DONE, finished=now, touched=now))

    def told(self, sweep: Sweep, whom: str) -> None:
        """They were told what is new in it."""
        self.sweeps = [
            replace(one, told=one.told | {whom}) if one.number == sweep.number else one
            for one in self.sweeps
        ]

    def news(self, sweep: Sweep, limit: int) -> tuple[NewForward, ...]:
        """What is new, by login."""
        found = [one for one in self.noted if one.sweep == sweep.number]
        return tuple(sorted(found, key=lambda one: one.login.text)[:limit])

    def count_news(self, sweep: Sweep) -> int:
        """How many."""
        return sum(one.sweep == sweep.number for one in self.noted)

    def page(
        self, question: Question, offset: int = 0, limit: int = PAGE
    ) -> tuple[RegisterEntry, ...]:
        """Entries from *offset*."""
        return tuple(self.every(question))[offset : offset + limit]

    def of(self, login: Login) -> Forwarded:
        """What is known of one mailbox."""
        box = self.mailboxes.get(login)
        return Forwarded(entries=tuple(box.entries), stays=box.stays) if box else Forwarded()

    def count(self, question: Question) -> int:
        """How many."""
        return min(len(tuple(self.every(question))), MOST_COUNTED + 1)

    def every(self, question: Question) -> Iterator[RegisterEntry]:
        """All."""
        never = datetime.max.replace(tzinfo=self.clock().tzinfo)
        found = [
            (login.text, position, entry)
            for login, box in self.mailboxes.items()
            if box.for_operators or not question.for_operators
            for position, entry in enumerate((*box.entries, *box.failure))
            if _is_asked_for(entry, f"{login} {box.words} {entry.target}".lower(), question)
        ]
        match question.sort:
            case Sort.MAILBOX:
                found.sort(key=lambda one: one[:2])
            case Sort.TARGET:
                found.sort(key=lambda one: (one[2].target, *one[:2]))
            case Sort.ENDS:
                found.sort(key=lambda one: (one[2].ends or never, *one[:2]))
        yield from (entry for _, _, entry in found)

    def _holds(self, sweep: Sweep, holder: str) -> bool:
        last = self.sweeps[-1]
        mine = last.number == sweep.number and self.holder == holder
        return mine and last.state is SweepState.RUNNING

    def _put(self, sweep: Sweep) -> Sweep:
        self.sweeps[-1] = sweep
        return sweep

    def _keep(self, one: Reading, sweep: Sweep) -> None:
        box = self.mailboxes.setdefault(one.login, _Mailbox(KnownMailbox(fingerprint="")))
        box.sweep, box.failure = sweep.number, ()
        box.words, box.for_operators = one.words, one.for_operators
        if one.problem:
            box.failure = (RegisterEntry(login=one.login, problem=one.problem),)
            return
        box.known = KnownMailbox(fingerprint=one.fingerprint, scripts=one.scripts)
        if one.entries is None:
            return
        before = {(entry.target, entry.unreadable) for entry in box.entries if entry.watched}
        watched = [entry for entry in one.entries if entry.watched]
        fresh = {(entry.target, entry.unreadable): entry for entry in watched}
        self.noted += [
            NewForward(
                sweep=sweep.number,
                login=one.login,
                target=entry.target,
                set_by=entry.set_by,
                program=entry.program,
                unreadable=entry.unreadable,
            )
            for key, entry in fresh.items()
            if sweep.expected and key not in before
        ]
        box.entries, box.stays = one.entries, one.stays


def _is_asked_for(entry: RegisterEntry, words: str, question: Question) -> bool:
    return (
        bool(entry.problem) == question.problems
        and not (question.outside and entry.place is Place.INSIDE)
        and not (question.no_end and entry.ends)
        and not (question.gone and not entry.gone)
        and (question.set_by is None or entry.set_by is question.set_by)
        and all(word in words for word in question.text.lower().split())
    )
