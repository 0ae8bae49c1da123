"""Traces: where a message goes, and what is wrong with that."""

import inspect
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.application import chain_findings as chain_findings_module
from sieve_manager.application.chain import Kind, Window
from sieve_manager.application.chain_findings import chain_findings, path_words
from sieve_manager.application.loops import loops
from sieve_manager.application.trace import DEEPEST, MOST_HOPS, Hop, Turn, trace
from sieve_manager.policy.chain_policy import judged
from sieve_manager.policy.findings import Severity
from sieve_manager.policy.policy import ChainFault, Policy
from sieve_manager.sieve.conditions import UNREAD, Condition, ConditionKind
from tests.application.charts import MemoryChart, address, way

JANUARY = Window(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 31, tzinfo=UTC))
MARCH = Window(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC))
FROM_MARCH = Window(datetime(2027, 3, 1, tzinfo=UTC))
SPAM = Condition(kind=ConditionKind.SPAM)
HAM = Condition(kind=ConditionKind.SPAM, negated=True)
NOW = Window(datetime(2026, 12, 1, tzinfo=UTC))


def traced(chart: MemoryChart, start: str = "a") -> Hop:
    return trace(chart, address(start), NOW)


def codes(chart: MemoryChart, start: str = "a", most: int | None = None) -> list[str]:
    return [one.code for one in chain_findings(traced(chart, start), most_redirects=most)]


def said(chart: MemoryChart, code: str, start: str = "a") -> str:
    (found,) = [one for one in chain_findings(traced(chart, start)) if one.code == code]
    return found.message


def shown(hop: Hop) -> object:
    """A tree of names, as nested tuples."""
    name = hop.station.key + (f" ({hop.turn.value})" if hop.turn else "")
    return (name, *(shown(one) for one in hop.hops)) if hop.hops else name


def test_a_first_target_that_takes_no_mail_keeps_it_from_all_others() -> None:
    def found(*to: str, **more: object) -> list[str]:
        mailboxes = {"a": [way(one, keeps=True) for one in to], "b": []}
        return codes(MemoryChart(mailboxes=mailboxes, **more))  # type: ignore[arg-type]  # charts

    assert found("nobody", "b") == ["chain-dead-end", "chain-blocks"]
    assert found("b", "nobody") == ["chain-dead-end"]
    assert found("nobody") == ["chain-dead-end"]
    assert found("team", "b", redirects={"team": []}) == ["chain-closed", "chain-blocks"]
    assert found("team", redirects={"team": [way("nobody"), way("x@example.net")]}) == [
        "chain-dead-end",
        "chain-outside",
    ]


def test_mail_is_followed_through_mailboxes_redirect_addresses_and_aliases() -> None:
    chart = MemoryChart(
        mailboxes={"a": [way("team", keeps=True)], "john": [way("j@example.net")]},
        redirects={"team": [way("jon"), way("x@example.org")]},
        aliases={"jon": "john"},
    )
    assert shown(traced(chart)) == (
        "a",
        ("team", ("jon", ("john", "j@example.net")), "x@example.org"),
    )
    kinds = [path[-1].station.kind for path in traced(chart).paths()]
    assert kinds == [
        Kind.MAILBOX,
        Kind.REDIRECT_ADDRESS,
        Kind.ALIAS,
        Kind.MAILBOX,
        Kind.OUTSIDE,
        Kind.OUTSIDE,
    ]
    assert codes(chart) == ["chain-outside", "chain-outside"]
    assert "over 4 hops: a@example.com → team@example.com → jon@example.com" in (
        chain_findings(traced(chart))[0].message
    )


@pytest.mark.parametrize("last", ["a", "a+lists", "A", "alias"])
def test_circle_is_refused_however_it_is_written(last: str) -> None:
    chart = MemoryChart(
        mailboxes={"a": [way("b")], "b": [way("c", keeps=True)]},
        redirects={"c": [way(last)]},
        aliases={"alias": "a"},
    )
    assert "chain-loop" in codes(chart)
    assert said(chart, "chain-loop").startswith(
        "Mail would go round in a circle: a@example.com → b@example.com → c@example.com → "
    )


def test_forward_to_oneself_is_told_by_that_name() -> None:
    assert codes(MemoryChart(mailboxes={"a": [way("a+x", keeps=True)]})) == ["chain-self"]


