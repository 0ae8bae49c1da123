"""The use cases of a mailbox's forward: look, plan, save, undo."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from sieve_manager.application.access import Access
from sieve_manager.application.agreements import Agreed, Agreements, of_mailbox
from sieve_manager.application.forward_wishes import ForwardWishes
from sieve_manager.application.history import Change, Version
from sieve_manager.application.looking import CheckOf, Looking, no_check
from sieve_manager.application.plan import Check, Plan
from sieve_manager.application.planning import Wish
from sieve_manager.application.ports import (
    Addresses,
    AuditLog,
    Clock,
    FolderListing,
    Folders,
    History,
    Locks,
    ScriptStore,
)
from sieve_manager.application.saving import PATIENCE, Saved, Saving, refuse_or_go
from sieve_manager.application.sight import Sight
from sieve_manager.application.status import Status
from sieve_manager.application.trail import Trail
from sieve_manager.domain.consent import Consent
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.scripts import Fingerprint, Script, ScriptListing, ScriptName
from sieve_manager.errors import PolicyRefusedError
from sieve_manager.policy.case_policy import CasePolicy
from sieve_manager.policy.findings import refusals
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules

_ENDS_WAITING = (Change.CLEAR, Change.UNDO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwards:
    """What an owner, or who acts for one, can do with a mailbox's forward.

    Every method may raise ServerError and StorageError; those that write also raise
    MailboxBusyError, ChangedMeanwhileError, PolicyRefusedError and SaveFailedError. What they
    return is what who acts may see; NotAllowedError where that is nothing.
    """

    store: ScriptStore
    folders_port: Folders | None
    looking: Looking
    saving: Saving
    sight: Sight = field(default_factory=Sight)
    operators: CasePolicy = field(default_factory=CasePolicy)
    agreements: Agreements | None = None

    @classmethod
    def over(
        cls,
        *,
        store: ScriptStore,
        folders: Folders | None,
        history: History,
        locks: Locks,
        addresses: Addresses,
        policy: Policy,
        clock: Clock,
        patience: tuple[float, ...] = PATIENCE,
        staff: StaffRules | None = None,
        audit: AuditLog | None = None,
        operators: CasePolicy | None = None,
        chain: CheckOf = no_check,
        agreements: Agreements | None = None,
    ) -> Self:
        """The use cases over these ports; *folders* is None where there is no IMAP server.

        *agreements* is None where no receiver is asked.
        """
        trail = Trail(log=audit, clock=clock)

        def check(plan: Plan) -> Check:
            of_chain, unagreed = chain(plan), agreements.of_plan(plan) if agreements else ()
            return lambda actor: (*of_chain(actor), *unagreed)

        looking = Looking(
            history=history, addresses=addresses, policy=policy, clock=clock, check=check
        )
        saving = Saving(store=store, locks=locks, looking=looking, trail=trail, patience=patience)
        sight = Sight(staff=staff or StaffRules(), spam_headers=policy.spam_headers)
        return cls(
            store=store,
            folders_port=folders,
            looking=looking,
            saving=saving,
            sight=sight,
            operators=operators or CasePolicy(),
            agreements=agreements,
        )

    def overview(self, access: Access) -> Status:
        """What happens to incoming mail now; reads only."""
        return self.sight.status(access.actor, self._status(access))

    def plan_set(self, access: Access, forward: Forward, loaded: Fingerprint | None = None) -> Plan:
        """What setting *forward* would write; reads only.

        Those who must agree first are left out, and named in its findings; what speaks against
        the whole forward speaks against it.
        """
        whole = self.plan(access, self.wishes.set_forward(access, forward), loaded)
        agreed = self._agreed(access, forward)
        if not agreed.waiting or whole.refused:
            return whole
        part = self.plan(access, self.wishes.set_forward(access, forward, agreed), loaded)
        return replace(part, findings=(*part.findings, *agreed.findings))

    def plan_change(
        self, access: Access, change: Change, loaded: Fingerprint | None = None
    ) -> Plan:
        """What pausing, resuming, clearing, reactivating or adopting would write."""
        return self.plan(access, self._wish_change(access, change), loaded)

    def plan_undo(
        self,
        access: Access,
        number: int,
        loaded: Fingerprint | None = None,
        case: int | None = None,
    ) -> Plan:
        """What putting back the state before version *number*, a step of *case*, would write."""
        return self.plan(access, self.wishes.undo(access, number, case), loaded)

    def set_forward(self, access: Access, forward: Forward, loaded: Fingerprint | None) -> Saved:
        """Set the whole forward; *loaded* is the fingerprint of what the person saw.

        Those who must agree first are asked once the rest is set.
        """
        agreed = self._agreed(access, forward)
        if agreed.waiting:
            refuse_or_go(self.plan_set(access, forward, loaded), loaded, force=False)
        wish = self.wishes.set_forward(access, forward, agreed)
        folder = forward.copy.folder if forward.copy.kind is CopyKind.FOLDER else None
        saved = self.save(access, wish, loaded, folder=folder)
        if self.agreements:
            self.agreements.set_wish(access.login, forward, agreed.waiting)
            # Who took it back since the look above may have been taken out before they were in.
            late = set(self._agreed(access, forward).waiting).difference(agreed.waiting)
            self.agreements.follow_again(of_mailbox(access.login), late)
        return saved

    def change(
        self, access: Access, change: Change, loaded: Fingerprint | None, note: str = ""
    ) -> Saved:
        """Pause, resume, clear, reactivate or adopt."""
        wish = replace(self._wish_change(access, change), note=note)
        return self.save(access, wish, loaded)

    def undo(
        self,
        access: Access,
        number: int,
        loaded: Fingerprint | None,
        *,
        case: int | None = None,
        force: bool = False,
        note: str = "",
        checksum: str = "",
    ) -> Saved:
        """Put back, byte for byte, the state before version *number*.

        Where somebody changed the scripts since, ChangedMeanwhileError is raised unless
        *force* says that the difference was seen and chosen, which takes who may see it.
        *checksum* is that of the plan that was seen, where no other may be carried out. No step
        of *case* goes over another case.
        """
        force = force and self.sight.is_whole(access.actor)
        wish = replace(self.wishes.undo(access, number, case), note=note, checksum=checksum)
        return self.save(access, wish, loaded, force=force)

    def history(self, access: Access) -> tuple[Version, ...]:
        """All versions that are kept, newest first."""
        versions = self.looking.history.versions(access.login)
        return tuple(self.sight.version(access.actor, one) for one in versions)

    def version(self, access: Access, number: int) -> Version:
        """One version; VersionNotFoundError."""
        found = self.looking.history.version(access.login, number)
        return self.sight.version(access.actor, found)

    def waiting(self, access: Access) -> tuple[Consent, ...]:
        """Who gets the mail only once they agree, and what they said."""
        return self.agreements.waiting(of_mailbox(access.login)) if self.agreements else ()

    def stop_waiting(self, access: Access) -> None:
        """Whoever has not agreed yet is not waited for any more."""
        if self.agreements:
            self.agreements.set_wish(access.login, None, ())

    def scripts(self, access: Access) -> ScriptListing:
        """All script names and which is active."""
        self.sight.demand_whole(access.actor)
        with self.store.session(access) as session:
            return session.list_scripts()

    def script(self, access: Access, name: ScriptName) -> Script:
        """One script's octets; ScriptNotFoundError."""
        self.sight.demand_whole(access.actor)
        with self.store.session(access) as session:
            return session.get_scripts([name])[0]

    def folders(self, access: Access) -> FolderListing | None:
        """The mailbox's folders, or None where no IMAP server is configured."""
        if self.folders_port is None:
            return None
        return self.sight.folders(access.actor, self.folders_port.listing(access))

    @property
    def wishes(self) -> ForwardWishes:
        """Makes the wishes, with what is to be looked up for them."""
        return ForwardWishes(
            folders=self.folders_port, looking=self.looking, operators=self.operators
        )

    def _wish_change(self, access: Access, change: Change) -> Wish:
        return self.wishes.change(access, change, partial(self._status, access))

    def _agreed(self, access: Access, forward: Forward) -> Agreed:
        if self.agreements is None:
            return Agreed(now=forward.destinations)
        mailbox = self.looking.addresses.mailbox(access.login)
        return self.agreements.look(
            of_mailbox(access.login), access.login.text, mailbox, forward.destinations
        )

    def _status(self, access: Access) -> Status:
        with self.sight.errors(access.actor), self.store.session(access) as session:
            return self.looking.status(session, access)

    def plan(self, access: Access, wish: Wish, loaded: Fingerprint | None = None) -> Plan:
        """What *wish* would write, as who acts may see it; reads only."""
        return self.sight.plan(
            access.actor, self._plan(access, self.wishes.limited(access, wish), loaded)
        )

    def save(
        self,
        access: Access,
        wish: Wish,
        loaded: Fingerprint | None,
        *,
        folder: str | None = None,
        force: bool = False,
    ) -> Saved:
        """Write what *wish* leads to, where *loaded* is still there; make *folder* first."""
        wish = self.wishes.limited(access, wish)
        # Outermost: the trail holds no more than who acts may see.
        watched = self.saving.trail.watch(access, wish, loaded)
        with watched, self.sight.errors(access.actor):
            try:
                if self.folders_port and folder:
                    # Planned first, so that a refused wish creates no folder.
                    refuse_or_go(self._plan(access, wish, loaded), loaded, force=False)
                    self.folders_port.ensure(access, folder)
                saved = self.saving.save(access, wish, loaded, force=force)
            except PolicyRefusedError:
                if self.sight.is_whole(access.actor):
                    raise
                found = refusals(self.plan(access, wish, loaded).findings)
                raise PolicyRefusedError([one.message for one in found]) from None
        if wish.change in _ENDS_WAITING:
            self.stop_waiting(access)
        return self.sight.saved(access.actor, saved)

    def _plan(self, access: Access, wish: Wish, loaded: Fingerprint | None) -> Plan:
        with self.sight.errors(access.actor), self.store.session(access) as session:
            return self.looking.plan(session, access, wish, loaded, self.looking.last(access))
