"""Kept sessions on a real server: used again, for one mailbox only, gone after an error."""

from base64 import b64decode
from collections.abc import Iterator

import pytest

from sieve_manager.adapters.script_store import ManageSieveStore
from sieve_manager.application.access import Access
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.processes import wait_until
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    InvalidInputError,
    NotPermittedError,
    RefusedError,
    ScriptNotFoundError,
    SignInRefusedError,
    UnreachableError,
)
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode
from tests.contracts.mail_servers import ACTOR, managesieve_endpoint, master_of
from tests.servers.cyrus import CyrusServer
from tests.servers.mailboxes import PASSWORD, make_mailbox, signed_in_imap
from tests.servers.scripted_managesieve import CAPABILITIES, Peer, ScriptedServer

A = ScriptName("a")


@pytest.fixture
def store(dovecot: DovecotServer) -> Iterator[ManageSieveStore]:
    """A store with a pool of its own."""
    store = ManageSieveStore(
        managesieve_endpoint(dovecot.endpoints), master=master_of(dovecot.endpoints)
    )
    yield store
    store.close()


def owner(login: str, *, session_key: str | None = "key", password: str = PASSWORD) -> Access:
    return Access(login=Login.parse(login), actor=ACTOR, password=password, session_key=session_key)


def sign_ins(dovecot: DovecotServer, login: str) -> int:
    return dovecot.log().count(f"managesieve-login: Info: Login: user=<{login}>")


