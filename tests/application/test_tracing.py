"""What happens to mail: who may ask, what they see, and what a save would do to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_records import MemoryHistory
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.history import Change
from sieve_manager.application.register import Place, RegisterEntry
from sieve_manager.application.register_store import Reading
from sieve_manager.application.staff import Staff
from sieve_manager.application.trace import Hop
from sieve_manager.application.tracing import Tracing
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.errors import DirectoryError, NotAllowedError, PolicyRefusedError
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import Circle, StaffRules
from sieve_manager.sieve.conditions import Condition, ConditionKind
from tests.application.test_whole_chart import Known, leads
from tests.application.world import ACCESS, NOW, OwnAddress, World, forward

ANNA, BEA, BOSS = "anna@example.com", "bea@example.com", "boss@example.com"
OWNER = ACCESS.actor
OTTO = Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR)
ADA = Actor(name="ada@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)
PRIVATE = Condition(kind=ConditionKind.FIELD, fields=("Subject",), values=("divorce",))


def entry(login: str, to: str, **more: object) -> RegisterEntry:
    place = Place.INSIDE if to.endswith("example.com") else Place.OUTSIDE
    return RegisterEntry(login=Login(login), target=to, place=place, **more)  # type: ignore[arg-type]


class Desk:
    """The use case over parts in memory, with a swept register."""

    def __init__(self, *entries: RegisterEntry, kept: tuple[RedirectAddress, ...] = ()) -> None:
        self.register = MemoryRegister(lambda: NOW)
        sweep = self.register.take("test", 60)
        assert sweep
        readings = [
            Reading(
                login=Login(name),
                fingerprint=name,
                entries=tuple(one for one in entries if one.login.text == name),
            )
            for name in (ANNA, BEA, BOSS)
        ]
        written = self.register.write(sweep, "test", readings, 60)
        assert written
        self.register.finish(written, "test")
        people = tuple(
            Person(login=Login(one), address=EmailAddress.parse(one)) for one in (ANNA, BEA, BOSS)
        )
        self.directory = MemoryDirectory(people=people)
        rules = StaffRules(protected=Circle.of((BOSS,)))
        self.use = Tracing(
            register=self.register,
            history=MemoryHistory(),
            directory=self.directory,
            addresses=OwnAddress(),
            store=Known(addresses=kept).chart().addresses,
            staff=Staff(
                directory=self.directory, addresses=OwnAddress(), rules=rules, has_master=True
            ),
            policy=Policy(internal_domains=frozenset({"example.com"})),
            clock=lambda: NOW,
            domains=frozenset({"example.com"}),
        )

    def world(self) -> World:
        """Anna's mailbox, whose plans are looked at over the whole chain."""
        world = World()
        looking = replace(world.forwards.looking, check=self.use.of_plan)
        saving = replace(world.forwards.saving, looking=looking)
        world.forwards = replace(world.forwards, looking=looking, saving=saving)
        return world

    def of_plan(self, *to: str, copy: str = "inbox", access: Access = ACCESS) -> set[str]:
        plan = self.world().forwards.plan_set(access, forward(*to, copy=copy))
        return {one.code for one in plan.findings if one.code.startswith("chain")}


def names(hop: Hop) -> list[str]:
    return [str(path[-1].address or path[-1].station.kind) for path in hop.paths()]


CHAIN = (
    entry(ANNA, BEA),
    entry(BEA, "lover@example.net", conditions=(PRIVATE,)),
    entry(BEA, BOSS),
    entry(BOSS, "agent@example.org"),
)


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (OWNER, [ANNA, BEA, "outside", BOSS, "outside"]),
        (OTTO, [ANNA, BEA, "lover@example.net", BOSS, "outside"]),
        (ADA, [ANNA, BEA, "lover@example.net", BOSS, "agent@example.org"]),
    ],
)
def test_a_chain_is_shown_as_who_asks_may_see_it(actor: Actor, seen: list[str]) -> None:
    found = Desk(*CHAIN).use.trace(actor, EmailAddress.parse(ANNA))
    assert names(found.root) == seen
    assert ("divorce" in repr(found)) == (actor is ADA)
    assert found.swept == NOW


@pytest.mark.parametrize(
    ("domains", "shown"),
    [((), True), (("example.com",), True), (("example.org",), False)],
)
def test_where_redirect_addresses_of_others_domains_lead_is_not_shown(
    domains: tuple[str, ...], *, shown: bool
) -> None:
    use = Desk(kept=(leads("team", "x@example.net"),)).use
    rules = StaffRules(operator_domains=frozenset(domains))
    use = replace(use, staff=replace(use.staff, rules=rules))
    root = use.trace(OTTO, EmailAddress.parse("team@example.com")).root
    assert names(root) == ["team@example.com", "x@example.net" if shown else "outside"]


def test_an_owner_asks_about_own_addresses_only() -> None:
    kept = (
        replace(leads("team", BEA), owner=Login(ANNA)),
        replace(leads("other", BEA), owner=Login(BEA)),
    )
    use = Desk(kept=kept).use
    assert [str(one) for one in use.own(OWNER)] == [ANNA, "team@example.com"]
    for mine in ("ANNA@example.com", "anna+x@example.com", "team@example.com"):
        use.trace(OWNER, EmailAddress.parse(mine))
    for theirs in (BEA, "other@example.com", "anna@example.net"):
        with pytest.raises(NotAllowedError) as error:
            use.trace(OWNER, EmailAddress.parse(theirs))
        assert error.value.code == "trace-not-yours"


def test_where_an_own_redirect_address_leads_is_shown() -> None:
    kept = (
        replace(leads("team", "x@example.net", "rest"), owner=Login(ANNA)),
        leads("rest", "y@example.net"),
    )
    root = Desk(kept=kept).use.trace(OWNER, EmailAddress.parse("team@example.com")).root
    assert names(root) == ["team@example.com", "x@example.net", "rest@example.com", "outside"]


