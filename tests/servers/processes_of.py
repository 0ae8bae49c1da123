"""Who still runs, for the tests that nothing is left behind.

A port says nothing of that: another server may have taken it since.
"""

import os
from contextlib import suppress
from pathlib import Path


def processes_of(directory: Path) -> list[Path]:
    """Return who has *directory* in its command line, or works in it.

    A process that has ended has neither, also while nobody has asked how it ended.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        said = b""
        with suppress(FileNotFoundError, ProcessLookupError):
            said = (process / "cmdline").read_bytes()
        with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
            said += os.fsencode((process / "cwd").readlink())
        if os.fsencode(directory) in said:
            found.append(process)
    return found
