"""The few connections over which one master acts for many mailboxes."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sieve_manager.errors import (
    AccountDisabledError,
    ServerError,
    SignInRefusedError,
    TemporaryError,
)
from sieve_manager.managesieve.connection import Connection
from sieve_manager.managesieve.endpoint import Credentials
from sieve_manager.managesieve.pool import Pool

_WAIT_SECONDS = 30.0


class MasterConnections:
    """At most *most* connections at once, whoever asks; the others wait for their turn.

    Where the server can (UNAUTHENTICATE), a connection is kept in *pool*, signed in for
    nobody, and serves the next mailbox. *connect* makes one that nobody is signed in to.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        master: Credentials,
        pool: Pool,
        *,
        most: int,
        wait_seconds: float = _WAIT_SECONDS,
    ) -> None:
        self._connect = connect
        self._master = master
        self._pool = pool
        self._most = most
        self._wait_seconds = wait_seconds
        # The last one that was given back first: its connection is the least idle.
        self._places: queue.LifoQueue[int] = queue.LifoQueue()
        for place in range(most):
            self._places.put(place)
        self._accepted: str | None = None

    @contextmanager
    def acting_for(self, mailbox: str) -> Iterator[Connection]:
        """A connection that is signed in for *mailbox*, and whose OWNER was compared.

        Raises:
            TemporaryError: all are in use for too long.
            SignInRefusedError: the master is refused; AccountDisabledError: only this mailbox.
            ServerError: as for :meth:`Connection.open`.
        """
        with self._place() as place, self._pool.lease(place, self._connect) as connection:
            self._sign_in(connection, mailbox)
            yield connection
            _leave(connection)

    @contextmanager
    def _place(self) -> Iterator[tuple[str, int]]:
        try:
            place = self._places.get(timeout=self._wait_seconds)
        except queue.Empty:
            raise TemporaryError(
                f"All {self._most} connections to the mail server are in use"
            ) from None
        try:
            yield "master", place
        finally:
            self._places.put(place)

    def _sign_in(self, connection: Connection, mailbox: str) -> None:
        try:
            connection.sign_in(self._credentials(mailbox), ask_later=True)
        except AccountDisabledError:
            raise
        except SignInRefusedError as error:
            if self._is_accepted(connection):
                raise AccountDisabledError(
                    "The server has no such mailbox to act for", server_text=error.server_text
                ) from error
            raise
        self._accepted = mailbox

    def _is_accepted(self, connection: Connection) -> bool:
        """Whether the master itself is still welcome: Cyrus 3.6 has the same words for both."""
        if self._accepted is None:
            return False
        try:
            connection.sign_in(self._credentials(self._accepted))
        except ServerError:
            return False
        return True

    def _credentials(self, mailbox: str) -> Credentials:
        return replace(self._master, authorisation_identity=mailbox)


def _leave(connection: Connection) -> None:
    """Sign out at once: Cyrus lets nobody else in to a mailbox that never had a script.

    What was done counts, however this ends.
    """
    if not connection.capabilities.unauthenticate:
        connection.logout()
        return
    try:
        connection.unauthenticate()
    except ServerError:
        connection.close()