def test_circle_that_is_never_closed_at_one_time_is_none() -> None:
    chart = MemoryChart(mailboxes={"a": [way("b", window=JANUARY)], "b": [way("a", window=MARCH)]})
    assert codes(chart) == []
    assert codes(chart, "b") == []


def test_station_is_followed_again_where_the_first_time_was_too_narrow() -> None:
    chart = MemoryChart(
        mailboxes={
            "a": [way("b", window=JANUARY, keeps=True), way("c", keeps=True)],
            "c": [way("b", keeps=True)],
            "b": [way("a", window=FROM_MARCH, keeps=True)],
        }
    )
    assert "chain-loop" in codes(chart)


def test_message_that_arrives_twice_is_told_with_both_ways() -> None:
    chart = MemoryChart(mailboxes={"a": [way("b"), way("c")], "b": [], "c": [way("b", keeps=True)]})
    assert codes(chart) == ["chain-twice"]
    assert said(chart, "chain-twice") == (
        "Mail would arrive there twice: a@example.com → b@example.com, and "
        "a@example.com → c@example.com → b@example.com."
    )


def test_address_that_nobody_has_is_told() -> None:
    chart = MemoryChart(mailboxes={"a": [way("gone", keeps=True)]})
    assert said(chart, "chain-dead-end") == (
        "This address does not exist: a@example.com → gone@example.com."
    )


@pytest.mark.parametrize(
    ("mailboxes", "refused"),
    [
        ({"a": [way("gone")]}, True),
        ({"a": [way("gone", keeps=True)]}, False),
        ({"a": [way("gone", keeps=None)]}, False),
        ({"a": [way("gone", conditions=(UNREAD,))]}, False),
        ({"a": [way("gone", conditions=(HAM,))]}, True),
        ({"a": [way("gone", conditions=(HAM, UNREAD))]}, False),
        ({"a": [way("gone", conditions=(SPAM,))]}, False),
        ({"a": [way("gone", conditions=(HAM,)), way("b", conditions=(SPAM,))], "b": []}, True),
        ({"a": [way("gone"), way("b")], "b": []}, False),
        ({"a": [way("gone"), way("b")], "b": [way("gone")]}, True),
        ({"a": [way("gone", window=MARCH)]}, True),
        ({"a": [way("b")], "b": [way("x@example.net")]}, False),
        ({"a": [way("b")], "b": [way("a")]}, True),
    ],
)
def test_mail_that_would_be_stored_nowhere_is_refused(
    mailboxes: Mapping[str, list[object]], refused: bool
) -> None:
    chart = MemoryChart(mailboxes=mailboxes)  # type: ignore[arg-type]  # lists of ways
    assert ("chain-nowhere" in codes(chart)) == refused


@pytest.mark.parametrize(("rest", "refused"), [(True, False), (None, False), (False, True)])
def test_what_every_filter_on_the_way_deletes_is_stored_nowhere(
    rest: bool | None, *, refused: bool
) -> None:
    rests = {"b": rest}
    chart = MemoryChart(mailboxes={"a": [way("b")], "b": []}, rest=rests)
    assert ("chain-nowhere" in codes(chart)) == refused
    kept = MemoryChart(mailboxes={"a": [way("b", keeps=True)], "b": []}, rest=rests)
    assert "chain-nowhere" not in codes(kept)


def test_later_part_that_ends_first_is_told_with_its_day() -> None:
    chart = MemoryChart(
        mailboxes={
            "a": [way("b", keeps=True)],
            "b": [way("c", keeps=True, window=JANUARY)],
            "c": [],
        }
    )
    assert codes(chart) == ["chain-ends-early"]
    assert "2027-01-31" in said(chart, "chain-ends-early")


def test_mailbox_that_forwards_more_often_than_its_server_does_is_told() -> None:
    chart = MemoryChart(mailboxes={"a": [way(f"x{n}@example.net") for n in range(5)]})
    assert codes(chart, most=5) == []
    assert set(codes(chart, most=4)) == {"chain-redirects"}


