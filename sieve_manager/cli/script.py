"""``sieve-manager script``: list, show and check the scripts of a mailbox."""

import sys

import click
from rich.console import Console
from rich.syntax import Syntax

from sieve_manager.application.forms import listing_form
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.domain.scripts import ScriptName


@click.group()
def script() -> None:
    """Look at the scripts on the server; nothing is changed."""


@script.command("list")
@options.mailbox
@options.as_json
@options.password_prompt
@pass_door
def list_(door: Door, mailbox: str, as_json: bool, password_prompt: bool) -> None:
    """List the scripts of MAILBOX, and which one is active."""
    access = door.access(mailbox, password_prompt=password_prompt)
    listing = door.wired().forwards.scripts(access)
    if as_json:
        output.show_json(listing_form(access.login.text, listing))
        return
    rows = [(name.text, "active" if name == listing.active else "") for name in listing.names]
    output.show_table(("Script", ""), rows)


@script.command()
@options.mailbox
@click.argument("name", required=False)
@options.password_prompt
@pass_door
def show(door: Door, mailbox: str, name: str | None, password_prompt: bool) -> None:
    """Print the script NAME of MAILBOX, or the active one; into a pipe, its exact octets."""
    access = door.access(mailbox, password_prompt=password_prompt)
    forwards = door.wired().forwards
    wanted = ScriptName(name) if name else forwards.scripts(access).active
    if wanted is None:
        output.say("No script is active.", aside=True)
        return
    octets = forwards.script(access, wanted).octets
    if sys.stdout.isatty():
        text = "\n".join(map(output.visible, octets.decode("utf-8", "replace").splitlines()))
        Console().print(Syntax(text, "sieve", background_color="default"))
    else:
        sys.stdout.buffer.write(octets)


@script.command()
@options.mailbox
@options.password_prompt
@pass_door
def check(door: Door, mailbox: str, password_prompt: bool) -> None:
    """Say whether the server can run the scripts of MAILBOX; exit status 6 where it cannot."""
    access = door.access(mailbox, password_prompt=password_prompt)
    status = door.wired().forwards.overview(access)
    for sentence in words.sentences(status):
        output.say(sentence)
    if not status.works:
        click.get_current_context().exit(ExitCode.REFUSED_BY_SERVER)
    output.show_findings(status.findings)
    if status.active_script:
        output.say(f"The server can run the active script “{status.active_script}”.")
