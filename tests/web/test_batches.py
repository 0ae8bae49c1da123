"""The pages of batches: from a file to a rehearsal, its start, its result, and back."""

import csv
from io import StringIO

import pytest

from tests.web.world import ADA, ANNA, BRUNO, MASTER, OTTO, STAFF, Browser, World

FILE = f"leaver,to,last_day,ticket\n{ANNA},{BRUNO},2027-03-31,T-1\nno one,{BRUNO},,\n".encode()


@pytest.fixture
def world() -> World:
    return World(master=MASTER, staff=STAFF)


def rehearse(world: World, browser: Browser, octets: bytes = FILE) -> str:
    """Send the file and let it be rehearsed; the address of its page, which is open then."""
    browser.get("/batches")
    answer = browser.send_file("/batches", octets)
    assert answer.status_code == 303, browser.words()
    world.work()
    where = answer.headers["Location"]
    browser.get(where)
    return where


def press(world: World, browser: Browser, where: str, step: str, **fields: str) -> str:
    """Press a button of the page, and let workers do what it leads to."""
    answer = browser.post(f"{where}/{step}", **fields)
    assert answer.status_code == 303, browser.words()
    world.work()
    browser.get(answer.headers["Location"])
    return answer.headers["Location"]


def test_from_the_file_to_the_cases_and_back(world: World) -> None:
    otto = world.browser(OTTO)
    where = rehearse(world, otto)
    words = otto.words()
    assert "1 mailbox would be changed. Nothing is written yet." in words
    assert "line 3: column 1 (leaver): “no one” is neither a user name nor an address." in words
    assert world.scripts(ANNA) == {}
    press(world, otto, where, "start", checksum=otto.hidden()["checksum"])
    assert "1 mailbox was changed; the mail server was read back." in otto.words()
    assert BRUNO.encode() in world.scripts(ANNA)["sieve-manager"]
    back = press(world, otto, where, "undo")
    assert "Taking back batch 1" in otto.words()
    press(world, otto, back, "start", checksum=otto.hidden()["checksum"])
    assert world.scripts(ANNA) == {}


def test_lines_are_told_in_the_language_of_who_looks(world: World) -> None:
    otto = world.browser(OTTO)
    otto.get("/language/de?next=/")
    file = FILE + b"bruno@example.com,not an address\n"
    rehearse(world, otto, file)
    words = otto.words()
    assert f"{ANNA} → {BRUNO}, bis Mi., 31. März 2027" in words
    assert "Zeile 3: Spalte 1 (leaver): „no one“ ist weder ein Benutzername noch" in words
    assert "Spalte 2 (to): „not“ ist keine vollständige Mailadresse" in words


def test_a_file_that_cannot_be_used_says_why_and_makes_nothing(world: World) -> None:
    otto = world.browser(OTTO)
    otto.get("/batches")
    for octets, why in ((b"", "must name the columns"), (b"leaver,to\nx y,z\n", "line 2")):
        answer = otto.send_file("/batches", octets)
        assert answer.status_code == 422
        assert why in otto.words()
        assert 'aria-invalid="true"' in answer.text
    assert world.ledger.jobs() == ()


def test_a_file_may_be_larger_than_other_forms(world: World) -> None:
    otto = world.browser(OTTO)
    where = rehearse(world, otto, FILE + b"," * 400_000)
    assert where == "/batches/1"


def test_what_was_only_rehearsed_is_not_said_to_be_done(world: World) -> None:
    otto = world.browser(OTTO)
    where = rehearse(world, otto)
    press(world, otto, where, "cancel")
    words = otto.words()
    assert "What would be done" in words
    assert "What was done" not in words
    assert "Take all of it back" not in words


def test_each_line_that_is_refused_says_which_one_it_is(world: World) -> None:
    otto = world.browser(OTTO)
    rehearse(world, otto, f'leaver,to,reason\n{BRUNO},{ANNA},"a\nb"\n{ANNA},{ANNA},\n'.encode())
    assert f"{ANNA} (line 4, refused): {ANNA} is an address" in otto.words()


