"""The use cases of a mailbox's forward: look, plan, save, undo."""

import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from sieve_manager.application.access import Access
from sieve_manager.application.history import Change, NewVersion, Version
from sieve_manager.application.plan import Plan
from sieve_manager.application.planning import Wish, make_plan
from sieve_manager.application.ports import (
    Addresses,
    Clock,
    FolderListing,
    Folders,
    History,
    Locks,
    ScriptSession,
    ScriptStore,
)
from sieve_manager.application.publish import publish, settle
from sieve_manager.application.state import compile_error, read_scripts
from sieve_manager.application.status import Status, Surroundings, status_of
from sieve_manager.application.undoing import is_as_before
from sieve_manager.application.verdicts import Verdicts
from sieve_manager.application.wishes import resolve
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.scripts import Fingerprint, Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import (
    ChangedMeanwhileError,
    Outcome,
    OutcomeUnknownError,
    PolicyRefusedError,
    SaveFailedError,
)
from sieve_manager.policy.findings import refusals
from sieve_manager.policy.policy import Policy

# A server stores a script in milliseconds; under load, in seconds.
_PATIENCE = (0.05, 0.15, 0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A save that the server was read back for: it held *scripts* then.

    *version* is None where there was nothing to write; *warnings* are the server's words.
    """

    scripts: ScriptSet
    around: Surroundings
    version: Version | None
    warnings: str = ""

    @property
    def status(self) -> Status:
        """What happens to incoming mail now, worked out when asked for."""
        return status_of(self.scripts, self.around)

    @property
    def at(self) -> datetime:
        """When the server was read back (UTC)."""
        return self.around.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwards:
    """What an owner, or who acts for one, can do with a mailbox's forward.

    *patience*: after a cut, the seconds to wait between looks at what became of it.

    Every method may raise ServerError and StorageError; those that write also raise
    MailboxBusyError, ChangedMeanwhileError, PolicyRefusedError and SaveFailedError.
    """

    store: ScriptStore
    folders_port: Folders | None
    history_port: History
    locks: Locks
    addresses: Addresses
    policy: Policy
    clock: Clock
    patience: tuple[float, ...] = _PATIENCE
    verdicts: Verdicts = field(default_factory=Verdicts)

    def overview(self, access: Access) -> Status:
        """What happens to incoming mail now; reads only."""
        with self.store.session(access) as session:
            return self._look(session, access)

    def plan_set(self, access: Access, forward: Forward, loaded: Fingerprint | None = None) -> Plan:
        """What setting *forward* would write; reads only."""
        return self._plan(access, self._wish_set(access, forward), loaded)

    def plan_change(
        self, access: Access, change: Change, loaded: Fingerprint | None = None
    ) -> Plan:
        """What pausing, resuming, clearing, reactivating or adopting would write."""
        return self._plan(access, self._wish_change(access, change), loaded)

    def plan_undo(self, access: Access, number: int, loaded: Fingerprint | None = None) -> Plan:
        """What putting back the state before version *number* would write."""
        return self._plan(access, self._wish_undo(access, number), loaded)

    def set_forward(self, access: Access, forward: Forward, loaded: Fingerprint | None) -> Saved:
        """Set the whole forward; *loaded* is the fingerprint of what the person saw."""
        wish = self._wish_set(access, forward)
        if self.folders_port and forward.copy.kind is CopyKind.FOLDER and forward.copy.folder:
            # Planned first, so that a refused forward creates no folder.
            self._plan_or_refuse(access, wish, loaded)
            self.folders_port.ensure(access, forward.copy.folder)
        return self._save(access, wish, loaded)

    def change(
        self, access: Access, change: Change, loaded: Fingerprint | None, note: str = ""
    ) -> Saved:
        """Pause, resume, clear, reactivate or adopt."""
        return self._save(access, replace(self._wish_change(access, change), note=note), loaded)

    def undo(
        self, access: Access, number: int, loaded: Fingerprint | None, *, force: bool = False
    ) -> Saved:
        """Put back, byte for byte, the state before version *number*.

        Where somebody changed the scripts since, ChangedMeanwhileError is raised unless
        *force* says that the difference was seen and chosen.
        """
        return self._save(access, self._wish_undo(access, number), loaded, force=force)

    def history(self, access: Access) -> tuple[Version, ...]:
        """All versions that are kept, newest first."""
        return self.history_port.versions(access.login)

    def version(self, access: Access, number: int) -> Version:
        """One version; VersionNotFoundError."""
        return self.history_port.version(access.login, number)

    def scripts(self, access: Access) -> ScriptListing:
        """All script names and which is active."""
        with self.store.session(access) as session:
            return session.list_scripts()

    def script(self, access: Access, name: ScriptName) -> Script:
        """One script's octets; ScriptNotFoundError."""
        with self.store.session(access) as session:
            return session.get_scripts([name])[0]

    def folders(self, access: Access) -> FolderListing | None:
        """The mailbox's folders, or None where no IMAP server is configured."""
        return self.folders_port.listing(access) if self.folders_port else None

    def _wish_set(self, access: Access, forward: Forward) -> Wish:
        return Wish(
            change=Change.SET,
            resolve=lambda _: forward,
            trash=self._trash(access, forward),
            note=forward.note,
        )

    def _wish_change(self, access: Access, change: Change) -> Wish:
        """Trash is looked up before the session for the plan, which may be the only one."""

        def decide(status: Status) -> Forward | None:
            return resolve(change, status, self.policy.spam_headers)

        if change is Change.CLEAR or self.folders_port is None:
            return Wish(change=change, resolve=decide)
        forward = decide(self.overview(access))
        trash = self._trash(access, forward) if forward else None
        return Wish(change=change, resolve=decide, trash=trash)

    def _trash(self, access: Access, forward: Forward) -> str | None:
        if self.folders_port is None or forward.copy.kind is not CopyKind.TRASH:
            return None
        return self.folders_port.listing(access).trash

    def _wish_undo(self, access: Access, number: int) -> Wish:
        back = self.history_port.version(access.login, number)
        return Wish(change=Change.UNDO, resolve=lambda status: status.forward, back=back)

    def _plan(self, access: Access, wish: Wish, loaded: Fingerprint | None) -> Plan:
        with self.store.session(access) as session:
            return self._plan_in(session, access, wish, loaded, self._last(access))

    def _plan_or_refuse(self, access: Access, wish: Wish, loaded: Fingerprint | None) -> None:
        _refuse(self._plan(access, wish, loaded), loaded, force=False)

    def _plan_in(
        self,
        session: ScriptSession,
        access: Access,
        wish: Wish,
        loaded: Fingerprint | None,
        last: Version | None,
    ) -> Plan:
        scripts = self._read(session, last)
        return make_plan(scripts, wish, self._around(session, access, last), loaded)

    def _save(
        self, access: Access, wish: Wish, loaded: Fingerprint | None, *, force: bool = False
    ) -> Saved:
        with self.locks.hold(access.login):
            try:
                with self.store.session(access) as session:
                    last = self._settled_last(session, access)
                    plan = self._plan_in(session, access, wish, loaded, last)
                    _refuse(plan, loaded, force=force)
                    if plan.empty and wish.change is not Change.ADOPT:
                        around = self._around(session, access, last)
                        return Saved(scripts=plan.before.scripts, around=around, version=None)
                    version = self.history_port.begin(self._new_version(access, plan, wish))
                    return self._write(session, access, plan, version)
            except _UnsettledError as unsettled:
                return self._settle(access, unsettled)

    def _write(self, session: ScriptSession, access: Access, plan: Plan, version: Version) -> Saved:
        try:
            done = publish(session, plan.before.scripts, plan.desired)
        except ChangedMeanwhileError:
            self.history_port.settle(access.login, version.number, happened=False)
            raise
        except SaveFailedError as error:
            raise _UnsettledError(error, plan, version) from error
        return self._saved(access, plan, version, done.scripts, done.warnings)

    def _settled_last(self, session: ScriptSession, access: Access) -> Version | None:
        """The newest version; one whose process was killed is settled first.

        The lock, which the caller holds, says that nobody is still at it.
        """
        last = self._last(access)
        if last is None or last.settled:
            return last
        happened = not is_as_before(last, self._read(session, last))
        self.history_port.settle(access.login, last.number, happened=happened)
        return self._last(access)

    def _settle(self, access: Access, unsettled: "_UnsettledError") -> Saved:
        error, plan, version = unsettled.error, unsettled.plan, unsettled.version
        outcome, found = error.outcome, None
        if outcome is Outcome.UNKNOWN:
            lost = isinstance(error.cause, OutcomeUnknownError)
            outcome, found = settle(
                lambda: self.store.session(access),
                plan.before.scripts,
                plan.desired,
                pauses=self.patience if lost else (),
                pause=time.sleep,
            )
        if outcome is Outcome.SAVED and found is not None:
            return self._saved(access, plan, version, found, "")
        if outcome is Outcome.UNCHANGED:
            self.history_port.settle(access.login, version.number, happened=False)
        raise SaveFailedError(step=error.step, outcome=outcome, cause=error.cause) from error

    def _saved(
        self, access: Access, plan: Plan, version: Version, found: ScriptSet, warnings: str
    ) -> Saved:
        self.history_port.settle(access.login, version.number, happened=True)
        self.verdicts.keep(access.login, found.fingerprint, "")
        settled = replace(version, settled=True)
        around = Surroundings(
            mailbox=plan.before.mailbox,
            policy=self.policy,
            capabilities=plan.before.capabilities,
            now=self.clock(),
            last=settled,
        )
        return Saved(scripts=found, around=around, version=settled, warnings=warnings)

    def _new_version(self, access: Access, plan: Plan, wish: Wish) -> NewVersion:
        return NewVersion(
            login=access.login,
            at=self.clock(),
            actor=access.actor,
            change=wish.change,
            before=plan.before.scripts,
            after=plan.after.scripts,
            note=wish.note,
            undoes=wish.back.number if wish.back else None,
        )

    def _look(self, session: ScriptSession, access: Access) -> Status:
        last = self._last(access)
        scripts = self._read(session, last)
        around = self._around(session, access, last)
        error = self.verdicts.of(
            access.login, scripts.fingerprint, lambda: compile_error(session, scripts)
        )
        return status_of(scripts, replace(around, compile_error=error))

    def _last(self, access: Access) -> Version | None:
        return self.history_port.last(access.login)

    def _read(self, session: ScriptSession, last: Version | None) -> ScriptSet:
        also = [script.name for script in last.new.after.scripts] if last else []
        return read_scripts(session, also=also)

    def _around(self, session: ScriptSession, access: Access, last: Version | None) -> Surroundings:
        return Surroundings(
            mailbox=self.addresses.mailbox(access.login),
            policy=self.policy,
            capabilities=session.capabilities,
            now=self.clock(),
            last=last,
        )


class _UnsettledError(Exception):
    """Carries a failed write out of its session, which must be closed before settling."""

    def __init__(self, error: SaveFailedError, plan: Plan, version: Version) -> None:
        super().__init__(str(error))
        self.error, self.plan, self.version = error, plan, version


def _refuse(plan: Plan, loaded: Fingerprint | None, *, force: bool) -> None:
    if (plan.conflict and not force) or (loaded is not None and plan.loaded != loaded):
        raise ChangedMeanwhileError("The scripts are not those that were shown.")
    if plan.refused:
        raise PolicyRefusedError([finding.message for finding in refusals(plan.findings)])
