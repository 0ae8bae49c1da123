"""The register on Dovecot: what is there is found, and killed processes do no mailbox twice."""

import multiprocessing
import random
import time
from contextlib import suppress
from pathlib import Path

from sieve_manager.application import sweeping
from sieve_manager.application.register_store import Question, Sweep, SweepState
from sieve_manager.bootstrap import Wired, build
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.errors import MailboxBusyError
from sieve_manager.settings import load_settings
from tests.end_to_end.site import configuration
from tests.servers.mailboxes import make_mailbox
from tests.servers.script_files import give_script

MAILBOXES = 150
KILLS = 5
_random = random.SystemRandom()
# A process from the server is there at once; one from scratch takes a second.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


def configured(server: DovecotServer, directory: Path, logins: list[str]) -> Path:
    """A configuration whose mailboxes are exactly these."""
    listing = directory / "mailboxes.csv"
    listing.write_text("".join(f"{login},{login},\n" for login in logins))
    config = directory / "config.toml"
    config.write_text(f'{configuration(server, directory)}\n[mailboxes]\nfile = "{listing}"\n')
    return config


def often() -> None:
    """Write down a few mailboxes at a time, and take over soon from who was killed."""
    sweeping._CHUNK, sweeping._WRITE_SECONDS, sweeping._LEASE_SECONDS = 5, 0.01, 0.4


def sweep(config: Path) -> None:
    """What a process does until it is done or killed."""
    often()
    wired = build(load_settings(config))
    finished(wired)
    wired.close()


def finished(wired: Wired) -> Sweep:
    """Go on with it, once the lease of who was killed has run out."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(MailboxBusyError):
            return wired.register.sweep()
        time.sleep(0.02)
    raise AssertionError("the sweep did not come to its end")


def test_killed_sweeps_do_each_mailbox_once(dovecot: DovecotServer, tmp_path: Path) -> None:
    logins = sorted(make_mailbox(dovecot) for _ in range(MAILBOXES))
    for login in logins:
        give_script(dovecot, login, "sogo", f'redirect "of-{login}";\r\n'.encode())
    config = configured(dovecot, tmp_path, logins)
    wired = build(load_settings(config))
    reached = []
    for _ in range(KILLS):
        process = _processes.Process(target=sweep, args=(config,))
        process.start()
        process.join(_random.uniform(0.5, 0.9))
        process.kill()
        process.join()
        last = wired.register.store.last()
        reached.append((last.number, last.read) if last else (0, 0))
    done = finished(wired)
    found = list(wired.register.store.every(Question()))
    wired.close()
    assert reached == sorted(reached)
    assert done.state is SweepState.DONE
    assert done.read == MAILBOXES
    assert [one.login.text for one in found] == logins
    assert [one.target for one in found] == [f"of-{login}" for login in logins]


def test_what_dovecot_runs_is_in_the_register(dovecot: DovecotServer, tmp_path: Path) -> None:
    anna, bruno, carla = (make_mailbox(dovecot) for _ in range(3))
    give_script(
        dovecot,
        anna,
        "outer",
        b'require "include";\r\ninclude :personal "Gr\xc3\xbc\xc3\x9fe";\r\n',
    )
    hidden = (
        b'require ["variables", "encoded-character"];\r\nset "x" "thief${hex:40}example.net";\r\n'
    )
    give_script(dovecot, anna, "Grüße", hidden + b'redirect "${x}";\r\n', active=False)
    missing = "missing@example.com"
    wired = build(load_settings(configured(dovecot, tmp_path, [anna, bruno, carla, missing])))
    first = wired.register.sweep()
    assert (first.read, first.failed) == (3, 1)
    (entry,) = wired.register.store.page(Question())
    assert (entry.login.text, entry.target, entry.script) == (anna, "thief@example.net", "Grüße")
    (problem,) = wired.register.store.page(Question(problems=True))
    assert problem.login.text == missing
    give_script(dovecot, bruno, "mine", b'redirect "thief@example.net";\r\n')
    second = wired.register.sweep()
    assert (second.changed, wired.register.store.count_news(second)) == (1, 1)
    assert wired.register.store.news(second, 9)[0].login.text == bruno
    wired.close()
