"""One site on the real Dovecot for all end-to-end tests."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.postfix import PostfixServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from tests.end_to_end.owner import Owner, new_owner
from tests.end_to_end.relaying import Place, running_place
from tests.end_to_end.site import Site, running_site
from tests.servers.postgresql import running_postgresql
from tests.servers.roundcube import RoundcubeServer, running_roundcube

_numbers = count(1)


@pytest.fixture(scope="session")
def site(dovecot: DovecotServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages in front of the real Dovecot."""
    with running_site(dovecot, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="session")
def roundcube(dovecot: DovecotServer) -> Iterator[RoundcubeServer]:
    """A real Roundcube in front of the same Dovecot."""
    with running_roundcube(dovecot) as server:
        yield server


@pytest.fixture
def owner(
    site: Site, dovecot: DovecotServer, sink: SmtpSink, roundcube: RoundcubeServer
) -> Iterator[Owner]:
    """An owner who uses the pages and Roundcube; the clock is right again afterwards."""
    with new_owner(site, dovecot, sink, roundcube) as made:
        yield made
    dovecot.set_clock(None)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def relaying(
    request: pytest.FixtureRequest, postfix: PostfixServer, sink: SmtpSink
) -> Iterator[Place]:
    """A site whose redirect addresses a Postfix looks up, over each database."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(running_postgresql()).new_database()
        yield stack.enter_context(running_place(sink, postfix, url))


@pytest.fixture
def place(relaying: Place) -> Place:
    """The same, with a directory that knows no mailbox of an earlier test."""
    relaying.forget_mailboxes()
    return relaying


@pytest.fixture
def address() -> EmailAddress:
    """One that no other test has."""
    return EmailAddress(f"Redirected{next(_numbers)}", "example.com")
