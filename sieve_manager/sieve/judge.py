"""An independent judge of what we emit: sievelib must see in it exactly what was meant."""

from collections.abc import Sequence
from functools import lru_cache

from sievelib import commands, tools
from sievelib.parser import Parser

from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.quoting import quote_list


class SpamtestCommand(commands.TestCommand):  # type: ignore[misc]  # sievelib has no types
    """The ``spamtest`` test as we write it (RFC 5235), which sievelib does not know."""

    extension = "spamtest"
    args_definition = [  # noqa: RUF012  # the shape that sievelib asks for
        {
            "name": "comparator",
            "type": ["tag"],
            "values": [":comparator"],
            "extra_arg": {"type": "string", "values": ['"i;ascii-numeric"']},
            "required": False,
        },
        commands.match_type,
        {"name": "value", "type": ["string"], "required": True},
    ]


commands.add_commands(SpamtestCommand)


Action = tuple[str, str, bool]
"""An action's name, its text, and whether it copies."""


def judged(text: str, requires: Sequence[str], meant: Sequence[Sequence[Action]]) -> None:
    """Let sievelib read *text*, rules of ours, and compare each rule's actions with *meant*.

    Raises:
        InvalidInputError: sievelib refuses it or sees something else; nobody should see this.
    """
    # What a paused rule would do stands in a comment, which the judge must read too.
    source = text.replace("if false # ", "if ", 1)
    if requires:
        source = f"require {quote_list(requires)};\r\n{source}"
    if _seen(source) != tuple(tuple(actions) for actions in meant):
        raise InvalidInputError("This cannot be written as a safe rule.", code="judge")


def meant_by(forward: Forward, folder: str | None) -> list[Action]:
    """The actions of the rule of *forward*, whose copy goes into *folder*, if any."""
    copied = forward.copy.kind is not CopyKind.NONE
    meant = [("redirect", str(address), copied) for address in forward.destinations]
    if forward.copy.kind is CopyKind.READ:
        meant.append(("addflag", "\\Seen", False))
    if folder is not None:
        meant.append(("fileinto", folder, False))
    if forward.copy.stops:
        meant.append(("stop", "", False))
    return meant


@lru_cache(maxsize=1024)
def _seen(source: str) -> tuple[tuple[Action, ...], ...] | None:
    """The actions of each rule; None where it is refused.

    Kept, for the same rule is judged at the preview, the review, the rehearsal and the save.
    """
    parser = Parser()
    if not parser.parse(source):
        return None
    rules = (rule for rule in parser.result if rule.name != "require")
    return tuple(tuple(_action(action) for action in rule.children) for rule in rules)


def _action(action: commands.Command) -> Action:
    texts = (text for text in action.arguments.values() if not str(text).startswith(":"))
    text = action.arguments["reason"] if action.name == "vacation" else next(texts, "")
    return action.name, tools.unquote(str(text)), "copy" in action.arguments
