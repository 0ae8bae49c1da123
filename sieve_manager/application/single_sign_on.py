"""Signing in at an OpenID provider: from what it vouches for to one mailbox here."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.ports import Directory, ScriptStore
from sieve_manager.application.staff import Staff
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.errors import (
    AccountDisabledError,
    InvalidInputError,
    SingleSignOnError,
    WhyNot,
)

_MORE_THAN_AN_ADDRESS = frozenset('<>()",;: ')


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Where a browser is sent, and what it must bring back or what must not be known elsewhere.

    *state* ties the answer to this browser, *nonce* the identity to this question, and
    *verifier* (RFC 7636) the code to this service.
    """

    url: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought back; texts that anybody may have made up, or ""."""

    state: str = field(repr=False)
    code: str = field(repr=False)
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the mail server takes in place of a password until *expires* (UTC), and how to get
    the next one then; *refresh* is "" where there is none.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the provider vouches for, after every check of its signature and its purpose.

    *name* is the value of the configured claim; *verified* is the address that the provider
    says it has verified, or ""; *tokens* are for the mail server, where it takes such.
    """

    name: str
    verified: str
    groups: frozenset[str]
    id_token: str = field(repr=False)
    tokens: Tokens | None = None


class IdentityProvider(Protocol):
    """An OpenID provider. Every method may raise SingleSignOnError."""

    def reach(self) -> None:
        """Ask it for what the first sign-in would need."""
        ...

    def ask(self, back: str) -> Question:
        """Make a question whose answer is brought to the address *back*."""
        ...

    def identify(self, answer: Answer, question: Question, back: str) -> Identity:
        """Who it was, from an answer to *question*."""
        ...

    def refresh(self, tokens: Tokens) -> Tokens:
        """The next tokens of who has these."""
        ...

    def leaving(self, id_token: str, back: str) -> str:
        """The address at which one signs out of the provider, too, or ""."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who signed in to which mailbox; *groups* are the provider's word."""

    login: Login
    groups: frozenset[str]
    id_token: str = field(repr=False)
    tokens: Tokens | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """The use case. *owners*: whether others than the helpdesk sign in this way."""

    provider: IdentityProvider
    directory: Directory
    staff: Staff
    store: ScriptStore
    owners: bool
    require_verified_email: bool
    master_separator: str

    def begin(self, back: str) -> Question:
        """Make a question; SingleSignOnError."""
        return self.provider.ask(back)

    def finish(self, answer: Answer, question: Question, back: str, address: str) -> SignedIn:
        """Who signed in, from the browser's answer; *address* is where they act from.

        Raises:
            SingleSignOnError: nobody did.
            ServerError: the mail server could not be asked for the mailbox.
            StorageError, DirectoryError: the directory could not.
        """
        if not hmac.compare_digest(answer.state.encode(), question.state.encode()):
            raise SingleSignOnError("the answer is not to this browser's question", WhyNot.STALE)
        if answer.error or not answer.code:
            raise SingleSignOnError("the provider says no", WhyNot.DECLINED)
        identity = self.provider.identify(answer, question, back)
        login = self._login(identity)
        if not self.owners and not self.staff.role(login, identity.groups).is_staff:
            raise SingleSignOnError(f"{login} is not of the helpdesk", WhyNot.STAFF_ONLY)
        self._find_mailbox(login, address, identity.tokens)
        return SignedIn(
            login=login,
            groups=identity.groups,
            id_token=identity.id_token,
            tokens=identity.tokens,
        )

    def _login(self, identity: Identity) -> Login:
        found = login_of(identity.name, self.directory, self.master_separator)
        if found is None:
            raise SingleSignOnError("nobody here has this name", WhyNot.UNKNOWN)
        # What only looks like an address is none that anybody could have verified.
        address = _address(identity.name)
        verified = address is not None and address == _address(identity.verified)
        if self.require_verified_email and "@" in identity.name and not verified:
            raise SingleSignOnError(f"the address of {found} is not verified", WhyNot.UNVERIFIED)
        return found

    def _find_mailbox(self, login: Login, address: str, tokens: Tokens | None) -> None:
        """Let the mail server say that there is such a mailbox, and that it is open."""
        actor = Actor(name=login.text, channel=Channel.WEB, address=address)
        token = tokens.access if tokens else None
        try:
            with self.store.session(Access(login=login, actor=actor, token=token)):
                return
        except AccountDisabledError as error:
            raise SingleSignOnError(f"no mailbox {login} is open", WhyNot.UNKNOWN) from error


def login_of(name: str, directory: Directory, master_separator: str) -> Login | None:
    """Whose login or address *name* is; None where that is nobody, or not exactly one.

    An address counts only as a whole: ``anna+x@`` and ``anna@`` may be two people at the
    provider.
    """
    address = _address(name)
    if address is None:
        candidates = _logins([name], master_separator)
        return next((one for one in candidates if directory.person(one)), None)
    listed = directory.by_address(address)
    if listed is not None:
        return listed.login if _has(listed, address) else None
    for login in _logins([name.partition("@")[0], name], master_separator):
        person = directory.person(login)
        if person is not None and _has(person, address):
            return login
    return None


def _logins(names: Sequence[str], master_separator: str) -> list[Login]:
    found = []
    for name in names:
        try:
            found.append(Login.parse(name, master_separator=master_separator))
        except InvalidInputError:
            continue
    return found


def _has(person: Person, address: EmailAddress) -> bool:
    return address.key in {one.key for one in (person.address, *person.aliases) if one}


def _address(text: str) -> EmailAddress | None:
    """The address that *text* is; a name or a comment beside it is no claim's business."""
    if _MORE_THAN_AN_ADDRESS & set(text):
        return None
    try:
        return EmailAddress.parse(text) if "@" in text else None
    except InvalidInputError:
        return None
