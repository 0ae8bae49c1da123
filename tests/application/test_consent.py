"""Consent: nothing goes to who must agree first, until they have; and it ends when they say so."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from sieve_manager.adapters.day_words import day_words
from sieve_manager.adapters.memory import MemoryMailer
from sieve_manager.adapters.memory_addresses import MemoryAddresses
from sieve_manager.adapters.memory_consents import MemoryConsents
from sieve_manager.adapters.memory_directory import MemoryDirectory
from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.address_plan import AddressWish, wish_change, wish_set
from sieve_manager.application.agreements import Agreed, Agreements, of_address, of_mailbox
from sieve_manager.application.answering import Answering
from sieve_manager.application.case_notice_words import LANGUAGES
from sieve_manager.application.chain import Way
from sieve_manager.application.consent_following import ConsentFollowing
from sieve_manager.application.consent_links import ConsentLinks
from sieve_manager.application.consent_mail import ConsentMail
from sieve_manager.application.consent_texts import CONSENT
from sieve_manager.application.consent_wording import Said
from sieve_manager.application.history import Change
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import ANSWER_WITHIN, ConsentState, Source
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login, Mailbox
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import NOTHING_STAYS, AddressKind, RedirectAddress
from sieve_manager.domain.roles import Role
from sieve_manager.errors import NoticeError, PolicyRefusedError
from sieve_manager.policy.address_policy import AddressPolicy
from sieve_manager.policy.consent_policy import MOST_OF_AN_OWNER, MOST_TO_A_RECEIVER
from sieve_manager.policy.policy import ConsentOf, Policy
from sieve_manager.policy.rights import StaffRules
from tests.application.charts import MemoryChart
from tests.application.relays import Relay
from tests.application.world import ACCESS, LOGIN, OwnAddress, World, forward

BRUNO, CARLA = "bruno@example.net", "carla@example.org"
INSIDE = "dora@example.com"
CONTACT = EmailAddress("contact", "example.com")
ADA = Actor(name="ada@example.com", channel=Channel.WEB, role=Role.ADMINISTRATOR)
POLICY = Policy(
    default_timezone="Europe/Zurich",
    internal_domains=frozenset({"example.com"}),
    consent=ConsentOf.OUTSIDE,
)
LINK = re.compile(r"https://mail\.example\.com/consent/(\S+)")


@dataclass(slots=True)
class Desk:
    """Forwards and redirect addresses under a policy that asks receivers."""

    policy: Policy = POLICY
    world: World = field(init=False)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    store: MemoryAddresses = field(default_factory=MemoryAddresses)
    relay: Relay = field(init=False)
    addresses: RedirectAddresses = field(init=False)
    following: ConsentFollowing = field(init=False)
    answering: Answering = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(policy=self.policy)
        self.relay = Relay(self.store)
        forwards, clock = self.world.forwards, self.world.tick
        person = Person(login=LOGIN, name="Anna Meier", address=EmailAddress.parse(LOGIN.text))
        directory = MemoryDirectory(people=(person,))
        agreements = forwards.agreements
        assert agreements
        trail = forwards.saving.trail
        self.addresses = RedirectAddresses(
            store=self.store,
            relay=self.relay,
            directory=directory,
            chart=charted,
            seen=lambda _actor, chain: chain,
            trail=trail,
            clock=clock,
            rules=AddressPolicy(domains=frozenset({"example.com"})),
            policy=self.policy,
            staff=StaffRules(),
            agreements=agreements,
        )
        links = ConsentLinks(secret="k" * 32, base_url="https://mail.example.com")
        sender = EmailAddress("noreply", "example.com")
        mail = ConsentMail(
            mailer=self.mailer,
            owner_mail=OwnerMail(mailer=self.mailer, inbox=None, sender=sender, clock=clock),
            directory=directory,
            addresses=OwnAddress(),
            redirects=self.store,
            links=links,
            day_words=day_words,
            languages=("en",),
        )
        self.following = ConsentFollowing(
            agreements=agreements, forwards=forwards, addresses=self.addresses, mail=mail
        )
        self.answering = Answering(store=self.world.consents, links=links, clock=clock, trail=trail)

    def save(self, *to: str, copy: str = "inbox") -> None:
        self.world.forwards.set_forward(ACCESS, forward(*to, copy=copy), None)

    def make(
        self,
        *to: str,
        kind: AddressKind = AddressKind.REDIRECT,
        owner: Login | None = LOGIN,
    ) -> None:
        parsed = tuple(map(EmailAddress.parse, to))
        leads = Forward(destinations=parsed, copy=NOTHING_STAYS, hold_spam=False)
        kept = RedirectAddress(address=CONTACT, forward=leads, kind=kind, owner=owner)
        self.use(wish_set(kept))

    def use(self, wish: AddressWish) -> None:
        self.addresses.save(ADA, wish, self.addresses.plan(ADA, wish).loaded)

    def token(self, to: str) -> str:
        """That of the newest mail to them; asks first."""
        self.following.run()
        found = LINK.search(self.told(to)[-1])
        assert found, self.told(to)
        return found[1]

    def agree(self, to: str) -> None:
        assert self.answering.answer(self.token(to), agrees=True, address="192.0.2.1")
        self.following.run()

    def told(self, to: str) -> list[str]:
        return [one.text for one in self.mailer.sent if str(one.to) == to]

    def subjects(self, to: str) -> list[str]:
        return [one.subject for one in self.mailer.sent if str(one.to) == to]

    @property
    def goes_to(self) -> list[str]:
        """Where the script on the server forwards to."""
        found = self.world.forwards.overview(ACCESS).forward
        return [str(one) for one in found.destinations] if found else []

    @property
    def relays_to(self) -> list[str]:
        return [str(one) for one in self.relay.answer(CONTACT, self.world.now).destinations]

    def states(self) -> dict[str, ConsentState]:
        of = (of_mailbox(LOGIN), of_address(CONTACT))
        found = [one for source in of for one in self.world.consents.of(source)]
        return {str(one.destination): one.state for one in found}


def charted(_address: EmailAddress, kept: RedirectAddress | None) -> MemoryChart:
    ways = [Way(target=one) for one in kept.forward.destinations] if kept else []
    return MemoryChart(mailboxes={"anna": ()}, redirects={"contact": ways} if ways else {})


class NoWay:
    """A mailer whose server is away."""

    tried = 0

    def send(self, *_access: object, **_mail: object) -> None:
        self.tried += 1
        raise NoticeError("no connection")


def strict(desk: Desk) -> ConsentFollowing:
    """Under a policy that by now allows nothing."""
    forwards = desk.world.forwards
    policy = replace(forwards.looking.policy, max_destinations=0)
    looking = replace(forwards.looking, policy=policy)
    saving = replace(forwards.saving, looking=looking)
    return replace(desk.following, forwards=replace(forwards, looking=looking, saving=saving))


def switch(desk: Desk, consent: ConsentOf) -> None:
    """Change the policy; what was asked and said before stays."""
    agreements = replace(desk.following.agreements, policy=replace(POLICY, consent=consent))
    desk.world.forwards = replace(desk.world.forwards, agreements=agreements)
    desk.addresses = replace(desk.addresses, agreements=agreements)
    desk.following = replace(
        desk.following,
        agreements=agreements,
        forwards=desk.world.forwards,
        addresses=desk.addresses,
    )
    desk.answering = replace(desk.answering, asks=agreements.asks)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nothing_is_published_until_somebody_has_agreed(desk: Desk) -> None:
    desk.save(BRUNO)
    assert desk.world.scripts == {}
    desk.following.run()
    assert desk.world.scripts == {}
    assert desk.subjects(BRUNO) == ["May mail for anna@example.com be passed on to you?"]
    assert "Anna Meier" in desk.told(BRUNO)[0]
    desk.agree(BRUNO)
    assert desk.goes_to == [BRUNO]


def test_who_need_not_agree_gets_the_mail_at_once(desk: Desk) -> None:
    plan = desk.world.forwards.plan_set(ACCESS, forward(INSIDE, BRUNO))
    assert [one.code for one in plan.findings] == ["consent-waiting"]
    desk.save(INSIDE, BRUNO)
    assert desk.goes_to == [INSIDE]
    desk.agree(BRUNO)
    assert desk.goes_to == [INSIDE, BRUNO]
    last = desk.world.forwards.history(ACCESS)[0].new
    assert (last.change, last.actor.name) == (Change.AGREED, "sieve-manager")


def test_all_of_the_forward_waits_with_them(desk: Desk) -> None:
    desk.save(CARLA, BRUNO, copy="trash")
    desk.agree(BRUNO)
    assert desk.goes_to == [BRUNO]
    desk.agree(CARLA)
    assert desk.goes_to == [CARLA, BRUNO]
    now = desk.world.forwards.overview(ACCESS).forward
    assert now == forward(CARLA, BRUNO, copy="trash")
    assert desk.world.consents.wish(LOGIN) is None


def test_owner_and_receiver_are_told_once(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.agree(BRUNO)
    desk.following.run()
    assert desk.subjects(LOGIN.text) == ["bruno@example.net has agreed"]
    assert desk.subjects(BRUNO)[1:] == ["You have agreed to receive mail for anna@example.com"]


def test_who_refuses_gets_nothing_and_is_not_asked_again_at_once(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    assert desk.answering.answer(desk.token(BRUNO), agrees=False, address="")
    desk.following.run()
    assert desk.goes_to == [INSIDE]
    assert desk.subjects(LOGIN.text) == ["bruno@example.net does not agree"]
    with pytest.raises(PolicyRefusedError, match="can be asked again from 2027-03-12"):
        desk.save(INSIDE, BRUNO)
    desk.world.now += timedelta(days=31)
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    assert desk.goes_to == [INSIDE, BRUNO]


def test_who_refuses_is_not_asked_at_a_sub_address_either(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=False, address="")
    desk.following.run()
    for tagged in ("bruno+again@example.net", "Bruno+once.more@example.net"):
        with pytest.raises(PolicyRefusedError, match="can be asked again from 2027-03-12"):
            desk.save(INSIDE, tagged)


def test_who_agrees_is_not_forgotten_over_who_refuses_at_the_same_time(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO, CARLA)
    no, yes = desk.token(BRUNO), desk.token(CARLA)
    desk.answering.answer(no, agrees=False, address="")
    desk.answering.answer(yes, agrees=True, address="")
    desk.following.run()
    assert desk.goes_to == [INSIDE, CARLA]
    assert desk.world.consents.wish(LOGIN) is None


def test_who_switches_the_forward_off_meanwhile_has_it_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(INSIDE, BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    look = MemoryConsents.wish

    def and_switch_off(store: MemoryConsents, login: Login) -> Forward | None:
        wished = look(store, login)
        monkeypatch.undo()
        desk.world.forwards.change(ACCESS, Change.CLEAR, None)
        return wished

    monkeypatch.setattr(MemoryConsents, "wish", and_switch_off)
    for _ in range(2):
        desk.following.run()
        assert desk.goes_to == []


def test_who_stops_it_is_taken_out_and_the_owner_is_told(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    assert desk.answering.stop(desk.token(BRUNO), address="192.0.2.1")
    desk.following.run()
    assert desk.goes_to == [INSIDE]
    assert desk.subjects(LOGIN.text)[-1] == "bruno@example.net does not want the mail any more"
    assert desk.world.forwards.history(ACCESS)[0].new.change is Change.WITHDRAWN


def test_with_nobody_left_all_mail_stays(desk: Desk) -> None:
    desk.save(BRUNO, copy="none")
    desk.agree(BRUNO)
    desk.answering.stop(desk.token(BRUNO), address="")
    desk.following.run()
    assert desk.goes_to == []


def test_who_stops_it_is_let_go_even_where_the_rest_is_not_allowed_any_more(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    desk.answering.stop(desk.token(BRUNO), address="")
    strict(desk).run()
    assert desk.goes_to == []


def test_a_link_is_good_once(desk: Desk) -> None:
    desk.save(BRUNO)
    token = desk.token(BRUNO)
    assert desk.answering.stop(token, address="") is None
    assert desk.answering.answer(token, agrees=True, address="")
    assert desk.answering.answer(token, agrees=True, address="") is None
    assert desk.answering.answer(token, agrees=False, address="") is None
    assert desk.answering.look(token) is None
    assert desk.states() == {BRUNO: ConsentState.AGREED}


def test_a_link_expires(desk: Desk) -> None:
    desk.save(BRUNO)
    token = desk.token(BRUNO)
    desk.world.now += ANSWER_WITHIN
    assert desk.answering.answer(token, agrees=True, address="") is None
    assert desk.states() == {BRUNO: ConsentState.WAITING}


def test_a_later_question_makes_the_link_of_the_earlier_one_void(desk: Desk) -> None:
    desk.save(BRUNO)
    first = desk.token(BRUNO)
    desk.world.now += timedelta(days=2)
    desk.save(BRUNO)
    second = desk.token(BRUNO)
    assert first != second
    assert desk.answering.look(first) is None
    assert desk.answering.look(second)


@pytest.mark.parametrize("change", [1, -1])
def test_a_changed_link_is_worth_nothing(desk: Desk, change: int) -> None:
    desk.save(BRUNO, CARLA)
    kind, number, rest = desk.token(BRUNO).split(".", 2)
    other = f"{kind}.{int(number) + change}.{rest}"
    assert desk.answering.answer(other, agrees=True, address="") is None
    for forged in ("", ".", "answer.1.1.", "answer.1.1.x", "stop.1.1", "\udc80", "é" * 9):
        assert desk.answering.look(forged) is None


def test_who_switches_the_forward_off_does_not_wait_any_more(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    token = desk.token(BRUNO)
    desk.world.forwards.change(ACCESS, Change.CLEAR, None)
    assert desk.answering.look(token) is None
    assert desk.states() == {BRUNO: ConsentState.DROPPED}
    assert desk.world.consents.wish(LOGIN) is None


def test_who_is_left_out_of_the_next_forward_is_not_waited_for(desk: Desk) -> None:
    desk.save(BRUNO, CARLA)
    token = desk.token(BRUNO)
    desk.save(CARLA)
    assert desk.answering.answer(token, agrees=True, address="") is None
    desk.agree(CARLA)
    assert desk.goes_to == [CARLA]


def test_the_same_question_is_not_asked_twice_a_day(desk: Desk) -> None:
    desk.save(BRUNO)
    token = desk.token(BRUNO)
    for _ in range(3):
        desk.world.forwards.change(ACCESS, Change.CLEAR, None)
        desk.save(BRUNO)
        desk.following.run()
    assert len(desk.told(BRUNO)) == 1
    assert desk.answering.answer(token, agrees=True, address="")


def test_a_mailbox_cannot_ask_the_whole_world(desk: Desk) -> None:
    for start in range(0, MOST_OF_AN_OWNER, 4):
        desk.save(*(f"victim{start + number}@example.org" for number in range(4)))
    with pytest.raises(PolicyRefusedError, match="cannot be asked today"):
        desk.save(CARLA)
    desk.world.now += timedelta(days=1)
    desk.save(CARLA)
    assert desk.states()[CARLA] is ConsentState.WAITING


def test_what_a_person_owns_counts_together(desk: Desk) -> None:
    for start in range(0, MOST_OF_AN_OWNER, 4):
        desk.save(*(f"victim{start + number}@example.org" for number in range(4)))
    with pytest.raises(PolicyRefusedError, match="cannot be asked today"):
        desk.make(CARLA)
    desk.make(CARLA, owner=None)
    assert desk.states()[CARLA] is ConsentState.WAITING


def test_nobody_is_flooded_by_many(desk: Desk) -> None:
    forwards = desk.world.forwards
    for number in range(MOST_TO_A_RECEIVER):
        name = f"owner{number}@example.com"
        access = Access(login=Login(name), actor=Actor(name=name, channel=Channel.WEB))
        forwards.set_forward(access, forward(BRUNO), None)
    with pytest.raises(PolicyRefusedError, match="cannot be asked today"):
        desk.save(BRUNO)


def test_what_is_refused_asks_nobody(desk: Desk) -> None:
    with pytest.raises(PolicyRefusedError):
        desk.save(BRUNO, LOGIN.text)
    desk.following.run()
    assert desk.mailer.sent == []
    assert desk.states() == {}


def test_an_earlier_state_does_not_bring_back_who_left(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.agree(BRUNO)
    desk.save(INSIDE)
    desk.answering.stop(desk.token(BRUNO), address="")
    desk.following.run()
    plan = desk.world.forwards.plan_undo(ACCESS, desk.world.forwards.history(ACCESS)[0].number)
    assert [one.code for one in plan.findings if one.severity == "refuse"] == ["consent-missing"]


def test_a_paused_forward_does_not_resume_for_who_left(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    token = desk.token(BRUNO)
    desk.world.forwards.change(ACCESS, Change.PAUSE, None)
    desk.answering.stop(token, address="")
    # The worker has not come to it yet.
    with pytest.raises(PolicyRefusedError, match="has not agreed"):
        desk.world.forwards.change(ACCESS, Change.RESUME, None)
    desk.following.run()
    desk.world.forwards.change(ACCESS, Change.RESUME, None)
    assert desk.goes_to == [INSIDE]


def test_what_fails_is_done_again(desk: Desk) -> None:
    desk.save(BRUNO)
    away = replace(desk.following, mail=replace(desk.following.mail, mailer=NoWay()))
    away.run()
    assert desk.told(BRUNO) == []
    desk.agree(BRUNO)
    assert desk.goes_to == [BRUNO]


def test_what_fails_for_long_is_tried_ever_more_seldom_and_then_given_up(desk: Desk) -> None:
    desk.save(BRUNO)
    way = NoWay()
    away = replace(desk.following, mail=replace(desk.following.mail, mailer=way))
    away.run()
    desk.world.now += timedelta(hours=10)
    away.run()
    away.run()
    assert way.tried == 2
    desk.world.now += timedelta(days=3)
    away.run()
    away.run()
    assert way.tried == 3
    assert desk.following.run() == 0
    assert desk.told(BRUNO) == []


def test_who_wants_no_mail_is_not_given_up(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    desk.answering.stop(desk.token(BRUNO), address="")
    away = replace(desk.following, mail=replace(desk.following.mail, owner_mail=NoWay()))
    away.run()
    desk.world.now += timedelta(days=5)
    assert away.run() == 0
    desk.world.now += timedelta(days=1)
    assert desk.following.run() == 1


def test_what_cannot_be_set_any_more_is_told_to_the_owner(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    strict(desk).run()
    assert desk.goes_to == []
    assert "could not be set" in desk.told(LOGIN.text)[-1]


def test_who_agrees_can_stop_it_though_nobody_wants_it_there_at_present(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    desk.save(INSIDE)
    desk.following.run()
    desk.save(INSIDE, BRUNO)
    assert desk.goes_to == [INSIDE, BRUNO]
    assert desk.answering.stop(desk.token(BRUNO), address="")
    desk.following.run()
    assert desk.goes_to == [INSIDE]


def test_who_agrees_can_stop_it_though_it_could_not_be_set(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    strict(desk).run()
    desk.save(BRUNO)
    assert desk.goes_to == [BRUNO]
    assert desk.answering.stop(desk.token(BRUNO), address="")


def test_an_owner_who_cannot_be_told_keeps_no_receiver_from_stopping_it(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    mail = replace(desk.following.mail, owner_mail=NoWay())
    assert replace(desk.following, mail=mail).run() == 1
    desk.following.run()
    assert len(desk.told(BRUNO)) == 2
    assert desk.answering.stop(desk.token(BRUNO), address="")


def test_what_was_wished_does_not_outlive_a_save_while_nobody_is_asked(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    token = desk.token(BRUNO)
    switch(desk, ConsentOf.NONE)
    desk.world.forwards.change(ACCESS, Change.CLEAR, None)
    switch(desk, ConsentOf.OUTSIDE)
    assert desk.answering.answer(token, agrees=True, address="") is None
    desk.following.run()
    assert desk.goes_to == []


def test_a_save_while_nobody_is_asked_waits_for_nobody(desk: Desk) -> None:
    desk.make(BRUNO, INSIDE)
    desk.save(INSIDE, BRUNO)
    token = desk.token(BRUNO)
    switch(desk, ConsentOf.NONE)
    assert desk.answering.answer(token, agrees=True, address="") is None
    assert (desk.goes_to, desk.relays_to) == ([INSIDE], [INSIDE])
    desk.save(INSIDE, BRUNO)
    kept = desk.store.get(CONTACT)
    assert kept
    desk.use(wish_set(kept))
    assert (desk.goes_to, desk.relays_to) == ([INSIDE, BRUNO], [BRUNO, INSIDE])


def test_nothing_happens_by_itself_while_nobody_is_asked(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO, CARLA)
    desk.answering.answer(desk.token(BRUNO), agrees=True, address="")
    switch(desk, ConsentOf.NONE)
    desk.following.run()
    assert desk.goes_to == [INSIDE]


def test_who_agreed_can_stop_it_also_when_nobody_is_asked_any_more(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    token = desk.token(BRUNO)
    switch(desk, ConsentOf.NONE)
    assert desk.answering.stop(token, address="")
    desk.following.run()
    assert desk.goes_to == [INSIDE]
    assert desk.subjects(LOGIN.text)[-1] == "bruno@example.net does not want the mail any more"


def test_whom_another_program_took_out_or_added_meanwhile_stays_so(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    scripts = desk.world.server.mailbox(LOGIN).scripts
    (name,) = scripts
    scripts[name] = scripts[name].replace(INSIDE.encode(), b"eva@example.com")
    desk.agree(BRUNO)
    assert desk.goes_to == [BRUNO, "eva@example.com"]
    assert desk.world.consents.wish(LOGIN) is None


def test_a_forward_that_another_program_took_out_is_not_begun_by_who_agrees(desk: Desk) -> None:
    desk.save(INSIDE, BRUNO)
    token = desk.token(BRUNO)
    desk.world.server.mailbox(LOGIN).scripts.clear()
    desk.world.server.mailbox(LOGIN).active = None
    assert desk.answering.answer(token, agrees=True, address="")
    desk.following.run()
    assert desk.goes_to == []
    assert "changed by another program" in desk.told(LOGIN.text)[-1]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (b'redirect :copy "dora', b'stop; redirect :copy "dora'),
        (b"# rule:", b'redirect :copy "Bruno@example.net";\r\n# rule:'),
    ],
)
def test_the_owner_is_told_of_a_rule_that_goes_on_sending_to_who_stopped_it(
    desk: Desk, ours: bytes, theirs: bytes
) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    scripts = desk.world.server.mailbox(LOGIN).scripts
    (name,) = scripts
    scripts[name] = scripts[name].replace(ours, theirs, 1)
    desk.answering.stop(desk.token(BRUNO), address="")
    desk.following.run()
    assert desk.subjects(LOGIN.text)[-1].endswith("please take them out")


def test_who_stops_it_while_it_is_saved_is_taken_out_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(INSIDE, BRUNO)
    desk.agree(BRUNO)
    token = desk.token(BRUNO)
    desk.save(INSIDE)
    look = Agreements.look

    def and_stop(
        agreements: Agreements,
        source: Source,
        owner: str,
        mailbox: Mailbox,
        destinations: tuple[EmailAddress, ...],
    ) -> Agreed:
        found = look(agreements, source, owner, mailbox, destinations)
        monkeypatch.undo()
        desk.answering.stop(token, address="")
        desk.following.run()
        return found

    monkeypatch.setattr(Agreements, "look", and_stop)
    desk.save(INSIDE, BRUNO)
    desk.following.run()
    assert desk.goes_to == [INSIDE]


def test_only_who_is_asked_about_is_kept_where_all_must_agree() -> None:
    desk = Desk(policy=replace(POLICY, consent=ConsentOf.ALL))
    desk.save(INSIDE)
    assert desk.goes_to == []
    desk.agree(INSIDE)
    assert desk.goes_to == [INSIDE]


def test_answers_are_in_the_audit_log(desk: Desk) -> None:
    desk.save(BRUNO)
    desk.agree(BRUNO)
    entries = [one.entry for one in desk.world.audit.entries()]
    said = next(one for one in entries if one.action == "consent.agree")
    assert (said.actor.name, said.actor.address, said.mailbox) == (BRUNO, "192.0.2.1", LOGIN)


def test_a_redirect_address_leads_nowhere_until_somebody_has_agreed(desk: Desk) -> None:
    desk.make(BRUNO, CARLA)
    assert desk.relays_to == []
    desk.agree(BRUNO)
    assert desk.relays_to == [BRUNO]
    desk.agree(CARLA)
    assert desk.relays_to == [BRUNO, CARLA]
    assert desk.subjects(LOGIN.text) == [f"{one} has agreed" for one in (BRUNO, CARLA)]


def test_a_receiver_of_a_redirect_address_leaves_it(desk: Desk) -> None:
    desk.make(BRUNO, INSIDE)
    assert desk.relays_to == [INSIDE]
    desk.agree(BRUNO)
    desk.answering.stop(desk.token(BRUNO), address="")
    desk.following.run()
    assert desk.relays_to == [INSIDE]
    last = desk.addresses.history(ADA, CONTACT)[0].new
    assert (last.change, last.actor.name) == (AddressChange.WITHDRAWN, "sieve-manager")


def test_a_paused_address_is_kept_paused_while_somebody_agrees(desk: Desk) -> None:
    desk.make(BRUNO)
    desk.use(wish_change(CONTACT, AddressChange.PAUSE))
    desk.agree(BRUNO)
    assert desk.relays_to == []
    desk.use(wish_change(CONTACT, AddressChange.RESUME))
    assert desk.relays_to == [BRUNO]


def test_a_deleted_address_waits_for_nobody(desk: Desk) -> None:
    desk.make(BRUNO)
    token = desk.token(BRUNO)
    desk.use(wish_change(CONTACT, AddressChange.DELETE))
    assert desk.answering.look(token) is None


def test_an_alias_asks_nobody() -> None:
    desk = Desk(policy=replace(POLICY, consent=ConsentOf.ALL))
    desk.make(LOGIN.text, kind=AddressKind.ALIAS)
    assert desk.relays_to == [LOGIN.text]
    assert desk.states() == {}


def test_every_language_says_the_same_with_the_same_blanks() -> None:
    blank = re.compile(r"\{(\w+)\}")
    assert tuple(CONSENT) == LANGUAGES
    for letters in CONSENT.values():
        assert set(letters) == set(Said)
        for said, letter in letters.items():
            english = CONSENT["en"][said]
            assert set(blank.findall(letter.text)) == set(blank.findall(english.text))
            assert set(blank.findall(letter.subject)) == set(blank.findall(english.subject))
