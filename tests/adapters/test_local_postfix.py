"""What postconf and postmap say, and what it means when they say nothing."""

from pathlib import Path

import pytest

from sieve_manager.adapters.local_postfix import LocalPostfix
from sieve_manager.errors import UnreachableError


def program(directory: Path, name: str, *lines: str) -> LocalPostfix:
    (directory / name).write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    (directory / name).chmod(0o755)
    return LocalPostfix(str(directory))


def test_no_postfix_is_none(tmp_path: Path) -> None:
    assert LocalPostfix(str(tmp_path)).settings(["virtual_alias_maps"]) is None


def test_settings_are_read_by_name(tmp_path: Path) -> None:
    agent = program(
        tmp_path,
        "postconf",
        'echo "$*" >&2',
        "echo 'virtual_alias_maps = hash:/a, sqlite:/b=c'",
        "echo 'sender_canonical_maps ='",
    )
    assert agent.settings(["virtual_alias_maps", "sender_canonical_maps"]) == {
        "virtual_alias_maps": "hash:/a, sqlite:/b=c",
        "sender_canonical_maps": "",
    }


def test_a_key_is_looked_up_as_it_is(tmp_path: Path) -> None:
    agent = program(tmp_path, "postmap", 'test "$*" = "-q a b;c@d sqlite:/x" && echo "t@d"')
    assert agent.look_up("sqlite:/x", "a b;c@d") == "t@d"


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    assert program(tmp_path, "postmap", "exit 1").look_up("sqlite:/x", "a@d") == ""


def test_what_fails_is_told_in_postfix_words(tmp_path: Path) -> None:
    agent = program(tmp_path, "postmap", "echo 'one' >&2; echo 'fatal: open /x: No' >&2; exit 1")
    with pytest.raises(UnreachableError, match="fatal: open /x: No"):
        agent.look_up("sqlite:/x", "a@d")


def test_a_program_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="postmap does not work"):
        LocalPostfix(str(tmp_path)).look_up("sqlite:/x", "a@d")
