"""The exit status of every outcome, in one place; scripts rely on these numbers."""

from enum import IntEnum

from sieve_manager.errors import (
    AccountDisabledError,
    CaseNotFoundError,
    ChangedMeanwhileError,
    DirectoryError,
    InvalidInputError,
    MailboxBusyError,
    NotAllowedError,
    NoticeError,
    OutcomeUnknownError,
    PolicyRefusedError,
    SaveFailedError,
    SettingsError,
    SieveManagerError,
    SignInRefusedError,
    SingleSignOnError,
    StorageError,
    TemporaryError,
    TlsError,
    UnreachableError,
    VersionNotFoundError,
)


class ExitCode(IntEnum):
    """What a program that calls ours can go by. 1 is left to Ctrl-C and to the answer "no"."""

    DONE = 0
    WRONG_INPUT = 2
    REFUSED_BY_POLICY = 3
    CHANGED_MEANWHILE = 4
    UNREACHABLE = 5
    REFUSED_BY_SERVER = 6
    SIGN_IN_REFUSED = 7
    AUDIT_LOG_CHANGED = 8
    NOT_ALL_LINES = 9


def exit_code(error: SieveManagerError) -> ExitCode:
    """The exit status for *error*; whatever is not named here was refused by the server."""
    match error:
        case SaveFailedError():
            return exit_code(error.cause)
        case InvalidInputError() | SettingsError() | VersionNotFoundError() | CaseNotFoundError():
            return ExitCode.WRONG_INPUT
        case PolicyRefusedError() | NotAllowedError():
            return ExitCode.REFUSED_BY_POLICY
        case ChangedMeanwhileError():
            return ExitCode.CHANGED_MEANWHILE
        case SignInRefusedError() | AccountDisabledError() | SingleSignOnError():
            return ExitCode.SIGN_IN_REFUSED
        case (
            UnreachableError()
            | TemporaryError()
            | TlsError()
            | OutcomeUnknownError()
            | MailboxBusyError()
            | StorageError()
            | DirectoryError()
            | NoticeError()
        ):
            return ExitCode.UNREACHABLE
        case _:
            return ExitCode.REFUSED_BY_SERVER
