"""The composition root, wired to a real mail server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.status import State
from sieve_manager.bootstrap import Wired, build
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.processes import free_ports
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import NotPermittedError, StorageError
from sieve_manager.settings import load_settings
from tests.servers.mailboxes import imap_folders

Build = Callable[[str], Wired]
ACTOR = Actor(name="root", channel=Channel.CLI)


@pytest.fixture
def wire(dovecot: DovecotServer, tmp_path: Path) -> Iterator[Build]:
    """Build from the mail server's address and what the test adds to the file."""
    wired: list[Wired] = []
    at = dovecot.endpoints

    def made(text: str) -> Wired:
        file = tmp_path / "sieve-manager.toml"
        file.write_text(
            f"""
[managesieve]
host = "{at.host}"
port = {at.managesieve_port}
ca_file = "{at.ca_file}"
[database]
url = "sqlite:///{tmp_path}/sieve-manager.db"
{text}
""",
            encoding="utf-8",
        )
        wired.append(build(load_settings(file)))
        return wired[-1]

    yield made
    for one in wired:
        one.close()


def test_whole_configuration_sets_a_forward(
    wire: Build, dovecot: DovecotServer, sink: SmtpSink, login: str
) -> None:
    at = dovecot.endpoints
    wired = wire(f"""
[imap]
host = "{at.host}"
port = {at.imap_tls_port}
ca_file = "{at.ca_file}"
[smtp]
host = "{sink.host}"
port = {sink.port}
tls = "none"
sender = "noreply@example.com"
[master]
user = "{at.master_user}"
password = "{at.master_password}"
separator = "{at.master_separator}"
[policy]
internal_domains = ["example.com"]
""")
    access = Access(login=Login.parse(login), actor=ACTOR)
    forward = Forward(destinations=(EmailAddress("outside", "example.net"),))
    saved = wired.forwards.set_forward(access, forward, None)
    assert saved.status.state is State.ACTIVE
    assert wired.forwards.overview(access).forward == forward
    assert [version.settled for version in wired.history.versions(access.login)] == [True]
    (told,) = wired.audit.entries(mailbox=access.login)
    assert (told.entry.action, told.entry.actor, told.entry.after) == (
        "forward.set",
        ACTOR,
        saved.status.fingerprint.text,
    )
    listing = wired.forwards.folders(access)
    assert listing is not None
    assert listing.trash == "Trash"
    status = wired.forwards.overview(access)
    assert wired.notices.outside(access, status, lambda _: ("New forward", "text")) == (
        EmailAddress("outside", "example.net"),
    )
    assert imap_folders(dovecot, login) == {"INBOX": [("New forward", False)]}
    assert wired.notices.outside(access, status, lambda _: ("Again", "text")) == ()


def test_smallest_configuration_has_no_folders_no_mailer_and_no_master(
    wire: Build, login: str
) -> None:
    wired = wire("")
    assert (wired.folders, wired.mailer) == (None, None)
    access = Access(login=Login.parse(login), actor=ACTOR)
    assert wired.forwards.folders(access) is None
    with pytest.raises(NotPermittedError):
        wired.forwards.overview(access)


def test_database_that_cannot_be_opened_stops_the_start(wire: Build, tmp_path: Path) -> None:
    (tmp_path / "sieve-manager.db").mkdir()
    with pytest.raises(StorageError):
        wire("")


def test_it_is_ready_while_the_mail_server_answers(
    wire: Build, dovecot: DovecotServer, tmp_path: Path
) -> None:
    wired = wire("")
    assert wired.readiness.answer().parts == {"database": "ok", "mail_server": "ok"}
    page = wired.measures.page().decode()
    assert 'command="CONNECT",protocol="managesieve",result="ok"' in page
    (port,) = free_ports(1)
    file = tmp_path / "sieve-manager.toml"
    file.write_text(
        file.read_text().replace(f"port = {dovecot.endpoints.managesieve_port}", f"port = {port}")
    )
    away = build(load_settings(file))
    try:
        assert away.readiness.answer().parts == {
            "database": "ok",
            "mail_server": "UnreachableError",
        }
    finally:
        away.close()
