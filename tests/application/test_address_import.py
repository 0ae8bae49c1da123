"""Redirect addresses from a CSV file: every line is looked at, and the good ones are made."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.application.access import Actor
from sieve_manager.application.address_import import AddressImport, Checked, exported
from sieve_manager.application.address_plan import wish_set
from sieve_manager.application.address_table import COLUMNS, csv_of
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period
from sieve_manager.errors import StorageError
from sieve_manager.policy.address_policy import AddressPolicy
from sieve_manager.policy.policy import Policy
from tests.application.relays import Relay
from tests.application.test_redirect_addresses import (
    ADA,
    ANNA,
    BEA,
    CONTACT,
    OTTO,
    OUTSIDE,
    OWNER,
    Desk,
    leads,
)

SALES = EmailAddress("sales", "example.com")
WHOLE = RedirectAddress(
    address=CONTACT,
    forward=Forward(
        destinations=(ANNA, OUTSIDE),
        copy=NOTHING_STAYS,
        period=Period(
            first_day=date(2027, 2, 1), last_day=date(2027, 3, 31), timezone="Europe/Rome"
        ),
        hold_spam=False,
        paused=True,
        note='=1+1; "the fair"',
    ),
    owner=Login(str(BEA)),
    moved_to=EmailAddress("office", "xn--bcher-kva.example"),
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def desk_import(desk: Desk, kind: AddressKind = AddressKind.REDIRECT) -> AddressImport:
    return AddressImport(use=desk.use, master_separator="*", kind=kind)


def checked(desk: Desk, *lines: str, actor: Actor = ADA) -> Checked:
    return desk_import(desk).check(actor, "\n".join(lines).encode())


def problems(found: Checked) -> list[str]:
    assert found.good == ()
    return [str(one) for one in found.problems]


def test_the_good_lines_are_made_each_with_its_history_and_the_wrong_ones_told(desk: Desk) -> None:
    found = checked(
        desk,
        "address;to;last_day;ticket;note",
        "contact@example.com;anna@example.com x@example.net;31.3.2027;T-1;for the fair",
        "sales@example.com;non;32.1.2027;;",
        "sales@example.com;bea@example.com;;;",
        "hr@elsewhere.example;bea@example.com;;;",
    )
    assert [one.wish.address for one in found.good] == [CONTACT]
    assert [str(one) for one in found.problems] == [
        "line 3, column 2 (to): “non” is not a complete mail address, such as name@example.com.",
        "line 3, column 3 (last_day): “2027-01-32” is not a day. Example: 2027-01-31.",
        "line 4, column 1 (address): “sales@example.com” stands on line 3 already.",
        "line 5, column 1 (address): Addresses of elsewhere.example are not made here.",
    ]
    assert desk.log.entries() == ()
    made = desk_import(desk).make(ADA, found)
    assert ([one.address for one in made.done], made.problems) == ([CONTACT], ())
    assert desk.relay.answer(CONTACT, made.done[0].forward.period.ends).destinations
    (version,) = desk.use.history(ADA, CONTACT)
    assert (version.new.actor, version.new.ticket, version.new.note) == (ADA, "T-1", "for the fair")
    (entry,) = desk.log.entries()
    assert (entry.entry.action, entry.entry.ticket) == ("address.set", "T-1")
    assert entry.entry.reason == "for the fair"


def test_what_an_export_wrote_changes_nothing_when_it_is_imported(desk: Desk) -> None:
    desk.save(wish_set(WHOLE))
    desk.save(wish_set(leads(OUTSIDE, address=EmailAddress("+odd", "example.com"))))
    text = "".join(exported(desk.use, ADA))
    assert "'=1+1; " in text
    found = desk_import(desk).check(ADA, text.encode())
    assert (found.good, found.problems, found.same) == ((), (), 2)


def test_what_was_exported_is_the_same_after_it_was_lost(desk: Desk) -> None:
    desk.save(wish_set(WHOLE))
    other = Desk()
    octets = "".join(exported(desk.use, ADA)).encode()
    desk_import(other).make(ADA, desk_import(other).check(ADA, octets))
    kept = other.store.get(CONTACT)
    assert kept == WHOLE
    assert kept.forward.note == WHOLE.forward.note


@given(note=st.text(alphabet="=+-@'; ,\t\n\"äb\u200d", max_size=12).map(str.strip))
def test_no_note_makes_an_import_of_an_export_change_anything(note: str) -> None:
    desk = Desk()
    kept = replace(WHOLE, forward=replace(WHOLE.forward, note=note))
    desk.store.kept[CONTACT.key] = kept
    found = desk_import(desk).check(ADA, "".join(csv_of([kept])).encode())
    assert (found.good, found.problems, found.same) == ((), (), 1)


def test_what_has_no_column_stays_and_an_empty_cell_takes_it_away(desk: Desk) -> None:
    desk.save(wish_set(WHOLE))
    few = checked(desk, "address,to", f"{CONTACT},{BEA}")
    assert few.good[0].plan.after == replace(
        WHOLE, forward=replace(WHOLE.forward, destinations=(BEA,))
    )
    empty = checked(desk, ",".join(COLUMNS), f"{CONTACT},{ANNA},,,,,,,,", f"{SALES},{ANNA},,,,,,,,")
    assert [one.plan.after for one in empty.good] == [
        replace(leads(ANNA), forward=_paused_in_rome()),
        replace(leads(ANNA, address=SALES), forward=_in_the_policys_zone()),
    ]


def _paused_in_rome() -> Forward:
    return replace(leads(ANNA).forward, paused=True, period=Period(timezone="Europe/Rome"))


def _in_the_policys_zone() -> Forward:
    return replace(leads(ANNA).forward, period=Period(timezone=Policy().default_timezone))


def test_all_that_is_wrong_with_a_line_is_said_at_its_cells(desk: Desk) -> None:
    found = checked(
        desk,
        "address,to,kind,timezone,paused,owner,moved_to,ticket",
        "contact@example.com,anna@example.com,catch,Mars,perhaps,a\x07,new,",
        "sales@example.com,anna@example.com,,,,nobody@example.com,,",
        f"hr@example.com,anna@example.com,,,,,,{'T' * 101}",
        "two@example.com,anna@example.com bea@example.com,alias,,,,,",
        "anna@example.com,bea@example.com,,,,,,",
        "contact,anna@example.com,,,,,,",
    )
    said = problems(found)
    assert [one.partition(":")[0] for one in said] == [
        "line 2, column 3 (kind)",
        "line 2, column 4 (timezone)",
        "line 2, column 5 (paused)",
        "line 2, column 6 (owner)",
        "line 2, column 7 (moved_to)",
        "line 3, column 6 (owner)",
        "line 4, column 8 (ticket)",
        "line 5, column 2 (to)",
        "line 6, column 1 (address)",
        "line 7, column 1 (address)",
    ]
    assert said[0].endswith("“catch” cannot stand here. Write one of these: redirect, alias.")
    assert said[2].endswith("Write one of these: yes, no.")
    assert said[5].endswith("Nobody here has the user name “nobody@example.com”.")


def test_an_owner_who_has_left_does_not_hold_up_a_change(desk: Desk) -> None:
    gone = replace(WHOLE, owner=Login("gone@example.com"))
    desk.save(wish_set(gone))
    assert len(checked(desk, "address,to", f"{CONTACT},{BEA}").good) == 1


def test_lines_from_a_spreadsheet_are_read_as_pasted(desk: Desk) -> None:
    found = checked(desk, "to\taddress", f"{ANNA}, {BEA}\t{CONTACT}")
    assert found.good[0].plan.after is not None
    assert found.good[0].plan.after.forward.destinations == (ANNA, BEA)


def test_the_kind_of_new_addresses_is_the_commands(desk: Desk) -> None:
    octets = f"address,to\n{CONTACT},{ANNA}".encode()
    (line,) = desk_import(desk, AddressKind.ALIAS).check(ADA, octets).good
    assert line.plan.after is not None
    assert line.plan.after.kind is AddressKind.ALIAS


def test_rights_are_those_on_each_address(desk: Desk) -> None:
    desk.save(wish_set(replace(leads(ANNA), owner=Login(OWNER.name))))
    line = f"{SALES},{BEA}"
    assert problems(checked(desk, "address,to", line, actor=OWNER)) == [
        "line 2, column 1 (address): Only the helpdesk can do this with an address."
    ]
    own = checked(desk, "address,to,owner", f"{CONTACT},{BEA},{BEA}", actor=OWNER)
    assert problems(own) == [
        "line 2, column 1 (address): Only the helpdesk can do this with an address."
    ]
    assert len(checked(desk, "address,to", f"{CONTACT},{BEA}", actor=OWNER).good) == 1
    assert len(problems(checked(desk, "address,to", line, actor=OTTO))) == 1
    desk.rules = AddressPolicy(domains=desk.rules.domains, operators=True)
    assert len(checked(desk, "address,to", line, actor=OTTO).good) == 1
    assert "".join(exported(desk.use, OWNER)).count("\r\n") == 2


def test_a_line_that_somebody_else_changed_is_left_and_the_others_are_made(desk: Desk) -> None:
    found = checked(desk, "address,to", f"{CONTACT},{ANNA}", f"{SALES},{BEA}")
    assert len(found.good) == 2
    desk.save(wish_set(leads(OUTSIDE)))
    made = desk_import(desk).make(ADA, found)
    assert [one.address for one in made.done] == [SALES]
    (problem,) = made.problems
    assert str(problem).startswith("line 2, column 1 (address): Somebody changed this address")
    assert desk.store.get(CONTACT) == leads(OUTSIDE)


def test_a_line_that_the_policy_refuses_meanwhile_says_why(desk: Desk) -> None:
    found = checked(desk, "address,to", f"{CONTACT},{ANNA}")
    desk.rules = AddressPolicy(domains=frozenset({"example.org"}))
    made = desk_import(desk).make(ADA, found)
    assert made.done == ()
    assert [str(one) for one in made.problems] == [
        "line 2, column 1 (address): Addresses of example.com are not made here."
    ]


def test_a_right_that_ended_meanwhile_is_told(desk: Desk) -> None:
    desk.rules = AddressPolicy(domains=desk.rules.domains, operators=True)
    found = checked(desk, "address,to", f"{CONTACT},{ANNA}", actor=OTTO)
    desk.rules = AddressPolicy(domains=desk.rules.domains)
    made = desk_import(desk).make(OTTO, found)
    assert [one.error.code for one in made.problems] == ["administrators-only"]


class FullDisk(Relay):
    """Cannot write what is published second."""

    def publish(self) -> None:
        super().publish()
        if self.published == 2:
            raise StorageError("the disk is full")


def test_what_failed_in_the_middle_is_done_by_sending_the_file_again(desk: Desk) -> None:
    lines = ("address,to", f"{CONTACT},{ANNA}", f"{SALES},{BEA}")
    found = checked(desk, *lines)
    desk.relay = FullDisk(desk.store)
    with pytest.raises(StorageError):
        desk_import(desk).make(ADA, found)
    assert desk.store.get(CONTACT) == found.good[0].plan.after
    assert desk.store.get(SALES) is None
    assert desk.said() == [("address.set", "failed"), ("address.set", "done")]
    again = checked(desk, *lines)
    assert again.same == 1
    assert [one.address for one in desk_import(desk).make(ADA, again).done] == [SALES]


def test_the_checksum_is_that_of_what_was_seen(desk: Desk) -> None:
    lines = ("address,to,ticket", f"{CONTACT},{ANNA},T-1")
    first = checked(desk, *lines).checksum
    assert checked(desk, *lines).checksum == first
    assert checked(desk, lines[0], lines[1] + "2").checksum != first
    assert checked(desk, lines[0], lines[1].replace("anna", "bea")).checksum != first
    desk.save(wish_set(leads(OUTSIDE)))
    assert checked(desk, *lines).checksum != first


def test_an_export_of_many_has_all_of_them(desk: Desk) -> None:
    for number in range(1001):
        one = leads(ANNA, address=EmailAddress(f"a{number}", "example.com"))
        desk.store.kept[one.address.key] = one
    assert "".join(exported(desk.use, ADA)).count("\r\n") == 1002
