"""Sentences with facts in them: translated first, filled in afterwards, escaped always."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time
from babel.lists import format_list
from flask_babel import gettext, ngettext  # type: ignore[import-untyped]  # it has no types
from markupsafe import Markup, escape

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import InvalidInputError, NotAllowedError
from sieve_manager.policy.findings import Finding
from web.languages import locale


def _(message: str, **facts: str) -> str:
    """Translate *message*, then fill in ``%(facts)s``; plain text."""
    text = str(gettext(message))
    return text % facts if facts else text


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark *message* for translation later."""
    return message


def plural(one: str, many: str, number: int, **facts: str) -> str:
    """Translate the form for *number*, then fill in ``%(num)s`` and ``%(facts)s``."""
    return str(ngettext(one, many, number, **facts))


def say(message: str, **facts: str | Markup) -> Markup:
    """Translate *message*, then fill in ``%(facts)s``; what is not Markup is escaped."""
    # Both parts are escaped: the catalogue's words first, then whoever's facts.
    return escape(_(message)) % {key: escape(fact) for key, fact in facts.items()}


def finding_text(finding: Finding) -> str:
    """A finding in the page's language."""
    return _(finding.template).format(**dict(finding.facts))


def input_error_text(error: InvalidInputError | NotAllowedError) -> str:
    """What is wrong with an input, or why it is not allowed, in the page's language."""
    return _(error.template).format(**error.facts)


def kept_sentence(kept: Mapping[str, Any]) -> str:
    """A sentence that a job kept, in the page's language, and the column that it is about."""
    template: str = kept["template"]
    text = _(template).format(**kept["facts"])
    if "column" not in kept:
        return text
    return f"{column_words(kept['column'], kept['heading'])}: {text}"


def column_words(column: int, heading: str) -> str:
    """Which column of a file it is; *heading* is "" for one that is not known here."""
    if not heading:
        return _("column %(column)s", column=str(column))
    return _("column %(column)s (%(heading)s)", column=str(column), heading=heading)


def joined(items: Iterable[str | Markup]) -> Markup:
    """``a, b and c`` in the page's language."""
    escaped = [str(escape(item)) for item in items]
    return Markup(format_list(escaped, locale=locale()))  # noqa: S704  # escaped just above


def strong(text: str) -> Markup:
    """A name or address that stands out, whatever direction it is written in."""
    return Markup('<bdi class="name">{}</bdi>').format(text)


def address(one: EmailAddress) -> Markup:
    """An address for people."""
    return strong(one.readable)


def addresses(several: Iterable[EmailAddress]) -> Markup:
    """Addresses for people, in one sentence."""
    return joined(address(one) for one in several)


def day(one: date) -> str:
    """``Mon, 1 Feb 2027`` as the locale writes it."""
    return format_skeleton("yMMMEd", one, locale=locale())


def short_day(one: date) -> str:
    """``1 February`` as the locale writes it."""
    return format_skeleton("MMMMd", one, locale=locale())


def moment(instant: datetime, zone: str) -> str:
    """Day and time in *zone*, with the zone's name."""
    local = instant.astimezone(ZoneInfo(zone))
    written = format_skeleton("yMMMEd", local, locale=locale())
    return f"{written}, {clock_time(instant, zone)} ({zone_name(zone)})"


def clock_time(instant: datetime, zone: str) -> str:
    """``14:03`` in *zone*, as the locale writes it."""
    return format_time(instant, "short", ZoneInfo(zone), locale())


def zone_name(zone: str) -> str:
    """``Zurich time``: the zone's city in the page's language."""
    if "/" not in zone:
        return zone
    known = locale().time_zones.get(zone, {}).get("city")
    return _("%(city)s time", city=known or zone.rpartition("/")[2].replace("_", " "))
