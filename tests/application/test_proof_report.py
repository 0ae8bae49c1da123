"""What is said of a test message at each place, from what lies in mailboxes and was reported."""

from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.application.chain import Window
from sieve_manager.application.proof_letter import proof_letter
from sieve_manager.application.proof_report import Fate, Found, Report, report
from sieve_manager.application.trace import trace
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.proof import FOLLOWED, REPORTED, Proof
from sieve_manager.sieve.conditions import UNREAD, Condition, ConditionKind
from tests.application.charts import MemoryChart, address, way

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
MARK = "a" * 32
NO_SPAM = Condition(kind=ConditionKind.SPAM, negated=True)
PROOF = Proof(mark=MARK, actor="ada", address=address("a"), sent_at=NOW, logins=())


def message(mark: str = MARK) -> Found:
    letter = proof_letter(
        address("s"), address("a"), mark=mark, subject="Test", text="text", at=NOW
    )
    return Found(folder="INBOX", octets=letter.as_bytes())


def status(recipient: str, action: str) -> Found:
    text = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        f"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
        f"Diagnostic-Code: smtp; 550 no\r\n such user\r\n\r\n--x--\r\n"
    )
    return Found(folder="INBOX", octets=text.encode())


def reported(
    chart: MemoryChart, later: timedelta = timedelta(), **found: Found | None
) -> tuple[dict[str, Fate], Report]:
    root = trace(chart, address("a"), Window(NOW))
    lying = {Login(login): (one,) if one else () for login, one in found.items()}
    made = report(PROOF, root, lying, NOW + later)
    return {str(one.hop.address).split("@")[0]: one.fate for one in made.steps}, made


def test_what_lies_there_has_arrived_and_all_is_over() -> None:
    fates, made = reported(MemoryChart(mailboxes={"a": []}), a=message())
    assert fates == {"a": Fate.ARRIVED}
    assert made.over


@pytest.mark.parametrize(
    ("later", "fate", "over"),
    [(timedelta(), Fate.AWAITED, False), (FOLLOWED, Fate.MISSED, True)],
)
def test_what_does_not_lie_there_is_awaited_and_then_missed(
    later: timedelta, fate: Fate, over: bool
) -> None:
    fates, made = reported(MemoryChart(mailboxes={"a": []}), later, a=message("b" * 32))
    assert (fates, made.over) == ({"a": fate}, over)


@pytest.mark.parametrize("later", [timedelta(), FOLLOWED])
def test_of_a_mailbox_that_could_not_be_looked_into_nothing_is_said(later: timedelta) -> None:
    fates, _made = reported(MemoryChart(mailboxes={"a": [way("b", keeps=True)], "b": []}), later)
    assert fates == {"a": Fate.UNSEEN, "b": Fate.UNSEEN}


def test_where_no_copy_stays_nothing_is_awaited() -> None:
    chart = MemoryChart(mailboxes={"a": [way("b", conditions=(NO_SPAM,))], "b": []})
    fates, _made = reported(chart, b=message())
    assert fates == {"a": Fate.PASSED, "b": Fate.ARRIVED}


def test_behind_a_condition_nobody_is_said_to_miss_it() -> None:
    chart = MemoryChart(
        mailboxes={
            "a": [way("b", keeps=True, conditions=(UNREAD,))],
            "b": [way("x@example.net", keeps=True)],
        }
    )
    fates, made = reported(chart, FOLLOWED, a=message())
    assert fates == {"a": Fate.ARRIVED, "b": Fate.DEPENDS, "x": Fate.DEPENDS}
    assert made.over


def test_whether_it_stays_may_depend_on_it() -> None:
    chart = MemoryChart(mailboxes={"a": [way("b", keeps=None)], "b": []})
    assert reported(chart, b=message())[0]["a"] is Fate.MAYBE


@pytest.mark.parametrize(
    ("action", "fate"),
    [
        ("failed", Fate.REFUSED),
        ("Delayed", Fate.DELAYED),
        ("relayed", Fate.HANDED_ON),
        ("invented", Fate.UNSEEN),
    ],
)
def test_reports_say_what_became_of_it_outside(action: str, fate: Fate) -> None:
    chart = MemoryChart(redirects={"a": [way("x@example.net")]})
    fates, made = reported(chart, ada=status("X@example.net", action))
    assert fates["x"] is fate
    (text,) = {one.text for one in made.steps if one.text}
    assert text == "smtp; 550 no such user"


def test_a_report_is_waited_for_a_while() -> None:
    chart = MemoryChart(redirects={"a": [way("x@example.net")]})
    assert not reported(chart)[1].over
    assert reported(chart, REPORTED)[1].over


def test_a_message_that_is_no_report_says_nothing() -> None:
    chart = MemoryChart(redirects={"a": [way("x@example.net")]})
    other = Found(folder="INBOX", octets=f"Subject: {MARK}\r\n\r\nFinal-Recipient: x".encode())
    assert reported(chart, ada=other)[0]["x"] is Fate.UNSEEN
