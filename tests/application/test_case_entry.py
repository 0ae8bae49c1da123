"""What is typed for a case becomes its terms, or all that is wrong with it."""

from dataclasses import replace
from datetime import date

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.application.case_entry import CaseEntry, EntryReader
from sieve_manager.application.reply_templates import TEMPLATES
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.case import OwnForward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person

LEAVER = Person(
    login=Login("lea"),
    name="Lea {x} Muster",
    address=EmailAddress.parse("lea@example.com"),
    aliases=(EmailAddress.parse("l.muster@example.com"),),
    language="de",
)
ANNA = Person(login=Login("anna"), name="Anna Nova", address=EmailAddress.parse("anna@example.com"))
READER = EntryReader(
    day_words=day_words, find=lambda address: ANNA if address == ANNA.address else None
)
TO = ("anna@example.com, out@example.net",)


def codes(entry: CaseEntry) -> set[tuple[str, str]]:
    read = READER.read(entry, LEAVER)
    assert read.terms is None
    return {(one.where, one.code) for one in read.errors}


def test_all_fields_become_terms() -> None:
    entry = CaseEntry(
        to=TO,
        copy="folder:Left",
        first_day="2027-01-01",
        last_day="2027-01-31",
        timezone="Europe/Zurich",
        hold_spam=False,
        reply="de",
        reply_interval="3",
        own_forward="keep",
        ticket=" INC-1 ",
        reason="left\nyesterday",
    )
    terms = READER.read(entry, LEAVER).terms
    assert terms is not None
    assert list(map(str, terms.forward.destinations)) == ["anna@example.com", "out@example.net"]
    assert terms.forward.period.last_day == date(2027, 1, 31)
    assert (terms.own_forward, terms.ticket) == (OwnForward.KEEP, "INC-1")
    assert terms.reply is not None
    assert terms.reply.subject == "Lea {x} Muster ist nicht mehr hier tätig"
    assert "an Anna Nova, out@example.net weitergeleitet" in terms.reply.text
    assert "bis 31. Januar 2027 weitergeleitet" in terms.reply.text
    assert terms.reply.addresses == (LEAVER.address, *LEAVER.aliases)
    assert terms.reply.interval_days == 3


def test_a_line_about_the_last_day_is_left_out_where_there_is_none() -> None:
    for language in TEMPLATES:
        with_day = READER.read(CaseEntry(to=TO, reply=language, last_day="2027-01-31"), LEAVER)
        without = READER.read(CaseEntry(to=TO, reply=language), LEAVER)
        texts = [
            one.terms.reply.text for one in (with_day, without) if one.terms and one.terms.reply
        ]
        assert ["2027" in text for text in texts] == [True, False]
        assert "{" not in texts[1].replace("{x}", "")


@pytest.mark.parametrize("last_day", ["", "2027-01-31"])
@pytest.mark.parametrize("language", TEMPLATES)
def test_a_reply_is_known_by_its_template_and_a_text_of_ones_own_is_none(
    language: str, last_day: str
) -> None:
    entry = CaseEntry(to=TO, last_day=last_day, reply=language)
    terms = READER.read(entry, LEAVER).terms
    assert terms is not None
    assert READER.template_of(terms, LEAVER) == language
    assert terms.reply is not None
    own = replace(terms, reply=replace(terms.reply, text=f"{terms.reply.text} Bye"))
    assert READER.template_of(own, LEAVER) == ""
    assert READER.template_of(replace(terms, reply=None), LEAVER) == ""


def test_a_text_of_ones_own_has_the_same_blanks() -> None:
    entry = CaseEntry(to=TO, reply="text", reply_subject="{name}", reply_text="Now: {successors}")
    terms = READER.read(entry, LEAVER).terms
    assert terms is not None
    assert terms.reply is not None
    assert (terms.reply.subject, terms.reply.text) == (
        "Lea {x} Muster",
        "Now: Anna Nova, out@example.net",
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    entry = CaseEntry(
        to=("a@b, nobody",),
        copy="shelf",
        first_day="yesterday",
        timezone="Mars/Base",
        own_forward="maybe",
        ticket="x" * 101,
        reason="\x00",
    )
    assert codes(entry) == {
        ("to", "address-invalid"),
        ("copy", "copy"),
        ("first_day", "day"),
        ("timezone", "zone"),
        ("own_forward", "own-forward"),
        ("ticket", "case-text"),
        ("reason", "case-text"),
    }
    assert codes(CaseEntry()) == {("to", "address-missing")}
    assert codes(CaseEntry(to=TO, reply="tlh")) == {("reply", "reply-kind")}
    assert codes(CaseEntry(to=TO, reply="de", reply_interval="x")) == {
        ("reply_interval", "reply-interval")
    }


def test_blanks_that_nobody_knows_are_refused_and_reach_nothing() -> None:
    for text in ("{0}", "{name.login}", "{name!r}", "{name:>99}", "{", "}"):
        entry = CaseEntry(to=TO, reply="text", reply_text=text)
        assert codes(entry) == {("reply_text", "reply-blank")}


def test_reply_answers_mail_to_all_addresses_that_are_known_of_the_leaver() -> None:
    alias = EmailAddress.parse("lea@example.org")
    reader = replace(READER, own=lambda leaver: (*leaver.addresses, alias))
    terms = reader.read(CaseEntry(to=TO, reply="de"), LEAVER).terms
    assert terms
    assert terms.reply
    assert terms.reply.addresses == (*LEAVER.addresses, alias)
