"""A receiver is asked first: from the form to the mail, the link, the script, and back out."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count

import pytest

from sieve_manager.adapters.database.consents import DatabaseConsents
from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.application.address_history import fingerprint_of
from sieve_manager.application.address_plan import wish_set
from sieve_manager.application.agreements import Agreements
from sieve_manager.application.answering import Answering
from sieve_manager.application.consent_following import ConsentFollowing
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.bootstrap_consent import wire_consent
from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.smtp_sink import SmtpSink, SunkMessage
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.managesieve import Endpoint, TlsMode
from sieve_manager.policy.policy import ConsentOf
from tests.end_to_end.prediction import Fate
from tests.end_to_end.relaying import ADA, Place, leading
from tests.end_to_end.site import Site, running_site, set_forward
from tests.servers.mailboxes import deliver, imap_folders, make_mailbox
from tests.servers.page_client import PageClient

LINK = re.compile(r"/consent/[\w.-]+")
_numbers = count(1)


@pytest.fixture(scope="module", params=["dovecot", "cyrus"])
def server(request: pytest.FixtureRequest) -> MailServer:
    """Each mail server in turn."""
    found: MailServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def asking(
    server: MailServer, sink: SmtpSink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The pages under a policy that asks receivers outside."""
    smtp = f"""
[smtp]
host = "{sink.host}"
port = {sink.port}
tls = "none"
sender = "noreply@example.com"
"""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SIEVE_MANAGER_POLICY__CONSENT", "outside")
            directory = tmp_path_factory.mktemp("asking")
            running = stack.enter_context(running_site(server, directory, smtp))
        yield running


@pytest.fixture
def receiver() -> str:
    """One that no other test has."""
    return f"receiver{next(_numbers)}@example.net"


def follow(site: Site) -> None:
    """What a worker does every few seconds."""
    assert site.wired.consent
    site.wired.consent.following.run()


def mail(sink: SmtpSink, to: str, subject: str) -> SunkMessage:
    """The first such mail."""
    return sink.wait_for(lambda one: to in one.recipients and subject in one.subject)


def press(site: Site, message: SunkMessage, answer: str) -> str:
    """Follow the link of a mail and press a button there; what the page then says."""
    found = LINK.search(message.content.get_content())
    assert found
    with PageClient(site.base_url) as client:
        page = client.get(found[0])
        said = client.submit(page.form(found[0]), press=("answer", answer)).words
    follow(site)
    return said


def test_nothing_goes_to_a_receiver_before_they_agree_and_after_they_stop_it(
    asking: Site, server: MailServer, sink: SmtpSink, receiver: str
) -> None:
    login = make_mailbox(server)
    with asking.signed_in(login) as client:
        page = set_forward(client, to=receiver, copy="inbox")
        assert "Saved" in page.words
        assert f"{receiver} was asked on" in page.words
    follow(asking)
    assert deliver(server, login, "before").code == 250
    question = mail(sink, receiver, f"May mail for {login} be passed on")
    assert "Thank you" in press(asking, question, "agree")

    thanks = mail(sink, receiver, "have agreed to receive mail")
    assert deliver(server, login, "meanwhile").code == 250
    assert mail(sink, receiver, "meanwhile").content["Subject"] == "meanwhile"
    with asking.signed_in(login) as client:
        assert receiver in client.get("/").words
        assert "A receiver has agreed" in client.get("/history").words

    assert "not passed on" in press(asking, thanks, "stop")
    assert f"{receiver} does not want the mail any more" in subjects(server, login)
    assert deliver(server, login, "after").code == 250
    told = [one.subject for one in sink.to(receiver)]
    assert len(told) == 3, told
    assert {"before", "meanwhile", "after"} <= {
        name for name, _ in imap_folders(server, login)["INBOX"]
    }


def test_a_refused_question_leaves_the_mailbox_alone(
    asking: Site, server: MailServer, sink: SmtpSink, receiver: str
) -> None:
    login = make_mailbox(server)
    with asking.signed_in(login) as client:
        set_forward(client, to=receiver, copy="none")
    follow(asking)
    press(asking, mail(sink, receiver, "May mail for"), "refuse")
    assert f"{receiver} does not agree" in subjects(server, login)
    assert deliver(server, login, "stays").code == 250
    assert "stays" in subjects(server, login)
    assert len(sink.to(receiver)) == 1


def test_a_redirect_address_relays_nothing_to_a_receiver_before_they_agree(
    place: Place, address: EmailAddress, receiver: str
) -> None:
    login, inside = place.make_mailbox(), place.make_mailbox()
    addresses, answering, following = asking_first(place)
    wanted = replace(leading(address, receiver, inside), owner=Login(login))
    addresses.save(ADA, wish_set(wanted), fingerprint_of(None))
    following.run()
    assert place.follow(str(address), f"before {address}", inside) == Fate(stored={inside: 1})

    token = LINK.search(mail(place.sink, receiver, "May mail for").content.get_content())
    assert token
    assert answering.answer(token[0].rpartition("/")[2], agrees=True, address="")
    following.run()
    fate = place.follow(str(address), f"agreed {address}", inside)
    assert fate == Fate(to=(receiver,), stored={inside: 1})

    thanks = mail(place.sink, receiver, "have agreed to receive mail")
    token = LINK.search(thanks.content.get_content())
    assert token
    assert answering.stop(token[0].rpartition("/")[2], address="")
    following.run()
    assert place.follow(str(address), f"after {address}", inside) == Fate(stored={inside: 1})


def asking_first(place: Place) -> tuple[RedirectAddresses, Answering, ConsentFollowing]:
    """The use cases of the place, and what belongs to them, under a policy that asks first."""
    wired, settings = place.wired, place.wired.settings
    policy = replace(wired.policy, consent=ConsentOf.OUTSIDE)
    store = DatabaseConsents(wired.database)
    agreements = Agreements(store=store, policy=policy, clock=wired.clock)
    addresses = replace(wired.redirect_addresses, policy=policy, agreements=agreements)
    sender = EmailAddress("noreply", "example.com")
    there = Endpoint(host=place.sink.host, port=place.sink.port, tls=TlsMode.NONE)
    mailer = SmtpMailer(there, sender=sender, clock=wired.clock)
    forwards = replace(wired.forwards, agreements=agreements)
    owner_mail = OwnerMail(mailer=mailer, inbox=wired.folders, sender=sender, clock=wired.clock)
    consent = wire_consent(settings, forwards, addresses, mailer, owner_mail)
    assert consent
    return addresses, consent.answering, consent.following


def subjects(server: MailServer, login: str) -> set[str]:
    """Of what lies in the owner's inbox."""
    return {subject for subject, _seen in imap_folders(server, login)["INBOX"]}
