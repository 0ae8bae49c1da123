"""The overview: what it says of each state of a mailbox, and that it says it by looking."""

from datetime import UTC, datetime

import pytest

from sieve_manager.policy.policy import Policy
from tests.web.world import ANNA, Browser, World

INVOICES = (
    b'require ["copy"];\r\n# rule:[Invoices]\r\nif header :contains "subject" "invoice"\r\n{\r\n'
    b'\tredirect :copy "books@example.org";\r\n}\r\n'
)
FIVE = b'require ["copy"];\r\n' + b"".join(
    b'redirect :copy "one%d@example.com";\r\n' % number for number in range(5)
)


def opened(world: World) -> Browser:
    browser = world.browser()
    assert browser.get("/").status_code == 200
    return browser


def test_nothing_is_forwarded() -> None:
    words = opened(World()).words()
    assert "Off" in words
    assert f"Mail to {ANNA} stays in this mailbox. Nothing is forwarded." in words
    assert "0 of 4 used" in words


def test_a_filter_of_another_program_is_said_in_the_sentence() -> None:
    world = World()
    world.give(INVOICES)
    words = opened(world).words()
    assert "Set elsewhere" in words
    assert (
        "But a filter made in Roundcube (“Invoices”) forwards some messages to books@example.org."
        in words
    )


def test_a_forward_beside_it_says_both() -> None:
    world = World()
    world.give(INVOICES)
    browser = world.browser()
    browser.save()
    browser.get("/")
    words = browser.words()
    assert "Every new message is forwarded to carla@example.net (outside)." in words
    assert "Besides, a filter made in Roundcube (“Invoices”) forwards some messages" in words
    assert "2 of 4 used" in words


def test_filters_that_the_server_cancels_are_said_first() -> None:
    world = World()
    world.give(FIVE)
    words = opened(world).words()
    assert "Does not work" in words
    assert "Your filters are switched on, but the mail server cannot run them." in words
    assert "this server allows 4" in words
    assert f"mail stays in the inbox of {ANNA} and nothing is forwarded" in words
    assert "What to do" in words


def test_the_states_over_time() -> None:
    world = World()
    browser = world.browser()
    browser.save(first_day="2027-02-12", last_day="2027-02-28")
    browser.get("/")
    assert "From 12 February" in browser.words()
    assert "Before Fri, 12 Feb 2027, nothing is forwarded." in browser.words()
    assert "Next change Fri, 12 Feb 2027, 00:00 (Zurich time)" in browser.words()
    world.now = datetime(2027, 2, 20, tzinfo=UTC)
    browser = opened(world)
    assert "On until 28 February" in browser.words()
    assert "Next change Sun, 28 Feb 2027, 23:59 (Zurich time)" in browser.words()
    world.now = datetime(2027, 3, 20, tzinfo=UTC)
    browser = opened(world)
    assert "Ended" in browser.words()
    assert "ended on Sun, 28 Feb 2027." in browser.words()


def test_pause_resume_and_switch_off() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    for change, words in [
        ("pause", "Forwarding to carla@example.net (outside) is paused."),
        ("resume", "Every new message is forwarded to carla@example.net (outside)."),
        ("clear", "Nothing is forwarded."),
    ]:
        browser.get(f"/change/{change}")
        answer = browser.post(f"/change/{change}")
        assert answer.status_code == 303
        browser.get(answer.headers["Location"])
        assert "Saved." in browser.words()
        assert words in browser.words()
    assert world.scripts() == {}


def test_a_change_that_does_not_exist_is_not_found() -> None:
    browser = World().browser()
    assert browser.get("/change/set").status_code == 404
    assert browser.get("/change/everything").status_code == 404


def test_a_pause_over_a_change_of_somebody_else_asks_again() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    browser.get("/change/pause")
    world.give(world.scripts()["sieve-manager"] + b"keep;\r\n", name="sieve-manager")
    answer = browser.post("/change/pause")
    assert answer.status_code == 409
    assert "Changed meanwhile" in browser.words()
    assert "+keep;" in answer.text


def test_resuming_what_is_not_there_is_explained() -> None:
    browser = World().browser()
    answer = browser.get("/change/resume")
    assert answer.status_code == 400
    assert "There is no forward to pause or resume." in browser.words()


def test_another_programs_switch_is_offered_to_be_undone_or_kept() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    world.give(INVOICES)
    browser.get("/")
    words = browser.words()
    assert "Your forward does not run" in words
    assert "has switched to the filters in “roundcube”, so it does not run" in words
    browser.get("/change/reactivate")
    answer = browser.post("/change/reactivate")
    browser.get(answer.headers["Location"])
    assert "Every new message is forwarded to carla@example.net" in browser.words()
    assert "Besides, a filter made in Roundcube" in browser.words()


def test_a_change_from_elsewhere_is_shown_and_can_be_kept() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    world.give(world.scripts()["sieve-manager"] + b"keep;\r\n", name="sieve-manager")
    page = browser.get("/")
    assert "Changed elsewhere" in browser.words()
    assert "+keep;" in page.text
    assert 'action="/change/adopt"' in browser.get("/change/adopt").text
    browser.post("/change/adopt")
    browser.get("/")
    assert "Changed elsewhere" not in browser.words()


def test_the_owner_is_told_once_by_mail_of_a_forward_to_the_outside() -> None:
    world = World()
    world.give(INVOICES)
    browser = opened(world)
    assert "we have sent a mail about it to this mailbox: books@example.org" in browser.words()
    (notice,) = world.mailer.sent
    assert str(notice.to) == ANNA
    assert "books@example.org" in notice.text
    browser.get("/")
    assert len(world.mailer.sent) == 1


def test_policy_can_switch_the_notice_off() -> None:
    world = World(policy=Policy(notify_owner=False))
    world.give(INVOICES)
    opened(world)
    assert world.mailer.sent == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Von Fr., 12. Feb. 2027 bis So., 28. Feb. 2027 (Zeit in Zürich) wird jede neue"),
        ("fr", "Du ven. 12 févr. 2027 au dim. 28 févr. 2027 (heure de Zurich), chaque nouveau"),
        ("it", "Da ven 12 feb 2027 a dom 28 feb 2027 (ora di Zurigo) ogni nuovo messaggio"),
        ("es", "Desde el vie, 12 feb 2027 hasta el dom, 28 feb 2027 (hora de Zúrich), cada"),
        ("pt", "De sexta, 12/02/2027 até domingo, 28/02/2027 (hora de Zurique), cada mensagem"),
        ("en-US", "From Fri, Feb 12, 2027 until Sun, Feb 28, 2027 (Zurich time), every new"),
        ("nl, de;q=0.5", "Von Fr., 12. Feb. 2027"),
        ("nl", "From Fri, 12 Feb 2027 until Sun, 28 Feb 2027 (Zurich time), every new"),
    ],
)
def test_the_sentence_is_in_the_browsers_language(language: str, words: str) -> None:
    world = World()
    browser = world.browser()
    browser.save(first_day="2027-02-12", last_day="2027-02-28")
    browser.get("/", **{"Accept-Language": language})
    assert words in browser.words()


def test_the_language_can_be_chosen_and_is_remembered() -> None:
    browser = World().browser()
    answer = browser.get("/language/fr?next=/history")
    assert answer.headers["Location"] == "/history"
    assert "Historique" in browser.get("/history", **{"Accept-Language": "de"}).text
    assert browser.get("/language/xx?next=//evil.example").headers["Location"] == "/"
    assert "Historique" in browser.get("/history").text
