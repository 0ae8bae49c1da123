"""Redirect addresses at a real Postfix, set up with the very lines that we print."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from pathlib import Path

import psycopg
import pytest

from sieve_manager.adapters.local_postfix import LocalPostfix
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import AddressChange, fingerprint_of
from sieve_manager.application.address_plan import wish_change, wish_set
from sieve_manager.application.postfix_files import (
    PostgresqlServer,
    configuration,
    role_statements,
)
from sieve_manager.bootstrap import Wired, build
from sieve_manager.bootstrap_addresses import map_duty, postfix_examination, postfix_tables
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.processes import temporary_directory, unprivileged
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.settings import Settings
from tests.servers.mailboxes import imap_folders, make_mailbox
from tests.servers.postfix import PostfixServer, running_postfix, write_settled
from tests.servers.postgresql import Postgresql, running_postgresql

ADA = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
DAY = timedelta(days=1)
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "install-beside-postfix.md"
_FIRST = "### /etc/postfix/"
_numbers = count(1)


@dataclass(frozen=True)
class Place:
    """A Postfix, and the use cases whose addresses it looks up."""

    wired: Wired
    server: PostfixServer
    sink: SmtpSink

    @property
    def directory(self) -> Path:
        """What this Postfix and the use cases share."""
        listed = self.wired.settings.mailboxes.file
        assert listed
        return listed.parent

    def make_mailbox(self) -> str:
        login = make_mailbox(self.server)
        with (self.directory / "mailboxes.csv").open("a", encoding="utf-8") as file:
            file.write(f"{login},{login},\n")
        with closing(sqlite3.connect(self.directory / "known.db")) as database, database:
            database.execute("INSERT INTO box VALUES (?)", (login,))
        return login

    def codes(self) -> list[str]:
        """What the check finds."""
        wired = self.wired
        agent = LocalPostfix(str(self.directory / "programs"))
        examination = postfix_examination(wired.settings, wired.redirect_addresses, agent)
        return [one.finding.code for one in examination.run()]

    def save(self, wanted: RedirectAddress) -> None:
        addresses = self.wired.redirect_addresses
        kept = addresses.get(ADA, wanted.address)
        addresses.save(ADA, wish_set(wanted), fingerprint_of(kept))

    def change(self, address: EmailAddress, change: AddressChange) -> None:
        addresses = self.wired.redirect_addresses
        kept = addresses.get(ADA, address)
        addresses.save(ADA, wish_change(address, change), fingerprint_of(kept))

    def answer(self, recipient: str) -> str:
        reply = self.server.ask(recipient)
        return f"{reply.code} {reply.text}"


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[Postgresql]:
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, dovecot: DovecotServer, postfix: PostfixServer, sink: SmtpSink
) -> Iterator[Place]:
    identity = unprivileged()
    with temporary_directory(identity) as directory:
        (directory / "postfix").mkdir(mode=0o750)
        identity.give(directory / "postfix")
        url = f"sqlite:///{directory}/sieve-manager.db"
        if request.param == "postgresql":
            url = request.getfixturevalue("own_postgresql").new_database()
        (directory / "mailboxes.csv").write_text("login,address,aliases\n")
        settings = Settings(
            managesieve={"host": "127.0.0.1"},
            database={"url": url},
            addresses={"domains": ["example.com"]},
            mailboxes={"file": str(directory / "mailboxes.csv")},
            policy={"internal_domains": ["example.com"]},
        )
        wired = build(settings)
        for duty in map_duty(settings, wired.redirect_addresses):
            duty.run()
        lines = prepared(settings, directory, postfix)
        with running_postfix(dovecot, sink, main_cf_lines=lines) as server:
            write_programs(server, directory / "programs")
            yield Place(wired, server, sink)
        wired.close()


def prepared(settings: Settings, directory: Path, postfix: PostfixServer) -> list[str]:
    """Do once what the printed comments say, write the files; the lines of main.cf."""
    tables = postfix_tables(settings)
    if isinstance(tables.source, PostgresqlServer):
        plain = settings.database.url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            for statement in role_statements(tables.source.database):
                connection.execute(statement)
    else:
        assert tables.marker
        tables.marker.touch()
        postfix.run("postmap", f"hash:{tables.marker}").check_returncode()
    printed = "\n".join(configuration(tables)).replace("/etc/postfix", str(directory))
    _, *files = printed.split(_FIRST.replace("/etc/postfix", str(directory)))
    for name, _, text in (file.partition("\n") for file in files):
        write_settled(directory / name, text.splitlines())
    main_cf = (directory / "main.cf").read_text(encoding="utf-8").replace("=\n    ", "= ")
    known = write_known(directory)
    write_settled(directory / "header_checks", guided("/etc/postfix/header_checks"))
    lines = [
        f"{line}, {known}" if line.startswith("virtual_alias_maps") else line
        for line in main_cf.splitlines()
        if line and not line.startswith("#")
    ]
    return [*lines, f"header_checks = regexp:{directory}/header_checks"]


def guided(file: str) -> list[str]:
    """The lines of this file in the guide."""
    _, _, text = GUIDE.read_text(encoding="utf-8").partition(f"    # {file}\n")
    lines = takewhile(lambda line: line.startswith("    "), text.splitlines())
    return [line.strip() for line in lines]


def write_known(directory: Path) -> str:
    """A table that gives each mailbox, by the line that the guide adds to any; its name."""
    with closing(sqlite3.connect(directory / "known.db")) as database, database:
        database.execute("CREATE TABLE box (address TEXT)")
    query = "query = SELECT 'vmail/somewhere/' FROM box WHERE address = '%s'"
    lines = [f"dbpath = {directory}/known.db", query, "result_format = %S"]
    write_settled(directory / "known.cf", lines)
    return f"sqlite:{directory}/known.cf"


def write_programs(server: PostfixServer, directory: Path) -> None:
    """The programs that check runs, as if this Postfix were the machine's."""
    directory.mkdir()
    libraries = f"LD_LIBRARY_PATH={server.programs}/lib/postfix"
    for name in ("postconf", "postmap"):
        command = f'{server.programs}/sbin/{name} -c {server.config_directory} "$@"'
        (directory / name).write_text(f"#!/bin/sh\n{libraries} exec {command}\n")
        (directory / name).chmod(0o755)


