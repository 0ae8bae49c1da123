"""``serve``: what gunicorn is told, and that it serves."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from sieve_manager.cli import main
from sieve_manager.demo.processes import accepts, free_ports, wait_until

KEY = 'secret_key = "0123456789abcdef0123456789abcdef"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a free port; no mail server is needed to start."""
    (port,) = free_ports(1)
    file = tmp_path / "config.toml"
    file.write_text(
        f'[managesieve]\nhost = "127.0.0.1"\n[database]\nurl = "sqlite:///{tmp_path}/s.db"\n'
        f'[web]\nlisten = "127.0.0.1:{port}"\n{KEY}'
    )
    return file


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The arguments that the process would go on with."""
    seen: list[str] = []

    def execve(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        assert program == sys.executable
        assert environment["PROMETHEUS_MULTIPROC_DIR"].startswith(str(tmp_path))
        assert environment["MALLOC_ARENA_MAX"] == "2"
        seen.extend(arguments)

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return seen


def after(arguments: Sequence[str], option: str) -> str:
    return arguments[arguments.index(option) + 1]


def test_one_process_with_threads_is_the_default(config: Path, executed: list[str]) -> None:
    result = CliRunner().invoke(main, ["--config", str(config), "serve"])
    assert result.exit_code == 0, result.output
    assert (after(executed, "--workers"), after(executed, "--threads")) == ("1", "16")
    assert after(executed, "--bind").startswith("127.0.0.1:")
    assert after(executed, "--env") == f"SIEVE_MANAGER_CONFIG={config}"
    assert executed[-1] == "web.long_running:application()"


def test_processes_and_threads_can_be_chosen(config: Path, executed: list[str]) -> None:
    line = ["--config", str(config), "serve", "--workers", "2", "--threads", "3"]
    assert CliRunner().invoke(main, line).exit_code == 0
    assert (after(executed, "--workers"), after(executed, "--threads")) == ("2", "3")


def test_a_missing_secret_key_is_said_before_anything_starts(
    config: Path, executed: list[str]
) -> None:
    config.write_text(config.read_text().replace(KEY, ""))
    result = CliRunner().invoke(main, ["--config", str(config), "serve"])
    assert result.exit_code == 2
    assert "web.secret_key_file" in result.stderr
    assert executed == []


def answer_of(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as page:
        assert page.status == 200
        return str(page.read().decode())


def test_several_processes_count_together_log_alike_and_leave_nothing(
    config: Path, tmp_path: Path
) -> None:
    config.write_text(config.read_text() + '[logs]\nformat = "json"\n')
    port = int(config.read_text().partition('listen = "127.0.0.1:')[2].partition('"')[0])
    command = [sys.executable, "-m", "sieve_manager.cli", "--config", str(config), "serve"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--workers", "3", "--threads", "1"],
            stdout=log,
            stderr=log,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
    try:
        wait_until(lambda: accepts(port) or process.poll() is not None, seconds=20, what="start")
        for _ in range(30):
            answer_of(port, "/help")
        for _ in range(6):  # whichever process answers
            numbers = answer_of(port, "/metrics").splitlines()
            assert 'sieve_manager_requests_total{endpoint="help.page",status="200"} 30.0' in numbers
        assert list(tmp_path.glob("sieve-manager-metrics-*/*"))
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (tmp_path / "log").read_text()
    assert not list(tmp_path.glob("sieve-manager-metrics-*"))
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"gunicorn.error", "web.watching"} <= {line["logger"] for line in lines}
    assert len([line for line in lines if line.get("route") == "/help"]) == 30


def test_the_pages_are_served_until_sigterm(config: Path, tmp_path: Path) -> None:
    port = int(config.read_text().partition("127.0.0.1:")[2].partition('"')[0])
    command = [sys.executable, "-m", "sieve_manager.cli", "--config", str(config), "serve"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: accepts(port) or process.poll() is not None, seconds=20, what="start")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=10) as page:
            assert page.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, (tmp_path / "log").read_text()
