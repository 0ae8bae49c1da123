"""Redirect addresses and their history as rows, and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    AddressVersion,
    NewAddressVersion,
    dump_address,
    load_address,
    words_of,
)
from sieve_manager.application.postfix_views import NEVER, moments_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import CATCH_ALL, RedirectAddress
from sieve_manager.domain.roles import Role

_GONE: Mapping[str, Any] = {
    "gone": True,
    "paused": False,
    "starts": 0.0,
    "ends": NEVER,
    "moved_to": "",
    "record": "",
    "kind": "",
    "owner": "",
    "domain": "",
    "words": "",
}


def row_of(key: str, kept: RedirectAddress | None) -> dict[str, Any]:
    """All columns but the revision."""
    if kept is None:
        return {"address": key, **_GONE}
    starts, ends = moments_of(kept)
    return {
        "address": key,
        "gone": False,
        "paused": kept.rests,
        "starts": starts,
        "ends": ends,
        "moved_to": str(kept.moved_to or ""),
        "record": dump_address(kept),
        "kind": kept.kind.value,
        "owner": kept.owner.text if kept.owner else "",
        "domain": kept.address.domain,
        "words": words_of(kept),
    }


def target_rows(key: str, kept: RedirectAddress) -> list[dict[str, Any]]:
    """One for each destination, in order."""
    return [
        {"address": key, "position": position, "target": str(one), "target_key": one.key}
        for position, one in enumerate(kept.leads_to)
    ]


def loaded_or_none(record: str | None) -> RedirectAddress | None:
    """What the column holds; None where the address is gone, or never was."""
    return load_address(record) if record else None


def version_row(key: str, version: AddressVersion) -> dict[str, Any]:
    """All columns."""
    new = version.new
    return {
        "address": key,
        "number": version.number,
        "at": new.at.timestamp(),
        "actor": new.actor.name,
        "channel": new.actor.channel.value,
        "role": new.actor.role.value,
        "change": new.change.value,
        "note": new.note,
        "ticket": new.ticket,
        "undoes": new.undoes,
        "before": dump_address(new.before) if new.before else None,
        "after": dump_address(new.after) if new.after else None,
    }


def version_of(row: Row[Any]) -> AddressVersion:
    """The reverse; from which network address somebody acted stands in the audit log only."""
    before, after = loaded_or_none(row.before), loaded_or_none(row.after)
    spelled = after or before
    local, domain = row.address.rsplit("@", 1)
    new = NewAddressVersion(
        address=spelled.address if spelled else EmailAddress(local or CATCH_ALL, domain),
        at=datetime.fromtimestamp(row.at, UTC),
        actor=Actor(name=row.actor, channel=Channel(row.channel), role=Role(row.role)),
        change=AddressChange(row.change),
        before=before,
        after=after,
        note=row.note,
        ticket=row.ticket,
        undoes=row.undoes,
    )
    return AddressVersion(number=row.number, new=new)