@pytest.fixture
def address() -> EmailAddress:
    """One that no other test has."""
    return EmailAddress(f"Redirected{next(_numbers)}", "example.com")


def leading(address: EmailAddress, *to: str, **more: object) -> RedirectAddress:
    destinations = tuple(EmailAddress(*one.split("@")) for one in to)
    forward = Forward(destinations=destinations, copy=NOTHING_STAYS, hold_spam=False)
    return replace(RedirectAddress(address=address, forward=forward), **more)


def test_a_change_counts_from_the_next_message_on_and_nothing_is_stored(
    place: Place, address: EmailAddress
) -> None:
    first, second = f"first-{address.local}@example.net", f"second-{address.local}@example.net"
    place.save(leading(address, first))
    assert place.server.send(str(address).upper(), subject="One") == {}
    place.save(leading(address, second, first))
    assert place.server.send(f"{address.local}+tag@example.com", subject="Two") == {}
    place.save(leading(address, second))
    assert place.server.send(str(address), subject="Three") == {}
    place.server.wait_until_empty()
    found = [message.subject for message in place.sink.to(first)]
    assert found == ["One"], "a sub-address goes on to the destination's"
    assert [message.subject for message in place.sink.to(second)] == ["Three"]
    assert [one.subject for one in place.sink.to(first.replace("@", "+tag@"))] == ["Two"]
    assert place.server.queue_files() == ()
    assert not place.server.dovecot.home(str(address).lower()).exists()


def test_senders_are_told_at_once_why_it_leads_nowhere(place: Place, address: EmailAddress) -> None:
    wanted = leading(address, "there@example.net")
    assert place.answer(str(address)).startswith("550 5.1.1 ")
    place.save(wanted)
    assert place.answer(str(address)).startswith("250 ")
    place.change(address, AddressChange.PAUSE)
    assert place.answer(str(address)).startswith("550 5.2.1 ")
    assert place.answer(str(address)).endswith("This address is not in use at present")
    assert place.answer(f"{address.local}+tag@example.com").startswith("550 5.2.1 ")
    place.change(address, AddressChange.RESUME)
    assert place.answer(str(address)).startswith("250 ")
    moved = replace(wanted, moved_to=EmailAddress("new", "example.org"))
    place.save(replace(moved, forward=wanted.forward.with_paused(True)))
    assert place.answer(str(address)).startswith("550 5.1.6 ")
    assert place.answer(str(address)).endswith("This address has moved to new@example.org")
    place.change(address, AddressChange.DELETE)
    assert place.answer(str(address)).startswith("550 5.1.1 ")
    assert place.server.queue_files() == ()


