"""The private Postfix: SMTP in, delivery to Dovecot, refusals, tables, and the way outside."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.postfix import PostfixServer, running_postfix, write_settled
from sieve_manager.demo.processes import (
    free_ports,
    temporary_directory,
    unprivileged,
    wait_until,
)
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.errors import UnreachableError
from tests.servers.mailboxes import PASSWORD, imap_folders, make_mailbox
from tests.servers.managesieve_lines import signed_in_lines
from tests.servers.postgresql import running_postgresql
from tests.servers.postsrsd import running_postsrsd
from tests.servers.processes_of import processes_of

OUTSIDE = "outside@example.net"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the account of Postfix can read."""
    with temporary_directory(unprivileged()) as directory:
        yield directory


@contextmanager
def running_chain(sink: SmtpSink, *, main_cf_lines: Sequence[str]) -> Iterator[PostfixServer]:
    """A Postfix before a Dovecot of its own, whose redirects and replies come back to it."""
    (port,) = free_ports(1)
    with (
        running_dovecot(DovecotOptions(sink_port=port)) as dovecot,
        running_postfix(dovecot, sink, smtp_port=port, main_cf_lines=main_cf_lines) as server,
    ):
        yield server


def test_a_message_arrives_in_a_mailbox(postfix: PostfixServer) -> None:
    login = make_mailbox(postfix)
    assert postfix.send(login.upper(), subject="By SMTP") == {}
    postfix.wait_until_empty()
    assert imap_folders(postfix, login) == {"INBOX": [("By SMTP", False)]}


def test_an_unknown_recipient_is_refused_and_the_others_are_not(postfix: PostfixServer) -> None:
    login = make_mailbox(postfix)
    refused = postfix.send("nobody-here@example.com", login, subject="For one of two")
    (reply,) = refused.values()
    assert (reply.code, reply.text[:6]) == (550, "5.1.1 ")
    assert postfix.ask("nobody-here@example.com").code == 550
    postfix.wait_until_empty()
    assert imap_folders(postfix, login) == {"INBOX": [("For one of two", False)]}


def test_what_goes_outside_reaches_the_sink(postfix: PostfixServer, sink: SmtpSink) -> None:
    assert postfix.send(OUTSIDE, subject="To the outside") == {}
    arrived = sink.wait_for(lambda message: message.subject == "To the outside")
    assert (arrived.sender, arrived.recipients) == ("sender@example.net", (OUTSIDE,))
    postfix.wait_until_empty()


def test_a_row_of_sqlite_counts_from_the_next_message_on(
    dovecot: DovecotServer, sink: SmtpSink, place: Path
) -> None:
    write_settled(
        place / "alias.cf",
        [f"dbpath = {place}/map.db", "query = SELECT target FROM alias WHERE address = '%s'"],
    )
    with closing(sqlite3.connect(place / "map.db", isolation_level=None)) as database:
        database.execute("CREATE TABLE alias (address TEXT, target TEXT)")
        database.execute("INSERT INTO alias VALUES ('sqlite@example.com', 'first@example.net')")
        lines = [f"virtual_alias_maps = sqlite:{place}/alias.cf"]
        with running_postfix(dovecot, sink, main_cf_lines=lines) as server:
            login = make_mailbox(server)
            server.send("SQLite@example.com", subject="To the first")
            database.execute("UPDATE alias SET target = ?", (f"{login}, second@example.net",))
            server.send("sqlite@example.com", subject="To two")
            database.execute("DELETE FROM alias")
            assert server.ask("sqlite@example.com").code == 550
            server.wait_until_empty()
            assert imap_folders(server, login) == {"INBOX": [("To two", False)]}
    assert [message.subject for message in sink.to("first@example.net")] == ["To the first"]
    assert [message.subject for message in sink.to("second@example.net")] == ["To two"]


