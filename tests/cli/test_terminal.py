"""The command line on a true terminal (a pty): it asks, and shows scripts without obeying them."""

import os
import sys
from contextlib import suppress

import pytest

from sieve_manager.cli import main
from sieve_manager.cli.door import Door
from tests.cli.conftest import Cli
from tests.cli.test_forward import SET


def on_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, line: str, typed: str = "") -> str:
    """Call the command with *typed* waiting at the keyboard; return what the screen showed."""
    terminal, device = os.openpty()
    with os.fdopen(terminal, "r+b", buffering=0) as outer, monkeypatch.context() as patch:
        outer.write(typed.encode())
        with os.fdopen(device, "r", closefd=False) as stdin, os.fdopen(device, "w") as stdout:
            for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stdout)):
                patch.setattr(sys, name, stream)
            main(line.split(), obj=Door(config=cli.config, wire=cli.wire), standalone_mode=False)
        shown = b""
        with suppress(OSError):  # EIO: the other side is closed, and all was read
            while piece := outer.read(65_536):
                shown += piece
        return shown.decode()


def test_the_question_is_asked_and_the_answer_taken(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Apply this? [y/N]" in on_terminal(cli, monkeypatch, SET, typed="y\n")
    assert cli.world.active == "sieve-manager"


def test_a_script_is_highlighted_and_cannot_steer_the_terminal(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.world.give(b"# \x1b]0;owned\x07 caf\xe9\r\nkeep;")
    screen = on_terminal(cli, monkeypatch, "script show anna@example.com")
    assert "\x1b]0;" not in screen
    assert "\\u001b]0;owned\\u0007 caf\ufffd" in screen
    assert "keep" in screen