def test_a_sub_address_is_handed_on_by_a_redirect_address_and_not_by_all_others() -> None:
    desk = Desk(kept=(leads("team", "x@example.net"), leads("*", "y@example.net")))
    root = desk.use.trace(ADA, EmailAddress("team+tag", "example.com")).root
    assert names(root) == ["team+tag@example.com", "x+tag@example.net"]
    root = desk.use.trace(ADA, EmailAddress("nobody+tag", "example.com")).root
    assert names(root) == ["nobody+tag@example.com", "y@example.net"]


def test_the_own_mailbox_is_as_it_was_read_just_now() -> None:
    desk = Desk(entry(ANNA, "old@example.net"))
    world = World()
    world.forwards.set_forward(ACCESS, forward("new@example.net"), None)
    status = world.forwards.overview(ACCESS)
    root = desk.use.trace(OWNER, EmailAddress.parse(ANNA), status).root
    assert names(root) == [ANNA, "new@example.net"]
    assert names(desk.use.trace(ADA, EmailAddress.parse(ANNA)).root) == [ANNA, "old@example.net"]


@pytest.mark.parametrize(("days", "seen"), [(-1, "old"), (0, "new"), (1, "new")])
def test_of_others_the_newer_counts_the_sweep_or_what_was_saved_here(days: int, seen: str) -> None:
    desk, world = Desk(entry(ANNA, "old@example.net")), World()
    world.now = NOW + timedelta(days=days)
    world.forwards.set_forward(ACCESS, forward("new@example.net"), None)
    use = replace(desk.use, history=world.history)
    root = use.trace(ADA, EmailAddress.parse(ANNA)).root
    assert names(root) == [ANNA, f"{seen}@example.net"]


def test_a_save_that_closes_a_circle_is_refused_with_the_path() -> None:
    desk = Desk(entry(BEA, "team@example.com"), kept=(leads("team", "anna+x"),))
    world = desk.world()
    plan = world.forwards.plan_set(ACCESS, forward(BEA))
    (found,) = [one for one in plan.findings if one.code == "chain-loop"]
    assert f"{ANNA} → {BEA} → team@example.com → anna+x@example.com" in found.message
    before = world.forwards.overview(ACCESS).fingerprint
    with pytest.raises(PolicyRefusedError, match="round in a circle"):
        world.forwards.set_forward(ACCESS, forward(BEA), None)
    assert world.forwards.overview(ACCESS).fingerprint == before


@pytest.mark.parametrize("hold_spam", [False, True])
def test_a_save_after_which_mail_is_stored_nowhere_is_refused(*, hold_spam: bool) -> None:
    kept = (leads("paused", BEA, paused=True),)
    plain = replace(forward("paused@example.com", copy="none"), hold_spam=hold_spam)
    plan = Desk(kept=kept).world().forwards.plan_set(ACCESS, plain)
    assert {"chain-nowhere", "chain-closed"} <= {one.code for one in plan.findings}
    assert plan.refused
    with_copy = replace(forward("paused@example.com"), hold_spam=False)
    assert not Desk(kept=kept).world().forwards.plan_set(ACCESS, with_copy).refused


def test_other_findings_of_the_chain_warn_and_hide_what_is_others() -> None:
    desk = Desk(*CHAIN[1:])
    plan = desk.world().forwards.plan_set(ACCESS, forward(BEA))
    assert "chain-outside" in {one.code for one in plan.findings}
    assert not plan.refused
    said = " ".join(one.message for one in plan.findings)
    assert "lover" not in said
    assert f"{BEA} → …" in said


def test_an_alias_of_the_own_mailbox_is_a_circle() -> None:
    alias = leads("anni", ANNA, kind=AddressKind.ALIAS)
    assert Desk(kept=(alias,)).of_plan("anni@example.com") == {"chain-loop"}


def test_a_forward_to_oneself_is_said_once() -> None:
    plan = Desk().world().forwards.plan_set(ACCESS, forward(ANNA))
    assert plan.refused
    assert "chain-self" not in {one.code for one in plan.findings}


class NoStore:
    """An AddressStore whose every use would fail."""


def test_nothing_is_looked_up_where_nothing_new_leads_inside() -> None:
    desk = Desk()
    world = desk.world()
    world.forwards.set_forward(ACCESS, forward(BEA), None)
    use = replace(desk.use, store=NoStore(), directory=NoStore())  # type: ignore[arg-type]
    looking = replace(world.forwards.looking, check=use.of_plan)
    forwards = replace(world.forwards, looking=looking)
    for wanted in (forward("x@example.net"), forward(BEA)):
        assert not forwards.plan_set(ACCESS, wanted).refused
    for change in (Change.PAUSE, Change.CLEAR):
        assert not forwards.plan_change(ACCESS, change).refused


def test_mail_is_not_held_up_by_a_directory_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise DirectoryError("away")

    monkeypatch.setattr(MemoryDirectory, "by_address", away)
    plan = Desk().world().forwards.plan_set(ACCESS, forward(BEA))
    assert "chain-unknown" in {one.code for one in plan.findings}
    assert not plan.refused


def test_the_helpdesk_is_told_the_path_that_a_save_would_make() -> None:
    desk = Desk(entry(BEA, ANNA))
    access = Access(login=Login(ANNA), actor=OTTO)
    plan = desk.world().forwards.plan_set(access, forward(BEA))
    (found,) = [one for one in plan.findings if one.code == "chain-loop"]
    assert found.message.endswith(f"{ANNA} → {BEA} → {ANNA}.")
