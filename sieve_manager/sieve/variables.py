"""Texts that hold variables (RFC 5229), as far as these are always the same."""

import re
from collections.abc import Iterator
from dataclasses import replace

from sieve_manager.domain.scripts import Script
from sieve_manager.sieve.grammar import Argument, Command, String, StringList, Tag, parse
from sieve_manager.sieve.meaning import constant, texts_of
from sieve_manager.sieve.rules import required

_VARIABLE = re.compile(r"\$\{([a-z0-9_.]+)\}", re.IGNORECASE)

Variables = dict[str, str | None]
"""Each variable's one text, by its name in lower case; None for one that differs."""


def variables_of(running: tuple[Script, ...]) -> Variables:
    """What the scripts set (§4), wherever they do."""
    known: Variables = {}
    for script in running:
        tree = parse(script.octets)
        if tree is None:
            continue
        declared = required(tree)
        for command in _everywhere(tree.commands):
            if command.name not in ("set", "extracttext"):
                continue
            texts = [one.value for one in command.arguments if isinstance(one, String)]
            value = _value(command, texts, declared)
            name = texts[0].lower() if texts else ""
            known[name] = value if known.get(name, value) == value else None
    return known


def filled(
    command: Command, declared: frozenset[str], known: Variables
) -> tuple[Command, frozenset[str]]:
    """The command with the variables that are always the same, and what is left to expand."""
    arguments, unknown = [], False
    for argument in command.arguments:
        texts = [_filled(text, declared, known) for text in texts_of(argument)]
        unknown = unknown or None in texts
        whole = [
            old if new is None else new for new, old in zip(texts, texts_of(argument), strict=True)
        ]
        arguments.append(_with_texts(argument, whole))
    rest = frozenset({"variables"}) if unknown else frozenset[str]()
    return replace(command, arguments=tuple(arguments)), rest


def _value(command: Command, texts: list[str], declared: frozenset[str]) -> str | None:
    modified = any(isinstance(one, Tag) for one in command.arguments)
    plain = command.name == "set" and len(texts) == 2 and not modified
    return constant(texts[1], declared) if plain else None


def _everywhere(commands: tuple[Command, ...]) -> Iterator[Command]:
    for command in commands:
        yield command
        yield from _everywhere(command.block or ())


def _filled(text: str, declared: frozenset[str], known: Variables) -> str | None:
    """*text* at delivery; None where that depends. Encoded characters come first (RFC 5228)."""
    decoded = constant(text, declared - {"variables"}) or ""
    if "variables" not in declared:
        return decoded
    names = [name.lower() for name in _VARIABLE.findall(decoded)]
    if any(known.get(name) is None for name in names):
        return None
    return _VARIABLE.sub(lambda found: known.get(found[1].lower()) or "", decoded)


def _with_texts(argument: Argument, texts: list[str]) -> Argument:
    match argument:
        case String():
            return String(texts[0])
        case StringList():
            return StringList(tuple(texts))
        case _:
            return argument
