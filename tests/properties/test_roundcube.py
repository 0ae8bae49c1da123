"""Whatever we write, Roundcube's own reader and writer keep."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.domain.forward import Forward
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compose import compose
from sieve_manager.sieve.read_back import OurRules, read_back
from tests.end_to_end.scripts import ROUNDCUBE
from tests.properties.strategies import forwards, options
from tests.servers.roundcube import RoundcubeEditor, running_editor
from tests.sieve.making import mailbox


@pytest.fixture(scope="module")
def editor() -> Iterator[RoundcubeEditor]:
    with running_editor() as running:
        yield running


@settings(max_examples=120)
@given(wanted=forwards, given_options=options, theirs=st.sampled_from([None, ROUNDCUBE]))
def test_whatever_we_write_is_the_same_after_roundcube_wrote_it(
    editor: RoundcubeEditor, wanted: Forward, given_options: CompileOptions, theirs: bytes | None
) -> None:
    before = mailbox() if theirs is None else mailbox("managesieve", managesieve=theirs)
    (ours,) = compose(before, wanted, given_options).puts
    once = editor.rewrite(ours.octets)
    assert editor.rewrite(once) == once
    assert read_back(once, given_options.spam_headers) == OurRules(forward=wanted)
    assert b"Old newsletters" in once or theirs is None
