"""A session with a server that behaves: what is sent, what comes back, which error."""

import threading

import pytest

from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName
from sieve_manager.errors import (
    AccountDisabledError,
    NotPermittedError,
    ProtocolBrokenError,
    QuotaError,
    RefusedError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
    TlsError,
    UnreachableError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, TlsMode
from tests.managesieve.conftest import connect, connected
from tests.servers.scripted_managesieve import STARTTLS, Conversation, Peer, ScriptedServer

MAIN = ScriptName("main")


def answering(*answers: bytes, extra: bytes = b"") -> Conversation:
    """Sign in, give one answer a command, then wait for the client to close."""

    def conversation(peer: Peer) -> None:
        peer.sign_in(extra)
        for answer in answers:
            peer.answer(answer)
        peer.until_closed()

    return conversation


def test_capabilities_are_those_announced_after_sign_in() -> None:
    with connected(answering(extra=b'"MAXREDIRECTS" "4"\r\n')) as (connection, server):
        assert connection.capabilities.max_redirects == 4
        assert connection.capabilities.has("copy", "fileinto")
        assert server.commands == [b'AUTHENTICATE "PLAIN" "AGFubmEAc2VjcmV0"', b"CAPABILITY"]


def test_what_a_server_announces_before_sign_in_costs_no_sign_in() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet(STARTTLS)
        peer.answer(b"OK\r\n")

    with ScriptedServer(conversation) as server:
        endpoint = Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE)
        assert Connection.announced(endpoint).starttls
        assert server.commands == [b"LOGOUT"]


def test_a_session_ends_with_logout() -> None:
    with ScriptedServer(answering(b"OK\r\n")) as server:
        with connect(server) as connection:
            assert connection.usable
        assert not connection.usable
        assert server.commands[-1] == b"LOGOUT"


def test_logout_never_fails() -> None:
    with connected(answering(b"BYE\r\n")) as (connection, _):
        connection.logout()
        connection.logout()
        assert not connection.usable
        with pytest.raises(UnreachableError):
            connection.list_scripts()


def test_listing_and_reading_give_the_domains_values() -> None:
    answers = [b'"main" ACTIVE\r\n"old"\r\nOK\r\n', b"{6}\r\nkeep;\n\r\nOK\r\n"]
    with connected(answering(*answers)) as (connection, server):
        assert connection.list_scripts() == ScriptListing(
            names=(MAIN, ScriptName("old")), active=MAIN
        )
        assert connection.get_script(MAIN) == Script(name=MAIN, octets=b"keep;\n")
        assert server.commands[-2:] == [b"LISTSCRIPTS", b'GETSCRIPT "main"']


def test_many_scripts_are_asked_for_together_and_keep_their_order() -> None:
    names = [ScriptName(f"{number:03}-{'x' * 200}") for number in range(100)]

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        for number in range(100):
            peer.command()
            if number % 25 == 0:  # a client that sends in batches goes on meanwhile
                assert len(peer.commands) <= 2 + number + 40
            peer.send(b"{3}\r\n%03d\r\nOK\r\n" % number)

    with connected(conversation) as (connection, _):
        scripts = connection.get_scripts(names)
    assert [script.name for script in scripts] == names
    assert [int(script.octets) for script in scripts] == list(range(100))


def test_no_scripts_at_all_cost_no_command() -> None:
    with connected(answering()) as (connection, server):
        assert connection.get_scripts([]) == ()
        assert len(server.commands) == 2


def test_one_missing_script_fails_the_call_but_not_the_session() -> None:
    answers = [b'"a"\r\nOK\r\n', b"NO (NONEXISTENT)\r\n", b'"c"\r\nOK\r\n', b"OK\r\n"]
    with connected(answering(*answers)) as (connection, _):
        with pytest.raises(ScriptNotFoundError):
            connection.get_scripts([ScriptName("a"), ScriptName("b"), ScriptName("c")])
        assert connection.list_scripts() == ScriptListing()


def test_read_leaves_out_what_is_not_there() -> None:
    answers = [b'"main"\r\nOK\r\n', b'"keep;"\r\nOK\r\n', b"NO (NONEXISTENT)\r\n"]
    with connected(answering(*answers)) as (connection, _):
        listing, scripts = connection.read([MAIN, ScriptName("gone")])
    assert listing == ScriptListing(names=(MAIN,))
    assert scripts == (Script(name=MAIN, octets=b"keep;"),)


