"""The whole chart: what stands at an address, in Postfix's order, with the change to come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.chain import Kind, Station, Window
from sieve_manager.application.chain_findings import chain_findings
from sieve_manager.application.register import Forwarded, RegisterEntry
from sieve_manager.application.register_store import Reading
from sieve_manager.application.trace import Hop, trace
from sieve_manager.application.whole_chart import (
    AddressBecomes,
    Becomes,
    MailboxBecomes,
    WholeChart,
)
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
DOMAIN, OTHER = "example.com", "xn--bcher-kva.example"
ACTOR = Actor(name="ada", channel=Channel.CLI)
ANNA = Mailbox(login=Login("anna"), address=EmailAddress("anna", DOMAIN))


def at(text: str) -> EmailAddress:
    local, _, domain = text.partition("@")
    return EmailAddress(local, domain or DOMAIN)


def leads(
    address: str,
    *to: str,
    kind: AddressKind = AddressKind.REDIRECT,
    paused: bool = False,
    first_day: date | None = None,
    last_day: date | None = None,
) -> RedirectAddress:
    forward = Forward(
        destinations=tuple(at(one) for one in to),
        copy=NOTHING_STAYS,
        period=Period(first_day=first_day, last_day=last_day),
        hold_spam=False,
        paused=paused,
    )
    return RedirectAddress(address=at(address), forward=forward, kind=kind)


def forwards(name: str, *targets: str, **more: object) -> tuple[RegisterEntry, ...]:
    return tuple(
        RegisterEntry(login=Login(name), target=str(at(to)), **more)  # type: ignore[arg-type]
        for to in targets
    )


@dataclass
class Known:
    """What is known of one organisation."""

    mailboxes: Mapping[str, tuple[RegisterEntry, ...]] = field(default_factory=dict)
    addresses: tuple[RedirectAddress, ...] = ()

    def chart(self, becomes: Becomes = None) -> WholeChart:
        register, store = MemoryRegister(lambda: NOW), MemoryAddresses()
        sweep = register.take("test", 60)
        assert sweep
        readings = [
            Reading(login=Login(name), fingerprint=name, entries=entries)
            for name, entries in sorted(self.mailboxes.items())
        ]
        written = register.write(sweep, "test", readings, 60)
        assert written
        register.finish(written, "test")
        for one in self.addresses:
            new = NewAddressVersion(
                address=one.address,
                at=NOW,
                actor=ACTOR,
                change=AddressChange.SET,
                before=None,
                after=one,
            )
            assert store.write(new, fingerprint_of(None))
        return WholeChart(
            forwards=register,
            directory=MemoryDirectory(
                people=tuple(Person(login=Login(one), address=at(one)) for one in self.mailboxes)
            ),
            addresses=store,
            inside={DOMAIN, OTHER},
            now=NOW,
            becomes=becomes,
        )


def shown(hop: Hop) -> object:
    """A tree of names, as nested tuples."""
    name = hop.station.key.removesuffix(f"@{DOMAIN}") + (f" ({hop.turn})" if hop.turn else "")
    return (name, *(shown(one) for one in hop.hops)) if hop.hops else name


def traced(known: Known, start: str, becomes: Becomes = None) -> Hop:
    return trace(known.chart(becomes), at(start), Window(NOW))


def codes(known: Known, start: str, becomes: Becomes = None) -> set[str]:
    return {one.code for one in chain_findings(traced(known, start, becomes))}


@pytest.mark.parametrize(
    ("asked", "kind", "key"),
    [
        ("contact", Kind.REDIRECT_ADDRESS, "contact@example.com"),
        ("CONTACT", Kind.REDIRECT_ADDRESS, "contact@example.com"),
        ("contact@EXAMPLE.com", Kind.REDIRECT_ADDRESS, "contact@example.com"),
        ("contact+a", Kind.REDIRECT_ADDRESS, "contact@example.com"),
        ("contact+lists", Kind.ALIAS, "contact+lists@example.com"),
        ("anna", Kind.MAILBOX, "anna"),
        ("anna+a", Kind.MAILBOX, "anna"),
        ("anna+lists", Kind.REDIRECT_ADDRESS, "anna+lists@example.com"),
        ("nobody", Kind.REDIRECT_ADDRESS, "*@example.com"),
        (f"nobody@{OTHER}", Kind.MISSING, f"nobody@{OTHER}"),
        ("contact@example.net", Kind.OUTSIDE, "contact@example.net"),
    ],
)
def test_addresses_are_looked_up_in_the_order_of_postfix(asked: str, kind: Kind, key: str) -> None:
    known = Known(
        {"anna": ()},
        (
            leads("contact", "anna"),
            leads("contact+lists", "anna", kind=AddressKind.ALIAS),
            leads("anna+lists", "x@example.net"),
            leads("*", "anna"),
        ),
    )
    assert known.chart().station(at(asked)) == Station(kind, key)


def test_differently_written_domains_are_one() -> None:
    known = Known({"anna": ()}, (leads(f"info@{OTHER}", "anna"),))
    written = EmailAddress.parse("Info@BÜCHER.example")
    assert known.chart().station(written).kind is Kind.REDIRECT_ADDRESS


@pytest.mark.parametrize("last", ["anna", "ANNA@EXAMPLE.COM", "anna+x", "an", "team"])
def test_circles_over_redirect_addresses_and_aliases_are_refused(last: str) -> None:
    known = Known(
        {"anna": forwards("anna", "team"), "bruno": forwards("bruno", last)},
        (leads("team", "bruno", "x@example.net"), leads("an", "anna", kind=AddressKind.ALIAS)),
    )
    assert "chain-loop" in codes(known, "anna")


def test_days_and_pauses_of_redirect_addresses_count() -> None:
    known = Known(
        {"anna": ()},
        (
            leads("paused", "anna", paused=True),
            leads("over", "anna", last_day=date(2027, 2, 9)),
            leads("soon", "anna", first_day=date(2027, 3, 1), last_day=date(2027, 3, 2)),
            leads("*", "anna", paused=True),
        ),
    )
    chart = known.chart()
    for name in ("paused", "over"):
        station = chart.station(at(name))
        assert (station.kind, chart.ways(station)) == (Kind.REDIRECT_ADDRESS, ())
    (way,) = chart.ways(chart.station(at("soon")))
    assert way.window == Window(
        datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 2, 23, 59, 59, tzinfo=UTC)
    )
    # A catch-all that leads nowhere is none.
    assert chart.station(at("nobody")).kind is Kind.MISSING


@pytest.mark.parametrize(
    ("entry", "count"),
    [
        ({}, 1),
        ({"notice": True}, 0),
        ({"paused": True}, 0),
        ({"problem": "unreadable"}, 0),
        ({"ends": NOW - timedelta(days=1)}, 0),
        ({"starts": NOW + timedelta(days=1)}, 1),
    ],
)
def test_only_forwards_that_run_or_will_run_are_ways(entry: dict[str, object], count: int) -> None:
    change = MailboxBecomes(
        mailbox=ANNA, forwarded=Forwarded(entries=forwards("anna", "bruno", **entry))
    )
    chart = Known({"anna": (), "bruno": ()}).chart(change)
    assert len(chart.ways(Station(Kind.MAILBOX, "anna"))) == count


def test_a_mailbox_is_seen_as_it_is_about_to_become() -> None:
    known = Known({"anna": forwards("anna", "x@example.net"), "bruno": forwards("bruno", "anna")})
    change = MailboxBecomes(mailbox=ANNA, forwarded=Forwarded(entries=forwards("anna", "bruno")))
    assert shown(traced(known, "anna")) == ("anna", "x@example.net")
    assert shown(traced(known, "anna", change)) == ("anna", ("bruno", "anna (loop)"))


def test_a_mailbox_that_the_directory_does_not_know_has_its_own_addresses() -> None:
    change = MailboxBecomes(mailbox=ANNA, forwarded=Forwarded(entries=forwards("anna", "team")))
    known = Known({}, (leads("team", "anna+x"),))
    assert shown(traced(known, "anna", change)) == ("anna", ("team", "anna (loop)"))


def test_an_address_is_seen_as_it_is_about_to_become() -> None:
    known = Known({"anna": forwards("anna", "team")}, (leads("team", "x@example.net"),))
    loop = AddressBecomes(address=at("Team"), kept=leads("team", "anna"))
    gone = AddressBecomes(address=at("team"), kept=None)
    assert "chain-loop" in codes(known, "anna", loop)
    assert codes(known, "anna", gone) == {"chain-dead-end"}


def test_an_address_that_is_new_takes_mail_from_the_catch_all() -> None:
    known = Known({"anna": ()}, (leads("*", "anna"),))
    new = AddressBecomes(address=at("team"), kept=leads("team", "x@example.net"))
    assert shown(traced(known, "team")) == ("*", "anna")
    assert shown(traced(known, "team", new)) == ("team", "x@example.net")


def test_what_is_no_address_is_worked_out_for_each_message() -> None:
    entries = (
        RegisterEntry(login=Login("anna"), target=""),
        RegisterEntry(login=Login("anna"), target="no address"),
    )
    assert [one.station.kind for one in traced(Known({"anna": entries}), "anna").hops] == [
        Kind.UNKNOWN,
        Kind.UNKNOWN,
    ]


def test_each_thing_is_read_once_for_one_answer() -> None:
    known = Known({"anna": forwards("anna", "team", "team+a")}, (leads("team", "anna"),))
    chart = known.chart()
    asked: list[str] = []

    class Watched(MemoryAddresses):
        def get(self, address: EmailAddress) -> RedirectAddress | None:
            asked.append(str(address))
            return inner.get(address)

    inner, chart.addresses = chart.addresses, Watched()
    trace(chart, at("anna"), Window(NOW))
    assert sorted(asked) == ["anna@example.com", "team+a@example.com", "team@example.com"]


NAMES = ("a", "b", "a+x", "b+x", "*")
names = st.sampled_from(NAMES)
plain = st.sampled_from(["a", "b"])


@settings(max_examples=100)
@given(
    st.dictionaries(names, st.lists(names.filter(lambda one: one != "*"), min_size=1, max_size=3)),
    st.dictionaries(plain, st.lists(st.sampled_from(NAMES[:4]), max_size=3)),
)
def test_all_that_a_message_reaches_is_what_an_obvious_mail_server_reaches(
    redirects: dict[str, list[str]], mailboxes: dict[str, list[str]]
) -> None:
    redirects = {name: [to for to in tos if to != name] for name, tos in redirects.items()}
    redirects = {name: tos for name, tos in redirects.items() if tos}

    def stands(name: str) -> str:
        bare = name.split("+")[0]
        tables = (
            ("redirect", name, redirects),
            ("redirect", bare, redirects),
            ("mailbox", name, mailboxes),
            ("mailbox", bare, mailboxes),
            ("redirect", "*", redirects),
        )
        return next((f"{kind} {key}" for kind, key, table in tables if key in table), f"no {name}")

    def reached(name: str, seen: set[str]) -> set[str]:
        if (place := stands(name)) in seen:
            return seen
        seen.add(place)
        kind, key = place.split()
        table = {"redirect": redirects, "mailbox": mailboxes}.get(kind, {})
        # Postfix hands on what it did not look up (propagate_unmatched_extensions).
        detail = name.removeprefix(key) if kind == "redirect" and name.startswith(key) else ""
        for to in table.get(key, ()):
            reached(to + detail, seen)
        return seen

    known = Known(
        {name: forwards(name, *tos, kept=True) for name, tos in mailboxes.items()},
        tuple(leads(name, *tos) for name, tos in redirects.items()),
    )
    words = {Kind.MAILBOX: "mailbox", Kind.REDIRECT_ADDRESS: "redirect", Kind.MISSING: "no"}
    for start in NAMES[:4]:
        found = {path[-1].station for path in traced(known, start).paths()}
        places = {f"{words[one.kind]} {one.key.removesuffix(f'@{DOMAIN}')}" for one in found}
        assert places == reached(start, set())
