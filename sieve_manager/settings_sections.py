"""The sections of the configuration file, each with its own checks."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

from sieve_manager.domain.addresses import EmailAddress, parse_domain
from sieve_manager.domain.forward import CopyKind
from sieve_manager.domain.schedule import parse_zone
from sieve_manager.errors import SettingsError
from sieve_manager.policy.policy import DEFAULT_SPAM_HEADERS, ChainFault, ConsentOf
from sieve_manager.settings_values import (
    Port,
    Secret,
    SecretFile,
    Texts,
    as_headers,
    as_list,
    at_most_one,
    existing_file,
    is_loopback,
    parsed,
    revealed,
    wrong_key,
)

LANGUAGES = ("en", "de", "fr", "it", "es", "pt")
_LISTEN = re.compile(r"^(?:[^\s:/]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$|^unix:/\S+$")
_SHORTEST_KEY = 32


class Tls(StrEnum):
    """How a connection is protected."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


class SignIn(StrEnum):
    """Which server decides who may sign in with a password; *OIDC*: nobody does."""

    MANAGESIEVE = "managesieve"
    IMAP = "imap"
    OIDC = "oidc"


class Section(BaseModel):
    """A section of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _ServerSection(Section):
    host: str = Field(min_length=1)
    port: Port
    tls: Tls
    ca_file: Path | None = None

    @field_validator("tls")
    @classmethod
    def _clear_text_stays_here(cls, tls: Tls, info: ValidationInfo) -> Tls:
        if tls is Tls.NONE and not is_loopback(info.data.get("host", "localhost")):
            raise ValueError(
                f"“none” is allowed only for a server on this machine (127.0.0.1, ::1, "
                f"localhost); for {info.data['host']} take “starttls” or “implicit”"
            )
        return tls

    @field_validator("ca_file")
    @classmethod
    def _ca_exists(cls, path: Path | None) -> Path | None:
        return existing_file(path) if path else None


class ManageSieveSection(_ServerSection):
    """[managesieve]: where the scripts are."""

    port: Port = 4190
    tls: Tls = Field(default=Tls.STARTTLS, validate_default=True)


class ImapSection(_ServerSection):
    """[imap]: where the folders are."""

    port: Port = 993
    tls: Tls = Field(default=Tls.IMPLICIT, validate_default=True)


class SmtpSection(_ServerSection):
    """[smtp]: who sends the notices."""

    port: Port = 587
    tls: Tls = Field(default=Tls.STARTTLS, validate_default=True)
    username: str | None = None
    password: Secret = None
    password_file: SecretFile = None
    sender: Annotated[EmailAddress, NoDecode]

    @field_validator("sender", mode="before")
    @classmethod
    def _parse_sender(cls, value: object) -> EmailAddress:
        return parsed(EmailAddress.parse, str(value))

    @property
    def secret(self) -> str | None:
        """The password, from whichever key; None sends without signing in."""
        return revealed(self.password, self.password_file)

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        at_most_one(self.password, self.password_file, "password")
        if self.username and self.secret is None:
            raise wrong_key("password_file", "is missing; [smtp] username needs a password")
        return self


class MasterSection(Section):
    """[master]: who may act for any mailbox."""

    user: str = Field(min_length=1)
    password: Secret = None
    password_file: SecretFile = None
    separator: str = Field(default="*", min_length=1, max_length=1)
    max_connections: int = Field(default=8, ge=1, le=64)

    @property
    def secret(self) -> str:
        """The password, from whichever key."""
        return revealed(self.password, self.password_file) or ""

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        at_most_one(self.password, self.password_file, "password")
        if not self.secret:
            raise wrong_key(
                "password_file", "is missing; name a file that holds the master user's password"
            )
        return self


class DatabaseSection(Section):
    """[database]: history, locks and signed-in sessions."""

    url: str = Field(default="sqlite:////var/lib/sieve-manager/sieve-manager.db", repr=False)

    @field_validator("url")
    @classmethod
    def _known_kind(cls, url: str) -> str:
        if not re.match(r"sqlite:///.|postgresql\+psycopg://.", url):
            raise ValueError(
                "begins with sqlite:/// and a path, or with postgresql+psycopg://; "
                "example: sqlite:////var/lib/sieve-manager/sieve-manager.db"
            )
        return url


class WebSection(Section):
    """[web]: the pages."""

    base_url: str = "http://127.0.0.1:8080"
    listen: str = "127.0.0.1:8080"
    secret_key: Secret = None
    secret_key_file: SecretFile = None
    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    languages: Texts = LANGUAGES
    title: str = Field(default="Sieve Manager", min_length=1, max_length=80)
    logo: Path | None = None
    accent: str = Field(default="#0b5cad", pattern=r"^#[0-9a-fA-F]{6}$")
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(as_list)] = ()
    sign_in: SignIn = SignIn.MANAGESIEVE

    @property
    def secret(self) -> str:
        """The key that signs cookies.

        Raises:
            SettingsError: neither key is set; only the pages need one.
        """
        if key := revealed(self.secret_key, self.secret_key_file):
            return key
        raise SettingsError(
            "web.secret_key_file",
            "is missing; write 32 or more random characters into a file that only the service "
            "can read (openssl rand -hex 32) and name it here",
        )

    @field_validator("base_url")
    @classmethod
    def _https_unless_loopback(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise ValueError("is the address of the front page, such as https://mail.example.com")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(
                "begins with https:// unless the host is this machine; browsers would not "
                "send the session's cookie otherwise"
            )
        return url.rstrip("/")

    @field_validator("listen")
    @classmethod
    def _listen_is_a_socket(cls, listen: str) -> str:
        found = _LISTEN.match(listen)
        if not found or (found.group(1) and not 1 <= int(found.group(1)) <= 65535):
            raise ValueError("is host:port or unix:/path, such as 127.0.0.1:8080")
        return listen

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [language for language in languages if language not in LANGUAGES]
        if unknown or not languages:
            raise ValueError(f"is a list of some of {', '.join(LANGUAGES)}")
        return tuple(dict.fromkeys(languages))

    @field_validator("logo")
    @classmethod
    def _logo_exists(cls, path: Path | None) -> Path | None:
        if path and path.suffix.lower() not in (".svg", ".png", ".jpg", ".jpeg", ".webp"):
            raise ValueError("is the path of an .svg, .png, .jpg or .webp file")
        return existing_file(path) if path else None

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        at_most_one(self.secret_key, self.secret_key_file, "secret_key")
        key = revealed(self.secret_key, self.secret_key_file)
        if key is not None and len(key) < _SHORTEST_KEY:
            raise wrong_key(
                "secret_key_file",
                f"holds at least {_SHORTEST_KEY} characters: openssl rand -hex 32",
            )
        return self


class PolicySection(Section):
    """[policy]: what owners may do."""

    internal_domains: Texts = ()
    allowed_destination_domains: Texts = ()
    max_destinations: int = Field(default=10, ge=1, le=1000)
    copy_choices: Annotated[
        tuple[CopyKind, ...], NoDecode, BeforeValidator(as_list), Field(min_length=1)
    ] = tuple(CopyKind)
    hold_spam: bool = True
    spam_headers: Annotated[tuple[tuple[str, str], ...], NoDecode, BeforeValidator(as_headers)] = (
        DEFAULT_SPAM_HEADERS
    )
    default_timezone: str = "UTC"
    notify_owner: bool = True
    consent: ConsentOf = ConsentOf.NONE
    chain_refused: Annotated[tuple[ChainFault, ...], NoDecode, BeforeValidator(as_list)] = ()

    @field_validator("internal_domains", "allowed_destination_domains")
    @classmethod
    def _canonical(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(parsed(parse_domain, domain) for domain in domains)

    @field_validator("default_timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return parsed(parse_zone, name)


class MailboxesSection(Section):
    """[mailboxes]: from a login to its addresses."""

    default_domain: str | None = None
    file: Path | None = None

    @field_validator("default_domain")
    @classmethod
    def _domain(cls, domain: str | None) -> str | None:
        return parsed(parse_domain, domain) if domain else None

    @field_validator("file")
    @classmethod
    def _file_exists(cls, path: Path | None) -> Path | None:
        return existing_file(path) if path else None
