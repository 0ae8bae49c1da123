"""What the history holds of each change of a redirect address, and the form that is kept."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sieve_manager.application.access import Actor
from sieve_manager.application.forward_json import addresses_of, forward_of, forward_values
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.domain.scripts import Fingerprint


class AddressChange(StrEnum):
    """What somebody did; AGREED and WITHDRAWN: a receiver said whether they want the mail."""

    SET = "set"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"
    UNDO = "undo"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddressVersion:
    """A change that is about to happen; None stands for no such address.

    *undoes* is the number of the version that it takes back.
    """

    address: EmailAddress
    at: datetime
    actor: Actor
    change: AddressChange
    before: RedirectAddress | None
    after: RedirectAddress | None
    note: str = ""
    ticket: str = ""
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressVersion:
    """An entry of an address's history; *number* counts up within the address, from 1."""

    number: int
    new: NewAddressVersion


def fingerprint_of(kept: RedirectAddress | None) -> Fingerprint:
    """Changes whenever the address does; also where there is none."""
    return Fingerprint.of([dump_address(kept)] if kept else [])


def dump_address(kept: RedirectAddress) -> str:
    """As JSON in ASCII, which every database keeps as it is."""
    return json.dumps(
        {
            "address": str(kept.address),
            "kind": kept.kind.value,
            **forward_values(kept.forward),
            "paused": kept.forward.paused,
            "note": kept.forward.note,
            "owner": kept.owner.text if kept.owner else None,
            "moved_to": str(kept.moved_to) if kept.moved_to else None,
            "waiting": sorted(map(str, kept.waiting)),
        }
    )


def load_address(text: str) -> RedirectAddress:
    """The reverse of :func:`dump_address`."""
    found = json.loads(text)
    return RedirectAddress(
        address=EmailAddress.restore(found["address"]),
        kind=AddressKind(found["kind"]),
        forward=forward_of(found, paused=found["paused"], note=found["note"]),
        owner=Login(found["owner"]) if found["owner"] else None,
        moved_to=EmailAddress.restore(found["moved_to"]) if found["moved_to"] else None,
        waiting=frozenset(addresses_of(found["waiting"])),
    )


def words_of(kept: RedirectAddress) -> str:
    """All that a search looks at, in lower case."""
    addresses = kept.address, *kept.forward.destinations
    spellings = dict.fromkeys(text for one in addresses for text in (str(one), one.readable))
    return "\n".join((*spellings, kept.forward.note)).lower()
