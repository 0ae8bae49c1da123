"""A forward that exists makes sense."""

from datetime import UTC, date, datetime

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward, Phase
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import InvalidInputError

A, B = EmailAddress.parse("a@example.com"), EmailAddress.parse("b@example.com")


@pytest.mark.parametrize("text", ["inbox", "read", "trash", "none", "folder:A/B", "folder:a:b"])
def test_copy_is_written_and_read_alike(text: str) -> None:
    assert str(Copy.parse(text)) == text


@pytest.mark.parametrize("text", ["", "Inbox", "folder", "keep"])
def test_unknown_copy_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Copy.parse(text)
    assert (caught.value.code, caught.value.where) == ("copy", "copy")


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        (None, "folder-missing"),
        ("", "folder-missing"),
        ("  ", "folder-missing"),
        (" A", "folder-invalid"),
        ("A ", "folder-invalid"),
        ("A\nB", "folder-invalid"),
        ("A\x00", "folder-invalid"),
        ("A\x7f", "folder-invalid"),
        ("A\u2028B", "folder-invalid"),
        ("A\ud800", "folder-invalid"),
        ("é" * 128, "folder-invalid"),
    ],
)
def test_folder_that_cannot_exist_is_refused(folder: str | None, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Copy(kind=CopyKind.FOLDER, folder=folder)
    assert (caught.value.code, caught.value.where) == (code, "folder")


def test_only_the_folder_choice_takes_a_folder() -> None:
    assert Copy(kind=CopyKind.FOLDER, folder='é "✉" \\').folder == 'é "✉" \\'
    with pytest.raises(InvalidInputError):
        Copy(kind=CopyKind.TRASH, folder="Trash")


def test_filters_go_on_only_for_a_copy_in_the_inbox() -> None:
    texts = ("inbox", "read", "folder:A", "trash", "none")
    stops = {text: Copy.parse(text).stops for text in texts}
    assert stops == {"inbox": False, "read": False, "folder:A": True, "trash": True, "none": True}


def test_duplicates_go_and_the_first_spelling_and_the_order_stay() -> None:
    upper = EmailAddress.parse("A@example.com")
    forward = Forward(destinations=(B, upper, A, B))
    assert list(map(str, forward.destinations)) == ["b@example.com", "A@example.com"]


def test_forward_needs_a_destination() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Forward(destinations=())
    assert (caught.value.code, caught.value.where) == ("address-missing", "to")


def test_note_does_not_count_for_equality_and_has_a_limit() -> None:
    assert Forward(destinations=(A,), note="x") == Forward(destinations=(A,))
    for note, code in (("x" * 501, "note"), ("\x00", "note-not-text")):
        with pytest.raises(InvalidInputError) as caught:
            Forward(destinations=(A,), note=note)
        assert caught.value.code == code
    assert Forward(destinations=(A,), note="x" * 500)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC), Phase.SCHEDULED),
        (datetime(2027, 1, 31, 23, tzinfo=UTC), Phase.ACTIVE),
        (datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC), Phase.ACTIVE),
        (datetime(2027, 2, 28, 23, tzinfo=UTC), Phase.ENDED),
    ],
)
def test_phase_follows_the_days_in_the_owners_zone(now: datetime, phase: Phase) -> None:
    period = Period(
        first_day=date(2027, 2, 1), last_day=date(2027, 2, 28), timezone="Europe/Zurich"
    )
    forward = Forward(destinations=(A,), period=period)
    assert forward.phase(now) is phase
    paused = forward.with_paused(True)
    assert paused.phase(now) is (Phase.ENDED if phase is Phase.ENDED else Phase.PAUSED)
    assert paused.with_paused(False) == forward


def test_forward_without_days_is_active() -> None:
    assert Forward(destinations=(A,)).phase(datetime(2027, 1, 1, tzinfo=UTC)) is Phase.ACTIVE
