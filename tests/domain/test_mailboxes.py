"""A login is canonical, and a mailbox knows its own addresses."""

import pytest

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.errors import InvalidInputError


def test_login_is_trimmed_and_its_case_folded() -> None:
    assert str(Login.parse(" Anna@Example.COM ")) == "anna@example.com"


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a\x00", "a\nb", "a/b", "a\\b", "a%b", "a\x85b", "x" * 256]
)
def test_impossible_login_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Login.parse(text)
    assert (caught.value.code, caught.value.where) == ("login", "login")


def test_master_separator_is_refused() -> None:
    for text, separator in (("victim*helpdesk", "*"), ("victim!helpdesk", "!")):
        with pytest.raises(InvalidInputError):
            Login.parse(text, master_separator=separator)
    assert Login.parse("victim*helpdesk", master_separator="").text == "victim*helpdesk"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("office@example.com", True),
        ("OFFICE@example.com", True),
        ("office+x@example.com", True),
        ("info@example.org", True),
        ("info+y+z@example.org", True),
        ("other@example.com", False),
        ("office@example.org", False),
    ],
)
def test_mailbox_owns_its_addresses_with_details(text: str, own: bool) -> None:
    mailbox = Mailbox(
        login=Login("office"),
        address=EmailAddress.parse("office@example.com"),
        aliases=(EmailAddress.parse("info@example.org"),),
    )
    assert mailbox.owns(EmailAddress.parse(text)) is own


def test_mailbox_is_shown_by_its_address_or_else_its_login() -> None:
    address = EmailAddress.parse("office@example.com")
    assert str(Mailbox(login=Login("office"), address=address)) == "office@example.com"
    assert str(Mailbox(login=Login("office"))) == "office"
    assert not Mailbox(login=Login("office")).owns(address)
