"""One canonical mail address, made before anything else looks at it (RFC 5321 §4.1.2)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import idna
from email_validator import EmailNotValidError, validate_email

from sieve_manager.domain.look_alikes import may_mislead
from sieve_manager.errors import InvalidInputError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SEPARATORS = re.compile(r"[,;\s]+")
_BRACKETS = re.compile(r"^[^<>]*<([^<>]*)>$")
_MAX_LENGTH = 254  # RFC 5321 §4.5.3.1.3 less the angle brackets
_MAX_LOCAL = 64  # RFC 5321 §4.5.3.1.1


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An addr-spec: the local part as written, the domain in lower case A-labels.

    Two addresses that differ only in the case of the local part are equal: almost every
    server treats them as one, and forwarding to both would send twice.
    """

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str, *, where: str = "to") -> Self:
        """Return the canonical form of exactly one address.

        A display name around angle brackets is taken off. Comments, quoted local parts,
        address literals, domains without a dot and local parts outside ASCII are refused.

        Raises:
            InvalidInputError: not one usable address; *code* says which reason.
        """
        bare = text.strip()
        if match := _BRACKETS.match(bare):
            bare = match.group(1).strip()
        if not bare:
            raise InvalidInputError("Enter an address.", where=where, code="address-missing")
        local, domain = _parts(bare, where)
        return cls(local, domain)

    @classmethod
    def restore(cls, text: str) -> Self:
        """The address whose ``str`` or ``key`` this is: it was parsed when it was kept."""
        local, _, domain = text.rpartition("@")
        return cls(local, domain)

    @property
    def key(self) -> str:
        """What two spellings of one address share: all in lower case."""
        return f"{self.local}@{self.domain}".lower()

    @property
    def without_detail(self) -> "EmailAddress":
        """The address without its sub-address (RFC 5233: ``local+detail@domain``)."""
        base = self.local.split("+", 1)[0]
        return EmailAddress(base, self.domain) if base else self

    @property
    def readable(self) -> str:
        """The address for people, with :func:`readable_domain`."""
        return f"{self.local}@{readable_domain(self.domain)}"

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmailAddress) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def parse_domain(text: str, *, where: str = "domain") -> str:
    """Return a domain in lower case A-labels.

    Raises:
        InvalidInputError: not a domain name with at least one dot.
    """
    return _parts(f"postmaster@{text.strip()}", where)[1]


def readable_domain(domain: str) -> str:
    """A domain for people: with U-labels, unless those could mislead."""
    if "xn--" not in domain:
        return domain
    try:
        decoded = idna.decode(domain)
    except idna.IDNAError:
        return domain
    return domain if may_mislead(decoded) else decoded


def split_addresses(text: str) -> tuple[str, ...]:
    """Split one field that holds several addresses; display names in brackets are kept whole.

    Separators are commas, semicolons and white space, so a pasted column or list works.
    """
    pieces = re.split(r"[,;\n]+(?![^<]*>)", text) if "<" in text else _SEPARATORS.split(text)
    return tuple(piece.strip() for piece in pieces if piece.strip())


@lru_cache(maxsize=4096)
def _validated(text: str) -> tuple[str, str]:
    found = validate_email(
        text,
        check_deliverability=False,
        allow_smtputf8=True,
        allow_quoted_local=False,
        allow_domain_literal=False,
    )
    return found.local_part, found.ascii_domain.lower()


def _parts(text: str, where: str) -> tuple[str, str]:
    if _CONTROL.search(text):
        raise InvalidInputError(
            "An address holds no control characters.", where=where, code="address-control"
        )
    if len(text) > _MAX_LENGTH or len(text.rpartition("@")[0]) > _MAX_LOCAL:
        raise InvalidInputError(
            "“{address}” is too long: mail servers take {local} characters before the @, and "
            "{whole} in all.",
            where=where,
            code="address-too-long",
            address=text,
            local=str(_MAX_LOCAL),
            whole=str(_MAX_LENGTH),
        )
    try:
        local, domain = _validated(text)
    except (EmailNotValidError, UnicodeError) as error:
        raise InvalidInputError(
            "“{address}” is not a complete mail address, such as name@example.com.",
            where=where,
            code="address-invalid",
            address=text,
        ) from error
    if not local.isascii():
        raise InvalidInputError(
            "“{address}”: the part before the @ may hold only unaccented letters, digits and "
            "signs; this mail server cannot deliver to others.",
            where=where,
            code="address-utf8-local",
            address=text,
        )
    # Programs behind a mail server have taken these for a pipe, a file or an option.
    if local[0] in "|/-":
        raise InvalidInputError(
            "“{address}” is not an address that mail servers accept everywhere.",
            where=where,
            code="address-refused",
            address=text,
        )
    return local, domain
