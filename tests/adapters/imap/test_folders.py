"""Folders and sign-in over IMAP: a real Dovecot, and peers that do not speak IMAP."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from sieve_manager.adapters.imap.folders import ImapFolders
from sieve_manager.application.access import Access
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    AccountDisabledError,
    FolderError,
    NotPermittedError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
    TlsError,
    UnreachableError,
)
from sieve_manager.managesieve import Endpoint, TlsMode
from tests.contracts.mail_servers import ACTOR, folders_on, imap_endpoint
from tests.servers.mailboxes import PASSWORD, signed_in_imap


@pytest.fixture
def folders(dovecot: DovecotServer) -> ImapFolders:
    return folders_on(dovecot)


@pytest.fixture
def owner(login: str) -> Access:
    return Access(login=Login.parse(login), actor=ACTOR, password=PASSWORD)


def test_new_mailbox_has_its_inbox_first_and_a_trash(folders: ImapFolders, owner: Access) -> None:
    found = folders.listing(owner)
    assert found.names == ("INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash")
    assert found.trash == "Trash"


@pytest.mark.parametrize("tls", [TlsMode.STARTTLS, TlsMode.IMPLICIT])
def test_both_kinds_of_tls_work(dovecot: DovecotServer, owner: Access, tls: TlsMode) -> None:
    assert "INBOX" in folders_on(dovecot, tls).listing(owner).names


def test_master_sees_the_owner_s_folders(folders: ImapFolders, owner: Access) -> None:
    folders.ensure(owner, "Forwarded")
    acting = replace(owner, password=None)
    assert "Forwarded" in folders.listing(acting).names
    folders.ensure(acting, "Made by the master")
    assert "Made by the master" in folders.listing(owner).names


@pytest.mark.parametrize(
    "name",
    ["Copies", "Grüße/日本", 'quo"te', "back\\slash", "a*b", "100 %", "2026", "007", "a & b", "&-"],
)
def test_folder_is_created_and_subscribed_under_its_name(
    folders: ImapFolders, owner: Access, dovecot: DovecotServer, name: str
) -> None:
    folders.ensure(owner, name)
    folders.ensure(owner, name)
    assert name in folders.listing(owner).names
    with signed_in_imap(dovecot, owner.login.text) as client:
        assert name in [found for _, _, found in client.list_sub_folders()]


def test_parent_that_holds_no_mail_is_not_listed(folders: ImapFolders, owner: Access) -> None:
    folders.ensure(owner, "Clients/One")
    assert "Clients/One" in folders.listing(owner).names
    assert "Clients" not in folders.listing(owner).names
    folders.ensure(owner, "Clients")
    assert "Clients" in folders.listing(owner).names


@pytest.mark.parametrize("name", ["INBOX", "inbox"])
def test_inbox_is_never_created(folders: ImapFolders, owner: Access, name: str) -> None:
    folders.ensure(owner, name)
    assert folders.listing(owner).names.count("INBOX") == 1


@pytest.mark.parametrize("name", ["", "a\r\nb", "a\0b", "a.b", "a//b", "~x", "\ud800", "x" * 2000])
def test_impossible_name_is_refused_with_the_reason(
    folders: ImapFolders, owner: Access, name: str
) -> None:
    with pytest.raises(FolderError) as caught:
        folders.ensure(owner, name)
    assert caught.value.folder == name
    assert "failed" not in str(caught.value)


def test_right_password_signs_in(folders: ImapFolders, owner: Access) -> None:
    folders.sign_in(owner.login, PASSWORD)


@pytest.mark.parametrize("password", ["wrong", "", "wröng", PASSWORD.upper()])
def test_wrong_password_does_not(folders: ImapFolders, owner: Access, password: str) -> None:
    with pytest.raises(SignInRefusedError):
        folders.sign_in(owner.login, password)


def test_closed_account_does_not_sign_in(folders: ImapFolders, dovecot: DovecotServer) -> None:
    dovecot.add_user("closed-imap@example.com", PASSWORD, closed=True)
    with pytest.raises(SignInRefusedError):
        folders.sign_in(Login("closed-imap@example.com"), PASSWORD)


def test_nobody_acts_for_an_owner_without_a_master_user(
    dovecot: DovecotServer, owner: Access
) -> None:
    alone = ImapFolders(imap_endpoint(dovecot.endpoints))
    with pytest.raises(NotPermittedError):
        alone.listing(replace(owner, password=None))


def test_certificate_of_a_stranger_is_not_trusted(dovecot: DovecotServer, owner: Access) -> None:
    endpoint = replace(imap_endpoint(dovecot.endpoints), ca_file=None)
    with pytest.raises(TlsError):
        ImapFolders(endpoint).listing(owner)


def test_password_is_in_no_log(
    folders: ImapFolders, owner: Access, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    folders.listing(owner)
    assert "AUTHENTICATE" not in caplog.text


GREETING = b"* OK hello\r\n"
ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n",
    b"AUTHENTICATE": b"+ \r\n",
    b"*": b"TAG OK in\r\n",
    b"LOGOUT": b"* BYE bye\r\nTAG OK bye\r\n",
}


@contextmanager
def scripted(
    greeting: bytes = GREETING, answers: Mapping[bytes, bytes] = ANSWERS
) -> Iterator[Endpoint]:
    """A server that has one answer for each command (``*``: to the password); else it hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            peer, _ = listener.accept()
            peer.settimeout(10)
            tag = b""
            with suppress(OSError), peer, peer.makefile("rb") as lines:
                peer.sendall(greeting)
                for line in lines if answers else ():
                    words = line.split()
                    if len(words) > 1:
                        tag, verb = words[0], words[1]
                    else:
                        verb = b"*"
                    if verb not in answers:
                        return
                    peer.sendall(answers[verb].replace(b"TAG", tag))
                    if answers[verb].startswith(b"* BYE"):
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Endpoint(host="127.0.0.1", port=listener.getsockname()[1], tls=TlsMode.NONE)
        finally:
            thread.join()


