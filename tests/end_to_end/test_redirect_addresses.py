"""Redirect addresses at a real Postfix, set up with the very lines that we print."""

import smtplib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from imapclient.exceptions import LoginError

from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.postfix_files import ROLE
from sieve_manager.demo.postfix import write_settled
from sieve_manager.demo.processes import LOOPBACK, accepts, free_ports, wait_until
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.domain.schedule import Period
from tests.end_to_end.relaying import Place, beside, guided, leading
from tests.end_to_end.site import sign_in
from tests.servers.mailboxes import PASSWORD, imap_folders, signed_in_imap
from tests.servers.page_client import PageClient
from tests.servers.postsrsd import running_postsrsd
from tests.servers.script_files import give_script

DAY = timedelta(days=1)
SPAM_SECTION = "Let no spam through"
SPAM = {"X-Spam-Flag": "YES"}


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


def test_it_cannot_be_signed_in_to_and_has_no_mailbox(place: Place, address: EmailAddress) -> None:
    place.save(leading(address, "somewhere@example.net"))
    server, login = place.server, str(address)
    assert server.send(login) == {}
    server.wait_until_empty()
    master = f"{login}{server.endpoints.master_separator}{server.endpoints.master_user}"
    for name, password in ((login, PASSWORD), (master, server.endpoints.master_password)):
        with pytest.raises(LoginError):
            signed_in_imap(server, name, password)
        with PageClient(place.site.base_url) as client:
            assert sign_in(client, name, password).status >= 400
    assert server.queue_files() == ()
    traces = server.dovecot.directory.rglob(f"*{address.local.lower()}*")
    assert list(traces) == []


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


def test_a_sub_address_of_its_own_is_there_while_the_plain_one_is_paused(
    place: Place, address: EmailAddress
) -> None:
    own = replace(address, local=f"{address.local}+own")
    place.save(leading(own, f"own-{address.local}@example.net"))
    place.save(leading(address, f"plain-{address.local}@example.net"))
    place.change(address, AddressChange.PAUSE)
    place.follow(str(own), f"For {own}")
    assert place.answer(f"{address.local}+other@example.com").startswith("550 5.2.1 ")
    place.change(own, AddressChange.PAUSE)
    place.change(address, AddressChange.RESUME)
    place.follow(str(own), f"Not for {own}")


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [(0, 0, "250"), (2, 9, "550 5.1.1"), (-9, -2, "550 5.1.1")],
)
def test_the_days_are_looked_at_when_a_message_comes(
    place: Place, address: EmailAddress, begins: int, ends: int, code: str
) -> None:
    today = datetime.now(UTC).date()
    period = Period(first_day=today + begins * DAY, last_day=today + ends * DAY)
    wanted = leading(address, f"days-{address.local}@example.net")
    wanted = replace(wanted, forward=replace(wanted.forward, period=period))
    place.put_unseen(wanted)
    assert place.answer(str(address)).startswith(f"{code} ")
    assert place.follow(str(address), f"Days {address}").answer == code[:3].replace("250", "")
    place.put_unseen(replace(wanted, moved_to=EmailAddress("new", "example.org")))
    moved = "550 5.1.6" if ends < 0 else code
    assert place.answer(str(address)).startswith(f"{moved} ")


def test_an_alias_is_delivered_to_its_mailbox(place: Place, address: EmailAddress) -> None:
    login = place.make_mailbox()
    place.save(leading(address, login, kind=AddressKind.ALIAS))
    place.follow(str(address), "For the alias", login)
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
            place.follow(recipient, f"To {number} {address}", login)
        found = imap_folders(place.server, login)["INBOX"]
        assert sorted(found) == [(f"To {number} {address}", False) for number in range(3)]
        (caught,) = place.sink.to("caught@example.net")[-1:]
        assert caught.subject == f"To 3 {address}"
        assert "postfix-swallows" not in place.codes()
        with closing(sqlite3.connect(place.directory / "known.db")) as database, database:
            database.execute("DELETE FROM box")
        assert "postfix-swallows" in place.codes()
    finally:
        place.change(everything, AddressChange.DELETE)
    assert place.answer("n0body@example.com").startswith("550 5.1.1 ")


def with_header_checks(place: Place, *files: str) -> list[str]:
    """What the guide puts into these files of Postfix's; header_checks is written."""
    write_settled(
        place.directory / "header_checks", guided(SPAM_SECTION, "/etc/postfix/header_checks")
    )
    lines = (line for file in files for line in guided(SPAM_SECTION, f"/etc/postfix/{file}"))
    return [line.replace("/etc/postfix", str(place.directory)) for line in lines]


def test_what_is_marked_as_spam_is_refused_and_not_passed_on(
    place: Place, address: EmailAddress
) -> None:
    goal = f"clean-{address.local}@example.net"
    place.save(leading(address, goal))
    with beside(place, with_header_checks(place, "main.cf")) as server:
        (reply,) = server.send(str(address), subject="Spam", headers=SPAM).values()
        assert (reply.code, reply.text) == (550, "5.7.1 Spam is not passed on")
        assert server.send(str(address), subject="Ham", headers={"X-Spam-Flag": "NO"}) == {}
        server.wait_until_empty()
    assert [one.subject for one in place.sink.to(goal)] == ["Ham"]


