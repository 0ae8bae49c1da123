"""Whole days in a zone are exact instants, also where the clocks change at midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.domain.schedule import (
    Period,
    day_that_ends,
    day_that_starts,
    midnight,
    parse_day,
    parse_zone,
    zone_names,
)
from sieve_manager.errors import InvalidInputError


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "starts", "ends"),
    [
        ("UTC", date(2027, 1, 31), utc("2027-01-31T00:00:00"), utc("2027-01-31T23:59:59")),
        # 23 and 25 hours
        (
            "Europe/Zurich",
            date(2027, 3, 28),
            utc("2027-03-27T23:00:00"),
            utc("2027-03-28T21:59:59"),
        ),
        (
            "Europe/Zurich",
            date(2027, 10, 31),
            utc("2027-10-30T22:00:00"),
            utc("2027-10-31T22:59:59"),
        ),
        # midnight is skipped: the day begins at one o'clock
        ("Africa/Cairo", date(2027, 4, 30), utc("2027-04-29T22:00:00"), utc("2027-04-30T20:59:59")),
        # midnight comes twice: the day begins at the first
        (
            "America/Havana",
            date(2026, 11, 1),
            utc("2026-11-01T04:00:00"),
            utc("2026-11-02T04:59:59"),
        ),
        (
            "America/St_Johns",
            date(2027, 7, 1),
            utc("2027-07-01T02:30:00"),
            utc("2027-07-02T02:29:59"),
        ),
    ],
)
def test_day_is_from_its_first_instant_to_its_last_second(
    zone: str, day: date, starts: datetime, ends: datetime
) -> None:
    period = Period(first_day=day, last_day=day, timezone=zone)
    assert (period.starts, period.ends) == (starts, ends)
    assert day_that_starts(starts, zone) == day
    assert day_that_ends(ends, zone) == day


def test_open_period_has_no_instants() -> None:
    assert (Period().starts, Period().ends) == (None, None)


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(1970, 1, 2), date(2999, 12, 30)),
    st.sampled_from(["UTC", "Europe/Zurich", "Africa/Cairo", "America/Havana", "Asia/Kathmandu"]),
)
def test_every_day_is_found_again_from_its_instants(day: date, zone: str) -> None:
    starts, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    assert starts < ends
    assert day_that_starts(starts, zone) == day
    assert day_that_ends(ends - timedelta(seconds=1), zone) == day
    assert day_that_starts(starts + timedelta(seconds=1), zone) is None
    assert day_that_ends(ends, zone) is None


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2027, 2, 2), date(2027, 2, 1), "day-order"),
        (date(1970, 1, 1), None, "day-range"),
        (None, date(2999, 12, 31), "day-range"),
    ],
)
def test_impossible_period_is_refused(first: date | None, last: date | None, code: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Period(first_day=first, last_day=last)
    assert caught.value.code == code


def test_one_day_is_a_period() -> None:
    assert Period(first_day=date(2027, 2, 1), last_day=date(2027, 2, 1))


def test_unknown_zone_is_refused_by_name() -> None:
    assert parse_zone("Europe/Zurich") == "Europe/Zurich"
    with pytest.raises(InvalidInputError) as caught:
        Period(timezone="Europe/../passwd")
    assert (caught.value.code, caught.value.facts) == ("zone", {"zone": "Europe/../passwd"})


def test_zones_to_choose_from_are_sorted_places_and_utc() -> None:
    names = zone_names()
    assert list(names) == sorted(names)
    assert {"Europe/Zurich", "UTC"} <= set(names)
    assert "EST" not in names


def test_day_is_read_as_it_is_written() -> None:
    assert parse_day(" 2027-01-31 ", where="first_day") == date(2027, 1, 31)
    assert parse_day("  ", where="first_day") is None
    with pytest.raises(InvalidInputError) as caught:
        parse_day("31.1.2027", where="last_day")
    assert (caught.value.code, caught.value.where) == ("day", "last_day")
