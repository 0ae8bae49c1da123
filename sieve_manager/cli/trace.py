"""``sieve-manager trace``: what happens to mail for an address, over all forwards."""

from collections.abc import Iterator

import click

from sieve_manager.application.chain import ALWAYS, Kind, Way
from sieve_manager.application.chain_forms import trace_form
from sieve_manager.application.register_words import all_in_words
from sieve_manager.application.trace import Hop, Turn
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.proof import prove
from sieve_manager.domain.addresses import EmailAddress

_KINDS = {
    Kind.MAILBOX: "mailbox",
    Kind.REDIRECT_ADDRESS: "redirect address",
    Kind.ALIAS: "alias",
    Kind.OUTSIDE: "outside",
    Kind.MISSING: "does not exist",
    Kind.UNKNOWN: "worked out for each message",
}
_TURNS = {
    Turn.LOOP: "back in a circle",
    Turn.AGAIN: "see above",
    Turn.DEEP: "not followed further",
}
_RESTS = {True: "", False: "the rest is deleted here", None: "some mail is deleted here"}
_COPIES = {True: "a copy stays", False: "no copy", None: "a copy may stay"}


@click.command()
@click.argument("address", metavar="ADDRESS")
@click.option("--send", is_flag=True, help="Send a test message, and follow it for 30 seconds.")
@options.as_json
@pass_door
def trace(door: Door, address: str, send: bool, as_json: bool) -> None:
    """Say what happens to mail for ADDRESS, as of the last sweep of the register."""
    wired = door.wired()
    to = EmailAddress.parse(address, where="address")
    if send:
        prove(door, to, as_json=as_json)
        return
    traced = wired.tracing.trace(administrator(), to)
    if as_json:
        output.show_json(trace_form(traced.root, traced.findings))
        return
    zone = wired.policy.default_timezone
    for depth, hop in _walk(traced.root, 0):
        output.say(f"{'   ' * depth}{'→ ' if depth else ''}{_line(hop, zone)}")
    for one in traced.findings:
        output.say(one.message, style="yellow")
    when = words.moment(traced.swept, zone) if traced.swept else "never"
    output.say(f"Last sweep of the register: {when}.", aside=True)


def _walk(hop: Hop, depth: int) -> Iterator[tuple[int, Hop]]:
    yield depth, hop
    for one in hop.hops:
        yield from _walk(one, depth + 1)


def _line(hop: Hop, zone: str) -> str:
    name = hop.address.readable if hop.address else "?"
    about = [_KINDS[hop.station.kind], _RESTS[hop.stays]]
    if hop.turn:
        about.append(_TURNS[hop.turn])
    if hop.way:
        about += [_COPIES[hop.way.keeps], all_in_words(hop.way.conditions), *_dates(hop.way, zone)]
    return f"{name} ({', '.join(filter(None, about))})"


def _dates(way: Way, zone: str) -> Iterator[str]:
    if way.window.starts != ALWAYS.starts:
        yield f"from {words.moment(way.window.starts, zone)}"
    if way.window.ends != ALWAYS.ends:
        yield f"until {words.moment(way.window.ends, zone)}"
