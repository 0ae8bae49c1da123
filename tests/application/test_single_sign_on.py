"""From what a provider vouches for to one mailbox here, or to nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from sieve_manager.application.access import Access
from sieve_manager.application.single_sign_on import (
    Answer,
    Identity,
    Question,
    SignedIn,
    SingleSignOn,
    Tokens,
    login_of,
)
from sieve_manager.application.staff import Staff
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import (
    AccountDisabledError,
    SingleSignOnError,
    UnreachableError,
    WhyNot,
)
from sieve_manager.policy.rights import Circle, StaffRules
from tests.application.world import OwnAddress

QUESTION = Question(url="", state="the state", nonce="n", verifier="v")
RIGHT = Answer(state="the state", code="c")


def person(login: str, address: str | None, *aliases: str) -> Person:
    return Person(
        login=Login(login),
        address=EmailAddress.parse(address) if address else None,
        aliases=tuple(map(EmailAddress.parse, aliases)),
    )


@dataclass
class People:
    """Directory port; by_address takes sub-addresses for their owner's, as a mail server does."""

    people: list[Person] = field(
        default_factory=lambda: [
            person("anna", "anna@example.com", "anna.miller@example.com"),
            person("bruno@example.org", "bruno@example.org"),
            person("carla", None),
            person("dora@intranet", None),
        ]
    )

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        return ()

    def person(self, login: Login) -> Person | None:
        return next((one for one in self.people if one.login == login), None)

    def by_address(self, address: EmailAddress) -> Person | None:
        return next((one for one in self.people if one.mailbox.owns(address)), None)

    def logins(self) -> Iterator[Login]:
        yield from (one.login for one in self.people)


class Unlisted(People):
    """A directory that cannot list: any login may be somebody, no address is found."""

    def by_address(self, address: EmailAddress) -> Person | None:
        return None


@dataclass
class Provider:
    """IdentityProvider port that vouches for whom it is told."""

    identity: Identity

    def ask(self, back: str) -> Question:
        return QUESTION

    def identify(self, answer: Answer, question: Question, back: str) -> Identity:
        return self.identity

    def refresh(self, tokens: Tokens) -> Tokens:
        return tokens

    def leaving(self, id_token: str, back: str) -> str:
        return ""


@dataclass
class Server:
    """ScriptStore port in which some mailboxes are closed."""

    error: Exception | None = None
    asked: list[Access] = field(default_factory=list)

    @contextmanager
    def session(self, access: Access) -> Iterator[None]:
        self.asked.append(access)
        if self.error:
            raise self.error
        yield

    def forget(self, session_key: str) -> None:
        return


def finish(
    name: str = "anna@example.com",
    verified: str = "anna@example.com",
    answer: Answer = RIGHT,
    *,
    groups: frozenset[str] = frozenset(),
    owners: bool = True,
    require: bool = True,
    server: Server | None = None,
) -> SignedIn:
    people = People()
    rules = StaffRules(operators=Circle.of(("bruno@example.org", "group:helpdesk")))
    identity = Identity(name=name, verified=verified, groups=groups, id_token="t")
    sso = SingleSignOn(
        provider=Provider(identity),
        directory=people,
        staff=Staff(directory=people, addresses=OwnAddress(), rules=rules, has_master=True),
        store=server or Server(),  # type: ignore[arg-type]  # only opened
        owners=owners,
        require_verified_email=require,
        master_separator="*",
    )
    return sso.finish(answer, QUESTION, "back", "192.0.2.7")


def why(**how: object) -> WhyNot:
    with pytest.raises(SingleSignOnError) as caught:
        finish(**how)  # type: ignore[arg-type]  # as given
    return caught.value.why


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("anna@example.com", "anna"),
        ("ANNA@Example.COM", "anna"),
        ("anna.miller@example.com", "anna"),
        ("bruno@example.org", "bruno@example.org"),
        ("anna", "anna"),
        (" Anna ", "anna"),
        ("carla", "carla"),
        ("anna+x@example.com", None),
        ("carla@example.com", None),
        ("anna@example.org", None),
        ("nobody", None),
        ("nobody@example.com", None),
        ("anna*master", None),
        ("anna*master@example.com", None),
        ("anna\n", "anna"),
        ("an na", None),
        ("@", None),
        ("Anna <anna@example.com>", None),
        ("anna@example.com, bruno@example.org", None),
    ],
)
def test_an_address_or_login_is_one_persons_or_nobodys(name: str, login: str | None) -> None:
    found = login_of(name, People(), "*")
    assert (found.text if found else None) == login


def test_without_a_list_the_login_itself_says_its_address() -> None:
    assert login_of("anna@example.com", Unlisted(), "*") == Login("anna")
    assert login_of("bruno@example.org", Unlisted(), "*") == Login("bruno@example.org")
    assert login_of("anna@example.org", Unlisted(), "*") is None
    assert login_of("anna.miller@example.com", Unlisted(), "*") is None


def test_who_is_vouched_for_is_signed_in_with_the_groups_and_without_a_password() -> None:
    server = Server()
    found = finish(groups=frozenset({"helpdesk"}), server=server)
    assert (found.login, found.groups) == (Login("anna"), {"helpdesk"})
    (access,) = server.asked
    assert access.password is None
    assert access.actor.address == "192.0.2.7"
    assert "id_token" not in repr(found)


def test_another_state_is_another_browsers() -> None:
    assert why(answer=Answer(state="another", code="c")) is WhyNot.STALE
    assert why(answer=Answer(state="", code="c")) is WhyNot.STALE
    assert why(answer=Answer(state="thé state", code="c")) is WhyNot.STALE


def test_a_no_and_an_empty_answer_are_a_no() -> None:
    assert why(answer=Answer(state="the state", code="", error="access_denied")) is WhyNot.DECLINED
    assert why(answer=Answer(state="the state", code="")) is WhyNot.DECLINED


@pytest.mark.parametrize("verified", ["", "bruno@example.org", "anna@example.com.evil.example"])
def test_an_address_that_is_not_verified_is_refused_unless_told_otherwise(verified: str) -> None:
    assert why(verified=verified) is WhyNot.UNVERIFIED
    assert finish(verified=verified, require=False).login == Login("anna")


@pytest.mark.parametrize("name", ["bruno@example.org ", "dora@intranet"])
def test_what_only_looks_like_an_address_is_not_verified_either(name: str) -> None:
    assert why(name=name, verified="") is WhyNot.UNVERIFIED
    assert why(name=name, verified=name) is WhyNot.UNVERIFIED
    assert finish(name, "", require=False).login == Login(name.strip())


def test_a_login_needs_no_verified_address() -> None:
    assert finish("anna", "").login == Login("anna")


def test_who_has_no_mailbox_is_nobody_here() -> None:
    assert why(name="x@example.com", verified="x@example.com") is WhyNot.UNKNOWN


def test_a_mailbox_that_the_server_does_not_open_is_nobodys() -> None:
    assert why(server=Server(AccountDisabledError("no"))) is WhyNot.UNKNOWN
    with pytest.raises(UnreachableError):
        finish(server=Server(UnreachableError("no")))


def test_where_only_the_helpdesk_signs_in_so_owners_do_not() -> None:
    assert why(owners=False) is WhyNot.STAFF_ONLY
    assert finish(owners=False, groups=frozenset({"HelpDesk"})).login == Login("anna")
    bruno = "bruno@example.org"
    assert finish(bruno, bruno, owners=False).login == Login(bruno)
