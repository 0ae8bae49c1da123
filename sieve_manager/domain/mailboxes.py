"""A mailbox: the login that names it everywhere, and the addresses it receives."""

import re
from dataclasses import dataclass
from typing import Self

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import InvalidInputError

_NOT_A_LOGIN = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029/\\\\%]")
_MAX_LOGIN = 255


@dataclass(frozen=True, slots=True)
class Login:
    """A mail server's user name in canonical form (Dovecot folds its case, so do we)."""

    text: str

    @classmethod
    def parse(cls, text: str, *, master_separator: str = "*", where: str = "login") -> Self:
        """Return the canonical login; *where* names the field that an error is about.

        Raises:
            InvalidInputError: empty, too long, with control characters, or with the master
                user's separator, which would sign in as somebody else.
        """
        login = text.strip().lower()
        if not login or len(login) > _MAX_LOGIN or _NOT_A_LOGIN.search(login):
            raise InvalidInputError(
                "Enter your user name, as for your mail program.", where=where, code="login"
            )
        if master_separator and master_separator in login:
            raise InvalidInputError(
                "A user name holds no “{sign}” here.",
                where=where,
                code="login",
                sign=master_separator,
            )
        return cls(login)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A login with its primary address, where known, and its aliases."""

    login: Login
    address: EmailAddress | None = None
    aliases: tuple[EmailAddress, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Its addresses, and its login: servers deliver to that as to an address."""
        return frozenset(
            {self.login.text, *(one.key for one in (self.address, *self.aliases) if one)}
        )

    def owns(self, address: EmailAddress) -> bool:
        """Whether mail to *address* arrives in this mailbox, also with a sub-address."""
        own = self.keys
        return address.key in own or address.without_detail.key in own

    def __str__(self) -> str:
        return str(self.address or self.login)
