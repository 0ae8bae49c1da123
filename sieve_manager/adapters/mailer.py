"""Notices by mail, over SMTP."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from sieve_manager.application.letter import letter
from sieve_manager.application.ports import Clock
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError
from sieve_manager.managesieve import Credentials, Endpoint, TlsMode

_SECONDS = 15.0
_SIGNED_IN = 235  # RFC 4954 §4


class SmtpMailer:
    """The Mailer port; signs in where *credentials* are given."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        sender: EmailAddress,
        clock: Clock,
        credentials: Credentials | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._sender = sender
        self._clock = clock
        self._credentials = credentials

    def send(self, *, to: EmailAddress, subject: str, text: str, identity: str = "") -> None:
        """Send a plain-text notice that nothing answers automatically; NoticeError."""
        with _translated(), self._session() as smtp:
            message = letter(
                self._sender, to, subject=subject, text=text, identity=identity, at=self._clock()
            )
            smtp.send_message(message, from_addr=str(self._sender), to_addrs=[str(to)])

    def post(
        self, message: EmailMessage, *, sender: EmailAddress, to: EmailAddress, mark: str
    ) -> None:
        """Send *message* as it is; NoticeError.

        Where the server can (RFC 3461), it tells *sender* what becomes of it; *mark* is in that.
        """
        with _translated(), self._session() as smtp:
            smtp.ehlo_or_helo_if_needed()
            reports = smtp.has_extn("dsn")
            smtp.send_message(
                message,
                from_addr=str(sender),
                to_addrs=[str(to)],
                mail_options=["RET=HDRS", f"ENVID={mark}"] if reports else [],
                rcpt_options=["NOTIFY=SUCCESS,FAILURE,DELAY"] if reports else [],
            )

    def reach(self) -> None:
        """Connect, secure the connection, sign in where configured, and leave; NoticeError."""
        with _translated(), self._session() as smtp:
            smtp.ehlo_or_helo_if_needed()

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        host, port, mode = self._endpoint.host, self._endpoint.port, self._endpoint.tls
        # Otherwise the library asks the DNS for our own name, which may take many seconds.
        name = socket.gethostname()
        if mode is TlsMode.IMPLICIT:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, name, timeout=_SECONDS, context=self._context()
            )
        else:
            smtp = smtplib.SMTP(host, port, name, timeout=_SECONDS)
        try:
            if mode is TlsMode.STARTTLS:
                smtp.starttls(context=self._context())
            if self._credentials:
                _sign_in(smtp, self._credentials)
            yield smtp
        finally:
            # What the server says to a good-bye changes nothing about what it took before.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._endpoint.ca_file)


def _sign_in(smtp: smtplib.SMTP, credentials: Credentials) -> None:
    if credentials.login.isascii() and credentials.password.isascii():
        smtp.login(credentials.login, credentials.password)
        return
    # The library knows ASCII only; RFC 4616 §2 wants UTF-8.
    smtp.ehlo_or_helo_if_needed()
    octets = f"\0{credentials.login}\0{credentials.password}".encode()
    code, text = smtp.docmd("AUTH", f"PLAIN {base64.b64encode(octets).decode('ascii')}")
    if code != _SIGNED_IN:
        raise smtplib.SMTPAuthenticationError(code, text)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError) as error:
        # The library's text may hold the server's words, but never the password.
        raise NoticeError(f"the mail could not be sent: {error}") from error
    except ValueError as error:
        # What the library says of text that it cannot encode holds a part of that text.
        raise NoticeError("the mail could not be sent: text that SMTP cannot carry") from error
