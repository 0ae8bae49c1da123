"""The page of the register: what it says, to whom, and what can be taken away."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from sieve_manager.application.register import (
    OURS,
    Condition,
    ConditionKind,
    Place,
    RegisterEntry,
    SetBy,
)
from sieve_manager.application.register_store import Reading
from sieve_manager.domain.mailboxes import Login
from sieve_manager.policy.policy import Policy
from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, PRESIDENT, STAFF, World

SUBJECT = Condition(
    kind=ConditionKind.FIELD, fields=("Subject",), match="contains", values=("secret plan",)
)
HOSTILE = '=HYPERLINK("https://x")'


def entry(login: str, target: str = "thief@example.net", **more: object) -> RegisterEntry:
    values: dict[str, object] = {"place": Place.OUTSIDE, **more}
    return RegisterEntry(login=Login(login), target=target, **values)  # type: ignore[arg-type]


FOUND = (
    entry(
        ANNA,
        kept=False,
        conditions=(SUBJECT,),
        set_by=SetBy.PROGRAM,
        program="roundcube",
        rule="Private <b>rule</b>",
    ),
    entry(
        ANNA,
        "bruno@example.com",
        place=Place.INSIDE,
        ends=datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC),
        set_by=SetBy.HELPDESK,
        actor=OTTO,
        program=OURS,
    ),
    entry(ANNA, "left@example.com", place=Place.INSIDE, gone=True, paused=True),
    entry(ANNA, "", place=Place.UNKNOWN, notice=True, kept=None),
)


def swept(*, count: int = 0) -> World:
    """A register with Anna's forwards, and those of the president, whom operators may not see."""
    world = World(master=MASTER, staff=STAFF, addresses={"domains": ["example.com"]})
    sweep = world.register.take("a", 60)
    assert sweep
    readings = [
        Reading(login=Login(ANNA), entries=FOUND, words="Anna Miller", for_operators=True),
        Reading(login=Login(BRUNO), problem="<closed>", for_operators=True),
        Reading(login=Login(PRESIDENT), entries=(entry(PRESIDENT, HOSTILE, rule=HOSTILE),)),
    ]
    many = tuple(entry("many", f"to{number:03}@example.net") for number in range(count))
    readings.append(Reading(login=Login("many"), entries=many, for_operators=True))
    world.register.write(sweep, "a", readings, 60)
    world.register.finish(sweep, "a")
    return world


def test_the_register_says_what_each_forward_does() -> None:
    browser = swept().browser(ADA)
    browser.get("/register")
    words = browser.words()
    assert (
        "Some messages are forwarded to thief@example.net (outside): Subject contains "
        "“secret plan”. No copy stays in the mailbox." in words
    )
    assert "Set with Roundcube – rule “Private <b>rule</b>”" in words
    assert "Every message is forwarded to bruno@example.com (inside)." in words
    assert "Until the end of Sun, 28 Feb 2027. Set by the helpdesk (otto@example.com)" in words
    assert "Paused Every message is forwarded to left@example.com" in words
    notice = "A notice about every message goes to an address that is worked out for each message."
    assert notice in words
    assert "4 mailboxes. 1 could not be read." in words
    assert "5 entries" in words


def test_days_of_another_zone_are_said_with_their_time() -> None:
    world = World(master=MASTER, staff=STAFF, policy=Policy(default_timezone="Europe/Zurich"))
    new_york = entry(
        ANNA,
        starts=datetime(2027, 2, 1, 5, tzinfo=UTC),
        ends=datetime(2027, 3, 1, 4, 59, 59, tzinfo=UTC),
    )
    zurich = entry(
        ANNA,
        "b@example.net",
        starts=datetime(2027, 1, 31, 23, tzinfo=UTC),
        ends=datetime(2027, 2, 28, 22, 59, 59, tzinfo=UTC),
    )
    sweep = world.register.take("a", 60)
    assert sweep
    world.register.write(sweep, "a", [Reading(login=Login(ANNA), entries=(new_york, zurich))], 60)
    browser = world.browser(ADA)
    browser.get("/register")
    said = browser.words().replace("\u202f", " ")
    assert "From Mon, 1 Feb 2027, 06:00 (Zurich time) on. Until Mon, 1 Mar 2027, 05:59 (Zu" in said
    assert "From Mon, 1 Feb 2027 on. Until the end of Sun, 28 Feb 2027." in said


def test_an_operator_sees_where_to_but_not_what_rules_say_nor_protected_mailboxes() -> None:
    browser = swept().browser(OTTO)
    for path in ("/register", "/register.csv", "/register.json", "/register?q=president"):
        text = browser.get(path).text
        assert "secret plan" not in text
        assert "Private" not in text
        assert PRESIDENT not in text.replace("q=president", "")
    browser.get("/register")
    assert "to thief@example.net (outside): under conditions" in browser.words()


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ("outside=yes", ["thief@example.net", None, HOSTILE]),
        ("no_end=yes&outside=yes&q=thief", ["thief@example.net"]),
        ("gone=yes", ["left@example.com"]),
        ("set_by=helpdesk", ["bruno@example.com"]),
        ("set_by=nonsense&q=bruno@", ["bruno@example.com"]),
        ("q=MILLER+left", ["left@example.com"]),
        ("sort=ends&q=anna", ["bruno@example.com", "thief@example.net", "left@example.com", None]),
        ("q=nobody", []),
    ],
)
def test_filters(asked: str, targets: list[str | None]) -> None:
    browser = swept().browser(ADA)
    found = json.loads(browser.get(f"/register.json?{asked}").text)["forwards"]
    assert [one["target"] for one in found] == targets


