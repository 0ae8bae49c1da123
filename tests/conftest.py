"""Servers that tests share; one that is missing is an error, never a skip.

What is done with their mailboxes stands in tests/servers/mailboxes.py.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.postfix import PostfixServer, running_postfix
from sieve_manager.demo.smtp_sink import SmtpSink, running_sink
from tests.servers.cyrus import CyrusServer, running_cyrus
from tests.servers.mailboxes import make_mailbox
from tests.servers.openid_provider import ProviderServer, running_provider

# The same examples in every run, so that a red run can be repeated; a slow machine is no failure.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def sink() -> Iterator[SmtpSink]:
    """The outside world: takes every message that a server forwards or answers."""
    with running_sink() as running:
        yield running


@pytest.fixture(scope="session")
def dovecot(sink: SmtpSink) -> Iterator[DovecotServer]:
    """One real Dovecot with TLS for all tests; the clock of its deliveries can be set."""
    options = DovecotOptions(sink_port=sink.port, movable_clock=True)
    with running_dovecot(options) as server:
        yield server


@pytest.fixture(scope="session")
def cyrus(sink: SmtpSink) -> Iterator[CyrusServer]:
    """One real Cyrus for all tests; the clock of its deliveries can be set."""
    with running_cyrus(sink_port=sink.port) as server:
        yield server


@pytest.fixture(scope="session")
def postfix(dovecot: DovecotServer, sink: SmtpSink) -> Iterator[PostfixServer]:
    """One real Postfix that delivers to *dovecot* and sends all else to *sink*."""
    with running_postfix(dovecot, sink) as server:
        yield server


@pytest.fixture
def login(dovecot: DovecotServer) -> Iterator[str]:
    """A mailbox on *dovecot* that no other test knows; the clock is right again afterwards."""
    yield make_mailbox(dovecot)
    dovecot.set_clock(None)


@pytest.fixture(scope="session")
def openid_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderServer]:
    """One real OpenID provider for all tests."""
    with running_provider(tmp_path_factory.mktemp("openid")) as server:
        yield server


@pytest.fixture
def openid(openid_server: ProviderServer) -> ProviderServer:
    """The provider, doing everything right."""
    openid_server.reset()
    return openid_server
