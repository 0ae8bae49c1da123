"""Scripts on a private Dovecot as files, put and seen without any client of ours."""

import os
from pathlib import Path

from sieve_manager.demo.dovecot import DovecotServer
from sieve_manager.domain.scripts import ScriptName


def give_script(
    server: DovecotServer, login: str, name: str, octets: bytes, *, active: bool = True
) -> None:
    """Store a script, and make it the active one, as another program would."""
    home = server.home(login)
    folder = home / "sieve"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.sieve"
    file.write_bytes(octets)
    if active:
        link = home / ".dovecot.sieve"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("sieve") / file.name)
    for path in (home.parent, home, folder, file):
        server.identity.give(path)


def script_files(server: DovecotServer, login: str) -> dict[str, bytes]:
    """All scripts by name, with their exact octets."""
    folder = server.home(login) / "sieve"
    return {file.stem: file.read_bytes() for file in sorted(folder.glob("*.sieve"))}


def active_script(server: DovecotServer, login: str) -> ScriptName | None:
    """The name of the active script."""
    link = server.home(login) / ".dovecot.sieve"
    if not link.is_symlink():
        return None
    return ScriptName(Path(os.readlink(link)).stem)  # noqa: PTH115 - the target as written


def take_scripts(server: DovecotServer, login: str) -> None:
    """Remove all scripts, and the activation."""
    home = server.home(login)
    (home / ".dovecot.sieve").unlink(missing_ok=True)
    for file in (home / "sieve").glob("*"):
        if file.is_file():
            file.unlink()
