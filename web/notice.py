"""Tell the owner by mail when mail begins to go to the outside, whoever set that up."""

import logging
from collections.abc import Sequence

from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError, StorageError
from web.context import access, wired
from web.say import _, plural

_log = logging.getLogger(__name__)


def tell_owner(status: Status) -> tuple[EmailAddress, ...]:
    """Send the notice where one is due; a failure is tried again at the next look."""

    def wording(addresses: Sequence[EmailAddress]) -> tuple[str, str]:
        return _wording(status, addresses)

    try:
        return wired().notices.outside(access(), status, wording)
    except (NoticeError, StorageError) as error:
        _log.warning("no notice to %s: %s", status.mailbox.login, error)
        return ()


def _wording(status: Status, addresses: Sequence[EmailAddress]) -> tuple[str, str]:
    subject = _("Your mail is forwarded to an outside address")
    paragraphs = (
        plural(
            "Mail to %(mailbox)s is forwarded to this address outside your organisation:",
            "Mail to %(mailbox)s is forwarded to these addresses outside your organisation:",
            len(addresses),
            mailbox=str(status.mailbox),
        ),
        "\n".join(f"    {one.readable}" for one in addresses),
        _("If you set this up yourself, there is nothing to do."),
        _(
            "If you did not, sign in at %(url)s, look at what happens to your mail, switch the "
            "forward off, and change your password.",
            url=wired().settings.web.base_url,
        ),
    )
    return subject, "\n\n".join(paragraphs) + "\n"
