"""When a forward applies: whole days in the owner's zone, exact instants for the server."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from sieve_manager.errors import InvalidInputError

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
# Compared as text by the server ("iso8601", RFC 5260 §4), so the year has four digits.
_EARLIEST, _LATEST = date(1970, 1, 2), date(2999, 12, 30)


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All IANA zone names that people choose from, sorted."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())  # it looks through a directory tree each time


def parse_zone(name: str, *, where: str = "timezone") -> str:
    """Return *name* where it is a known IANA time zone.

    Raises:
        InvalidInputError: no such zone.
    """
    if name not in _known_zones():
        raise InvalidInputError(
            "“{zone}” is not a time zone. Example: Europe/Zurich.",
            where=where,
            code="zone",
            zone=name,
        )
    return name


def parse_day(text: str, *, where: str) -> date | None:
    """Return the day written as ``2027-01-31``, or None for an empty text.

    Raises:
        InvalidInputError: not such a day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InvalidInputError(
            "“{day}” is not a day. Example: 2027-01-31.", where=where, code="day", day=text
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the start of *first_day* to the end of *last_day* in *timezone*; None is open."""

    first_day: date | None = None
    last_day: date | None = None
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse what cannot be a period.

        Raises:
            InvalidInputError: unknown zone, days out of range, or last before first.
        """
        parse_zone(self.timezone)
        for day, where in ((self.first_day, "first_day"), (self.last_day, "last_day")):
            if day is not None and not _EARLIEST <= day <= _LATEST:
                raise InvalidInputError(
                    "Choose a day between 1970 and 2999.", where=where, code="day-range"
                )
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise InvalidInputError(
                "The last day is before the first day.", where="last_day", code="day-order"
            )

    @property
    def starts(self) -> datetime | None:
        """The first instant (UTC): the earliest of that day, also where midnight is skipped."""
        return midnight(self.first_day, self.timezone) if self.first_day else None

    @property
    def ends(self) -> datetime | None:
        """The last second (UTC) that belongs to the last day."""
        if self.last_day is None:
            return None
        return midnight(self.last_day + _DAY, self.timezone) - _SECOND


def midnight(day: date, timezone: str) -> datetime:
    """The instant (UTC) at which *day* begins in *timezone*."""
    # Where the clocks skip midnight, fold=0 takes the offset before, which is the very
    # instant of the change; where they repeat it, fold=0 is the first of the two.
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def day_that_starts(instant: datetime, timezone: str) -> date | None:
    """The day whose first instant this is in *timezone*, or None if it is none's."""
    day = instant.astimezone(ZoneInfo(timezone)).date()
    return day if midnight(day, timezone) == instant else None


def day_that_ends(instant: datetime, timezone: str) -> date | None:
    """The day whose last second this is in *timezone*, or None if it is none's."""
    next_day = day_that_starts(instant + _SECOND, timezone)
    return next_day - _DAY if next_day else None
