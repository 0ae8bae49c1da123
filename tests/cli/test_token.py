"""``token``: made, listed and revoked at the keyboard; the secret is printed once."""

import json
from datetime import timedelta

from tests.cli.conftest import Cli


def test_a_secret_is_printed_once_and_opens_what_was_asked_for(cli: Cli) -> None:
    made = cli("token create offboarding --scope read --scope cases --days 30")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    token = cli.tokens.accept(secret)
    assert token is not None
    assert (token.name, token.role.value) == ("offboarding", "operator")
    assert {one.value for one in token.scopes} == {"read", "cases"}
    assert token.expires - token.created == timedelta(days=30)
    listed = cli("token list")
    assert "offboarding" in listed.stdout
    assert "cases, read" in listed.stdout
    assert secret not in listed.stdout + cli("token list --json").stdout


def test_programs_get_the_secret_as_json(cli: Cli) -> None:
    made = cli.json("token create ci --scope read --role administrator --json")
    assert cli.tokens.accept(made["secret"]) is not None
    (listed,) = cli.json("token list --json")["tokens"]
    assert listed == {key: value for key, value in made.items() if key != "secret"}
    assert (listed["used"], listed["revoked"]) == (None, None)


def test_a_revoked_token_opens_nothing(cli: Cli) -> None:
    secret = cli("token create ci --scope read").stdout.strip()
    assert cli("token revoke 1").exit_code == 0
    assert cli.tokens.accept(secret) is None
    assert "revoked" in cli("token list").stdout
    again = cli("token revoke 1")
    assert again.exit_code == 2
    assert "There is no token 1" in again.stderr


def test_what_cannot_be_is_refused_by_its_name(cli: Cli) -> None:
    for line, words in (
        ("token create Ci --scope read", "small letters"),
        ("token create ci --scope read --days 0", "1 to 3660 days"),
        ("token create ci --scope all", "Invalid value for '--scope'"),
        ("token create ci", "Missing option '--scope'"),
    ):
        result = cli(line)
        assert result.exit_code == 2
        assert words in result.stderr
    assert json.loads(cli("token list --json").stdout) == {"tokens": []}
