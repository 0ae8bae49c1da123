"""Start private servers in directories of their own, and end them without a trace."""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sieve_manager.errors import UnreachableError

LOOPBACK = "127.0.0.1"
_START_SECONDS = 20.0
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The unprivileged account that the servers run as."""

    user: str
    group: str
    uid: int
    gid: int

    def give(self, path: Path) -> None:
        """Make *path* belong to this account, where that takes root."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def unprivileged() -> Identity:
    """Return who runs the servers: the caller, or ``nobody`` where the caller is root."""
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(entry.pw_gid).gr_name
    return Identity(user=entry.pw_name, group=group, uid=entry.pw_uid, gid=entry.pw_gid)


def program(name: str, *, package: str, directories: Sequence[str] = ("/usr/sbin",)) -> str:
    """Return the path of *name*.

    Raises:
        UnreachableError: it is not installed; names the Debian *package*.
    """
    found = shutil.which(name, path=os.pathsep.join((*directories, os.defpath)))
    if found is None:
        raise UnreachableError(f"{name} is not installed (Debian package {package})")
    return found


def free_ports(count: int) -> tuple[int, ...]:
    """Return *count* different loopback ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for opened in sockets:
            opened.bind((LOOPBACK, 0))
        return tuple(opened.getsockname()[1] for opened in sockets)


@contextmanager
def temporary_directory(identity: Identity) -> Iterator[Path]:
    """Yield a fresh directory of *identity*, whose path others may pass; remove it afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="sieve-manager-"))
    try:
        directory.chmod(0o711)
        identity.give(directory)
        yield directory
    finally:
        shutil.rmtree(directory)


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return as soon as *condition* holds; look every 5 ms.

    Raises:
        UnreachableError: it did not hold within *seconds*; names *what* was waited for.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise UnreachableError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.005)


def accepts(port: int) -> bool:
    """Say whether somebody listens on the loopback *port*."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def running(
    command: Sequence[str],
    *,
    ports: Sequence[int],
    log: Path,
    identity: Identity,
    environment: Mapping[str, str] | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* as *identity* until the block ends; enter it when all *ports* accept.

    What it prints is added to *log*. At the end it gets the signal *stop*, and what is left
    of its session of processes is killed.

    Raises:
        UnreachableError: it ended or did not listen in time; holds the log.
    """
    root = os.geteuid() == 0
    with log.open("ab") as output:
        process = subprocess.Popen(
            # Should this program be killed, its servers end too.
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", **(environment or {})},
            cwd=log.parent,
            start_new_session=True,
            user=identity.uid if root else None,
            group=identity.gid if root else None,
            extra_groups=[] if root else None,
        )
    try:
        _await_start(process, ports, log)
        yield process
    finally:
        _end(process, stop)


def _await_start(process: subprocess.Popen[bytes], ports: Sequence[int], log: Path) -> None:
    def started() -> bool:
        return process.poll() is not None or all(map(accepts, ports))

    wait_until(started, seconds=_START_SECONDS, what=f"the start of {process.args!r}")
    if process.poll() is not None:
        text = log.read_text(errors="replace")
        raise UnreachableError(f"{process.args!r} ended at once", server_text=text)


def _end(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    process.send_signal(stop)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    wait_until(lambda: not _group_lives(process.pid), seconds=_STOP_SECONDS, what="its end")


def _group_lives(group: int) -> bool:
    # Killed children may stay as zombies until init collects them; those do nothing any more.
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _, its_group, *_ = path.read_text().rpartition(")")[2].split()
            if int(its_group) == group and state not in "ZX":
                return True
    return False
