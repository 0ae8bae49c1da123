"""The words for each class of the error tree, the most specific first; translated later."""

from dataclasses import dataclass

from sieve_manager import errors
from sieve_manager.errors import SieveManagerError
from web.say import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """An HTTP status, what the page is called, what happened, and what to do about it."""

    status: int
    title: str
    what: str
    advice: str


_LATER = N_("Try again in a few minutes.")
_ASK = N_("Ask your mail administrator.")
_BACK = N_("Go back, change it, and try again.")
_NOT_PERMITTED = Entry(
    403,
    N_("The mail server does not allow this"),
    N_("This mailbox may not do this on the mail server."),
    _ASK,
)

ENTRIES: tuple[tuple[type[SieveManagerError], Entry], ...] = (
    (
        errors.QuotaError,
        Entry(
            409,
            N_("No room on the mail server"),
            "",  # which limit it was is said instead
            N_("Delete filters that you do not need any more, or ask your mail administrator."),
        ),
    ),
    (
        errors.ScriptRefusedError,
        Entry(
            422,
            N_("The mail server refused the filters"),
            N_("The mail server could not make sense of the filters that were sent."),
            N_("Show the words below to your mail administrator."),
        ),
    ),
    (errors.AccountDisabledError, _NOT_PERMITTED),
    (errors.NotPermittedError, _NOT_PERMITTED),
    (
        errors.ScriptNotFoundError,
        Entry(
            404,
            N_("There is no such script"),
            N_("The mail server has no script of this name (any more)."),
            N_("Go back to the list of your filters."),
        ),
    ),
    (
        errors.TemporaryError,
        Entry(
            503,
            N_("The mail server asks to wait"),
            N_("The mail server is there, but cannot do this now."),
            _LATER,
        ),
    ),
    (
        errors.UnreachableError,
        Entry(
            503,
            N_("The mail server cannot be reached"),
            N_(
                "The mail server did not answer, or ended the connection. Mail is still delivered "
                "as the filters there say."
            ),
            _LATER,
        ),
    ),
    (
        errors.TlsError,
        Entry(
            502,
            N_("The connection to the mail server is not safe"),
            N_("The mail server could not prove who it is, so nothing was sent to it."),
            N_("Tell your mail administrator: its certificate is not trusted."),
        ),
    ),
    (
        errors.ServerError,
        Entry(
            502,
            N_("The mail server did something unexpected"),
            N_("The mail server answered in a way that we do not understand."),
            N_("Try again. If it happens again, tell your mail administrator."),
        ),
    ),
    (
        errors.InvalidInputError,
        Entry(400, N_("This cannot be done"), "", _BACK),  # its own sentence says what
    ),
    (
        errors.PolicyRefusedError,
        Entry(
            422,
            N_("This is not allowed here"),
            N_("What you asked for is not allowed here."),
            _BACK,
        ),
    ),
    (
        errors.NotAllowedError,
        Entry(403, N_("You may not do this"), "", _ASK),  # its own sentence says why
    ),
    (
        errors.ChangedMeanwhileError,
        Entry(
            409,
            N_("Changed meanwhile"),
            N_("Somebody else, or another program, changed your filters meanwhile."),
            N_("Look at the overview and try again."),
        ),
    ),
    (
        errors.MailboxBusyError,
        Entry(
            409,
            N_("This mailbox is being changed right now"),
            N_("Another change to this mailbox is under way."),
            N_("Try again in a few seconds."),
        ),
    ),
    (
        errors.VersionNotFoundError,
        Entry(
            404,
            N_("There is no such change"),
            N_("The history has no such entry (any more)."),
            N_("Go back to the history."),
        ),
    ),
    (
        errors.CaseNotFoundError,
        Entry(
            404,
            N_("There is no such case"),
            N_("There is no case with this number, or not in this mailbox."),
            N_("Go back to the list of cases."),
        ),
    ),
    (
        errors.FolderError,
        Entry(
            502,
            N_("The folder cannot be used"),
            N_("The mail server could not list or create the folder “%(folder)s”."),
            N_("Choose another folder, or another choice for the copy."),
        ),
    ),
    (
        errors.SingleSignOnError,
        Entry(
            403,
            N_("You are not signed in"),
            N_("The single sign-on did not work."),
            _LATER,
        ),
    ),
    (
        errors.DirectoryError,
        Entry(
            503,
            N_("The directory does not answer"),
            N_("We could not look up who has which mailbox and address."),
            N_("Try again. If it happens again, tell your mail administrator."),
        ),
    ),
    (
        errors.RelayError,
        Entry(
            503,
            N_("The mail server cannot be told"),
            N_("The place where it looks up redirect addresses cannot be written."),
            N_("Try again. If it happens again, tell your mail administrator."),
        ),
    ),
    (
        SieveManagerError,
        Entry(
            503,
            N_("Our own memory does not work"),
            N_("The database of this program cannot be used now."),
            _LATER,
        ),
    ),
)
