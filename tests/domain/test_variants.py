"""Variants of addresses: what an alias would do better, and no false alarm for mere neighbours."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.variants import Likeness, Variant, distance, likeness, variant_of

HERE = {"example.com", "example.org"}


def at(text: str) -> EmailAddress:
    local, _, domain = text.partition("@")
    return EmailAddress(local, domain or "example.com")


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("anna.miller@example.org", "anna.miller", Likeness.OTHER_DOMAIN),
        ("Anna.Miller@example.org", "anna.miller", Likeness.OTHER_DOMAIN),
        ("annamiller", "anna.miller", Likeness.SEPARATORS),
        ("anna_miller", "anna-miller", Likeness.SEPARATORS),
        ("a.miller", "amiller", Likeness.SEPARATORS),
        ("miller.anna", "anna.miller", Likeness.ORDER),
        ("milleranna", "anna.miller", Likeness.ORDER),
        ("miller_anna", "annamiller", Likeness.ORDER),
        ("miller.von.anna", "anna.von.miller", Likeness.ORDER),
        ("anna.miler", "anna.miller", Likeness.SPELLING),
        ("anna.imller", "anna.miller", Likeness.SPELLING),
        ("anna.muller", "anna.miller", Likeness.SPELLING),
        ("ana.mueler", "ana.mueller", Likeness.SPELLING),
        ("christoffer.mayer", "christopher.meyer", None),  # three letters
        ("kristofer", "kristopher", Likeness.SPELLING),
        ("contcat", "contact", Likeness.SPELLING),
        ("ofice", "office", Likeness.SPELLING),
        ("anna@exmaple.com", "anna@example.com", Likeness.DOMAIN_SPELLING),
        ("anna@example.con", "anna@example.com", Likeness.DOMAIN_SPELLING),
        ("anna@example.cm", "anna@example.com", Likeness.DOMAIN_SPELLING),
        ("anna@my-example.com", "anna@myexample.com", Likeness.DOMAIN_SPELLING),
    ],
)
def test_variants_are_known_with_the_reason(one: str, other: str, why: Likeness | None) -> None:
    assert likeness(at(one), at(other), HERE) is why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("info", "team"),
        ("info", "into"),  # too short to tell
        ("anna", "hanna"),
        ("hanna", "anna"),
        ("hanna", "banna"),
        ("eva", "ewa"),
        ("max", "mia"),
        ("anna.miller", "anna"),
        ("anna.miller", "bruno.miller"),
        ("sales1", "sales2"),
        ("team2026", "team2027"),
        ("room.12", "12.room"),
        ("support", "office"),
        ("anna@example.com", "anna@example.net"),  # not a domain here
        ("anna@example.com", "anna@example.de"),
        ("anna@example.org", "bruno@example.com"),
        ("anna", "anna"),
        ("anna+lists", "anna"),
        ("ANNA", "anna"),
        ("*", "anna"),
        ("a", "b"),
        ("...", "---"),
    ],
)
def test_what_is_only_similar_is_no_variant(one: str, other: str) -> None:
    assert likeness(at(one), at(other), HERE) is None
    assert likeness(at(other), at(one), HERE) is None


def test_the_surest_of_several_is_offered() -> None:
    others = (at("anna.miler"), at("annamiller@example.org"), at("annamiller"), at("bruno"))
    found = variant_of(at("anna.miller"), others, HERE)
    assert found == Variant(of=at("annamiller"), likeness=Likeness.SEPARATORS)
    assert variant_of(at("info"), others, HERE) is None


locals_ = st.text("abc.1-", min_size=1, max_size=12)
domains = st.sampled_from(["example.com", "example.org", "exmaple.com"])


@given(st.tuples(locals_, domains), st.tuples(locals_, domains))
def test_both_see_one_another_alike_within_a_domain(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    left, right = EmailAddress(*one), EmailAddress(one[0], other[1])
    near = EmailAddress(other[0], one[1])
    assert likeness(left, near, HERE) == likeness(near, left, HERE)
    assert likeness(left, left, HERE) is None
    assert (likeness(left, right, HERE) is None) or left.domain != right.domain


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_distance_is_that_of_the_plain_definition(one: str, other: str, most: int) -> None:
    @cache
    def plain(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        found = min(
            plain(i - 1, j) + 1,
            plain(i, j - 1) + 1,
            plain(i - 1, j - 1) + (one[i - 1] != other[j - 1]),
        )
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            found = min(found, plain(i - 2, j - 2) + 1)
        return found

    exact, found = plain(len(one), len(other)), distance(one, other, most)
    assert found == exact if exact <= most else found > most
