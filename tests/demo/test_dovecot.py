"""The private Dovecot: real sign-in, real delivery, another clock, and no trace afterwards."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.processes import wait_until
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders, make_mailbox
from tests.servers.managesieve_lines import signed_in_lines
from tests.servers.processes_of import processes_of

UNTIL_2030 = """require ["date", "relational", "fileinto"];
if currentdate :zone "+0000" :value "ge" "iso8601" "2030-01-01T00:00:00+00:00" {
    fileinto "Archive";
}
"""
STARTER = """
from sieve_manager.demo.dovecot import DovecotOptions, running_dovecot
with running_dovecot(DovecotOptions(sink_port=1)) as server:
    print(server.directory, flush=True)
    input()
"""


def test_an_owner_uploads_a_script_and_mail_follows_it(
    dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    with signed_in_lines(dovecot.endpoints, login, PASSWORD) as session:
        session.put_active("mine", 'redirect "first-try@example.net";')
    assert deliver(dovecot, login, "Hello").code == 250
    arrived = sink.wait_for(lambda message: "first-try@example.net" in message.recipients)
    assert arrived.subject == "Hello"
    assert imap_folders(dovecot, login) == {}


def test_the_master_acts_for_an_owner(dovecot: DovecotServer, login: str) -> None:
    ends = dovecot.endpoints
    with signed_in_lines(ends, ends.master_user, ends.master_password, acting_for=login) as session:
        session.put_active("by-master", "keep;")
    with signed_in_lines(ends, login, PASSWORD) as session:
        assert '"by-master" ACTIVE' in session.say("LISTSCRIPTS")


def test_mail_to_an_alias_reaches_its_owner(dovecot: DovecotServer) -> None:
    dovecot.add_user("with-alias@example.com", PASSWORD, aliases=["alias@example.com"])
    assert deliver(dovecot, "alias@example.com", "By alias").code == 250
    assert imap_folders(dovecot, "with-alias@example.com") == {"INBOX": [("By alias", False)]}


def test_nobody_signs_in_as_an_alias_or_as_a_closed_owner(dovecot: DovecotServer) -> None:
    dovecot.add_user("open@example.com", PASSWORD, aliases=["side@example.com"])
    dovecot.add_user("closed@example.com", PASSWORD, closed=True)
    for refused in ("side@example.com", "closed@example.com"):
        with (
            pytest.raises(AssertionError, match="NO"),
            signed_in_lines(dovecot.endpoints, refused, PASSWORD),
        ):
            pass


def test_deliveries_follow_the_clock_forward_and_back(dovecot: DovecotServer, login: str) -> None:
    with signed_in_lines(dovecot.endpoints, login, PASSWORD) as session:
        session.put_active("dated", UNTIL_2030)
    for year in (2031, 2029):
        dovecot.set_clock(datetime(year, 1, 1, tzinfo=UTC))
        deliver(dovecot, login, f"In {year}")
    assert imap_folders(dovecot, login) == {
        "Archive": [("In 2031", False)],
        "INBOX": [("In 2029", False)],
    }


def test_a_full_mailbox_refuses_mail(dovecot: DovecotServer) -> None:
    dovecot.add_user("full@example.com", PASSWORD, quota_octets=10)
    assert deliver(dovecot, "full@example.com").code == 552


def test_options_reach_pigeonhole(sink: SmtpSink) -> None:
    options = DovecotOptions(
        sink_port=sink.port,
        max_redirects=7,
        max_scripts=1,
        sieve_extensions="+spamtest",
        default_script='require "fileinto"; fileinto "Junk";',
    )
    with running_dovecot(options) as server:
        login = make_mailbox(server)
        deliver(server, login, "By default")
        with signed_in_lines(server.endpoints, login, PASSWORD) as session:
            announced = session.say("CAPABILITY")
            session.put_active("one", "keep;")
            refused = session.say('PUTSCRIPT "two" {5+}\r\nkeep;')
        assert imap_folders(server, login) == {"Junk": [("By default", False)]}
    assert '"MAXREDIRECTS" "7"' in announced
    assert "spamtest" in announced
    assert "QUOTA/MAXSCRIPTS" in refused


def test_it_leaves_nothing_behind(sink: SmtpSink) -> None:
    with running_dovecot(DovecotOptions(sink_port=sink.port)) as server:
        directory = server.directory
        assert processes_of(directory)
    assert not directory.exists()
    assert not processes_of(directory)


def test_it_ends_when_whoever_started_it_is_killed() -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with starter:
        assert starter.stdout
        directory = Path(starter.stdout.readline().strip())
        assert processes_of(directory)
        starter.kill()
    wait_until(lambda: not processes_of(directory), seconds=10, what="the end of the orphans")
    shutil.rmtree(directory)
