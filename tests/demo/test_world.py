"""The demo's world: the sample data is there, and messages are seen where they end."""

from collections.abc import Iterator

import pytest

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.status import State
from sieve_manager.bootstrap import Wired, build
from sieve_manager.demo.accounts import (
    ACCOUNTS,
    ANNA,
    BRUNO,
    CARLA,
    HAND_WRITTEN_SCRIPT,
    ROUNDCUBE_SCRIPT,
)
from sieve_manager.demo.processes import wait_until
from sieve_manager.demo.stage import staged
from sieve_manager.demo.world import Account, DemoWorld
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import InvalidInputError
from sieve_manager.settings import load_settings


@pytest.fixture(scope="module")
def demo() -> Iterator[tuple[DemoWorld, Wired]]:
    """One demo for all tests of this module."""
    with staged() as (world, configuration, _listener):
        wired = build(load_settings(configuration))
        yield world, wired
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
    wait_until(lambda: bool(subjects(world, CARLA, "INBOX")), seconds=10, what="the arrival")
    assert subjects(world, CARLA, "INBOX") == ["Hello X-Forged: header"]
    assert subjects(world, ANNA, "INBOX") == ["Hello X-Forged: header"]
    assert world.outside() == with_carla


def test_nobody_elses_address_is_sent_to(demo: tuple[DemoWorld, Wired]) -> None:
    with pytest.raises(InvalidInputError):
        demo[0].send("somebody@example.net", "Hello")


def test_every_account_has_its_inbox_first(demo: tuple[DemoWorld, Wired]) -> None:
    places = demo[0].mailboxes()
    assert [place.account for place in places] == list(ACCOUNTS)
    assert {place.folders[0].name for place in places} == {"INBOX"}
