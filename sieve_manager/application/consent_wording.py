"""The form of a mail about consent: what it says, and its text with blanks as ``{receiver}``."""

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """What a mail says: a question or thanks to the receiver, the rest to the owner.

    STAYS: they do not want it, and still get it by a rule that is not ours to change.
    """

    QUESTION = "question"
    THANKS = "thanks"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STAYS = "stays"
    NOT_SET = "not-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Subject and text. A line with a blank that nothing fills is left out."""

    subject: str
    text: str
