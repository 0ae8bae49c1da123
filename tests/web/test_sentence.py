"""The sentence, the state in a word, and the picture: the same truth three times."""

import pytest
from markupsafe import escape

from sieve_manager.application.history import Change
from sieve_manager.application.status import Status
from sieve_manager.errors import NoticeError
from tests.web.world import ANNA, World
from web.picture import Picture, draw
from web.sentence import sentences, state_label, state_shape

KEEP = b'# rule:[Lists]\r\nif header :is "a" "b"\r\n{\r\n\tkeep;\r\n}\r\n'


def status_of(world: World) -> Status:
    with world.acting() as access:
        return world.forwards.overview(access)


def said(world: World) -> str:
    """All sentences as plain text."""
    with world.acting() as access:
        status = world.forwards.overview(access)
        return " ".join(one.striptags() for one in sentences(status) if one)


def drawn(world: World) -> Picture:
    with world.acting() as access:
        return draw(world.forwards.overview(access))


def in_a_word(world: World) -> tuple[str, str]:
    with world.acting() as access:
        status = world.forwards.overview(access)
        return state_label(status), state_shape(status)


@pytest.mark.parametrize(
    ("copy", "sentence", "box"),
    [
        ("inbox", "A copy stays in the inbox.", "copy in the inbox"),
        ("read", "A copy stays in the inbox, marked as read.", "copy in the inbox, marked as read"),
        ("folder", "A copy goes into the folder Old <mail>.", "copy in the folder Old <mail>"),
        ("trash", "A copy goes into the trash.", "copy in the trash"),
        ("none", "No copy stays here.", "no copy stays here"),
    ],
)
@pytest.mark.parametrize("others", [False, True], ids=["alone", "beside others"])
def test_each_copy_is_said_and_drawn(copy: str, sentence: str, box: str, others: bool) -> None:
    world = World()
    if others:
        world.give(KEEP)
    world.browser().save(copy=copy, folder="Old <mail>")
    words = said(world)
    assert sentence in words.replace("&lt;", "<").replace("&gt;", ">")
    assert ("Your other filters sort it." in words) is (others and copy in ("inbox", "read"))
    skipped = "Your other filters are skipped for forwarded messages."
    assert (skipped in words) is (others and copy in ("folder", "trash", "none"))
    picture = drawn(world)
    assert escape(picture.copy).striptags() == box
    assert picture.keeps is (copy != "none")
    (branch,) = picture.branches
    assert branch.runs
    assert branch.outside


def test_spam_is_mentioned_exactly_where_it_is_held_back() -> None:
    world = World()
    browser = world.browser()
    browser.save(hold_spam="yes")
    assert "Messages marked as spam are not forwarded" in said(world)
    assert drawn(world).branches[0].condition == "all but spam"
    browser.save()
    assert "spam" not in said(world)
    assert drawn(world).branches[0].condition == "every message"


@pytest.mark.parametrize(
    ("days", "sentence", "condition", "word"),
    [
        ({}, "Every new message is forwarded", "every message", ("On", "active")),
        (
            {"last_day": "2027-02-28"},
            "Until Sun, 28 Feb 2027 (Zurich time), every new message is forwarded",
            "until 28 February",
            ("On until 28 February", "active"),
        ),
        (
            {"first_day": "2027-02-12"},
            "From Fri, 12 Feb 2027 (Zurich time), every new message is forwarded",
            "from 12 February",
            ("From 12 February", "scheduled"),
        ),
        (
            {"first_day": "2027-02-12", "last_day": "2027-02-28"},
            "From Fri, 12 Feb 2027 until Sun, 28 Feb 2027 (Zurich time), every new message",
            "12 February to 28 February",
            ("From 12 February", "scheduled"),
        ),
    ],
)
def test_each_period_is_said_and_drawn(
    days: dict[str, str], sentence: str, condition: str, word: tuple[str, str]
) -> None:
    world = World()
    world.browser().save(**days)
    assert sentence in said(world)
    (branch,) = drawn(world).branches
    assert branch.condition == condition
    assert branch.runs is (word[1] == "active")
    assert in_a_word(world) == word


def test_what_is_at_rest_says_that_mail_stays() -> None:
    world = World()
    browser = world.browser()
    browser.save(paused="yes")
    assert f"Mail to {ANNA} stays in this mailbox. Nothing is forwarded." in said(world)
    assert drawn(world).branches[0].condition == "paused"
    assert drawn(world).copy == "mail stays in the inbox"
    assert in_a_word(world) == ("Paused", "paused")


def test_a_utc_period_names_its_zone() -> None:
    world = World()
    world.browser().save(last_day="2027-02-28", timezone="UTC")
    assert "(UTC)" in said(world)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (b'redirect "a@example.com";', "But another filter forwards every message to"),
        (
            b'if header :is "a" "b" { redirect "a@example.com"; }',
            "But another filter forwards some messages to",
        ),
        (
            b'require "variables";\r\nset "x" "a@example.com";\r\nredirect "${x}";',
            "Besides, another filter forwards some messages to an address that is worked out",
        ),
        (
            b'# rule:[Away]\r\nif true\r\n{\r\n\tredirect "a@example.com";\r\n}\r\n',
            "But a filter made in Roundcube (“Away”) forwards every message to",
        ),
    ],
)
def test_others_forwards_are_said_as_they_are(script: bytes, sentence: str) -> None:
    world = World()
    world.give(script)
    assert sentence in said(world)
    assert in_a_word(world) == ("Set elsewhere", "foreign")


def test_a_rule_of_ours_that_was_changed_by_hand_is_not_put_into_wrong_words() -> None:
    world = World()
    world.browser().save()
    ours = world.scripts()["sieve-manager"]
    changed = ours.replace(b"if true", b'if header :is "x" "y"')
    assert changed != ours
    world.give(changed, "sieve-manager")
    assert status_of(world).changed
    assert "Your forward was changed outside this page" in said(world)


def test_a_switched_off_script_is_said() -> None:
    world = World()
    world.browser().save()
    world.server.mailbox(status_of(world).mailbox.login).active = None
    assert "another program has switched all filters off" in said(world)


def test_a_notice_that_cannot_be_sent_does_not_stop_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()

    def fail(_self: object, **_: object) -> None:
        raise NoticeError("no")

    monkeypatch.setattr(type(world.mailer), "send", fail)
    browser = world.browser()
    browser.save()
    assert browser.get("/").status_code == 200
    assert "we have sent a mail" not in browser.words()


def test_every_change_has_its_words_in_the_history() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    for change in (Change.PAUSE, Change.RESUME):
        browser.get(f"/change/{change}")
        browser.post(f"/change/{change}")
    world.give(KEEP)
    for change in (Change.REACTIVATE, Change.ADOPT, Change.CLEAR):
        browser.get(f"/change/{change}")
        browser.post(f"/change/{change}")
    browser.get("/history")
    for words in (
        "Forward set",
        "Forward paused",
        "Forward resumed",
        "Forward switched on again",
        "Changes from elsewhere kept",
        "Forward switched off",
    ):
        assert words in browser.words()