def test_only_what_was_seen_is_started(world: World) -> None:
    otto = world.browser(OTTO)
    where = rehearse(world, otto)
    press(world, otto, where, "start", checksum="0" * 64)
    assert world.scripts(ANNA) == {}


def test_another_operator_sees_no_batch_of_a_colleague(world: World) -> None:
    ada = world.browser(ADA)
    where = rehearse(world, ada)
    otto = world.browser(OTTO)
    assert otto.get(where).status_code == 403
    assert ANNA not in otto.words()
    assert "Batch 1" not in otto.get("/batches").text


def test_a_large_batch_is_started_by_somebody_else() -> None:
    world = World(
        master=MASTER,
        staff={**STAFF, "operators": [OTTO, BRUNO]},
        cases={"batch_threshold": 1},
    )
    otto, bruno = world.browser(OTTO), world.browser(BRUNO)
    where = rehearse(world, otto, f"leaver,to\n{ANNA},{OTTO}\n{BRUNO},{OTTO}\n".encode())
    assert "2 mailboxes would be changed" in otto.words()
    assert "started by somebody else" in otto.words()
    assert otto.page is not None
    assert f'action="{where}/start"' not in otto.page.text
    checksum = world.ledger.job(1).checksum
    assert otto.post(f"{where}/start", checksum=checksum).status_code == 403
    assert world.scripts(ANNA) == {}
    bruno.get(where)
    assert press(world, bruno, where, "start", checksum=checksum) == "/batches"
    assert bruno.page is not None
    assert bruno.page.status_code == 200
    (entry,) = [one.entry for one in world.audit.entries() if one.entry.action == "batch.start"]
    assert (entry.actor.name, entry.detail) == (BRUNO, f"Batch 1, made by {OTTO}.")
    assert OTTO.encode() in world.scripts(ANNA)["sieve-manager"]


def test_a_large_batch_is_not_for_who_may_not_act_for_all_of_its_mailboxes() -> None:
    staff = {**STAFF, "protected": [BRUNO]}
    world = World(master=MASTER, staff=staff, cases={"batch_threshold": 1})
    ada, otto = world.browser(ADA), world.browser(OTTO)
    where = rehearse(world, ada, f"leaver,to\n{ANNA},{OTTO}\n{BRUNO},{OTTO}\n".encode())
    assert "2 mailboxes would be changed" in ada.words()
    assert otto.get(where).status_code == 403
    assert "Batch 1" not in otto.get("/batches").text
    checksum = world.ledger.job(1).checksum
    assert otto.post(f"{where}/start", checksum=checksum).status_code == 403
    assert world.scripts(ANNA) == {}


def test_the_result_is_a_file_that_a_spreadsheet_opens_safely(world: World) -> None:
    otto = world.browser(OTTO)
    where = rehearse(world, otto, FILE + f"=cmd|' /C calc'!A1,{BRUNO},,\n".encode())
    text = otto.get(f"{where}/results.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(text)))
    assert [line["state"] for line in lines] == ["unusable", "unusable", "rehearsed"]
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.values()
    )


def test_a_batch_is_paused_resumed_and_cancelled(world: World) -> None:
    otto = world.browser(OTTO)
    otto.get("/batches")
    where = otto.send_file("/batches", FILE).headers["Location"]
    otto.get(where)
    assert otto.post(f"{where}/pause").status_code == 303
    assert "Paused" in otto.get(where).text
    otto.post(f"{where}/resume")
    assert "Being rehearsed" in otto.get(where).text
    assert otto.get(f"{where}/progress").headers.get("HX-Refresh") is None
    otto.get(where)
    otto.post(f"{where}/cancel")
    assert otto.get(f"{where}/progress").headers["HX-Refresh"] == "true"
    assert "Cancelled" in otto.get(where).text
    assert otto.post(f"{where}/explode").status_code == 404
    assert otto.get("/batches/99").status_code in (400, 404)
