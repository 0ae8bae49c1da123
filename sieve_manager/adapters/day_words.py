"""Days as people write them, in every language of the product."""

from datetime import date

from babel.core import UnknownLocaleError
from babel.dates import format_date


def day_words(day: date, language: str) -> str:
    """*day* in *language* (a code such as "de"), in English where that is not known."""
    try:
        return format_date(day, "long", locale=language)
    except (UnknownLocaleError, ValueError):
        return format_date(day, "long", locale="en")
