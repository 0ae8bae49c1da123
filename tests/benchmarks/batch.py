"""A batch of cases through the whole path, beside bare sessions with the same steps."""

import base64
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.jobs import Job, JobState
from sieve_manager.bootstrap import Wired, build, build_worker
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.settings import load_settings
from tests.benchmarks.bare import BareSession
from tests.end_to_end.site import configuration
from tests.servers.mailboxes import make_mailbox

MAILBOXES = 2000
ROUNDS = 4  # ours and theirs in turn, so that a machine's mood hits both alike
SESSIONS = 8  # as [master] max_connections
_ADA = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
_HEADING = "leaver,to,copy,first_day,last_day,reply,ticket,reason\r\n"
_LINE = "{},anna@example.com,none,2027-01-01,2027-03-31,en,INC-1,has left\r\n"
_LONGEST_SECONDS = 600
_LOOK_SECONDS = 0.1


def batch(server: DovecotServer) -> tuple[float, float]:
    """Mailboxes a second: cases begun by a worker, and bare sessions that store as much."""
    each = MAILBOXES // ROUNDS
    ours = theirs = 0.0
    with TemporaryDirectory() as name:
        config = Path(name) / "sieve-manager.toml"
        config.write_text(configuration(server, Path(name)))
        wired = build(load_settings(config))
        worker = build_worker(wired)
        worker.start()
        for _ in range(ROUNDS):
            leavers = [make_mailbox(server) for _ in range(each)]
            ours += _begin_cases(wired, _rehearsed(wired, leavers))
            octets = _active_script(wired, leavers[0])
            theirs += _bare_sessions(server, [make_mailbox(server) for _ in range(each)], octets)
        worker.stop()
        wired.close()
    return MAILBOXES / ours, MAILBOXES / theirs


def _rehearsed(wired: Wired, leavers: Sequence[str]) -> Job:
    file = _HEADING + "".join(map(_LINE.format, leavers))
    job = wired.case_batches.rehearse(_ADA, file.encode())
    return _until(wired, job, JobState.READY)


def _begin_cases(wired: Wired, job: Job) -> float:
    """The seconds that it takes, read, planned, stored, verified and written down."""
    begun = time.time()
    wired.case_batches.start(_ADA, job.id, job.checksum)
    finished = _until(wired, job, JobState.DONE).finished  # we come to look a little later
    counts = wired.ledger.counts(job.id)
    if counts.done != counts.total or finished is None:
        raise RuntimeError(f"not all was done: {counts}")
    return finished.timestamp() - begun


def _until(wired: Wired, job: Job, state: JobState) -> Job:
    """Look now and then only: whoever looks takes time away from the work."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while (found := wired.ledger.job(job.id)).state is not state:
        if time.monotonic() > deadline:
            raise RuntimeError(f"job {job.id} is {found.state}, not {state}")
        time.sleep(_LOOK_SECONDS)
    return found


def _active_script(wired: Wired, login: str) -> bytes:
    """What a case stored, for the others to store as much."""
    (newest,) = wired.history.versions(Login(login))
    return newest.new.after.scripts[0].octets


def _bare_sessions(server: DovecotServer, logins: Sequence[str], octets: bytes) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(SESSIONS) as pool:
        list(pool.map(lambda login: _bare_session(server, login, octets), logins))
    return time.perf_counter() - begun


def _bare_session(server: DovecotServer, login: str, octets: bytes) -> None:
    """What ours asks, in as few turns as RFC 5804 §2 allows, and no look at the answers."""
    there = server.endpoints
    identity = f"{login}\0{there.master_user}\0{there.master_password}"
    literal = b"{%d+}\r\n%b\r\n" % (len(octets), octets)
    with BareSession(there.host, there.managesieve_port, there.ca_file) as session:
        session.ask(b'AUTHENTICATE "PLAIN" "%b"\r\n' % base64.b64encode(identity.encode()))
        session.ask_together(b"CAPABILITY\r\n", b"LISTSCRIPTS\r\n")
        session.ask_together(
            b"CHECKSCRIPT " + literal,
            b"LISTSCRIPTS\r\n",
            b'HAVESPACE "bare" %d\r\n' % len(octets),
        )
        session.ask_together(
            b'PUTSCRIPT "bare" ' + literal,
            b'SETACTIVE "bare"\r\n',
            b"LISTSCRIPTS\r\n",
            b'GETSCRIPT "bare"\r\n',
        )
