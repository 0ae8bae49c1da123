"""What to say about each error: what happened, whether anything changed, what to do."""

from dataclasses import dataclass

from sieve_manager import errors
from sieve_manager.errors import Outcome, Quota, SaveFailedError, SieveManagerError
from web.say import _, input_error_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """An error page; *server_text* is what the mail server said, if anything."""

    status: int
    title: str
    what: str
    changed: str
    advice: str
    server_text: str = ""


def words(error: SieveManagerError) -> ErrorWords:
    """The page for *error*."""
    match error:
        case SaveFailedError():
            return _save_failed(error)
        case errors.ServerError():
            return _server(error)
        case _:
            return _own(error)


def nothing_changed() -> str:
    """The sentence that people look for first."""
    return _("Nothing was changed.")


def _save_failed(error: SaveFailedError) -> ErrorWords:
    cause = words(error.cause)
    return ErrorWords(
        status=cause.status,
        title=_save_title(error.outcome),
        what=f"{_step(error.step)} {cause.what}",
        changed=_outcome(error.outcome),
        advice=cause.advice,
        server_text=cause.server_text,
    )


def _save_title(outcome: Outcome) -> str:
    match outcome:
        case Outcome.UNCHANGED:
            return _("Your change was not saved")
        case Outcome.SAVED:
            return _("Your change was saved, after an error")
        case Outcome.UNKNOWN:
            return _("Perhaps your change was not saved")


def _outcome(outcome: Outcome) -> str:
    match outcome:
        case Outcome.UNCHANGED:
            return _(
                "Nothing was changed: we looked again, and the mail server has what was there "
                "before."
            )
        case Outcome.SAVED:
            return _("Your change is saved: we looked again, and the mail server has it.")
        case Outcome.UNKNOWN:
            return _(
                "We could not find out whether your change was saved, because the mail server "
                "did not answer any more. Look at the overview in a few minutes."
            )


def _step(step: str) -> str:
    known = {
        "read": _("It stopped while reading your filters."),
        "check": _("It stopped while the mail server checked the new filters."),
        "room": _("It stopped while asking the mail server for room."),
        "put": _("It stopped while sending the new filters."),
        "activate": _("It stopped while switching the new filters on."),
        "delete": _("It stopped while removing filters of ours that are not needed any more."),
        "verify": _("It stopped while reading back what was saved."),
    }
    return known.get(step, "")


def _server(error: errors.ServerError) -> ErrorWords:
    status, title, what, advice = _server_words(error)
    return ErrorWords(
        status=status,
        title=title,
        what=what,
        changed=nothing_changed(),
        advice=advice,
        server_text=error.server_text,
    )


def _server_words(error: errors.ServerError) -> tuple[int, str, str, str]:
    match error:
        case errors.QuotaError():
            return 409, _("No room on the mail server"), _quota(error.quota), _quota_advice()
        case errors.ScriptRefusedError():
            return (
                422,
                _("The mail server refused the filters"),
                _("The mail server could not make sense of the filters that were sent."),
                _("Show the words below to your mail administrator."),
            )
        case errors.AccountDisabledError() | errors.NotPermittedError():
            return (
                403,
                _("The mail server does not allow this"),
                _("This mailbox may not do this on the mail server."),
                _("Ask your mail administrator."),
            )
        case errors.ScriptNotFoundError():
            return (
                404,
                _("There is no such script"),
                _("The mail server has no script of this name (any more)."),
                _("Go back to the list of your filters."),
            )
        case errors.TemporaryError():
            return 503, _("The mail server asks to wait"), _server_busy(), _try_later()
        case errors.UnreachableError():
            return 503, _("The mail server cannot be reached"), _server_down(), _try_later()
        case errors.TlsError():
            return (
                502,
                _("The connection to the mail server is not safe"),
                _("The mail server could not prove who it is, so nothing was sent to it."),
                _("Tell your mail administrator: its certificate is not trusted."),
            )
        case _:
            return (
                502,
                _("The mail server did something unexpected"),
                _("The mail server answered in a way that we do not understand."),
                _("Try again. If it happens again, tell your mail administrator."),
            )


