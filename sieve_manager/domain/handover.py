"""The handover of a leaver's mail: who gets it, what senders are told, and for how long."""

import re
from dataclasses import dataclass

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.errors import InvalidInputError

DEFAULT_INTERVAL_DAYS = 7
_LONGEST_INTERVAL_DAYS = 30  # what servers take differs; beyond, some never answer again
_MAX_SUBJECT = 200
_MAX_TEXT = 10_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
# A text has line breaks, and a tab may stand in a signature.
_CONTROL_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The automatic reply (RFC 5230): plain text whose line ends are LF.

    Empty *subject*: the server makes one. *interval_days*: how long the same sender waits for
    the next one. *addresses*: all that the mailbox receives, since mail to any other is not
    answered.
    """

    text: str
    subject: str = ""
    interval_days: int = DEFAULT_INTERVAL_DAYS
    addresses: tuple[EmailAddress, ...] = ()

    def __post_init__(self) -> None:
        """Bring line ends into one form; refuse what no reply can be.

        Raises:
            InvalidInputError: no text, too long, control characters, or a wrong interval.
        """
        text = self.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "addresses", tuple(dict.fromkeys(self.addresses)))
        if not text.strip():
            raise InvalidInputError(
                "Write what senders are told.", where="reply_text", code="reply-missing"
            )
        if len(text) > _MAX_TEXT or _CONTROL_IN_TEXT.search(text):
            raise InvalidInputError(
                "The automatic reply has at most {limit} characters, and no control characters.",
                where="reply_text",
                code="reply-text",
                limit=str(_MAX_TEXT),
            )
        if len(self.subject) > _MAX_SUBJECT or _CONTROL.search(self.subject):
            raise InvalidInputError(
                "The subject is one line of at most {limit} characters.",
                where="reply_subject",
                code="reply-subject",
                limit=str(_MAX_SUBJECT),
            )
        if not 1 <= self.interval_days <= _LONGEST_INTERVAL_DAYS:
            raise InvalidInputError(
                "The same sender is told again after 1 to {limit} days.",
                where="reply_interval",
                code="reply-interval",
                limit=str(_LONGEST_INTERVAL_DAYS),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a case makes of a mailbox while it lasts: *forward* (its period is the case's), and
    *reply*. The owner's own rules rest meanwhile. *case* is the case's number, from 1.
    """

    case: int
    forward: Forward
    reply: Reply | None = None