def test_kept_session_signs_in_once(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    for _ in range(3):
        with store.session(owner(login)) as session:
            session.list_scripts()
    assert sign_ins(dovecot, login) == 1


def test_session_without_a_key_signs_in_each_time(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    for _ in range(2):
        with store.session(owner(login, session_key=None)) as session:
            session.list_scripts()
    assert sign_ins(dovecot, login) == 2


def test_error_within_a_kept_session_ends_it(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    with pytest.raises(ScriptNotFoundError), store.session(owner(login)) as session:
        session.get_scripts([A])
    with store.session(owner(login)) as session:
        session.list_scripts()
    assert sign_ins(dovecot, login) == 2


def test_forgotten_session_signs_in_anew(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    with store.session(owner(login)):
        pass
    store.forget("key")
    store.forget("never seen")
    with pytest.raises(SignInRefusedError), store.session(owner(login, password="wrong")):
        pytest.fail("signed in")
    with store.session(owner(login)):
        pass
    assert sign_ins(dovecot, login) == 2


def test_key_of_one_mailbox_opens_no_other(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    with store.session(owner(login)) as session:
        session.put_script(A, b"keep;")
    other = make_mailbox(dovecot)
    with pytest.raises(NotPermittedError), store.session(owner(other)):
        pytest.fail("got the other's session")
    with store.session(owner(other)) as session:
        assert session.list_scripts().names == ()


def test_nobody_acts_for_an_owner_without_a_master_user(dovecot: DovecotServer, login: str) -> None:
    store = ManageSieveStore(managesieve_endpoint(dovecot.endpoints))
    access = Access(login=Login.parse(login), actor=ACTOR)
    with pytest.raises(NotPermittedError, match=r"\[master\]"), store.session(access):
        pytest.fail("signed in")


def test_password_that_cannot_be_sent_is_refused_before(
    store: ManageSieveStore, login: str
) -> None:
    with pytest.raises(InvalidInputError), store.session(owner(login, password="a\0b")):
        pytest.fail("signed in")


def test_server_that_is_not_there_is_unreachable(login: str) -> None:
    store = ManageSieveStore(Endpoint(host="127.0.0.1", port=1))
    with pytest.raises(UnreachableError), store.session(owner(login)):
        pytest.fail("connected")


def test_kept_session_lets_others_in(cyrus: CyrusServer) -> None:
    """Cyrus lets nobody else in while a session of a mailbox without scripts is open."""
    login = make_mailbox(cyrus)
    with signed_in_imap(cyrus, login):
        pass  # makes the mailbox
    store = ManageSieveStore(managesieve_endpoint(cyrus.endpoints))
    for key in ("phone", "desk", "phone"):
        with store.session(owner(login, session_key=key)) as session:
            assert session.list_scripts().names == ()
    with store.session(owner(login)) as session:
        session.put_script(A, b"keep;")
    with store.session(owner(login, session_key="desk")) as session:
        assert session.list_scripts().names == (A,)
    store.close()


def acting_for(login: str) -> Access:
    return Access(login=Login.parse(login), actor=ACTOR)


def test_one_connection_serves_one_mailbox_after_another(cyrus: CyrusServer) -> None:
    """Cyrus has UNAUTHENTICATE: connecting takes 70 ms there, the next mailbox one."""
    heard: list[str] = []
    store = ManageSieveStore(
        managesieve_endpoint(cyrus.endpoints),
        master=master_of(cyrus.endpoints),
        observe=lambda command, _result, _seconds: heard.append(command),
    )
    logins = [make_mailbox(cyrus) for _ in range(3)]
    for number, login in enumerate(logins):
        with store.session(acting_for(login)) as session:
            session.put_script(A, b"# %d" % number)
    for number, login in enumerate(logins):
        with store.session(acting_for(login)) as session:
            assert session.capabilities.owner == login
            assert session.get_scripts([A])[0].octets == b"# %d" % number
    assert (heard.count("CONNECT"), heard.count("AUTHENTICATE")) == (1, 6)
    store.close()


def test_master_keeps_no_owner_out_of_a_mailbox_it_has_left(cyrus: CyrusServer) -> None:
    login = make_mailbox(cyrus)
    with signed_in_imap(cyrus, login):
        pass  # makes the mailbox
    store = ManageSieveStore(
        managesieve_endpoint(cyrus.endpoints), master=master_of(cyrus.endpoints)
    )
    with store.session(acting_for(login)) as session:
        assert session.list_scripts().names == ()
    with store.session(owner(login, session_key=None)) as session:
        assert session.list_scripts().names == ()
    store.close()


def test_missing_mailbox_is_told_from_a_refused_master(cyrus: CyrusServer) -> None:
    """Cyrus has the same words for both."""
    store = ManageSieveStore(
        managesieve_endpoint(cyrus.endpoints), master=master_of(cyrus.endpoints)
    )
    login = make_mailbox(cyrus)
    with store.session(acting_for(login)):
        pass
    with pytest.raises(AccountDisabledError), store.session(acting_for("missing@example.com")):
        pytest.fail("signed in")
    with store.session(acting_for(login)):
        pass
    store.close()


def test_server_without_the_command_gets_a_connection_each_time(
    store: ManageSieveStore, dovecot: DovecotServer, login: str
) -> None:
    for _ in range(2):
        with store.session(acting_for(login)) as session:
            session.list_scripts()
    said = f"managesieve-login: Info: Login: user=<{login}>"
    wait_until(lambda: dovecot.log().count(said) == 2, seconds=5, what="both sign-ins in the log")


def test_error_within_a_master_session_ends_its_connection(cyrus: CyrusServer) -> None:
    store = ManageSieveStore(
        managesieve_endpoint(cyrus.endpoints), master=master_of(cyrus.endpoints)
    )
    login = make_mailbox(cyrus)
    with pytest.raises(ScriptNotFoundError), store.session(acting_for(login)) as session:
        session.get_scripts([A])
    with store.session(acting_for(login)) as session:
        assert session.list_scripts().names == ()
    store.close()


def token_store(server: ScriptedServer, master: Credentials | None) -> ManageSieveStore:
    endpoint = Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE)
    return ManageSieveStore(endpoint, master=master)


def by_token(key: str | None = None) -> Access:
    return Access(login=Login("anna"), actor=ACTOR, token="the token", session_key=key)


@pytest.mark.parametrize("key", [None, "key"])
def test_a_token_opens_the_mailbox_where_the_server_takes_it(key: str | None) -> None:
    def conversation(peer: Peer) -> None:
        peer.send(CAPABILITIES.replace(b'"PLAIN"', b'"PLAIN OAUTHBEARER"') + b"OK\r\n")
        assert peer.answer(b"OK\r\n").startswith(b'AUTHENTICATE "OAUTHBEARER"')
        peer.answer(CAPABILITIES + b"OK\r\n")

    with ScriptedServer(conversation) as server:
        store = token_store(server, Credentials(login="master", password="x"))
        with store.session(by_token(key)):
            pass
        store.close()


def test_else_the_master_acts_and_the_token_is_not_sent() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        _, _, argument = peer.answer(b"OK\r\n").partition(b'"PLAIN" "')
        assert b64decode(argument.rstrip(b'"')) == b"anna\0master\0x"
        peer.answer(CAPABILITIES + b"OK\r\n")

    with ScriptedServer(conversation) as server:
        store = token_store(server, Credentials(login="master", password="x"))
        with store.session(by_token()):
            pass
        store.close()


def test_without_a_master_either_nobody_signs_in() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server:
        store = token_store(server, None)
        with pytest.raises(RefusedError), store.session(by_token()):
            pass
        store.close()


def test_what_was_done_counts_where_the_connection_ends_right_after() -> None:
    """A Cyrus is asked at the end whether its session keeps others out of the mailbox."""
    announced = CAPABILITIES.replace(b"Scripted", b"Cyrus timsieved")

    def conversation(peer: Peer) -> None:
        peer.send(announced + b"OK\r\n")
        peer.answer(b"OK\r\n")
        peer.answer(announced + b"OK\r\n")
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server:
        store = ManageSieveStore(Endpoint(host="localhost", port=server.port, tls=TlsMode.NONE))
        with store.session(owner("anna")) as session:
            session.set_active(A)
        store.close()
        assert [peer.commands[-1] for peer in server.peers] == [b'SETACTIVE "a"']
