"""The Postfix of the host that we run on, through postconf and postmap, which change nothing."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sieve_manager.errors import UnreachableError

_SECONDS = 20
# An administrator's tools, whatever PATH the caller has.
_PATH = os.pathsep.join(("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"))


class LocalPostfix:
    """The MailTransferAgent port; *path* is where to find the programs."""

    def __init__(self, path: str = _PATH) -> None:
        self._path = path

    def settings(self, names: Sequence[str]) -> Mapping[str, str] | None:
        """The values of these, expanded; None: there is no Postfix here."""
        if shutil.which("postconf", path=self._path) is None:
            return None
        lines = self._run("postconf", "-x", *names).stdout.splitlines()
        pairs = (line.partition("=") for line in lines)
        return {name.strip(): value.strip() for name, _, value in pairs}

    def look_up(self, table: str, key: str) -> str:
        """What this table gives, or ""; UnreachableError where it cannot be asked."""
        done = self._run("postmap", "-q", key, table)
        if done.returncode and (said := done.stderr.strip()):
            raise UnreachableError(f"postmap -q {key} {table}", server_text=said.splitlines()[-1])
        return done.stdout.strip()

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [shutil.which(program, path=self._path) or program, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                cwd=Path("/"),
                encoding="utf-8",
                errors="replace",
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnreachableError(f"{program} does not work: {error}") from error
