"""The register's rows: what the scripts of one mailbox forward, where to, and who set it; pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.history import Version
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.policy import Policy
from sieve_manager.sieve.conditions import HIDDEN, Condition, ConditionKind
from sieve_manager.sieve.dialects import Dialect
from sieve_manager.sieve.read_back import read_back
from sieve_manager.sieve.redirects import FoundRedirect, redirects_of

__all__ = [
    "OURS",
    "UNREADABLE",
    "Condition",
    "ConditionKind",
    "EntryState",
    "Forwarded",
    "Place",
    "RegisterEntry",
    "SetBy",
    "entries_of",
]

OURS = "sieve-manager"
"""The name of this program among those that write scripts."""

UNREADABLE = "The script {script} is not Sieve that we can read to its end."
_SOME_UNREADABLE = "A script that runs is not Sieve that we can read to its end."

_LONGEST_TARGET, _LONGEST_NAME = 320, 200
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")

Versions = Callable[[], Sequence[Version]]
"""Looks up the mailbox's history, newest first, where that is needed."""


class Place(StrEnum):
    """Where a target is; UNKNOWN: it is worked out for each message."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class SetBy(StrEnum):
    """Who set a forward; PROGRAM: whoever uses that program, most often the owner."""

    OWNER = "owner"
    HELPDESK = "helpdesk"
    PROGRAM = "program"
    UNKNOWN = "unknown"


class EntryState(StrEnum):
    """Where an entry stands in time."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """One target of one rule of one mailbox; or, with a *problem*, that it could not be read.

    *target* is the canonical address, else as written, or "" where it is worked out for each
    message. *notice*: not the message but a notice about it is sent. *conditions* must all
    hold; none: every message. *kept* None: whether a copy stays depends. *starts* and *ends*
    are the first and last instant (UTC). *actor* is who set it, where our history knows;
    *program* whose dialect it is, or "". *gone*: the target is inside, and nobody has it.
    """

    login: Login
    target: str = ""
    place: Place = Place.UNKNOWN
    notice: bool = False
    conditions: tuple[Condition, ...] = ()
    kept: bool | None = True
    starts: datetime | None = None
    ends: datetime | None = None
    paused: bool = False
    set_by: SetBy = SetBy.UNKNOWN
    actor: str = ""
    program: str = ""
    rule: str = ""
    script: str = ""
    gone: bool = False
    problem: str = ""

    def state(self, now: datetime) -> EntryState:
        """Where it stands at *now*."""
        if self.ends is not None and now > self.ends:
            return EntryState.ENDED
        if self.paused:
            return EntryState.PAUSED
        if self.starts is not None and now < self.starts:
            return EntryState.SCHEDULED
        return EntryState.ACTIVE

    def leads_on(self, now: datetime) -> bool:
        """Whether messages themselves go on by it, at *now* or later."""
        over = self.state(now) in (EntryState.ENDED, EntryState.PAUSED)
        return not (self.notice or self.problem or over)

    @property
    def unreadable(self) -> bool:
        """Whether it stands for a script that was read from the server, and not understood."""
        return bool(self.problem and self.script)

    @property
    def watched(self) -> bool:
        """Whether it may let mail out: what a digest tells of when it is new."""
        hidden = self.paused or self.place is Place.INSIDE
        return self.unreadable or not (self.problem or hidden)

    @property
    def without_words(self) -> "RegisterEntry":
        """Without what the rules of others say, for those who may not see it."""
        if self.unreadable:
            return replace(self, script="", problem=_SOME_UNREADABLE)
        if self.program == OURS or self.problem:
            return self
        hidden = (HIDDEN,) if self.conditions else ()
        return replace(self, rule="", script="", conditions=hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """What a mailbox forwards, and whether the rest *stays* there.

    *stays* None: that depends. The defaults are what holds where nothing is known.
    """

    entries: tuple[RegisterEntry, ...] = ()
    stays: bool | None = True


def entries_of(
    scripts: ScriptSet, mailbox: Mailbox, policy: Policy, versions: Versions
) -> tuple[RegisterEntry, ...]:
    """All that the mailbox forwards now, later, or once it is no longer paused; never fails."""
    read = redirects_of(scripts)
    found = [_entry(one, mailbox, policy) for one in read.found]
    if any(one.ours for one in read.found):
        known = tuple(versions())
        found = [
            _with_maker(entry, one, known, policy)
            for entry, one in zip(found, read.found, strict=True)
        ]
    problems = [
        RegisterEntry(login=mailbox.login, script=str(name), problem=UNREADABLE.format(script=name))
        for name in read.unreadable
    ]
    return (*dict.fromkeys(found), *problems)


def _entry(one: FoundRedirect, mailbox: Mailbox, policy: Policy) -> RegisterEntry:
    target, place = _place(one.target, mailbox, policy)
    program = OURS if one.ours else "" if one.dialect is Dialect.HAND else one.dialect.value
    set_by = SetBy.PROGRAM if program and not one.ours else SetBy.UNKNOWN
    return RegisterEntry(
        login=mailbox.login,
        target=_clean(target, _LONGEST_TARGET),
        place=place,
        notice=one.notifies,
        conditions=one.conditions,
        kept=one.kept,
        starts=one.starts,
        ends=one.ends,
        paused=one.paused,
        set_by=set_by,
        program=program,
        rule=_clean(one.rule, _LONGEST_NAME),
        script=_clean(str(one.script), _LONGEST_NAME),
    )


def _clean(text: str, longest: int) -> str:
    """*text* as databases and pages take it: no NUL, valid, and not without end."""
    shown = _UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return shown if len(shown) <= longest else f"{shown[:longest]}…"


def _place(target: str, mailbox: Mailbox, policy: Policy) -> tuple[str, Place]:
    if not target:
        return "", Place.UNKNOWN
    try:
        address = EmailAddress.parse(target)
    except InvalidInputError:
        return target, Place.OUTSIDE  # servers take more than we do
    inside = policy.is_inside(address, mailbox)
    return str(address), Place.INSIDE if inside else Place.OUTSIDE


def _with_maker(
    entry: RegisterEntry, one: FoundRedirect, known: Sequence[Version], policy: Policy
) -> RegisterEntry:
    """The entry with who set it, as far as the history reaches back."""
    if not one.ours:
        return entry
    for version in known:
        if not _holds(version.new.after, one, entry.target, policy):
            break
        if not _holds(version.new.before, one, entry.target, policy):
            actor = version.new.actor
            maker = SetBy.HELPDESK if actor.role.is_staff else SetBy.OWNER
            return replace(entry, set_by=maker, actor=actor.name)
    # Nobody but staff opens a case.
    return replace(entry, set_by=SetBy.HELPDESK) if one.of_case else entry


def _holds(scripts: ScriptSet, one: FoundRedirect, target: str, policy: Policy) -> bool:
    """Whether rules of ours of that kind forward to *target* there."""
    for script in scripts.scripts:
        ours = read_back(script.octets, policy.spam_headers)
        handover = ours.handover.forward if ours.handover else None
        forward = handover if one.of_case else ours.forward
        if forward and any(str(to) == target for to in forward.destinations):
            return True
    return False
