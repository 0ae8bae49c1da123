"""The chart of all that is known: redirect addresses, mailboxes, and one change to come."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.chain import ALWAYS, Kind, Station, Way, Window
from sieve_manager.application.known_forwards import ForwardsOf
from sieve_manager.application.ports import Directory
from sieve_manager.application.register import Forwarded, RegisterEntry
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.redirect_address import CATCH_ALL, AddressKind, RedirectAddress
from sieve_manager.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBecomes:
    """The redirect address *address* is about to become *kept*; None: it is about to go."""

    address: EmailAddress
    kept: RedirectAddress | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxBecomes:
    """The scripts of *mailbox* are, or will be, such that this is what it has *forwarded*.

    Its own addresses lead there whether the directory knows them or not.
    """

    mailbox: Mailbox
    forwarded: Forwarded


Becomes = AddressBecomes | MailboxBecomes | None


@dataclass(slots=True)
class WholeChart:
    """The Chart of what *forwards* says of mailboxes, but for the change *becomes*.

    For one answer, since it keeps what it has read. *inside* are the domains of the organisation
    (lower case A-labels); all others are outside. StorageError, DirectoryError.
    """

    forwards: ForwardsOf
    directory: Directory
    addresses: AddressStore
    inside: Collection[str]
    now: datetime
    becomes: Becomes = None
    _stations: dict[EmailAddress, Station] = field(default_factory=dict)
    _kept: dict[EmailAddress, RedirectAddress | None] = field(default_factory=dict)
    _mailboxes: dict[Login, Forwarded] = field(default_factory=dict)
    _ways: dict[Station, Sequence[Way]] = field(default_factory=dict)

    def station(self, address: EmailAddress) -> Station:
        """What stands there, in the order in which Postfix asks.

        Redirect addresses (virtual_alias_maps) come before mailboxes, and either as written
        before without the sub-address; the catch-all of the domain comes last, since the
        mailboxes are told to Postfix before it.
        """
        if address not in self._stations:
            plain = EmailAddress(address.local, address.domain.lower())
            self._stations[address] = next(self._found(plain))
        return self._stations[address]

    def ways(self, station: Station) -> Sequence[Way]:
        """The ways from there; none from a redirect address that is paused or over."""
        if station not in self._ways:
            self._ways[station] = tuple(self._from(station))
        return self._ways[station]

    def stays(self, station: Station) -> bool | None:
        """Whether what takes no way from a mailbox stays there."""
        if station.kind is not Kind.MAILBOX:
            return True
        return self._forwarded(Login(station.key)).stays

    def _found(self, address: EmailAddress) -> Iterator[Station]:
        if address.domain not in self.inside:
            yield Station(Kind.OUTSIDE, address.key)
        spellings = tuple(dict.fromkeys((address, address.without_detail)))
        for one in spellings:
            if kept := self._of(one):
                yield standing(one, kept)
        change = self.becomes
        if isinstance(change, MailboxBecomes) and change.mailbox.owns(address):
            yield Station(Kind.MAILBOX, change.mailbox.login.text)
        for one in spellings:
            if person := self.directory.by_address(one):
                yield Station(Kind.MAILBOX, person.login.text)
        rest = EmailAddress(CATCH_ALL, address.domain)
        kept = self._of(rest)
        # One that leads nowhere at any time is, for Postfix, as if it were not there.
        if kept and self.ways(standing(rest, kept)):
            yield standing(rest, kept)
        yield Station(Kind.MISSING, address.key)

    def _of(self, address: EmailAddress) -> RedirectAddress | None:
        if address not in self._kept:
            change = self.becomes
            if isinstance(change, AddressBecomes) and change.address == address:
                self._kept[address] = change.kept
            else:
                self._kept[address] = self.addresses.get(address)
        return self._kept[address]

    def _from(self, station: Station) -> Iterator[Way]:
        match station.kind:
            case Kind.MAILBOX:
                for entry in self._forwarded(Login(station.key)).entries:
                    if entry.leads_on(self.now):
                        yield way_of(entry)
            case Kind.REDIRECT_ADDRESS | Kind.ALIAS:
                if kept := self._of(EmailAddress.restore(station.key)):
                    yield from ways_of(kept, self.now)
            case Kind.OUTSIDE | Kind.MISSING | Kind.UNKNOWN:
                return

    def _forwarded(self, login: Login) -> Forwarded:
        change = self.becomes
        if isinstance(change, MailboxBecomes) and change.mailbox.login == login:
            return change.forwarded
        if login not in self._mailboxes:
            self._mailboxes[login] = self.forwards.of(login)
        return self._mailboxes[login]


def way_of(entry: RegisterEntry) -> Way:
    """The way of one entry of the register."""
    try:
        target = EmailAddress.parse(entry.target) if entry.target else None
    except InvalidInputError:
        target = None  # as written by hand; no mail server takes it
    window = _window(entry.starts, entry.ends)
    return Way(target=target, keeps=entry.kept, conditions=entry.conditions, window=window)


def ways_of(kept: RedirectAddress, now: datetime) -> Iterator[Way]:
    """The ways of a redirect address; none where it is paused or over."""
    period = kept.forward.period
    window = _window(period.starts, period.ends)
    if not kept.rests and now <= window.ends:
        for one in kept.leads_to:
            yield Way(target=one, window=window)


def standing(address: EmailAddress, kept: RedirectAddress) -> Station:
    """What a redirect address or an alias is in the chart."""
    kind = Kind.ALIAS if kept.kind is AddressKind.ALIAS else Kind.REDIRECT_ADDRESS
    return Station(kind, address.key)


def _window(starts: datetime | None, ends: datetime | None) -> Window:
    """None is open."""
    return Window(starts or ALWAYS.starts, ends or ALWAYS.ends)
