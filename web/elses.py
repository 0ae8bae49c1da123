"""What is said of somebody else's mailbox in the place of "your": for those who act for others.

The pages are written for owners. While a page is about another mailbox than the reader's own,
these sentences take the place of those; see :mod:`web.catalogues`.
"""

from collections.abc import Mapping

from flask import g


def N_(message: str) -> str:  # noqa: N802  # as web.say's, which needs the catalogues
    """Mark *message* for translation later."""
    return message


def speak_of_somebody_else() -> None:
    """The page of this request is about somebody else's mailbox."""
    g.elses = True


def is_elses() -> bool:
    """Whether it is."""
    return bool(g.get("elses", False))


INSTEAD: Mapping[str, str] = {
    "Forward my mail": N_("Forward the mail of this mailbox"),
    "Your filters are switched on, but the mail server cannot run them.": N_(
        "The filters of this mailbox are switched on, but the mail server cannot run them."
    ),
    "Your forward was changed outside this page, in a way that this page cannot put into words. "
    "The mail server runs it as it stands there.": N_(
        "The forward was changed outside this page, in a way that this page cannot put into "
        "words. The mail server runs it as it stands there."
    ),
    "Your other filters are skipped for forwarded messages.": N_(
        "The other filters are skipped for forwarded messages."
    ),
    "Your other filters sort it.": N_("The other filters sort it."),
    "Mail to %(mailbox)s is not forwarded. Your filters sort it.": N_(
        "Mail to %(mailbox)s is not forwarded. The filters of the mailbox sort it."
    ),
    "sorted by your filters": N_("sorted by its filters"),
    "Your other filters sort it as before.": N_("The other filters sort it as before."),
    "The inbox stays empty. Your other filters are skipped.": N_(
        "The inbox stays empty. The other filters are skipped."
    ),
    "It is deleted when the trash is emptied. Your other filters are skipped.": N_(
        "It is deleted when the trash is emptied. The other filters are skipped."
    ),
    "If the destination fails, you will not find the message in this mailbox. Your other filters "
    "are skipped.": N_(
        "If the destination fails, the message is not in this mailbox. The other filters are "
        "skipped."
    ),
    "Your forward does not run": N_("The forward does not run"),
    "Another program has switched to other filters. You can switch your forward on again, beside "
    "them; they keep working. Or leave it as it is.": N_(
        "Another program has switched to other filters. The forward can be switched on again, "
        "beside them; they keep working. Or leave it as it is."
    ),
    "Since the last change made here, another program has changed your filters. What you see "
    "above is what the mail server runs now.": N_(
        "Since the last change made here, another program has changed the filters. What you see "
        "above is what the mail server runs now."
    ),
    "Switch your forward on again?": N_("Switch the forward on again?"),
    "Somebody else, or another program, has changed your filters since you opened the page. "
    "Nothing of yours was saved, and nothing of theirs was lost. Below is what they changed, and "
    "what would happen if you go on.": N_(
        "Somebody else, or another program, has changed the filters since you opened the page. "
        "Nothing of yours was saved, and nothing of theirs was lost. Below is what they changed, "
        "as far as you may see it, and what would happen if you go on."
    ),
    "Fill in the form, and this says in a sentence what would happen to your mail.": N_(
        "Fill in the form, and this says in a sentence what would happen to the mail."
    ),
}
