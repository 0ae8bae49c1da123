"""Who set a forward, what may be seen of it, and how it is exported."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.history import Change, NewVersion, Version
from sieve_manager.application.register import (
    OURS,
    UNREADABLE,
    Condition,
    ConditionKind,
    EntryState,
    Place,
    RegisterEntry,
    SetBy,
    entries_of,
)
from sieve_manager.application.register_export import HEADS, csv_of, json_form
from sieve_manager.application.register_words import all_in_words, in_words
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.policy.policy import Policy

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
MAILBOX = Mailbox(login=Login("anna"), address=EmailAddress("anna", "example.com"))
NONE = b"keep;\r\n"
OTTO = Actor(name="otto", channel=Channel.WEB, role=Role.OPERATOR)
ANNA = Actor(name="anna", channel=Channel.WEB)


def ours(target: str, *, paused: bool = False) -> bytes:
    test = "false # true" if paused else "true"
    return (
        f"# rule:[Sieve Manager: forward (UTC)]\r\nif {test}\r\n{{\r\n"
        f'\tredirect "{target}";\r\n\tstop;\r\n}}\r\n'
    ).encode()


def scripts(octets: bytes) -> ScriptSet:
    name = ScriptName("sieve-manager")
    listing = ScriptListing(names=(name,), active=name)
    return ScriptSet(listing=listing, scripts=(Script(name=name, octets=octets),))


def version(number: int, before: bytes, after: bytes, actor: Actor) -> Version:
    new = NewVersion(
        login=MAILBOX.login,
        at=NOW,
        actor=actor,
        change=Change.SET,
        before=scripts(before),
        after=scripts(after),
    )
    return Version(number=number, settled=True, new=new)


def read(octets: bytes, *history: Version) -> RegisterEntry:
    (entry,) = entries_of(scripts(octets), MAILBOX, Policy(), lambda: history)
    return entry


A, B = ours("a@example.net"), ours("b@example.net")
PAUSED = ours("a@example.net", paused=True)


@pytest.mark.parametrize(
    ("history", "set_by", "actor"),
    [
        ((version(1, NONE, A, ANNA),), SetBy.OWNER, "anna"),
        ((version(1, NONE, A, OTTO),), SetBy.HELPDESK, "otto"),
        # Who paused and resumed it did not set it.
        (
            (
                version(3, PAUSED, A, ANNA),
                version(2, A, PAUSED, ANNA),
                version(1, NONE, A, OTTO),
            ),
            SetBy.HELPDESK,
            "otto",
        ),
        ((version(2, B, A, ANNA), version(1, NONE, B, OTTO)), SetBy.OWNER, "anna"),
        # Somebody put it back without us.
        ((version(2, A, NONE, ANNA), version(1, NONE, A, OTTO)), SetBy.UNKNOWN, ""),
        # It was there before all that is kept.
        ((version(9, A, PAUSED, ANNA),), SetBy.UNKNOWN, ""),
        ((), SetBy.UNKNOWN, ""),
    ],
)
def test_who_set_it_is_who_brought_the_target(
    history: tuple[Version, ...], set_by: SetBy, actor: str
) -> None:
    entry = read(A, *history)
    assert (entry.set_by, entry.actor, entry.program) == (set_by, actor, OURS)


def test_the_history_says_nothing_of_what_others_wrote() -> None:
    entry = read(b'redirect "a@example.net";', version(1, NONE, A, OTTO))
    assert (entry.set_by, entry.actor, entry.program) == (SetBy.UNKNOWN, "", "")


def test_only_the_helpdesk_opens_cases() -> None:
    name = "# rule:[Sieve Manager: case 3, forward (UTC)]\r\n"
    entry = read(f'{name}if true\r\n{{\r\n\tredirect "a@example.net";\r\n}}\r\n'.encode())
    assert entry.set_by is SetBy.HELPDESK


def test_hostile_texts_are_cut_and_cleaned() -> None:
    long = "x" * 5000
    octets = (
        b'require "encoded-character";\r\n# rule:[' + long.encode() + b"\xff]\r\n"
        b'if true { redirect "a${hex:00}\xff' + long.encode() + b'"; }'
    )
    entry = read(octets)
    for text in (entry.target, entry.rule):
        text.encode()
        assert "\x00" not in text
        assert len(text) <= 321


def test_the_state_depends_on_the_day() -> None:
    entry = RegisterEntry(login=MAILBOX.login, starts=NOW, ends=NOW + timedelta(days=1))
    moments = {-1: "scheduled", 0: "active", 24: "active", 25: "ended"}
    for hours, state in moments.items():
        assert entry.state(NOW + timedelta(hours=hours)) == state
    assert replace(entry, paused=True).state(NOW) is EntryState.PAUSED


def test_others_words_can_be_left_out() -> None:
    condition = Condition(kind=ConditionKind.FIELD, fields=("Subject",), values=("secret",))
    entry = RegisterEntry(
        login=MAILBOX.login, rule="secret", script="secret", conditions=(condition,)
    )
    assert "secret" not in repr(entry.without_words)
    assert (
        all_in_words(entry.without_words.conditions) == "under conditions that are not shown to you"
    )
    assert replace(entry, conditions=()).without_words.conditions == ()
    own = replace(entry, program=OURS)
    assert own.without_words == own
    unreadable = replace(entry, conditions=(), rule="", problem=UNREADABLE.format(script="secret"))
    assert "secret" not in repr(unreadable.without_words)
    assert "read to its end" in unreadable.without_words.problem


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "  =1", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    entry = RegisterEntry(login=Login("a"), target=text, rule=text, actor=text, program=text)
    table = "".join(csv_of([entry], NOW)).lstrip("\ufeff")
    heads, row = csv.reader(io.StringIO(table))
    assert tuple(heads) == HEADS
    assert sum(cell.startswith("'") for cell in row) == 4
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in row)


def test_line_breaks_stay_in_no_cell() -> None:
    entry = RegisterEntry(login=Login("a"), rule='x\r\n"=y')
    assert len("".join(csv_of([entry], NOW)).splitlines()) == 2


def test_a_problem_has_no_target_and_no_state() -> None:
    form = json_form(RegisterEntry(login=Login("a"), problem="closed"), NOW)
    said = {key: value for key, value in form.items() if value}
    assert said == {"mailbox": "a", "problem": "closed"}
    assert json_form(RegisterEntry(login=Login("a"), place=Place.INSIDE), NOW)["place"] == "inside"


def test_conditions_in_words_are_translated_before_they_are_filled_in() -> None:
    condition = Condition(
        kind=ConditionKind.FIELD,
        fields=("{values}",),
        match="contains",
        values=(*"abcdef", "x" * 100),
    )
    translated = {"{fields} contains {values}": "{values} in {fields}", "“{value}”": "„{value}“"}
    assert in_words(condition, translated.__getitem__) == "„a“, „b“, „c“, „d“, „e“ … in {values}"
    odd = Condition(kind=ConditionKind.OTHERWISE, negated=True)
    assert in_words(odd) == "under conditions that we do not read"
    unread = Condition(kind=ConditionKind.UNREAD)
    assert all_in_words((unread, condition)).endswith("do not read")
