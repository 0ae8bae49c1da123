"""The redirect addresses as they are wired: kept, seen by Postfix, and refused where they must."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.address_plan import wish_set
from sieve_manager.application.address_ports import Answer
from sieve_manager.bootstrap import build
from sieve_manager.bootstrap_addresses import map_file, told_duty
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.errors import PolicyRefusedError
from sieve_manager.settings import Settings

NOW = datetime(2027, 2, 10, 12, tzinfo=UTC)
ADA = Actor(name="ada@example.com", channel=Channel.CLI, role=Role.ADMINISTRATOR)
OUT = EmailAddress("erika", "example.net")


def settings(url: str, **sections: dict[str, object]) -> Settings:
    return Settings(
        managesieve={"host": "127.0.0.1"},
        database={"url": url},
        addresses={"domains": ["Bücher.example.com"]},
        directory={"kind": "table"},
        **sections,
    )


def leading(domain: str) -> RedirectAddress:
    forward = Forward(destinations=(OUT,), copy=NOTHING_STAYS, hold_spam=False)
    return RedirectAddress(address=EmailAddress("sales", domain), forward=forward)


def test_what_is_kept_is_in_the_file_that_postfix_reads(tmp_path: Path) -> None:
    path = tmp_path / "maps" / "a.db"
    found = settings(f"sqlite:///{tmp_path}/sm.db", postfix={"map_file": str(path)})
    wired = build(found, clock=lambda: NOW)
    assert not path.exists(), "nothing is written before somebody saves"
    addresses, wanted = wired.redirect_addresses, leading("xn--bcher-kva.example.com")
    new = NewAddressVersion(
        address=wanted.address,
        at=NOW,
        actor=ADA,
        change=AddressChange.SET,
        before=None,
        after=wanted,
    )
    assert addresses.store.write(new, fingerprint_of(None))
    addresses.relay.publish()
    assert addresses.relay.answer(wanted.address, NOW) == Answer(destinations=(OUT,))
    wired.close()
    with closing(sqlite3.connect(path)) as reader:
        asked = "SELECT target FROM postfix_targets WHERE address = ?"
        assert reader.execute(asked, (str(wanted.address),)).fetchall() == [(str(OUT),)]


def test_an_address_of_another_domain_is_refused(tmp_path: Path) -> None:
    wired = build(settings(f"sqlite:///{tmp_path}/sm.db"), clock=lambda: NOW)
    wish = wish_set(leading("elsewhere.example.com"))
    with pytest.raises(PolicyRefusedError, match="not made here"):
        wired.redirect_addresses.save(ADA, wish, None)
    wired.close()


def test_the_map_file_is_beside_the_database_unless_it_is_named(tmp_path: Path) -> None:
    beside = map_file(settings(f"sqlite:///{tmp_path}/sm.db"))
    assert beside == tmp_path / "postfix" / "addresses.db"
    named = {"map_file": "/srv/map.db"}
    assert map_file(settings("sqlite:////a/sm.db", postfix=named)) == Path("/srv/map.db")
    assert map_file(settings("postgresql+psycopg://u@h/sm", postfix=named)) is None


def test_aliases_are_known_to_forwards_and_to_replies_but_name_nobody(tmp_path: Path) -> None:
    wired = build(settings(f"sqlite:///{tmp_path}/sm.db"), clock=lambda: NOW)
    assert wired.people_table
    anna = Person(login=Login("anna"), address=EmailAddress("anna", "example.com"))
    wired.people_table.apply(wired.people_table.plan([anna]))
    forward = Forward(destinations=anna.addresses, copy=NOTHING_STAYS, hold_spam=False)
    alias = RedirectAddress(
        address=EmailAddress("a.miller", "example.com"), forward=forward, kind=AddressKind.ALIAS
    )
    new = NewAddressVersion(
        address=alias.address,
        at=NOW,
        actor=ADA,
        change=AddressChange.SET,
        before=None,
        after=alias,
    )
    assert wired.redirect_addresses.store.write(new, fingerprint_of(None))
    assert wired.forwards.looking.addresses.mailbox(anna.login).owns(alias.address)
    assert alias.address in wired.case_entries.own(anna)
    assert wired.register.sweeping.stands(alias.address)
    assert wired.staff.person(anna.login).addresses == anna.addresses
    assert wired.directory.by_address(alias.address) is None
    wired.close()


def test_only_a_change_of_a_killed_process_is_told_by_the_worker(tmp_path: Path) -> None:
    with closing(build(settings(f"sqlite:///{tmp_path}/sm.db"))) as wired:
        use = wired.redirect_addresses
        wanted = leading("xn--bcher-kva.example.com")
        use.save(ADA, wish_set(wanted), None)
        later = replace(use, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
        assert told_duty(wired.settings, wired.audit, later).run() == 0
        cut = NewAddressVersion(
            address=wanted.address,
            at=datetime.now(UTC),
            actor=ADA,
            change=AddressChange.DELETE,
            before=wanted,
            after=None,
        )
        use.store.write(cut, fingerprint_of(wanted))
        duty = told_duty(wired.settings, wired.audit, later)
        assert [duty.run(), duty.run()] == [1, 0]
        assert told_duty(wired.settings, wired.audit, later).run() == 0
