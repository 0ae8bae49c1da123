"""The forward form: from what is typed to what the server holds, and back to the page."""

import pytest

from sieve_manager.adapters.memory import CAPABILITIES
from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.forward import CopyKind
from sieve_manager.errors import FolderError, UnreachableError
from sieve_manager.policy.policy import Policy
from tests.web.world import ANNA, BRUNO, World

TYPED = {
    "to": ["carla@example.net", "john@example.com"],
    "copy": "folder",
    "folder": "Archive/2027",
    "first_day": "2027-02-12",
    "last_day": "2027-03-01",
    "timezone": "Europe/Zurich",
    "note": "while I am away",
    "action": "review",
}
FOREIGN = b'# rule:[Keep]\r\nif header :is "a" "b"\r\n{\r\n\tkeep;\r\n}\r\n'


def test_the_whole_way_from_form_to_proof() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    browser.post("/forward", **TYPED)
    assert "Check before saving" in browser.words()
    assert not world.scripts(), "nothing is written before the save"
    browser.post("/forward/save", **TYPED)
    assert browser.page is not None
    assert browser.page.status_code == 303
    browser.get(browser.page.headers["Location"])
    words = browser.words()
    assert "Saved. The mail server has it (read back at 13:03)." in words
    assert "From Fri, 12 Feb 2027 until Mon, 1 Mar 2027 (Zurich time), every new message" in words
    assert "A copy goes into the folder Archive/2027." in words
    assert "while I am away" in words
    assert b"Archive/2027" in world.scripts()["sieve-manager"]


def test_the_proof_is_not_given_for_a_number_that_somebody_typed() -> None:
    browser = World().browser()
    browser.get("/?saved=1")
    assert "Saved" not in browser.words()


def test_the_proof_is_not_given_where_somebody_has_changed_it_since() -> None:
    world = World()
    browser = world.browser()
    browser.save()
    world.give(FOREIGN)
    browser.get("/?saved=1")
    assert "Saved" not in browser.words()
    assert "Changed elsewhere" in browser.words() or "does not run" in browser.words()


def test_saving_what_is_there_already_says_so() -> None:
    browser = World().browser()
    browser.save()
    answer = browser.save()
    assert answer.headers["Location"] == "/?saved=0"
    browser.get("/?saved=0")
    assert "Nothing had to be changed." in browser.words()


def test_a_review_without_a_difference_offers_no_save() -> None:
    browser = World().browser()
    browser.get("/forward")
    assert 'action="/forward/save"' in browser.post("/forward", **TYPED).text
    browser.save(**TYPED)
    browser.get("/forward")
    review = browser.post("/forward", **TYPED).text
    assert "The mail server has exactly this already." in browser.words()
    assert 'action="/forward/save"' not in review


def test_the_form_shows_what_runs() -> None:
    browser = World().browser()
    browser.save(**TYPED)
    page = browser.get("/forward").text
    assert 'value="john@example.com"' in page
    assert 'value="folder" checked' in page
    assert 'value="Archive/2027"' in page
    assert 'value="2027-03-01"' in page
    assert "checked" not in page.partition('id="hold_spam"')[2].partition(">")[0]


@pytest.mark.parametrize(
    ("fields", "anchor", "words"),
    [
        ({"to": ""}, "to-0", "Enter an address."),
        ({"to": ["carla@example.net", "nonsense"]}, "to-1", "not a complete mail address"),
        ({"to": ["carla@example.net", ANNA]}, "to-1", "is an address of this mailbox itself"),
        ({"copy": "folder", "folder": " "}, "folder", "Enter the name of a folder."),
        ({"copy": "everything"}, "copy-inbox", "The copy is one of"),
        ({"first_day": "tomorrow"}, "first_day", "“tomorrow” is not a day"),
        ({"first_day": "2027-03-02"}, "last_day", "The last day is before the first day."),
        ({"first_day": "", "last_day": "2027-01-31"}, "last_day", "The last day is in the past."),
        ({"timezone": "Mars/Base"}, "timezone", "is not a time zone"),
        ({"note": "x" * 501}, "note", "A note has at most 500 characters."),
    ],
)
def test_an_error_stands_at_the_top_and_at_its_field_and_keeps_what_was_typed(
    fields: dict[str, object], anchor: str, words: str
) -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    page = browser.post("/forward", **{**TYPED, **fields})
    assert page.status_code == 422
    assert browser.words().startswith("This needs another look")
    assert f'href="#{anchor}"' in page.text
    assert f'id="{anchor}-error-1"' in page.text
    assert words in browser.words()
    assert 'value="while I am away"' in page.text or "note" in fields
    assert not world.scripts()


def test_all_errors_are_said_at_once() -> None:
    browser = World().browser()
    browser.get("/forward")
    browser.post("/forward", **{**TYPED, "to": "nonsense", "folder": "", "last_day": "soon"})
    for words in ("not a complete mail address", "name of a folder", "“soon” is not a day"):
        assert words in browser.words()


def test_a_list_in_one_field_becomes_several_addresses() -> None:
    world = World()
    world.browser().save(to="Carla <carla@example.net>; john@example.com")
    script = world.scripts()["sieve-manager"]
    assert b'"carla@example.net"' in script
    assert b'"john@example.com"' in script


def test_rows_are_added_and_removed_without_javascript() -> None:
    browser = World().browser()
    browser.get("/forward")
    added = browser.post("/forward", **{**TYPED, "action": "add"}).text
    assert added.count('name="to"') == 3
    removed = browser.post("/forward", **{**TYPED, "action": "remove-0"}).text
    assert removed.count('name="to"') == 1
    assert 'value="john@example.com"' in removed
    assert 'value="carla@example.net"' not in removed


