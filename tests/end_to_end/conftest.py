"""One site on the real Dovecot for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from sieve_manager.demo.dovecot import DovecotServer
from tests.end_to_end.site import Site, running_site


@pytest.fixture(scope="session")
def site(dovecot: DovecotServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages in front of the real Dovecot."""
    with running_site(dovecot, tmp_path_factory.mktemp("site")) as running:
        yield running
