"""What the mail server's own host shows: Dovecot's settings, Debian's packages, a sendmail."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sieve_manager.application.checking_host import HostFacts

_SECONDS = 20
# An administrator's tools, whatever PATH the caller has.
_PATH = os.pathsep.join(("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"))
_PACKAGES = ("dovecot-core", "dovecot-sieve", "dovecot-managesieved")
_SETTING = re.compile(r"^(\S+) =\s?(.*)$")


class LocalHost:
    """Runs doveconf and dpkg-query, which change nothing; *path* is where to find them."""

    def __init__(self, path: str = _PATH) -> None:
        self._path = path

    def facts(self) -> HostFacts:
        """What can be read; what cannot is left out."""
        text = self._output(["doveconf", "-n"])
        listed = self._output(["dpkg-query", "-W", "-f", "${Package} ${Version}\\n", *_PACKAGES])
        pairs = [line.split() for line in (listed or "").splitlines()]
        return HostFacts(
            settings=None if text is None else settings(text),
            packages={pair[0]: pair[1] for pair in pairs if len(pair) == 2},
            has_mta=shutil.which("sendmail", path=self._path) is not None,
        )

    def _output(self, command: Sequence[str]) -> str | None:
        """What *command* prints, also where it ends in an error; None where it is not there."""
        found = shutil.which(command[0], path=self._path)
        if found is None:
            return None
        try:
            done = subprocess.run(
                [found, *command[1:]],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                cwd=Path("/"),
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.decode(errors="replace")


def settings(text: str) -> dict[str, str]:
    """Return doveconf's output with blocks as paths: ``service lmtp/user``."""
    found: dict[str, str] = {}
    blocks: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line.endswith("{"):
            blocks.append(line[:-1].strip())
        elif line == "}" and blocks:
            blocks.pop()
        elif (match := _SETTING.match(line)) and not line.startswith("#"):
            found["/".join([*blocks, match.group(1)])] = match.group(2)
    return found
