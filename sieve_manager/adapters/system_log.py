"""Hands entries of the audit log to the host's syslog, over its datagram socket (RFC 3164)."""

import logging
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sieve_manager.application.auditing import AuditRecord, line_of

SOCKET = Path("/dev/log")
# Facility "authpriv" (10), which by custom only root reads, and severity "info" (6).
_PRIORITY = 10 * 8 + 6
_log = logging.getLogger(__name__)


class SystemLog:
    """Where records go as one line each; one that cannot be handed over is said, not raised."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = path

    def send(self, records: Sequence[AuditRecord]) -> None:
        """Hand them over, in order."""
        try:
            with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as sending:
                sending.settimeout(1.0)
                for record in records:
                    line = f"<{_PRIORITY}>sieve-manager-audit: {line_of(record)}"
                    sending.sendto(line.encode("ascii"), str(self._path))
        except OSError as error:
            numbers = f"{records[0].number} to {records[-1].number}"
            _log.error("entries %s of the audit log did not get to syslog: %s", numbers, error)
