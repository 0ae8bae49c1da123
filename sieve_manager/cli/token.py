"""``sieve-manager token``: what programs show to the HTTP API."""

import click

from sieve_manager.application.forms import token_form, tokens_form
from sieve_manager.application.tokens import Scope, Token
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.domain.roles import Role

_DAYS = 90
_ROLES = [role.value for role in Role if role.is_staff]


@click.group()
def token() -> None:
    """Tokens of the HTTP API."""


@token.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([one.value for one in Scope]),
    multiple=True,
    required=True,
    help="What it may be used for; may be given again.",
)
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default=Role.OPERATOR.value,
    show_default=True,
    help="As whom it acts.",
)
@click.option("--days", type=int, default=_DAYS, show_default=True, help="How long it lasts.")
@options.as_json
@pass_door
def create(
    door: Door, name: str, scopes: tuple[str, ...], role: str, days: int, as_json: bool
) -> None:
    """Make a token called NAME, and print its secret, this once."""
    made, secret = door.wired().tokens.create(
        administrator(),
        name=name,
        scopes=[Scope(one) for one in scopes],
        role=Role(role),
        days=days,
    )
    if as_json:
        output.show_json({**token_form(made), "secret": secret})
        return
    output.say(f"Token {made.id}. Keep this secret; it is not shown again:", aside=True)
    output.say(secret)


@token.command("list")
@options.as_json
@pass_door
def list_(door: Door, as_json: bool) -> None:
    """List all tokens, newest first, without their secrets."""
    found = door.wired().tokens.tokens(administrator())
    if as_json:
        output.show_json(tokens_form(found))
        return
    heads = ("Token", "Name", "Scopes", "Role", "Made by", "Last used", "Good until")
    output.show_table(heads, (_row(door, one) for one in found))


@token.command()
@click.argument("number", type=int, metavar="TOKEN")
@pass_door
def revoke(door: Door, number: int) -> None:
    """End a token, by its number, at once."""
    door.wired().tokens.revoke(administrator(), number)
    output.say(f"Token {number} opens nothing any more.")


def _row(door: Door, one: Token) -> tuple[str, ...]:
    zone, now = door.wired().policy.default_timezone, door.wired().clock()
    until = words.moment(one.expires, zone)
    if not one.is_good(now):
        until = "revoked" if one.revoked else f"expired {until}"
    return (
        str(one.id),
        one.name,
        ", ".join(sorted(one.scopes)),
        one.role.value,
        one.created_by,
        words.moment(one.used, zone) if one.used else "never",
        until,
    )