def test_read_hides_no_other_refusal() -> None:
    with connected(answering(b"OK\r\n", b"NO (TRYLATER)\r\n")) as (connection, _):
        with pytest.raises(TemporaryError):
            connection.read([MAIN])
        assert connection.usable


@pytest.mark.parametrize(
    ("answer", "warnings"),
    [
        (b"OK\r\n", ""),
        (b'OK (WARNINGS) "line 1: hm"\r\n', "line 1: hm"),
        (b"OK (WARNINGS) {8}\r\none\r\ntwo\r\n", "one\r\ntwo"),
    ],
)
def test_warnings_are_returned_and_leave_nothing_in_the_stream(
    answer: bytes, warnings: str
) -> None:
    answers = [answer, answer, b"{5}\r\nkeep;\r\nOK\r\n"]
    with connected(answering(*answers)) as (connection, _):
        assert connection.check_script(b"keep;") == warnings
        assert connection.put_script(MAIN, b"keep;") == warnings
        assert connection.get_script(MAIN).octets == b"keep;"


def test_changes_send_what_they_say() -> None:
    with connected(answering(*[b"OK\r\n"] * 5)) as (connection, server):
        connection.have_space(MAIN, 7)
        connection.set_active(MAIN)
        connection.set_active(None)
        connection.delete_script(MAIN)
        connection.rename_script(MAIN, ScriptName("other"))
        assert server.commands[2:] == [
            b'HAVESPACE "main" 7',
            b'SETACTIVE "main"',
            b'SETACTIVE ""',
            b'DELETESCRIPT "main"',
            b'RENAMESCRIPT "main" "other"',
        ]


def test_the_room_is_asked_for_behind_the_check() -> None:
    gone = b"NO (NONEXISTENT)\r\n"
    answers = [b'OK (WARNINGS) "w"\r\n', b'"main" ACTIVE\r\nOK\r\n', gone, b"OK\r\n"]
    with connected(answering(*answers)) as (connection, server):
        found = connection.rehearse(MAIN, b"keep;", [ScriptName("gone")])
        assert found == (ScriptListing(names=(MAIN,), active=MAIN), ())
        assert server.commands[2:] == [
            b"CHECKSCRIPT {5+}\r\nkeep;",
            b"LISTSCRIPTS",
            b'GETSCRIPT "gone"',
            b'HAVESPACE "main" 5',
        ]


def test_a_refused_check_does_not_hide_behind_the_room() -> None:
    ok, full = b"OK\r\n", b"NO (QUOTA)\r\n"
    with connected(answering(b'NO "line 1"\r\n', ok, ok, ok, ok, full)) as (connection, _):
        with pytest.raises(ScriptRefusedError):
            connection.rehearse(MAIN, b"keep", [])
        with pytest.raises(QuotaError):
            connection.rehearse(MAIN, b"keep", [])
        assert connection.usable


def test_a_no_leaves_the_session_usable() -> None:
    answers = [b'NO (ACTIVE) "it is active"\r\n', b"OK\r\n"]
    with connected(answering(*answers)) as (connection, _):
        with pytest.raises(ScriptIsActiveError) as caught:
            connection.delete_script(MAIN)
        assert caught.value.server_text == "it is active"
        assert connection.list_scripts() == ScriptListing()


def test_noop_accepts_the_tag_it_sent_or_none() -> None:
    answers = [b'OK (TAG "sieve-manager-1") "Done"\r\n', b"OK\r\n"]
    with connected(answering(*answers)) as (connection, server):
        connection.noop()
        connection.noop()
        assert server.commands[2:] == [b'NOOP "sieve-manager-1"', b'NOOP "sieve-manager-2"']


def test_an_answer_to_another_noop_ends_the_session() -> None:
    with connected(answering(b'OK (TAG "sieve-manager-0")\r\n')) as (connection, _):
        with pytest.raises(ProtocolBrokenError):
            connection.noop()
        assert not connection.usable


