"""Sign-in with an access token (RFC 7628): on a scripted server, and on the real Dovecot."""

import base64
from collections.abc import Iterator

import pytest

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.errors import (
    InvalidInputError,
    ProtocolBrokenError,
    RefusedError,
    SignInRefusedError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, Mechanism
from tests.managesieve.conftest import connect
from tests.servers.mailboxes import PASSWORD, make_mailbox
from tests.servers.openid_provider import ProviderServer
from tests.servers.scripted_managesieve import CAPABILITIES, Peer, ScriptedServer

TAKES_TOKENS = CAPABILITIES.replace(b'"PLAIN"', b'"PLAIN OAUTHBEARER"')


def bearer(login: str = "anna", token: str = "the.access.token") -> Credentials:
    return Credentials(login=login, password=token, mechanism=Mechanism.OAUTHBEARER)


def greet(peer: Peer) -> None:
    peer.send(TAKES_TOKENS + b"OK\r\n")


def said(command: bytes) -> bytes:
    mechanism, _, argument = command.removeprefix(b"AUTHENTICATE ").partition(b" ")
    assert mechanism == b'"OAUTHBEARER"'
    return base64.b64decode(argument.strip(b'"'))


def test_the_token_is_sent_with_the_login_and_stays_out_of_the_repr() -> None:
    def conversation(peer: Peer) -> None:
        greet(peer)
        command = peer.answer(b"OK\r\n")
        assert said(command) == b"n,a=anna,\x01auth=Bearer the.access.token\x01\x01"
        peer.answer(TAKES_TOKENS + b"OK\r\n")

    with ScriptedServer(conversation) as server:
        connect(server, credentials=bearer()).close()
    assert "token" not in repr(bearer()).replace("anna", "")


def test_a_login_with_signs_of_the_protocol_stays_one_login() -> None:
    def conversation(peer: Peer) -> None:
        greet(peer)
        assert said(peer.answer(b"OK\r\n")).startswith(b"n,a=a=3Db=2Cc,\x01")
        peer.answer(TAKES_TOKENS + b"OK\r\n")

    with ScriptedServer(conversation) as server:
        connect(server, credentials=bearer("a=b,c")).close()


@pytest.mark.parametrize("text", ["a\x01auth=Bearer x", "a\0b"])
def test_nothing_can_be_put_behind_a_login_or_a_token(text: str) -> None:
    with pytest.raises(InvalidInputError):
        bearer(login=text)
    with pytest.raises(InvalidInputError):
        bearer(token=text)


def test_the_reasons_of_a_refusal_are_heard_to_their_end() -> None:
    def conversation(peer: Peer) -> None:
        greet(peer)
        peer.answer(b'"' + base64.b64encode(b'{"status":"invalid_token"}') + b'"\r\n')
        assert peer.answer(b'NO "Authentication failed."\r\n') == b'"AQ=="'

    with ScriptedServer(conversation) as server, pytest.raises(SignInRefusedError):
        connect(server, credentials=bearer())


def test_a_server_that_asks_back_for_ever_is_left() -> None:
    def conversation(peer: Peer) -> None:
        greet(peer)
        peer.answer(b'"e30="\r\n')
        peer.answer(b'"e30="\r\n')

    with ScriptedServer(conversation) as server, pytest.raises(ProtocolBrokenError):
        connect(server, credentials=bearer())


def test_a_token_is_never_sent_to_a_server_that_takes_none() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server, pytest.raises(RefusedError):
        connect(server, credentials=bearer())


@pytest.fixture(scope="module")
def dovecot_with_tokens(openid_server: ProviderServer) -> Iterator[DovecotServer]:
    """A real Dovecot that asks the real OpenID provider what a token is worth."""
    options = DovecotOptions(sink_port=9, introspection_url=f"{openid_server.issuer}/introspect")
    with running_dovecot(options) as server:
        yield server


def sign_in(server: DovecotServer, credentials: Credentials) -> Connection:
    at = server.endpoints
    endpoint = Endpoint(host=at.host, port=at.managesieve_port, ca_file=at.ca_file)
    return Connection.open(endpoint, credentials)


def test_dovecot_takes_the_providers_token_for_its_own_mailbox_and_no_other(
    dovecot_with_tokens: DovecotServer, openid: ProviderServer
) -> None:
    anna, bruno = make_mailbox(dovecot_with_tokens), make_mailbox(dovecot_with_tokens)
    openid.person("anna", email=anna)
    token = openid.access_token("anna")
    with sign_in(dovecot_with_tokens, bearer(anna, token)) as connection:
        assert connection.list_scripts().names == ()
    for login, wrong in ((bruno, token), (anna, "made.up"), (anna, f"{token}x")):
        with pytest.raises(SignInRefusedError):
            sign_in(dovecot_with_tokens, bearer(login, wrong))
    with sign_in(dovecot_with_tokens, Credentials(login=anna, password=PASSWORD)) as connection:
        assert connection.list_scripts().names == ()
