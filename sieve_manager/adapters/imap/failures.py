"""What the library and the servers say when IMAP fails, as our errors (RFC 3501, RFC 5530)."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from sieve_manager.errors import (
    AccountDisabledError,
    ProtocolBrokenError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
    TlsError,
    UnreachableError,
)

_CODES: dict[str, tuple[type[ServerError], str]] = {  # RFC 5530 §3
    "UNAVAILABLE": (TemporaryError, "The IMAP server asks to try again later"),
    "AUTHORIZATIONFAILED": (AccountDisabledError, "There is no such mailbox, or it is closed"),
    "EXPIRED": (AccountDisabledError, "This account is not allowed to sign in any more"),
    "PRIVACYREQUIRED": (TlsError, "The IMAP server wants TLS before anybody signs in"),
}
_CODE = re.compile(r"\[([A-Z]+)[^]]*\]\s*")


@contextmanager
def translated() -> Iterator[None]:
    """Nothing of the library, of sockets or of its parser leaves this block."""
    try:
        yield
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            # The library calls it a refused sign-in when the connection ends meanwhile.
            raise UnreachableError("The IMAP server ended the connection") from error
        raise _refused(words_of(error)) from error
    except IMAPClientAbortError as error:
        message = "The IMAP server ended the connection"
        raise UnreachableError(message, server_text=words_of(error)) from error
    except IMAPClientError as error:
        message = "The IMAP server refused"
        raise TemporaryError(message, server_text=words_of(error)) from error
    except ssl.SSLError as error:
        raise TlsError(f"No TLS with the IMAP server: {error.reason or error}") from error
    except OSError as error:
        raise UnreachableError("The IMAP server cannot be reached") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # What imaplib and the parser raise on an answer that is not IMAP.
        raise ProtocolBrokenError("The IMAP server sent what is not IMAP") from error


def _refused(text: str) -> ServerError:
    found = _CODE.match(text)
    kind, message = _CODES.get(
        found.group(1) if found else "",
        (SignInRefusedError, "The IMAP server refused the user name or the password"),
    )
    return kind(message, server_text=without_code(text))


def without_code(text: str) -> str:
    """What the server said, without the code before it (RFC 5530 §2)."""
    return _CODE.sub("", text, count=1)


def words_of(error: Exception) -> str:
    """What the server said, without what the library puts around it."""
    text = str(error.args[0] if error.args else error)
    found = re.search(r"b(['\"])(.*)\1", text, re.DOTALL)
    said = re.sub(r"^\w+ failed: ", "", found.group(2) if found else text)
    return re.sub(r" \([\d.]+ \+ [^)]*secs\)\.?$", "", said)[:500]  # Dovecot's stop-watch