@pytest.mark.parametrize(("begins", "ends", "code"), [(0, 0, "250"), (2, 9, "550 5.1.1")])
def test_the_days_are_looked_at_when_a_message_comes(
    place: Place, address: EmailAddress, begins: int, ends: int, code: str
) -> None:
    today = datetime.now(UTC).date()
    period = Period(first_day=today + begins * DAY, last_day=today + ends * DAY)
    wanted = leading(address, "there@example.net")
    place.save(replace(wanted, forward=replace(wanted.forward, period=period)))
    assert place.answer(str(address)).startswith(f"{code} ")


def test_an_alias_is_delivered_to_its_mailbox(place: Place, address: EmailAddress) -> None:
    login = place.make_mailbox()
    place.save(leading(address, login, kind=AddressKind.ALIAS))
    assert place.server.send(str(address), subject="For the alias") == {}
    place.server.wait_until_empty()
    assert imap_folders(place.server, login) == {"INBOX": [("For the alias", False)]}


def test_an_address_for_all_others_leaves_the_mailboxes_their_mail(
    place: Place, address: EmailAddress
) -> None:
    login = place.make_mailbox()
    everything = replace(address, local="*")
    place.save(leading(address, login))
    place.save(leading(everything, "caught@example.net"))
    try:
        to = (login, login.replace("@", "+tag@"), str(address), "n0body@example.com")
        for number, recipient in enumerate(to):
            assert place.server.send(recipient, subject=f"To {number}") == {}
        place.server.wait_until_empty()
        found = imap_folders(place.server, login)["INBOX"]
        assert sorted(found) == [("To 0", False), ("To 1", False), ("To 2", False)]
        assert [one.subject for one in place.sink.to("caught@example.net")][-1:] == ["To 3"]
        assert "postfix-swallows" not in place.codes()
        with closing(sqlite3.connect(place.directory / "known.db")) as database, database:
            database.execute("DELETE FROM box")
        assert "postfix-swallows" in place.codes()
    finally:
        place.change(everything, AddressChange.DELETE)
    assert place.answer("n0body@example.com").startswith("550 5.1.1 ")


def test_what_is_marked_as_spam_is_refused_and_not_passed_on(
    place: Place, address: EmailAddress
) -> None:
    goal = f"clean-{address.local}@example.net"
    place.save(leading(address, goal))
    spam = {"X-Spam-Flag": "YES"}
    (reply,) = place.server.send(str(address), subject="Spam", headers=spam).values()
    assert (reply.code, reply.text) == (550, "5.7.1 Spam is not passed on")
    assert place.server.send(str(address), subject="Ham", headers={"X-Spam-Flag": "NO"}) == {}
    place.server.wait_until_empty()
    assert [one.subject for one in place.sink.to(goal)] == ["Ham"]


def test_no_message_fails_while_addresses_change(place: Place, address: EmailAddress) -> None:
    goal = f"busy-{address.local}@example.net"
    place.save(leading(address, goal))
    other = replace(address, local=f"other-{address.local}")

    def send(number: int) -> object:
        return place.server.send(str(address), subject=f"Busy {number}")

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send, number) for number in range(100)]
        for number in range(15):
            place.save(leading(other, f"{number}@example.net"))
            assert place.server.send(str(other), subject=f"After {number}") == {}
        assert [one.result() for one in sent] == [{}] * 100
    place.server.wait_until_empty()
    subjects = sorted(one.subject for one in place.sink.to(goal))
    assert subjects == sorted(f"Busy {number}" for number in range(100))
    for number in range(15):
        found = place.sink.to(f"{number}@example.net")
        assert [one.subject for one in found if one.subject == f"After {number}"] != []


def test_the_check_asks_postfix_as_it_is_configured(place: Place, address: EmailAddress) -> None:
    place.save(leading(address, "there@example.net"))
    assert place.codes() == ["postfix-sees", "no-srs"]
