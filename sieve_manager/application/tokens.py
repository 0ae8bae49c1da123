"""Tokens of the HTTP API: who made them, what they may do, and until when."""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, Result
from sieve_manager.application.ports import Clock
from sieve_manager.application.staff import ADMINISTRATORS_ONLY, denied
from sieve_manager.application.trail import Trail
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.rights import DEPUTY_MARK

PREFIX = "sm_"
"""Every secret begins with it, so that programs that look for leaked secrets find ours."""

LONGEST_DAYS = 3660
CALLS_A_MINUTE = 300

_SECRET_OCTETS = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LONGEST_ACTOR = 255  # what the tables keep
_STAFF = (Role.ADMINISTRATOR, Role.OPERATOR)


class Scope(StrEnum):
    """What a token may be used for."""

    READ = "read"  # look, whatever it is
    CASES = "cases"  # write forwards, redirect addresses, cases and batches
    POLICY = "policy"  # say the second word that the policy asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, without its secret; all instants are UTC.

    *listed*: who made it was an administrator by [staff] and the directory then, and has to be
    staff by them still.
    """

    id: int = 0
    name: str
    scopes: frozenset[Scope]
    role: Role
    created_by: str
    created: datetime
    expires: datetime
    listed: bool = False
    used: datetime | None = None
    revoked: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at *now*."""
        return self.revoked is None and now < self.expires

    def actor(self, address: str) -> Actor:
        """Who acts through it, from this network address: the name says by whose token."""
        name = f"{self.created_by}{DEPUTY_MARK}{self.name}"
        return Actor(name=name, channel=Channel.API, role=self.role, address=address)


class TokenStore(Protocol):
    """Where tokens are kept, each by a digest of its secret. Every method: StorageError."""

    def keep(self, token: Token, digest: str) -> Token:
        """Keep a new one; it gets its id."""
        ...

    def tokens(self) -> tuple[Token, ...]:
        """All, newest first."""
        ...

    def find(self, digest: str) -> Token | None:
        """The one whose secret has this digest, good or not."""
        ...

    def revoke(self, number: int, now: datetime) -> bool:
        """Let it open nothing any more; False where there is none that did."""
        ...

    def count(self, token: Token, now: datetime) -> int:
        """Count a call: how many there were in this minute, over all processes.

        The first of a minute notes when the token was last used.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What administrators do with tokens, and the door asks; every method: StorageError.

    *role_of* is the role of a login by [staff] and the directory; it may raise DirectoryError.
    """

    store: TokenStore
    clock: Clock
    trail: Trail
    role_of: Callable[[Login], Role] = lambda _: Role.OWNER

    def create(
        self, actor: Actor, *, name: str, scopes: Collection[Scope], role: Role, days: int
    ) -> tuple[Token, str]:
        """A new token, and its secret, which nobody can be shown again.

        Raises:
            NotAllowedError: *actor* is no administrator.
            InvalidInputError: it names the field.
        """
        _demand_administrator(actor)
        _demand_usable(name, scopes, role, days)
        now = self.clock()
        token = Token(
            name=name,
            scopes=frozenset(scopes),
            role=role,
            created_by=actor.name,
            created=now,
            expires=now + timedelta(days=days),
            # Whoever has a shell is no login of the mail server's.
            listed=actor.channel is not Channel.CLI
            and self.role_of(Login(actor.name)) is Role.ADMINISTRATOR,
        )
        if len(token.actor("").name) > _LONGEST_ACTOR:
            raise _bad_name()
        secret = PREFIX + secrets.token_urlsafe(_SECRET_OCTETS)
        token = self.store.keep(token, digest_of(secret))
        self._tell(actor, "token.create", _described(token))
        return token, secret

    def tokens(self, actor: Actor) -> tuple[Token, ...]:
        """All, newest first; NotAllowedError."""
        _demand_administrator(actor)
        return self.store.tokens()

    def revoke(self, actor: Actor, number: int) -> None:
        """End it now; NotAllowedError, InvalidInputError where there is none."""
        _demand_administrator(actor)
        if not self.store.revoke(number, self.clock()):
            raise InvalidInputError(
                "There is no token {number} that could be revoked.",
                where="token",
                code="no-such-token",
                number=str(number),
            )
        self._tell(actor, "token.revoke", f"Token {number}.")

    def accept(self, secret: str) -> Token | None:
        """The token that *secret* belongs to, if it is good now; DirectoryError."""
        token = self.store.find(digest_of(secret)) if secret.startswith(PREFIX) else None
        good = token is not None and token.is_good(self.clock()) and self._maker_stays(token)
        return token if good else None

    def is_within_limit(self, token: Token) -> bool:
        """Count a call with it; False where there were too many in this minute."""
        return self.store.count(token, self.clock()) <= CALLS_A_MINUTE

    def _maker_stays(self, token: Token) -> bool:
        """Whether its maker may still do what it does; groups of a sign-in cannot be asked for."""
        if not token.listed:
            return True
        allowed = (Role.ADMINISTRATOR,) if token.role is Role.ADMINISTRATOR else _STAFF
        return self.role_of(Login(token.created_by)) in allowed

    def _tell(self, actor: Actor, action: str, detail: str) -> None:
        done = AuditEntry(
            at=self.clock(), actor=actor, action=action, result=Result.DONE, detail=detail
        )
        self.trail.write(done)


def digest_of(secret: str) -> str:
    """What is kept of a secret: SHA-256 is enough, for it holds 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _described(token: Token) -> str:
    scopes = ", ".join(sorted(token.scopes))
    day = token.expires.date().isoformat()
    return f"Token {token.id} ({token.name}): {scopes}; as {token.role}; until {day}."


def _demand_administrator(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise denied(ADMINISTRATORS_ONLY)


def _demand_usable(name: str, scopes: Collection[Scope], role: Role, days: int) -> None:
    if not _NAME.fullmatch(name):
        raise _bad_name()
    if not scopes:
        raise InvalidInputError(
            "Choose what the token may be used for.", where="scope", code="token-scope"
        )
    if not role.is_staff:
        raise InvalidInputError(
            "A token acts as an operator or as an administrator.", where="role", code="token-role"
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInputError(
            "A token lasts from 1 to {most} days.",
            where="days",
            code="token-days",
            most=str(LONGEST_DAYS),
        )


def _bad_name() -> InvalidInputError:
    return InvalidInputError(
        "A token's name has up to 40 small letters, digits and hyphens.",
        where="name",
        code="token-name",
    )