def test_a_server_older_than_the_rfc_is_asked_nothing_that_it_lacks() -> None:
    old = b'"SASL" "PLAIN"\r\n"SIEVE" "fileinto"\r\nOK\r\n'

    def conversation(peer: Peer) -> None:
        peer.send(old)
        for answer in (b"OK\r\n", old, old, b"OK\r\n", b"OK\r\n"):
            peer.answer(answer)

    with connected(conversation) as (connection, server):
        with pytest.raises(RefusedError):
            connection.check_script(b"keep;")
        with pytest.raises(RefusedError):
            connection.rename_script(MAIN, ScriptName("other"))
        connection.noop()
        assert connection.rehearse(MAIN, b"keep;", []) == (ScriptListing(), ())
        assert server.commands[2:] == [b"CAPABILITY", b"LISTSCRIPTS", b'HAVESPACE "main" 5']


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b'NO "Authentication failed."\r\n', SignInRefusedError),
        (b'NO "Authorization failed"\r\n', AccountDisabledError),
        (b"NO (AUTH-TOO-WEAK)\r\n", SignInRefusedError),
        (b"NO (TRANSITION-NEEDED)\r\n", SignInRefusedError),
        (b"NO (ENCRYPT-NEEDED)\r\n", TlsError),
        (b'NO (TRYLATER) "too many sessions"\r\n', TemporaryError),
        (b'BYE (REFERRAL sieve://b.example) "go"\r\n', RefusedError),
        (b'BYE "Too many failed attempts"\r\n', UnreachableError),
        (b'""\r\n', ProtocolBrokenError),
        (b'"Y2hhbGxlbmdl"\r\n', ProtocolBrokenError),
    ],
)
def test_a_refused_sign_in_says_why_and_closes(answer: bytes, error: type[ServerError]) -> None:
    closed: list[bytes] = []

    def conversation(peer: Peer) -> None:
        peer.greet()
        peer.answer(answer)
        closed.append(peer.until_closed())

    with ScriptedServer(conversation) as server:
        with pytest.raises(ServerError) as caught:
            connect(server)
        assert type(caught.value) is error
        assert "secret" not in str(caught.value)
    assert closed == [b""]


def test_success_may_carry_data_of_the_mechanism() -> None:
    def conversation(peer: Peer) -> None:
        peer.greet()
        peer.answer(b'OK (SASL "ZG9uZQ==")\r\n')
        peer.answer(b"OK\r\n")
        peer.until_closed()

    with connected(conversation) as (connection, _):
        assert connection.usable


def test_without_plain_no_password_is_sent() -> None:
    def conversation(peer: Peer) -> None:
        peer.send(b'"SASL" "SCRAM-SHA-1"\r\n"VERSION" "1.0"\r\nOK\r\n')
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server, pytest.raises(RefusedError):
        connect(server)


def test_a_server_that_wants_tls_first_is_understood() -> None:
    def conversation(peer: Peer) -> None:
        peer.send(b'"SASL" ""\r\n' + STARTTLS + b"OK\r\n")
        assert peer.until_closed() == b""

    with ScriptedServer(conversation) as server, pytest.raises(TlsError):
        connect(server)


def acting_for(identity: str, owner: bytes) -> Connection:
    credentials = Credentials(login="helpdesk", password="secret", authorisation_identity=identity)
    with ScriptedServer(answering(extra=owner)) as server:
        connection = connect(server, credentials=credentials)
        connection.close()
        return connection


def test_the_announced_owner_is_the_mailbox_acted_for() -> None:
    assert acting_for("Anna", b'"OWNER" "anna"\r\n').capabilities.owner == "anna"
    assert acting_for("anna", b"").capabilities.owner is None


@pytest.mark.parametrize("owner", [b"helpdesk", b"", b"anna@example.com"])
def test_another_owner_than_the_mailbox_acted_for_is_refused(owner: bytes) -> None:
    with pytest.raises(NotPermittedError):
        acting_for("anna", b'"OWNER" "%b"\r\n' % owner)


def test_a_login_of_ones_own_may_have_another_canonical_name() -> None:
    with connected(answering(extra=b'"OWNER" "anna@example.com"\r\n')) as (connection, _):
        assert connection.capabilities.owner == "anna@example.com"


def test_a_second_thread_is_turned_away_and_spoils_nothing() -> None:
    asked, tried = threading.Event(), threading.Event()

    def conversation(peer: Peer) -> None:
        peer.sign_in()
        peer.command()
        asked.set()
        assert tried.wait(5)
        peer.send(b'"main"\r\nOK\r\n')
        peer.until_closed()

    with connected(conversation) as (connection, server):
        listings: list[ScriptListing] = []
        thread = threading.Thread(target=lambda: listings.append(connection.list_scripts()))
        thread.start()
        assert asked.wait(5)
        with pytest.raises(UnreachableError):
            connection.put_script(MAIN, b"keep;")
        tried.set()
        thread.join(5)
        assert listings == [ScriptListing(names=(MAIN,))]
        assert server.commands[-1] == b"LISTSCRIPTS"
