"""Whether one address is a mere variant of another: then an alias is the better tool."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from sieve_manager.domain.addresses import EmailAddress

_MISTYPED = 5
"""Local parts of fewer letters differ in one letter too often without being meant: eva, ewa."""

_LONG = 9
"""From so many letters on, two mistakes are still mistakes."""

_MOST_WORDS = 4
_SEPARATORS = re.compile("[._-]+")
_ENDINGS = (
    ("com", "cmo", "con", "cm", "co", "om", "vom", "xom", "comm"),
    ("net", "nte", "ne", "ent", "nett"),
    ("org", "ogr", "or", "rog", "orgg"),
)
"""Top-level domains, each with how people mistype it."""


class Likeness(StrEnum):
    """Why one address is a variant of another; the surest reason comes first."""

    OTHER_DOMAIN = "other-domain"
    SEPARATORS = "separators"
    ORDER = "order"
    SPELLING = "spelling"
    DOMAIN_SPELLING = "domain-spelling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The address of which another is a variant, and why."""

    of: EmailAddress
    likeness: Likeness


def likeness(
    one: EmailAddress, other: EmailAddress, inside: Collection[str] = ()
) -> Likeness | None:
    """Why *one* is a mere variant of *other*, or None; *inside* are the domains here.

    Different people have similar names: anna@ is not taken for hanna@, nor max@ for mia@. So a
    letter may differ only where both have five or more of them and begin with the same one (people
    hardly ever mistype the first), and never a digit, which tells one from the next. The same
    address, with a sub-address or without, is no variant: mail for it arrives already.
    """
    if one.without_detail == other.without_detail:
        return None
    left, right = _local(one), _local(other)
    if one.domain == other.domain:
        return _of_locals(left, right)
    if left == right and {one.domain, other.domain} <= set(inside):
        return Likeness.OTHER_DOMAIN
    if left == right and is_mistyped(one.domain, other.domain):
        return Likeness.DOMAIN_SPELLING
    return None


def variant_of(
    address: EmailAddress, others: Collection[EmailAddress], inside: Collection[str] = ()
) -> Variant | None:
    """Of which of *others* the address is a variant, by the surest reason; None: of none."""
    found = [(why, other) for other in others if (why := likeness(address, other, inside))]
    order = list(Likeness)
    best = min(found, key=lambda one: order.index(one[0]), default=None)
    return Variant(of=best[1], likeness=best[0]) if best else None


def is_mistyped(domain: str, meant: str) -> bool:
    """Whether *domain* is what people type by mistake for *meant*."""
    name, _, ending = domain.rpartition(".")
    right_name, _, right_ending = meant.rpartition(".")
    if not (name and right_name) or domain == meant:
        return False
    if ending != right_ending:
        mistyped = any(ending in rest and right_ending == end for end, *rest in _ENDINGS)
        return name == right_name and mistyped
    if name.replace("-", "").replace(".", "") == right_name.replace("-", "").replace(".", ""):
        return True
    return _is_slip(name, right_name)


def distance(one: str, other: str, most: int) -> int:
    """How many letters were added, left out, exchanged or swapped with the next.

    At least *most* + 1 where it is more than *most*: then nobody needs the number.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != right))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def _local(address: EmailAddress) -> str:
    return address.without_detail.local.lower()


def _of_locals(left: str, right: str) -> Likeness | None:
    if _SEPARATORS.sub("", left) == _SEPARATORS.sub("", right) != "":
        return Likeness.SEPARATORS
    if any(_SEPARATORS.sub("", right) == one for one in _reordered(left)):
        return Likeness.ORDER
    if any(_SEPARATORS.sub("", left) == one for one in _reordered(right)):
        return Likeness.ORDER
    return Likeness.SPELLING if _is_slip(left, right) else None


def _reordered(local: str) -> Iterator[str]:
    """Its words in every other order, put together; none where it is one word."""
    words = tuple(filter(None, _SEPARATORS.split(local)))
    if len(words) <= _MOST_WORDS and not any(word.isdigit() for word in words):
        yield from ("".join(one) for one in permutations(words) if one != words)


def _is_slip(left: str, right: str) -> bool:
    shorter = min(len(left), len(right))
    if shorter < _MISTYPED or left[0] != right[0] or _digits(left) != _digits(right):
        return False
    most = 2 if shorter >= _LONG else 1
    return 0 < distance(left, right, most) <= most


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit())
