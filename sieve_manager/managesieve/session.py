"""What holds a ManageSieve session together: TLS, sign-in, keeping in step, and the end."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self, TypeVar

from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.errors import (
    NotPermittedError,
    ProtocolBrokenError,
    RefusedError,
    ServerError,
    TlsError,
)
from sieve_manager.managesieve import commands, replies
from sieve_manager.managesieve.commands import Command, Verb
from sieve_manager.managesieve.endpoint import Credentials, Deadlines, Endpoint, TlsMode
from sieve_manager.managesieve.exchange import Exchange
from sieve_manager.managesieve.failures import refusal
from sieve_manager.managesieve.observing import Observe, observing, unobserved
from sieve_manager.managesieve.protocol import Limits, Status
from sieve_manager.managesieve.replies import Reply
from sieve_manager.managesieve.transport import Deadline, Transport

_T = TypeVar("_T")


class Session:
    """A connection to a server, signed in for one mailbox or for none; for one thread at a time.

    A NO leaves it usable. After a timeout, a cut, or an answer that is not RFC 5804 it is
    closed for good; where a change had been sent, the error is then OutcomeUnknownError.
    """

    def __init__(self, exchange: Exchange, deadlines: Deadlines) -> None:
        self._exchange = exchange
        self._deadlines = deadlines
        self._announced = self._capabilities = ServerCapabilities()
        self._unheard: Credentials | None = None
        self._tags = itertools.count(1)

    @classmethod
    def open(
        cls,
        endpoint: Endpoint,
        credentials: Credentials,
        deadlines: Deadlines | None = None,
        observe: Observe = unobserved,
    ) -> Self:
        """Connect, secure the connection and sign in.

        Raises:
            UnreachableError, TemporaryError, TlsError, ProtocolBrokenError, RefusedError: no
                session came about.
            SignInRefusedError, AccountDisabledError: the server refused the credentials.
            NotPermittedError: no scripts there, or the server acts for another mailbox.
        """
        connection = cls.reach(endpoint, deadlines, observe)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection.sign_in(credentials)
            stack.pop_all()
        return connection

    @classmethod
    def reach(
        cls,
        endpoint: Endpoint,
        deadlines: Deadlines | None = None,
        observe: Observe = unobserved,
    ) -> Self:
        """Connect and secure the connection; nobody is signed in yet.

        Raises:
            UnreachableError, TemporaryError, TlsError, ProtocolBrokenError: it did not come to
                that.
        """
        deadlines = deadlines or Deadlines()
        with observing(observe, "CONNECT"):
            transport = Transport.connect(endpoint, Deadline(deadlines.connect), Limits())
        connection = cls(Exchange(transport, observe), deadlines)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection._greet(endpoint)
            connection._announced = connection.capabilities
            stack.pop_all()
        return connection

    @classmethod
    def announced(
        cls,
        endpoint: Endpoint,
        deadlines: Deadlines | None = None,
        observe: Observe = unobserved,
    ) -> ServerCapabilities:
        """Connect, secure the connection, and return what the server says before sign-in.

        Raises:
            UnreachableError, TemporaryError, TlsError, ProtocolBrokenError: it says nothing.
        """
        with cls.reach(endpoint, deadlines, observe) as connection:
            return connection.capabilities

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.logout()

    @property
    def capabilities(self) -> ServerCapabilities:
        """What the server announced, after sign-in for this mailbox (RFC 5804 §1.7).

        Raises:
            ServerError: it had to be asked for, and that failed; see :meth:`sign_in`.
        """
        if self._unheard:
            self._turn([], Deadline(self._deadlines.authenticate))
        return self._capabilities

    @property
    def usable(self) -> bool:
        """Whether another call makes sense."""
        return self._exchange.usable

    def expect_silence(self) -> None:
        """Make sure, without asking, that the server has said nothing and is still there.

        Raises:
            ServerError: it closed the connection or said something; it is closed for good.
        """
        self._exchange.expect_silence(Deadline(self._deadlines.connect))

    def noop(self) -> None:
        """Make sure that the server still answers, and to this command (§2.13)."""
        deadline = Deadline(self._deadlines.connect)
        if not self._capabilities.can_check:
            self._ask_all([commands.plain(Verb.CAPABILITY)], deadline)
            return
        tag = f"sieve-manager-{next(self._tags)}"
        (reply,) = self._ask_all([commands.noop(tag)], deadline)
        if reply.final.code == "TAG" and reply.final.arguments != (tag,):
            self.close()
            raise ProtocolBrokenError("The server answered another command than the last")

    def sign_in(self, credentials: Credentials, *, ask_later: bool = False) -> None:
        """Sign in, where nobody is signed in; whatever this raises, close the connection then.

        What the server announces for the mailbox, and for whom it acts, is asked at once; or
        later (*ask_later*): together with the first commands that change nothing, whose answers
        count only then, and before any that does.

        Raises:
            as :meth:`open` says.
        """
        if credentials.mechanism not in self._capabilities.sasl:
            if self._capabilities.starttls:
                raise TlsError("The server wants TLS before anybody signs in")
            raise RefusedError(f"The server offers no sign-in by {credentials.mechanism}")
        asked = [commands.authenticate(credentials)]
        self._ask_all(asked, Deadline(self._deadlines.authenticate))
        self._unheard = credentials
        if not ask_later:
            self._turn([], Deadline(self._deadlines.authenticate))

    def unauthenticate(self) -> None:
        """Sign out and stay connected, so that another mailbox can be next (§2.14.1).

        Raises:
            RefusedError: the server cannot do that; see ``capabilities.unauthenticate``.
            ServerError: it is closed for good.
        """
        if not self._capabilities.unauthenticate:
            raise RefusedError(f"The server has no {Verb.UNAUTHENTICATE}")
        self._ask(commands.plain(Verb.UNAUTHENTICATE))
        self._capabilities = self._announced  # those of the mailbox are void

    def logout(self) -> None:
        """Say good-bye where that is still possible, and close; never fails (§2.3)."""
        with suppress(ServerError):
            self._exchange.ask([commands.plain(Verb.LOGOUT)], Deadline(self._deadlines.connect))
        self.close()

    def close(self) -> None:
        """Close at once; never fails, and may be called again."""
        self._exchange.close()

    def _greet(self, endpoint: Endpoint) -> None:
        deadline = Deadline(self._deadlines.greeting)
        if endpoint.tls is TlsMode.IMPLICIT:
            self._exchange.start_tls(endpoint, deadline)
        self._hear(self._exchange.greeting(deadline))
        if endpoint.tls is not TlsMode.STARTTLS:
            return
        if not self._capabilities.starttls:
            raise TlsError("The server does not offer TLS")
        self._ask_all([commands.plain(Verb.STARTTLS)], deadline)
        self._exchange.start_tls(endpoint, deadline)
        self._hear(self._exchange.greeting(deadline))  # what was said in clear text is void

    def _hear(self, announced: Reply) -> None:
        answer = accepted(commands.plain(Verb.CAPABILITY), announced)
        self._capabilities = self._understand(replies.capabilities, answer)

    def _require_rfc5804(self, verb: Verb) -> None:
        if not self._capabilities.can_check:
            raise RefusedError(f"The server has no {verb}")

    def _ask(self, command: Command) -> Reply:
        (reply,) = self._ask_all([command], Deadline(self._deadlines.command))
        return reply

    def _ask_all(self, batch: Sequence[Command], deadline: Deadline) -> list[Reply]:
        """Return the OK of each; where some were refused, raise for the first."""
        return list(map(accepted, batch, self._turn(batch, deadline)))

    def _ask_many(self, asked: Sequence[Command]) -> list[Reply]:
        """Return the OK or NO of each, however many these are."""
        deadline = Deadline(self._deadlines.command)
        batches = commands.batches(asked)
        return [answer for batch in batches for answer in self._turn(batch, deadline)]

    def _turn(self, batch: Sequence[Command], deadline: Deadline) -> list[Reply]:
        """Return the OK or NO of each; learn first for whom, where that is not known yet."""
        signed_in, self._unheard = self._unheard, None
        if signed_in is None:
            return self._exchange.ask(batch, deadline)
        changes = any(command.changes for command in batch)
        together = [] if changes else batch
        asked = [commands.plain(Verb.CAPABILITY), *together]
        announced, *answers = self._exchange.ask(asked, deadline)
        self._hear(announced)
        self._compare_owner(signed_in)
        return self._exchange.ask(batch, deadline) if changes else answers

    def _compare_owner(self, signed_in: Credentials) -> None:
        wanted, owner = signed_in.authorisation_identity, self._capabilities.owner
        if wanted and owner is not None and wanted.casefold() != owner.casefold():
            raise NotPermittedError(f"The server acts for {owner} instead of {wanted}")

    def _understand(self, read: Callable[[Reply], _T], reply: Reply) -> _T:
        try:
            return read(reply)
        except ProtocolBrokenError:
            self.close()
            raise


def accepted(command: Command, answer: Reply) -> Reply:
    """Return the OK; raise for the NO."""
    if answer.final.status is Status.NO:
        raise refusal(command.verb, answer.final)
    return answer