def _server_busy() -> str:
    return _("The mail server is there, but cannot do this now.")


def _server_down() -> str:
    return _(
        "The mail server did not answer, or ended the connection. Mail is still delivered "
        "as the filters there say."
    )


def _try_later() -> str:
    return _("Try again in a few minutes.")


def _quota(quota: Quota) -> str:
    match quota:
        case Quota.MAXSCRIPTS:
            return _("Your mailbox has as many scripts as the mail server allows.")
        case Quota.MAXSIZE:
            return _("The filters are longer than the mail server allows.")
        case Quota.STORAGE:
            return _("Your mailbox has no room for the filters.")


def _quota_advice() -> str:
    return _("Delete filters that you do not need any more, or ask your mail administrator.")


def _own(error: SieveManagerError) -> ErrorWords:
    status, title, what, advice = _own_words(error)
    return ErrorWords(
        status=status, title=title, what=what, changed=nothing_changed(), advice=advice
    )


def _own_words(error: SieveManagerError) -> tuple[int, str, str, str]:
    match error:
        case errors.InvalidInputError():
            return 400, _("This cannot be done"), input_error_text(error), _go_back()
        case errors.PolicyRefusedError():
            return (
                422,
                _("This is not allowed here"),
                _("What you asked for is not allowed here."),
                _go_back(),
            )
        case errors.ChangedMeanwhileError():
            return (
                409,
                _("Changed meanwhile"),
                _("Somebody else, or another program, changed your filters meanwhile."),
                _("Look at the overview and try again."),
            )
        case errors.MailboxBusyError():
            return (
                409,
                _("This mailbox is being changed right now"),
                _("Another change to this mailbox is under way."),
                _("Try again in a few seconds."),
            )
        case errors.VersionNotFoundError():
            return (
                404,
                _("There is no such change"),
                _("The history has no such entry (any more)."),
                _("Go back to the history."),
            )
        case errors.FolderError():
            return (
                502,
                _("The folder cannot be used"),
                _(
                    "The mail server could not list or create the folder “%(folder)s”.",
                    folder=error.folder,
                ),
                _("Choose another folder, or another choice for the copy."),
            )
        case _:
            return (
                503,
                _("Our own memory does not work"),
                _("The database of this program cannot be used now."),
                _try_later(),
            )


def _go_back() -> str:
    return _("Go back, change it, and try again.")


def of_http(code: int) -> ErrorWords:
    """The page for an HTTP error of the web server itself."""
    match code:
        case 404:
            title, what = _("There is no such page"), _("The address leads nowhere here.")
        case 405:
            title, what = _("That does not work this way"), _("This page takes no such request.")
        case 413:
            title, what = _("That is too much"), _("What was sent is larger than we take.")
        case _:
            title, what = _("That did not work"), _("The request could not be understood.")
    return ErrorWords(
        status=code,
        title=title,
        what=what,
        changed=nothing_changed(),
        advice=_("Go to the overview and start from there."),
    )


def unforeseen() -> ErrorWords:
    """The page for a mistake of this program."""
    return ErrorWords(
        status=500,
        title=_("This program made a mistake"),
        what=_("Something happened that we had not thought of. It is in the log."),
        changed=_(
            "If you were saving, the overview shows what the mail server has now. Mail is still "
            "delivered as it says."
        ),
        advice=_("Look at the overview. If it happens again, tell your mail administrator."),
    )


def form_expired() -> ErrorWords:
    """The page for a form that was open too long."""
    return ErrorWords(
        status=400,
        title=_("This page was open too long"),
        what=_("For your safety, a page like this can be sent only for a limited time."),
        changed=nothing_changed(),
        advice=_("Go to the overview and start again."),
    )


def other_owner() -> ErrorWords:
    """The page for a form of one mailbox sent while signed in to another."""
    return ErrorWords(
        status=409,
        title=_("This page belongs to another mailbox"),
        what=_("You have signed in to another mailbox since this page was opened."),
        changed=nothing_changed(),
        advice=_("Go to the overview and start again."),
    )
