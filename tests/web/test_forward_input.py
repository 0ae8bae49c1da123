"""What is typed becomes a forward or all that is wrong with it, and never an exception."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from sieve_manager.domain.schedule import Period
from tests.web.world import World
from web.forward_input import ForwardInput

ADDRESSES = st.sampled_from(
    [
        "carla@example.net",
        "john@example.com",
        "a.b+c@example.org",
        "ü@example.org",
        "x@bücher.example",
    ]
)
FORWARDS = st.builds(
    lambda to, kind, folder, first, length, spam, paused: Forward(
        destinations=tuple(EmailAddress.parse(one) for one in to),
        copy=Copy(kind=kind, folder=folder if kind is CopyKind.FOLDER else None),
        period=Period(
            first_day=first, last_day=date(2027, 6, 1) if length else None, timezone="UTC"
        ),
        hold_spam=spam,
        paused=paused,
    ),
    to=st.lists(
        st.sampled_from(["carla@example.net", "a.b+c@example.org", "x@bücher.example"]), min_size=1
    ),
    kind=st.sampled_from(CopyKind),
    folder=st.sampled_from(["Archive", "Lists/2027", 'Say "hi"', "ünïcode 😀", "a\\b"]),
    first=st.sampled_from([None, date(2027, 2, 1)]),
    length=st.booleans(),
    spam=st.booleans(),
    paused=st.booleans(),
)


@pytest.fixture(scope="module")
def app() -> object:
    return World().app


@given(forward=FORWARDS)
def test_a_forward_survives_the_form(app: object, forward: Forward) -> None:
    typed = ForwardInput.from_form(MultiDict(ForwardInput.from_forward(forward).pairs()))
    assert typed == ForwardInput.from_forward(forward)
    assert typed.read() == (forward, ())


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(
                ["to", "copy", "folder", "first_day", "last_day", "timezone", "note", "paused"]
            ),
            st.text(max_size=80) | ADDRESSES | st.sampled_from(["inbox", "folder", "2027-01-01"]),
        ),
        max_size=12,
    )
)
def test_anything_may_be_typed(app: object, pairs: list[tuple[str, str]]) -> None:
    with app.test_request_context():  # type: ignore[attr-defined]
        forward, errors = ForwardInput.from_form(MultiDict(pairs)).read()
    assert (forward is None) is bool(errors)
    assert all(error.message and error.anchor for error in errors)


def test_more_than_any_person_types_is_cut() -> None:
    typed = ForwardInput.from_form(MultiDict([("to", "x" * 5000)] * 500))
    assert len(typed.to) == 100
    assert {len(value) for value in typed.to} == {2000}


def test_rows_can_be_added_and_removed() -> None:
    typed = ForwardInput(to=("a", "b"))
    assert typed.with_row().to == ("a", "b", "")
    assert typed.without_row(0).to == ("b",)
    assert typed.without_row(9).to == ("a", "b")
