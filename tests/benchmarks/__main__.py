"""`make bench`: what the product costs beside a bare protocol client, in the same run."""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sieve_manager.demo.dovecot import DovecotServer, running_dovecot
from sieve_manager.demo.dovecot_configuration import DovecotOptions
from sieve_manager.demo.processes import LOOPBACK, accepts, free_ports, wait_until
from sieve_manager.demo.smtp_sink import running_sink
from tests.benchmarks.batch import batch
from tests.benchmarks.chain import chain
from tests.benchmarks.composing import composing
from tests.benchmarks.directory import directory
from tests.benchmarks.measuring import in_turn, timed, together
from tests.benchmarks.owners import Owner
from tests.benchmarks.sweep import register_pages, sweep, sweep_memory
from tests.benchmarks.window import window
from tests.end_to_end.site import configuration
from web.long_running import collect_garbage_seldom

OWNERS = 20
SAVES = 300
AT_ONCE = 8
SAVES_FOR_MEMORY = 1000


def main() -> None:
    """Print every figure as a row of a table."""
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| | product | bare session | ratio | goal |")
    print("|---|---|---|---|---|")
    collect_garbage_seldom()
    composing()
    chain()
    directory()
    register()
    with running_sink() as sink:
        for words, reuse in (("as packaged", False), ("processes used again", True)):
            print(f"| **Dovecot {words}** | | | | |")
            options = DovecotOptions(sink_port=sink.port, reuse_processes=reuse)
            with running_dovecot(options) as server, serving(server) as (base_url, process):
                owners = [Owner(server, base_url) for _ in range(OWNERS)]
                one_at_a_time(owners)
                eight_at_once(owners)
                sweeps(server)
                if reuse:  # before the batch, whose minutes would close the owners' connections
                    memory(owners, process)
                began, bare = batch(server)
                row("cases a second", f"{began:.0f}", f"{bare:.0f}", began / bare, "0.8")
                if reuse:
                    row("last reading until stored, ms median (p95)", window(server))


def one_at_a_time(owners: list[Owner]) -> None:
    """A save, and an overview, each beside a bare session."""
    saved, overview, bare = in_turn(
        SAVES,
        lambda number: owners[number % OWNERS].prepare_and_save(),
        lambda number: owners[number % OWNERS].open_overview(),
        lambda number: timed(owners[number % OWNERS].bare_session),
    )
    row("save a forward, ms median (p95)", saved, bare, saved.median / bare.median, "at most 1.0")
    row("the same, p95", f"{saved.p95:.2f}", f"{bare.p95:.2f}", saved.p95 / bare.p95, "")
    row("open the overview, ms", overview, bare, overview.median / bare.median, "at most 0.5")


def eight_at_once(owners: list[Owner]) -> None:
    """Saves a second beside sessions a second; opening the form is not counted."""
    for owner in owners:
        owner.forget_logs()
    some = owners[:AT_ONCE]
    rounds, saves = 12, 0.0
    for _ in range(rounds):
        for owner in some:
            owner.prepare()
        saves += together([owner.save for owner in some], 1) / rounds
    bare = together([owner.bare_session for owner in some], rounds)
    row("8 owners at once, a second", f"{saves:.0f}", f"{bare:.0f}", saves / bare, "")


def register() -> None:
    """Pages of the register of 100,000 mailboxes, and the memory of sweeps."""
    for name, times in register_pages().items():
        row(f"register of 100,000: {name}, ms", times, goal="under 100")
    few, many = sweep_memory()
    row("a sweep of 25,000 grows by, MB", f"{many:.1f}", f"{few:.1f} of 5,000", goal="flat")


def sweeps(server: DovecotServer) -> None:
    """Mailboxes read a second, eight at once, beside sessions that read as much."""
    first, later, bare = sweep(server)
    row("first sweep, mailboxes a second", f"{first:.0f}", f"{bare:.0f}", first / bare, "0.9")
    row("later sweep, mailboxes a second", f"{later:.0f}", f"{bare:.0f}", later / bare, "0.9")


def memory(owners: list[Owner], process: int) -> None:
    """What the web process holds after the first hundred saves, and after a thousand."""
    sizes = []
    for number in range(SAVES_FOR_MEMORY):
        owners[number % OWNERS].prepare_and_save()
        if number + 1 in (SAVES_FOR_MEMORY // 10, SAVES_FOR_MEMORY):
            sizes.append(resident_megabytes(process))
    early, late = sizes
    row("memory after 1000 saves, MB", f"{late:.0f}", f"{early:.0f} after 100", late / early, "120")


def row(
    name: str, ours: object, theirs: object = "", ratio: float | None = None, goal: str = ""
) -> None:
    """One row of the table."""
    shown = "" if ratio is None else f"{ratio:.2f}"
    print(f"| {name} | {ours} | {theirs} | {shown} | {goal} |", flush=True)


@contextmanager
def serving(server: DovecotServer) -> Iterator[tuple[str, int]]:
    """The pages as `sieve-manager serve` runs them; yields their address and the worker."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        config = directory / "sieve-manager.toml"
        text = configuration(server, directory)
        base_url = f"http://{LOOPBACK}:{port}"
        text = text.replace(f'base_url = "http://{LOOPBACK}"', f'base_url = "{base_url}"')
        text = text.replace("[web]", f'[web]\nlisten = "{LOOPBACK}:{port}"')
        config.write_text(text)
        program = Path(sys.executable).parent / "sieve-manager"
        with subprocess.Popen([program, "--config", config, "serve"]) as process:
            try:
                wait_until(lambda: accepts(port), seconds=20, what="the start of the pages")
                yield base_url, worker_of(process.pid)
            finally:
                process.terminate()


def worker_of(process: int) -> int:
    """The worker that gunicorn's arbiter starts."""
    children = Path(f"/proc/{process}/task/{process}/children")
    wait_until(lambda: bool(children.read_text().split()), seconds=20, what="the worker")
    return int(children.read_text().split()[0])


def resident_megabytes(process: int) -> float:
    """The memory that a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {process} has gone")


if __name__ == "__main__":
    main()
