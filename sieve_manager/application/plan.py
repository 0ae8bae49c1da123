"""What a change would write, and what it would mean: worked out before anything is sent."""

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sieve_manager.application.access import Actor
from sieve_manager.application.history import Change
from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.scripts import Fingerprint, ScriptName, ScriptSet
from sieve_manager.policy.findings import Finding, asks, refusals
from sieve_manager.sieve.compose import Desired

Check = Callable[[Actor], tuple[Finding, ...]]
"""What, beyond this mailbox, speaks at this moment against a plan, as who acts may see it."""


def unchecked(_actor: Actor) -> tuple[Finding, ...]:
    """Where nothing beyond the mailbox is known, nothing speaks against it."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one script changes, as the lines of a unified diff.

    Octets that are not UTF-8 show as replacement characters; the octets themselves are in
    the plan.
    """

    script: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would be written onto what, and what speaks against it: what a save needs to know.

    *to* is where a forward that it brings leads. *check* is asked once others can see that it is
    about to be written.
    """

    before: ScriptSet
    desired: Desired
    findings: tuple[Finding, ...] = ()
    conflict: bool = False
    to: tuple[EmailAddress, ...] = ()
    check: Check = field(default=unchecked, repr=False, compare=False)

    @property
    def after(self) -> ScriptSet:
        """What the mailbox would hold."""
        return self.desired.applied_to(self.before)

    @property
    def loaded(self) -> Fingerprint:
        """The fingerprint of the state that it is about."""
        return self.before.fingerprint

    @property
    def refused(self) -> bool:
        """Whether a finding refuses it."""
        return bool(refusals(self.findings))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.before.fingerprint == self.after.fingerprint

    @property
    def checksum(self) -> str:
        """As :attr:`Plan.checksum`."""
        return _checksum(self.before.fingerprint, self.after.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be written (*desired*), and what the mailbox does before and after.

    *conflict* says that the scripts are not those the caller had loaded, or, for an undo,
    not those that the version left.
    """

    change: Change
    before: Status
    after: Status
    desired: Desired
    findings: tuple[Finding, ...]
    conflict: bool
    compile_rule: Callable[[], str] = field(default=str, repr=False, compare=False)

    @property
    def rule_text(self) -> str:
        """Our rule as Sieve text, or "" where there is none; made when asked for."""
        return self.compile_rule()

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The difference of every script that changes."""
        return differences(self.before.scripts, self.after.scripts)

    @property
    def loaded(self) -> Fingerprint:
        """The fingerprint of the state it was worked out from."""
        return self.before.fingerprint

    @property
    def refused(self) -> bool:
        """Whether a finding refuses it."""
        return bool(refusals(self.findings))

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.before.fingerprint == self.after.fingerprint

    @property
    def idle(self) -> bool:
        """Whether carrying it out is of no use: nothing to write, and nobody to ask."""
        return self.empty and not asks(self.findings)

    @property
    def checksum(self) -> str:
        """A checksum (64 hexadecimal digits) of what would be written onto what."""
        return _checksum(self.before.fingerprint, self.after.fingerprint)

    @property
    def to(self) -> tuple[EmailAddress, ...]:
        """Where a forward, or a case, leads that is other afterwards than before."""
        before, after = self.before, self.after
        if after.handover and after.handover != before.handover:
            return after.handover.forward.destinations
        forward = after.forward
        if forward is None or forward.paused or forward == before.forward:
            return ()
        return forward.destinations

    @property
    def draft(self) -> Draft:
        """What a save needs of it."""
        return Draft(
            before=self.before.scripts,
            desired=self.desired,
            findings=self.findings,
            conflict=self.conflict,
            to=self.to,
        )


def differences(before: ScriptSet, after: ScriptSet) -> tuple[Difference, ...]:
    """Compare the scripts of two states; activation is not part of it."""
    names = _names(before, after)
    found = (_difference(name, before, after) for name in names)
    return tuple(one for one in found if one.lines)


def _checksum(before: Fingerprint, after: Fingerprint) -> str:
    return hashlib.sha256(f"{before}{after}".encode()).hexdigest()


def _names(before: ScriptSet, after: ScriptSet) -> Iterable[ScriptName]:
    return dict.fromkeys(script.name for script in (*before.scripts, *after.scripts))


def _difference(name: ScriptName, before: ScriptSet, after: ScriptSet) -> Difference:
    old, new = _text(before, name), _text(after, name)
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", lineterm="")
    return Difference(script=name.text, lines=tuple(lines))


def _text(scripts: ScriptSet, name: ScriptName) -> str:
    script = scripts.get(name)
    return script.octets.decode("utf-8", "replace") if script else ""
