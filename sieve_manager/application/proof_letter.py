"""The test message, and what mail servers report about it; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime

from sieve_manager.domain.addresses import EmailAddress

MARK = "X-Sieve-Manager-Test"
"""The header field that holds the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a mail server says of one recipient (RFC 3464 §2.3).

    *action* is ``delivered``, ``relayed``, ``expanded``, ``delayed`` or ``failed``.
    """

    recipient: str
    action: str
    text: str


def proof_letter(
    sender: EmailAddress, to: EmailAddress, *, mark: str, subject: str, text: str, at: datetime
) -> EmailMessage:
    """A message that follows every forward, and that nothing answers."""
    message = EmailMessage(policy=SMTP)
    message["From"] = str(sender)
    message["To"] = str(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mark}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no vacation answers it
    message[MARK] = mark
    message.set_content(text, charset="utf-8")
    return message


def is_proof(octets: bytes, mark: str) -> bool:
    """Whether these are the test message itself, and no report about it."""
    return str(message_from_bytes(octets).get(MARK, "")).strip() == mark


def deliveries(octets: bytes) -> Iterator[Delivery]:
    """What a report (RFC 6522, RFC 3464) says of each recipient; nothing for other messages."""
    for part in message_from_bytes(octets).walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for fields in part.get_payload():
            if isinstance(fields, Message) and (recipient := _recipient(fields)):
                yield Delivery(
                    recipient=recipient,
                    action=str(fields.get("Action", "")).strip().lower(),
                    text=" ".join(str(fields.get("Diagnostic-Code", "")).split()),
                )


def _recipient(fields: Message) -> str:
    said = str(fields.get("Final-Recipient", ""))
    return said.rpartition(";")[2].strip().lower()
