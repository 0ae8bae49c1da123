"""Every error of the tree has its exit status."""

import inspect

import pytest

from sieve_manager import errors
from sieve_manager.cli.exit_codes import ExitCode, exit_code

CODES = {
    "InvalidInputError": 2,
    "SettingsError": 2,
    "VersionNotFoundError": 2,
    "CaseNotFoundError": 2,
    "NotAllowedError": 3,
    "PolicyRefusedError": 3,
    "ChangedMeanwhileError": 4,
    "DirectoryError": 5,
    "MailboxBusyError": 5,
    "NoticeError": 5,
    "OutcomeUnknownError": 5,
    "StorageError": 5,
    "TemporaryError": 5,
    "TlsError": 5,
    "UnreachableError": 5,
    "FolderError": 6,
    "NotPermittedError": 6,
    "ProtocolBrokenError": 6,
    "QuotaError": 6,
    "RelayError": 5,
    "RefusedError": 6,
    "ScriptExistsError": 6,
    "ScriptIsActiveError": 6,
    "ScriptNotFoundError": 6,
    "ScriptRefusedError": 6,
    "AccountDisabledError": 7,
    "SignInRefusedError": 7,
    "SingleSignOnError": 7,
}


def _make(name: str) -> errors.SieveManagerError:
    match name:
        case "SettingsError":
            return errors.SettingsError("web.listen", "is wrong")
        case "PolicyRefusedError":
            return errors.PolicyRefusedError(["no"])
        case "NotAllowedError":
            return errors.NotAllowedError("no", code="act-outside", facts={})
        case "QuotaError":
            return errors.QuotaError("full", quota=errors.Quota.STORAGE)
    made = getattr(errors, name)("text")
    assert isinstance(made, errors.SieveManagerError)
    return made


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_the_exit_status_of_an_error(name: str, code: int) -> None:
    assert exit_code(_make(name)) == code


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_a_failed_save_ends_as_its_cause(name: str, code: int) -> None:
    failed = errors.SaveFailedError(step="put", outcome=errors.Outcome.UNKNOWN, cause=_make(name))
    assert exit_code(failed) == code


def test_no_error_of_the_tree_is_forgotten() -> None:
    found = {
        name
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if issubclass(one, errors.SieveManagerError)
    }
    assert found - set(CODES) == {"SieveManagerError", "ServerError", "SaveFailedError"}


def test_the_numbers_are_those_that_are_promised() -> None:
    assert [code.value for code in ExitCode] == [0, 2, 3, 4, 5, 6, 7, 8, 9]
