"""``sieve-manager serve``: the pages, by gunicorn."""

import os
import sys
import tempfile

import click

from sieve_manager.cli.door import Door, pass_door

_PAGES = "web.long_running"  # by name: nobody imports the pages
_SECONDS = 90  # longer than a save may take at the slowest server


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes. One keeps owners' server connections; more do not share them.",
)
@click.option(
    "--threads", type=click.IntRange(min=1), default=16, show_default=True, help="A process."
)
@pass_door
def serve(door: Door, workers: int, threads: int) -> None:
    """Serve the pages at [web] listen, in the foreground."""
    web = door.settings().web
    _ = web.secret  # says now, and by its key, what would fail in a worker
    arguments = [
        *("--bind", web.listen),
        *("--workers", str(workers)),
        *("--worker-class", "gthread"),
        *("--threads", str(threads)),
        *("--timeout", str(_SECONDS)),
        *("--graceful-timeout", "30"),
        *("--keep-alive", "75"),  # longer than nginx keeps its connections to us (60 s)
        *("--config", f"python:{_PAGES}"),
        *("--log-level", "warning"),  # until [logs] is in force
        "--no-control-socket",  # it would be left in the home directory, and nobody needs it
    ]
    if door.config:
        arguments += ["--env", f"SIEVE_MANAGER_CONFIG={door.config.resolve()}"]
    shared = tempfile.mkdtemp(prefix="sieve-manager-metrics-")  # gunicorn removes it at its end
    os.execve(  # noqa: S606 - gunicorn takes this process over, and with it every signal
        sys.executable,
        [sys.executable, "-m", "gunicorn", *arguments, f"{_PAGES}:application()"],
        # glibc gives each thread memory of its own to grow in: 6 MB more with 16 of them.
        {"MALLOC_ARENA_MAX": "2", **os.environ, "PROMETHEUS_MULTIPROC_DIR": shared},
    )
