"""Redirect addresses: who may do what, what is refused, and half-made changes are taken back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_consents import MemoryConsents
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_plan import AddressWish, wish_change, wish_set, wish_undo
from sieve_manager.application.address_ports import Answer
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.chain import Way
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.trail import Trail
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Source
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import (
    ChangedMeanwhileError,
    InvalidInputError,
    NotAllowedError,
    PolicyRefusedError,
    RelayError,
    SieveManagerError,
    StorageError,
    VersionNotFoundError,
)
from sieve_manager.policy.address_policy import AddressPolicy
from sieve_manager.policy.policy import ConsentOf, Policy
from sieve_manager.policy.rights import StaffRules
from tests.application.charts import MemoryChart
from tests.application.relays import Relay
from tests.application.world import NOW

ANNA, BEA = EmailAddress("anna", "example.com"), EmailAddress("bea", "example.com")
CONTACT = EmailAddress("contact", "example.com")
OUTSIDE = EmailAddress("x", "example.net")
ADA = Actor(name="ada@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)
OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR)
OWNER = Actor(name="anna@example.com", channel=Channel.WEB)
OTHER = Actor(name="bea@example.com", channel=Channel.WEB)


def leads(
    *to: EmailAddress, address: EmailAddress = CONTACT, last_day: date | None = None
) -> RedirectAddress:
    forward = Forward(
        destinations=to, copy=NOTHING_STAYS, period=Period(last_day=last_day), hold_spam=False
    )
    return RedirectAddress(address=address, forward=forward)


def charted(address: EmailAddress, kept: RedirectAddress | None) -> MemoryChart:
    """Two mailboxes without forwards, and the address that is about to be saved."""
    ways = [Way(target=one) for one in kept.forward.destinations] if kept else []
    redirects = {address.local: ways} if ways else {}
    return MemoryChart(mailboxes={"anna": (), "bea": ()}, redirects=redirects)


@dataclass(slots=True)
class Desk:
    """The use cases over parts in memory."""

    store: MemoryAddresses = field(default_factory=MemoryAddresses)
    log: MemoryAuditLog = field(default_factory=MemoryAuditLog)
    rules: AddressPolicy = field(
        default_factory=lambda: AddressPolicy(domains=frozenset({"example.com"}))
    )
    staff: StaffRules = field(default_factory=StaffRules)
    relay: Relay = field(init=False)

    def __post_init__(self) -> None:
        self.relay = Relay(self.store)

    @property
    def use(self) -> RedirectAddresses:
        people = tuple(Person(login=Login(str(one)), address=one) for one in (ANNA, BEA))
        return RedirectAddresses(
            store=self.store,
            relay=self.relay,
            directory=MemoryDirectory(people=people),
            chart=charted,
            seen=lambda _actor, chain: chain,
            trail=Trail(clock=lambda: NOW, log=self.log),
            clock=lambda: NOW,
            rules=self.rules,
            policy=Policy(internal_domains=frozenset({"example.com"})),
            staff=self.staff,
        )

    def save(self, wish: AddressWish, actor: Actor = ADA) -> RedirectAddress | None:
        plan = self.use.plan(actor, wish)
        return self.use.save(actor, wish, plan.loaded).kept

    def said(self) -> list[tuple[str, str]]:
        return [(one.entry.action, one.entry.result.value) for one in self.log.entries()]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_address_is_made_changed_paused_and_deleted_and_all_of_it_is_told(desk: Desk) -> None:
    desk.save(wish_set(leads(ANNA)))
    assert desk.relay.answer(CONTACT, NOW).destinations == (ANNA,)
    desk.save(wish_set(leads(ANNA, OUTSIDE)))
    assert desk.relay.answer(CONTACT, NOW).destinations == (ANNA, OUTSIDE)
    for change in (AddressChange.PAUSE, AddressChange.RESUME, AddressChange.DELETE):
        desk.save(wish_change(CONTACT, change, ticket="T-1"))
    assert desk.use.get(ADA, CONTACT) is None
    history = desk.use.history(ADA, CONTACT)
    assert [one.new.change.value for one in history] == ["delete", "resume", "pause", "set", "set"]
    assert desk.said() == [
        ("address.delete", "done"),
        ("address.resume", "done"),
        ("address.pause", "done"),
        ("address.set", "done"),
        ("address.set", "done"),
    ]
    entry = desk.log.entries()[0].entry
    assert (entry.mailbox, entry.ticket) == (Login(CONTACT.key), "T-1")
    assert entry.before == fingerprint_of(leads(ANNA, OUTSIDE)).text
    assert entry.at == history[0].new.at


def test_what_is_the_same_already_is_no_change(desk: Desk) -> None:
    desk.save(wish_set(leads(ANNA)))
    saved = desk.use.save(ADA, wish_set(leads(ANNA)), None)
    assert saved.version is None
    assert len(desk.use.history(ADA, CONTACT)) == 1


def test_undo_puts_back_what_was_there_and_only_while_nobody_changed_it_since(desk: Desk) -> None:
    desk.save(wish_set(leads(ANNA)))
    desk.save(wish_set(leads(BEA)))
    newest, first = desk.use.history(ADA, CONTACT)
    stale = desk.use.plan(ADA, wish_undo(first))
    assert stale.conflict
    with pytest.raises(ChangedMeanwhileError):
        desk.use.save(ADA, wish_undo(first), None)
    assert desk.save(wish_undo(newest)) == leads(ANNA)
    assert desk.use.version(ADA, CONTACT, 3).new.undoes == 2
    with pytest.raises(VersionNotFoundError):
        desk.use.version(ADA, CONTACT, 4)


def test_nobodys_change_is_overwritten_unseen(desk: Desk) -> None:
    seen = desk.use.plan(ADA, wish_set(leads(ANNA))).loaded
    desk.save(wish_set(leads(BEA)))
    with pytest.raises(ChangedMeanwhileError):
        desk.use.save(ADA, wish_set(leads(ANNA)), seen)
    assert desk.use.get(ADA, CONTACT) == leads(BEA)
    assert desk.said()[0] == ("address.set", "refused")


def test_who_is_a_moment_late_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryAddresses, "write", lambda *_: None)
    with pytest.raises(ChangedMeanwhileError):
        desk.save(wish_set(leads(ANNA)))
    assert desk.relay.published == 0


def test_a_change_that_does_not_arrive_is_taken_back(desk: Desk) -> None:
    desk.save(wish_set(leads(ANNA)))
    desk.relay.broken = 1
    with pytest.raises(RelayError):
        desk.save(wish_set(leads(BEA)))
    assert desk.use.get(ADA, CONTACT) == leads(ANNA)
    assert len(desk.use.history(ADA, CONTACT)) == 1
    assert desk.said()[0] == ("address.set", "failed")


def test_saved_is_said_only_where_the_tables_hold_it(desk: Desk) -> None:
    desk.relay.deaf = True
    with pytest.raises(RelayError, match="do not hold"):
        desk.save(wish_set(leads(ANNA)))
    assert desk.store.get(CONTACT) is None


def test_who_is_overtaken_after_the_save_is_not_told_that_it_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtake() -> None:
        monkeypatch.undo()
        desk.save(wish_set(leads(BEA)))

    monkeypatch.setattr(Relay, "publish", lambda _relay: overtake())
    assert desk.save(wish_set(leads(ANNA))) == leads(ANNA)
    assert desk.use.get(ADA, CONTACT) == leads(BEA)
    assert [one.number for one in desk.use.history(ADA, CONTACT)] == [2, 1]


def test_two_who_save_at_once_do_not_close_a_circle(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = replace(CONTACT, local="office")
    there, back = leads(office), leads(CONTACT, address=office)

    def chart(address: EmailAddress, becomes: RedirectAddress | None) -> MemoryChart:
        found = [one for one in (*desk.store.found(), becomes) if one]
        ways = {one.address.local: [Way(target=one.forward.destinations[0])] for one in found}
        return MemoryChart(mailboxes={"office": ()} if len(ways) == 1 else {}, redirects=ways)

    use = replace(desk.use, chart=chart)

    def overtaken(
        store: MemoryAddresses, new: NewAddressVersion, loaded: Fingerprint
    ) -> AddressVersion | None:
        monkeypatch.undo()
        assert store.write(replace(new, address=office, after=back), loaded)
        return store.write(new, loaded)

    monkeypatch.setattr(MemoryAddresses, "write", overtaken)
    with pytest.raises(PolicyRefusedError, match="circle"):
        use.save(ADA, wish_set(there), None)
    assert desk.store.get(CONTACT) is None
    assert desk.store.get(office) == back
    assert desk.said() == [("address.set", "refused")]


def test_an_address_that_is_not_in_force_yet_leads_nowhere(desk: Desk) -> None:
    later = replace(leads(ANNA).forward, period=Period(first_day=date(2999, 1, 1)))
    desk.save(wish_set(replace(leads(ANNA), forward=later)))
    assert desk.relay.answer(CONTACT, NOW) == Answer()


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (leads(ANNA, address=EmailAddress("contact", "example.org")), "address-domain"),
        (leads(BEA, address=ANNA), "address-taken"),
        (leads(ANNA, last_day=date(2020, 1, 1)), "ended"),
        (replace(leads(OUTSIDE), kind=AddressKind.ALIAS), "alias-no-mailbox"),
        (
            leads(*(EmailAddress(f"x{n}", "example.net") for n in range(11))),
            "too-many-destinations",
        ),
    ],
)
def test_what_cannot_be_is_refused(desk: Desk, wanted: RedirectAddress, code: str) -> None:
    assert code in [one.code for one in desk.use.plan(ADA, wish_set(wanted)).findings]
    with pytest.raises(PolicyRefusedError):
        desk.save(wish_set(wanted))
    assert desk.store.get(wanted.address) is None


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: leads(CONTACT), "address-itself"),
        (lambda: replace(leads(ANNA, BEA), kind=AddressKind.ALIAS), "alias-one"),
        (
            lambda: replace(
                leads(ANNA), address=EmailAddress("*", "example.com"), kind=AddressKind.ALIAS
            ),
            "alias-catch-all",
        ),
        (lambda: replace(leads(ANNA), moved_to=CONTACT), "address-itself"),
    ],
)
def test_what_makes_no_sense_is_no_address(make: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make()
    assert caught.value.code == code


def test_a_catch_all_is_allowed_with_a_warning(desk: Desk) -> None:
    wish = wish_set(leads(ANNA, address=EmailAddress("*", "example.com")))
    assert [one.code for one in desk.use.plan(ADA, wish).findings] == ["catch-all"]
    desk.save(wish)


def test_whatever_is_wrong_with_an_address_it_can_be_paused(desk: Desk) -> None:
    desk.save(wish_set(leads(OUTSIDE)))
    desk.rules = AddressPolicy(domains=frozenset({"example.org"}))
    assert desk.use.plan(ADA, wish_set(leads(BEA))).refused
    assert desk.use.plan(ADA, wish_change(CONTACT, AddressChange.RESUME)).refused
    paused = desk.save(wish_change(CONTACT, AddressChange.PAUSE))
    assert paused
    assert paused.forward.paused


def test_an_address_that_is_there_is_not_made_again(desk: Desk) -> None:
    desk.save(wish_set(leads(ANNA), new=True))
    with pytest.raises(InvalidInputError) as caught:
        desk.save(wish_set(leads(BEA), new=True))
    assert caught.value.code == "address-exists"
    for change in (AddressChange.PAUSE, AddressChange.DELETE):
        with pytest.raises(InvalidInputError) as caught:
            desk.save(wish_change(BEA, change))
        assert caught.value.code == "address-none"


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(SieveManagerError) as caught:
        act()
    return caught.value.code if isinstance(caught.value, NotAllowedError) else repr(caught.value)


def test_operators_do_what_the_policy_lets_them_in_the_domains_that_are_theirs() -> None:
    desk = Desk()
    assert refused(lambda: desk.save(wish_set(leads(ANNA)), OTTO)) == "administrators-only"
    desk = Desk(rules=replace(desk.rules, operators=True))
    desk.save(wish_set(leads(ANNA)), OTTO)
    assert [one.address for one in desk.use.found(OTTO)] == [CONTACT]
    desk.staff = StaffRules(operator_domains=frozenset({"example.org"}))
    assert refused(lambda: desk.save(wish_set(leads(BEA)), OTTO)) == "address-outside"
    assert refused(lambda: desk.use.get(OTTO, CONTACT)) == "address-outside"
    assert desk.use.found(OTTO) == ()
    assert desk.use.found(ADA) != ()


def test_an_owner_says_where_the_own_address_leads_and_nothing_else(desk: Desk) -> None:
    owned = replace(leads(BEA), owner=Login(OWNER.name))
    desk.save(wish_set(owned))
    desk.save(wish_set(leads(BEA, address=EmailAddress("info", "example.com"))))
    assert [one.address for one in desk.use.found(OWNER)] == [CONTACT]
    assert desk.save(wish_set(replace(leads(OUTSIDE), owner=owned.owner)), OWNER)
    assert desk.save(wish_change(CONTACT, AddressChange.PAUSE), OWNER)
    for wanted in (leads(ANNA), replace(owned, owner=Login(OTHER.name))):
        assert refused(lambda one=wanted: desk.save(wish_set(one), OWNER)) == "address-not-staff"
    delete = wish_change(CONTACT, AddressChange.DELETE)
    assert refused(lambda: desk.save(delete, OWNER)) == "address-not-staff"
    new = leads(ANNA, address=EmailAddress("new", "example.com"))
    assert refused(lambda: desk.save(wish_set(new), OWNER)) == "address-not-staff"


def test_others_neither_see_nor_change_an_address(desk: Desk) -> None:
    desk.save(wish_set(replace(leads(BEA), owner=Login(OWNER.name))))
    assert refused(lambda: desk.save(wish_set(leads(OUTSIDE)), OTHER)) == "address-not-yours"
    for look in (desk.use.get, desk.use.history):
        assert refused(lambda act=look: act(OTHER, CONTACT)) == "address-not-staff"
    assert desk.use.found(OTHER) == ()


@pytest.mark.parametrize("change", [AddressChange.DELETE, AddressChange.PAUSE])
def test_who_takes_away_an_address_is_told_which_others_lead_there(
    desk: Desk, change: AddressChange
) -> None:
    owned = replace(leads(BEA), owner=Login(OWNER.name))
    desk.save(wish_set(owned))

    def told(actor: Actor, change: AddressChange = change) -> list[str]:
        findings = desk.use.plan(actor, wish_change(CONTACT, change)).findings
        return [dict(one.facts)["addresses"] for one in findings]

    assert told(ADA) == []
    for name in ("info", "over"):
        desk.save(wish_set(leads(CONTACT, BEA, address=EmailAddress(name, "example.com"))))
    desk.save(wish_change(EmailAddress("over", "example.com"), AddressChange.PAUSE))
    assert told(ADA) == ["info@example.com"]
    assert told(ADA, AddressChange.RESUME) == []
    assert told(OWNER, AddressChange.PAUSE) == ["…"], "not those of others"
    desk.save(wish_change(CONTACT, AddressChange.PAUSE))
    assert told(ADA) == [], "their mail does not arrive now, either"


class NobodyCanBeAsked(Agreements):
    """The database fails when the questions are kept."""

    def ask(self, source: Source, owner: str, waiting: Iterable[EmailAddress]) -> None:
        raise StorageError(f"{source} of {owner} cannot ask {[*waiting]}")


def test_where_nobody_can_be_asked_nothing_is_changed(desk: Desk) -> None:
    policy = Policy(consent=ConsentOf.ALL)
    agreements = NobodyCanBeAsked(store=MemoryConsents(), policy=policy, clock=lambda: NOW)
    use = replace(desk.use, agreements=agreements)
    with pytest.raises(StorageError, match="cannot ask"):
        use.save(ADA, wish_set(leads(OUTSIDE)), None)
    assert desk.use.get(ADA, CONTACT) is None
    assert desk.use.history(ADA, CONTACT) == ()
    assert desk.said() == [("address.set", "failed")]
