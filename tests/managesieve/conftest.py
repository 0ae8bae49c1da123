"""Ways to reach a scripted server, with and without TLS."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sieve_manager.demo.certificates import Authority, Certificate
from sieve_manager.managesieve import Connection, Credentials, Deadlines, Endpoint, TlsMode
from tests.servers.scripted_managesieve import Conversation, ScriptedServer

ANNA = Credentials(login="anna", password="secret")
PATIENT = Deadlines()
HASTY = Deadlines(connect=0.3, greeting=0.3, authenticate=0.3, command=0.3)


def connect(
    server: ScriptedServer, deadlines: Deadlines = PATIENT, credentials: Credentials = ANNA
) -> Connection:
    """Open a session in clear text."""
    endpoint = Endpoint(host="127.0.0.1", port=server.port, tls=TlsMode.NONE)
    return Connection.open(endpoint, credentials, deadlines)


@contextmanager
def connected(
    *conversations: Conversation, deadlines: Deadlines = PATIENT
) -> Iterator[tuple[Connection, ScriptedServer]]:
    """Open a session with a server that then holds these conversations."""
    with ScriptedServer(*conversations) as server:
        connection = connect(server, deadlines)
        try:
            yield connection, server
        finally:
            connection.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that clients in these tests trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    """A right certificate, for localhost and 127.0.0.1."""
    return authority.issue()
