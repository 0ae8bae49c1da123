"""Where our rules stand inside a script, and how to put them in and take them out to the octet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from sieve_manager.sieve.compile import CompiledRule
from sieve_manager.sieve.grammar import BOM, Command, Tree
from sieve_manager.sieve.quoting import expands, quote_list
from sieve_manager.sieve.rule_parts import ChangedError, test_of
from sieve_manager.sieve.rules import (
    REQUIRE_MARK,
    Rule,
    comments_between,
    end_of_our_require,
    header_of,
    is_our_require,
    leading_requires,
    required,
    required_by,
    rules,
)
from sieve_manager.sieve.usage import used_by_commands, used_by_test, used_extensions

_LINE_BREAK = re.compile(rb"\r?\n")
# A remark on the line stays with it, but the name of a rule belongs to what follows.
_REST_OF_LINE = re.compile(rb"[ \t]*(?:#(?! rule:\[)[^\n]*)?\r?\n")
_NEXTCLOUD = re.compile(
    rb"^### Nextcloud Mail: ([^#\n]*) ### DON'T EDIT ###[^\n]*\n?", re.MULTILINE
)
_EXPANDING = frozenset({"variables", "encoded-character"})


@dataclass(frozen=True, slots=True)
class Edit:
    """Octets *start* to *end* become *octets*."""

    start: int
    end: int
    octets: bytes


def newline_of(octets: bytes) -> bytes:
    """The line end that most lines of a script have; CRLF where it has none."""
    crlf = octets.count(b"\r\n")
    return b"\r\n" if crlf * 2 >= octets.count(b"\n") else b"\n"


class Keep(Enum):
    """For rules of ours that stay as they are, also where somebody has changed them."""

    KEEP = "keep"


KEEP = Keep.KEEP
Wanted = CompiledRule | Keep | None
"""What becomes of our rules of one kind: these in their place, as they are, or none."""


def can_hold(tree: Tree, rule: CompiledRule) -> bool:
    """Whether our rules can stand in this script and mean there what they say.

    A script that uses what it does not declare does not run now, and our declarations would
    make it run: that is not ours to decide.
    """
    declared = required(tree)
    if declared & _EXPANDING and expands(rule.text):
        return False
    undeclared = used_extensions(tree, without=_our_rules(tree)) - declared
    return not undeclared & set(rule.requires) and insertion_point(tree) is not None


def insertion_point(tree: Tree) -> int | None:
    """The octet where our rules go: behind the last leading ``require``, at a line's start.

    Without any ``require`` it is behind the comments that head the script, so that they go on
    heading it. Where something follows on the line, it is in the middle of that line. It is
    never inside one of Nextcloud's blocks; None where that leaves no place.
    """
    requires = leading_requires(tree)
    point = _behind(tree, requires[-1]) if requires else _behind_heading(tree)
    for start, end in _nextcloud_blocks(tree.octets):
        if start < point < end:
            point = end
    following = [command.start for command in tree.commands[len(requires) :]]
    last = min([len(tree.octets), *following[:1]])
    return None if point > last or _is_in_comment(tree, point) else point


def insert(tree: Tree, forward: Wanted, case: Wanted = KEEP) -> bytes:
    """Return the script with these as our rules, everything else unchanged.

    A forward that is there already is replaced where it stands; the rules of a case stand
    before everything else that decides.
    """
    newline = newline_of(tree.octets)
    point = insertion_point(tree) or 0
    ours = _our_rules(tree)
    staying = [one for one in ours if (case if one.is_case else forward) is KEEP]
    gone = [one for one in ours if one not in staying]
    includes = any(one.is_our_include for one in rules(tree))
    needed = {*_requires(forward), *_requires(case), *(("include",) if includes else ())}
    needed |= {extension for one in staying for extension in _used_by(one, tree)}
    edits = _require_edits(tree, frozenset(needed), point, newline)
    if isinstance(case, CompiledRule):
        edits.append(Edit(point, point, _text(case, newline)))
    if isinstance(forward, CompiledRule):
        old = next((one for one in gone if one.is_forward), None)
        behind = _behind_case(tree, point) if case is KEEP else point
        place = (old.start, _line_end(tree, old.end)) if old else (behind, behind)
        edits.append(Edit(*place, _text(forward, newline)))
        gone = [one for one in gone if one is not old]
    return _applied(tree.octets, [*edits, *_removals(tree, gone)])


def _used_by(rule: Rule, tree: Tree) -> frozenset[str]:
    """What a rule of ours uses, also one that is paused, for whoever resumes it."""
    try:
        _, test = test_of(rule.commands[0], tree)
    except ChangedError:
        return used_by_commands(rule.commands)
    return used_by_commands(rule.commands) | used_by_test(test)


def _behind_case(tree: Tree, point: int) -> int:
    """*point*, or behind the rules of a case that stand there."""
    for rule in rules(tree):
        if rule.start == point and rule.is_case:
            point = _line_end(tree, rule.end)
    return point


def _requires(wanted: Wanted) -> tuple[str, ...]:
    return wanted.requires if isinstance(wanted, CompiledRule) else ()


def _text(rule: CompiledRule, newline: bytes) -> bytes:
    return rule.text.encode().replace(b"\r\n", newline)


def remove(tree: Tree) -> bytes:
    """Return the script without anything of ours in it.

    What others use and only our ``require`` declared stays declared; an include of ours stays
    as anybody's, for what it includes is not ours to switch off.
    """
    edits = _removals(tree, _our_rules(tree))
    for rule in rules(tree):
        if rule.is_our_include:
            edits.append(Edit(rule.start, rule.commands[0].start, b""))
    edits += _require_edits(tree, frozenset(), 0, newline_of(tree.octets))
    header = header_of(tree)
    if header:
        edits.append(Edit(header.start, _line_end(tree, header.end), b""))
    return _applied(tree.octets, edits)


def _our_rules(tree: Tree) -> list[Rule]:
    return [rule for rule in rules(tree) if rule.is_ours and not rule.is_our_include]


def _removals(tree: Tree, gone: Iterable[Rule]) -> list[Edit]:
    return [Edit(rule.start, _line_end(tree, rule.end), b"") for rule in gone]


def _require_edits(tree: Tree, needed: frozenset[str], point: int, newline: bytes) -> list[Edit]:
    """Declare what we need in a ``require`` of our own, so that nobody else's change ends it.

    Where an editor has merged ours into its own, it is no longer ours to change.
    """
    requires = leading_requires(tree)
    ours = [command for command in requires if is_our_require(tree, command)]
    theirs = _declared([command for command in requires if not is_our_require(tree, command)])
    kept = used_extensions(tree, without=_our_rules(tree)) & _declared(ours) - theirs
    if ours:
        first, *others = ours
        line = _require_line(needed, kept, newline)
        edits = [Edit(first.start, _line_end(tree, end_of_our_require(tree, first)), line)]
        return edits + [
            Edit(one.start, _line_end(tree, end_of_our_require(tree, one)), b"") for one in others
        ]
    if needed <= theirs and _our_rules(tree):
        return []
    return [Edit(point, point, _require_line(needed, frozenset(), newline))]


def _declared(requires: list[Command]) -> frozenset[str]:
    return frozenset().union(*(required_by(command) for command in requires))


def _require_line(needed: frozenset[str], kept: frozenset[str], newline: bytes) -> bytes:
    names = sorted({*needed, *kept})
    if not names:
        return b""
    # Without a rule of ours the declaration belongs to those who use it.
    mark = f" {REQUIRE_MARK}" if needed else ""
    return f"require {quote_list(names)};{mark}".encode() + newline


def _line_end(tree: Tree, end: int) -> int:
    """*end*, or the octet behind the line break that follows directly."""
    match = _LINE_BREAK.match(tree.octets, end)
    return match.end() if match else end


def _behind(tree: Tree, command: Command) -> int:
    match = _REST_OF_LINE.match(tree.octets, command.end)
    return match.end() if match else command.end


def _behind_heading(tree: Tree) -> int:
    """Behind the comments that an empty line, or a rule's name, sets off from the first rule."""
    first = next(iter(rules(tree)), None)
    if first and first.name:
        return first.start
    end = first.start if first else len(tree.octets)
    comments = comments_between(tree, 0, end)
    places = [*(comment.start for comment in comments), end]
    point = len(BOM) if tree.octets.startswith(BOM) else 0
    for comment, place in zip(comments, places[1:], strict=True):
        gap = tree.octets[comment.end : place]
        if gap.count(b"\n") > 1 or (place == len(tree.octets) and b"\n" in gap):
            point = comment.end + gap.rindex(b"\n") + 1
    return point


def _is_in_comment(tree: Tree, point: int) -> bool:
    """Whether *point* is within a comment, or behind one that no line break ends."""
    before = comments_between(tree, 0, point)[-1:]
    return any(b"\n" not in tree.octets[one.end : point] and point > one.start for one in before)


def _nextcloud_blocks(octets: bytes) -> list[tuple[int, int]]:
    """The blocks that Nextcloud replaces as a whole; each kind has separators of its own.

    One that is not closed goes beyond the end of the script.
    """
    blocks: list[tuple[int, int]] = []
    opened: dict[bytes, int] = {}
    for match in _NEXTCLOUD.finditer(octets):
        kind = match.group(1)
        if kind in opened:
            blocks.append((opened.pop(kind), match.end()))
        else:
            opened[kind] = match.start()
    return sorted([*blocks, *((start, len(octets) + 1) for start in opened.values())])


def _applied(octets: bytes, edits: Iterable[Edit]) -> bytes:
    parts, at = [], 0
    # Stable: where two begin at one octet, the require was put first.
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [octets[at : edit.start], edit.octets]
        at = edit.end
    return b"".join([*parts, octets[at:]])
