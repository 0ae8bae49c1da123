"""Slow down whoever guesses passwords, over all processes, before the mail server hears of it.

Each failed sign-in is a row. What counts are the failures of the last quarter of an hour, of
the account and of the client's address; from a few on, the wait doubles with each. A right
password takes back the failures of that account from that address only, so a guesser gains
nothing when the owner signs in, nor by signing in to an account of his own.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, delete, func, insert, select, union_all

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.tables import failed_sign_ins

WINDOW_SECONDS = 15 * 60.0
# Many people may share one address (a campus, a provider's gateway), nobody shares an account.
FREE_FAILURES_ACCOUNT = 3
FREE_FAILURES_ADDRESS = 20
LONGEST_WAIT_SECONDS = 120.0

_FAILURES = failed_sign_ins.c
_SUMMARY = (func.count(), func.coalesce(func.max(_FAILURES.at), 0.0))
_SINCE = _FAILURES.at > bindparam("since")
_COUNT = union_all(
    select(*_SUMMARY).where(_FAILURES.account == bindparam("account"), _SINCE),
    select(*_SUMMARY).where(_FAILURES.address == bindparam("address"), _SINCE),
)
_INSERT = insert(failed_sign_ins).values(
    account=bindparam("account"), address=bindparam("address"), at=bindparam("at")
)
_COUNT_OTHERS = union_all(
    select(*_SUMMARY).where(
        _FAILURES.account == bindparam("account"), _SINCE, _FAILURES.id != bindparam("own")
    ),
    select(*_SUMMARY).where(
        _FAILURES.address == bindparam("address"), _SINCE, _FAILURES.id != bindparam("own")
    ),
)
_WITHDRAW = delete(failed_sign_ins).where(_FAILURES.id == bindparam("own"))
_FORGET = delete(failed_sign_ins).where(
    _FAILURES.account == bindparam("account"), _FAILURES.address == bindparam("address")
)
_PURGE = delete(failed_sign_ins).where(_FAILURES.at <= bindparam("since"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in that is counted; with *wait_seconds* above 0 it may not be tried yet."""

    number: int
    wait_seconds: float


class Throttle:
    """Failed sign-ins per account (a login) and per client address (IPv6: its /64)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, account: str, address: str, now: datetime) -> Attempt:
        """Count a sign-in before it is judged, so that those of the same moment see each other.

        One that has to wait is not counted. It stays counted as failed unless it is taken back:
        by :meth:`succeeded`, or by :meth:`withdraw` where nobody judged it. StorageError.
        """
        at = now.timestamp()
        values = {"account": _account(account), "address": _group(address), "at": at}
        with self._database.writing() as connection:
            own: int = connection.execute(_INSERT.returning(_FAILURES.id), values).scalar_one()
            connection.execute(_PURGE, {"since": at - WINDOW_SECONDS})
            seen = {**values, "own": own, "since": at - WINDOW_SECONDS}
            of_account, of_address = connection.execute(_COUNT_OTHERS, seen).all()
            wait = _seconds(of_account, of_address, now)
            if wait > 0:
                connection.execute(_WITHDRAW, {"own": own})
        return Attempt(number=own, wait_seconds=wait)

    def withdraw(self, attempt: Attempt) -> None:
        """Take back one that nobody judged. StorageError."""
        self._database.execute(_WITHDRAW, {"own": attempt.number})

    def allowed(self, account: str, address: str, now: datetime) -> float:
        """Seconds to wait before this sign-in may be tried; 0 means now. StorageError."""
        with self._database.connection() as connection:
            account_row, address_row = connection.execute(
                _COUNT,
                {
                    "account": _account(account),
                    "address": _group(address),
                    "since": now.timestamp() - WINDOW_SECONDS,
                },
            ).all()
        return _seconds(account_row, address_row, now)

    def failed(self, account: str, address: str, now: datetime) -> None:
        """Count a refused sign-in. StorageError."""
        at = now.timestamp()
        with self._database.writing() as connection:
            connection.execute(
                _INSERT, {"account": _account(account), "address": _group(address), "at": at}
            )
            connection.execute(_PURGE, {"since": at - WINDOW_SECONDS})

    def succeeded(self, account: str, address: str) -> None:
        """Take back this account's failures from this address. StorageError."""
        self._database.execute(_FORGET, {"account": _account(account), "address": _group(address)})


def _seconds(of_account: Row[int, float], of_address: Row[int, float], now: datetime) -> float:
    """How long to wait, by how many failures there were and when the last one was."""
    until = max(
        of_account[1] + _wait(of_account[0] - FREE_FAILURES_ACCOUNT),
        of_address[1] + _wait(of_address[0] - FREE_FAILURES_ADDRESS),
    )
    return float(max(0.0, until - now.timestamp()))


def _wait(failures_beyond: int) -> float:
    """Seconds after the last failure: 0, then 1, 2, 4, ... up to the longest."""
    if failures_beyond <= 0:
        return 0.0
    return min(LONGEST_WAIT_SECONDS, 2.0 ** min(failures_beyond - 1, 30))


def _account(account: str) -> str:
    """What somebody typed as a login, cut to what the column takes."""
    return account.replace("\0", "")[:255]


def _group(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address.replace("\0", "")[:64]
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))
