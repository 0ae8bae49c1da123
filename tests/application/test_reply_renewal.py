"""An alias that is made after a case began is one that its reply answers to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import (
    AddressChange,
    NewAddressVersion,
    fingerprint_of,
)
from sieve_manager.application.case import Case
from sieve_manager.application.history import Change
from sieve_manager.application.reply_renewal import ReplyRenewal
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Reply
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.schedule import Period
from tests.application.test_case_races import HELEN, INSIDE, Desk, terms
from tests.application.world import LOGIN, NOW

OWN, ALIAS = EmailAddress.parse(LOGIN.text), EmailAddress.parse("am@example.com")


class Office(Desk):
    """A mailbox, its case with a reply, and the aliases."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = MemoryAddresses()
        self.renewal = ReplyRenewal(cases=self.cases, addresses=self.aliases)

    def begin_answering(self, last: date = date(2027, 3, 1)) -> Case:
        reply = Reply(text="Anna has left.", addresses=(OWN,))
        return self.cases.begin(HELEN, replace(terms(INSIDE, last), reply=reply), None)

    def make(self, kind: AddressKind = AddressKind.ALIAS, first: date | None = None) -> None:
        forward = Forward(
            destinations=(OWN,),
            copy=NOTHING_STAYS,
            period=Period(first_day=first),
            hold_spam=False,
        )
        new = NewAddressVersion(
            address=ALIAS,
            at=NOW,
            actor=Actor(name="ada", channel=Channel.CLI),
            change=AddressChange.SET,
            before=None,
            after=RedirectAddress(address=ALIAS, forward=forward, kind=kind),
        )
        assert self.aliases.write(new, fingerprint_of(None))

    def answers_to(self) -> tuple[EmailAddress, ...]:
        handover = self.world.forwards.overview(HELEN).handover
        assert handover
        assert handover.reply
        return handover.reply.addresses

    def kept(self, case: Case) -> tuple[EmailAddress, ...]:
        reply = self.store.case(case.id).terms.reply
        assert reply
        return reply.addresses


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_running_case_answers_to_an_alias_that_was_made_after_it(office: Office) -> None:
    case = office.begin_answering()
    assert office.renewal.run() == 0
    office.make()
    assert office.renewal.run() == 1
    assert office.answers_to() == office.kept(case) == (OWN, ALIAS)
    newest = office.cases.forwards.history(HELEN)[0]
    assert newest.new.change is Change.CASE_RENEW
    assert office.renewal.run() == 0
    assert office.cases.forwards.history(HELEN)[0] == newest


def test_taking_back_the_cases_last_step_goes_over_what_the_reply_learned(office: Office) -> None:
    before = dict(office.world.scripts)
    case = office.begin_answering()
    office.make()
    assert office.renewal.run() == 1
    loaded = office.cases.plan_undo(HELEN, case.id).loaded
    office.cases.undo(HELEN, case.id, loaded)
    assert office.world.scripts == before
    assert office.renewal.run() == 0


@pytest.mark.parametrize("kind", AddressKind)
def test_only_an_alias_in_force_is_one_of_the_mailboxs_own(
    office: Office, kind: AddressKind
) -> None:
    office.begin_answering()
    office.make(kind, first=date(2027, 2, 20))
    assert office.renewal.run() == 0
    office.world.now = NOW + timedelta(days=11)
    assert office.renewal.run() == (kind is AddressKind.ALIAS)


def test_a_case_that_is_over_or_was_changed_by_hand_is_left_alone(office: Office) -> None:
    case = office.begin_answering(date(2027, 2, 20))
    office.make()
    ((name, octets),) = office.world.scripts.items()
    office.world.give(octets.replace(b"Anna has left.", b"Anna is away."), name)
    office.renewal.run()
    assert office.answers_to() == office.kept(case) == (OWN,)
    office.world.give(octets, name)
    office.world.now = NOW + timedelta(days=11)
    assert office.renewal.run() == 0


def test_a_mailbox_that_fails_is_tried_again_an_hour_later(office: Office) -> None:
    office.begin_answering()
    office.make()
    office.world.store.breaks.broken = office.world.store.breaks.down = True
    assert office.renewal.run() == 0
    office.world.store.breaks.broken = office.world.store.breaks.down = False
    assert office.renewal.run() == 0
    office.world.now += timedelta(hours=1)
    assert office.renewal.run() == 1


def test_a_record_that_a_kill_left_behind_catches_up(office: Office) -> None:
    case = office.begin_answering()
    office.make()
    assert office.renewal.run() == 1
    office.store.keep(case)
    assert office.renewal.run() == 1
    assert office.kept(case) == (OWN, ALIAS)
