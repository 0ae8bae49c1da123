"""Where a ManageSieve server is, how long to wait for it, and as whom to sign in."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sieve_manager.errors import InvalidInputError, SettingsError


class TlsMode(StrEnum):
    """How the connection is protected; there is no fall-back from one to another."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server's address and how to trust it.

    *ca_file* replaces the system's certificate authorities; *server_name* is the name that the
    certificate must carry where that is not *host*.

    Raises:
        SettingsError: no host, an impossible port, or clear text to a host beyond loopback.
    """

    host: str
    port: int = 4190
    tls: TlsMode = TlsMode.STARTTLS
    ca_file: Path | None = None
    server_name: str | None = None

    def __post_init__(self) -> None:
        if not self.host:
            raise SettingsError("managesieve.host", "names no host")
        if not 1 <= self.port <= 65_535:
            raise SettingsError("managesieve.port", "is not between 1 and 65535")
        if self.tls is TlsMode.NONE and not is_loopback(self.host):
            raise SettingsError("managesieve.tls", "may be none only for a loopback host")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The most that one operation may take as a whole, in seconds.

    *connect* is for TCP alone (and for the check of an idle connection); *greeting* for the
    greeting, and again for STARTTLS with its handshake and second greeting; *authenticate* is
    long because servers delay their NO (Dovecot: up to 15 s); *command* is for every call.
    """

    connect: float = 5.0
    greeting: float = 10.0
    authenticate: float = 25.0
    command: float = 15.0


class Mechanism(StrEnum):
    """How somebody signs in (SASL): with a password, or with an access token."""

    PLAIN = "PLAIN"  # RFC 4616
    OAUTHBEARER = "OAUTHBEARER"  # RFC 7628


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A login with its password, and the mailbox to act for where that is another's.

    With the *mechanism* OAUTHBEARER the *password* is an access token, and there is no acting
    for others.

    Raises:
        InvalidInputError: empty login, or text that the mechanism cannot carry (RFC 4616 §2,
            RFC 7628 §3.1).
    """

    login: str
    password: str = field(repr=False)
    authorisation_identity: str | None = None
    mechanism: Mechanism = Mechanism.PLAIN

    def __post_init__(self) -> None:
        if not self.login:
            raise InvalidInputError("The login is missing.", where="login")
        for where in ("login", "password", "authorisation_identity"):
            text = getattr(self, where) or ""
            forbidden = "\0" if self.mechanism is Mechanism.PLAIN else "\0\1"
            if set(forbidden) & set(text) or not _is_utf8(text):
                raise InvalidInputError(
                    "This holds a character that cannot be sent.", where=where, code="characters"
                )


def is_loopback(host: str) -> bool:
    """Whether *host*, a name or an address, can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
