"""The command line on a real Dovecot, with real mail: set, deliver, look, clear, undo."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sieve_manager.cli import main
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.servers.mailboxes import PASSWORD, deliver, imap_folders

Call = Callable[..., Result]

NOTICE = ("Your mail is forwarded to an outside address", False)


@pytest.fixture
def call(dovecot: DovecotServer, sink: SmtpSink, tmp_path: Path) -> Call:
    """Call a command against *dovecot*; what is sent, to owners too, goes to *sink*."""
    at = dovecot.endpoints
    config = tmp_path / "config.toml"
    config.write_text(f"""
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
[database]
url = "sqlite:///{tmp_path}/sieve-manager.db"
""")

    def called(*arguments: str, typed: str = "") -> Result:
        result = CliRunner().invoke(main, ["--config", str(config), *arguments], input=typed)
        assert result.exit_code == 0, result.output
        return result

    return called


def test_mail_follows_what_was_set(
    call: Call, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    to = f"{login.partition('@')[0]}@example.net"
    call("forward", "set", login, "--to", to, "--copy", "folder:Fün & more", "--yes")
    assert deliver(dovecot, login, subject="first").code == 250
    sink.wait_for(lambda one: to in one.recipients and one.subject == "first")
    assert imap_folders(dovecot, login) == {"Fün & more": [("first", False)], "INBOX": [NOTICE]}


def test_clear_and_undo_change_where_mail_goes(
    call: Call, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    to = f"{login.partition('@')[0]}@example.net"
    call("forward", "set", login, "--to", to, "--copy", "none", "--yes")
    call("forward", "clear", login, "--yes")
    deliver(dovecot, login, subject="kept")
    assert imap_folders(dovecot, login) == {"INBOX": [NOTICE, ("kept", False)]}
    assert sink.to(to) == ()
    call("undo", login, "--yes")
    deliver(dovecot, login, subject="forwarded")
    sink.wait_for(lambda one: to in one.recipients and one.subject == "forwarded")
    assert imap_folders(dovecot, login) == {"INBOX": [NOTICE, ("kept", False), NOTICE]}
    changes = json.loads(call("history", login, "--json").stdout)["versions"]
    assert [one["change"] for one in changes] == ["undo", "clear", "set"]


def test_an_owner_acts_with_the_password(call: Call, login: str) -> None:
    line = ("forward", "set", login, "--to", "a@example.net", "--yes", "--password-prompt")
    call(*line, typed=f"{PASSWORD}\n")
    shown = call("script", "show", login, "--password-prompt", typed=f"{PASSWORD}\n")
    assert b'redirect :copy "a@example.net";\r\n' in shown.stdout_bytes
    assert call("script", "check", login).stdout.endswith("“sieve-manager”.\n")
