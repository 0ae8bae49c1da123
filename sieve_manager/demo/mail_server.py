"""What the demo and the tests need of a private mail server, whichever engine it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where a private server listens, and who may act for any mailbox there.

    All ports are on *host* (loopback). ManageSieve and IMAP want STARTTLS; the ports whose
    names end in ``_tls`` speak TLS from the first octet, None where the engine has none.
    """

    host: str
    managesieve_port: int
    managesieve_tls_port: int | None
    imap_port: int
    imap_tls_port: int | None
    lmtp_port: int
    ca_file: Path
    master_user: str
    master_password: str
    master_separator: str


class MailServer(Protocol):
    """A running private server."""

    @property
    def endpoints(self) -> Endpoints:
        """Where it listens."""

    def add_user(self, login: str, password: str) -> None:
        """Make a mailbox with the folders Archive, Drafts, Junk, Sent and Trash."""

    def set_clock(self, now: datetime | None) -> None:
        """Let deliveries from now on believe that it is *now* (aware); None: the true time."""

    def log(self) -> str:
        """Return what the server has logged so far."""
