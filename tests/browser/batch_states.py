"""The pages of batches in every state that looks different."""

from typing import TYPE_CHECKING

from tests.web.world import ANNA, BRUNO, OTTO, PRESIDENT

if TYPE_CHECKING:
    from tests.browser.states import Visit

FILE = (
    f"leaver,to,last_day,ticket\n{ANNA},{BRUNO},2027-03-31,INC-4711\n"
    f"{BRUNO},{OTTO},,INC-4712\n{PRESIDENT},{ANNA},,\nno one at all,{BRUNO},,\n"
)


def batches(visit: "Visit") -> None:
    visit.search("anna")
    visit.open("/batches")


def batch_refused(visit: "Visit") -> None:
    batches(visit)
    _send(visit, "nonsense\n")


def batch_rehearsing(visit: "Visit") -> None:
    batches(visit)
    _send(visit, FILE)


def batch_ready(visit: "Visit") -> None:
    batch_rehearsing(visit)
    visit.world.work()
    visit.open("/batches/1")


def batch_done(visit: "Visit") -> None:
    batch_ready(visit)
    visit.press("Carry it out")
    visit.world.work()
    visit.open("/batches/1")


def _send(visit: "Visit", text: str) -> None:
    page = visit.page
    page.set_input_files(
        "#file", {"name": "cases.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    visit.press("Rehearse")


BATCH_STATES = (batches, batch_refused, batch_rehearsing, batch_ready, batch_done)
