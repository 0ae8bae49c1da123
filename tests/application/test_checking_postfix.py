"""What is found at a Postfix, for each way in which its set-up can be wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.adapters.memory_register import MemoryRegister
from sieve_manager.adapters.postfix_map import PostfixMap
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.checking_postfix import PostfixExamination
from sieve_manager.application.postfix_files import (
    PostfixTables,
    PostgresqlServer,
    configuration,
)
from sieve_manager.application.postfix_views import PROBE
from sieve_manager.application.register import Place as Where
from sieve_manager.application.register import RegisterEntry
from sieve_manager.application.register_store import Reading
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, RedirectAddress
from sieve_manager.errors import UnreachableError

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
TARGETS = "sqlite:/etc/postfix/sieve-manager-targets.cf"
REFUSALS = "sqlite:/etc/postfix/sieve-manager-refusals.cf"
WHOLE = {
    "virtual_alias_maps": f"hash:/maps/changed, {TARGETS}",
    "smtpd_recipient_restrictions": f"check_recipient_access\n {REFUSALS}, permit_mynetworks",
    "sender_canonical_maps": "tcp:localhost:10001",
}
ANNA = EmailAddress("anna", "example.com")


@dataclass
class Postfix:
    """Answers of postconf and postmap."""

    values: Mapping[str, str] | None
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    fails: str = ""

    def settings(self, names: Sequence[str]) -> Mapping[str, str] | None:
        return self.values and {name: self.values.get(name, "") for name in names}

    def look_up(self, table: str, key: str) -> str:
        if table == self.fails:
            raise UnreachableError("postmap", server_text="open file: Permission denied")
        return self.answers.get((table, key), "")


@dataclass
class Place:
    """A store with its map, and a Postfix that sees both."""

    store: MemoryAddresses
    examination: PostfixExamination
    postfix: Postfix

    def keep(self, local: str, *to: str) -> None:
        address = EmailAddress(local, "example.com")
        destinations = tuple(EmailAddress(*one.split("@")) for one in to)
        forward = Forward(destinations=destinations, copy=NOTHING_STAYS, hold_spam=False)
        new = NewAddressVersion(
            address=address,
            at=NOW,
            actor=Actor(name="ada", channel=Channel.CLI),
            change=AddressChange.SET,
            before=None,
            after=RedirectAddress(address=address, forward=forward),
        )
        assert self.store.write(new, fingerprint_of(None))
        self.see()
        key = "@example.com" if local == "*" else str(address)
        self.postfix.answers[TARGETS, key] = ",".join(reversed(to))

    def see(self) -> None:
        self.examination.relay.publish()
        number = self.store.revision
        probe = f"revision-{number}@sieve-manager.invalid"
        self.postfix.answers[TARGETS, PROBE] = probe
        self.postfix.answers[REFUSALS, PROBE] = f"550 5.1.1 This address is not in use ({number})"

    def codes(self, **settings: str) -> list[str]:
        if self.postfix.values is not None:
            self.postfix.values = {**self.postfix.values, **settings}
        return [one.finding.code for one in self.examination.run()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    store, postfix = MemoryAddresses(), Postfix(WHOLE)
    examination = PostfixExamination(
        agent=postfix,
        tables=PostfixTables(source=Path("/maps/addresses.db"), domains=("example.com",)),
        store=store,
        relay=PostfixMap(tmp_path / "addresses.db", store),
        directory=MemoryDirectory([Person(login=Login(str(ANNA)), address=ANNA)]),
        register=MemoryRegister(lambda: NOW),
        clock=lambda: NOW,
        inside={"example.com"},
    )
    place = Place(store, examination, postfix)
    place.see()
    return place


def test_a_postfix_that_sees_everything_is_said_to(place: Place) -> None:
    assert place.codes() == ["postfix-sees"]
    place.keep("sales", "anna@example.com", "erika@example.net")
    assert place.codes() == ["postfix-sees"]


def test_nothing_is_said_where_no_address_is_made(place: Place) -> None:
    tables = replace(place.examination.tables, domains=())
    assert list(replace(place.examination, tables=tables).run()) == []


def test_a_host_without_postfix_is_no_failure(place: Place) -> None:
    place.postfix.values = None
    (only,) = place.examination.run()
    assert (only.finding.code, only.fails) == ("no-postfix", False)


def test_a_table_that_is_not_listed_is_found(place: Place) -> None:
    assert place.codes(virtual_alias_maps="hash:/etc/aliases") == [
        "postfix-marker",
        "postfix-unlisted",
    ]
    assert place.codes(virtual_alias_maps=TARGETS) == ["postfix-marker", "postfix-sees"]
    assert place.codes(
        **WHOLE,
    ) == ["postfix-sees"]
    unlisted = place.codes(smtpd_recipient_restrictions="permit_mynetworks")
    assert unlisted == ["postfix-sees", "postfix-refusals"]


@pytest.mark.parametrize("table", [TARGETS, REFUSALS])
def test_a_table_that_shows_an_older_state_is_found(place: Place, table: str) -> None:
    place.keep("sales", "anna@example.com")
    place.postfix.answers[table, PROBE] = "revision-0@sieve-manager.invalid"
    assert place.codes() == ["postfix-differs"]


def test_a_table_that_leaves_out_a_domain_is_found(place: Place) -> None:
    place.keep("sales", "anna@example.com")
    del place.postfix.answers[TARGETS, "sales@example.com"]
    (only,) = place.examination.run()
    assert only.fails
    assert "for sales@example.com: nothing; it should be: anna@example.com" in only.finding.message


def test_a_table_that_cannot_be_asked_is_a_failure_with_its_words(place: Place) -> None:
    place.postfix.fails = TARGETS
    (only,) = place.examination.run()
    assert only.fails
    assert "Permission denied" in only.finding.message


def test_an_address_for_all_others_must_leave_the_mailboxes_their_mail(place: Place) -> None:
    place.keep("*", "anna@example.com")
    assert place.codes() == ["postfix-sees", "postfix-swallows"]
    place.postfix.answers["hash:/etc/mailboxes", str(ANNA)] = "Anna@example.com"
    tables = WHOLE["virtual_alias_maps"]
    assert place.codes(virtual_alias_maps=f"{tables}, hash:/etc/mailboxes") == ["postfix-sees"]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("", False),
        ("hash:/etc/postfix/canonical", False),
        ("socketmap:unix:srs:forward", True),
        ("hash:/etc/postfix/canonical, tcp:127.0.0.1:10001", True),
    ],
)
def test_addresses_outside_need_a_program_that_rewrites_senders(
    place: Place, value: str, seen: bool
) -> None:
    place.keep("sales", "anna@example.com")
    assert place.codes(sender_canonical_maps=value) == ["postfix-sees"]
    place.keep("press", "erika@example.net")
    assert place.codes() == ["postfix-sees", *([] if seen else ["no-srs"])]


@pytest.mark.parametrize(
    ("local", "to", "told"),
    [
        ("anna", "bea@example.com", ["postfix-taken"]),
        ("ann", "bea@example.com", ["postfix-taken"]),
        ("ann", "anna@example.com", []),
        ("contact", "anna@example.com", []),
    ],
)
def test_a_mailbox_that_was_made_later_does_not_get_its_mail(
    place: Place, local: str, to: str, told: list[str]
) -> None:
    anna = Person(login=Login(str(ANNA)), address=ANNA, aliases=(replace(ANNA, local="ann"),))
    place.keep(local, to)
    place.examination = replace(place.examination, directory=MemoryDirectory([anna]))
    assert place.codes() == ["postfix-sees", *told]


@pytest.mark.parametrize(
    ("target", "where", "paused", "told"),
    [
        ("erika@example.net", Where.OUTSIDE, False, ["no-srs"]),
        ("erika@example.net", Where.OUTSIDE, True, []),
        ("bea@example.com", Where.INSIDE, False, []),
    ],
)
def test_forwards_outside_need_it_too(
    place: Place, target: str, where: Where, paused: bool, told: list[str]
) -> None:
    register = place.examination.register
    sweep = register.take("test", 60)
    assert sweep
    entry = RegisterEntry(login=Login(str(ANNA)), target=target, place=where, paused=paused)
    reading = Reading(login=entry.login, fingerprint="1", entries=(entry,))
    assert register.write(sweep, "test", [reading], 60)
    assert place.codes(sender_canonical_maps="") == ["postfix-sees", *told]


def test_the_printed_lines_name_what_the_check_looks_for() -> None:
    on_file = "\n".join(configuration(PostfixTables(source=Path("/maps/addresses.db"))))
    assert f"virtual_alias_maps = hash:/maps/changed, {TARGETS}\n" in on_file
    assert f"check_recipient_access {REFUSALS}\n" in on_file
    assert "dbpath = /maps/addresses.db\n" in on_file
    server = PostgresqlServer(hosts="unix:/run/postgresql", database='s"m')
    printed = "\n".join(configuration(PostfixTables(source=server, domains=("a.org", "b.org"))))
    assert "virtual_alias_maps = proxy:pgsql:/etc/postfix/sieve-manager-targets.cf\n" in printed
    assert 'hosts = unix:/run/postgresql\ndbname = s"m\n' in printed
    assert "\ndomain" not in printed, "addresses for all others would not be found"
    assert 'GRANT CONNECT ON DATABASE "s""m" TO' in printed
    assert "changed" not in printed