def test_spam_is_refused_for_the_domains_whose_mail_comes_to_an_address_of_its_own(
    place: Place, address: EmailAddress
) -> None:
    goal = f"clean-{address.local}@example.net"
    place.save(leading(address, goal))
    login = place.make_mailbox()
    (port,) = free_ports(1)
    services = [
        line.replace("192.0.2.2:smtp inet n - y", f"127.0.0.1:{port} inet n n n").replace(
            "unix n - y", "unix n n n"
        )
        for line in with_header_checks(place, "master.cf")
    ]
    with beside(place, services=services) as server:
        wait_until(lambda: accepts(port), seconds=20, what="the second address")
        strict = replace(server, smtp_port=port)
        assert [one.code for one in strict.send(str(address), headers=SPAM).values()] == [550]
        assert strict.send(str(address), subject="Ham") == {}
        assert server.send(login, subject="For others", headers=SPAM) == {}
        server.wait_until_empty()
    assert [one.subject for one in place.sink.to(goal)] == ["Ham"]
    assert imap_folders(place.server, login) == {"INBOX": [("For others", False)]}


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


def test_senders_are_rewritten_as_the_guide_says_and_bounces_find_their_way_back(
    place: Place, address: EmailAddress
) -> None:
    login, goal = place.make_mailbox(), f"spf-{address.local}@example.net"
    place.save(leading(address, goal))
    give_script(place.server.dovecot, login, "mine", f'redirect "{address}";'.encode())
    section = "Rewrite senders (SRS)"
    set_up = dict(line.split("=", 1) for line in guided(section, "/etc/default/postsrsd"))
    lines = guided(section, "/etc/postfix/main.cf")
    with running_postsrsd(
        domain=set_up["SRS_DOMAIN"], own_domains=tuple(set_up["SRS_EXCLUDE_DOMAINS"].split())
    ) as postsrsd:
        ports = {"10001": postsrsd.forward_port, "10002": postsrsd.reverse_port}
        for port, own in ports.items():
            lines = [line.replace(f"localhost:{port}", f"127.0.0.1:{own}") for line in lines]
        with beside(place, lines) as server:
            assert "no-srs" not in place.codes(server)
            assert server.send(str(address), sender="jo@elsewhere.example", subject="Here") == {}
            assert server.send(login, sender="jo@elsewhere.example", subject="Along") == {}
            for subject in ("Here", "Along"):
                arrived = place.sink.wait_for(
                    lambda one, subject=subject: goal in one.recipients and one.subject == subject
                )
                assert arrived.sender.startswith("SRS0=")
                assert arrived.sender.endswith("=elsewhere.example=jo@example.com")
            assert server.send(arrived.sender, sender="", subject=f"Bounce {address}") == {}
            bounce = place.sink.wait_for(lambda one: one.subject == f"Bounce {address}")
            assert bounce.recipients == ("jo@elsewhere.example",)
    assert "no-srs" in place.codes()


def test_a_connection_that_stays_open_over_a_change_is_answered_soon(
    place: Place, address: EmailAddress
) -> None:
    on_sqlite = place.wired.settings.database.url.startswith("sqlite")
    with smtplib.SMTP(LOOPBACK, place.server.smtp_port, timeout=10) as client:
        client.ehlo()
        client.mail("sender@example.net")
        assert client.rcpt(str(address))[0] == 550
        place.save(leading(address, "there@example.net"))
        assert place.answer(str(address)).startswith("250 ")
        # As the guide says: this one still has the last file open.
        assert client.rcpt(str(address))[0] == (550 if on_sqlite else 250)


def test_postfix_may_read_what_it_asks_for_and_nothing_else(place: Place) -> None:
    url, views = place.wired.settings.database.url, {"postfix_targets", "postfix_refusals"}
    if url.startswith("sqlite"):
        file = place.directory / "postfix" / "addresses.db"
        assert file.stat().st_mode & 0o777 == 0o640
        with closing(sqlite3.connect(file)) as database:
            names = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        kept = {"redirect_addresses", "redirect_targets", "redirect_revision"}
        assert names == {*views, *kept}
        return
    ours = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'v') AND has_table_privilege(%s, oid, %s)"
    )
    with psycopg.connect(url.replace("+psycopg", "")) as database:
        read = database.execute(ours, (ROLE, "SELECT")).fetchall()
        written = database.execute(ours, (ROLE, "INSERT, UPDATE, DELETE, TRUNCATE")).fetchall()
    assert {name for (name,) in read} == views
    assert written == []


@pytest.mark.parametrize("relaying", ["postgresql"], indirect=True)
def test_while_the_database_is_away_senders_are_asked_to_try_again(
    place: Place, address: EmailAddress
) -> None:
    place.save(leading(address, "there@example.net"))
    away = place.directory / "away"
    away.mkdir()
    for file in place.directory.glob("sieve-manager-*.cf"):
        hosts = (f"hosts = {away}" if line.startswith("hosts") else line for line in lines_of(file))
        write_settled(away / file.name, list(hosts))
    lines = (line.replace(f"{place.directory}/sieve", f"{away}/sieve") for line in place.lines)
    with beside(replace(place, lines=tuple(lines))) as server:
        assert server.ask(str(address)).code == 451
        assert server.queue_files() == ()


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_the_check_asks_postfix_as_it_is_configured(place: Place, address: EmailAddress) -> None:
    place.save(leading(address, "there@example.net"))
    assert place.codes() == ["postfix-sees", "no-srs"]
    on_sqlite = place.wired.settings.database.url.startswith("sqlite")
    missing = ["postfix-marker"] if on_sqlite else []
    with beside(replace(place, lines=())) as server:
        found = place.codes(server)
    assert found == [*missing, "postfix-unlisted", "postfix-refusals", "no-srs"]
