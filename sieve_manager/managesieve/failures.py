"""From a NO or BYE with its response code (RFC 5804 §1.3) to one error of our tree."""

from sieve_manager.errors import (
    AccountDisabledError,
    NotPermittedError,
    Quota,
    QuotaError,
    RefusedError,
    ScriptExistsError,
    ScriptIsActiveError,
    ScriptNotFoundError,
    ScriptRefusedError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
    TlsError,
    UnreachableError,
)
from sieve_manager.managesieve.commands import Verb
from sieve_manager.managesieve.protocol import Final

_BY_CODE: dict[str, tuple[type[ServerError], str]] = {
    "ACTIVE": (ScriptIsActiveError, "The active script cannot be deleted"),
    "ALREADYEXISTS": (ScriptExistsError, "A script of that name exists already"),
    "AUTH-TOO-WEAK": (SignInRefusedError, "The server wants a stronger way to sign in than PLAIN"),
    "ENCRYPT-NEEDED": (TlsError, "The server wants TLS before anybody signs in"),
    "NONEXISTENT": (ScriptNotFoundError, "There is no script of that name"),
    "TRANSITION-NEEDED": (
        SignInRefusedError,
        "The server wants this account's password to be set anew",
    ),
    "TRYLATER": (TemporaryError, "The server asks to try again later"),
}
_BY_VERB: dict[Verb, tuple[type[ServerError], str]] = {
    Verb.AUTHENTICATE: (SignInRefusedError, "The server refused the login or the password"),
    Verb.CHECKSCRIPT: (ScriptRefusedError, "The server refused the script"),
    Verb.PUTSCRIPT: (ScriptRefusedError, "The server refused the script"),
    # Pigeonhole compiles what it activates and answers NO with the compiler's words.
    Verb.SETACTIVE: (ScriptRefusedError, "The server refused to activate the script"),
    Verb.STARTTLS: (TlsError, "The server refused to start TLS"),
}
# What Dovecot 2.3.19 says without a code.
_BY_TEXT: dict[str, tuple[type[ServerError], str]] = {
    "Authorization failed": (AccountDisabledError, "The server has no such mailbox to act for"),
    "Login disabled for this user": (AccountDisabledError, "The mailbox is closed for sign-in"),
    "Sieve processing is disabled for this user.": (
        NotPermittedError,
        "The server runs no scripts for this mailbox",
    ),
    "This user cannot manage personal Sieve scripts.": (
        NotPermittedError,
        "The server lets nobody manage scripts of this mailbox",
    ),
}
_QUOTA_TEXT = {
    Quota.MAXSCRIPTS: "The server keeps no more scripts for this mailbox",
    Quota.MAXSIZE: "The script is larger than the server allows",
    Quota.STORAGE: "The mailbox has no room for the script",
}


def refusal(verb: Verb, final: Final) -> ServerError:
    """Return the error for *final*, the NO that answers *verb*.

    An unknown code is ignored, and so is an unknown detail of a known one (RFC 5804 §1.3).
    """
    error, message = _BY_VERB.get(verb, (RefusedError, "The server refused"))
    return _known(final) or error(message, server_text=final.text)


def farewell(final: Final) -> ServerError:
    """Return the error for *final*, a BYE where an answer was awaited."""
    return _known(final) or UnreachableError(
        "The server ended the connection", server_text=final.text
    )


def _known(final: Final) -> ServerError | None:
    code, _, detail = final.code.partition("/")
    if code == "QUOTA":
        quota = Quota(detail) if detail in Quota.__members__ else Quota.STORAGE
        return QuotaError(_QUOTA_TEXT[quota], quota=quota, server_text=final.text)
    if code == "REFERRAL":
        elsewhere = " ".join(final.arguments)
        return RefusedError(
            f"The server refers to {elsewhere}, which is never followed", server_text=final.text
        )
    known = _BY_CODE.get(code) or _BY_TEXT.get(final.text)
    return known and known[0](known[1], server_text=final.text)
