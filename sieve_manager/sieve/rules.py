"""A script as other editors see it: a row of named rules; and which of them are ours."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sieve_manager.sieve.grammar import LARGEST_KEPT, Command, Comment, String, StringList, Tree

OUR_PREFIX = "Sieve Manager:"
FORWARD_NAME = f"{OUR_PREFIX} forward"
INCLUDE_NAME = f"{OUR_PREFIX} other filters"
CASE_NAME = f"{OUR_PREFIX} case"
REQUIRE_MARK = "# Sieve Manager"
HEADER = "# This script was made by Sieve Manager."

# Roundcube's own pattern: greedy, so that a name may hold "]".
_NAMED = re.compile(r"# rule:\[(.*)\]")
_GAP = re.compile(rb"[ \t]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A top-level command, or an ``if`` with its ``elsif`` and ``else``.

    *name* is that of its ``# rule:[...]``, or "". It stretches from octet *start* (of that
    comment, where there is one) to *end*. *comments* are those before it.
    """

    name: str
    commands: tuple[Command, ...]
    comments: tuple[Comment, ...]
    start: int
    end: int

    @property
    def is_ours(self) -> bool:
        """Whether it carries our name; only an ``if`` can, for a comment may be left over."""
        return self.name.startswith(OUR_PREFIX) and self.commands[0].name == "if"

    @property
    def is_our_include(self) -> bool:
        """Whether it is the rule of ours that includes the script that was active before."""
        return self.is_ours and self.name == INCLUDE_NAME

    @property
    def is_case(self) -> bool:
        """Whether it belongs to a case, which has several rules."""
        return self.is_ours and self.name.startswith(f"{CASE_NAME} ")

    @property
    def is_forward(self) -> bool:
        """Whether it is the owner's forward, or was."""
        return self.is_ours and not self.is_our_include and not self.is_case


def rules(tree: Tree) -> tuple[Rule, ...]:
    """Return the rules of a script in order; ``require`` is a rule too.

    Those of the last few trees are kept, as the trees themselves are.
    """
    return _kept(tree) if len(tree.octets) <= LARGEST_KEPT else tuple(_found(tree))


@lru_cache(maxsize=8)
def _kept(tree: Tree) -> tuple[Rule, ...]:
    return tuple(_found(tree))


def _found(tree: Tree) -> Iterator[Rule]:
    commands, comments = tree.commands, tree.comments
    at, seen, previous_end = 0, 0, 0
    while at < len(commands):
        first = at
        at += 1
        if commands[first].name == "if":
            while at < len(commands) and commands[at].name in ("elsif", "else"):
                at += 1
        chain = commands[first:at]
        while seen < len(comments) and comments[seen].start < previous_end:
            seen += 1  # inside the rule before
        before = seen
        while seen < len(comments) and comments[seen].start < chain[0].start:
            seen += 1
        yield _rule(tree, chain, comments[before:seen])
        previous_end = chain[-1].end


def without_name(source: str) -> str:
    """The source of a rule without the comment that names it: a rule of anybody's."""
    match = _NAMED.match(source)
    return source[match.end() :] if match else source


def comments_between(tree: Tree, start: int, end: int) -> tuple[Comment, ...]:
    """The comments that begin at octet *start* or later and before *end*."""
    first = bisect_left(tree.comments, start, key=lambda comment: comment.start)
    last = bisect_left(tree.comments, end, key=lambda comment: comment.start)
    return tree.comments[first:last]


def leading_requires(tree: Tree) -> tuple[Command, ...]:
    """The ``require`` commands at the beginning, where alone they may stand (RFC 5228 §3.2)."""
    count = 0
    while count < len(tree.commands) and tree.commands[count].name == "require":
        count += 1
    return tree.commands[:count]


def required(tree: Tree) -> frozenset[str]:
    """All extensions that the script requires."""
    return frozenset().union(*(_names(command) for command in leading_requires(tree)))


def required_by(command: Command) -> frozenset[str]:
    """The extensions that one ``require`` names."""
    return _names(command)


def is_our_require(tree: Tree, command: Command) -> bool:
    """Whether our mark stands behind this ``require``; an editor that merges drops it."""
    return _mark_behind(tree, command) is not None


def end_of_our_require(tree: Tree, command: Command) -> int:
    """The octet behind our ``require`` and its mark."""
    mark = _mark_behind(tree, command)
    return mark.end if mark else command.end


def has_header(tree: Tree) -> bool:
    """Whether the script begins as one that we created."""
    return header_of(tree) is not None


def header_of(tree: Tree) -> Comment | None:
    """Our header among the comments before the first command."""
    first = tree.commands[0].start if tree.commands else len(tree.octets)
    found = (one for one in comments_between(tree, 0, first) if tree.text(one) == HEADER)
    return next(found, None)


def _mark_behind(tree: Tree, command: Command) -> Comment | None:
    if command.name != "require":
        return None
    at = bisect_left(tree.comments, command.end, key=lambda comment: comment.start)
    gap = _GAP.match(tree.octets, command.end)
    for comment in tree.comments[at : at + 1]:
        if gap and gap.end() == comment.start and tree.text(comment) == REQUIRE_MARK:
            return comment
    return None


def _rule(tree: Tree, chain: tuple[Command, ...], comments: tuple[Comment, ...]) -> Rule:
    name, start = "", chain[0].start
    for comment in comments:
        if match := _NAMED.match(tree.text(comment)):
            name, start = match.group(1), comment.start
    return Rule(name=name, commands=chain, comments=comments, start=start, end=chain[-1].end)


def _names(command: Command) -> frozenset[str]:
    found: set[str] = set()
    for argument in command.arguments:
        match argument:
            case String():
                found.add(argument.value)
            case StringList():
                found.update(argument.values)
            case _:
                continue
    return frozenset(found)
