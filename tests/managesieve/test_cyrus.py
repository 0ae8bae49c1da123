"""The client against the real Cyrus, whose ManageSieve differs in more than one way."""

from collections.abc import Callable

import pytest

from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName
from sieve_manager.errors import (
    QuotaError,
    ScriptExistsError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    ServerError,
    SignInRefusedError,
    TlsError,
)
from sieve_manager.managesieve import Connection, Credentials, Endpoint, TlsMode
from tests.servers.cyrus import CyrusServer
from tests.servers.mailboxes import PASSWORD, make_mailbox

MAIN = ScriptName("main")
OTHER = ScriptName("other")


@pytest.fixture
def owner(cyrus: CyrusServer) -> str:
    """A mailbox on Cyrus that no other test knows."""
    return make_mailbox(cyrus)


def endpoint(cyrus: CyrusServer, tls: TlsMode = TlsMode.STARTTLS) -> Endpoint:
    there = cyrus.endpoints
    return Endpoint(host="localhost", port=there.managesieve_port, tls=tls, ca_file=there.ca_file)


def sign_in(cyrus: CyrusServer, login: str, password: str = PASSWORD) -> Connection:
    return Connection.open(endpoint(cyrus), Credentials(login=login, password=password))


def act_for(cyrus: CyrusServer, identity: str) -> Connection:
    there = cyrus.endpoints
    master = Credentials(
        login=there.master_user, password=there.master_password, authorisation_identity=identity
    )
    return Connection.open(endpoint(cyrus), master)


def test_the_master_acts_for_the_mailbox_that_cyrus_announces(
    cyrus: CyrusServer, owner: str
) -> None:
    with act_for(cyrus, owner.upper()) as connection:
        assert connection.capabilities.owner == owner
        assert connection.capabilities.can_check
        assert connection.capabilities.max_redirects is None
        connection.put_script(MAIN, b"keep;")
    with sign_in(cyrus, owner) as connection:
        assert connection.list_scripts() == ScriptListing(names=(MAIN,))


def test_a_refused_sign_in_is_one_error(cyrus: CyrusServer, owner: str) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in(cyrus, owner, "wrong")
    with pytest.raises(SignInRefusedError):
        act_for(cyrus, "missing@example.com")


def test_cyrus_wants_tls_before_anybody_signs_in(cyrus: CyrusServer, owner: str) -> None:
    own = Credentials(login=owner, password=PASSWORD)
    with pytest.raises(TlsError):
        Connection.open(endpoint(cyrus, TlsMode.NONE), own)


def test_each_refusal_is_its_own_error(cyrus: CyrusServer, owner: str) -> None:
    with sign_in(cyrus, owner) as connection:
        connection.put_script(MAIN, b"keep;")
        connection.put_script(OTHER, b"keep;")
        connection.set_active(MAIN)
        cases: list[tuple[type[ServerError], Callable[[], object]]] = [
            (ScriptNotFoundError, lambda: connection.get_script(ScriptName("none"))),
            (ScriptNotFoundError, lambda: connection.set_active(ScriptName("none"))),
            (ScriptNotFoundError, lambda: connection.delete_script(ScriptName('no"ne'))),
            (ScriptExistsError, lambda: connection.rename_script(MAIN, OTHER)),
            (ScriptIsActiveError, lambda: connection.delete_script(MAIN)),
            (ScriptRefusedError, lambda: connection.check_script(b"nonsense")),
            (ScriptRefusedError, lambda: connection.put_script(MAIN, b"nonsense")),
            (QuotaError, lambda: connection.have_space(MAIN, 2_000_000)),
        ]
        for number, (error, attempt) in enumerate(cases):
            with pytest.raises(ServerError) as caught:
                attempt()
            assert type(caught.value) is error, number
            assert connection.usable
        assert connection.read([MAIN])[1] == (Script(name=MAIN, octets=b"keep;"),)


# Cyrus lists names as it keeps them: MIME-encoded, or with their quotes unescaped.
@pytest.mark.parametrize(
    "text", ["a b", 'a"b', 'a" ACTIVE', "a\\b", "\xe9", "{3+}", "\u202e\U0001f600"]
)
def test_whatever_name_cyrus_lists_can_be_used(cyrus: CyrusServer, owner: str, text: str) -> None:
    octets = b"#\xff\n# no line break at the end\rkeep;\nkeep;"
    with sign_in(cyrus, owner) as connection:
        connection.put_script(ScriptName(text), octets)
        (name,) = connection.list_scripts().names
        connection.set_active(name)
        assert connection.read([name]) == (
            ScriptListing(names=(name,), active=name),
            (Script(name=name, octets=octets),),
        )
        connection.put_script(name, b"stop;")
        assert connection.get_script(name).octets == b"stop;"
        connection.set_active(None)
        connection.delete_script(name)
        assert connection.list_scripts() == ScriptListing()


def test_a_name_that_is_not_ascii_never_turns_a_script_into_commands(
    cyrus: CyrusServer, owner: str
) -> None:
    with sign_in(cyrus, owner) as connection:
        connection.put_script(MAIN, b"keep;")
        connection.put_script(ScriptName("\xe9"), b'/*\r\nDELETESCRIPT "main"\r\n*/ keep;')
        assert MAIN in connection.list_scripts().names
        connection.noop()
