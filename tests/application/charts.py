"""Charts in memory, for tests and benchmarks of what is worked out from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sieve_manager.application.chain import Kind, Station, Way, Window
from sieve_manager.domain.addresses import EmailAddress

INSIDE = "example.com"


def address(text: str) -> EmailAddress:
    """``anna`` is inside; anything with an @ is itself."""
    local, at, domain = text.partition("@")
    return EmailAddress(local, domain if at else INSIDE)


def way(
    target: str, *, keeps: bool | None = False, window: Window | None = None, **more: object
) -> Way:
    """A way to *target*, open at all times unless said otherwise."""
    return Way(target=address(target), keeps=keeps, window=window or Window(), **more)  # type: ignore[arg-type]  # conditions


@dataclass
class MemoryChart:
    """Mailboxes, redirect addresses and aliases by name; the rest of the domain is missing."""

    mailboxes: Mapping[str, Sequence[Way]] = field(default_factory=dict)
    redirects: Mapping[str, Sequence[Way]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    rest: Mapping[str, bool | None] = field(default_factory=dict)

    def station(self, address: EmailAddress) -> Station:
        """What stands there."""
        if address.domain != INSIDE:
            return Station(Kind.OUTSIDE, address.key)
        name = address.without_detail.local.lower()
        if name in self.mailboxes:
            return Station(Kind.MAILBOX, name)
        if name in self.redirects:
            return Station(Kind.REDIRECT_ADDRESS, name)
        return Station(Kind.ALIAS if name in self.aliases else Kind.MISSING, name)

    def ways(self, station: Station) -> Sequence[Way]:
        """The ways from there."""
        match station.kind:
            case Kind.MAILBOX:
                return self.mailboxes[station.key]
            case Kind.REDIRECT_ADDRESS:
                return self.redirects[station.key]
            case Kind.ALIAS:
                return (Way(target=EmailAddress(self.aliases[station.key], INSIDE)),)
            case _:
                return ()

    def stays(self, station: Station) -> bool | None:
        """Whether what takes no way stays there."""
        return self.rest.get(station.key, True)
