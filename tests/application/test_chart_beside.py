"""A chart beside planned addresses is the chart that will be once they are made."""

from itertools import product

import pytest

from sieve_manager.application.chart_beside import ChartBeside
from sieve_manager.domain.redirect_address import RedirectAddress
from tests.application.test_whole_chart import NOW, Known, at, leads

NAMES = ("x", "x+tag", "*")
ASKED = ("x", "X+tag", "x+other", "nobody", "anna", "anna+tag", "x@example.net")


def charts(states: tuple[str, ...], *, paused: bool) -> tuple[ChartBeside, Known]:
    """The chart with plans, and all that is known once they are carried out."""
    there: list[RedirectAddress] = []
    planned: list[RedirectAddress] = []
    for name, state in zip(NAMES, states, strict=True):
        if state in ("kept", "changed"):
            there.append(leads(name, "bea"))
        if state in ("planned", "changed"):
            planned.append(leads(name, "anna", "out@example.net", paused=paused))
    mailboxes = {"anna": (), "bea": ()}
    now = Known(mailboxes=mailboxes, addresses=tuple(there))
    plans = {one.address: one for one in planned}
    later = {**{one.address: one for one in there}, **plans}
    beside = ChartBeside(chart=now.chart(), planned=plans, now=NOW)
    return beside, Known(mailboxes=mailboxes, addresses=tuple(later.values()))


@pytest.mark.parametrize("paused", [False, True])
def test_it_is_the_chart_that_will_be_once_all_is_made(paused: bool) -> None:
    for states in product(("absent", "kept", "planned", "changed"), repeat=len(NAMES)):
        beside, later = charts(states, paused=paused)
        chart = later.chart()
        for text in ASKED:
            station = beside.station(at(text))
            assert station == chart.station(at(text)), (states, text)
            assert tuple(beside.ways(station)) == tuple(chart.ways(station)), (states, text)
