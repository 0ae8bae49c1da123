"""The demo's own page: send a test message, and see live where it ended up.

It is there only when the application was made with the demo's mailboxes; a real installation
has no such page, and no way to look into anybody's mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

pages = Blueprint("demo", __name__)

_MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account to sign in with; *about* says what is special about it."""

    login: str
    address: str
    password: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFolder:
    """A folder and the subjects of its messages, newest first; *unread* of them are new."""

    name: str
    subjects: tuple[str, ...]
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlace:
    """A mailbox with its folders, or an address outside with one."""

    name: str
    outside: bool
    folders: tuple[DemoFolder, ...]


class DemoMailboxes(Protocol):
    """What the demo can show and do."""

    def accounts(self) -> Sequence[DemoAccount]:
        """Who may sign in."""
        ...

    def send(self, to: str, subject: str) -> None:
        """Deliver a test message to an address of the demo."""
        ...

    def places(self) -> Sequence[DemoPlace]:
        """Where all messages are now."""
        ...


def mailboxes() -> DemoMailboxes:
    """The demo's mailboxes."""
    return cast(DemoMailboxes, current_app.extensions["demo"])


@pages.get("/demo")
def page() -> ResponseReturnValue:
    """Accounts, a form that sends a message, and all mailboxes."""
    return render_template(
        "demo.html",
        accounts=mailboxes().accounts(),
        places=mailboxes().places(),
        sent=request.args.get("sent", ""),
    )


@pages.get("/demo/places")
def places() -> ResponseReturnValue:
    """The mailboxes alone, for a page that is open."""
    return render_template("demo_places.html", places=mailboxes().places())


@pages.post("/demo/send")
def send() -> ResponseReturnValue:
    """Send a test message."""
    to = request.form.get("to", "")
    known = {account.address for account in mailboxes().accounts()}
    if to in known:
        subject = " ".join(request.form.get("subject", "").split())[:_MAX_SUBJECT]
        mailboxes().send(to, subject or "Test")
    return redirect(url_for("demo.page", sent=to if to in known else None), 303)
