"""Whoever lets mail go to the outside cannot keep the owner from hearing of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.application.letter import letter
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.demo.mail_server import MailServer
from sieve_manager.demo.smtp_sink import SmtpSink
from sieve_manager.domain.addresses import EmailAddress
from tests.end_to_end.prediction import found, own_fates
from tests.end_to_end.site import Site, running_site, set_forward
from tests.servers.mailboxes import deliver, imap_folders, make_mailbox, signed_in_imap

SUBJECT = "Your mail is forwarded to an outside address"
OUTSIDE = "somebody@example.net"


@pytest.fixture(scope="module", params=["dovecot", "cyrus"])
def server(request: pytest.FixtureRequest) -> MailServer:
    """Each mail server in turn."""
    found: MailServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def telling(
    server: MailServer, sink: SmtpSink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The pages, with a way to send mail: it ends in the sink, not in mailboxes."""
    smtp = f"""
[smtp]
host = "{sink.host}"
port = {sink.port}
tls = "none"
sender = "noreply@example.com"
"""
    with running_site(server, Path(tmp_path_factory.mktemp("telling")), smtp) as running:
        yield running


def test_forward_that_keeps_nothing_leaves_the_notice_in_the_inbox(
    telling: Site, server: MailServer, sink: SmtpSink
) -> None:
    login = make_mailbox(server)
    with telling.signed_in(login) as client:
        assert "Saved" in set_forward(client, to=OUTSIDE, copy="none").words
        client.get("/")
    assert imap_folders(server, login) == {"INBOX": [(SUBJECT, False)]}
    with signed_in_imap(server, login) as imap:
        imap.select_folder("INBOX", readonly=True)
        (message,) = imap.fetch(imap.search(), ["BODY[]"]).values()
    assert OUTSIDE.encode() in message[b"BODY[]"]
    assert not sink.to(login)
    predicted = own_fates(telling, login, f"gone {login}")
    assert deliver(server, login, f"gone {login}").code == 250
    assert [found(server, sink, f"gone {login}", [login])] == predicted
    assert imap_folders(server, login) == {"INBOX": [(SUBJECT, False)]}


def test_notice_that_is_sent_stays_on_dovecot(dovecot: DovecotServer, site: Site) -> None:
    login = make_mailbox(dovecot)
    with site.signed_in(login) as client:
        assert "Saved" in set_forward(client, to=OUTSIDE, copy="none").words
    sender, owner = EmailAddress("noreply", "example.com"), EmailAddress.parse(login)
    notice = letter(sender, owner, subject=SUBJECT, text="Text", identity="", at=datetime.now(UTC))
    marks = {name.replace("-", "_"): notice[name] for name in notice if name.startswith("X-")}
    assert deliver(dovecot, login, SUBJECT, **marks).code == 250
    assert imap_folders(dovecot, login) == {"INBOX": [(SUBJECT, False)]}
