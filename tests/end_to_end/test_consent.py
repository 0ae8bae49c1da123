"""A receiver is asked first: from the form to the mail, the link, the script, and back out."""

import re
from collections.abc import Iterator
from itertools import count

import pytest

from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.smtp_sink import SmtpSink, SunkMessage
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIEVE_MANAGER_POLICY__CONSENT", "outside")
        with running_site(server, tmp_path_factory.mktemp("asking"), smtp) as running:
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

    thanks = mail(sink, receiver, "is passed on to you now")
    assert deliver(server, login, "agreed").code == 250
    assert mail(sink, receiver, "agreed").content["Subject"] == "agreed"
    with asking.signed_in(login) as client:
        assert receiver in client.get("/").words
        assert "A receiver has agreed" in client.get("/history").words

    assert "not passed on" in press(asking, thanks, "stop")
    assert f"{receiver} does not want the mail any more" in subjects(server, login)
    assert deliver(server, login, "after").code == 250
    told = [one.subject for one in sink.to(receiver)]
    assert len(told) == 3, told
    assert {"before", "agreed", "after"} <= {
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


def subjects(server: MailServer, login: str) -> set[str]:
    """Of what lies in the owner's inbox."""
    return {subject for subject, _seen in imap_folders(server, login)["INBOX"]}
