"""The private Postfix: SMTP in, delivery to Dovecot, refusals, tables, and the way outside."""

import smtplib

from sieve_manager.demo.processes import LOOPBACK
from sieve_manager.demo.smtp_sink import SmtpSink
from tests.servers.mailboxes import imap_folders, make_mailbox
from tests.servers.postfix import PostfixServer


def test_a_message_arrives_in_a_mailbox(postfix: PostfixServer) -> None:
    login = make_mailbox(postfix)
    with smtplib.SMTP(LOOPBACK, postfix.smtp_port, timeout=10) as client:
        client.sendmail("s@example.net", [login], b"Subject: By SMTP\r\n\r\nGood day.\r\n")
    postfix.wait_until_empty()
    assert imap_folders(postfix, login) == {"INBOX": [("By SMTP", False)]}


def test_an_unknown_recipient_is_refused_before_the_message(postfix: PostfixServer) -> None:
    with smtplib.SMTP(LOOPBACK, postfix.smtp_port, timeout=10) as client:
        client.ehlo()
        client.mail("s@example.net")
        code, text = client.rcpt("nobody-here@example.com")
    assert code == 550
    assert text.startswith(b"5.1.1 ")


def test_what_goes_outside_reaches_the_sink(postfix: PostfixServer, sink: SmtpSink) -> None:
    with smtplib.SMTP(LOOPBACK, postfix.smtp_port, timeout=10) as client:
        client.sendmail("s@example.com", ["o@example.net"], b"Subject: Outside\r\n\r\n.\r\n")
    arrived = sink.wait_for(lambda message: "o@example.net" in message.recipients)
    assert arrived.subject == "Outside"
    postfix.wait_until_empty()
