"""Why a single sign-on did not work, as the sign-in page says it."""

from sieve_manager.errors import WhyNot
from web.say import _


def why_not(name: str) -> str:
    """The sentence for the name of a :class:`WhyNot`, or for ``throttled``; else ""."""
    if name == "throttled":
        return _("There were too many failed attempts from your network. Try again in a while.")
    return _sentence(WhyNot(name)) if name in set(WhyNot) else ""


def _sentence(why: WhyNot) -> str:
    match why:
        case WhyNot.UNREACHABLE:
            return _("The single sign-on service does not answer. Try again in a few minutes.")
        case WhyNot.BROKEN:
            return _(
                "The single sign-on service did not confirm who you are. Try again; if it happens "
                "again, tell your mail administrator."
            )
        case WhyNot.DECLINED:
            return _("You were not signed in there. Nothing happened; you can try again.")
        case WhyNot.STALE:
            return _("This sign-in took too long, or was begun in another window. Begin again.")
        case WhyNot.UNVERIFIED:
            return _(
                "The single sign-on service has not verified your address. Ask the people who "
                "run it."
            )
        case WhyNot.UNKNOWN:
            return _(
                "You are known there, but no open mailbox here belongs to you. Ask your mail "
                "administrator."
            )
        case WhyNot.STAFF_ONLY:
            return _("Only the helpdesk signs in this way. Use your user name and password.")
