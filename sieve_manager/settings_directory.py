"""[directory]: who has which mailbox, and from where we know it."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from sieve_manager.settings_sections import Section, Tls
from sieve_manager.settings_values import (
    Port,
    Secret,
    SecretFile,
    at_most_one,
    existing_file,
    is_loopback,
    revealed,
    wrong_key,
)

_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:;[A-Za-z0-9-]+)*")  # RFC 4512 §2.5
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_DATABASE = re.compile(r"sqlite:///.|postgresql\+psycopg://.")
_PASSWORD = ("password", "password_file")


class DirectoryKind(StrEnum):
    """What the directory is."""

    NONE = "none"
    TABLE = "table"
    LDAP = "ldap"
    SQL = "sql"


class DirectorySection(Section):
    """[directory]: its kind, and the keys that this kind needs."""

    kind: DirectoryKind = DirectoryKind.NONE
    host: str = ""
    port: Port | None = None
    tls: Tls = Tls.IMPLICIT
    ca_file: Path | None = None
    bind_dn: str = ""
    base: str = ""
    filter: str = "(mail=*)"
    login_attribute: str = "uid"
    name_attribute: str = "cn"
    address_attribute: str = "mail"
    alias_attribute: str = ""
    manager_attribute: str = "manager"
    group_attribute: str = "memberOf"
    language_attribute: str = "preferredLanguage"
    url: str = Field(default="", repr=False)
    query: str = ""
    password: Secret = None
    password_file: SecretFile = None

    @property
    def secret(self) -> str | None:
        """The password, from whichever key."""
        return revealed(self.password, self.password_file)

    @property
    def ldap_port(self) -> int:
        """The port that is set, or the usual one."""
        return self.port or (636 if self.tls is Tls.IMPLICIT else 389)

    @field_validator("ca_file")
    @classmethod
    def _ca_exists(cls, path: Path | None) -> Path | None:
        return existing_file(path) if path else None

    @field_validator("filter")
    @classmethod
    def _filter_in_brackets(cls, text: str) -> str:
        if not text.startswith("(") or not text.endswith(")") or text.count("(") != text.count(")"):
            raise ValueError("is an LDAP filter in brackets, such as (objectClass=inetOrgPerson)")
        return text

    @field_validator(
        "login_attribute", "name_attribute", "address_attribute", "alias_attribute",
        "manager_attribute", "group_attribute", "language_attribute",
    )  # fmt: skip
    @classmethod
    def _attribute_name(cls, name: str) -> str:
        if name and not _ATTRIBUTE.fullmatch(name):
            raise ValueError("is the name of one LDAP attribute, such as mail; empty for none")
        return name

    @field_validator("url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not _DATABASE.match(url):
            raise ValueError("begins with sqlite:/// and a path, or with postgresql+psycopg://")
        return url

    @field_validator("query")
    @classmethod
    def _query_reads(cls, query: str) -> str:
        if not _QUERY.match(query):
            raise ValueError("is one SELECT; see the guide “A directory”")
        return query.strip().rstrip(";")

    @model_validator(mode="after")
    def _keys_of_this_kind(self) -> Self:
        at_most_one(self.password, self.password_file, "password")
        for key in sorted(self.model_fields_set - {"kind"} - _KEYS[self.kind]):
            kinds = " or ".join(f"“{kind}”" for kind in DirectoryKind if key in _KEYS[kind])
            raise wrong_key(key, f"is used with kind = {kinds} only")
        for key in _NEEDED[self.kind]:
            if not getattr(self, key):
                raise wrong_key(key, f"is missing; kind = “{self.kind.value}” needs it")
        if self.kind is DirectoryKind.LDAP:
            self._check_ldap()
        return self

    def _check_ldap(self) -> None:
        if self.tls is Tls.NONE and not is_loopback(self.host):
            raise wrong_key(
                "tls",
                f"“none” is allowed only for a server on this machine; for {self.host} take "
                "“implicit” or “starttls”",
            )
        # A name with an empty password would be taken as nobody's, and succeed (RFC 4513 §5.1.2).
        if self.bind_dn and not self.secret:
            raise wrong_key("password_file", "is missing; bind_dn needs a password")
        if self.secret and not self.bind_dn:
            raise wrong_key("bind_dn", "is missing; the password is whose?")


_NEEDED = {
    DirectoryKind.NONE: (),
    DirectoryKind.TABLE: (),
    DirectoryKind.LDAP: ("host", "base", "login_attribute", "name_attribute", "address_attribute"),
    DirectoryKind.SQL: ("url", "query"),
}
_SQL_KEYS = frozenset({"url", "query", *_PASSWORD})
_KEYS: dict[DirectoryKind, frozenset[str]] = {
    DirectoryKind.NONE: frozenset(),
    DirectoryKind.TABLE: frozenset(),
    DirectoryKind.LDAP: frozenset(DirectorySection.model_fields) - {"kind", "url", "query"},
    DirectoryKind.SQL: _SQL_KEYS,
}
