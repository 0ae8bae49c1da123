"""Commands out, replies in: keeps the two in step, and stops for good when they are not."""

import time
from collections.abc import Sequence

from sieve_manager.errors import (
    OutcomeUnknownError,
    ProtocolBrokenError,
    ServerError,
    UnreachableError,
)
from sieve_manager.managesieve.commands import Command
from sieve_manager.managesieve.endpoint import Endpoint
from sieve_manager.managesieve.failures import farewell
from sieve_manager.managesieve.observing import Observe, unobserved
from sieve_manager.managesieve.protocol import Final, Line, Status
from sieve_manager.managesieve.replies import Reply
from sieve_manager.managesieve.transport import Deadline, Transport


class Exchange:
    """The turn-taking of RFC 5804 over one transport.

    Whatever goes wrong in the middle of it closes the transport: an answer that comes late
    must never be taken for the answer to a later command.
    """

    def __init__(self, transport: Transport, observe: Observe = unobserved) -> None:
        self._transport = transport
        self._observe = observe
        self._usable = True

    @property
    def usable(self) -> bool:
        """Whether :meth:`ask` may be called: not closed, and not waiting for an answer."""
        return self._usable

    def close(self) -> None:
        """Close the connection at once; may be called again."""
        self._usable = False
        self._transport.close()

    def greeting(self, deadline: Deadline) -> Reply:
        """Return what the server says first, and again after STARTTLS (§1.7, §2.2)."""
        return self._reply(deadline, has_lines=True)

    def start_tls(self, endpoint: Endpoint, deadline: Deadline) -> None:
        """Go over to TLS; see :meth:`Transport.start_tls`."""
        self._transport.start_tls(endpoint, deadline)

    def ask(self, batch: Sequence[Command], deadline: Deadline) -> list[Reply]:
        """Send *batch* at once and return the OK or NO of each, in order.

        What may stand together is the caller's business (§2): HAVESPACE, STARTTLS and
        AUTHENTICATE only as the last, nothing that changes behind what may be refused.

        Raises:
            OutcomeUnknownError: it ended early, and *batch* may have changed something.
            ServerError: it ended early, and nothing was changed.
        """
        if not self._usable:
            raise UnreachableError("The connection is closed, or another thread uses it")
        self._usable = False
        begun, result = time.monotonic(), "error"
        try:
            self._check_silence(deadline)
            replies = self._converse(batch, deadline)
            self._usable = True
            result = "no" if any(map(_is_refusal, replies)) else "ok"
        except ServerError as error:
            result = type(error).__name__
            raise
        finally:
            if not self._usable:
                self.close()
            self._observe(batch[0].verb, result, time.monotonic() - begun)
        return replies

    def expect_silence(self, deadline: Deadline) -> None:
        """Make sure that the server said nothing since its last answer, and is there.

        Raises:
            ServerError: it did, or closed the connection, which is then closed here too.
        """
        try:
            self._check_silence(deadline)
        except ServerError:
            self.close()
            raise

    def _converse(self, batch: Sequence[Command], deadline: Deadline) -> list[Reply]:
        try:
            self._transport.send(b"".join(command.octets for command in batch), deadline)
            return [
                self._reply(deadline, command.to_challenge, has_lines=command.has_lines)
                for command in batch
            ]
        except ServerError as error:
            changes = [command.verb for command in batch if command.changes]
            if not changes:
                raise
            raise OutcomeUnknownError(
                f"It is not known whether {changes[0]} took effect ({error})",
                server_text=error.server_text,
            ) from error

    def _check_silence(self, deadline: Deadline) -> None:
        """Refuse to go on when the server said something that nobody had asked for."""
        match self._transport.unasked(deadline):
            case None:
                return
            case Final(status=Status.BYE) as final:
                raise farewell(final)
            case _:
                raise ProtocolBrokenError("The server answered what nobody had asked")

    def _reply(self, deadline: Deadline, to_challenge: bytes = b"", *, has_lines: bool) -> Reply:
        lines: list[Line] = []
        while isinstance(event := self._transport.receive(deadline), Line):
            if has_lines:
                lines.append(event)
            elif to_challenge:  # the only one: OAUTHBEARER asks back once (RFC 7628 §3.2.3)
                self._transport.send(to_challenge, deadline)
                to_challenge = b""
            else:  # to AUTHENTICATE: a challenge, which PLAIN has not (RFC 4616)
                raise ProtocolBrokenError("The server sent data where none belongs")
        if event.status is Status.BYE:
            raise farewell(event)
        return Reply(lines=tuple(lines), final=event)


def _is_refusal(reply: Reply) -> bool:
    """Whether it is a NO that says more than that there is no script of a name, as asked."""
    return reply.final.status is Status.NO and reply.final.code != "NONEXISTENT"
