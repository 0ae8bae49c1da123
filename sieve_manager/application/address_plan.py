"""What a change of a redirect address would come to; pure, but for the chart that it asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sieve_manager.application.address_history import AddressChange, AddressVersion, fingerprint_of
from sieve_manager.application.trace import Hop
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.domain.scripts import Fingerprint
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.findings import Finding, asks, refusals

Resolve = Callable[[RedirectAddress | None], RedirectAddress | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWish:
    """What somebody wants of *address*: *resolve* makes it of what is kept now.

    It may raise InvalidInputError where there is nothing to do this to. *back* is the version to
    take back; *note* and *ticket* say why.
    """

    address: EmailAddress
    change: AddressChange
    resolve: Resolve
    back: AddressVersion | None = None
    note: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPlan:
    """What would be kept; None stands for no such address.

    *chain* is what would happen to mail for it, None where it would be gone. *conflict* says
    that it is not what the caller had loaded, or, for an undo, what the version left.
    """

    change: AddressChange
    before: RedirectAddress | None
    after: RedirectAddress | None
    findings: tuple[Finding, ...]
    chain: Hop | None
    conflict: bool

    @property
    def loaded(self) -> Fingerprint:
        """The fingerprint of the state that it is about."""
        return fingerprint_of(self.before)

    @property
    def refused(self) -> bool:
        """Whether a finding refuses it."""
        return bool(refusals(self.findings))

    @property
    def empty(self) -> bool:
        """Whether nothing would be different."""
        return fingerprint_of(self.before) == fingerprint_of(self.after)

    @property
    def idle(self) -> bool:
        """Whether carrying it out is of no use: nothing to write, and nobody to ask."""
        return self.empty and not asks(self.findings)


def wish_set(wanted: RedirectAddress, *, ticket: str = "", new: bool = False) -> AddressWish:
    """Make it as *wanted*; *new*: only where there is none yet."""

    def resolve(kept: RedirectAddress | None) -> RedirectAddress:
        if new and kept is not None:
            raise InvalidInputError(
                "{address} is there already. Change that one.",
                where="address",
                code="address-exists",
                address=wanted.address.readable,
            )
        return wanted

    return AddressWish(
        address=wanted.address,
        change=AddressChange.SET,
        resolve=resolve,
        note=wanted.forward.note,
        ticket=ticket,
    )


def wish_change(
    address: EmailAddress, change: AddressChange, *, note: str = "", ticket: str = ""
) -> AddressWish:
    """Pause, resume or delete it."""

    def resolve(kept: RedirectAddress | None) -> RedirectAddress | None:
        if kept is None:
            raise InvalidInputError(
                "There is no redirect address {address}.",
                where="address",
                code="address-none",
                address=address.readable,
            )
        if change is AddressChange.DELETE:
            return None
        paused = change is AddressChange.PAUSE
        return replace(kept, forward=kept.forward.with_paused(paused))

    return AddressWish(address=address, change=change, resolve=resolve, note=note, ticket=ticket)


def wish_undo(version: AddressVersion) -> AddressWish:
    """Put back what was there before *version*."""
    return AddressWish(
        address=version.new.address,
        change=AddressChange.UNDO,
        resolve=lambda _: version.new.before,
        back=version,
    )
