"""``sieve-manager postfix``: how Postfix comes to look up redirect addresses."""

import click

from sieve_manager.application.postfix_files import configuration
from sieve_manager.bootstrap_addresses import postfix_tables
from sieve_manager.cli import output
from sieve_manager.cli.door import Door, pass_door


@click.group()
def postfix() -> None:
    """The Postfix that looks up redirect addresses and aliases."""


@postfix.command()
@pass_door
def config(door: Door) -> None:
    """Print its map files and the lines of main.cf, for the database in use; changes nothing."""
    for line in configuration(postfix_tables(door.settings())):
        output.say(line)