def test_mailboxes_that_could_not_be_read() -> None:
    browser = swept().browser(OTTO)
    page = browser.get("/register?problems=yes")
    assert "bruno@example.com Could not be read: <closed>" in browser.words()
    assert '<bdi lang="en">&lt;closed&gt;</bdi>' in page.text


def test_the_table_runs_no_formula() -> None:
    browser = swept().browser(ADA)
    answer = browser.get("/register.csv?q=president")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="register.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [(row["target"], row["rule"]) for row in rows] == [(f"'{HOSTILE}", f"'{HOSTILE}")]


def test_a_long_register_has_parts_that_keep_the_question() -> None:
    browser = swept(count=120).browser(ADA)
    first = browser.get("/register?q=many&sort=target&_external=1&_scheme=javascript").text
    assert "/register?q=many&amp;sort=target&amp;page=2" in first
    assert "javascript:" not in first
    assert "to049" in first
    assert "to050" not in first
    last = browser.get("/register?q=many&page=3").text
    assert "to119" in last
    assert 'rel="next"' not in last
    assert browser.get("/register?page=99999999999").status_code == 200
    assert browser.get("/register?page=x").status_code == 200


def test_before_the_first_sweep_the_page_says_so() -> None:
    browser = World(master=MASTER, staff=STAFF).browser(ADA)
    browser.get("/register")
    assert "The mailboxes were not looked through yet." in browser.words()
    assert json.loads(browser.get("/register.json").text) == {"forwards": []}


def test_a_sweep_that_runs_or_waits_is_shown() -> None:
    world = World(master=MASTER, staff=STAFF)
    sweep = world.register.take("a", 60)
    assert sweep
    browser = world.browser(ADA)
    browser.get("/register")
    assert "begins within a minute" in browser.words()
    world.register.write(sweep, "a", [Reading(login=Login(ANNA), entries=())], 60)
    browser.get("/register")
    assert "1 mailbox so far" in browser.words()
    world.register.pause(sweep, "a", "the <master> is refused")
    browser.get("/register")
    assert "waits after 1 mailbox: the <master> is refused" in browser.words()


def test_who_set_it_is_said_as_far_as_known() -> None:
    made = (
        entry(ANNA, "1@example.net", set_by=SetBy.OWNER, actor=ANNA, program=OURS),
        entry(ANNA, "2@example.net", set_by=SetBy.HELPDESK, program=OURS),
        entry(ANNA, "3@example.net", program=OURS),
        entry(ANNA, "4@example.net", set_by=SetBy.PROGRAM, program="unheard-of"),
        entry(ANNA, "|/bin/sh@example.net"),
        entry(
            ANNA,
            "6@example.net",
            kept=None,
            notice=False,
            starts=datetime(2027, 2, 27, 23, tzinfo=UTC),
        ),
        entry(ANNA, "7@example.net", notice=True, conditions=(SUBJECT,)),
    )
    world = World(master=MASTER, staff=STAFF)
    sweep = world.register.take("a", 60)
    assert sweep
    world.register.write(sweep, "a", [Reading(login=Login(ANNA), entries=made)], 60)
    browser = world.browser(ADA)
    browser.get("/register")
    words = browser.words()
    for said in (
        "Set by the owner (anna@example.com)",
        "On Every message is forwarded",
        "Set here; it is not known by whom",
        "Set with unheard-of",
        "forwarded to |/bin/sh@example.net (outside)",
        "Whether a copy stays depends on the message. From Sun, 28 Feb 2027 on.",
        "Not yet begun Every message",
        "A notice about some messages goes to 7@example.net (outside): Subject contains",
        "1 mailbox so far",
    ):
        assert said in words, said


@pytest.mark.parametrize("language", ["de", "fr", "it", "es", "pt"])
def test_the_register_speaks_the_language_of_who_reads_it(language: str) -> None:
    browser = swept().browser(ADA)
    browser.get("/register", **{"Accept-Language": language})
    words = browser.words()
    if language == "de":
        assert "1 konnte nicht gelesen werden." in words
    for english in ("forwarded", "Subject contains", "A copy", "Set with", "could not be read"):
        assert english not in words


def test_an_administrator_has_the_mailboxes_looked_through_now() -> None:
    world = World(master=MASTER, staff=STAFF)
    world.give(b'redirect "thief@example.net";', "roundcube")
    ada = world.browser(ADA)
    ada.get("/register")
    assert "Look through all mailboxes now" in ada.words()
    assert ada.post("/register/sweep").status_code == 303
    page = ada.get("/register")
    assert "All mailboxes will be looked through" in ada.words()
    assert "Look through all mailboxes now" not in ada.words()
    assert 'hx-get="/register/sweep"' in page.text
    assert world.sweeping.run_if_due()
    assert "Looked through on" in ada.get("/register/sweep").text
    ada.post("/register/sweep")
    ada.get("/register")
    words = ada.words()
    assert "Looked through on" in words, "what is shown is of then"
    assert "All mailboxes will be looked through" in words
    otto = world.browser(OTTO)
    assert "Look through all mailboxes now" not in otto.get("/register").text


def test_without_a_master_there_is_no_button() -> None:
    ada = World(staff=STAFF).browser(ADA)
    assert "Look through all mailboxes now" not in ada.get("/register").text
    assert ada.post("/register/sweep").status_code == 403
