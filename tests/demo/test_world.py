"""The demo's world: the sample data is there, and messages are seen where they end."""

from collections.abc import Iterator

import pytest

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.address_history import AddressChange, fingerprint_of
from sieve_manager.application.address_plan import wish_change
from sieve_manager.application.status import State
from sieve_manager.bootstrap import Wired, build
from sieve_manager.demo.accounts import (
    ACCOUNTS,
    ADA,
    ANNA,
    BRUNO,
    CARLA,
    HAND_WRITTEN_SCRIPT,
    ROUNDCUBE_SCRIPT,
)
from sieve_manager.demo.addresses import (
    ADDRESSES,
    ALIAS,
    INFO,
    OFFICE,
    PAUSED,
    TEAM,
    make_addresses,
)
from sieve_manager.demo.stage import staged
from sieve_manager.demo.world import Account, DemoWorld, RelayAddress
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError, RefusedError

ADA_ACTS = Actor(name=ADA.login, channel=Channel.CLI, role=ADA.role)


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[DemoWorld, Wired]]:
    """One demo for all tests of this module."""
    with staged() as stage:
        wired = build(stage.settings)
        yield stage.world, wired
        wired.close()


def access(account: Account) -> Access:
    actor = Actor(name="root", channel=Channel.CLI)
    return Access(login=Login(account.login), actor=actor)


def subjects(world: DemoWorld, account: Account, folder: str) -> list[str]:
    (place,) = [one for one in world.mailboxes() if one.account == account]
    (found,) = [one for one in place.folders if one.name == folder]
    return [message.subject for message in found.messages]


def test_the_three_cases_are_there(demo: tuple[DemoWorld, Wired]) -> None:
    _, wired = demo
    anna, bruno, carla = (wired.forwards.overview(access(one)) for one in (ANNA, BRUNO, CARLA))
    assert (anna.state, anna.active_script) == (State.OFF, None)
    assert bruno.active_script is not None
    assert bruno.foreign_redirects[0].target == "books@example.org"
    assert carla.active_script is not None
    assert all(one.works for one in (anna, bruno, carla))
    assert bruno.scripts.active is not None
    assert bruno.scripts.active.octets == ROUNDCUBE_SCRIPT.encode()
    assert carla.scripts.active is not None
    assert carla.scripts.active.octets == HAND_WRITTEN_SCRIPT.encode()


def test_a_message_is_seen_where_its_filters_put_it(demo: tuple[DemoWorld, Wired]) -> None:
    world, _ = demo
    world.send(BRUNO.address, "Your invoice")
    world.send(BRUNO.address, "Grüße: a book")
    assert subjects(world, BRUNO, "Invoices") == ["Your invoice"]
    assert subjects(world, BRUNO, "INBOX") == ["Grüße: a book"]
    outside = [(one.recipient, one.subject) for one in world.outside()]
    assert outside == [("books@example.org", "Grüße: a book")]


def test_a_folder_in_a_folder_that_is_none_is_shown(demo: tuple[DemoWorld, Wired]) -> None:
    world, wired = demo
    assert wired.folders is not None
    wired.folders.ensure(access(ANNA), "Kept/2027")
    (place,) = [one for one in world.mailboxes() if one.account == ANNA]
    names = [folder.name for folder in place.folders]
    assert "Kept/2027" in names
    assert "Kept" not in names


def test_a_forward_inside_arrives_in_the_other_mailbox(demo: tuple[DemoWorld, Wired]) -> None:
    world, wired = demo
    to_carla = Forward(destinations=(EmailAddress.parse(CARLA.address),))
    wired.forwards.set_forward(access(ANNA), to_carla, None)
    with_carla = world.outside()
    world.send(ANNA.address, "Hello\r\nX-Forged: header")
    assert subjects(world, CARLA, "INBOX") == ["Hello X-Forged: header"]
    assert subjects(world, ANNA, "INBOX") == ["Hello X-Forged: header"]
    assert world.outside() == with_carla


def test_an_alias_arrives_in_its_mailbox_as_it_was_written(
    demo: tuple[DemoWorld, Wired],
) -> None:
    world, _ = demo
    world.send(ALIAS.address, "To the alias")
    (place,) = [one for one in world.mailboxes() if one.account == ANNA]
    (found,) = [one for one in place.folders[0].messages if one.subject == "To the alias"]
    assert (found.recipient, found.to) == (ANNA.address, ALIAS.address)


def test_the_chain_of_three_leads_to_all_of_its_ends(demo: tuple[DemoWorld, Wired]) -> None:
    world, wired = demo
    world.send(INFO.address, "Along the chain")
    for one in (ANNA, BRUNO):
        assert "Along the chain" in subjects(world, one, "INBOX")
    outside = [(one.recipient, one.to) for one in world.outside() if one.subject[:5] == "Along"]
    assert outside == [("partner@example.org", INFO.address)]
    root = wired.tracing.trace(ADA_ACTS, EmailAddress.parse(INFO.address)).root
    ways = {tuple(str(hop.address) for hop in path) for path in root.paths()}
    for end in (ANNA.address, BRUNO.address, "partner@example.org"):
        assert (INFO.address, *INFO.to, *OFFICE.to, end) in ways


def test_each_address_is_kept_as_the_pages_keep_it(demo: tuple[DemoWorld, Wired]) -> None:
    _, wired = demo
    kept = wired.redirect_addresses.found(ADA_ACTS)
    assert {str(one.address) for one in kept} == {one.address for one in ADDRESSES}
    anna = Actor(name=ANNA.login, channel=Channel.CLI)
    assert [str(one.address) for one in wired.redirect_addresses.found(anna)] == [TEAM.address]


@pytest.mark.parametrize(
    ("address", "told"),
    [(PAUSED.address, "550 5.2.1 "), ("nobody-here@example.com", "550 5.1.1 ")],
)
def test_the_sender_is_told_at_once(demo: tuple[DemoWorld, Wired], address: str, told: str) -> None:
    with pytest.raises(RefusedError) as refused:
        demo[0].send(address, "Refused")
    assert refused.value.server_text.startswith(told)


def test_an_address_for_all_others_leaves_the_mailboxes_their_mail(
    demo: tuple[DemoWorld, Wired],
) -> None:
    world, wired = demo
    everything = RelayAddress(address="*@example.com", to=("caught@example.org",), about="")
    make_addresses([everything], wired)
    try:
        world.send(CARLA.address, "To Carla")
        world.send("nobody-here@example.com", "To nobody")
    finally:
        address = EmailAddress.parse(everything.address)
        kept = wired.redirect_addresses.get(ADA_ACTS, address)
        delete = wish_change(address, AddressChange.DELETE)
        wired.redirect_addresses.save(ADA_ACTS, delete, fingerprint_of(kept))
    assert "To Carla" in subjects(world, CARLA, "INBOX")
    caught = [one.subject for one in world.outside() if one.recipient == "caught@example.org"]
    assert caught == ["To nobody"]


def test_nobody_elses_address_is_sent_to(demo: tuple[DemoWorld, Wired]) -> None:
    with pytest.raises(InvalidInputError):
        demo[0].send("somebody@example.net", "Hello")


def test_every_account_has_its_inbox_first(demo: tuple[DemoWorld, Wired]) -> None:
    places = demo[0].mailboxes()
    assert [place.account for place in places] == list(ACCOUNTS)
    assert {place.folders[0].name for place in places} == {"INBOX"}
