"""``list``, ``show`` and ``history`` of ``sieve-manager address``; the first of ``alias``, too."""

import click

from sieve_manager.application.address_history import AddressVersion
from sieve_manager.application.chain_forms import address_form, address_history_form
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.redirect_address import AddressKind, RedirectAddress
from sieve_manager.errors import InvalidInputError

_text = click.option(
    "--text", default="", metavar="TEXT", help="A part of the address, a destination or the note."
)


@click.command("list")
@_text
@options.as_json
@pass_door
def list_addresses(door: Door, text: str, as_json: bool) -> None:
    """List redirect addresses and aliases."""
    _list(door, text, None, as_json=as_json)


@click.command("list")
@_text
@options.as_json
@pass_door
def list_aliases(door: Door, text: str, as_json: bool) -> None:
    """List aliases."""
    _list(door, text, AddressKind.ALIAS, as_json=as_json)


@click.command()
@options.address
@options.as_json
@pass_door
def show(door: Door, address: str, as_json: bool) -> None:
    """Show where ADDRESS leads, and since when."""
    kept = _kept(door, EmailAddress.parse(address, where="address"))
    if as_json:
        output.show_json(_form(door, kept))
        return
    output.say(words.redirect_address(kept, door.wired().clock()))
    output.show_pairs(
        (
            ("Kind", kept.kind.value),
            ("To", words.joined(kept.forward.destinations)),
            (
                "Not agreed yet",
                words.joined(one for one in kept.forward.destinations if one in kept.waiting),
            ),
            ("From", str(kept.forward.period.first_day or "")),
            ("Until", str(kept.forward.period.last_day or "")),
            ("Owner", kept.owner.text if kept.owner else ""),
            ("Senders are told", f"the new address {kept.moved_to}" if kept.moved_to else ""),
            ("Note", kept.forward.note),
        )
    )


@click.command()
@options.address
@options.as_json
@pass_door
def history(door: Door, address: str, as_json: bool) -> None:
    """List what was done to ADDRESS, newest first."""
    parsed = EmailAddress.parse(address, where="address")
    versions = door.wired().redirect_addresses.history(administrator(), parsed)
    if as_json:
        output.show_json(address_history_form(parsed, versions))
        return
    zone = door.wired().policy.default_timezone
    rows = [_row_of(one, zone) for one in versions]
    output.show_table(("Version", "When", "Who", "Change", "To", "Ticket", "Note"), rows)


def _list(door: Door, text: str, kind: AddressKind | None, *, as_json: bool) -> None:
    found = door.wired().redirect_addresses.found(administrator(), text, kind=kind, limit=100_000)
    if as_json:
        output.show_json({"addresses": [_form(door, one) for one in found]})
        return
    now = door.wired().clock()
    output.show_table(
        ("Address", "Kind", "State", "To", "Until", "Owner", "Note"),
        (
            (
                one.address.readable,
                one.kind.value,
                one.phase(now).value,
                words.joined(one.forward.destinations),
                str(one.forward.period.last_day or ""),
                one.owner.text if one.owner else "",
                one.forward.note,
            )
            for one in found
        ),
    )


def _kept(door: Door, parsed: EmailAddress) -> RedirectAddress:
    kept = door.wired().redirect_addresses.get(administrator(), parsed)
    if kept is None:
        raise InvalidInputError(
            "There is no redirect address {address}.",
            where="address",
            code="address-none",
            address=parsed.readable,
        )
    return kept


def _form(door: Door, kept: RedirectAddress) -> dict[str, object]:
    return address_form(kept, kept.phase(door.wired().clock()))


def _row_of(version: AddressVersion, zone: str) -> tuple[str, ...]:
    new = version.new
    undone = f" of {new.undoes}" if new.undoes is not None else ""
    return (
        str(version.number),
        words.moment(new.at, zone),
        new.actor.name,
        f"{new.change}{undone}",
        words.joined(new.after.forward.destinations) if new.after else "",
        new.ticket,
        new.note,
    )