def test_filters_with_conditions_of_their_own_are_not_added_up() -> None:
    books, bills = UNREAD, Condition(kind=ConditionKind.SPAM)
    chart = MemoryChart(
        mailboxes={
            "a": [
                *(way(f"x{n}@example.net", keeps=True, conditions=(books,)) for n in range(3)),
                *(way(f"y{n}@example.net", keeps=True, conditions=(bills,)) for n in range(2)),
                way("z@example.net", keeps=True),
            ]
        }
    )
    assert "chain-redirects" not in codes(chart, most=4)
    assert "chain-redirects" in codes(chart, most=3)


def test_policy_refuses_what_otherwise_warns() -> None:
    chart = MemoryChart(mailboxes={"a": [way("gone", keeps=True)]})
    found = chain_findings(traced(chart))
    assert [one.severity for one in judged(found, Policy())] == [Severity.WARN]
    strict = Policy(chain_refused=frozenset({ChainFault.DEAD_END}))
    assert [one.severity for one in judged(found, strict)] == [Severity.REFUSE]


@pytest.mark.parametrize("fault", ChainFault)
def test_every_fault_of_a_policy_is_one_that_is_found(fault: ChainFault) -> None:
    source = inspect.getsource(chain_findings_module)
    assert f'"chain-{fault.value}"' in source


def test_long_chain_and_wide_chain_are_followed_to_a_limit() -> None:
    long = MemoryChart(redirects={f"{n}": [way(f"{n + 1}")] for n in range(DEEPEST + 5)})
    assert "chain-deep" in codes(long, "0")
    names = {f"{n}": [way(f"{(n * 7 + k) % 500}") for k in range(60)] for n in range(500)}
    wide = trace(MemoryChart(redirects=names), address("0"), NOW)
    assert sum(1 for _ in wide.paths()) <= MOST_HOPS + 60 * DEEPEST


@pytest.mark.parametrize("count", [DEEPEST, DEEPEST + 1, 3 * DEEPEST])
def test_long_circle_is_refused_like_a_short_one(count: int) -> None:
    ways = {f"{n}": [way(f"{(n + 1) % count}", keeps=True), way("x")] for n in range(count)}
    chart = MemoryChart(mailboxes={**ways, "x": [way("y")], "y": []})  # type: ignore[arg-type]
    assert "chain-loop" in codes(chart, "0")
    assert said(chart, "chain-loop", "0").endswith(f"{count - 1}@example.com → 0@example.com.")


def test_target_that_each_message_decides_ends_the_way() -> None:
    unknown = way("b")
    chart = MemoryChart(mailboxes={"a": [type(unknown)(target=None)]})
    (hop,) = traced(chart).hops
    assert (hop.station.kind, hop.turn) == (Kind.UNKNOWN, None)
    assert codes(chart) == []
    assert path_words((hop,)) == "?"


graphs = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 8), max_size=4))


def reached(ways: Mapping[int, list[int]], start: int) -> set[int]:
    """All that can be reached in one step or more, the slow way."""
    found: set[int] = set()
    for _ in range(len(ways) + 2):
        for here in {start, *found}:
            found |= set(ways.get(here, ()))
    return found


@given(graphs)
def test_loops_are_found_exactly_where_a_station_reaches_itself(ways: dict[int, list[int]]) -> None:
    found = loops(ways)
    together = {
        frozenset(other for other in reached(ways, one) if one in reached(ways, other))
        for one in ways
        if one in reached(ways, one)
    }
    assert len(found) == len(together)
    for loop in found:
        assert all(after in ways[before] for before, after in pairwise((*loop, loop[0])))
        assert any(set(loop) <= group for group in together)


@settings(max_examples=150)
@given(graphs)
def test_trace_reaches_what_can_be_reached_and_refuses_exactly_the_circles(
    ways: dict[int, list[int]],
) -> None:
    chart = MemoryChart(
        mailboxes={f"{n}": [way(f"{to}", keeps=True) for to in tos] for n, tos in ways.items()}
    )
    hop = trace(chart, address("0"), NOW)
    stations = {path[-1].station.key for path in hop.paths()}
    assert stations == {"0", *(f"{one}" for one in reached(ways, 0))}
    circle = any(one in reached(ways, one) for one in {0, *reached(ways, 0)})
    refused = {one.code for one in chain_findings(hop)} & {"chain-loop", "chain-self"}
    assert bool(refused) == circle
    assert all(path[-1].turn is not Turn.DEEP for path in hop.paths())
