"""Entries of the audit log at the host's syslog: a line each, in order, or an error in our log."""

import json
import logging
import socket
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.adapters.system_log import SystemLog
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, Mark, Result, chained

ENTRY = AuditEntry(
    at=datetime(2026, 12, 2, tzinfo=UTC),
    actor=Actor(name="otto@example.com", channel=Channel.WEB),
    action="forward.set",
    result=Result.DONE,
    reason="line\nend \x00 “für Anna” <0>",
)
RECORDS = chained([ENTRY, ENTRY], Mark())


def test_each_entry_is_one_line(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as server:
        server.bind(str(tmp_path / "log"))
        SystemLog(tmp_path / "log").send(RECORDS)
        lines = [server.recv(65_536) for _ in RECORDS]
    for line, record in zip(lines, RECORDS, strict=True):
        head, _sign, text = line.partition(b": ")
        assert head == b"<86>sieve-manager-audit"
        assert (b"\n" not in line, text.isascii()) == (True, True)
        found = json.loads(text)
        assert (found["number"], found["digest"]) == (record.number, record.digest)
        assert found["entry"]["reason"] == ENTRY.reason


def test_a_syslog_that_is_away_is_only_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        SystemLog(tmp_path / "absent").send(RECORDS)
    assert "entries 1 to 2 of the audit log did not get to syslog" in caplog.text
