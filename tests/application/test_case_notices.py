"""Notices about cases: who is told what, when, in which language, and that each is told once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.adapters.memory import MemoryInbox, MemoryMailer, Notice
from sieve_manager.adapters.memory_audit import MemoryAuditLog
from sieve_manager.adapters.memory_cases import MemoryCases
from sieve_manager.adapters.memory_notices import MemoryNotices
from sieve_manager.application.access import ITSELF, Actor, Channel
from sieve_manager.application.auditing import CASE_WITHDRAW, AuditEntry, Result
from sieve_manager.application.case import Case, CaseState, NewCase
from sieve_manager.application.case_notice_facts import NoticeFacts
from sieve_manager.application.case_notice_sending import CaseNotices
from sieve_manager.application.case_notice_texts import TEXTS
from sieve_manager.application.case_notice_words import LANGUAGES, language_of
from sieve_manager.application.case_notices import NoticeKind, NoticeRules
from sieve_manager.application.ending_links import Ending, EndingLinks
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Mailer
from sieve_manager.application.trail import Trail
from sieve_manager.application.unwanted_links import Unwanted, UnwantedLinks
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.roles import Role
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import NoticeError
from tests.web.world import OwnAddress, People

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
SENDER = EmailAddress("noreply", "example.com")
LEAVER, SUCCESSOR, OPERATOR = "lea@example.com", "sam@example.com", "otto@example.com"
OTTO = Actor(name=OPERATOR, channel=Channel.WEB, role=Role.OPERATOR)

ADA = Actor(name="ada@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)


@dataclass
class Folk(People):
    """Three people, all of whom prefer *language*."""

    language: str = "en"

    def person(self, login: Login) -> Person | None:
        names = {LEAVER: "Lea Léger", SUCCESSOR: "Sam Smith", OPERATOR: "Otto Normal"}
        if login.text not in names:
            return None
        address = EmailAddress.parse(login.text)
        name = names[login.text]
        return Person(login=login, name=name, address=address, language=self.language)


@dataclass
class Broken:
    """Refuses some, and is killed at others."""

    kept: MemoryMailer
    refuses: set[str] = field(default_factory=set)
    tried: int = 0

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        self.tried += 1
        if str(to) in self.refuses:
            raise NoticeError("refused")
        self.kept.send(to=to, subject=subject, text=text, identity=identity)


class Desk:
    """Cases and an audit log, at a time of ours."""

    def __init__(self) -> None:
        self.now = NOW
        self.cases, self.audit, self.folk = MemoryCases(), MemoryAuditLog(), Folk()
        self.mailer, self.kept = MemoryMailer(), MemoryNotices()
        self.rules = NoticeRules()
        self.through: Mailer = self.mailer
        self.inbox: MemoryInbox | None = None
        self.gone: set[Login] = set()

    def notices(self) -> CaseNotices:
        facts = NoticeFacts(
            directory=self.folk,
            addresses=OwnAddress(),
            day_words=day_words,
            base_url="https://mail.example.com",
            languages=("en", "de"),
            timezone="Europe/Zurich",
            links=UnwantedLinks(secret="s" * 32),
            ending_links=EndingLinks(secret="s" * 32),
        )
        return CaseNotices(
            cases=self.cases,
            audit=self.audit,
            notices=self.kept,
            facts=facts,
            mailer=self.through,
            owner_mail=OwnerMail(
                mailer=self.through, inbox=self.inbox, sender=SENDER, clock=lambda: self.now
            ),
            rules=self.rules,
            clock=lambda: self.now,
            trail=Trail(clock=lambda: self.now, log=self.audit),
            lost=lambda mailboxes: self.gone & mailboxes.keys(),
        )

    def round(self) -> list[Notice]:
        before = len(self.mailer.sent)
        self.notices().run()
        return self.mailer.sent[before:]

    def begin(
        self,
        first: date | None = None,
        last: date | None = date(2027, 3, 31),
        to: str = SUCCESSOR,
        leaver: str = LEAVER,
        state: CaseState = CaseState.ACTIVE,
        actor: Actor = OTTO,
    ) -> Case:
        period = Period(first_day=first, last_day=last, timezone="Europe/Zurich")
        forward = Forward(destinations=(EmailAddress.parse(to),), period=period)
        terms = CaseTerms(forward=forward, ticket="HD-7", reason="left")
        return self.cases.begin(
            NewCase(login=Login(leaver), at=self.now, actor=actor, terms=terms, state=state)
        )

    def change(self, case: Case, last: date = date(2027, 2, 25), to: str = SUCCESSOR) -> None:
        period = replace(case.terms.forward.period, last_day=last)
        forward = Forward(destinations=(EmailAddress.parse(to),), period=period)
        self.cases.keep(replace(case, terms=replace(case.terms, forward=forward)))

    def pause(self, case: Case) -> None:
        forward = case.terms.forward.with_paused(True)
        self.cases.keep(replace(case, terms=replace(case.terms, forward=forward)))

    def token(self, case: Case) -> str:
        """That of the link in the mail to the first destination about the end."""
        links, forward = self.notices().facts.ending_links, case.terms.forward
        (one, *_), last_day = forward.destinations, forward.period.last_day
        assert links
        assert last_day
        return links.make(Ending(case=case.id, destination=one, last_day=last_day))

    def did(
        self, action: str, actor: Actor = OTTO, reason: str = "left", mailbox: str = LEAVER
    ) -> None:
        entry = AuditEntry(
            at=self.now,
            actor=actor,
            action=action,
            result=Result.DONE,
            mailbox=Login(mailbox),
            ticket="HD-7",
            reason=reason,
        )
        self.audit.append([entry])

    def withdraw(self, case: Case, actor: Actor, why: str = "") -> None:
        """As :meth:`Cases.withdraw` does."""
        self.end(case, CaseState.UNDONE, why)
        self.did(CASE_WITHDRAW, actor, why, case.login.text)

    def end(self, case: Case, state: CaseState = CaseState.ENDED, problem: str = "") -> None:
        ended_at = None if state is CaseState.FAILED else self.now
        self.cases.keep(replace(case, state=state, problem=problem, ended_at=ended_at))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_owner_and_destination_are_told_of_a_case_once(desk: Desk) -> None:
    desk.begin()
    desk.did("case.begin")
    owner, destination = desk.round()
    assert (str(owner.to), str(destination.to)) == (LEAVER, SUCCESSOR)
    assert owner.text == (
        "Your mailbox lea@example.com was changed by somebody else than you.\n\n"
        "February 10, 2027: the mailbox was handed over\nBy: helpdesk (Otto Normal)\n"
        "Mail goes to: sam@example.com\nUntil: March 31, 2027\nTicket: HD-7\nReason: left\n\n"
        "If you have questions, ask your helpdesk. You see everything that was done at "
        "https://mail.example.com/audit.\n"
    )
    assert destination.subject == "You now receive mail for Lea Léger"
    assert "/not-wanted/1." in destination.text
    assert desk.round() == []


def test_what_owners_are_told_of_their_mailbox_goes_past_its_forwards(desk: Desk) -> None:
    desk.inbox = MemoryInbox()
    desk.begin()
    desk.did("case.begin")
    assert [str(one.to) for one in desk.round()] == [SUCCESSOR]
    (left,) = desk.inbox.left[Login(LEAVER)]
    assert b"\r\nTo: lea@example.com\r\n" in left
    assert b"the mailbox was handed over" in left
    assert desk.round() == []


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda desk: desk.did("forward.set"), 1),
        (lambda desk: desk.did("case.end", ITSELF), 1),
        (lambda desk: desk.did("forward.set", replace(OTTO, name=LEAVER)), 0),
        (lambda desk: desk.did("forward.set", Actor(name="x", channel=Channel.WEB)), 0),
        (lambda desk: desk.did("staff.refused"), 0),
        (lambda desk: desk.did("case.renew", ITSELF), 0),
    ],
)
def test_owner_is_told_only_of_changes_by_others(
    desk: Desk, act: Callable[[Desk], None], told: int
) -> None:
    act(desk)
    assert [str(one.to) for one in desk.round()] == [LEAVER] * told


def test_a_forward_that_begins_later_is_told_when_it_begins(desk: Desk) -> None:
    desk.begin(first=date(2027, 2, 20))
    assert desk.round() == []
    desk.now = datetime(2027, 2, 19, 23, tzinfo=UTC)  # midnight in Zurich
    assert [str(one.to) for one in desk.round()] == [SUCCESSOR]


def test_a_destination_that_joins_is_told_and_the_others_are_not_again(desk: Desk) -> None:
    case = desk.begin()
    desk.round()
    both = tuple(map(EmailAddress.parse, (SUCCESSOR, "new@example.org")))
    forward = replace(case.terms.forward, destinations=both)
    desk.cases.keep(replace(case, terms=replace(case.terms, forward=forward)))
    assert [str(one.to) for one in desk.round()] == ["new@example.org"]


def test_operator_is_reminded_once_for_each_last_day(desk: Desk) -> None:
    case = desk.begin(last=date(2027, 2, 25))
    desk.rules = NoticeRules(destination=False)
    desk.now += timedelta(days=9)
    (reminder,) = desk.round()
    assert str(reminder.to) == OPERATOR
    assert reminder.subject == "The case of Lea Léger ends on February 25, 2027"
    assert "https://mail.example.com/cases/1/change" in reminder.text
    assert desk.round() == []
    period = replace(case.terms.forward.period, last_day=date(2027, 2, 26))
    forward = replace(case.terms.forward, period=period)
    desk.cases.keep(replace(case, terms=replace(case.terms, forward=forward)))
    desk.now += timedelta(days=1)
    assert len(desk.round()) == 1


def test_a_destination_is_told_of_the_end_once_for_each_last_day(desk: Desk) -> None:
    desk.rules = NoticeRules(operator=False)
    case = desk.begin(last=date(2027, 2, 25))
    desk.round()
    desk.now += timedelta(days=9)
    (told,) = desk.round()
    assert (str(told.to), told.subject) == (
        SUCCESSOR,
        "Mail for Lea Léger comes to you until February 25, 2027",
    )
    assert "ask the helpdesk here: https://mail.example.com/ending/1.2027-02-25." in told.text
    assert desk.round() == []
    desk.change(case, last=date(2027, 2, 26))
    desk.now += timedelta(days=1)
    assert [str(one.to) for one in desk.round()] == [SUCCESSOR]


def test_who_joins_in_the_last_days_is_told_only_that_it_begins(desk: Desk) -> None:
    desk.rules = NoticeRules(operator=False)
    case = desk.begin(last=date(2027, 2, 25))
    desk.round()
    desk.now += timedelta(days=9)
    desk.change(case, to="new@example.org")
    (told,) = desk.round()
    assert (str(told.to), told.subject) == ("new@example.org", "You now receive mail for Lea Léger")
    assert "February 25, 2027" in told.text
    desk.now += timedelta(days=1)
    assert desk.round() == []


@pytest.mark.parametrize(
    "prepare",
    [
        lambda desk: desk.begin(first=date(2027, 2, 20), last=date(2027, 2, 25)),
        lambda desk: desk.pause(desk.begin(last=date(2027, 2, 25))),
        lambda desk: desk.end(desk.begin(last=date(2027, 2, 25))),
    ],
    ids=["shorter than the reminder", "paused", "ended"],
)
def test_no_destination_is_told_of_an_end_that_is_none_for_them(
    desk: Desk, prepare: Callable[[Desk], object]
) -> None:
    prepare(desk)
    desk.now = datetime(2027, 2, 21, 12, tzinfo=UTC)
    ends = "Mail for Lea Léger comes to you until"
    assert not [one for one in desk.round() if one.subject.startswith(ends)]


def test_without_an_operator_to_ask_there_is_no_link_to_ask_by(desk: Desk) -> None:
    desk.begin(last=date(2027, 2, 25), actor=Actor(name="root", channel=Channel.CLI))
    desk.round()
    desk.now += timedelta(days=9)
    (told,) = desk.round()
    assert "Last day: February 25, 2027\n\nTo let it end, do nothing" in told.text


def test_operator_is_told_once_that_a_destination_asks_for_more_time(desk: Desk) -> None:
    case = desk.begin(last=date(2027, 2, 25))
    desk.now += timedelta(days=9)
    desk.round()
    token = desk.token(case)
    for _ in range(2):
        ending = desk.notices().ending(token)
        assert ending
        desk.notices().extend_wanted(ending, "192.0.2.7")
    (asks,) = desk.round()
    assert str(asks.to) == OPERATOR
    assert asks.subject == "sam@example.com asks for more time with the mail for Lea Léger"
    assert "To extend it: https://mail.example.com/cases/1/change\n" in asks.text
    assert desk.round() == []
    (entry,) = [one.entry for one in desk.audit.entries()]
    assert (entry.action, entry.actor.name, entry.mailbox, entry.ticket) == (
        "case.extend-wanted",
        SUCCESSOR,
        Login(LEAVER),
        "HD-7",
    )


@pytest.mark.parametrize(
    "over",
    [
        lambda desk, case: desk.change(case, last=date(2027, 3, 31)),
        lambda desk, case: desk.change(case, to="new@example.org"),
        lambda desk, case: desk.end(case),
        lambda desk, _: setattr(desk, "now", datetime(2027, 2, 25, 23, tzinfo=UTC)),
    ],
    ids=["extended", "goes to somebody else", "ended", "last day is over"],
)
def test_a_link_is_over_when_what_it_is_about_is(
    desk: Desk, over: Callable[[Desk, Case], object]
) -> None:
    case = desk.begin(last=date(2027, 2, 25))
    token = desk.token(case)
    assert desk.notices().ending(token)
    over(desk, case)
    assert desk.notices().ending(token) is None


def test_nobody_is_reminded_of_a_case_that_is_shorter_than_the_reminder(desk: Desk) -> None:
    desk.begin(last=date(2027, 2, 13))
    assert [str(one.to) for one in desk.round()] == [SUCCESSOR]


def test_many_endings_are_one_mail(desk: Desk) -> None:
    for number in range(3):
        desk.end(desk.begin(leaver=f"l{number}@example.com"))
    (ended,) = desk.round()
    assert (str(ended.to), ended.subject) == (OPERATOR, "Several cases have ended")
    assert all(f"/cases/{number}" in ended.text for number in (1, 2, 3))


def test_operator_who_ended_it_is_not_told(desk: Desk) -> None:
    desk.end(desk.begin())
    desk.did("case.end")
    assert [str(one.to) for one in desk.round()] == [LEAVER]


def test_a_failure_says_what_happened(desk: Desk) -> None:
    desk.end(desk.begin(), CaseState.FAILED, "The mailbox is gone\nBcc: x")
    (failed,) = desk.round()
    assert "What happened: The mailbox is gone Bcc: x\n" in failed.text
    assert desk.round() == []


def test_operator_is_told_once_where_the_mailbox_of_a_case_is_gone(desk: Desk) -> None:
    desk.begin(last=date(2027, 2, 12))
    desk.begin(leaver="max@example.com", first=date(2027, 2, 20))
    desk.round()
    desk.gone |= {Login(LEAVER), Login("max@example.com"), Login("who@example.com")}
    (told,) = desk.round()
    assert str(told.to) == OPERATOR
    assert told.subject == "Several mailboxes cannot be read any more"
    assert "Lea Léger (lea@example.com)\nLast day: February 12, 2027" in told.text
    assert "https://mail.example.com/cases/1\n" in told.text
    assert desk.round() == []


def test_nobody_is_told_of_the_mailbox_of_a_case_whose_days_are_over(desk: Desk) -> None:
    desk.begin(last=date(2027, 2, 12))
    desk.round()
    desk.now += timedelta(days=5)
    desk.gone.add(Login(LEAVER))
    assert desk.round() == []


def test_who_made_a_token_is_told_of_the_cases_that_it_began(desk: Desk) -> None:
    token = Actor(name=f"{OPERATOR}/token:hr", channel=Channel.API, role=Role.OPERATOR)
    desk.end(desk.begin(actor=token), CaseState.FAILED, "The mailbox is gone")
    (failed,) = desk.round()
    assert str(failed.to) == OPERATOR


def test_who_begins_cases_on_the_command_line_has_no_address(desk: Desk) -> None:
    desk.end(desk.begin(actor=Actor(name="root", channel=Channel.CLI)))
    assert desk.round() == []


def test_who_asked_is_told_by_whom_and_why_a_case_was_refused(desk: Desk) -> None:
    case = desk.begin(state=CaseState.WAITING)
    desk.withdraw(case, ADA, "too long")
    (refused,) = desk.round()
    assert (str(refused.to), refused.subject) == (OPERATOR, "The case of Lea Léger was refused")
    assert refused.text == (
        "Somebody refused or withdrew these cases, which you asked for. Nothing was written.\n\n"
        "Lea Léger (lea@example.com)\nMail would have gone to: sam@example.com\n"
        "By: helpdesk (ada@example.com)\nWhy: too long\nTicket: HD-7\n"
        "The case: https://mail.example.com/cases/1\n\n"
        "If a case is still needed, talk to them, and ask for it again.\n"
    )
    assert desk.round() == []


def test_who_asked_is_told_where_nobody_agreed_in_time(desk: Desk) -> None:
    case = desk.begin(state=CaseState.WAITING)
    desk.withdraw(case, ITSELF, "Nobody agreed in time; nothing was written.")
    (lapsed,) = desk.round()
    assert lapsed.subject == "Nobody agreed to the case of Lea Léger"
    assert desk.round() == []


@pytest.mark.parametrize("name", [OPERATOR, f"{OPERATOR}/token:hr"])
def test_who_withdraws_the_own_request_is_not_told(desk: Desk, name: str) -> None:
    case = desk.begin(state=CaseState.WAITING)
    desk.withdraw(case, replace(OTTO, name=name))
    assert desk.round() == []


def test_a_case_that_had_begun_and_was_taken_back_is_not_refused(desk: Desk) -> None:
    case = replace(desk.begin(), version=1)
    desk.end(case, CaseState.UNDONE)
    assert desk.round() == []


def test_a_refusal_that_the_audit_log_does_not_have_is_told_all_the_same(desk: Desk) -> None:
    desk.end(desk.begin(state=CaseState.WAITING), CaseState.UNDONE, "too long")
    (refused,) = desk.round()
    assert "By:" not in refused.text
    assert "Why: too long" in refused.text


def test_two_requests_for_one_mailbox_are_told_apart(desk: Desk) -> None:
    own, refused = desk.begin(state=CaseState.WAITING), desk.begin(state=CaseState.WAITING)
    desk.withdraw(own, OTTO)
    desk.now += timedelta(minutes=1)
    desk.withdraw(refused, ADA)
    (notice,) = desk.round()
    assert "/cases/2" in notice.text


@pytest.mark.parametrize("switch", ["owner", "destination", "operator"])
def test_each_notice_can_be_switched_off(desk: Desk, switch: str) -> None:
    desk.begin()
    desk.did("case.begin")
    desk.end(desk.begin(leaver="other@example.com"))
    desk.rules = replace(NoticeRules(), **{switch: False})
    to = {"owner": LEAVER, "destination": SUCCESSOR, "operator": OPERATOR}
    assert {str(one.to) for one in desk.round()} == set(to.values()) - {to[switch]}


def test_what_is_refused_is_tried_again_and_given_up_after_days(desk: Desk) -> None:
    broken = Broken(desk.mailer, refuses={SUCCESSOR})
    desk.through = broken
    desk.begin()
    desk.round()
    desk.now += timedelta(days=2)
    desk.round()
    assert broken.tried == 2
    desk.now += timedelta(days=2)
    desk.round()
    assert broken.tried == 2


def test_those_that_are_refused_do_not_keep_others_from_their_notice(desk: Desk) -> None:
    nobody = {f"n{number}@example.com" for number in range(6)}
    desk.through = broken = Broken(desk.mailer, refuses=nobody)
    for one in sorted(nobody):
        desk.begin(to=one, leaver=f"l{one}")
    desk.begin()
    assert desk.round() == []
    assert broken.tried == 5
    assert [str(one.to) for one in desk.round()] == [SUCCESSOR]


def test_killed_between_sending_and_keeping_it_is_the_same_message(desk: Desk) -> None:
    desk.begin()
    (first,) = desk.round()
    desk.kept = MemoryNotices()  # what was sent was never kept
    (second,) = desk.round()
    assert first.identity == second.identity != ""


def test_texts_of_others_stay_within_their_line(desk: Desk) -> None:
    desk.did("forward.set", reason="a\r\n\r\n{link} {x.__class__} https\u2028evil")
    (notice,) = desk.round()
    assert "Reason: a {link} {x.__class__} https evil\n" in notice.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_speaks_every_language_with_all_blanks_filled(desk: Desk, language: str) -> None:
    desk.folk.language = language
    first = desk.begin(last=date(2027, 2, 25))
    desk.gone.add(first.login)
    desk.did("case.begin")
    desk.did("forward.set")
    desk.notices().not_wanted(
        Unwanted(case=first.id, destination=EmailAddress.parse(SUCCESSOR)), ""
    )
    asking = desk.notices().ending(desk.token(first))
    assert asking
    desk.notices().extend_wanted(asking, "")
    desk.end(desk.begin(leaver="e@example.com"), problem="x")
    desk.end(desk.begin(leaver="f@example.com"), CaseState.FAILED, "x")
    desk.withdraw(desk.begin(leaver="g@example.com", state=CaseState.WAITING), ADA, "x")
    desk.now += timedelta(seconds=1)
    desk.withdraw(desk.begin(leaver="h@example.com", state=CaseState.WAITING), ITSELF)
    sent = desk.round()
    desk.now += timedelta(days=9)
    sent += desk.round()
    assert len(sent) == len([one for one in NoticeKind if not one.startswith("address-")])
    for notice in sent:
        assert "{" not in notice.subject + notice.text
        assert notice.subject
    expected = {TEXTS[language][NoticeKind.OWNER].subject_of_many}
    assert expected < {one.subject for one in sent}


def test_all_languages_fill_the_same_blanks() -> None:
    for kind in NoticeKind:
        blanks = {
            language: sorted(part.split("}")[0] for part in TEXTS[language][kind].item.split("{"))[
                1:
            ]
            for language in LANGUAGES
        }
        shown = {
            tuple(sorted(one for one in found if one.isidentifier())) for found in blanks.values()
        }
        assert len(shown) == 1, blanks


@pytest.mark.parametrize(
    ("preferred", "expected"), [("de-CH", "de"), ("PT_br", "pt"), ("ja", "fr"), ("", "fr")]
)
def test_the_language_is_one_of_ours(preferred: str, expected: str) -> None:
    assert language_of(preferred, ("fr", "en")) == expected
