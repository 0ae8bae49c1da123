"""Which scripts a script includes (RFC 6609 §3.2), and so which scripts run."""

from collections.abc import Iterator
from dataclasses import dataclass

from sieve_manager.domain.scripts import Script, ScriptName, ScriptSet
from sieve_manager.sieve.grammar import Command, String, Tag, Tree, parse
from sieve_manager.sieve.meaning import constant
from sieve_manager.sieve.rules import required


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """One ``include``: not *personal* is the server's own; it may be absent if *optional*."""

    name: str
    personal: bool = True
    optional: bool = False
    once: bool = False


def includes_of(tree: Tree) -> tuple[Include, ...]:
    """All includes of a script in order, wherever they stand: the server compiles each."""
    return tuple(include for _, include in includes_in(tree))


def includes_in(tree: Tree) -> Iterator[tuple[Command, Include]]:
    """The same, each with its command."""
    yield from _includes(tree.commands, required(tree))


def include_of(command: Command, required: frozenset[str]) -> Include | None:
    """What one ``include`` names, in a script that has *required* these; None for others."""
    if command.name != "include":
        return None
    tags = {argument.name for argument in command.arguments if isinstance(argument, Tag)}
    names = [argument.value for argument in command.arguments if isinstance(argument, String)]
    # Its name is a constant (§3.2), but may be spelled in code (RFC 5228 §2.4.2.4).
    name = constant(names[-1], required - {"variables"}) if names else ""
    return Include(
        name=name or "",
        personal="global" not in tags,
        optional="optional" in tags,
        once="once" in tags,
    )


def running_scripts(scripts: ScriptSet) -> tuple[Script, ...]:
    """The active script and all that it includes, as far as they were read."""
    found: dict[ScriptName, Script] = {}
    waiting = [scripts.active]
    while waiting:
        script = waiting.pop(0)
        if script is None or script.name in found:
            continue
        found[script.name] = script
        tree = parse(script.octets)
        includes = includes_of(tree) if tree else ()
        waiting += [scripts.get(ScriptName(one.name)) for one in includes if one.personal]
    return tuple(found.values())


def _includes(
    commands: tuple[Command, ...], required: frozenset[str]
) -> Iterator[tuple[Command, Include]]:
    for command in commands:
        include = include_of(command, required)
        if include is not None:
            yield command, include
        yield from _includes(command.block or (), required)
