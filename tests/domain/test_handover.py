"""What no automatic reply can be."""

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.handover import Reply
from sieve_manager.errors import InvalidInputError

ADDRESS = EmailAddress.parse("a@example.com")


def test_line_ends_become_one_form_and_addresses_stand_once() -> None:
    reply = Reply(
        text="\r\na\r\nb\rc\n\n", addresses=(ADDRESS, EmailAddress.parse("A@example.com"))
    )
    assert (reply.text, reply.addresses) == ("a\nb\nc", (ADDRESS,))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": " \n "}, "reply-missing"),
        ({"text": "x" * 10_001}, "reply-text"),
        ({"text": "a\x00b"}, "reply-text"),
        ({"text": "a\u2028b"}, "reply-text"),
        ({"subject": "two\nlines"}, "reply-subject"),
        ({"subject": "x" * 201}, "reply-subject"),
        ({"interval_days": 0}, "reply-interval"),
        ({"interval_days": 31}, "reply-interval"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(values: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Reply(**{"text": "gone", **values})  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.code == code
