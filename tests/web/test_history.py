"""The history, its differences, and putting back what was there."""

from tests.web.world import World

OTHER = b"# mine\r\nkeep;\r\n"


def test_the_history_says_what_when_by_whom_and_why() -> None:
    browser = World().browser()
    browser.get("/history")
    assert "Nothing was changed here yet." in browser.words()
    browser.save(note="on holiday")
    browser.get("/history")
    words = browser.words()
    assert "Forward set" in words
    assert "Wed, 10 Feb 2027, 13:03 (Zurich time), by you" in words
    assert "on holiday" in words
    assert "→ carla@example.net" in words


def test_the_history_says_nothing_of_receivers_while_nobody_gets_the_mail() -> None:
    browser = World().browser()
    browser.save()
    browser.get("/change/pause")
    browser.post("/change/pause")
    browser.get("/history")
    assert "Forward paused" in browser.words()
    assert browser.words().count("→") == 1


def test_a_version_shows_its_difference() -> None:
    browser = World().browser()
    browser.save()
    page = browser.get("/history/1")
    assert "Script “sieve-manager”" in browser.words()
    assert "→ carla@example.net" in browser.words()
    assert "redirect :copy" in page.text
    assert "added:" in page.text, "said, not only coloured"
    assert "Active script: – → sieve-manager" in browser.words()


def test_putting_back_restores_every_octet_and_the_activation() -> None:
    world = World()
    world.give(OTHER, "mine")
    browser = world.browser()
    browser.save()
    assert world.scripts() != {"mine": OTHER}
    browser.get("/history/1/undo")
    assert "Put back what was there before?" in browser.words()
    answer = browser.post("/history/1/undo")
    assert answer.status_code == 303
    assert world.scripts() == {"mine": OTHER}
    browser.get(answer.headers["Location"])
    assert "Saved." in browser.words()
    browser.get("/history")
    assert "State before change 1 put back" in browser.words()


def test_putting_back_over_somebody_elses_change_shows_it_first() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    world.give(world.scripts()["sieve-manager"] + b"keep;\r\n", name="sieve-manager")
    page = browser.get("/history/1/undo")
    assert page.status_code == 409
    assert "Changed meanwhile" in browser.words()
    answer = browser.post("/history/1/undo", force="yes")
    assert answer.status_code == 303
    assert world.scripts() == {}


def test_a_change_while_the_question_was_open_asks_again() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    browser.get("/history/1/undo")
    world.give(world.scripts()["sieve-manager"] + b"keep;\r\n", name="sieve-manager")
    before = world.scripts()
    answer = browser.post("/history/1/undo")
    assert answer.status_code == 409
    assert world.scripts() == before


def test_a_version_that_is_not_there_is_explained() -> None:
    browser = World().browser()
    for path in ("/history/7", "/history/7/undo"):
        assert browser.get(path).status_code == 404
        assert "There is no such change" in browser.words()


def test_it_says_where_the_changes_are_that_are_not_kept() -> None:
    browser = World().browser()
    for number in range(11):
        browser.get("/history")
        assert "Earlier changes are not kept here" not in browser.words()
        browser.save(to=f"to{number}@example.net")
    browser.get("/history")
    assert "Earlier changes are not kept here, but in the audit log." in browser.words()
