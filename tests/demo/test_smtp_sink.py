"""The SMTP sink: keeps what it takes, refuses whom it is told to."""

import asyncio
import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from email.policy import SMTP
from pathlib import Path

import pytest

from sieve_manager.demo.certificates import Authority
from sieve_manager.demo.lmtp import sample_message
from sieve_manager.demo.processes import accepts
from sieve_manager.demo.smtp_sink import running_sink
from sieve_manager.errors import UnreachableError


def test_a_message_is_kept_with_its_envelope() -> None:
    with running_sink() as sink, smtplib.SMTP(sink.host, sink.port) as client:
        message = sample_message(to="a@example.net", subject="Grüezi", text="..\n.\n")
        octets = message.as_bytes(policy=SMTP)
        client.sendmail("s@example.com", ["a@example.net", "b@example.net"], octets)
        kept = sink.wait_for(lambda found: found.subject == "Grüezi")
        assert (kept.sender, kept.recipients) == (
            "s@example.com",
            ("a@example.net", "b@example.net"),
        )
        assert kept.content.get_content() == "..\r\n.\r\n"
        assert sink.to("b@example.net") == (kept,)


def test_a_recipient_is_refused_until_told_otherwise() -> None:
    with running_sink() as sink:
        sink.answer("later@example.net", "451 4.2.0 Try later")
        with smtplib.SMTP(sink.host, sink.port) as client:
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail("s@example.com", ["later@example.net"], b"\r\n")
            assert refused.value.recipients == {"later@example.net": (451, b"4.2.0 Try later")}
            sink.answer("later@example.net", None)
            assert client.sendmail("s@example.com", ["later@example.net"], b"\r\n") == {}


def test_what_does_not_come_is_told_with_what_came() -> None:
    with running_sink() as sink, pytest.raises(UnreachableError, match="only \\[\\]"):
        sink.wait_for(lambda found: True, seconds=0.01)


def test_a_sender_signs_in_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with (
        running_sink(certificate=authority.issue(), accounts={"product": "secret"}) as sink,
        smtplib.SMTP(sink.host, sink.port) as client,
    ):
        client.starttls(context=ssl.create_default_context(cafile=str(authority.ca_file)))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("product", "wrong")
        assert client.login("product", "secret")[0] == 235


def test_the_caller_may_be_inside_a_loop_of_its_own() -> None:
    async def call() -> None:
        with running_sink() as sink:
            assert accepts(sink.port)

    # In a thread, because the browser's loop may be running in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(call())).result()
