"""What a script does, as far as we can read it: for people who look at others' rules."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from sieve_manager.sieve.dialects import Dialect, dialect_of, name_of
from sieve_manager.sieve.grammar import Command, parse
from sieve_manager.sieve.includes import Include, includes_of
from sieve_manager.sieve.meaning import constant, has_tag, last_texts, notified, targets, verdict
from sieve_manager.sieve.rules import required, rules

__all__ = ["Dialect", "ForeignRedirect", "Include", "Item", "ItemKind", "Outline", "outline"]


class ItemKind(StrEnum):
    """What an action does; OTHER is what we do not know."""

    REDIRECT = "redirect"
    FILEINTO = "fileinto"
    VACATION = "vacation"
    DISCARD = "discard"
    REJECT = "reject"
    FLAG = "flag"
    NOTIFY = "notify"
    KEEP = "keep"
    STOP = "stop"
    INCLUDE = "include"
    SET = "set"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One action: of which rule, what, with what, and whether on a condition.

    *argument* is the target, folder, flags or name; for OTHER the command itself.
    *understood* is False where we cannot say exactly what it does.
    """

    kind: ItemKind
    rule: str = ""
    argument: str = ""
    conditional: bool = False
    understood: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRedirect:
    """One target that a rule of somebody else's sends mail to.

    *target* is "" where it is not *constant* but worked out for each message; *notifies*
    says that not the message but a notice about it is sent.
    """

    target: str
    constant: bool
    rule: str
    conditional: bool
    copy: bool
    dialect: Dialect
    notifies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a script does beside our own rules, in order, without what can never run.

    *includes* are all of them, ours too. Not *readable*: not even the generic grammar fits,
    and everything else is empty.
    """

    items: tuple[Item, ...] = ()
    redirects: tuple[ForeignRedirect, ...] = ()
    includes: tuple[Include, ...] = ()
    readable: bool = True
    dialect: Dialect = Dialect.HAND
    requires: tuple[str, ...] = ()


_KINDS = {
    "redirect": ItemKind.REDIRECT,
    "fileinto": ItemKind.FILEINTO,
    "vacation": ItemKind.VACATION,
    "discard": ItemKind.DISCARD,
    "reject": ItemKind.REJECT,
    "ereject": ItemKind.REJECT,
    "addflag": ItemKind.FLAG,
    "setflag": ItemKind.FLAG,
    "removeflag": ItemKind.FLAG,
    "notify": ItemKind.NOTIFY,
    "report": ItemKind.NOTIFY,
    "keep": ItemKind.KEEP,
    "stop": ItemKind.STOP,
    "include": ItemKind.INCLUDE,
    "set": ItemKind.SET,
}
_ENDS = ("stop", "return")


def outline(octets: bytes, script_name: str = "") -> Outline:
    """Return what the script does beside our own rules; never fails.

    *script_name* helps to tell the dialect, where it is known.
    """
    tree = parse(octets)
    if tree is None:
        return Outline(readable=False)
    declared = required(tree)
    walk = _Walk(dialect_of(tree, script_name), declared)
    for rule in rules(tree):
        if not rule.is_ours:
            walk.rule = name_of(rule, tree, walk.dialect)
            walk.block(rule.commands, conditional=False)
    return Outline(
        items=tuple(walk.items),
        redirects=tuple(walk.redirects),
        includes=includes_of(tree),
        dialect=walk.dialect,
        requires=tuple(sorted(declared)),
    )


@dataclass(slots=True)
class _Walk:
    """A walk through everything that can run.

    *ended*: nothing behind can run; *may_have_ended*: what is behind depends on the message.
    """

    dialect: Dialect
    required: frozenset[str]
    rule: str = ""
    ended: bool = False
    may_have_ended: bool = False
    understood: bool = True
    items: list[Item] = field(default_factory=list)
    redirects: list[ForeignRedirect] = field(default_factory=list)

    def block(self, commands: tuple[Command, ...], *, conditional: bool) -> None:
        """Walk through commands of one level."""
        decided = False  # whether an earlier branch of this if always runs
        for command in commands:
            if command.name == "if":
                decided = False
            if self.ended or (decided and command.name in ("elsif", "else")):
                continue
            if command.name in ("if", "elsif", "else"):
                decided = self._branch(command, conditional=conditional)
            elif command.block is not None:
                self._unknown_block(command)
            elif command.name != "require":
                self._action(command, conditional)
                if command.name in _ENDS:
                    return

    def _branch(self, command: Command, *, conditional: bool) -> bool:
        known = verdict(command.tests[0]) if len(command.tests) == 1 else None
        if known is not False:
            # An elsif or else that is reached depends on the tests before it.
            always = known is True and command.name == "if"
            self.block(command.block or (), conditional=conditional or not always)
        return known is True

    def _unknown_block(self, command: Command) -> None:
        self._add(Item(kind=ItemKind.OTHER, argument=command.name, understood=False), True)
        outer, self.understood = self.understood, False
        self.block(command.block or (), conditional=True)
        self.understood = outer

    def _action(self, command: Command, conditional: bool) -> None:
        depends = conditional or self.may_have_ended
        kind = _KINDS.get(command.name, ItemKind.OTHER)
        folded = [constant(text, self.required) for text in last_texts(command)]
        argument = ", ".join(text for text in folded if text is not None).strip()
        understood = None not in folded
        match kind:
            case ItemKind.OTHER:
                argument, understood = command.name, False
            case ItemKind.REDIRECT:
                found = targets(command, self.required)
                self._redirects(command, found, depends, notifies=False)
                understood = None not in found
            case ItemKind.NOTIFY:
                found = notified(command, self.required)
                self._redirects(command, found, depends, notifies=True)
            case _:
                pass
        self._add(Item(kind=kind, argument=argument, understood=understood), depends)
        if command.name in _ENDS:
            self.ended = not conditional
            self.may_have_ended = True

    def _add(self, item: Item, conditional: bool) -> None:
        understood = item.understood and self.understood
        self.items.append(
            replace(item, rule=self.rule, conditional=conditional, understood=understood)
        )

    def _redirects(
        self,
        command: Command,
        found: tuple[str | None, ...],
        conditional: bool,
        *,
        notifies: bool,
    ) -> None:
        copy = notifies or has_tag(command, "copy")
        self.redirects += [
            ForeignRedirect(
                target=target or "",
                constant=target is not None,
                rule=self.rule,
                conditional=conditional,
                copy=copy,
                dialect=self.dialect,
                notifies=notifies,
            )
            for target in found
        ]
