"""Many redirect addresses from a file: every line is looked at, and then the good ones are made."""

import re

from werkzeug.test import TestResponse

from tests.web.address_world import CONTACT, OUT, kept, made, new_world
from tests.web.world import ADA, ANNA, BRUNO, OTTO, Browser

LINES = (
    "address;to;last_day;ticket;note\r\n"
    f"{CONTACT};{BRUNO} {OUT};31.3.2027;T-1;<b>fair</b>\r\n"
    f"sales@example.com;nobody;;;\r\n"
    f"*@example.com;{OUT};;;\r\n"
)


def check(browser: Browser, lines: str = LINES) -> TestResponse:
    browser.get("/addresses/import")
    return browser.post("/addresses/import", text=lines)


def make(browser: Browser) -> TestResponse:
    """Press the button below what was looked at."""
    hidden = browser.hidden()
    sent = {name: hidden[name] for name in ("text", "checksum")}
    return browser.post("/addresses/import/make", **sent)


def test_every_line_is_looked_at_first_and_then_the_good_ones_are_made() -> None:
    world = new_world()
    browser = world.browser(ADA)
    assert check(browser).status_code == 200
    words = browser.words()
    assert (
        "line 3, column 2 (to): “nobody” is not a complete mail address, such as name@example.com."
    ) in words
    assert "2 lines can be carried out. Nothing is written yet." in words
    assert f"line 2, new: Mail for {CONTACT} goes to {BRUNO} and {OUT}" in words
    assert "mostly spam" in words
    assert browser.page is not None
    assert "<b>fair</b>" not in browser.page.text
    assert kept(world) is None
    assert make(browser).status_code == 200
    words = browser.words()
    assert "Saved. 2 addresses were made or changed" in words
    assert "line 3, column 2 (to): “nobody”" in words
    assert kept(world, "*@example.com") is not None
    browser.get(f"/addresses/show?address={CONTACT}")
    words = browser.words()
    assert "Ticket T-1." in words
    assert "by you" in words
    told = [one.entry for one in world.audit.entries()]
    made_now = [str(one.mailbox) for one in told if one.action == "address.set"]
    assert made_now == ["*@example.com", CONTACT]


def test_a_file_is_taken_as_a_spreadsheet_saves_it() -> None:
    browser = new_world().browser(ADA)
    browser.get("/addresses/import")
    browser.send_file("/addresses/import", b"\xef\xbb\xbf" + LINES.encode())
    assert "2 lines can be carried out." in browser.words()


def test_an_export_that_is_imported_changes_nothing() -> None:
    world = new_world()
    browser = made(world, note="=1+1")
    made(world, kind="alias", address="other@example.com", to=BRUNO, owner="")
    answer = browser.get("/addresses.csv")
    assert answer.mimetype == "text/csv"
    assert "'=1+1" in answer.text
    browser.get("/addresses/import")
    browser.send_file("/addresses/import", answer.data)
    words = browser.words()
    assert "2 lines say what is there already." in words
    assert "No line would change anything." in words


def test_an_export_has_what_the_list_shows() -> None:
    world = new_world()
    browser = made(world)
    made(world, kind="alias", address="other@example.com", to=BRUNO, owner="", note="")
    assert CONTACT not in browser.get("/addresses.csv?kind=alias").text
    assert "other@" not in browser.get("/addresses.csv?q=fair").text
    page = browser.get("/addresses?kind=alias&q=fair").text
    assert 'href="/addresses.csv?q=fair&amp;kind=alias"' in page


def test_an_owner_exports_the_own_addresses_and_imports_none() -> None:
    world = new_world()
    made(world)
    made(world, address="other@example.com", owner="")
    anna = world.browser(ANNA)
    text = anna.get("/addresses.csv").text
    assert CONTACT in text
    assert "other@" not in text
    assert anna.get("/addresses/import").status_code == 403


def test_a_change_says_what_is_different() -> None:
    world = new_world()
    browser = made(world)
    check(browser, f"address,to\n{CONTACT},{BRUNO}\n")
    words = browser.words()
    assert f"line 2, changed: Mail for {CONTACT} goes to {BRUNO}" in words
    assert f"Where it leads: {BRUNO} (before: {BRUNO} and {OUT})" in words


