"""``check`` against real servers: what it says, and when its exit status is 0."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sieve_manager.cli import main
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.servers.cyrus import CyrusServer
from tests.servers.mailboxes import make_mailbox

Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Call the command with a configuration for the servers at *at*, in part replaced."""

    def called(at: Endpoints, sink: SmtpSink, *arguments: str, **replace: str) -> Result:
        text = f"""
[managesieve]
host = "{at.host}"
port = {at.managesieve_port}
ca_file = "{at.ca_file}"
[imap]
host = "{at.host}"
port = {at.imap_port}
tls = "starttls"
ca_file = "{at.ca_file}"
[smtp]
host = "{sink.host}"
port = {sink.port}
tls = "none"
sender = "no-reply@example.com"
[master]
user = "{at.master_user}"
password = "{at.master_password}"
[policy]
max_destinations = 4
[database]
url = "sqlite:///{tmp_path}/sieve-manager.db"
"""
        for old, new in replace.items():
            text = text.replace(str(getattr(at, old, old)), new)
        config = tmp_path / "config.toml"
        config.write_text(text)
        return CliRunner().invoke(main, ["--config", str(config), "check", *arguments])

    return called


def test_a_working_dovecot(check: Check, dovecot: DovecotServer, sink: SmtpSink) -> None:
    result = check(dovecot.endpoints, sink)
    assert result.exit_code == 0, result.output
    assert "Forwards work." in result.stdout
    assert "announces these Sieve extensions: body, " in result.stdout
    assert "inbox, read, folder, trash, none" in result.stdout
    assert "warn  Master user: That it acts" in result.stdout


def test_acting_is_proven_with_two_test_mailboxes_and_nothing_is_left(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    one, two = make_mailbox(dovecot), make_mailbox(dovecot)
    result = check(dovecot.endpoints, sink, "--test-mailboxes", one, two)
    assert result.exit_code == 0, result.output
    assert "ok    Master user: Acting for a mailbox acts for that mailbox" in result.stdout
    assert "forwards one message 4 times at most" in result.stdout
    assert "warn" not in result.stdout
    assert list(dovecot.home(one).rglob("sieve-manager-check*")) == []


def test_cyrus_tells_nothing_without_test_mailboxes(
    check: Check, cyrus: CyrusServer, sink: SmtpSink
) -> None:
    result = check(cyrus.endpoints, sink)
    assert result.exit_code == 7, result.output
    assert "--test-mailboxes LOGIN LOGIN tells" in result.stdout


def test_acting_is_proven_on_cyrus_too(check: Check, cyrus: CyrusServer, sink: SmtpSink) -> None:
    result = check(
        cyrus.endpoints, sink, "--test-mailboxes", make_mailbox(cyrus), make_mailbox(cyrus)
    )
    assert result.exit_code == 0, result.output
    assert "Acting for a mailbox acts for that mailbox" in result.stdout


def test_a_wrong_master_password_ends_with_status_7(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    result = check(dovecot.endpoints, sink, master_password="wrong")
    assert result.exit_code == 7, result.output
    assert "FAIL  Master user:" in result.stdout
    assert "wrong" not in result.stdout


def test_a_missing_test_mailbox_ends_with_status_7(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    result = check(
        dovecot.endpoints, sink, "--test-mailboxes", make_mailbox(dovecot), "gone@example.com"
    )
    assert result.exit_code == 7, result.output


@pytest.mark.parametrize(
    ("port", "part"), [("managesieve_port", "ManageSieve"), ("imap_port", "IMAP")]
)
def test_a_server_that_is_down_ends_with_status_5(
    check: Check, dovecot: DovecotServer, sink: SmtpSink, port: str, part: str
) -> None:
    result = check(dovecot.endpoints, sink, **{port: "1"})
    assert result.exit_code == 5, result.output
    assert f"FAIL  {part}: Does not work" in result.stdout


def test_a_certificate_that_is_not_trusted_is_said(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    trusted = "/etc/ssl/certs/ca-certificates.crt"
    result = check(dovecot.endpoints, sink, ca_file=trusted)
    assert result.exit_code == 5, result.output
    assert "certificate is not trusted" in result.stdout


def test_local_reads_this_hosts_settings(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    result = check(dovecot.endpoints, sink, "--local")
    assert "This host: " in result.stdout
    assert "Run sieve-manager check --local" not in result.stdout


def test_test_mailboxes_need_the_master_user(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    no_master = {"[master]": "", "user = ": "# ", "password = ": "# "}
    result = check(
        dovecot.endpoints,
        sink,
        "--test-mailboxes",
        "one@example.com",
        "two@example.com",
        **no_master,
    )
    assert result.exit_code == 2, result.output
    assert "[master]" in result.stderr


def test_two_different_test_mailboxes_are_needed(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    result = check(
        dovecot.endpoints, sink, "--test-mailboxes", "one@example.com", "ONE@example.com"
    )
    assert result.exit_code == 2


def test_an_empty_directory_is_warned_of(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    table = {"[policy]": '[directory]\nkind = "table"\n[policy]'}
    result = check(dovecot.endpoints, sink, **table)
    assert result.exit_code == 0, result.output
    assert "warn  Directory: It answers, but lists no mailbox." in result.stdout


def test_a_directory_that_is_away_ends_with_status_5(
    check: Check, dovecot: DovecotServer, sink: SmtpSink
) -> None:
    away = 'kind = "ldap"\nhost = "127.0.0.1"\nport = 1\nbase = "dc=example,dc=com"'
    result = check(dovecot.endpoints, sink, **{"[policy]": f"[directory]\n{away}\n[policy]"})
    assert result.exit_code == 5, result.output
    assert "FAIL  Directory: Does not work: the directory cannot be asked" in result.stdout
