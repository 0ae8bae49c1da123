"""The only place that turns text into Sieve strings, so that text stays data."""

from collections.abc import Sequence

from sieve_manager.errors import InvalidInputError


def quote(text: str) -> str:
    """Return *text* as a quoted string (RFC 5228 §2.4.2).

    Only the backslash and the quotation mark are escaped; a line break stands as it is.

    Raises:
        InvalidInputError: *text* holds NUL, or a surrogate, which UTF-8 cannot carry.
    """
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInputError("This text holds a character that Sieve cannot carry.", code="nul")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quote_list(texts: Sequence[str]) -> str:
    """Return *texts* as a string list in brackets (RFC 5228 §2.4.2.1), without spaces.

    Raises:
        InvalidInputError: as :func:`quote`.
    """
    return "[" + ",".join(quote(text) for text in texts) + "]"


def expands(text: str) -> bool:
    """Whether ``variables`` (RFC 5229 §3) or ``encoded-character`` could change *text*."""
    return "${" in text
