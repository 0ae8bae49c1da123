"""Every response code, and what Dovecot says without one, becomes one error."""

import pytest

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
from sieve_manager.managesieve.failures import farewell, refusal
from sieve_manager.managesieve.protocol import Final, Status

CODES: list[tuple[str, type[ServerError]]] = [
    ("ACTIVE", ScriptIsActiveError),
    ("ALREADYEXISTS", ScriptExistsError),
    ("AUTH-TOO-WEAK", SignInRefusedError),
    ("ENCRYPT-NEEDED", TlsError),
    ("NONEXISTENT", ScriptNotFoundError),
    ("NONEXISTENT/DETAIL", ScriptNotFoundError),
    ("QUOTA", QuotaError),
    ("REFERRAL", RefusedError),
    ("TRANSITION-NEEDED", SignInRefusedError),
    ("TRYLATER", TemporaryError),
]
UNKNOWN = ["", "X-NEW", "SASL", "TAG", "WARNINGS", "ACTIVELY"]

DOVECOT = [
    ("Authorization failed", AccountDisabledError),
    ("Login disabled for this user", AccountDisabledError),
    ("Sieve processing is disabled for this user.", NotPermittedError),
    ("This user cannot manage personal Sieve scripts.", NotPermittedError),
]


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize(("code", "error"), CODES)
def test_a_code_decides_whatever_the_command(
    verb: Verb, code: str, error: type[ServerError]
) -> None:
    caught = refusal(verb, Final(status=Status.NO, code=code, text="because"))
    assert type(caught) is error
    assert caught.server_text == "because"
    assert str(caught).endswith(": because")


@pytest.mark.parametrize(("code", "error"), CODES)
def test_a_code_decides_in_a_farewell_too(code: str, error: type[ServerError]) -> None:
    caught = farewell(Final(status=Status.BYE, code=code, text="because"))
    assert type(caught) is error
    assert caught.server_text == "because"


@pytest.mark.parametrize(
    ("code", "quota"),
    [
        ("QUOTA", Quota.STORAGE),
        ("QUOTA/MAXSCRIPTS", Quota.MAXSCRIPTS),
        ("QUOTA/MAXSIZE", Quota.MAXSIZE),
        ("QUOTA/MAXSTORAGE", Quota.STORAGE),
        ("QUOTA/X-NEW", Quota.STORAGE),
        ("QUOTA/MAXSIZE/MORE", Quota.STORAGE),
    ],
)
def test_a_quota_says_which(code: str, quota: Quota) -> None:
    caught = refusal(Verb.PUTSCRIPT, Final(status=Status.NO, code=code))
    assert isinstance(caught, QuotaError)
    assert caught.quota is quota


def test_a_referral_names_where_to_and_is_not_followed() -> None:
    final = Final(status=Status.BYE, code="REFERRAL", arguments=("sieve://other.example",))
    assert "sieve://other.example" in str(farewell(final))


@pytest.mark.parametrize("code", UNKNOWN)
@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (Verb.AUTHENTICATE, SignInRefusedError),
        (Verb.CHECKSCRIPT, ScriptRefusedError),
        (Verb.PUTSCRIPT, ScriptRefusedError),
        (Verb.SETACTIVE, ScriptRefusedError),
        (Verb.STARTTLS, TlsError),
        (Verb.GETSCRIPT, RefusedError),
        (Verb.LISTSCRIPTS, RefusedError),
        (Verb.HAVESPACE, RefusedError),
    ],
)
def test_without_a_known_code_the_command_decides(
    verb: Verb, error: type[ServerError], code: str
) -> None:
    caught = refusal(verb, Final(status=Status.NO, code=code, text="line 1: error"))
    assert type(caught) is error
    assert caught.server_text == "line 1: error"


@pytest.mark.parametrize(("text", "error"), DOVECOT)
def test_what_dovecot_says_without_a_code_is_known(text: str, error: type[ServerError]) -> None:
    assert type(refusal(Verb.AUTHENTICATE, Final(status=Status.NO, text=text))) is error
    assert type(farewell(Final(status=Status.BYE, text=text))) is error


@pytest.mark.parametrize("code", UNKNOWN)
def test_a_farewell_without_a_known_code_means_unreachable(code: str) -> None:
    caught = farewell(Final(status=Status.BYE, code=code, text="idle too long"))
    assert type(caught) is UnreachableError
    assert caught.retryable
    assert caught.server_text == "idle too long"
