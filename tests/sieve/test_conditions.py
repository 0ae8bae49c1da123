"""Tests of Sieve in a form that can be put into words; what cannot be is one condition."""

from datetime import UTC, datetime

import pytest

from sieve_manager.sieve.conditions import UNREAD, Condition, ConditionKind, Conditions, read_test
from sieve_manager.sieve.grammar import parse_test

SUBJECT = Condition(
    kind=ConditionKind.FIELD, fields=("Subject",), match="contains", values=("a", "b")
)


def read(text: str) -> Conditions:
    test = parse_test(text.encode())
    assert test is not None, text
    found = Conditions()
    read_test(test, found)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "fields", "match", "values"),
    [
        ('header :contains "Subject" ["a","b"]', "field", ("Subject",), "contains", ("a", "b")),
        ('header "X" "a"', "field", ("X",), "is", ("a",)),
        (
            'address :all :comparator "i;octet" :matches ["From"] "*@x"',
            "field",
            ("From",),
            "matches",
            ("*@x",),
        ),
        ('envelope :is "from" "a@b"', "field", ("from",), "is", ("a@b",)),
        ('exists ["A","B"]', "exists", ("A", "B"), "", ()),
        ("size :over 10K", "size", (), "over", ("10K",)),
        ('body :text :contains "x"', "body", (), "contains", ("x",)),
        ('header :is "X-Spam-Flag" "YES"', "spam", (), "", ()),
        ('header :contains "X-Spam-Status" "Yes,"', "spam", (), "", ()),
        ('header :contains "X-Spam-Level" "*****"', "spam", (), "", ()),
        ('header :is "X-Spam-Flag" "NO"', "field", ("X-Spam-Flag",), "is", ("NO",)),
        ('header :matches "X-Spam-Flag" "*"', "field", ("X-Spam-Flag",), "matches", ("*",)),
        ('spamtest :value "ge" "5"', "spam", (), "", ()),
        ('anyof (header "X" "a")', "field", ("X",), "is", ("a",)),
    ],
)
def test_what_is_read(
    text: str, kind: str, fields: tuple[str, ...], match: str, values: tuple[str, ...]
) -> None:
    expected = Condition(kind=ConditionKind(kind), fields=fields, match=match, values=values)
    assert read(text).found == [expected]


@pytest.mark.parametrize(
    "text",
    [
        'header :regex "a" "b"',
        'address :localpart "from" "a"',
        'exists :mime "a"',
        "size :over",
        'body :content "text" "x"',
        "duplicate",
        'spamtest :value "le" "5"',
        'spamtest :percent :value "ge" "0"',
        'spamtest "5"',
        'not anyof (duplicate, exists "a")',
        'anyof (duplicate, exists "a")',
        "not duplicate",
        'environment "name" "x"',
        'currentdate :is "hour" "09"',
        'currentdate :is ["date"] ["2027-01-01", "2027-01-02"]',
        'currentdate :value "ge" "date" "tomorrow"',
        'currentdate :value "ge" "date" "0001-01-01"',
        'currentdate :value "ge" "date" "9999-12-31"',
        'currentdate :value "gx" "date" "2027-01-01"',
        'currentdate :zone "Europe/Zurich" "date" "2027-01-01"',
        'currentdate :zone "+9900" "date" "2027-01-01"',
        'currentdate 5 "date" "2027-01-01"',
    ],
)
def test_what_is_not_read_says_so(text: str) -> None:
    assert read(text).found == [UNREAD]
    assert (read(text).starts, read(text).ends) == (None, None)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        (':value "ge" "date" "2027-01-01"', "2027-01-01T00:00:00", None),
        (':value "gt" "date" "2027-01-01"', "2027-01-02T00:00:00", None),
        (':value "le" "date" "2027-01-01"', None, "2027-01-01T23:59:59"),
        (':value "lt" "date" "2027-01-01"', None, "2026-12-31T23:59:59"),
        (':is "date" "2027-01-01"', "2027-01-01T00:00:00", "2027-01-01T23:59:59"),
        (':zone "+0130" :value "ge" "date" "2027-01-01"', "2026-12-31T22:30:00", None),
        (':zone "-0130" :value "ge" "date" "2027-01-01"', "2027-01-01T01:30:00", None),
        (
            ':comparator "i;octet" :value "ge" "iso8601" "2027-01-01T00:00:00Z"',
            "2027-01-01T00:00:00",
            None,
        ),
        (
            ':zone "+0100" :value "le" "iso8601" "2027-01-01T00:00:00"',
            None,
            "2026-12-31T23:00:00",
        ),
    ],
)
def test_dates_become_instants(text: str, starts: str | None, ends: str | None) -> None:
    found = read(f"currentdate {text}")
    assert found.found == []
    assert found.starts == (starts and datetime.fromisoformat(starts).replace(tzinfo=UTC))
    assert found.ends == (ends and datetime.fromisoformat(ends).replace(tzinfo=UTC))


def test_all_must_hold_and_the_narrowest_days_count() -> None:
    found = read(
        'allof (true, header :contains "Subject" ["a","b"], allof (duplicate, duplicate), '
        'currentdate :value "ge" "date" "2027-01-01", currentdate :value "ge" "date" "2027-02-01", '
        'currentdate :value "le" "date" "2027-03-01", currentdate :value "le" "date" "2027-04-01")'
    )
    assert found.found == [SUBJECT, UNREAD]
    assert found.starts == datetime(2027, 2, 1, tzinfo=UTC)
    assert found.ends == datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC)


def test_a_negation_of_a_negation_is_none() -> None:
    (once,) = read('not header "X" "a"').found
    (twice,) = read('not not header "X" "a"').found
    assert (once.negated, twice.negated) == (True, False)
