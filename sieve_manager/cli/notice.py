"""Tell the owner by mail when a change made here lets mail go to the outside."""

from collections.abc import Sequence

from sieve_manager.application.access import Access
from sieve_manager.application.notices import Notices
from sieve_manager.application.status import Status
from sieve_manager.cli import output
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError


def tell_owner(notices: Notices, access: Access, status: Status) -> None:
    """Send the notice where one is due; that it failed is printed and tried at the next look."""

    def wording(addresses: Sequence[EmailAddress]) -> tuple[str, str]:
        paragraphs = (
            f"Mail to {status.mailbox} is forwarded outside your organisation, to:",
            "\n".join(f"    {one.readable}" for one in addresses),
            "You set this up, or an administrator of your mail server did: ask them if in doubt.",
        )
        return "Your mail is forwarded to an outside address", "\n\n".join(paragraphs) + "\n"

    try:
        notices.outside(access, status, wording)
    except NoticeError as error:
        output.complain(f"The owner could not be told of the outside address: {error}")
