"""Notices: they arrive, nothing answers them, and nothing gets into their headers."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sieve_manager.adapters.mailer import SmtpMailer
from sieve_manager.demo.certificates import Authority
from sieve_manager.demo.smtp_sink import SmtpSink, SunkMessage, running_sink
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode

SENDER = EmailAddress("noreply", "example.com")
OWNER = EmailAddress("mailer-test", "example.com")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def mailer(
    sink: SmtpSink,
    tls: TlsMode = TlsMode.NONE,
    ca_file: Path | None = None,
    credentials: Credentials | None = None,
) -> SmtpMailer:
    endpoint = Endpoint(host=sink.host, port=sink.port, tls=tls, ca_file=ca_file)
    return SmtpMailer(endpoint, sender=SENDER, clock=lambda: NOW, credentials=credentials)


def body(message: SunkMessage) -> str:
    return str(message.content.get_content()).replace("\r\n", "\n")


def sent(sink: SmtpSink, subject: str, text: str) -> SunkMessage:
    before = len(sink.to(str(OWNER)))
    mailer(sink).send(to=OWNER, subject=subject, text=text)
    (message,) = sink.to(str(OWNER))[before:]
    return message


def test_notice_arrives_as_it_was_written(sink: SmtpSink) -> None:
    message = sent(sink, "Grüße an \u65e5\u672c", "Zeile 1\n.\n..Punkt\nЗдравствуйте \U0001f600\n")
    assert message.sender == str(SENDER)
    assert message.subject == "Grüße an \u65e5\u672c"
    assert body(message) == "Zeile 1\n.\n..Punkt\nЗдравствуйте \U0001f600\n"
    assert message.content["From"] == str(SENDER)
    assert message.content["To"] == str(OWNER)
    assert message.content["Date"].datetime == NOW
    assert message.content["Message-ID"].endswith("@example.com>")


def test_nothing_answers_a_notice(sink: SmtpSink) -> None:
    content = sent(sink, "Subject", "Text").content
    assert content["Auto-Submitted"] == "auto-generated"
    assert content["Precedence"] == "bulk"
    assert content["List-Id"] == "<notices.example.com>"
    assert content.get_content_type() == "text/plain"


def test_a_notice_does_not_follow_the_forward_that_it_is_about(sink: SmtpSink) -> None:
    assert sent(sink, "Subject", "Text").content["X-Sieve-Redirected-From"] == str(OWNER)


def test_the_same_identity_is_the_same_message(sink: SmtpSink) -> None:
    before = len(sink.to(str(OWNER)))
    for _ in range(2):
        mailer(sink).send(to=OWNER, subject="s", text="t", identity="abc123")
    found = [one.content["Message-ID"] for one in sink.to(str(OWNER))[before:]]
    assert found == ["<abc123@example.com>"] * 2


@pytest.mark.parametrize(
    "hostile",
    [
        "a\r\nBcc: victim@example.net",
        "a\nBcc: victim@example.net\n\nbody",
        "a\x00b\x0bc\u2028Bcc: victim@example.net",
        "\ud800 surrogate",
        "x" * 5000,
        "",
    ],
)
def test_hostile_subject_stays_one_header(sink: SmtpSink, hostile: str) -> None:
    message = sent(sink, hostile, "Text\n")
    assert message.recipients == (str(OWNER),)
    assert message.content["Bcc"] is None
    assert len(message.subject) <= 200
    assert body(message) == "Text\n"


def test_hostile_text_stays_the_body(sink: SmtpSink) -> None:
    text = "\nBcc: victim@example.net\n\r\n.\r\nQUIT\r\n\ud800"
    message = sent(sink, "Subject", text)
    assert message.content["Bcc"] is None
    assert "QUIT" in body(message)


def test_refused_recipient_is_a_notice_error(sink: SmtpSink) -> None:
    sink.answer("nobody@example.com", "550 5.1.1 nobody here")
    with pytest.raises(NoticeError, match="nobody here"):
        mailer(sink).send(to=EmailAddress("nobody", "example.com"), subject="s", text="t")


def test_server_that_is_away_is_a_notice_error() -> None:
    endpoint = Endpoint(host="127.0.0.1", port=1, tls=TlsMode.NONE)
    with pytest.raises(NoticeError) as caught:
        SmtpMailer(endpoint, sender=SENDER, clock=lambda: NOW).send(to=OWNER, subject="", text="")
    assert caught.value.retryable


def test_server_without_tls_gets_nothing(sink: SmtpSink) -> None:
    before = len(sink.messages)
    with pytest.raises(NoticeError):
        mailer(sink, TlsMode.STARTTLS).send(to=OWNER, subject="s", text="t")
    assert len(sink.messages) == before


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def secured(authority: Authority) -> Iterator[SmtpSink]:
    """A sink with STARTTLS and accounts."""
    accounts = {"robot": "pass word", "röbot": "pass wörd"}
    with running_sink(certificate=authority.issue(), accounts=accounts) as sink:
        yield sink


@pytest.mark.parametrize(("login", "password"), [("robot", "pass word"), ("röbot", "pass wörd")])
def test_notice_goes_over_tls_with_a_sign_in(
    secured: SmtpSink, authority: Authority, login: str, password: str
) -> None:
    credentials = Credentials(login=login, password=password)
    found = mailer(secured, TlsMode.STARTTLS, authority.ca_file, credentials)
    found.reach()
    found.send(to=OWNER, subject=f"from {login}", text="t")
    assert secured.messages[-1].subject == f"from {login}"


@pytest.mark.parametrize("password", ["hunter2", "hünter2"])
def test_wrong_password_is_a_notice_error_without_it(
    secured: SmtpSink, authority: Authority, password: str
) -> None:
    credentials = Credentials(login="robot", password=password)
    found = mailer(secured, TlsMode.STARTTLS, authority.ca_file, credentials)
    with pytest.raises(NoticeError) as caught:
        found.reach()
    assert "nter2" not in str(caught.value)


@contextmanager
def scripted(
    answers: Mapping[bytes, bytes], context: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says "250 fine" to everything, but *answers* to those verbs."""
    received: list[bytes] = []

    def serve() -> None:
        peer, _ = listener.accept()
        if context:
            peer = context.wrap_socket(peer, server_side=True)
        with peer, peer.makefile("rb") as lines:
            peer.sendall(b"220 hello\r\n")
            in_message = False
            for line in lines:
                received.append(line)
                verb = line.split()[0].upper() if line.split() else b""
                if in_message and line != b".\r\n":
                    continue
                in_message = verb == b"DATA"
                peer.sendall(answers.get(verb, b"250 fine\r\n"))
                if verb == b"QUIT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], received
        thread.join()


