"""What happens to mail for an address, as who asks may see it; and what a save would do to it."""

from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.access import Actor
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.chain import ALWAYS, Kind, Station, Window
from sieve_manager.application.chain_findings import chain_findings
from sieve_manager.application.chain_sight import masked
from sieve_manager.application.forward_map import ForwardMap, whole_map
from sieve_manager.application.history import Change
from sieve_manager.application.known_forwards import KnownForwards, forwarded_by
from sieve_manager.application.plan import Check, Plan, unchecked
from sieve_manager.application.ports import Addresses, Clock, Directory, History
from sieve_manager.application.register import Place, RegisterEntry
from sieve_manager.application.register_store import RegisterStore
from sieve_manager.application.staff import Staff, denied
from sieve_manager.application.status import Status
from sieve_manager.application.trace import Hop, trace
from sieve_manager.application.whole_chart import Becomes, MailboxBecomes, WholeChart
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.roles import Role
from sieve_manager.errors import DirectoryError
from sieve_manager.policy.chain_policy import judged
from sieve_manager.policy.findings import Finding, only_warns, refuse, warn
from sieve_manager.policy.policy import DEFAULT_MAX_REDIRECTS, Policy
from sieve_manager.policy.rights import maker_of, may_see_other_rules

_MOST_OWNED = 200
_NOT_YOURS = refuse(
    "trace-not-yours", "You can look at your own addresses. Ask the helpdesk about others."
)
_UNKNOWN = warn(
    "chain-unknown",
    "Where this mail ends cannot be looked up at present: the directory does not answer.",
    where="to",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The chain and what is wrong with it; *swept* is as of when others' forwards are known."""

    root: Hop
    findings: tuple[Finding, ...]
    swept: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """Every method may raise StorageError and DirectoryError.

    *domains* are those in which redirect addresses are made here.
    """

    register: RegisterStore
    history: History
    directory: Directory
    addresses: Addresses
    store: AddressStore
    staff: Staff
    policy: Policy
    clock: Clock
    domains: frozenset[str] = field(default_factory=frozenset)

    @property
    def forwards(self) -> KnownForwards:
        """What mailboxes forward."""
        return KnownForwards(
            register=self.register,
            history=self.history,
            addresses=self.addresses,
            policy=self.policy,
        )

    def own(self, actor: Actor) -> tuple[EmailAddress, ...]:
        """The addresses of who acts, the primary one first: the mailbox's, then those they own."""
        login = _login(actor)
        mailbox = self.addresses.mailbox(login)
        owned = (one.address for one in self.store.found(owner=login, limit=_MOST_OWNED))
        primary = (mailbox.address,) if mailbox.address else ()
        return tuple(dict.fromkeys((*primary, *mailbox.aliases, *owned)))

    def trace(self, actor: Actor, address: EmailAddress, now_there: Status | None = None) -> Traced:
        """What happens to mail for *address* from now on.

        *now_there* is the own mailbox as it was read just now, and not as it was swept.

        Raises:
            NotAllowedError: it is somebody else's, and who asks is no staff.
        """
        if not actor.role.is_staff and not self._is_own(actor, address):
            raise denied(_NOT_YOURS)
        mailbox, becomes, most = self.addresses.mailbox(_login(actor)), None, DEFAULT_MAX_REDIRECTS
        if now_there is not None:
            mailbox, most = now_there.mailbox, now_there.redirects_allowed
            found = forwarded_by(now_there.scripts, mailbox, self.policy)
            becomes = MailboxBecomes(mailbox=mailbox, forwarded=found)
        root = self.seen(actor, self._traced(address, mailbox, becomes))
        swept = self.register.last_done()
        return Traced(
            root=root,
            findings=chain_findings(root, most_redirects=most),
            swept=swept.finished if swept else None,
        )

    def whole(self) -> ForwardMap:
        """Who forwards where, in the whole organisation: for administrators alone."""
        inside, now = self.policy.internal_domains, self.clock()
        return whole_map(self.register, self.directory, self.store, inside, self.domains, now)

    def of_plan(self, plan: Plan) -> Check:
        """What is wrong with the chain that *plan* makes, where it adds forwards to inside."""
        mailbox, most = plan.after.mailbox, plan.after.redirects_allowed
        before = forwarded_by(plan.before.scripts, mailbox, self.policy)
        after = forwarded_by(plan.after.scripts, mailbox, self.policy)
        new = [one for one in after.entries if one not in before.entries]
        address = mailbox.address
        if address is None or not any(self._stays_inside(one) for one in new):
            return unchecked
        becomes = MailboxBecomes(mailbox=mailbox, forwarded=after)
        # What leads to itself at once is refused by the forward's own rules already.
        known = {"chain-self"} if plan.refused else set[str]()

        def check(actor: Actor) -> tuple[Finding, ...]:
            try:
                chain = self.seen(actor, self._traced(address, mailbox, becomes))
            except DirectoryError:
                return (_UNKNOWN,)
            found = chain_findings(chain, most_redirects=most)
            told = judged((one for one in found if one.code not in known), self.policy)
            # A case must come to its end; what it kept from the mailbox's own filters goes on.
            return tuple(map(only_warns, told)) if plan.change is Change.CASE_END else told

        return check

    def seen(self, actor: Actor, root: Hop) -> Hop:
        """The chain without what *actor* must not see of it."""
        if actor.role is Role.ADMINISTRATOR:
            return root
        login, keys = _login(actor), {one.key for one in self.own(actor)}
        reads_all = actor.role.is_staff and may_see_other_rules(actor.role, self.staff.rules)

        def is_own(station: Station) -> bool:
            if station.kind is Kind.MAILBOX:
                return station.key == login.text
            return station.key in keys

        def targets(station: Station) -> bool:
            if is_own(station) or not actor.role.is_staff:
                return is_own(station)
            if station.kind is not Kind.MAILBOX:
                domains = self.staff.rules.operator_domains
                return not domains or station.key.rpartition("@")[2] in domains
            return self.staff.refusal(actor, Login(station.key)) is None

        def conditions(station: Station) -> bool:
            return is_own(station) or (reads_all and targets(station))

        return masked(root, targets=targets, conditions=conditions)

    def _traced(self, address: EmailAddress, mailbox: Mailbox, becomes: Becomes) -> Hop:
        now = self.clock()
        own = (one for one in (address, mailbox.address, *mailbox.aliases) if one)
        inside = self.policy.internal_domains or {one.domain for one in own}
        chart = WholeChart(
            forwards=self.forwards,
            directory=self.directory,
            addresses=self.store,
            inside={*inside, *self.domains},
            now=now,
            becomes=becomes,
        )
        return trace(chart, address, Window(now, ALWAYS.ends))

    def _stays_inside(self, entry: RegisterEntry) -> bool:
        if entry.notice or entry.problem or entry.paused:
            return False
        managed = entry.target.rpartition("@")[2] in self.domains
        return entry.place is Place.INSIDE or managed

    def _is_own(self, actor: Actor, address: EmailAddress) -> bool:
        return not {address, address.without_detail}.isdisjoint(self.own(actor))


def _login(actor: Actor) -> Login:
    return Login(maker_of(actor.name))
