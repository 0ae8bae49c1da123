"""Whether a copy stays where a redirect runs, from what else runs for the same message."""

from collections.abc import Container
from itertools import islice, takewhile

from sieve_manager.sieve.grammar import Command, Tag
from sieve_manager.sieve.meaning import verdict

_KEEPS = frozenset({"keep", "fileinto"})
_CANCELS = frozenset({"redirect", "discard", "reject", "ereject"})


def branches_of(commands: tuple[Command, ...], starts: int) -> tuple[Command, ...]:
    """All branches of the ``if`` that starts there."""
    rest = takewhile(lambda one: one.name in ("elsif", "else"), islice(commands, starts + 1, None))
    return (commands[starts], *rest)


def without(line: tuple[Command, ...], branches: tuple[Command, ...]) -> tuple[Command, ...]:
    """*line* without these very commands."""
    gone = set(map(id, branches))
    return tuple(one for one in line if id(one) not in gone)


def line_of(block: tuple[Command, ...], around: tuple[Command, ...]) -> tuple[Command, ...]:
    """What runs where *block* does: what is around it too, unless it stops."""
    stops = any(command.name == "stop" for command in block)
    return block if stops else (*block, *around)


def is_kept(line: tuple[Command, ...], passed: Container[int] = ()) -> bool | None:
    """Whether a copy stays in the mailbox where *line* runs; None where that depends.

    *passed* are the branches (by :func:`id`) that stand before; what stops in one is not here.
    """
    if any(command.name in _KEEPS for command in line):
        return True
    if not any(map(_cancels, line)):
        return None if any(_cancels_within(command) for command in line) else True
    return None if any(_keeps_within(command, passed) for command in line) else False


def _cancels(command: Command) -> bool:
    return command.name in _CANCELS and not _copies(command)


def _cancels_within(command: Command) -> bool:
    """Whether another rule takes the message away, for all that a copy was left to it here."""
    if any(verdict(test) is False for test in command.tests):
        return False
    return any(_cancels(one) or _cancels_within(one) for one in command.block or ())


def _copies(command: Command) -> bool:
    return any(isinstance(one, Tag) and one.name == "copy" for one in command.arguments)


def _keeps_within(command: Command, passed: Container[int]) -> bool:
    inner = command.block or ()
    if id(command) in passed and any(one.name == "stop" for one in inner):
        return False
    return any(one.name in _KEEPS or _keeps_within(one, passed) for one in inner)
