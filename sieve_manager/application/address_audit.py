"""What the audit log holds about a change of a redirect address; pure."""

from datetime import datetime

from sieve_manager.application.access import Actor
from sieve_manager.application.address_history import AddressVersion, fingerprint_of
from sieve_manager.application.address_plan import AddressWish
from sieve_manager.application.auditing import AuditEntry, Result
from sieve_manager.domain.mailboxes import Login


def entry_of(
    now: datetime,
    actor: Actor,
    wish: AddressWish,
    result: Result,
    detail: str,
    version: AddressVersion | None,
) -> AuditEntry:
    """That *actor* wanted this, and how it ended; *version* is what was kept, if anything."""
    new = version.new if version else None
    return AuditEntry(
        at=new.at if new else now,
        actor=actor,
        action=f"address.{wish.change.value}",
        result=result,
        mailbox=Login(wish.address.key),
        ticket=wish.ticket,
        reason=wish.note,
        before=fingerprint_of(new.before).text if new else "",
        after=fingerprint_of(new.after).text if new else "",
        to=_to(version),
        detail=detail,
    )


def late_entry_of(version: AddressVersion) -> AuditEntry:
    """The same of a change that was kept, and of which its process could not tell any more."""
    new = version.new
    return AuditEntry(
        at=new.at,
        actor=new.actor,
        action=f"address.{new.change.value}",
        result=Result.DONE,
        mailbox=Login(new.address.key),
        ticket=new.ticket,
        reason=new.note,
        before=fingerprint_of(new.before).text,
        after=fingerprint_of(new.after).text,
        to=_to(version),
        detail=f"Cut off; change {version.number} was found done.",
    )


def _to(version: AddressVersion | None) -> tuple[str, ...]:
    after = version.new.after if version else None
    if after is None or after.forward.paused:
        return ()
    return tuple(map(str, after.forward.destinations))
