"""The demo's page is there only in the demo, sends a message, and shows where it is."""

from dataclasses import dataclass, field
from typing import cast

from sieve_manager.demo.accounts import ACCOUNTS, ANNA
from sieve_manager.demo.addresses import ADDRESSES, PAUSED, TEAM
from sieve_manager.demo.world import DemoWorld, Folder, Message, Place
from sieve_manager.errors import InvalidInputError, RefusedError
from tests.web.world import World


@dataclass
class PretendWorld:
    """Remembers what was sent and shows it in Anna's inbox and outside."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    accounts = ACCOUNTS
    addresses = ADDRESSES

    def send(self, recipient: str, subject: str) -> None:
        if recipient.endswith("@example.net"):
            raise InvalidInputError(
                "Choose an address of the demo.", where="recipient", code="recipient"
            )
        if recipient == PAUSED.address:
            raise RefusedError("Not taken", server_text="550 5.2.1 <b>Not in use</b>")
        self.sent.append((recipient, subject))

    def mailboxes(self) -> tuple[Place, ...]:
        messages = tuple(
            Message(recipient=ANNA.address, subject=subject, to=to) for to, subject in self.sent
        )
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
    page = browser.get(answer.headers["Location"])
    assert f"A test message to {ANNA.address} was sent." in browser.words()
    assert "INBOX – 1 message" in browser.words()
    assert "<b>Hello</b>" not in page.text
    assert "books@example.org" in browser.get("/demo/places").text


def test_a_message_is_shown_with_the_address_that_it_was_written_to() -> None:
    browser = World(demo_world=cast(DemoWorld, PretendWorld())).browser(None)
    browser.get("/demo")
    assert TEAM.about in browser.words()
    browser.post("/demo/send", to=TEAM.address, subject="Hello")
    browser.get("/demo")
    browser.post("/demo/send", to=ANNA.address, subject="Anna alone")
    browser.get("/demo")
    assert f"Anna alone Hello written to {TEAM.address}" in browser.words()


def test_what_a_refused_sender_is_told_is_shown() -> None:
    browser = World(demo_world=cast(DemoWorld, PretendWorld())).browser(None)
    browser.get("/demo")
    answer = browser.post("/demo/send", to=PAUSED.address, subject="Hello")
    assert answer.status_code == 422
    assert "550 5.2.1 <b>Not in use</b>" in browser.words()
    assert "<b>Not in use</b>" not in answer.text
    assert "was sent" not in browser.words()


def test_an_address_elsewhere_is_refused_at_its_field() -> None:
    browser = World(demo_world=cast(DemoWorld, PretendWorld())).browser(None)
    browser.get("/demo")
    answer = browser.post("/demo/send", to="somebody@example.net", subject="Hello")
    assert answer.status_code == 422
    assert "Choose an address of the demo." in browser.words()
    assert 'value="somebody@example.net"' in answer.text
    assert 'aria-describedby="recipient-hint recipient-error-1" aria-invalid' in answer.text


def test_a_message_needs_a_token() -> None:
    pretend = PretendWorld()
    browser = World(demo_world=cast(DemoWorld, pretend)).browser(None)
    assert browser.client.post("/demo/send", data={"to": ANNA.address}).status_code == 401
    assert pretend.sent == []