def test_what_is_not_what_was_seen_is_shown_again_and_not_saved() -> None:
    world = new_world()
    browser = world.browser(ADA)
    check(browser, f"address,to\n{CONTACT},{BRUNO}\n")
    seen = browser.page
    made(world, to=OUT)
    browser.page = seen
    assert make(browser).status_code == 409
    words = browser.words()
    assert "nothing was saved" in words
    assert f"(before: {OUT})" in words
    now = kept(world)
    assert now is not None
    assert [str(one) for one in now.forward.destinations] == [OUT]


def test_a_line_may_lead_to_an_address_of_a_later_line() -> None:
    world = new_world()
    browser = world.browser(ADA)
    lines = (
        "address,to,kind",
        f"{CONTACT},sales+fair@example.com,",
        "sales@example.com,deep@example.com,",
        f"deep@example.com,{BRUNO},alias",
        "lost@example.com,nobody@example.com,",
        "near@example.com,lost@example.com,",
    )
    check(browser, "\n".join(lines))
    words = browser.words()
    assert "3 lines can be carried out." in words
    assert words.index("line 2, new") < words.index("line 3, new") < words.index("line 4, new")
    for line in ("line 5", "line 6"):
        assert f"{line}, column 1 (address): Mail would be stored nowhere" in words
    make(browser)
    assert "3 addresses were made or changed" in browser.words()
    assert kept(world) is not None
    history = world.audit.entries()
    made_now = [str(one.entry.mailbox) for one in history if one.entry.action == "address.set"]
    assert made_now == [CONTACT, "sales@example.com", "deep@example.com"]


def test_lines_that_lead_to_each_other_are_refused() -> None:
    world = new_world()
    browser = world.browser(ADA)
    lines = f"address,to\n{CONTACT},sales@example.com\nsales@example.com,{CONTACT} {BRUNO}\n"
    check(browser, lines)
    words = browser.words()
    assert "1 line can be carried out." in words
    assert "line 2, column 1 (address): " in words
    make(browser)
    assert (kept(world) is None, kept(world, "sales@example.com") is None) == (True, False)


def test_a_note_of_two_lines_is_one_and_does_not_look_like_a_change_meanwhile() -> None:
    world = new_world()
    browser = world.browser(ADA)
    check(browser, f'address,to,note\n{CONTACT},{BRUNO},"one\ntwo"\n')
    assert make(browser).status_code == 200
    now = kept(world)
    assert now is not None
    assert now.forward.note == "one two"


def test_files_that_cannot_be_used_are_told() -> None:
    browser = new_world().browser(ADA)
    assert check(browser, "").status_code == 422
    assert "Choose a file, or paste its lines." in browser.words()
    assert check(browser, "who,to\nx,y\n").status_code == 422
    assert "line 1, column 1: “who” is no column here" in browser.words()
    browser.get("/addresses/import")
    assert browser.send_file("/addresses/import", b"address,to\n\xff,x\n").status_code == 422
    assert "This is not UTF-8." in browser.words()
    many = "address,to\n" + f"{CONTACT},{BRUNO}\n" * 1000
    for ends in ("\n", "\r\n", "\r"):
        assert check(browser, many.replace("\n", ends)).status_code == 422
        assert "at most 1000 lines" in browser.words()


def test_an_operator_imports_in_the_domains_they_look_after() -> None:
    world = new_world(addresses={"domains": ["example.com", "example.org"], "operators": True})
    browser = world.browser(OTTO)
    check(browser, f"address,to\n{CONTACT},{BRUNO}\nx@example.org,{BRUNO}\n")
    words = browser.words()
    assert "line 2, new" in words
    assert "line 3, column 1 (address): example.org is not one of the domains" in words


def test_what_fails_is_done_by_sending_the_file_again() -> None:
    world = new_world()
    browser = world.browser(ADA)
    check(browser, LINES)
    page = browser.page
    world.relay.broken = 1
    assert make(browser).status_code == 503
    assert kept(world) is None
    browser.page = page
    assert make(browser).status_code == 200
    assert kept(world) is not None


def test_the_example_on_the_page_can_be_carried_out() -> None:
    browser = new_world().browser(ADA)
    found = re.search(r"<pre[^>]*>(.*?)</pre>", browser.get("/addresses/import").text, re.DOTALL)
    assert found
    assert check(browser, found[1]).status_code == 200
    assert "2 lines can be carried out." in browser.words()
