"""The throttle of sign-ins, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from sieve_manager.adapters.database.engine import Database
from sieve_manager.adapters.database.throttle import (
    FREE_FAILURES_ACCOUNT,
    FREE_FAILURES_ADDRESS,
    LONGEST_WAIT_SECONDS,
    WINDOW_SECONDS,
    Throttle,
)
from sieve_manager.domain.mailboxes import Login

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def throttle(database: Database) -> Throttle:
    return Throttle(database)


@pytest.fixture
def account(login: Login) -> str:
    return login.text


@pytest.fixture
def address(login: Login) -> str:
    """A client address that no other test has."""
    number = int(login.text[5:].partition("@")[0])
    return f"198.18.{number // 250}.{number % 250}"


def fail(throttle: Throttle, account: str, address: str, times: int) -> None:
    for _ in range(times):
        throttle.failed(account, address, NOW)


def test_a_few_typing_errors_cost_nothing(throttle: Throttle, account: str, address: str) -> None:
    fail(throttle, account, address, FREE_FAILURES_ACCOUNT)
    assert throttle.allowed(account, address, NOW) == 0


def test_wait_doubles_with_each_further_failure(
    throttle: Throttle, account: str, address: str
) -> None:
    fail(throttle, account, address, FREE_FAILURES_ACCOUNT)
    waits = []
    for _ in range(12):
        fail(throttle, account, address, 1)
        waits.append(throttle.allowed(account, address, NOW))
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_wait_passes_with_time(throttle: Throttle, account: str, address: str) -> None:
    fail(throttle, account, address, FREE_FAILURES_ACCOUNT + 4)
    assert throttle.allowed(account, address, NOW + 3 * SECOND) == 5
    assert throttle.allowed(account, address, NOW + 8 * SECOND) == 0


def test_account_is_slowed_down_from_every_address(
    throttle: Throttle, account: str, address: str
) -> None:
    for number in range(FREE_FAILURES_ACCOUNT + 1):
        fail(throttle, account, f"{address}:{number}", 1)
    assert throttle.allowed(account, "203.0.113.77", NOW) == 1


def test_address_is_slowed_down_for_every_account(
    throttle: Throttle, account: str, address: str
) -> None:
    for number in range(FREE_FAILURES_ADDRESS + 1):
        fail(throttle, f"{number}{account}", address, 1)
    assert throttle.allowed(account, address, NOW) == 1
    assert throttle.allowed(account, "203.0.113.77", NOW) == 0


def test_failures_leave_the_window(throttle: Throttle, account: str, address: str) -> None:
    fail(throttle, account, address, 30)
    later = NOW + timedelta(seconds=WINDOW_SECONDS)
    assert throttle.allowed(account, address, later) == 0


def test_right_password_takes_back_the_owner_s_own_errors_only(
    throttle: Throttle, account: str, address: str
) -> None:
    fail(throttle, account, "203.0.113.78", FREE_FAILURES_ACCOUNT + 1)
    fail(throttle, account, address, 2)
    fail(throttle, "x" + account, address, FREE_FAILURES_ADDRESS + 1)
    throttle.succeeded(account, address)
    assert throttle.allowed(account, "203.0.113.79", NOW) == 1
    assert throttle.allowed("y" + account, address, NOW) == 1
    throttle.succeeded(account, "203.0.113.78")
    assert throttle.allowed(account, "203.0.113.79", NOW) == 0


def test_addresses_of_one_ipv6_network_count_together(
    throttle: Throttle, account: str, login: Login
) -> None:
    network = f"2001:db8:{len(account):x}:{abs(hash(login)) % 65536:x}"
    for number in range(FREE_FAILURES_ADDRESS + 1):
        fail(throttle, f"{number}{account}", f"{network}::{number:x}", 1)
    assert throttle.allowed(account, f"{network}:1:2:3:4", NOW) == 1


@pytest.mark.parametrize(
    "odd", ["", "unknown", "a\x00b", "x" * 300, "fe80::1%eth0", "::ffff:1.2.3.4"]
)
def test_odd_text_is_counted_like_any_other(throttle: Throttle, login: Login, odd: str) -> None:
    account = odd[:200] + login.text
    for _ in range(FREE_FAILURES_ACCOUNT + 1):
        throttle.failed(account, odd, NOW)
    assert throttle.allowed(account, odd, NOW) == 1
    throttle.succeeded(account, odd)


def test_sign_ins_of_the_same_moment_see_one_another(
    throttle: Throttle, account: str, address: str
) -> None:
    with ThreadPoolExecutor(12) as pool:
        attempts = list(pool.map(lambda _: throttle.begin(account, address, NOW), range(12)))
    passed = [one for one in attempts if not one.wait_seconds]
    assert len(passed) <= FREE_FAILURES_ACCOUNT + 1
    for one in passed:
        throttle.withdraw(one)
    assert throttle.allowed(account, address, NOW) == 0


def test_an_attempt_counts_until_it_is_taken_back(
    throttle: Throttle, account: str, address: str
) -> None:
    for _ in range(FREE_FAILURES_ACCOUNT + 1):
        assert throttle.begin(account, address, NOW).wait_seconds == 0
    assert throttle.begin(account, address, NOW).wait_seconds == 1
    throttle.succeeded(account, address)
    assert throttle.begin(account, address, NOW).wait_seconds == 0
