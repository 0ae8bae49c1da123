"""sievelib sees in our rules just what was meant, and the judge says so when it does not."""

import pytest

from sieve_manager.domain.forward import Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import compile_forward
from sieve_manager.sieve.judge import judged, meant_by
from tests.sieve.making import OPTIONS, forward


@pytest.mark.parametrize(
    "wanted",
    [
        forward(),
        forward("o'b+x$%{y}`z@example.net", "c@example.net", copy="none"),
        forward(copy="read", paused=True, hold_spam=True),
        forward(copy='folder::copy "; stop; # ${hex:40}\\'),
    ],
)
def test_what_was_compiled_passes(wanted: Forward) -> None:
    rule = compile_forward(wanted, OPTIONS)
    judged(rule.text, rule.requires, [meant_by(wanted, wanted.copy.folder)])


@pytest.mark.parametrize(
    "text",
    [
        'if true { redirect :copy "c@example.net"; }',  # another address
        'if true { redirect "b@example.net"; }',  # no copy
        'if true { redirect :copy "b@example.net"; stop; }',  # one action more
        "if true { }",
        'if true { redirect :copy "b@example.net" }',  # no Sieve
        'if true { fileinto :copy "b@example.net"; }',  # not required
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        judged(text, ("copy",), [meant_by(forward(), None)])
    assert caught.value.code == "judge"
