"""What to say about each error: what happened, whether anything changed, what to do."""

from dataclasses import dataclass

from sieve_manager import errors
from sieve_manager.errors import Outcome, Quota, SaveFailedError, SieveManagerError
from web.error_entries import ENTRIES, Entry
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
    if isinstance(error, SaveFailedError):
        return _save_failed(error)
    entry = next(entry for kind, entry in ENTRIES if isinstance(error, kind))
    return ErrorWords(
        status=entry.status,
        title=_(entry.title),
        what=_what(error, entry),
        changed=nothing_changed(),
        advice=_(entry.advice),
        server_text=error.server_text if isinstance(error, errors.ServerError) else "",
    )


def _what(error: SieveManagerError, entry: Entry) -> str:
    match error:
        case errors.InvalidInputError() | errors.NotAllowedError():
            return input_error_text(error)
        case errors.FolderError():
            return _(entry.what, folder=error.folder)
        case errors.QuotaError():
            return _quota(error.quota)
        case _:
            return _(entry.what)


def _quota(quota: Quota) -> str:
    match quota:
        case Quota.MAXSCRIPTS:
            return _("Your mailbox has as many scripts as the mail server allows.")
        case Quota.MAXSIZE:
            return _("The filters are longer than the mail server allows.")
        case Quota.STORAGE:
            return _("Your mailbox has no room for the filters.")


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


def form_from_nowhere() -> ErrorWords:
    """The page for a form that came without a Referer, as some browsers are told to send it."""
    return ErrorWords(
        status=400,
        title=_("Your browser hides which page a form comes from"),
        what=_("For your safety, forms are taken only from these pages themselves."),
        changed=nothing_changed(),
        advice=_(
            "Your browser did not say which page this form comes from, so it was not taken. Allow "
            "it to tell this site (the referrer), or use another browser, and try again."
        ),
    )


def other_owner() -> ErrorWords:
    """The page for a form of one mailbox sent while signed in to another."""
    return ErrorWords(
        status=409,
        title=_("This page belongs to another mailbox"),
        what=_(
            "Since this page was opened, you have signed in to another mailbox, or act for another "
            "one."
        ),
        changed=nothing_changed(),
        advice=_("Go to the overview and start again."),
    )


def no_acting(error: errors.SignInRefusedError) -> ErrorWords:
    """The page for a mailbox that the server lets nobody act for."""
    if isinstance(error, errors.AccountDisabledError):
        what = _(
            "The mail server lets nobody act for this mailbox: it does not exist, or it is closed "
            "for sign-in."
        )
        advice = _(
            "To keep an owner out and the helpdesk in, change the password instead of closing the "
            "mailbox (Dovecot: nologin). Ask your mail administrator."
        )
    else:
        what = _("The mail server refuses the identity with which the helpdesk acts for others.")
        advice = _("Ask your mail administrator: [master] in the configuration has to be mended.")
    return ErrorWords(
        status=403,
        title=_("You cannot act for this mailbox now"),
        what=what,
        changed=nothing_changed(),
        advice=advice,
    )
