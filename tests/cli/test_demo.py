"""``demo``: it starts, shows the main job, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sieve_manager.cli import main
from sieve_manager.demo.processes import temporary_directory, unprivileged, wait_until
from tests.servers.processes_of import processes_of

COMMAND = [sys.executable, "-m", "sieve_manager.cli"]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where the demo keeps its files; its servers run as somebody else, who gets there."""
    with temporary_directory(unprivileged()) as directory:
        yield directory


def _start(directory: Path, log_file: Path) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SIEVE_MANAGER_")
    }
    with log_file.open("wb") as log:
        return subprocess.Popen(
            [*COMMAND, "demo"],
            stdout=log,
            stderr=log,
            env={**environment, "TMPDIR": str(directory), "PYTHONUNBUFFERED": "1"},
        )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_without_a_trace(
    temporary: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    log = tmp_path / "log"
    process = _start(temporary, log)
    try:
        wait_until(
            lambda: "Ctrl-C" in log.read_text() or process.poll() is not None,
            seconds=30,
            what="the demo's start",
        )
        said = log.read_text()
        address = re.search(r"http://(127\.0\.0\.1:\d+)", said)
        assert address, said
        with urllib.request.urlopen(f"http://{address[1]}/demo", timeout=10) as page:
            text = page.read().decode()
        assert "bruno@example.com" in said
        assert "bruno@example.com" in text
        assert "info@example.com" in said
        assert "info@example.com" in text
        config = re.search(r"--config (\S+)", said)
        assert config, said
        shown = subprocess.run(
            [*COMMAND, "--config", config[1], "forward", "show", "bruno@example.com"],
            check=True,
            capture_output=True,
        )
        assert b"books@example.org" in shown.stdout
        printed = CliRunner().invoke(main, ["--config", config[1], "postfix", "config"])
        (main_cf,) = temporary.glob("*/etc/main.cf")
        wanted = printed.output.replace("/etc/postfix", str(main_cf.parent))
        lines = wanted.partition(f"### {main_cf}\n")[2].replace("=\n    ", "= ").splitlines()
        asked = [line for line in lines if line and not line.startswith("#")]
        assert len(asked) == 4
        assert all(line in main_cf.read_text() for line in asked)
        assert len(processes_of(temporary)) > 2
    finally:
        process.send_signal(ending)
        assert process.wait(20) == 0, log.read_text()
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []
    assert "nothing of it is left" in log.read_text()


def test_a_variable_that_names_a_real_server_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIEVE_MANAGER_DATABASE__URL", "sqlite:////real.db")
    endings = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = [signal.getsignal(ending) for ending in endings]
    result = CliRunner().invoke(main, ["demo"])
    for ending, handler in zip(endings, handlers, strict=True):
        signal.signal(ending, handler)
    assert result.exit_code == 2
    assert "unset the variables" in result.stderr


def test_without_its_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sieve_manager.cli.demo.find_spec", lambda _: None)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 2
    assert "sieve-manager[demo]" in result.stderr
