"""The right to act for a mailbox, as the directory and the settings have it at that moment."""

from dataclasses import replace

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.staff import Staff
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.errors import DirectoryError, NotAllowedError
from sieve_manager.policy.rights import Circle, StaffRules
from tests.application.world import OwnAddress

ANNA, BOSS, GHOST = Login("anna@example.com"), Login("boss@example.com"), Login("x@example.com")


class Two:
    """Directory port with Anna and the boss."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away

    def search(self, text: str, limit: int = 20) -> tuple[Person, ...]:
        found = (person for person in map(self.person, (ANNA, BOSS)) if person)
        return tuple(one for one in found if one.is_meant_by(text))[:limit]

    def person(self, login: Login) -> Person | None:
        if self.away:
            raise DirectoryError("The directory is away")
        groups = {ANNA: frozenset({"staff"}), BOSS: frozenset({"board"})}
        if login not in groups:
            return None
        address = EmailAddress.parse(login.text)
        return Person(login=login, address=address, groups=groups[login])


def staff(*, has_master: bool = True, away: bool = False) -> Staff:
    rules = StaffRules(
        operators=Circle.of(("otto@example.com", "group:helpdesk")),
        administrators=Circle.of(("ada@example.com",)),
        protected=Circle.of(("group:board",)),
    )
    return Staff(
        directory=Two(away=away),  # type: ignore[arg-type]  # what is asked here
        addresses=OwnAddress(),
        rules=rules,
        has_master=has_master,
    )


def actor(role: Role) -> Actor:
    return Actor(name="otto@example.com", channel=Channel.WEB, role=role)


def refused(login: Login, role: Role, **how: bool) -> str | None:
    found = staff(**how).refusal(actor(role), login)
    return found.code if found else None


def test_roles_come_from_the_settings_the_directory_and_the_sign_in() -> None:
    assert staff().role(Login("otto@example.com")) is Role.OPERATOR
    assert staff().role(Login("ada@example.com")) is Role.ADMINISTRATOR
    assert staff().role(ANNA) is Role.OWNER
    assert staff().role(ANNA, frozenset({"Helpdesk"})) is Role.OPERATOR


def test_where_nobody_is_staff_no_directory_is_asked() -> None:
    assert replace(staff(away=True), rules=StaffRules()).role(ANNA) is Role.OWNER
    with pytest.raises(DirectoryError):
        staff(away=True).role(ANNA)


@pytest.mark.parametrize(
    ("login", "role", "code"),
    [
        (ANNA, Role.OPERATOR, None),
        (BOSS, Role.OPERATOR, "act-protected"),
        (GHOST, Role.OPERATOR, "act-unknown"),
        (BOSS, Role.ADMINISTRATOR, None),
        (GHOST, Role.ADMINISTRATOR, None),
        (ANNA, Role.OWNER, "act-not-staff"),
    ],
)
def test_the_right_is_that_of_this_person_for_this_mailbox(
    login: Login, role: Role, code: str | None
) -> None:
    assert refused(login, role) == code


def test_without_a_master_identity_nobody_acts() -> None:
    assert refused(ANNA, Role.ADMINISTRATOR, has_master=False) == "act-no-master"
    with pytest.raises(NotAllowedError, match="master identity") as raised:
        staff(has_master=False).demand(actor(Role.ADMINISTRATOR), ANNA)
    assert raised.value.code == "act-no-master"


def test_in_doubt_nobody_acts() -> None:
    with pytest.raises(DirectoryError):
        staff(away=True).demand(actor(Role.OPERATOR), ANNA)


def test_a_search_says_whom_one_may_act_for() -> None:
    found = staff().search(actor(Role.OPERATOR), "example")
    assert [(one.person.login, bool(one.refusal)) for one in found] == [(ANNA, False), (BOSS, True)]
    found = staff().search(actor(Role.ADMINISTRATOR), "boss")
    assert [one.refusal for one in found] == [None]


def test_only_administrators_are_offered_what_nobody_has() -> None:
    assert staff().search(actor(Role.OPERATOR), "x@example.com") == ()
    (one,) = staff().search(actor(Role.ADMINISTRATOR), "X@example.com")
    assert one.person.mailbox == Mailbox(login=GHOST, address=EmailAddress.parse("x@example.com"))
    assert staff().search(actor(Role.ADMINISTRATOR), "no body") == ()


def test_pages_of_roles() -> None:
    staff().demand_role(actor(Role.OPERATOR))
    staff().demand_role(actor(Role.ADMINISTRATOR), administrator=True)
    with pytest.raises(NotAllowedError, match="for the helpdesk"):
        staff().demand_role(actor(Role.OWNER))
    with pytest.raises(NotAllowedError, match="for administrators"):
        staff().demand_role(actor(Role.OPERATOR), administrator=True)
