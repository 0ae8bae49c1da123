"""Where an LDAP server is, and connections to it that have signed in; TLS."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sieve_manager.adapters.ldap.idle import IdleSessions
from sieve_manager.adapters.ldap.session import Session
from sieve_manager.errors import DirectoryError
from sieve_manager.managesieve import Endpoint, TlsMode

with warnings.catch_warnings():
    # ldap3 2.9.1 takes names that pyasn1 0.7 is to drop; hence the bound in pyproject.toml.
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3 import NONE, SAFE_SYNC, Connection, Server, Tls


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapServer:
    """Where to connect, and as whom: as nobody where *bind_dn* is empty.

    *seconds* is the time for the sign-in and then for each page of an answer.
    """

    endpoint: Endpoint
    bind_dn: str = ""
    password: str | None = field(default=None, repr=False)
    seconds: float = 10
    _idle: IdleSessions = field(init=False, repr=False, compare=False, default_factory=IdleSessions)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that has signed in, perhaps for somebody before.

        Raises:
            DirectoryError: it cannot be reached, is not trusted, or refuses us.
        """
        session = self._idle.take() or self._started()
        try:
            yield session
        except BaseException:  # an answer may be left that nobody has read
            session.end()
            raise
        self._idle.keep(session)

    def _started(self) -> Session:
        try:
            connection = self._connection()
        except OSError as error:  # ca_file, which was there at the start
            raise DirectoryError(f"the directory cannot be asked: {error}") from error
        session = Session(connection, self.seconds)
        try:
            session.start(starttls=self.endpoint.tls is TlsMode.STARTTLS)
        except DirectoryError:
            session.end()
            raise
        return session

    def _connection(self) -> Connection:
        server = Server(
            self.endpoint.host,
            port=self.endpoint.port,
            use_ssl=self.endpoint.tls is TlsMode.IMPLICIT,
            tls=_StrictTls(self.endpoint.ca_file),
            get_info=NONE,
            connect_timeout=self.seconds,
        )
        return Connection(
            server,
            user=self.bind_dn or None,
            password=self.password,
            client_strategy=SAFE_SYNC,
            read_only=True,
            check_names=False,
            auto_referrals=False,
        )


class _StrictTls(Tls):
    """The library's TLS with Python's own check of the name, which it would switch off."""

    def __init__(self, ca_file: Path | None) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = ssl.create_default_context(cafile=ca_file)

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: ARG002 - the library's signature
        """Put TLS around the connection's socket; the handshake is part of it."""
        wrapped = self._context.wrap_socket(
            connection.socket,
            server_hostname=connection.server.host,
            do_handshake_on_connect=False,
        )
        connection.socket = wrapped  # from now on this is what is cut when time is up
        wrapped.do_handshake()
