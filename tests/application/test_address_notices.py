"""Notices about redirect addresses: who is told what, when, and that each is told once."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.adapters.memory import MemoryMailer, Notice
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_notices import MemoryNotices
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.address_notice_texts import ADDRESS_ACTIONS, ADDRESS_TEXTS
from sieve_manager.application.address_notices import AddressNotices
from sieve_manager.application.address_plan import AddressWish, wish_change, wish_set, wish_undo
from sieve_manager.application.case_notice_facts import NoticeFacts
from sieve_manager.application.case_notice_sending import CaseNotices
from sieve_manager.application.case_notice_words import LANGUAGES
from sieve_manager.application.case_notices import NoticeKind, NoticeRules
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.trail import Trail
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import PolicyRefusedError
from sieve_manager.policy.address_policy import AddressPolicy
from sieve_manager.policy.policy import Policy
from sieve_manager.policy.rights import StaffRules
from tests.application.relays import Relay
from tests.application.test_redirect_addresses import (
    ADA,
    ANNA,
    BEA,
    CONTACT,
    OUTSIDE,
    OWNER,
    charted,
    leads,
)
from tests.application.world import NOW
from tests.web.world import OwnAddress

LAST = date(2027, 3, 31)


@dataclass(slots=True)
class Desk:
    """Addresses and their notices, at a time of ours."""

    now: datetime = NOW
    store: MemoryAddresses = field(default_factory=MemoryAddresses)
    log: MemoryAuditLog = field(default_factory=MemoryAuditLog)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    sent: MemoryNotices = field(default_factory=MemoryNotices)
    rules: NoticeRules = field(default_factory=NoticeRules)
    language: str = "en"
    operators: bool = False

    @property
    def directory(self) -> MemoryDirectory:
        people = (
            Person(login=Login(str(one)), address=one, name=name, language=self.language)
            for one, name in ((ANNA, "Anna"), (BEA, "Bea"), (_address(ADA), "Ada Admin"))
        )
        return MemoryDirectory(people=tuple(people))

    @property
    def trail(self) -> Trail:
        return Trail(clock=lambda: self.now, log=self.log)

    def save(self, wish: AddressWish, actor: Actor = ADA) -> RedirectAddress | None:
        use = RedirectAddresses(
            store=self.store,
            relay=Relay(self.store),
            directory=self.directory,
            chart=charted,
            seen=lambda _actor, chain: chain,
            trail=self.trail,
            clock=lambda: self.now,
            rules=AddressPolicy(domains=frozenset({"example.com"}), operators=self.operators),
            policy=Policy(internal_domains=frozenset({"example.com"})),
            staff=StaffRules(),
        )
        return use.save(actor, wish, None).kept

    def round(self) -> list[Notice]:
        before = len(self.mailer.sent)
        CaseNotices(
            cases=MemoryCases(),
            audit=self.log,
            notices=self.sent,
            facts=NoticeFacts(
                directory=self.directory,
                addresses=OwnAddress(),
                day_words=day_words,
                base_url="https://mail.example.com",
                languages=("en", "de"),
                timezone="Europe/Zurich",
            ),
            mailer=self.mailer,
            owner_mail=None,
            rules=self.rules,
            clock=lambda: self.now,
            trail=self.trail,
            addresses=AddressNotices(store=self.store),
        ).run()
        return self.mailer.sent[before:]


def _address(actor: Actor) -> EmailAddress:
    return EmailAddress.parse(actor.name)


def owned(
    *to: EmailAddress, owner: EmailAddress | None = ANNA, last_day: date | None = None
) -> RedirectAddress:
    kept = leads(*to or (BEA,))
    period = Period(last_day=last_day, timezone="Europe/Zurich")
    login = Login(str(owner)) if owner else None
    return replace(kept, forward=replace(kept.forward, period=period), owner=login)


def days_before_the_end(days: float) -> datetime:
    ends = Period(last_day=LAST, timezone="Europe/Zurich").ends
    assert ends
    return ends - timedelta(days=days)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_owner_is_told_once_of_what_somebody_else_changed(desk: Desk) -> None:
    desk.save(wish_set(owned()))
    desk.round()
    desk.save(wish_set(owned(OUTSIDE, last_day=LAST), ticket="HD-7"))
    (notice,) = desk.round()
    assert notice.to == ANNA
    assert notice.subject == "Somebody changed the redirect address contact@example.com"
    assert notice.text == (
        "You decide, or decided, where redirect addresses lead. Somebody else made this.\n\n"
        "contact@example.com\nFebruary 10, 2027: it was changed\nBy: helpdesk (Ada Admin)\n"
        "Mail goes to: x@example.net\nLast day: March 31, 2027\nTicket: HD-7\n\n"
        "If you have questions, ask your helpdesk. Yours are at "
        "https://mail.example.com/addresses.\n"
    )
    assert desk.round() == []


def test_who_is_given_an_address_is_told_and_who_loses_it_too(desk: Desk) -> None:
    desk.save(wish_set(owned()))
    (given,) = desk.round()
    assert (given.to, "it was given to you" in given.text) == (ANNA, True)
    desk.save(wish_set(owned(OUTSIDE, owner=BEA)))
    taken, given = desk.round()
    assert (taken.to, given.to) == (ANNA, BEA)
    assert "it is not yours any more" in taken.text
    assert "x@example.net" not in taken.text
    assert "Mail goes to: x@example.net" in given.text


def test_pausing_resuming_deleting_and_taking_back_are_told_in_one_mail(desk: Desk) -> None:
    desk.save(wish_set(owned()))
    desk.round()
    for change in (AddressChange.PAUSE, AddressChange.RESUME, AddressChange.DELETE):
        desk.save(wish_change(CONTACT, change))
    desk.save(wish_undo(desk.store.versions(CONTACT)[0]))
    (notice,) = desk.round()
    assert notice.subject == "Somebody changed redirect addresses of yours"
    for words in ("was paused", "was resumed", "was deleted", "it was given to you"):
        assert words in notice.text


def test_what_owners_change_themselves_is_not_told(desk: Desk) -> None:
    desk.save(wish_set(owned()))
    desk.round()
    desk.save(wish_set(owned(OUTSIDE)), OWNER)
    desk.save(wish_change(CONTACT, AddressChange.PAUSE), OWNER)
    assert desk.round() == []


def test_what_was_refused_or_agreed_to_is_not_told(desk: Desk) -> None:
    desk.save(wish_set(owned()))
    desk.round()
    with pytest.raises(PolicyRefusedError):
        desk.save(wish_set(owned(last_day=date(2020, 1, 1))))
    agreed = replace(wish_set(owned(OUTSIDE)), change=AddressChange.AGREED)
    desk.save(agreed)
    assert desk.round() == []


def test_an_owner_is_reminded_once_of_each_last_day(desk: Desk) -> None:
    desk.save(wish_set(owned(last_day=LAST)))
    desk.round()
    desk.now = days_before_the_end(7.01)
    assert desk.round() == []
    desk.now = days_before_the_end(6.99)
    (reminder,) = desk.round()
    assert reminder.to == ANNA
    assert reminder.subject == ("The redirect address contact@example.com ends on March 31, 2027")
    assert (
        "To extend it: https://mail.example.com/addresses/show?address=contact%40example.com"
    ) in reminder.text
    assert desk.round() == []


def test_who_has_just_set_a_near_last_day_is_not_reminded_of_it(desk: Desk) -> None:
    desk.now = days_before_the_end(5)
    desk.save(wish_set(owned(last_day=LAST)))
    desk.round()
    desk.now = days_before_the_end(1)
    assert desk.round() == []


def test_an_owner_is_told_when_it_has_ended_and_not_long_after(desk: Desk) -> None:
    desk.save(wish_set(owned(last_day=LAST)))
    late = replace(desk, now=days_before_the_end(-3.01), mailer=MemoryMailer())
    assert late.round() == []
    desk.now = days_before_the_end(-0.01)
    (ended,) = desk.round()
    assert (ended.to, ended.subject) == (
        ANNA,
        "The redirect address contact@example.com has ended",
    )
    assert "Mail went to: bea@example.com" in ended.text
    assert desk.round() == []


def test_without_an_owner_who_set_the_days_is_told(desk: Desk) -> None:
    desk.save(wish_set(owned(owner=None, last_day=LAST)))
    desk.save(wish_change(CONTACT, AddressChange.PAUSE), replace(ADA, name="otto@example.com"))
    desk.now = days_before_the_end(3)
    (reminder,) = desk.round()
    assert str(reminder.to) == ADA.name
    desk.now = days_before_the_end(-1)
    (ended,) = desk.round()
    assert str(ended.to) == ADA.name


def test_what_was_set_on_the_command_line_reminds_nobody(desk: Desk) -> None:
    root = Actor(name="root", channel=Channel.CLI, role=Role.ADMINISTRATOR)
    desk.save(wish_set(owned(owner=None, last_day=LAST)), root)
    desk.now = days_before_the_end(3)
    assert desk.round() == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (NoticeRules(owner=False), {str(ADA.name)}),
        (NoticeRules(operator=False), {str(ANNA)}),
        (NoticeRules(reminder_days=0), set()),
    ],
)
def test_each_is_told_only_where_the_switches_say_so(
    desk: Desk, rules: NoticeRules, told: set[str]
) -> None:
    other = replace(owned(owner=None, last_day=LAST), address=EmailAddress("hr", "example.com"))
    desk.save(wish_set(owned(last_day=LAST)))
    desk.save(wish_set(other))
    desk.round()
    desk.rules, desk.now = rules, days_before_the_end(3)
    assert {str(one.to) for one in desk.round()} == told


def test_no_owner_is_told_of_changes_where_owners_are_not_told(desk: Desk) -> None:
    desk.rules = NoticeRules(owner=False)
    desk.save(wish_set(owned()))
    assert desk.round() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_is_there_in_every_language(desk: Desk, language: str) -> None:
    desk.language = language
    desk.save(wish_set(owned(last_day=LAST)))
    desk.now = days_before_the_end(0)
    notices = desk.round()
    desk.now = days_before_the_end(-1)
    notices += desk.round()
    texts = ADDRESS_TEXTS[language]
    assert set(texts) == {
        NoticeKind.ADDRESS_CHANGED,
        NoticeKind.ADDRESS_REMINDER,
        NoticeKind.ADDRESS_ENDED,
    }
    assert len(notices) >= 2
    for notice in notices:
        assert "{" not in notice.subject + notice.text
        assert "contact@example.com" in notice.subject
    assert ADDRESS_ACTIONS[language].keys() == ADDRESS_ACTIONS["en"].keys()
