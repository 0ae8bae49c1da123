"""Whether what scripts do not forward stays in the mailbox, or is deleted or rejected."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import NamedTuple

from sieve_manager.domain.scripts import ScriptName, ScriptSet
from sieve_manager.sieve.grammar import Command, Tree, parse
from sieve_manager.sieve.includes import include_of, running_scripts
from sieve_manager.sieve.keeping import branches_of
from sieve_manager.sieve.meaning import has_tag, verdict
from sieve_manager.sieve.rules import required

_STORES = frozenset({"keep", "fileinto"})
_DROPS = frozenset({"discard", "reject", "ereject"})
_MOST_INCLUDES = 200


class _Message(NamedTuple):
    """What was done so far; *kept*: it stays unless that is cancelled (RFC 5228 §2.10.2)."""

    kept: bool = True
    stored: bool = False
    sent: bool = False


_Messages = AbstractSet[_Message]


def stays(scripts: ScriptSet) -> bool | None:
    """Whether what is not forwarded stays; None: that depends on the message. Never fails."""
    trees = ((one.name, parse(one.octets)) for one in running_scripts(scripts))
    walk = _Walk({name: tree for name, tree in trees if tree})
    if scripts.active:
        walk.stopped |= walk.script(scripts.active.name, {_Message()})
    found = {one.kept or one.stored for one in walk.stopped if not one.sent}
    return found.pop() if len(found) == 1 else None if found else True


@dataclass(slots=True)
class _Walk:
    """All ways through the scripts at once; *stopped* are the messages at their end."""

    trees: dict[ScriptName, Tree]
    stopped: set[_Message] = field(default_factory=set)
    within: list[ScriptName] = field(default_factory=list)
    includes: int = 0

    def script(self, name: ScriptName, messages: _Messages) -> _Messages:
        tree = self.trees.get(name)
        self.includes += 1
        if tree is None or name in self.within or self.includes > _MOST_INCLUDES:
            return messages
        self.within.append(name)
        returned: set[_Message] = set()
        going = self.block(tree.commands, messages, _Script(required(tree), returned))
        self.within.pop()
        return going | returned

    def block(
        self, commands: tuple[Command, ...], messages: _Messages, script: "_Script"
    ) -> _Messages:
        for number, command in enumerate(commands):
            if not messages:
                break
            if command.name == "if":
                branches = branches_of(commands, number)
                messages = set().union(*self.chain(branches, messages, script))
            elif command.name not in ("elsif", "else"):
                messages = self.single(command, messages, script)
        return messages

    def chain(
        self, branches: tuple[Command, ...], messages: _Messages, script: "_Script"
    ) -> Iterator[_Messages]:
        """What comes out of each branch that may run, and past all of them."""
        for one in branches:
            known = verdict(one.tests[0]) if len(one.tests) == 1 else None
            if known is not False:
                yield self.block(one.block or (), messages, script)
            if known is True or one.name == "else":
                return
        yield messages

    def single(self, command: Command, messages: _Messages, script: "_Script") -> _Messages:
        if command.name == "stop":
            self.stopped |= messages
            return set()
        if command.name == "return":
            script.returned.update(messages)
            return set()
        include = include_of(command, script.required)
        if include is not None:
            return self.script(ScriptName(include.name), messages) if include.personal else messages
        if command.block is not None:  # of an extension: it may run or not
            return messages | self.block(command.block, messages, script)
        return {_after(command, one) for one in messages}


@dataclass(frozen=True, slots=True)
class _Script:
    required: frozenset[str]
    returned: set[_Message]


def _after(command: Command, message: _Message) -> _Message:
    match command.name:
        case name if name in _STORES:
            return message._replace(stored=True)
        case name if name in _DROPS:
            return message._replace(kept=False)
        case "redirect":
            return message._replace(sent=True, kept=message.kept and has_tag(command, "copy"))
        case _:
            return message
