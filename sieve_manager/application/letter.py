"""The message that a notice is: plain text, which nothing answers automatically."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from sieve_manager.domain.addresses import EmailAddress

_LONGEST_SUBJECT = 200


def letter(
    sender: EmailAddress,
    to: EmailAddress,
    *,
    subject: str,
    text: str,
    identity: str,
    at: datetime,
) -> EmailMessage:
    """The message; *identity* makes its Message-ID, or else chance does.

    Raises:
        ValueError: an address cannot stand in a header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = str(sender)
    message["To"] = str(to)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(at)
    domain = sender.domain
    message["Message-ID"] = f"<{identity}@{domain}>" if identity else make_msgid(domain=domain)
    message["List-Id"] = f"<notices.{domain}>"  # RFC 2919
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5: no vacation answers it
    message["Precedence"] = "bulk"  # the same to older programs
    # A notice about a forward must not follow it away: Pigeonhole takes a message that it has
    # redirected before for a loop and keeps it. (Cyrus does not; see owner_mail.py.)
    message["X-Sieve-Redirected-From"] = str(to)
    message.set_content(_encodable(text), charset="utf-8")
    return message


def _one_line(text: str) -> str:
    """Without line breaks and other control characters, so it stays one header."""
    shown = "".join(char if char.isprintable() else " " for char in _encodable(text))
    return " ".join(shown.split())[:_LONGEST_SUBJECT]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
