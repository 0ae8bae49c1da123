"""The demo's page is there only in the demo, sends a message, and shows where it is."""

from dataclasses import dataclass, field
from typing import cast

from sieve_manager.demo.accounts import ACCOUNTS, ANNA
from sieve_manager.demo.world import DemoWorld, Folder, Message, Place
from tests.web.world import World


@dataclass
class PretendWorld:
    """Remembers what was sent and shows it in Anna's inbox and outside."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    accounts = ACCOUNTS

    def send(self, recipient: str, subject: str, text: str = "") -> None:
        self.sent.append((recipient, subject))

    def mailboxes(self) -> tuple[Place, ...]:
        messages = tuple(Message(recipient=to, subject=subject) for to, subject in self.sent)
        folders = (Folder(name="INBOX", messages=messages), Folder(name="Trash", messages=()))
        return tuple(Place(account=one, folders=folders if one is ANNA else ()) for one in ACCOUNTS)

    def outside(self) -> tuple[Message, ...]:
        return tuple(
            Message(recipient="books@example.org", subject=subject) for _to, subject in self.sent
        )


def test_without_the_demo_there_is_no_such_page() -> None:
    browser = World().browser()
    assert browser.get("/demo").status_code == 404
    assert browser.get("/demo/places").status_code == 404
    assert "Demo" not in browser.get("/").text


def test_a_message_is_sent_and_shown() -> None:
    pretend = PretendWorld()
    browser = World(demo_world=cast(DemoWorld, pretend)).browser(None)
    browser.get("/demo")
    assert "has no filters yet" in browser.words()
    answer = browser.post("/demo/send", to=ANNA.address, subject="<b>Hello</b>")
    assert answer.headers["Location"] == f"/demo?sent={ANNA.address}"
    assert pretend.sent == [(ANNA.address, "<b>Hello</b>")]
    page = browser.get("/demo")
    assert "INBOX – 1 message" in browser.words()
    assert "<b>Hello</b>" not in page.text
    assert "books@example.org" in browser.get("/demo/places").text


def test_a_message_needs_a_token() -> None:
    pretend = PretendWorld()
    browser = World(demo_world=cast(DemoWorld, pretend)).browser(None)
    assert browser.client.post("/demo/send", data={"to": ANNA.address}).status_code == 401
    assert pretend.sent == []
