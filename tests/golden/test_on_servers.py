"""The real servers, the other judges beside sievelib, take every script that we write."""

import re
from collections.abc import Iterator

import pytest

from sieve_manager.application.ports import ScriptSession
from sieve_manager.errors import ScriptRefusedError
from sieve_manager.sieve.grammar import parse
from sieve_manager.sieve.rules import required
from tests.contracts.mail_servers import subject_on
from tests.golden.test_golden import HERE, NAMES, model


@pytest.fixture(scope="module", params=["dovecot", "cyrus"])
def session(request: pytest.FixtureRequest) -> Iterator[ScriptSession]:
    """A session of a mailbox on each server."""
    subject = subject_on(request.param, request)
    with subject.store.session(subject.owner()) as session:
        yield session


@pytest.mark.parametrize("name", NAMES)
def test_server_compiles_every_script_that_uses_what_it_announces(
    session: ScriptSession, name: str
) -> None:
    octets = (HERE / f"{name}.sieve").read_bytes()
    tree = parse(octets)
    assert tree is not None
    if session.capabilities.has(*required(tree)):
        before = model(name)[2].active
        theirs = session.check_script(before.octets) if before else ""
        assert without_lines(session.check_script(octets)) == without_lines(theirs)
    else:
        with pytest.raises(ScriptRefusedError):
            session.check_script(octets)


def without_lines(warnings: str) -> str:
    """The warnings without the numbers of their lines, which ours moves down."""
    return re.sub(r"line \d+", "line", warnings)
