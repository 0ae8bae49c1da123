"""[oidc]: signing in at an OpenID provider."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from sieve_manager.settings_sections import Section
from sieve_manager.settings_values import (
    Secret,
    SecretFile,
    Texts,
    at_most_one,
    existing_file,
    is_loopback,
    revealed,
)


class OidcSection(Section):
    """[oidc]: the provider, how this service is registered there, and what claims mean."""

    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: Secret = None
    client_secret_file: SecretFile = None
    scopes: Texts = ("openid", "email", "profile")
    mailbox_claim: str = Field(default="email", min_length=1)
    groups_claim: str = Field(default="groups", min_length=1)
    label: str = Field(default="", max_length=80)
    require_verified_email: bool = True
    owners: bool = True
    mail_server_accepts_tokens: bool = False
    ca_file: Path | None = None

    @property
    def secret(self) -> str | None:
        """The client's secret, from whichever key; None: the provider knows us without one."""
        return revealed(self.client_secret, self.client_secret_file)

    @property
    def name(self) -> str:
        """What the button says: the label, or the provider's host."""
        return self.label or urlsplit(self.issuer).hostname or self.issuer

    @field_validator("issuer")
    @classmethod
    def _https_unless_loopback(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if (
            not parts.hostname
            or parts.query
            or parts.fragment
            or parts.scheme
            not in (
                "http",
                "https",
            )
        ):
            raise ValueError(
                "is the provider's address as it writes it itself, such as "
                "https://sso.example.com/realms/staff"
            )
        if parts.scheme == "http" and not local:
            raise ValueError("begins with https:// unless the host is this machine")
        return issuer

    @field_validator("scopes")
    @classmethod
    def _openid_is_asked_for(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("holds “openid”, without which the provider says nothing about people")
        return scopes

    @field_validator("ca_file")
    @classmethod
    def _ca_exists(cls, path: Path | None) -> Path | None:
        return existing_file(path) if path else None

    @model_validator(mode="after")
    def _check_secret(self) -> Self:
        at_most_one(self.client_secret, self.client_secret_file, "client_secret")
        return self
