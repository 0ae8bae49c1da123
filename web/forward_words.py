"""What a forward does, in sentences: for an owner's and for that of a case."""

from collections.abc import Iterable
from typing import assert_never

from markupsafe import Markup

from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Copy, CopyKind, Forward
from web.say import address, day, joined, say, strong, zone_name


def destinations(several: Iterable[EmailAddress], status: Status) -> Markup:
    """Addresses in one sentence, those outside marked."""
    return joined(destination(one, status) for one in several)


def destination(one: EmailAddress, status: Status) -> Markup:
    """An address, marked where it is outside."""
    if one in status.outside:
        return say("%(address)s (outside)", address=address(one))
    return address(one)


def when_and_where(forward: Forward, to: Markup) -> Markup:
    """Where to, and from when until when."""
    first, last = forward.period.first_day, forward.period.last_day
    zone = zone_name(forward.period.timezone)
    if first and last:
        return say(
            "From %(first)s until %(last)s (%(zone)s), every new message is forwarded to %(to)s.",
            first=day(first),
            last=day(last),
            zone=zone,
            to=to,
        )
    if first:
        return say(
            "From %(first)s (%(zone)s), every new message is forwarded to %(to)s.",
            first=day(first),
            zone=zone,
            to=to,
        )
    if last:
        return say(
            "Until %(last)s (%(zone)s), every new message is forwarded to %(to)s.",
            last=day(last),
            zone=zone,
            to=to,
        )
    return say("Every new message is forwarded to %(to)s.", to=to)


def copy_sentence(copy: Copy) -> Markup:
    """What becomes of the copy."""
    match copy.kind:
        case CopyKind.INBOX:
            return say("A copy stays in the inbox.")
        case CopyKind.READ:
            return say("A copy stays in the inbox, marked as read.")
        case CopyKind.FOLDER:
            return say("A copy goes into the folder %(folder)s.", folder=strong(copy.folder or ""))
        case CopyKind.TRASH:
            return say("A copy goes into the trash.")
        case CopyKind.NONE:
            return say("No copy stays here.")
        case _:
            assert_never(copy.kind)
