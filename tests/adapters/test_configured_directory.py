"""Where no directory is configured, the mailboxes of [mailboxes] are it, or what is typed."""

from collections.abc import ValuesView

import pytest

from sieve_manager.adapters.addresses import ConfiguredAddresses
from sieve_manager.adapters.configured_directory import ConfiguredDirectory
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox


class ByLogin:
    """Addresses port: the login is the address."""

    def mailbox(self, login: Login) -> Mailbox:
        address = EmailAddress.parse(login.text) if "@" in login.text else None
        return LISTED.get(login) or Mailbox(login=login, address=address)


def listed(login: str, *addresses: str) -> Mailbox:
    first, *aliases = (EmailAddress.parse(one) for one in addresses)
    return Mailbox(login=Login(login), address=first, aliases=tuple(aliases))


LISTED = {
    one.login: one
    for one in (
        listed("bruno", "bruno@example.com"),
        listed("anna", "anna.miller@example.com", "office@example.com"),
    )
}
FROM_FILE = ConfiguredDirectory(ByLogin(), lambda: LISTED)
TYPED = ConfiguredDirectory(ByLogin())


def found(directory: ConfiguredDirectory, text: str) -> list[str]:
    return [one.login.text for one in directory.search(text)]


def test_a_listed_mailbox_is_found_by_any_word_of_login_and_addresses() -> None:
    assert found(FROM_FILE, "mill") == ["anna"]
    assert found(FROM_FILE, "offi") == ["anna"]
    assert found(FROM_FILE, "BRUNO@example.com") == ["bruno"]
    assert found(FROM_FILE, "example") == ["anna", "bruno"]
    assert len(FROM_FILE.search("example", limit=1)) == 1
    assert found(FROM_FILE, "carla") == []


def test_only_listed_mailboxes_are_somebody() -> None:
    anna = FROM_FILE.person(Login("anna"))
    assert anna is not None
    assert str(anna) == "anna.miller@example.com"
    assert FROM_FILE.person(Login("carla@example.com")) is None
    by_alias = FROM_FILE.by_address(EmailAddress.parse("office@example.com"))
    assert by_alias == anna
    assert FROM_FILE.by_address(EmailAddress.parse("carla@example.com")) is None
    assert [login.text for login in FROM_FILE.logins()] == ["anna", "bruno"]


class Walked(dict[Login, Mailbox]):
    """A listing that counts how often all of it is looked at."""

    times = 0

    def values(self) -> ValuesView[Mailbox]:
        self.times += 1
        return super().values()


def test_many_questions_walk_through_a_listing_once_until_it_is_another() -> None:
    before, after = Walked(LISTED), Walked({Login("carla"): listed("carla", "office@example.com")})
    now = [before]
    directory = ConfiguredDirectory(ByLogin(), lambda: now[0])

    def owner(text: str) -> str | None:
        person = directory.by_address(EmailAddress.parse(text))
        return person.login.text if person else None

    asked = ("Office@example.com", "office+x@example.com", "bruno@example.com", "x@example.com")
    assert [owner(one) for one in asked] == ["anna", "anna", "bruno", None]
    assert before.times == 1
    now[0] = after
    assert [owner(one) for one in asked] == ["carla", "carla", None, None]


def test_of_two_mailboxes_with_one_address_the_first_one_counts() -> None:
    twice = {Login(one): listed(one, f"{one}@example.com", "both@example.com") for one in "ba"}
    person = ConfiguredDirectory(ByLogin(), lambda: twice).by_address(
        EmailAddress("both", "example.com")
    )
    assert person
    assert person.login == Login("b")


def test_without_a_list_what_is_typed_is_found() -> None:
    assert found(TYPED, " Carla@Example.com ") == ["carla@example.com"]
    assert found(TYPED, "carla miller") == []
    assert found(TYPED, "") == []
    assert TYPED.person(Login("carla@example.com")) is not None
    assert list(TYPED.logins()) == []


@pytest.mark.parametrize(
    ("default_domain", "address", "login"),
    [
        (None, "Carla@example.com", "carla@example.com"),
        ("example.com", "carla@example.com", "carla"),
        ("example.com", "carla@example.net", "carla@example.net"),
        (None, "a*b@example.com", None),
    ],
)
def test_without_a_list_an_address_leads_to_the_login_that_makes_it(
    default_domain: str | None, address: str, login: str | None
) -> None:
    directory = ConfiguredDirectory(ConfiguredAddresses(default_domain=default_domain))
    person = directory.by_address(EmailAddress.parse(address))
    assert (person.login.text if person else None) == login
    assert found(directory, f"Carla <{address}>") == ([login] if login else [])
