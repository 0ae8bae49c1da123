"""Save what was wished: under the mailbox's lock, kept in the history, read back."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sieve_manager.application.access import Access
from sieve_manager.application.history import Change, NewVersion, Version
from sieve_manager.application.looking import Looking
from sieve_manager.application.plan import Draft, Plan
from sieve_manager.application.planning import Wish
from sieve_manager.application.ports import Locks, ScriptSession, ScriptStore
from sieve_manager.application.publish import Published, publish, settle, take_back
from sieve_manager.application.status import Status, Surroundings, status_of
from sieve_manager.application.trail import Trail
from sieve_manager.application.undoing import is_as_before, is_half_done, scripts_of
from sieve_manager.domain.scripts import Fingerprint, ScriptSet
from sieve_manager.errors import (
    ChangedMeanwhileError,
    Outcome,
    OutcomeUnknownError,
    PolicyRefusedError,
    SaveFailedError,
    SieveManagerError,
    StorageError,
)
from sieve_manager.policy.findings import refusals

# A server stores a script in milliseconds; under load, in seconds.
PATIENCE = (0.05, 0.15, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A save that the server was read back for: it held *scripts* then.

    *version* is None where there was nothing to write; *warnings* are the server's words;
    *shown* is the status for who may not see all of it.
    """

    scripts: ScriptSet
    around: Surroundings
    version: Version | None
    warnings: str = ""
    shown: Status | None = None

    @property
    def status(self) -> Status:
        """What happens to incoming mail now, worked out when asked for."""
        return self.shown or status_of(self.scripts, self.around)

    @property
    def at(self) -> datetime:
        """When the server was read back (UTC)."""
        return self.around.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What is needed to save.

    *patience*: after a cut, the seconds to wait between looks at what became of it.
    """

    store: ScriptStore
    locks: Locks
    looking: Looking
    trail: Trail
    patience: tuple[float, ...] = PATIENCE

    def save(
        self, access: Access, wish: Wish, loaded: Fingerprint | None, *, force: bool = False
    ) -> Saved:
        """Write what *wish* leads to, and read it back.

        *loaded* is the fingerprint of what the person saw; *force* accepts what others
        changed since the version that is taken back.

        Raises:
            ChangedMeanwhileError, PolicyRefusedError, MailboxBusyError: nothing was written.
            SaveFailedError: a step failed; it says what the server has now.
            ServerError, StorageError: nothing was written.
        """
        with self.locks.hold(access.login):
            last = self.looking.last(access)
            try:
                with self.store.session(access) as session:
                    last = self._settled(session, access, last)
                    draft = self.looking.draft(session, access, wish, loaded, last)
                    refuse_or_go(draft, loaded, force=force)
                    if wish.checksum not in ("", draft.checksum):
                        raise ChangedMeanwhileError("The plan is not the one that was seen.")
                    around = self.looking.around(session, access, last)
                    if draft.empty and wish.change is not Change.ADOPT:
                        return Saved(scripts=draft.before, around=around, version=None)
                    version = self.looking.history.begin(self._new_version(access, draft, wish))
                    self._check(access, draft, version)
                    one = _Write(
                        access=access,
                        draft=draft,
                        around=around,
                        version=version,
                        ticket=wish.ticket,
                    )
                    done = self._write(session, one)
            except _UnsettledError as unsettled:
                return self._settle(unsettled.error, unsettled.write)
            # Out of the session, which others may be waiting for.
            return self._saved(one, done.scripts, done.warnings)

    def settle_last(self, access: Access) -> None:
        """Find out what became of a write whose process was killed, and take back half of one.

        Raises:
            MailboxBusyError, ServerError, StorageError: it is not known yet.
        """
        with self.locks.hold(access.login), self.store.session(access) as session:
            self._settled(session, access, self.looking.last(access))

    def _write(self, session: ScriptSession, one: "_Write") -> Published:
        try:
            return publish(session, one.draft.before, one.draft.desired)
        except ChangedMeanwhileError:
            self._note(one.version, happened=False)
            raise
        except SaveFailedError as error:
            raise _UnsettledError(error, one) from error

    def _settled(
        self, session: ScriptSession, access: Access, last: Version | None
    ) -> Version | None:
        """The newest version, of which *last* was read; one whose process was killed is settled.

        The lock, which the caller holds, says that nobody is still at it. What it had half
        done is taken back.
        """
        if last is None or last.settled:
            return last
        found = self.looking.read(session, last, scripts_of(last))
        if is_half_done(last, found):
            take_back(session, found, last.new.before, last.new.after)
            found = self.looking.read(session, last, scripts_of(last))
        happened = not is_as_before(last, found)
        self.trail.settled(last, happened=happened)
        self.looking.history.settle(access.login, last.number, happened=happened)
        return self.looking.last(access)

    def _check(self, access: Access, draft: Draft, version: Version) -> None:
        """Ask what lies beyond the mailbox now: of two who save at once, one sees the other."""
        try:
            if found := refusals(draft.check(access.actor)):
                raise PolicyRefusedError([finding.message for finding in found])
        except SieveManagerError:
            self._note(version, happened=False)
            raise

    def _settle(self, error: SaveFailedError, one: "_Write") -> Saved:
        draft, outcome, found = one.draft, error.outcome, None
        if outcome is Outcome.UNKNOWN:
            lost = isinstance(error.cause, OutcomeUnknownError)
            outcome, found = settle(
                lambda: self.store.session(one.access),
                draft.before,
                draft.desired,
                pauses=self.patience if lost else (),
                pause=time.sleep,
            )
        if outcome is Outcome.SAVED and found is not None:
            return self._saved(one, found, "")
        if outcome is Outcome.UNCHANGED:
            self._note(one.version, happened=False)
        raise SaveFailedError(step=error.step, outcome=outcome, cause=error.cause) from error

    def _note(self, version: Version, *, happened: bool) -> None:
        """Say in the history how the write ended.

        Where the database fails now, what the server holds counts all the same; the entry
        stays unsettled, and the next writer settles it.
        """
        with suppress(StorageError):
            self.looking.history.settle(version.new.login, version.number, happened=happened)

    def _saved(self, one: "_Write", found: ScriptSet, warnings: str) -> Saved:
        """First the audit log: what is not written there stays unsettled for the next writer."""
        access, version = one.access, one.version
        if self.trail.saved(access, version, found.fingerprint, one.ticket, one.draft.to):
            self._note(one.version, happened=True)
        self.looking.verdicts.keep(access.login, found.fingerprint, "")
        settled = replace(version, settled=True)
        around = replace(one.around, now=self.looking.clock(), last=settled)
        return Saved(scripts=found, around=around, version=settled, warnings=warnings)

    def _new_version(self, access: Access, draft: Draft, wish: Wish) -> NewVersion:
        return NewVersion(
            login=access.login,
            at=self.looking.clock(),
            actor=access.actor,
            change=wish.change,
            before=draft.before,
            after=draft.after,
            note=wish.note,
            undoes=wish.back.number if wish.back else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Write:
    """A write that is begun."""

    access: Access
    draft: Draft
    around: Surroundings
    version: Version
    ticket: str


class _UnsettledError(Exception):
    """Carries a failed write out of its session, which must be closed before settling."""

    def __init__(self, error: SaveFailedError, write: _Write) -> None:
        super().__init__(str(error))
        self.error, self.write = error, write


def refuse_or_go(plan: Plan | Draft, loaded: Fingerprint | None, *, force: bool) -> None:
    """Raise for a plan that must not be carried out.

    Raises:
        ChangedMeanwhileError: it is not about what was shown.
        PolicyRefusedError: it has findings that refuse it.
    """
    if (plan.conflict and not force) or (loaded is not None and plan.loaded != loaded):
        raise ChangedMeanwhileError("The scripts are not those that were shown.")
    if plan.refused:
        raise PolicyRefusedError([finding.message for finding in refusals(plan.findings)])
