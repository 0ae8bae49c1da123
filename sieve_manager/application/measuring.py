"""What is counted, for whoever watches the service; never a login, an address or a text."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from sieve_manager.application.ports import Locks
from sieve_manager.domain.mailboxes import Login
from sieve_manager.errors import (
    ChangedMeanwhileError,
    MailboxBusyError,
    PolicyRefusedError,
    SaveFailedError,
    ServerError,
    SieveManagerError,
    StorageError,
)

Reading = Iterable[tuple[tuple[str, ...], float]]
"""The values of a gauge: the values of its labels, in order, and the number."""


class Measures(Protocol):
    """Where it is counted; no method fails."""

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """A request was answered; *endpoint* is the name of the page."""
        ...

    def save(self, outcome: str) -> None:
        """Somebody wrote to a mailbox; see :func:`outcome_of`."""
        ...

    def sign_in(self, way: str, outcome: str) -> None:
        """Somebody tried to sign in: by ``password`` or ``oidc``."""
        ...

    def round_trip(self, protocol: str, command: str, result: str, seconds: float) -> None:
        """The mail server was asked; *result* is ``ok``, ``no`` or the name of an error."""
        ...

    def gauge(
        self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Reading]
    ) -> None:
        """Show a number that *read* looks up when somebody asks; it may raise StorageError."""
        ...


class MeasuredLocks:
    """The Locks port, which every writer of ours goes through: each write is counted here."""

    def __init__(self, locks: Locks, measures: Measures) -> None:
        self._locks, self._measures = locks, measures

    @contextmanager
    def hold(self, login: Login) -> Iterator[None]:
        """As the port says."""
        outcome = "error"
        try:
            with self._locks.hold(login):
                yield
            outcome = "saved"
        except SieveManagerError as error:
            outcome = outcome_of(error)
            raise
        finally:
            self._measures.save(outcome)


def outcome_of(error: SieveManagerError) -> str:
    """How a write ended that raised *error*, in one word."""
    match error:
        case SaveFailedError():
            return f"failed_{error.outcome.value}"
        case PolicyRefusedError():
            return "refused"
        case ChangedMeanwhileError():
            return "changed_meanwhile"
        case MailboxBusyError():
            return "busy"
        case ServerError():
            return "mail_server"
        case StorageError():
            return "database"
        case _:
            return "error"
