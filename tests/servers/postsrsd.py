"""A private postsrsd 1.10: rewrites the senders of what a private Postfix relays, and back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sieve_manager.demo.postfix import UNPACKED
from sieve_manager.demo.processes import (
    LOOPBACK,
    free_ports,
    running,
    temporary_directory,
    unprivileged,
)
from sieve_manager.errors import UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Postsrsd:
    """A running postsrsd (Sender Rewriting Scheme)."""

    forward_port: int
    reverse_port: int

    @property
    def main_cf_lines(self) -> list[str]:
        """What Postfix needs, as Debian's README says; only envelopes are rewritten."""
        return [
            f"sender_canonical_maps = tcp:{LOOPBACK}:{self.forward_port}",
            "sender_canonical_classes = envelope_sender",
            f"recipient_canonical_maps = tcp:{LOOPBACK}:{self.reverse_port}",
            "recipient_canonical_classes = envelope_recipient,header_recipient",
        ]


@contextmanager
def running_postsrsd(*, domain: str, own_domains: tuple[str, ...] = ()) -> Iterator[Postsrsd]:
    """Yield one that makes foreign senders addresses of *domain*, but not those of *own_domains*.

    Raises:
        UnreachableError: it was not unpacked (``make test`` does that), or did not start.
    """
    if not UNPACKED.exists():
        raise UnreachableError(f"{UNPACKED} is not there; make test unpacks it")
    identity = unprivileged()
    forward, reverse = free_ports(2)
    with temporary_directory(identity) as directory:
        shutil.copy(UNPACKED / "usr/sbin/postsrsd", directory)
        (directory / "secret").write_text("of a server that lives for a test\n")
        command = [
            *(str(directory / "postsrsd"), "-4", "-l", LOOPBACK),
            *("-f", str(forward), "-r", str(reverse), "-d", domain),
            *("-s", str(directory / "secret"), f"-X{','.join(own_domains)}"),
        ]
        log = directory / "postsrsd.log"
        with running(command, ports=(forward, reverse), log=log, identity=identity):
            yield Postsrsd(forward_port=forward, reverse_port=reverse)
