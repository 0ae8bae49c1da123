"""[register]: how often all mailboxes are looked through, and who is told what is new."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import SecretFile, Texts, is_loopback, parsed, wrong_key

_SHORTEST_SECRET = 16


class RegisterSection(Section):
    """[register]: the sweeps, the digest and the webhook."""

    sweep_hours: float = Field(default=24.0, ge=0, le=24 * 31)
    digest_to: Texts = ()
    webhook_url: str | None = None
    webhook_secret_file: SecretFile = None

    @field_validator("digest_to")
    @classmethod
    def _addresses(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(parsed(EmailAddress.parse, entry)) for entry in entries)

    @field_validator("webhook_url")
    @classmethod
    def _https_unless_loopback(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        loopback = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not parts.hostname or not url.isascii() or not (parts.scheme == "https" or loopback):
            raise ValueError("begins with https://, or with http:// and this machine")
        if parts.username or parts.fragment or any(char.isspace() for char in url):
            raise ValueError("holds no user name, no # and no space; the signature says who asks")
        return url

    @model_validator(mode="after")
    def _signed(self) -> Self:
        secret = self.webhook_secret
        if self.webhook_url and not secret:
            raise wrong_key(
                "webhook_secret_file", "is missing; without it nobody knows who sent the news"
            )
        if secret and len(secret) < _SHORTEST_SECRET:
            raise wrong_key(
                "webhook_secret_file",
                f"holds at least {_SHORTEST_SECRET} characters: openssl rand -hex 32",
            )
        return self

    @property
    def webhook_secret(self) -> str:
        """The key of the signature, or ""."""
        return self.webhook_secret_file.get_secret_value() if self.webhook_secret_file else ""

    @property
    def recipients(self) -> tuple[EmailAddress, ...]:
        """Who gets the digest."""
        return tuple(EmailAddress.parse(entry) for entry in self.digest_to)
