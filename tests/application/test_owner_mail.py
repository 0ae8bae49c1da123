"""Mail to owners goes into the inbox, and by SMTP only where that cannot be done."""

from datetime import UTC, datetime

from sieve_manager.adapters.memory import MemoryInbox, MemoryMailer, Notice
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.letter import letter
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Inbox
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import TemporaryError, UnreachableError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNER = EmailAddress("anna", "example.com")
ACCESS = Access(login=Login("anna"), actor=Actor(name="anna", channel=Channel.WEB))
NOTICE = Notice(to=OWNER, subject="About", text="Text", identity="one")


class Refusing:
    """An inbox that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def leave(self, access: Access, message: bytes) -> None:
        raise self.error


def sent_with(inbox: Inbox | None) -> list[Notice]:
    mailer = MemoryMailer()
    mail = OwnerMail(mailer=mailer, inbox=inbox, sender=OWNER, clock=lambda: NOW)
    mail.send(ACCESS, to=OWNER, subject="About", text="Text", identity="one")
    return mailer.sent


def test_notice_goes_into_the_inbox_and_nowhere_else() -> None:
    inbox = MemoryInbox()
    assert sent_with(inbox) == []
    message = letter(OWNER, OWNER, subject="About", text="Text", identity="one", at=NOW)
    assert inbox.left == {Login("anna"): [message.as_bytes()]}


def test_without_an_inbox_it_is_sent() -> None:
    assert sent_with(None) == [NOTICE]


def test_what_the_inbox_does_not_take_is_sent() -> None:
    for error in (UnreachableError("away"), TemporaryError("over quota")):
        assert sent_with(Refusing(error)) == [NOTICE]
