"""From a login to its addresses."""

import os
from pathlib import Path

import pytest

from sieve_manager.adapters.addresses import ConfiguredAddresses
from sieve_manager.domain.mailboxes import Login, Mailbox


def addresses_of(found: Mailbox) -> list[str]:
    return [str(address) for address in (found.address, *found.aliases)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mailboxes.csv"
    path.write_text(
        "login,address,aliases\n"
        "anna,Anna.Muster@Example.com,anna@example.com a.muster@example.org\n"
        "\n"
        'bob@example.com,"Bob <bob@example.com>",\n'
        "carl,carl@example.net\n",
        encoding="utf-8",
    )
    return path


def test_login_is_the_address_where_nothing_is_configured() -> None:
    addresses = ConfiguredAddresses()
    assert addresses_of(addresses.mailbox(Login("anna@example.com"))) == ["anna@example.com"]
    assert addresses.mailbox(Login("anna")).address is None
    assert addresses.mailbox(Login("anna@[127.0.0.1]")).address is None
    assert addresses.problems() == ()


def test_default_domain_completes_a_bare_login() -> None:
    addresses = ConfiguredAddresses(default_domain="example.org")
    assert addresses_of(addresses.mailbox(Login("anna"))) == ["anna@example.org"]
    assert addresses_of(addresses.mailbox(Login("b@example.com"))) == ["b@example.com"]


def test_file_tells_address_and_aliases(file: Path) -> None:
    addresses = ConfiguredAddresses(file=file, default_domain="example.org")
    assert addresses_of(addresses.mailbox(Login("anna"))) == [
        "Anna.Muster@example.com",
        "anna@example.com",
        "a.muster@example.org",
    ]
    assert addresses_of(addresses.mailbox(Login("bob@example.com"))) == ["bob@example.com"]
    assert addresses_of(addresses.mailbox(Login("carl"))) == ["carl@example.net"]
    assert addresses_of(addresses.mailbox(Login("dora"))) == ["dora@example.org"]
    assert addresses.problems() == ()


def test_changed_file_is_read_again(file: Path) -> None:
    addresses = ConfiguredAddresses(file=file)
    assert addresses.mailbox(Login("dora")).address is None
    file.write_text("dora,dora@example.com\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert addresses_of(addresses.mailbox(Login("dora"))) == ["dora@example.com"]
    assert addresses.mailbox(Login("anna")).address is None


def test_file_that_is_gone_for_a_moment_still_counts(file: Path) -> None:
    addresses = ConfiguredAddresses(file=file)
    addresses.mailbox(Login("anna"))
    file.unlink()
    assert addresses.mailbox(Login("anna")).address is not None


def test_bad_lines_are_reported_with_their_number_and_left_out(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(
        "anna,anna@example.com,\n"
        "bad,not an address\n"
        "only one column\n"
        ",empty@example.com\n"
        "anna,again@example.com\n"
        "bob,bob@example.com,fine@example.com wrong@\n"
        "carl,carl@example.com,,,\n"
        "dora,dora@example.com\n",
        encoding="utf-8",
    )
    addresses = ConfiguredAddresses(file=file)
    problems = addresses.problems()
    assert [problem.split(", line ")[1].split(":")[0] for problem in problems] == list("234567")
    assert addresses_of(addresses.mailbox(Login("anna"))) == ["anna@example.com"]
    assert addresses_of(addresses.mailbox(Login("dora"))) == ["dora@example.com"]
    assert addresses.mailbox(Login("bob")).address is None
    assert len(caplog.records) == 6


@pytest.mark.parametrize("octets", [b"anna,\xff\xfe@example.com\n", b'anna,"' + b"x" * 200_000])
def test_file_that_is_no_csv_is_a_problem_and_no_failure(file: Path, octets: bytes) -> None:
    file.write_bytes(octets)
    addresses = ConfiguredAddresses(file=file)
    assert addresses.mailbox(Login("anna")).address is None
    assert "cannot be read" in addresses.problems()[0]


def test_spreadsheet_s_byte_order_mark_is_no_part_of_a_login(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfanna,anna@example.com\r\n")
    assert ConfiguredAddresses(file=file).mailbox(Login("anna")).address is not None