def test_a_row_of_postgresql_counts_from_the_next_message_on(
    dovecot: DovecotServer, sink: SmtpSink, place: Path
) -> None:
    with running_postgresql() as postgresql:
        url = postgresql.new_database()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database:
            database.execute("CREATE TABLE alias (address text, target text)")
            database.execute("INSERT INTO alias VALUES ('pg@example.com', 'pg-1@example.net')")
            write_settled(
                place / "alias.cf",
                [
                    f"hosts = {url.partition('host=')[2]}",
                    "user = tests",
                    f"dbname = {database.info.dbname}",
                    "query = SELECT target FROM alias WHERE address = '%s'",
                ],
            )
            lines = [f"virtual_alias_maps = proxy:pgsql:{place}/alias.cf"]
            with running_postfix(dovecot, sink, main_cf_lines=lines) as server:
                assert server.send("pg@example.com", subject="To the first") == {}
                database.execute("UPDATE alias SET target = 'pg-2@example.net'")
                assert server.send("pg@example.com", subject="To the second") == {}
                server.wait_until_empty()
    assert [message.subject for message in sink.to("pg-1@example.net")] == ["To the first"]
    assert [message.subject for message in sink.to("pg-2@example.net")] == ["To the second"]


def test_the_redirects_of_a_mailbox_come_back_to_it(sink: SmtpSink) -> None:
    lines = ["virtual_alias_maps = inline:{chain@example.com=chained@example.net}"]
    with running_chain(sink, main_cf_lines=lines) as server:
        login = make_mailbox(server)
        with signed_in_lines(server.endpoints, login, PASSWORD) as session:
            session.put_active("mine", 'require "copy"; redirect :copy "chain@example.com";')
        assert server.send(login, subject="Along the chain") == {}
        sink.wait_for(lambda message: "chained@example.net" in message.recipients)
        server.wait_until_empty()
        assert imap_folders(server, login) == {"INBOX": [("Along the chain", False)]}
        assert "orig_to=<chain@example.com>" in server.log()


def test_what_is_refused_for_now_stays_in_the_queue(dovecot: DovecotServer, sink: SmtpSink) -> None:
    sink.answer("later@example.net", "450 4.2.0 Try later")
    with running_postfix(dovecot, sink) as server:
        server.send("later@example.net", subject="Later")
        wait_until(lambda: "status=deferred" in server.log(), seconds=5, what="the refusal")
        assert server.queue_files()
        assert "later@example.net" in server.run("postqueue", "-p").stdout
        sink.answer("later@example.net", None)
        server.try_again()
        server.wait_until_empty()
    assert [message.subject for message in sink.to("later@example.net")] == ["Later"]


def test_a_foreign_sender_is_rewritten_and_a_bounce_finds_its_way_back(
    dovecot: DovecotServer, sink: SmtpSink
) -> None:
    with (
        running_postsrsd(domain="example.com", own_domains=("example.com",)) as postsrsd,
        running_postfix(dovecot, sink, main_cf_lines=postsrsd.main_cf_lines) as server,
    ):
        server.send("srs@example.net", sender="jo@elsewhere.example", subject="Foreign")
        server.send("srs@example.net", sender="ours@example.com", subject="Ours")
        foreign = sink.wait_for(lambda found: found.subject == "Foreign").sender
        assert foreign.startswith("SRS0=")
        assert foreign.endswith("=elsewhere.example=jo@example.com")
        ours = sink.wait_for(lambda found: found.subject == "Ours")
        assert ours.sender == "ours@example.com"
        assert server.send(foreign, sender="", subject="Bounced") == {}
        bounced = sink.wait_for(lambda found: found.subject == "Bounced")
        assert bounced.recipients == ("jo@elsewhere.example",)


def test_it_leaves_nothing_behind(dovecot: DovecotServer, sink: SmtpSink) -> None:
    with running_postfix(dovecot, sink) as server:
        directory = server.directory
        assert processes_of(directory)
    assert not directory.exists()
    assert not processes_of(directory)


def test_where_it_was_not_unpacked_it_says_what_does_that(
    dovecot: DovecotServer, sink: SmtpSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sieve_manager.demo.postfix.UNPACKED", tmp_path / "missing")
    with (
        pytest.raises(UnreachableError, match="make demo unpacks it"),
        running_postfix(dovecot, sink),
    ):
        pass
