"""The use cases of redirect addresses and aliases: look, plan, save, undo."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sieve_manager.application.access import Actor
from sieve_manager.application.address_audit import entry_of
from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_judging import ChartWith, chain_ahead, judge
from sieve_manager.application.address_plan import AddressPlan, AddressWish
from sieve_manager.application.address_ports import AddressStore, Answer, Relay
from sieve_manager.application.address_rights import demand_owner, refusal_to_change, refusal_to_see
from sieve_manager.application.address_sources import left_behind
from sieve_manager.application.agreements import Agreed, Agreements, of_address
from sieve_manager.application.auditing import Result
from sieve_manager.application.ports import Clock, Directory
from sieve_manager.application.staff import denied
from sieve_manager.application.trace import Hop
from sieve_manager.application.trail import Trail, result_of, words_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    PolicyRefusedError,
    RelayError,
    SieveManagerError,
    VersionNotFoundError,
)
from sieve_manager.policy.address_policy import AddressPolicy, may_manage
from sieve_manager.policy.findings import Finding, refusals
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules

_ASKS = (AddressChange.SET, AddressChange.UNDO, AddressChange.DELETE)
# What only takes mail off a way is held back by nothing, least of all by what is wrong there.
_LESS = (AddressChange.PAUSE, AddressChange.WITHDRAWN)

Seen = Callable[[Actor, Hop], Hop]
"""What of a chain somebody may see: not where other people's mail leaves the organisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAddress:
    """A change that was kept, and that the mail transfer agent's own tables were asked about.

    *before* is what it was; *version* is None where nothing was different.
    """

    before: RedirectAddress | None
    kept: RedirectAddress | None
    version: AddressVersion | None
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectAddresses:
    """What administrators, operators by policy, and owners do with redirect addresses.

    Every method may raise StorageError, DirectoryError and NotAllowedError.
    """

    store: AddressStore
    relay: Relay
    directory: Directory
    chart: ChartWith
    seen: Seen
    trail: Trail
    clock: Clock
    rules: AddressPolicy
    policy: Policy
    staff: StaffRules
    agreements: Agreements | None = None

    def found(
        self,
        actor: Actor,
        text: str = "",
        *,
        kind: AddressKind | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[RedirectAddress, ...]:
        """Those that *actor* manages or owns."""
        owner, domains = Login(actor.name), frozenset[str]()
        if actor.role is Role.OPERATOR and self.rules.operators:
            domains = self.staff.operator_domains
        elif actor.role is not Role.ADMINISTRATOR:
            return self.store.found(text, kind=kind, owner=owner, offset=offset, limit=limit)
        return self.store.found(
            text, kind=kind, domains=domains, or_owner=owner, offset=offset, limit=limit
        )

    def get(self, actor: Actor, address: EmailAddress) -> RedirectAddress | None:
        """The one of this address, where there is one; NotAllowedError."""
        kept = self.store.get(address)
        self._demand_sight(actor, address, kept)
        return kept

    def history(self, actor: Actor, address: EmailAddress) -> tuple[AddressVersion, ...]:
        """Its history, newest first."""
        self._demand_sight(actor, address, self.store.get(address))
        return self.store.versions(address)

    def version(self, actor: Actor, address: EmailAddress, number: int) -> AddressVersion:
        """One of its history; VersionNotFoundError."""
        for one in self.history(actor, address):
            if one.number == number:
                return one
        raise VersionNotFoundError(f"There is no version {number} of {address}.")

    def hindrance(self, actor: Actor, address: EmailAddress) -> Finding | None:
        """Why *actor* may not make, change and delete *address*; None: they may."""
        return may_manage(actor.role, address, self.rules, self.staff)

    def demand_owner(self, wanted: RedirectAddress) -> None:
        """InvalidInputError where its owner is nobody, and was not before."""
        demand_owner(wanted, self.store.get(wanted.address), self.directory)

    def plan(
        self, actor: Actor, wish: AddressWish, loaded: Fingerprint | None = None
    ) -> AddressPlan:
        """What *wish* would come to; reads only. InvalidInputError where it is about nothing."""
        kept = self.store.get(wish.address)
        wanted = wish.resolve(kept)
        self._demand(actor, wish.address, kept, wanted)
        agreed = self._agreed(wish, wanted)
        if wanted and agreed:
            wanted = replace(wanted, waiting=frozenset(agreed.waiting))
        left = wish.back.new.after if wish.back else kept
        stale = fingerprint_of(left) != fingerprint_of(kept)
        other = loaded is not None and loaded != fingerprint_of(kept)
        chain, findings = self._looked(actor, wish, wanted)
        behind = self._left_behind(actor, kept, wanted)
        return AddressPlan(
            change=wish.change,
            before=kept,
            after=wanted,
            findings=(*findings, *behind, *(agreed.findings if agreed else ())),
            chain=chain,
            conflict=stale or other,
        )

    def save(self, actor: Actor, wish: AddressWish, loaded: Fingerprint | None) -> SavedAddress:
        """Keep what *wish* comes to, and ask the mail transfer agent's tables about it.

        Raises:
            ChangedMeanwhileError, PolicyRefusedError, InvalidInputError: nothing was changed.
            StorageError: nothing was changed, or, where it says so, that is not known.
        """
        try:
            plan = self.plan(actor, wish, loaded)
            if plan.conflict:
                raise ChangedMeanwhileError("The address is not what was shown.")
            if plan.refused:
                raise PolicyRefusedError([one.message for one in refusals(plan.findings)])
            return self._saved(actor, wish, plan)
        except SieveManagerError as error:
            self._tell(actor, wish, result_of(error), words_of(error))
            raise

    def _saved(self, actor: Actor, wish: AddressWish, plan: AddressPlan) -> SavedAddress:
        version = None
        if not plan.empty:
            new = NewAddressVersion(
                address=wish.address,
                at=self.clock(),
                actor=actor,
                change=wish.change,
                before=plan.before,
                after=plan.after,
                note=wish.note,
                ticket=wish.ticket,
                undoes=wish.back.number if wish.back else None,
            )
            version = self.store.write(new, plan.loaded)
            if version is None:
                raise ChangedMeanwhileError("Somebody else was quicker.")
        answer = self._published(actor, wish, plan.after, version)
        if version:
            self._tell(actor, wish, Result.DONE, f"Change {version.number}.", version)
        return SavedAddress(before=plan.before, kept=plan.after, version=version, answer=answer)

    def _agreed(self, wish: AddressWish, wanted: RedirectAddress | None) -> Agreed | None:
        """Who must agree first; None where *wish* does not decide where it leads to."""
        if not self.agreements or not wanted or wish.change not in _ASKS:
            return None
        if wanted.kind is AddressKind.ALIAS:
            return None
        own = Mailbox(login=Login(wanted.address.key), address=wanted.address)
        source, owner = of_address(wanted.address), _answerable(wanted)
        return self.agreements.look(source, owner, own, wanted.forward.destinations)

    def _published(
        self,
        actor: Actor,
        wish: AddressWish,
        after: RedirectAddress | None,
        version: AddressVersion | None,
    ) -> Answer:
        """Look once more, publish, read back and ask; where that fails, it is taken back."""
        address = wish.address
        try:
            # Of two who save at once, one sees the other: they may close a circle together.
            if version and (found := refusals(self._looked(actor, wish, after)[1])):
                raise PolicyRefusedError([one.message for one in found])
            self.relay.publish()
            answer = self.relay.answer(address, self.clock())
            is_held = set(answer.destinations) == set(self._leads_now(after))
            # Who saved on top of ours has made it theirs to prove.
            if not is_held and fingerprint_of(self.store.get(address)) == fingerprint_of(after):
                raise RelayError("the mail server's tables do not hold what was saved")
            if self.agreements and wish.change in _ASKS:
                waiting, owner = (after.waiting, _answerable(after)) if after else ((), "")
                self.agreements.ask(of_address(address), owner, waiting)
        except SieveManagerError:
            if version:
                self.store.take_back(version)
                self.relay.publish()
            raise
        return answer

    def _leads_now(self, kept: RedirectAddress | None) -> tuple[EmailAddress, ...]:
        active = kept is not None and kept.phase(self.clock()) is Phase.ACTIVE
        return kept.leads_to if kept and active else ()

    def _looked(
        self, actor: Actor, wish: AddressWish, wanted: RedirectAddress | None
    ) -> tuple[Hop | None, tuple[Finding, ...]]:
        if wanted is None:
            return None, ()
        now = self.clock()
        chain = chain_ahead(wanted, self.chart, now)
        chain = chain and self.seen(actor, chain)
        if wish.change in _LESS:
            return chain, ()
        return chain, judge(wanted, chain, self.directory, self.policy, self.rules, now)

    def _left_behind(
        self, actor: Actor, kept: RedirectAddress | None, wanted: RedirectAddress | None
    ) -> tuple[Finding, ...]:
        def is_seen(one: RedirectAddress) -> bool:
            return not refusal_to_see(actor, one.address, one, self.rules, self.staff)

        if kept is None or not self._leads_now(kept):
            return ()
        sources = self.store.leading_to([kept.address])
        return left_behind(wanted, sources, is_seen, self.clock())

    def _demand(
        self,
        actor: Actor,
        address: EmailAddress,
        kept: RedirectAddress | None,
        wanted: RedirectAddress | None,
    ) -> None:
        if refusal := refusal_to_change(actor, address, kept, wanted, self.rules, self.staff):
            raise denied(refusal)

    def _demand_sight(
        self, actor: Actor, address: EmailAddress, kept: RedirectAddress | None
    ) -> None:
        if refusal := refusal_to_see(actor, address, kept, self.rules, self.staff):
            raise denied(refusal)

    def _tell(
        self,
        actor: Actor,
        wish: AddressWish,
        result: Result,
        detail: str,
        version: AddressVersion | None = None,
    ) -> None:
        self.trail.write(entry_of(self.clock(), actor, wish, result, detail, version))


def _answerable(kept: RedirectAddress) -> str:
    """Who causes its questions; an address that nobody owns stands for itself."""
    return kept.owner.text if kept.owner else kept.address.key
