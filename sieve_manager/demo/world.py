"""What the demo's pages show: who is there, a way to send a test message, and where it ended.

For whoever builds the pages: the application is made with a :class:`DemoWorld` in the demo
and without one otherwise. ``world.accounts`` are the people to sign in as (login, password,
what is special about each). ``world.send(recipient, subject, text)`` sends from the outside to
an address of the demo; it returns when the mail server has taken the message.
``world.mailboxes()`` reads, over IMAP and anew each time (some 0.2 s), every mailbox with its
folders and their messages; ``world.outside()`` is what left for addresses beyond the demo. A
forward to another mailbox of the demo arrives there a moment later, so ask again. All of it
may be called from any thread.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from threading import Event, Thread
from typing import Protocol

from imapclient import IMAPClient

from sieve_manager.demo.lmtp import deliver, sample_message
from sieve_manager.demo.mail_server import Endpoints
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError, RefusedError

SENDER = "visitor@example.net"
_RELAY_SECONDS = 0.05
_DELIVERED = 250
_SUBJECT = "HEADER.FIELDS (SUBJECT)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody of the demo; *about* says in English what is special about the mailbox.

    Staff, which acts for the others, has no mailbox worth showing. *manager* is a login.
    """

    login: str
    address: str
    password: str
    about: str
    role: Role = Role.OWNER
    name: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message where it ended; *arrived* is aware, None outside; *seen* is "marked as read"."""

    recipient: str
    subject: str
    arrived: datetime | None = None
    seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder with its messages, oldest first."""

    name: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A mailbox with all its folders, INBOX first."""

    account: Account
    folders: tuple[Folder, ...]


class Sunk(Protocol):
    """A message that left the mail server, with the addresses it was for."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The envelope's recipients."""
        ...

    @property
    def subject(self) -> str:
        """The subject, empty where there is none."""
        ...

    @property
    def octets(self) -> bytes:
        """The whole message."""
        ...

    @property
    def sender(self) -> str:
        """The envelope's sender, empty for a bounce."""
        ...


class Sink(Protocol):
    """Where the mail server hands everything that it forwards."""

    @property
    def messages(self) -> Sequence[Sunk]:
        """All so far, oldest first."""
        ...


class DemoWorld:
    """The accounts, the mail server at *endpoints*, and the *sink* behind it."""

    def __init__(self, *, accounts: Sequence[Account], endpoints: Endpoints, sink: Sink) -> None:
        self.accounts = tuple(accounts)
        self._endpoints = endpoints
        self._sink = sink
        self._tls = ssl.create_default_context(cafile=endpoints.ca_file)

    def send(self, recipient: str, subject: str, text: str = "") -> None:
        """Send a message from SENDER to one of the accounts' addresses.

        Raises:
            InvalidInputError: *recipient* is nobody of the demo.
            RefusedError: the mail server did not take the message; holds its words.
        """
        address = recipient.strip().lower()
        if not self._is_inside(address):
            raise InvalidInputError(
                "Choose an address of the demo.", where="recipient", code="recipient"
            )
        message = sample_message(to=address, sender=SENDER, subject=_one_line(subject), text=text)
        reply = deliver(message, recipient=address, port=self._endpoints.lmtp_port, sender=SENDER)
        if reply.code != _DELIVERED:
            raise RefusedError("The mail server did not take the message", server_text=reply.text)

    def mailboxes(self) -> tuple[Place, ...]:
        """Every account's folders with their messages, read now."""
        return tuple(Place(account=one, folders=self._folders(one)) for one in self.accounts)

    def outside(self) -> tuple[Message, ...]:
        """What left for addresses that are not of the demo, oldest first."""
        return tuple(
            Message(recipient=recipient, subject=message.subject)
            for message in self._sink.messages
            for recipient in message.recipients
            if not self._is_inside(recipient)
        )

    @contextmanager
    def relaying(self) -> Iterator[None]:
        """Carry what is forwarded to the demo's own addresses back to the mail server."""
        stopped = Event()
        thread = Thread(target=self._relay, args=(stopped,), name="demo-relay")
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def _relay(self, stopped: Event) -> None:
        done = 0
        while not stopped.wait(_RELAY_SECONDS):
            arrived = self._sink.messages[done:]
            done += len(arrived)
            for message in arrived:
                for recipient in filter(self._is_inside, message.recipients):
                    with suppress(OSError):  # the mail server is ending; smtplib's are OSErrors
                        deliver(
                            message.octets,
                            recipient=recipient,
                            port=self._endpoints.lmtp_port,
                            sender=message.sender,
                        )

    def _is_inside(self, address: str) -> bool:
        return address.lower() in {account.address for account in self.accounts}

    def _folders(self, account: Account) -> tuple[Folder, ...]:
        with IMAPClient(
            self._endpoints.host, self._endpoints.imap_port, ssl=False, timeout=10
        ) as client:
            client.starttls(self._tls)
            client.plain_login(account.login, account.password)
            names = sorted(
                name
                for flags, _, name in client.list_folders()
                if not _EMPTY_NODES & {flag.lower() for flag in flags}
            )
            names.sort(key=lambda name: name != "INBOX")
            return tuple(
                Folder(name=name, messages=_messages(client, name, account)) for name in names
            )


# Parents of folders that cannot hold mail themselves (RFC 3501 §7.2.2, RFC 5258 §3).
_EMPTY_NODES = {b"\\noselect", b"\\nonexistent"}


def _messages(client: IMAPClient, folder: str, account: Account) -> tuple[Message, ...]:
    client.select_folder(folder, readonly=True)
    client.normalise_times = False  # keep the server's zone instead of a naive local time
    found = client.fetch(client.search(), [f"BODY.PEEK[{_SUBJECT}]", "INTERNALDATE", "FLAGS"])
    return tuple(
        Message(
            recipient=account.address,
            subject=_subject(data[f"BODY[{_SUBJECT}]".encode()]),
            arrived=data[b"INTERNALDATE"],
            seen=rb"\Seen" in data[b"FLAGS"],
        )
        for _, data in sorted(found.items())
    )


def _subject(header: bytes) -> str:
    return str(message_from_bytes(header, policy=default)["Subject"] or "")


def _one_line(subject: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in subject).split())
