"""An independent judge of what we emit: sievelib must see in it exactly what was meant."""

from collections.abc import Sequence

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


def judged(text: str, requires: Sequence[str], forward: Forward, folder: str | None) -> None:
    """Let sievelib read *text*, a rule of ours, and compare its actions with the model.

    Raises:
        InvalidInputError: sievelib refuses it or sees something else; nobody should see this.
    """
    # What a paused rule would do stands in a comment, which the judge must read too.
    source = text.replace("if false # ", "if ", 1)
    if requires:
        source = f"require {quote_list(requires)};\r\n{source}"
    parser = Parser()
    if not parser.parse(source) or _seen(parser) != _meant(forward, folder):
        raise InvalidInputError("This cannot be written as a safe rule.", code="judge")


def _seen(parser: Parser) -> list[tuple[str, str, bool]]:
    """Each action's name, its text, and whether it copies."""
    rule = parser.result[-1]
    return [
        (
            action.name,
            next((tools.unquote(str(text)) for text in _texts(action)), ""),
            "copy" in action.arguments,
        )
        for action in rule.children
    ]


def _texts(action: commands.Command) -> list[str]:
    return [text for text in action.arguments.values() if not str(text).startswith(":")]


def _meant(forward: Forward, folder: str | None) -> list[tuple[str, str, bool]]:
    copied = forward.copy.kind is not CopyKind.NONE
    meant = [("redirect", str(address), copied) for address in forward.destinations]
    if forward.copy.kind is CopyKind.READ:
        meant.append(("addflag", "\\Seen", False))
    if folder is not None:
        meant.append(("fileinto", folder, False))
    if forward.copy.stops:
        meant.append(("stop", "", False))
    return meant