@pytest.mark.parametrize(
    "greeting", [b"", b"* BYE not today\r\n", b"SSH-2.0-nonsense\r\n", b"\xff" * 3_000_000]
)
def test_peer_that_does_not_greet_is_a_server_error(greeting: bytes, owner: Access) -> None:
    with scripted(greeting, {}) as endpoint, pytest.raises(ServerError):
        ImapFolders(endpoint).listing(owner)


@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        (b"CAPABILITY", b"", UnreachableError),
        (b"AUTHENTICATE", b"", UnreachableError),
        (b"AUTHENTICATE", b"TAG NO no PLAIN here\r\n", SignInRefusedError),
        (b"*", b"TAG NO [UNAVAILABLE] later\r\n", TemporaryError),
        (b"*", b"TAG NO [AUTHORIZATIONFAILED] no\r\n", AccountDisabledError),
        (b"*", b"TAG NO [AUTHENTICATIONFAILED] no\r\n", SignInRefusedError),
        (b"*", b"TAG NO no\r\n", SignInRefusedError),
        (b"*", b"* BYE too many connections\r\n", UnreachableError),
        (b"LIST", b"", UnreachableError),
        (b"LIST", b"TAG BAD what\r\n", ServerError),
        (b"LIST", b"TAG NO not now\r\n", TemporaryError),
        (b"LIST", b"* LIST (\\X\r\nTAG OK\r\n", ServerError),
        (b"LIST", b'* LIST () "/"\r\nTAG OK done\r\n', ServerError),
        (b"LIST", b"* LIST 1 2 3\r\nTAG OK done\r\n", ServerError),
        (b"LIST", b'* LIST () "/" {999}\r\nx', ServerError),
    ],
)
def test_whatever_the_peer_answers_ends_in_one_of_our_errors(
    verb: bytes, answer: bytes, error: type[ServerError], owner: Access
) -> None:
    answers = {**ANSWERS, verb: answer}
    if not answer or not answer.endswith(b"\r\n"):
        answers.pop(verb)
    with scripted(answers=answers) as endpoint, pytest.raises(error):
        ImapFolders(endpoint).listing(owner)


def test_connection_that_ends_at_a_creation_is_no_refused_name(owner: Access) -> None:
    answers = {**ANSWERS, b"LIST": b"TAG OK done\r\n"}
    with scripted(answers=answers) as endpoint, pytest.raises(UnreachableError):
        ImapFolders(endpoint).ensure(owner, "Copies")


@pytest.mark.parametrize(
    ("lines", "trash"),
    [
        (b'* LIST (\\Trash) "/" Bin\r\n* LIST () "/" Trash\r\n', "Bin"),
        (b'* LIST () "/" Trash\r\n', "Trash"),
        (b'* LIST () "." INBOX.trash\r\n', "INBOX.trash"),
        (b"* LIST () NIL Trash\r\n", "Trash"),
        (b'* LIST (\\Noselect \\Trash) "/" Bin\r\n', None),
        (b'* LIST () "/" Clients/Trash\r\n', None),
        (b"", None),
    ],
)
def test_trash_is_found_by_its_use_or_its_name(
    lines: bytes, trash: str | None, owner: Access
) -> None:
    with scripted(answers={**ANSWERS, b"LIST": lines + b"TAG OK done\r\n"}) as endpoint:
        assert ImapFolders(endpoint).listing(owner).trash == trash


def test_server_without_tls_gets_no_password(owner: Access) -> None:
    with scripted() as clear, pytest.raises(TlsError):
        ImapFolders(replace(clear, tls=TlsMode.STARTTLS)).listing(owner)


def test_clear_text_where_tls_should_be_is_a_tls_error(owner: Access) -> None:
    with scripted() as clear, pytest.raises(TlsError):
        ImapFolders(replace(clear, tls=TlsMode.IMPLICIT)).listing(owner)


def test_server_is_reached_without_a_mailbox(dovecot: DovecotServer) -> None:
    for tls in (TlsMode.STARTTLS, TlsMode.IMPLICIT):
        folders_on(dovecot, tls).reach()
    with pytest.raises(UnreachableError):
        ImapFolders(Endpoint(host="127.0.0.1", port=1, tls=TlsMode.NONE)).reach()


def test_nothing_listens(owner: Access) -> None:
    with pytest.raises(UnreachableError):
        ImapFolders(Endpoint(host="127.0.0.1", port=1, tls=TlsMode.NONE)).listing(owner)
