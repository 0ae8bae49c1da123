"""``sieve-manager demo``: a real mail server with sample data, and the pages, until Ctrl-C."""

import signal
from importlib.util import find_spec
from threading import Event

import click

from sieve_manager.cli import output

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
def demo() -> None:
    """Try it out: a private mail server, sample mailboxes and the pages, until Ctrl-C."""
    if find_spec("aiosmtpd") is None:
        raise click.UsageError("The demo needs more packages: pip install 'sieve-manager[demo]'")
    # Here and not above: a real installation has no SMTP sink.
    from sieve_manager.demo.pages import serving
    from sieve_manager.demo.stage import staged

    for ending in _ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    try:
        with (
            staged() as stage,
            serving(stage.world, stage.settings, stage.listener) as address,
        ):
            output.say(f"Sieve Manager demo: {address}", style="bold")
            output.show_table(
                ("Sign in as", "Password", "Who"),
                [(one.login, one.password, one.about) for one in stage.world.accounts],
            )
            output.show_table(
                ("No mailbox", "What it is"),
                [(one.address, one.about) for one in stage.world.addresses],
            )
            command = f"sieve-manager --config {stage.configuration} forward show ..."
            output.say(f"The command line: {command}")
            output.say("Ctrl-C ends it, and nothing is left behind.")
            _wait()
    except KeyboardInterrupt:
        raise click.Abort from None
    output.say("The demo has ended; nothing of it is left.")


def _wait() -> None:
    """Return when somebody ends it; a second Ctrl-C must not leave half of it behind."""
    try:
        Event().wait()
    except KeyboardInterrupt:
        for ending in _ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
