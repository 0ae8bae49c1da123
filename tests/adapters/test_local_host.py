"""What doveconf, dpkg-query and sendmail tell; each may be missing."""

import subprocess
from pathlib import Path

import pytest

from sieve_manager.adapters.local_host import LocalHost, settings
from sieve_manager.application.checking_host import HostFacts, judge_host
from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.policy.policy import Policy

DOVECONF = """\
# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
submission_host = 127.0.0.1:25
ssl_key = # hidden, use -P to show it
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_default =
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 00
  }
}
protocol lmtp {
  mail_plugins = quota sieve
}
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """An empty directory of programs."""
    return tmp_path


def give(directory: Path, name: str, script: str) -> None:
    file = directory / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_blocks_become_paths() -> None:
    found = settings(DOVECONF)
    assert found["submission_host"] == "127.0.0.1:25"
    assert found["plugin/sieve"] == "file:~/sieve;active=~/.dovecot.sieve"
    assert found["plugin/sieve_default"] == ""
    assert found["service anvil/unix_listener anvil-auth-penalty/mode"] == "00"
    assert found["protocol lmtp/mail_plugins"] == "quota sieve"


def test_everything_is_asked_of_the_programs(programs: Path) -> None:
    give(programs, "doveconf", '[ "$1" = -n ] && echo "submission_host = [::1]:25"')
    give(programs, "dpkg-query", 'echo "dovecot-core 1:2.3"; echo "dovecot-sieve "; exit 1')
    give(programs, "sendmail", "exit 0")
    facts = LocalHost(str(programs)).facts()
    assert facts.settings == {"submission_host": "[::1]:25"}
    assert facts.packages == {"dovecot-core": "1:2.3"}
    assert facts.has_mta


def test_a_host_without_any_of_them(programs: Path) -> None:
    facts = LocalHost(str(programs)).facts()
    assert (facts.settings, facts.packages, facts.has_mta) == (None, {}, False)


def test_the_real_doveconf_is_understood() -> None:
    found = LocalHost().facts()
    assert found.settings
    assert "dovecot-core" in found.packages


def test_a_program_that_cannot_be_run_is_as_if_it_were_not_there(programs: Path) -> None:
    (programs / "doveconf").write_bytes(b"\x7fELF")
    (programs / "doveconf").chmod(0o755)
    assert LocalHost(str(programs)).facts().settings is None


def test_the_configuration_of_a_running_server_is_judged(dovecot: DovecotServer) -> None:
    command = ["doveconf", "-n", "-c", str(dovecot.directory / "dovecot.conf")]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    facts = HostFacts(settings=settings(text))
    codes = {finding.code for finding in judge_host(facts, Policy(max_destinations=4))}
    assert codes == {"scripts-run", "submission-host", "packages-unknown"}
