"""One signed-in ManageSieve session: every call ends in a value or in one error of ours."""

import itertools
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self, TypeVar

from sieve_manager.domain.capabilities import ServerCapabilities
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName
from sieve_manager.errors import (
    NotPermittedError,
    ProtocolBrokenError,
    RefusedError,
    ScriptNotFoundError,
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


class Connection:
    """A session of one mailbox, for one thread at a time.

    A NO leaves it usable. After a timeout, a cut, or an answer that is not RFC 5804 it is
    closed for good; where a change had been sent, the error is then OutcomeUnknownError.
    """

    def __init__(self, exchange: Exchange, deadlines: Deadlines) -> None:
        self._exchange = exchange
        self._deadlines = deadlines
        self._capabilities = ServerCapabilities()
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
        return cls._connect(endpoint, credentials, deadlines or Deadlines(), observe)

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
        with cls._connect(endpoint, None, deadlines or Deadlines(), observe) as connection:
            return connection.capabilities

    @classmethod
    def _connect(
        cls,
        endpoint: Endpoint,
        credentials: Credentials | None,
        deadlines: Deadlines,
        observe: Observe,
    ) -> Self:
        with observing(observe, "CONNECT"):
            transport = Transport.connect(endpoint, Deadline(deadlines.connect), Limits())
        connection = cls(Exchange(transport, observe), deadlines)
        with ExitStack() as stack:
            stack.callback(connection.close)
            connection._greet(endpoint)
            if credentials:
                connection._sign_in(credentials)
            stack.pop_all()
        return connection

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
        """What the server announced after sign-in (RFC 5804 §1.7)."""
        return self._capabilities

    @property
    def usable(self) -> bool:
        """Whether another call makes sense."""
        return self._exchange.usable

    def list_scripts(self) -> ScriptListing:
        """Return all names, in the server's order, and which is active (§2.7)."""
        return self._understand(replies.listing, self._ask(commands.plain(Verb.LISTSCRIPTS)))

    def get_script(self, name: ScriptName) -> Script:
        """Return a script's exact octets (§2.9).

        Raises:
            ScriptNotFoundError: there is none of that name.
        """
        return self.get_scripts([name])[0]

    def get_scripts(self, names: Sequence[ScriptName]) -> tuple[Script, ...]:
        """Return these scripts in this order, asked for together.

        Raises:
            ScriptNotFoundError: one of them is not there.
        """
        asked = [commands.get_script(name) for name in names]
        return tuple(map(self._script, names, asked, self._ask_many(asked)))

    def read(self, names: Sequence[ScriptName]) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Return the listing, and those of *names* that are there, asked for together."""
        asked = _reading(names)
        return self._read(names, asked, self._ask_many(asked))

    def check_script(self, octets: bytes) -> str:
        """Let the server compile *octets* (§2.12); return its warnings, or "".

        Raises:
            ScriptRefusedError: it does not compile.
            RefusedError: the server has no CHECKSCRIPT; see ``capabilities.can_check``.
        """
        self._require_rfc5804(Verb.CHECKSCRIPT)
        return replies.warnings(self._ask(commands.check_script(octets)))

    def have_space(self, name: ScriptName, size_octets: int) -> None:
        """Ask whether there is room (§2.5); an OK is no promise.

        Raises:
            QuotaError: there is none, or too many scripts.
        """
        self._ask(commands.have_space(name, size_octets))

    def rehearse(
        self, name: ScriptName, octets: bytes, names: Sequence[ScriptName]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        """Check the script, ask for room, and read, in one round trip: all that a save asks
        before PUTSCRIPT. Without CHECKSCRIPT, only the latter two.

        Raises:
            ScriptRefusedError: it does not compile.
            QuotaError: there is no room, or too many scripts.
        """
        check = [commands.check_script(octets)] if self._capabilities.can_check else []
        reading = _reading(names)
        # Pigeonhole stores an empty script, but refuses to be asked about room for it.
        room = commands.have_space(name, max(1, len(octets)))  # the last, §2
        asked = [*check, *reading, room]
        answers = self._ask_many(asked)
        # Of two refusals the one for want of room says more: some servers check only so far.
        _accepted(room, answers[-1])
        for command, answer in zip(check, answers, strict=False):
            _accepted(command, answer)
        return self._read(names, reading, answers[len(check) : -1])

    def put_script(self, name: ScriptName, octets: bytes) -> str:
        """Store *octets* under *name*, replacing what was there (§2.6); return warnings, or "".

        Raises:
            ScriptRefusedError: it does not compile; what was there is untouched.
            QuotaError: there is no room; what was there is untouched.
            OutcomeUnknownError: the connection ended first; read again.
        """
        return replies.warnings(self._ask(commands.put_script(name, octets)))

    def set_active(self, name: ScriptName | None) -> None:
        """Make *name* the active script, or none (§2.8).

        Raises:
            ScriptNotFoundError: there is none of that name.
            ScriptRefusedError: it does not compile (any more).
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._ask(commands.set_active(name))

    def delete_script(self, name: ScriptName) -> None:
        """Delete a script (§2.10).

        Raises:
            ScriptIsActiveError, ScriptNotFoundError: nothing was deleted.
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._ask(commands.delete_script(name))

    def rename_script(self, old: ScriptName, new: ScriptName) -> None:
        """Rename a script, which stays active where it was (§2.11).

        Raises:
            ScriptNotFoundError, ScriptExistsError: nothing was renamed.
            RefusedError: the server has no RENAMESCRIPT; see ``capabilities.can_check``.
            OutcomeUnknownError: the connection ended first; read again.
        """
        self._require_rfc5804(Verb.RENAMESCRIPT)
        self._ask(commands.rename_script(old, new))

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

    def _sign_in(self, credentials: Credentials) -> None:
        if "PLAIN" not in self._capabilities.sasl:
            if self._capabilities.starttls:
                raise TlsError("The server wants TLS before anybody signs in")
            raise RefusedError("The server offers no sign-in by PLAIN")
        deadline = Deadline(self._deadlines.authenticate)
        self._ask_all([commands.authenticate(credentials)], deadline)
        self._hear(*self._ask_all([commands.plain(Verb.CAPABILITY)], deadline))
        wanted, owner = credentials.authorisation_identity, self._capabilities.owner
        if wanted and owner is not None and wanted.casefold() != owner.casefold():
            raise NotPermittedError(f"The server acts for {owner} instead of {wanted}")

    def _hear(self, announced: Reply) -> None:
        accepted = _accepted(commands.plain(Verb.CAPABILITY), announced)
        self._capabilities = self._understand(replies.capabilities, accepted)

    def _require_rfc5804(self, verb: Verb) -> None:
        if not self._capabilities.can_check:
            raise RefusedError(f"The server has no {verb}")

    def _ask(self, command: Command) -> Reply:
        (reply,) = self._ask_all([command], Deadline(self._deadlines.command))
        return reply

    def _ask_all(self, batch: Sequence[Command], deadline: Deadline) -> list[Reply]:
        """Return the OK of each; where some were refused, raise for the first."""
        return list(map(_accepted, batch, self._exchange.ask(batch, deadline)))

    def _ask_many(self, asked: Sequence[Command]) -> list[Reply]:
        """Return the OK or NO of each, however many these are."""
        deadline = Deadline(self._deadlines.command)
        batches = commands.batches(asked)
        return [answer for batch in batches for answer in self._exchange.ask(batch, deadline)]

    def _read(
        self, names: Sequence[ScriptName], asked: Sequence[Command], answers: Sequence[Reply]
    ) -> tuple[ScriptListing, tuple[Script, ...]]:
        listing = self._understand(replies.listing, _accepted(asked[0], answers[0]))
        scripts = []
        for name, command, answer in zip(names, asked[1:], answers[1:], strict=True):
            with suppress(ScriptNotFoundError):
                scripts.append(self._script(name, command, answer))
        return listing, tuple(scripts)

    def _script(self, name: ScriptName, command: Command, answer: Reply) -> Script:
        octets = self._understand(replies.script_octets, _accepted(command, answer))
        return Script(name=name, octets=octets)

    def _understand(self, read: Callable[[Reply], _T], reply: Reply) -> _T:
        try:
            return read(reply)
        except ProtocolBrokenError:
            self.close()
            raise


def _reading(names: Sequence[ScriptName]) -> list[Command]:
    return [commands.plain(Verb.LISTSCRIPTS), *map(commands.get_script, names)]


def _accepted(command: Command, answer: Reply) -> Reply:
    if answer.final.status is Status.NO:
        raise refusal(command.verb, answer.final)
    return answer
