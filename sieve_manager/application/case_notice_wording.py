"""The form of a notice's text: what is said once, and what of each case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Blanks as ``{leaver}``; a line with a blank that nothing fills is left out.

    *item* is said of each case or change that the mail is about, *subject_of_many* where they
    are several.
    """

    subject: str
    subject_of_many: str
    intro: str
    item: str
    outro: str
