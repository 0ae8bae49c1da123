"""New ways out are told once, by mail and by the webhook, and again where that failed."""

import json
from datetime import timedelta

import pytest

from sieve_manager.adapters.memory import MemoryMailer, Notice
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.case_notice_words import LANGUAGES
from sieve_manager.application.register import SetBy
from sieve_manager.application.register_news import TELL_WITHIN, RegisterNews
from sieve_manager.application.register_news_texts import NEWS
from sieve_manager.application.register_store import SweepState
from sieve_manager.application.register_upkeep import BackgroundSweeps, Register
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import AccountDisabledError, NoticeError, SignInRefusedError
from tests.application.sweeps import SweepWorld

ADMINS = (EmailAddress.parse("ada@example.com"), EmailAddress.parse("bob@example.com"))


class Hook:
    """A webhook that keeps what it got, or fails."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.fails = False

    def post(self, body: bytes) -> None:
        if self.fails:
            raise NoticeError("the webhook answered with status 500")
        self.got.append(body)


class Post:
    """A mailer whose server refuses some."""

    def __init__(self) -> None:
        self.kept = MemoryMailer()
        self.refused: list[EmailAddress] = []

    @property
    def sent(self) -> list[Notice]:
        return self.kept.sent

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        if to in self.refused:
            raise NoticeError("no such user")
        self.kept.send(to=to, subject=subject, text=text, identity=identity)


class Told:
    """A register whose news somebody hears."""

    def __init__(self, count: int = 3, language: str = "en") -> None:
        self.world = SweepWorld(count)
        self.mailer, self.hook = Post(), Hook()
        news = RegisterNews(
            register=self.world.register,
            mailer=self.mailer,
            digest_to=ADMINS,
            webhook=self.hook,
            language=language,
            page="https://mail.example.com/register?outside=yes",
        )
        self.register = Register(store=self.world.register, sweeping=self.world.sweeping, news=news)

    def give(self, number: int, target: str) -> None:
        self.world.give(self.world.logins[number], f'redirect "{target}";'.encode())


@pytest.fixture
def told() -> Told:
    made = Told()
    made.register.sweep()
    return made


def test_the_first_sweep_tells_nothing(told: Told) -> None:
    assert told.mailer.sent == []
    assert told.hook.got == []
    last = told.world.register.last()
    assert last
    assert last.told == {"mail:ada@example.com", "mail:bob@example.com", "webhook"}


def test_a_new_way_out_is_told_once(told: Told) -> None:
    told.give(1, "new@example.net")
    told.give(2, "user00001@example.com")  # inside: nobody's business
    told.register.sweep()
    told.register.news.tell(told.world.clock())
    assert [notice.to for notice in told.mailer.sent] == list(ADMINS)
    notice = told.mailer.sent[0]
    assert notice.subject == "1 new forward to the outside"
    assert "user00001@example.com -> new@example.net (set with sogo)\n" in notice.text
    assert "user00002" not in notice.text
    assert notice.text.endswith("\n\nhttps://mail.example.com/register?outside=yes\n")
    (body,) = told.hook.got
    document = json.loads(body)
    assert document["event"] == "register.new_outside_forwards"
    assert (document["sweep"], document["count"]) == (2, 1)
    assert document["forwards"] == [
        {
            "mailbox": "user00001@example.com",
            "target": "new@example.net",
            "set_by": "program",
            "program": "sogo",
            "unreadable": False,
        }
    ]
    told.register.sweep()
    assert len(told.hook.got) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_is_wholly_in_the_language_of_the_site(language: str) -> None:
    told = Told(4, language)
    told.register.sweep()
    told.give(1, "new@example.net")
    told.register.sweep()
    (one, _) = told.mailer.sent
    for number in (2, 3):
        told.give(number, "{who}@example.net")
    computed = b'require "variables"; if header :matches "x" "*" { redirect "${1}"; }'
    told.world.give(told.world.logins[0], computed, "mine")
    told.register.sweep()
    many = told.mailer.sent[-1]
    words, english = NEWS[language], NEWS["en"]
    assert (one.subject, many.subject[:2]) == (words.subject, "3 ")
    assert "user00001@example.com -> new@example.net (" in one.text
    assert words.computed in many.text
    assert "-> {who}@example.net (" in many.text
    assert words.set_by[SetBy.PROGRAM].format(program="sogo") in one.text
    if language != "en":
        assert words.intro != english.intro
        assert english.computed not in many.text
    assert many.text.startswith(words.intro)


def test_every_language_has_all_words_and_the_same_blanks() -> None:
    assert set(NEWS) == set(LANGUAGES)
    for words in NEWS.values():
        assert set(words.set_by) == set(SetBy)
        assert words.subject_of_many.format(count=2) != words.subject
        assert "5" in words.more.format(count=5)
        assert "sogo" in words.set_by[SetBy.PROGRAM].format(program="sogo")
        assert max(map(len, words.intro.splitlines())) <= 100
    for one in ("subject", "computed", "unreadable"):
        assert len({getattr(words, one) for words in NEWS.values()}) == len(NEWS)


def test_what_could_not_be_told_is_told_later(told: Told) -> None:
    told.give(1, "new@example.net")
    told.hook.fails = True
    told.register.sweep()
    assert (len(told.mailer.sent), told.hook.got) == (2, [])
    told.hook.fails = False
    assert told.register.run_if_due() is None
    assert (len(told.mailer.sent), len(told.hook.got)) == (2, 1)


def test_a_recipient_who_is_refused_keeps_nobody_else_from_being_told_once() -> None:
    told = Told()
    told.register.sweep()
    told.give(1, "new@example.net")
    told.mailer.refused.append(ADMINS[0])
    told.register.sweep()
    told.register.run_if_due()
    assert [notice.to for notice in told.mailer.sent] == [ADMINS[1]]
    told.mailer.refused.clear()
    told.register.run_if_due()
    told.register.run_if_due()
    assert [notice.to for notice in told.mailer.sent] == [ADMINS[1], ADMINS[0]]


def test_what_could_not_be_told_outlasts_the_next_sweeps() -> None:
    told = Told()
    told.register.sweep()
    told.give(1, "new@example.net")
    told.mailer.refused += ADMINS
    for _ in range(2):
        told.register.sweep()
        told.world.pass_hours(25)
    told.mailer.refused.clear()
    told.register.run_if_due()
    assert [notice.to for notice in told.mailer.sent] == list(ADMINS)


def test_killed_between_sending_and_noting_it_is_the_same_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Told()
    told.register.sweep()
    told.give(1, "new@example.net")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryRegister, "told", lambda *_: None)
        told.register.sweep()
    told.register.run_if_due()
    first, second, again, last = told.mailer.sent
    assert (again.identity, last.identity) == (first.identity, second.identity)
    assert len({first.identity, second.identity, ""}) == 3


def test_what_is_old_is_not_told_any_more() -> None:
    told = Told()
    told.register.sweep()
    told.give(1, "new@example.net")
    told.mailer.refused += ADMINS
    told.register.sweep()
    told.mailer.refused.clear()
    told.register.news.tell(told.world.clock() + TELL_WITHIN + timedelta(seconds=1))
    assert told.mailer.sent == []


def test_a_long_digest_says_how_many_more_there_are() -> None:
    told = Told(300)
    told.register.sweep()
    for number in range(300):
        told.give(number, "new@example.net")
    told.register.sweep()
    assert told.mailer.sent[0].text.count("new@example.net") == 200
    assert "... and 100 more" in told.mailer.sent[0].text


def test_a_hostile_rule_stays_on_its_line(told: Told) -> None:
    told.world.give(told.world.logins[0], b'redirect "x\r\n\r\nDear administrator@example.net";')
    told.register.sweep()
    lines = told.mailer.sent[0].text.splitlines()
    assert not any(line.startswith("Dear") for line in lines)


def test_a_computed_target_is_said_to_be_one(told: Told) -> None:
    script = b'require "variables"; if header :matches "x" "*" { redirect "${1}"; }'
    told.world.give(told.world.logins[0], script, "mine")
    told.register.sweep()
    assert "-> an address that is worked out for each message" in told.mailer.sent[0].text
    assert json.loads(told.hook.got[0])["forwards"][0]["target"] is None


def test_who_hides_a_forward_in_what_cannot_be_read_is_told_of(told: Told) -> None:
    many = "".join(
        f'if header "x" "{n}" {{ redirect "user00001@example.com"; }}' for n in range(200)
    )
    hidden = f'{many} redirect "thief@example.net";'.encode()
    told.give(2, "old@example.net")
    told.world.give(told.world.logins[0], hidden)
    told.register.sweep()
    assert "user00000@example.com -> a script that cannot be read" in told.mailer.sent[0].text
    (first, second) = json.loads(told.hook.got[0])["forwards"]
    assert (first["unreadable"], first["target"], second["unreadable"]) == (True, None, False)
    told.world.give(told.world.logins[0], hidden + b"keep;")
    told.world.store.fault = lambda login, _count: (
        AccountDisabledError("closed") if login.text == told.world.logins[1] else None
    )
    told.register.sweep()
    assert len(told.hook.got) == 1


def test_a_paused_sweep_tells_nothing(told: Told) -> None:
    told.give(1, "new@example.net")
    told.world.store.fault = lambda _login, _count: SignInRefusedError("no")
    assert told.register.sweep().state is SweepState.PAUSED
    assert told.mailer.sent == []


def test_a_worker_sweeps_beside_its_other_duties() -> None:
    told = Told()
    sweeps = BackgroundSweeps(told.register)
    sweeps.attend()
    assert sweeps._thread
    sweeps._thread.join(10)
    last = told.world.register.last()
    assert last
    assert last.state is SweepState.DONE
