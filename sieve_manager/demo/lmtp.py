"""Hand a message to a server's local delivery, as a mail transfer agent would (RFC 2033)."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from sieve_manager.demo.processes import LOOPBACK

_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The server's answer for one recipient: 250 delivered, 4xx try later, 5xx refused."""

    code: int
    text: str


def sample_message(
    *,
    to: str,
    sender: str = "sender@example.net",
    subject: str = "A test message",
    text: str = "Good day.\n",
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """Return a message with a Message-ID of its own; *headers* are added to it."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="example.net")
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    return message


def deliver(
    message: EmailMessage | bytes, *, recipient: str, port: int, sender: str = "sender@example.net"
) -> Reply:
    """Deliver *message* to *recipient* through the LMTP server on the loopback *port*.

    *sender* and *recipient* are the envelope; an empty sender makes a bounce.
    """
    octets = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
    with smtplib.LMTP(LOOPBACK, port, local_hostname="localhost", timeout=_SECONDS) as client:
        client.ehlo()
        code, text = client.mail(sender)
        if code == 250:
            code, text = client.rcpt(recipient)
        if code == 250:
            code, text = client.data(octets)
    return Reply(code=code, text=text.decode(errors="replace"))
