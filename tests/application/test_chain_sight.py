"""What is shown of a chain: others' ways inside, and never where theirs lead outside."""

from sieve_manager.application.chain import Kind, Station, Window
from sieve_manager.application.chain_findings import chain_findings
from sieve_manager.application.chain_sight import SOMEWHERE_OUTSIDE, masked
from sieve_manager.application.trace import Hop, Turn, trace
from sieve_manager.sieve.conditions import HIDDEN, Condition, ConditionKind
from tests.application.charts import MemoryChart, address, way
from tests.application.world import NOW

SPAM = Condition(kind=ConditionKind.SPAM, negated=True)
PRIVATE = Condition(kind=ConditionKind.FIELD, fields=("Subject",), values=("divorce",))


def own(station: Station) -> bool:
    return station == Station(Kind.MAILBOX, "a")


def seen(chart: MemoryChart) -> Hop:
    return masked(trace(chart, address("a"), Window(NOW)), targets=own, conditions=own)


def test_where_others_forward_outside_is_not_shown() -> None:
    chart = MemoryChart(
        mailboxes={"a": [way("b"), way("x@example.net")], "b": [way("lover@example.org"), way("c")]}
    )
    root = seen(chart)
    assert "lover" not in repr(root)
    assert "lover" not in "".join(one.message for one in chain_findings(root))
    (b, x) = root.hops
    assert x.address == address("x@example.net")
    assert [one.station for one in b.hops] == [SOMEWHERE_OUTSIDE, Station(Kind.MISSING, "c")]
    said = {one.code: one.message for one in chain_findings(root)}
    assert "2 hops: a@example.com → b@example.com → …" in said["chain-outside"]
    assert said["chain-dead-end"].endswith("b@example.com → c@example.com.")


def test_nobody_learns_by_a_double_arrival_where_others_forward_to() -> None:
    for first, second in (("b", "x@example.net"), ("x@example.net", "b")):
        chart = MemoryChart(
            mailboxes={"a": [way(first), way(second)], "b": [way("x@example.net", keeps=True)]}
        )
        root = seen(chart)
        assert "chain-twice" not in {one.code for one in chain_findings(root)}
        assert Turn.AGAIN not in {path[-1].turn for path in root.paths()}


def test_that_others_delete_some_mail_is_not_shown_and_that_nothing_stays_is() -> None:
    chart = MemoryChart(
        mailboxes={"a": [way("b"), way("c")], "b": [], "c": []},
        rest={"a": None, "b": None, "c": False},
    )
    root = seen(chart)
    assert [root.stays, *(one.stays for one in root.hops)] == [None, True, False]


def test_own_double_arrivals_are_said() -> None:
    chart = MemoryChart(
        mailboxes={"a": [way("x@example.net", conditions=(PRIVATE,)), way("x@example.net")]}
    )
    assert "chain-twice" in {one.code for one in chain_findings(seen(chart))}


def test_conditions_of_others_are_not_shown_but_for_spam() -> None:
    more = {"conditions": (PRIVATE, SPAM)}
    chart = MemoryChart(mailboxes={"a": [way("b", **more)], "b": [way("c", **more)], "c": []})
    (b,) = seen(chart).hops
    assert b.way
    assert b.way.conditions == (PRIVATE, SPAM)
    assert b.hops[0].way
    assert b.hops[0].way.conditions == (HIDDEN, SPAM)


def test_circles_inside_are_shown() -> None:
    chart = MemoryChart(mailboxes={"a": [way("b")], "b": [way("a")]})
    assert seen(chart) == trace(chart, address("a"), Window(NOW))
