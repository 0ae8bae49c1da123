"""The command itself: its groups, and every error as a message and an exit status."""

from pathlib import Path
from typing import Any

import click

from sieve_manager.cli import output
from sieve_manager.cli.address_import import (
    export_addresses,
    export_aliases,
    import_addresses,
    import_aliases,
)
from sieve_manager.cli.address_views import history as address_history
from sieve_manager.cli.address_views import list_addresses, list_aliases, show
from sieve_manager.cli.addresses import address, alias
from sieve_manager.cli.audit import audit
from sieve_manager.cli.cases import cases
from sieve_manager.cli.check import check
from sieve_manager.cli.demo import demo
from sieve_manager.cli.directory import directory
from sieve_manager.cli.door import Door
from sieve_manager.cli.exit_codes import exit_code
from sieve_manager.cli.forward import forward
from sieve_manager.cli.history import history, undo
from sieve_manager.cli.jobs import jobs, worker
from sieve_manager.cli.postfix import postfix
from sieve_manager.cli.register import register
from sieve_manager.cli.script import script
from sieve_manager.cli.serve import serve
from sieve_manager.cli.token import token
from sieve_manager.cli.trace import trace
from sieve_manager.errors import (
    ChangedMeanwhileError,
    Outcome,
    PolicyRefusedError,
    SaveFailedError,
    SieveManagerError,
)

_OUTCOMES = {
    Outcome.UNCHANGED: "Nothing was changed.",
    Outcome.SAVED: "The server has the change.",
    Outcome.UNKNOWN: "Whether the server has the change is not known: look again.",
}


class _Program(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SieveManagerError as error:
            output.complain(_message(error))
            ctx.exit(exit_code(error))


def _message(error: SieveManagerError) -> str:
    match error:
        case PolicyRefusedError():
            return "\n".join(("Nothing was changed:", *error.messages))
        case SaveFailedError():
            return f"Failed at the step “{error.step}”: {error.cause}\n{_OUTCOMES[error.outcome]}"
        case ChangedMeanwhileError():
            return f"{error} Nothing was changed; look again."
        case _:
            return str(error)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The configuration.  [default: the file that SIEVE_MANAGER_CONFIG names]",
)
@click.version_option(package_name="sieve-manager")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Forwards on mail servers that speak ManageSieve."""
    if ctx.obj is None:
        ctx.obj = Door(config=config)


main.add_command(register)
main.add_command(postfix)
main.add_command(audit)
main.add_command(token)
main.add_command(trace)
main.add_command(address)
main.add_command(alias)
for command in (list_addresses, show, address_history, import_addresses, export_addresses):
    address.add_command(command)
for command in (list_aliases, import_aliases, export_aliases):
    alias.add_command(command)
for command in (forward, script, history, undo, cases, directory, check, jobs, serve, worker, demo):
    main.add_command(command)
