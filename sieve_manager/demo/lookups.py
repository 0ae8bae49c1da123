"""Sets a private Postfix up with the very lines that ``sieve-manager postfix config`` prints."""

from pathlib import Path

from sieve_manager.application.postfix_files import DIRECTORY, configuration
from sieve_manager.bootstrap_addresses import postfix_tables
from sieve_manager.demo.postfix import PostfixServer, write_settled
from sieve_manager.settings import Settings


def look_up_addresses(settings: Settings, server: PostfixServer) -> list[str]:
    """Write the map files for *server*, which is not started yet; return the lines of main.cf.

    The map itself must be there; the marker beside it is made here.
    """
    tables = postfix_tables(settings)
    if tables.marker is not None:
        tables.marker.touch()
        server.run("postmap", f"hash:{tables.marker}").check_returncode()
    lines = as_printed("\n".join(configuration(tables)), server.config_directory)
    return [_with_mailboxes(one, server) for one in lines]


def as_printed(text: str, directory: Path) -> list[str]:
    """Write the map files of the printed *text* to *directory*; return the lines of main.cf."""
    _, *files = text.replace(DIRECTORY, str(directory)).split(f"### {directory}/")
    lines: list[str] = []
    for name, _, content in (file.partition("\n") for file in files):
        if name == "main.cf":
            lines = content.replace("=\n    ", "= ").splitlines()
        else:
            write_settled(directory / name, content.splitlines())
    return [one for one in lines if one and not one.startswith("#")]


def _with_mailboxes(line: str, server: PostfixServer) -> str:
    """As the printed words ask: whoever has a mailbox is not caught by *@example.com."""
    known = f", sqlite:{server.directory}/mailboxes.cf"
    return f"{line}{known}" if line.startswith("virtual_alias_maps") else line
