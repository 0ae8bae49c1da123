"""A chart with redirect addresses that are about to be made beside what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sieve_manager.application.chain import Chart, Kind, Station, Way
from sieve_manager.application.whole_chart import standing, ways_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import CATCH_ALL, RedirectAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBeside:
    """The Chart *chart*, in which those of *planned* are there already."""

    chart: Chart
    planned: Mapping[EmailAddress, RedirectAddress]
    now: datetime

    def station(self, address: EmailAddress) -> Station:
        """What will stand there; what Postfix asks for first wins."""
        there = self.chart.station(address)
        if there.kind is Kind.OUTSIDE:
            return there
        rest = EmailAddress(CATCH_ALL, address.domain)
        spellings = [address]
        if there.key != address.key or there.kind is Kind.MISSING:
            spellings.append(address.without_detail)
        for one in spellings:
            if kept := self.planned.get(one):
                return standing(one, kept)
        if there.kind is Kind.MISSING or there.key == rest.key:
            return self._left_over(address, rest, there)
        return there

    def _left_over(self, address: EmailAddress, rest: EmailAddress, there: Station) -> Station:
        """For an address that nobody has: one that leads nowhere is as if it were not there."""
        kept = self.planned.get(rest)
        if kept is None:
            return there
        found = standing(rest, kept)
        return found if self.ways(found) else Station(Kind.MISSING, address.key)

    def ways(self, station: Station) -> Sequence[Way]:
        """The ways from there."""
        if station.kind.is_relay and (kept := self.planned.get(EmailAddress.restore(station.key))):
            return tuple(ways_of(kept, self.now))
        return self.chart.ways(station)

    def stays(self, station: Station) -> bool | None:
        """As before: no mailbox is planned."""
        return self.chart.stays(station)
