"""What the reference says of the audit log's lines is so: the words, and the way to verify them."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.audit_upkeep import PRUNE
from sieve_manager.application.auditing import (
    BATCH_START,
    CASE_WORDS,
    AuditEntry,
    AuditRecord,
    Mark,
    Result,
    canonical,
    chained,
    line_of,
)
from sieve_manager.application.history import Change
from sieve_manager.application.trail import ACT, REFUSED_RIGHT, SIGN_IN, STOP, action_of
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from tests.docs.pages import DOCS

PAGE = (DOCS / "reference/audit-log.md").read_text(encoding="utf-8")
ENTRY = AuditEntry(
    at=datetime(2026, 12, 2, tzinfo=UTC),
    actor=Actor(name="otto", channel=Channel.WEB, role=Role.OPERATOR, address="192.0.2.1"),
    action="forward.set",
    result=Result.DONE,
    mailbox=Login("anna@example.com"),
    ticket="4711",
    reason="“für Anna”\n\u2028\x00",
    before="a",
    after="b",
    to=("a@example.com",),
    detail="c",
)
RECORDS = chained([ENTRY, ENTRY, ENTRY, ENTRY], Mark())


def test_every_key_and_every_word_is_explained() -> None:
    keys = set(re.findall(r'"(\w+)":', canonical(ENTRY)))
    words = {*keys, *Result, *Role, *Channel, PRUNE, SIGN_IN, REFUSED_RIGHT, ACT, STOP}
    words |= {*CASE_WORDS, BATCH_START, "token.create", "token.revoke"}
    words |= {action_of(change) for change in Change}
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (RECORDS, ""),
        (RECORDS[1:], ""),
        ((*RECORDS[:2], replace(RECORDS[2], entry=replace(ENTRY, ticket="1")), RECORDS[3]), "3\n"),
        ((RECORDS[0], *RECORDS[2:]), "3\n"),
    ],
)
def test_the_program_on_the_page_verifies_an_export(
    records: tuple[AuditRecord, ...], said: str
) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found
    done = subprocess.run(
        [sys.executable, "-I", "-c", found[1]],
        input="".join(f"{line_of(record)}\n" for record in records),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == said
