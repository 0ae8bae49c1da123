"""What the demo's pages show: who is there, a way to send a test message, and where it ended.

For whoever builds the pages: the application is made with a :class:`DemoWorld` in the demo
and without one otherwise. ``world.accounts`` are the people to sign in as (login, password,
what is special about each), ``world.addresses`` those without a mailbox. ``world.send(recipient,
subject)`` sends from the outside to any address of the demo, by SMTP; it returns when Postfix
has delivered the message and all that became of it. ``world.mailboxes()`` reads, over IMAP and
anew each time (some 0.2 s), every mailbox with its folders and their messages;
``world.outside()`` is what left for addresses beyond the demo. All of it may be called from any
thread.
"""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from imapclient import IMAPClient

from sieve_manager.demo.postfix import PostfixServer
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError, RefusedError, UnreachableError

SENDER = "visitor@example.net"
DOMAIN = "example.com"
_DELIVERY_SECONDS = 5
_FIELDS = "HEADER.FIELDS (SUBJECT TO)"


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
class RelayAddress:
    """An address without a mailbox; *about* says in English what is special about it."""

    address: str
    to: tuple[str, ...]
    about: str
    alias: bool = False
    paused: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message where it ended, for *recipient*, and *to* whom its sender wrote it.

    *seen* is "marked as read".
    """

    recipient: str
    subject: str
    to: str = ""
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


class DemoWorld:
    """The accounts, and the *addresses* without one, of what is behind *postfix*."""

    def __init__(
        self,
        *,
        accounts: Sequence[Account],
        addresses: Sequence[RelayAddress],
        postfix: PostfixServer,
    ) -> None:
        self.accounts = tuple(accounts)
        self.addresses = tuple(addresses)
        self._postfix = postfix
        self._endpoints = postfix.endpoints
        self._tls = ssl.create_default_context(cafile=postfix.endpoints.ca_file)

    def send(self, recipient: str, subject: str) -> None:
        """Send a message from SENDER to any address of the demo, whether or not it exists.

        Raises:
            InvalidInputError: *recipient* is no address of the demo's domain.
            RefusedError: Postfix did not take the message; holds its words.
        """
        address = EmailAddress.parse(recipient, where="recipient")
        if address.domain != DOMAIN:
            raise InvalidInputError(
                "Choose an address of the demo.", where="recipient", code="recipient"
            )
        refused = self._postfix.send(str(address), sender=SENDER, subject=_one_line(subject))
        for reply in refused.values():
            raise RefusedError(
                "The mail server did not take the message", server_text=f"{reply.code} {reply.text}"
            )
        # What takes longer is seen when it arrives.
        with suppress(UnreachableError):
            self._postfix.wait_until_empty(seconds=_DELIVERY_SECONDS)

    def mailboxes(self) -> tuple[Place, ...]:
        """Every account's folders with their messages, read now."""
        return tuple(Place(account=one, folders=self._folders(one)) for one in self.accounts)

    def outside(self) -> tuple[Message, ...]:
        """What left for addresses that are not of the demo, oldest first."""
        return tuple(
            Message(recipient=recipient, subject=message.subject, to=_field(message.content, "To"))
            for message in self._postfix.sink.messages
            for recipient in message.recipients
        )

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
    found = client.fetch(client.search(), [f"BODY.PEEK[{_FIELDS}]", "FLAGS"])
    return tuple(_message(account, data) for _, data in sorted(found.items()))


def _message(account: Account, data: Mapping[bytes, Any]) -> Message:
    header = message_from_bytes(data[f"BODY[{_FIELDS}]".encode()], policy=default)
    return Message(
        recipient=account.address,
        subject=_field(header, "Subject"),
        to=_field(header, "To"),
        seen=rb"\Seen" in data[b"FLAGS"],
    )


def _field(message: EmailMessage, name: str) -> str:
    return str(message[name] or "")


def _one_line(subject: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in subject).split())