def test_notice_goes_over_tls_from_the_first_byte(authority: Authority) -> None:
    issued = authority.issue()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate_file, issued.key_file)
    # It answers QUIT wrongly: that is no reason to say that the notice was not sent.
    with scripted({b"DATA": b"354 go on\r\n"}, context) as (port, received):
        endpoint = Endpoint(
            host="127.0.0.1", port=port, tls=TlsMode.IMPLICIT, ca_file=authority.ca_file
        )
        found = SmtpMailer(endpoint, sender=SENDER, clock=lambda: NOW)
        found.send(to=OWNER, subject="implicit", text="t")
    assert b"Subject: implicit\r\n" in received


def test_server_that_talks_nonsense_is_a_notice_error() -> None:
    answers = {b"EHLO": b"250-hello\r\n250 AUTH CRAM-MD5\r\n", b"AUTH": b"334 a\r\n"}
    with scripted(answers) as (port, _):
        endpoint = Endpoint(host="127.0.0.1", port=port, tls=TlsMode.NONE)
        credentials = Credentials(login="robot", password="hunter2")
        found = SmtpMailer(endpoint, sender=SENDER, clock=lambda: NOW, credentials=credentials)
        with pytest.raises(NoticeError):
            found.send(to=OWNER, subject="s", text="t")


def test_certificate_of_a_stranger_is_not_trusted(secured: SmtpSink) -> None:
    with pytest.raises(NoticeError, match="certificate"):
        mailer(secured, TlsMode.STARTTLS).send(to=OWNER, subject="s", text="t")