def test_a_button_that_does_not_exist_is_an_error_page() -> None:
    browser = World().browser()
    browser.get("/forward")
    assert browser.post("/forward", **{**TYPED, "action": "explode"}).status_code == 400


def test_the_preview_says_what_would_happen_and_writes_nothing() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    page = browser.post("/forward/preview", **TYPED)
    assert "every new message is forwarded" in page.text
    assert "2 of 4 forwards for one message used" in page.text
    assert "redirect" in page.text, "the Sieve text is there, folded"
    assert not world.scripts()
    browser.get("/forward")
    assert "What would happen" in browser.post("/forward", **{**TYPED, "action": "preview"}).text


def test_an_incomplete_preview_says_what_is_missing() -> None:
    browser = World().browser()
    browser.get("/forward")
    assert "name of a folder" in browser.post("/forward/preview", **{**TYPED, "folder": ""}).text
    browser.get("/forward")
    assert "Fill in the form" in browser.post("/forward/preview", **{**TYPED, "to": ""}).text


def test_more_destinations_than_the_server_allows_are_refused_with_the_reason() -> None:
    world = World()
    browser = world.browser()
    many = [f"one{number}@example.com" for number in range(5)]
    page = browser.save(to=many)
    assert page.status_code == 422
    assert "this server allows 4" in browser.words()
    assert not world.scripts()


def test_a_choice_that_the_server_lacks_says_why() -> None:
    lacking = ServerCapabilities(
        sieve=CAPABILITIES.sieve - {"imap4flags"}, version="1.0", max_redirects=4
    )
    page = World(capabilities=lacking).browser().get("/forward").text
    assert "Not available: the mail server lacks imap4flags." in page
    assert "disabled" in page.partition('id="copy-read"')[2].partition(">")[0]


def test_a_choice_that_policy_forbids_says_so() -> None:
    policy = Policy(copy_choices=frozenset({CopyKind.INBOX}), default_timezone="UTC")
    page = World(policy=policy).browser().get("/forward").text
    assert page.count("Not allowed here.") == 4


def test_a_mailbox_without_trash_says_so_before_anybody_chooses_it() -> None:
    world = World()
    object.__setattr__(world.folders, "trash", None)
    page = world.browser().get("/forward").text
    assert "This mailbox has no folder for Trash." in page
    assert "disabled" in page.partition('id="copy-trash"')[2].partition(">")[0]


def test_changed_meanwhile_shows_the_difference_and_a_choice_with_the_values_kept() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    browser.post("/forward", **TYPED)
    world.give(FOREIGN)
    page = browser.post("/forward/save", **TYPED)
    assert page.status_code == 409
    words = browser.words()
    assert "Changed meanwhile" in words
    assert "# rule:[Keep]" in words, "what the other program changed"
    assert 'name="to" value="john@example.com"' in page.text
    assert world.scripts() == {"roundcube": FOREIGN}, "nothing was written"
    browser.post("/forward/save", **TYPED)
    assert browser.page is not None
    assert browser.page.status_code == 303, "the choice was made with both in sight"
    assert FOREIGN in world.scripts()["roundcube"]


def test_a_change_between_form_and_review_is_seen_at_the_review() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    world.give(FOREIGN)
    assert browser.post("/forward", **TYPED).status_code == 409


def test_a_form_of_another_mailbox_is_not_saved_to_this_one() -> None:
    world = World()
    browser = world.browser()
    browser.get("/forward")
    hidden = browser.hidden()
    page = browser.client.post(
        "/forward/save", data={**TYPED, **hidden, "mailbox": BRUNO, "loaded": hidden["loaded"]}
    )
    assert page.status_code == 409
    assert "belongs to another mailbox" in page.text
    assert not world.scripts()


def test_the_form_works_without_its_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()

    def down(_: object) -> None:
        raise UnreachableError("no IMAP")

    monkeypatch.setattr(type(world.folders), "listing", lambda _self, access: down(access))
    assert world.browser().get("/forward").status_code == 200


def test_hostile_text_stays_text_on_every_page() -> None:
    world = World()
    browser = world.browser()
    nasty = '"><script>alert(1)</script>'
    browser.get("/forward")
    page = browser.post("/forward", **{**TYPED, "to": nasty, "folder": nasty, "note": nasty})
    assert "<script>alert" not in page.text
    browser.save(copy="folder", folder=nasty, note=nasty)
    for path in ("/", "/forward", "/history", "/history/1", "/history/1/undo", "/change/pause"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path


def test_a_folder_that_the_server_refuses_is_said_at_its_field_with_all_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(imap={"host": "127.0.0.1"})
    browser = world.browser()
    browser.get("/forward")

    def refuse(*_: object) -> None:
        raise FolderError("no", folder="Archive/2027")

    monkeypatch.setattr(type(world.folders), "ensure", refuse)
    page = browser.post("/forward/save", **TYPED).text
    assert 'aria-invalid="true"' in page.partition('id="folder"')[2].partition(">")[0]
    assert 'value="john@example.com"' in page
    assert world.scripts() == {}


def test_a_form_of_one_mailbox_is_never_shown_filled_in_for_another() -> None:
    world = World()
    browser = world.browser(ANNA)
    form = {**TYPED, "mailbox": ANNA, "csrf_token": "of the earlier session"}
    browser.get("/help")
    other = world.browser(BRUNO)
    other.get("/help")
    page = other.client.post("/forward", data=form)
    assert "john@example.com" not in page.text
    assert "while I am away" not in page.text
