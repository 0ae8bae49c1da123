"""An SMTP server that keeps what it is given: the outside world of the demo and the tests."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from threading import Condition, Thread
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sieve_manager.demo.certificates import Certificate
from sieve_manager.demo.processes import LOOPBACK
from sieve_manager.errors import UnreachableError


@dataclass(frozen=True, kw_only=True)
class SunkMessage:
    """One message with its envelope, for one recipient or several; parsed once."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes

    @cached_property
    def content(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.octets, policy=default)

    @cached_property
    def subject(self) -> str:
        """The subject, empty where there is none."""
        return str(self.content["Subject"] or "")


class SmtpSink:
    """What arrived, in order; safe to use from any thread."""

    def __init__(self, *, accounts: Mapping[str, str] | None = None) -> None:
        self.host = LOOPBACK
        self.port = 0
        self._accounts = dict(accounts or {})
        self._messages: list[SunkMessage] = []
        self._answers: dict[str, str] = {}
        self._arrival = Condition()

    @property
    def messages(self) -> tuple[SunkMessage, ...]:
        """Everything that has arrived so far, oldest first."""
        with self._arrival:
            return tuple(self._messages)

    def to(self, recipient: str) -> tuple[SunkMessage, ...]:
        """Return what arrived for *recipient*, oldest first."""
        return tuple(found for found in self.messages if recipient in found.recipients)

    def wait_for(
        self, wanted: Callable[[SunkMessage], bool], *, seconds: float = 10
    ) -> SunkMessage:
        """Return the first message that is *wanted*, now or as soon as it arrives.

        Raises:
            UnreachableError: none came within *seconds*; tells what did.
        """
        with self._arrival:
            self._arrival.wait_for(lambda: any(map(wanted, self._messages)), seconds)
            for message in self._messages:
                if wanted(message):
                    return message
            seen = [(found.recipients, found.subject) for found in self._messages]
        raise UnreachableError(f"no such message arrived within {seconds:g} s, only {seen!r}")

    def answer(self, recipient: str, reply: str | None) -> None:
        """Answer RCPT TO for *recipient* with *reply* (``450 4.2.0 later``), None: accept again."""
        with self._arrival:
            if reply is None:
                self._answers.pop(recipient, None)
            else:
                self._answers[recipient] = reply

    def clear(self) -> None:
        """Forget all messages and all answers."""
        with self._arrival:
            self._messages.clear()
            self._answers.clear()

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self,
        server: SMTP,  # noqa: ARG002 - the signature is aiosmtpd's
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take or refuse one recipient."""
        with self._arrival:
            reply = self._answers.get(address)
        if reply is not None:
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self,
        server: SMTP,  # noqa: ARG002 - the signature is aiosmtpd's
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep one message."""
        message = SunkMessage(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            octets=envelope.content if isinstance(envelope.content, bytes) else b"",
        )
        with self._arrival:
            self._messages.append(message)
            self._arrival.notify_all()
        return "250 Kept"

    def authenticate(
        self,
        server: SMTP,  # noqa: ARG002 - the signature is aiosmtpd's
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        credentials: object,
    ) -> AuthResult:
        """Let in who gives the password of one of the accounts."""
        given = credentials if isinstance(credentials, LoginPassword) else LoginPassword(b"", b"")
        password = self._accounts.get(given.login.decode())
        right = password is not None and password == given.password.decode()
        return AuthResult(success=right, handled=False)


_TURNS = 3


@contextmanager
def running_sink(
    *, certificate: Certificate | None = None, accounts: Mapping[str, str] | None = None
) -> Iterator[SmtpSink]:
    """Yield a sink that listens on a free loopback port until the block ends.

    With *certificate* it offers STARTTLS; with *accounts* (user name to password) senders may
    sign in, and strangers are still served.
    """
    sink = SmtpSink(accounts=accounts)
    conversations: WeakSet[SMTP] = WeakSet()
    # All of it happens in the thread: the caller's may run a loop of its own (a browser's).
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="smtp-sink")
    thread.start()
    try:
        listening = asyncio.run_coroutine_threadsafe(
            _listen(sink, certificate, accounts, conversations), loop
        )
        server = listening.result()
        sink.port = server.sockets[0].getsockname()[1]
        try:
            yield sink
        finally:
            asyncio.run_coroutine_threadsafe(_end(server, conversations), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _listen(
    sink: SmtpSink,
    certificate: Certificate | None,
    accounts: Mapping[str, str] | None,
    conversations: "WeakSet[SMTP]",
) -> asyncio.Server:
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate_file, certificate.key_file)

    def conversation() -> SMTP:
        made = SMTP(
            sink,
            hostname="sink.example.net",
            tls_context=context,
            authenticator=sink.authenticate,
            auth_required=False,
            # Without accounts no AUTH is announced: Cyrus would send a parameter with it
            # (RFC 4954 §5) that aiosmtpd refuses.
            auth_require_tls=not accounts,
        )
        conversations.add(made)
        return made

    return await asyncio.get_running_loop().create_server(conversation, LOOPBACK, 0)


async def _end(server: asyncio.Server, conversations: "WeakSet[SMTP]") -> None:
    """Close everything; a loop needs some turns to begin a connection, and to end one."""
    await _turns()  # a server that is closed cannot take on what it has just accepted
    server.close()
    for conversation in list(conversations):
        if conversation.transport is not None:
            conversation.transport.close()
    await _turns()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await _turns()


async def _turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)
