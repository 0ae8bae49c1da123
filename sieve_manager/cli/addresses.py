"""``sieve-manager address`` and ``alias``: addresses without a mailbox, which only relay."""

import click

from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.address_plan import (
    AddressPlan,
    AddressWish,
    wish_change,
    wish_set,
    wish_undo,
)
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.saving import agree
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period, parse_day
from sieve_manager.errors import PolicyRefusedError, VersionNotFoundError
from sieve_manager.policy.findings import Severity, refusals

_note = click.option("--note", default="", metavar="TEXT", help="For the history.")
_ticket = click.option("--ticket", default="", metavar="TEXT")


@click.group()
def address() -> None:
    """Redirect addresses: they store nothing and relay to one or more destinations."""


@click.group()
def alias() -> None:
    """Aliases: other addresses of a mailbox here."""


@address.command("set")
@options.address
@click.option("--to", "to", multiple=True, required=True, metavar="ADDRESS", help="Repeatable.")
@click.option("--from", "first_day", default="", metavar="DATE", help="First day, 2027-01-31.")
@click.option("--until", "last_day", default="", metavar="DATE", help="Last day, included.")
@click.option("--timezone", metavar="ZONE", help="Of these days.  [default: of the policy]")
@click.option("--owner", metavar="LOGIN", help="Who may change where it leads.")
@click.option(
    "--moved-to", metavar="ADDRESS", help="What senders are told while it is paused or over."
)
@_note
@_ticket
@options.yes
@pass_door
def set_(
    door: Door,
    address: str,
    to: tuple[str, ...],
    first_day: str,
    last_day: str,
    timezone: str | None,
    owner: str | None,
    moved_to: str | None,
    note: str,
    ticket: str,
    yes: bool,
) -> None:
    """Make ADDRESS, or replace all of it; what is not given takes its default."""
    wanted = RedirectAddress(
        address=_parsed(address),
        forward=_forward(
            to,
            Period(
                first_day=parse_day(first_day, where="first_day"),
                last_day=parse_day(last_day, where="last_day"),
                timezone=timezone or door.wired().policy.default_timezone,
            ),
            note,
        ),
        owner=door.login(owner) if owner else None,
        moved_to=EmailAddress.parse(moved_to, where="moved_to") if moved_to else None,
    )
    door.wired().redirect_addresses.demand_owner(wanted)
    _carry_out(door, wish_set(wanted, ticket=ticket), yes=yes)


@alias.command("set")
@options.address
@click.option("--to", "to", required=True, metavar="ADDRESS", help="The mailbox's address.")
@_note
@_ticket
@options.yes
@pass_door
def set_alias(door: Door, address: str, to: str, note: str, ticket: str, yes: bool) -> None:
    """Make ADDRESS another address of a mailbox here."""
    period = Period(timezone=door.wired().policy.default_timezone)
    wanted = RedirectAddress(
        address=_parsed(address), kind=AddressKind.ALIAS, forward=_forward((to,), period, note)
    )
    _carry_out(door, wish_set(wanted, ticket=ticket), yes=yes)


@address.command()
@options.address
@_note
@_ticket
@options.yes
@pass_door
def pause(door: Door, address: str, note: str, ticket: str, yes: bool) -> None:
    """Refuse mail for ADDRESS for now; all of it is kept."""
    wish = wish_change(_parsed(address), AddressChange.PAUSE, note=note, ticket=ticket)
    _carry_out(door, wish, yes=yes)


@address.command()
@options.address
@_note
@_ticket
@options.yes
@pass_door
def resume(door: Door, address: str, note: str, ticket: str, yes: bool) -> None:
    """Relay mail for the paused ADDRESS again."""
    wish = wish_change(_parsed(address), AddressChange.RESUME, note=note, ticket=ticket)
    _carry_out(door, wish, yes=yes)


@address.command()
@options.address
@_note
@_ticket
@options.yes
@pass_door
def delete(door: Door, address: str, note: str, ticket: str, yes: bool) -> None:
    """Delete ADDRESS, a redirect address or an alias; its history stays."""
    wish = wish_change(_parsed(address), AddressChange.DELETE, note=note, ticket=ticket)
    _carry_out(door, wish, yes=yes)


@address.command()
@options.address
@click.argument("version", type=click.IntRange(min=1), required=False)
@options.yes
@pass_door
def undo(door: Door, address: str, version: int | None, yes: bool) -> None:
    """Put ADDRESS back to before VERSION, which must be the newest (and is, if not given)."""
    use, parsed = door.wired().redirect_addresses, _parsed(address)
    if version is None:
        newest = next(iter(use.history(administrator(), parsed)), None)
        if newest is None:
            raise VersionNotFoundError(f"Nothing is left to take back in the history of {parsed}.")
    else:
        newest = use.version(administrator(), parsed, version)
    _carry_out(door, wish_undo(newest), yes=yes)


def _carry_out(door: Door, wish: AddressWish, *, yes: bool) -> None:
    """Show the plan, ask unless *yes*, save, and print what the mail server's tables say then."""
    use = door.wired().redirect_addresses
    plan = use.plan(administrator(), wish)
    if plan.refused:
        raise PolicyRefusedError([one.message for one in refusals(plan.findings)])
    if plan.idle:
        output.say("There is nothing to change.")
        return
    _show(door, plan)
    agree(door, "Apply this?", yes=yes)
    saved = use.save(administrator(), wish, plan.loaded)
    number = f" as version {saved.version.number}" if saved.version else ""
    answer = words.joined(saved.answer.destinations) or saved.answer.refusal or "no such address"
    output.say(f"Saved{number}. The mail server's tables say now: {answer}.")


def _show(door: Door, plan: AddressPlan) -> None:
    for sign, side in (("-", plan.before), ("+", plan.after)):
        if side:
            output.say(f"{sign} {words.redirect_address(side, door.wired().clock())}")
    if plan.after is None:
        output.say("Then there is no such address.")
    output.show_findings(one for one in plan.findings if one.severity is not Severity.REFUSE)


def _parsed(text: str) -> EmailAddress:
    return EmailAddress.parse(text, where="address")


def _forward(to: tuple[str, ...], period: Period, note: str) -> Forward:
    return Forward(
        destinations=tuple(EmailAddress.parse(one) for one in to),
        copy=NOTHING_STAYS,
        period=period,
        hold_spam=False,
        note=note,
    )
