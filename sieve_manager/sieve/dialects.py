"""Which program wrote a script, and what its rules are called there."""

import re
from enum import StrEnum

from sieve_manager.sieve.grammar import Comment, Tree
from sieve_manager.sieve.rules import Rule


class Dialect(StrEnum):
    """The program in whose manner a script is written; HAND where it is nobody's."""

    ROUNDCUBE = "roundcube"
    NEXTCLOUD = "nextcloud"
    HORDE = "horde"
    SNAPPYMAIL = "snappymail"
    SOGO = "sogo"
    HAND = "hand"


_MARKS = (
    (Dialect.NEXTCLOUD, re.compile(r"### Nextcloud Mail: .* ### DON'T EDIT ###")),
    (Dialect.HORDE, re.compile(r".*horde\.org/(apps/)?ingo")),
    (Dialect.SNAPPYMAIL, re.compile(r"# RAINLOOP:SIEVE")),
    (Dialect.ROUNDCUBE, re.compile(r"# rule:\[.*\]")),
)
_LINE_NAME = re.compile(r"# (?!DATA: |FILTER: )(.*)")


def dialect_of(tree: Tree, script_name: str) -> Dialect:
    """The dialect, by the comments that the program writes; our own rules do not count.

    SOGo writes no comment, but always the script of its own name.
    """
    texts = [tree.text(comment) for comment in tree.comments if not _is_ours(tree, comment)]
    for dialect, mark in _MARKS:
        if any(mark.match(text) for text in texts):
            return dialect
    return Dialect.SOGO if script_name == "sogo" else Dialect.HAND


def name_of(rule: Rule, tree: Tree, dialect: Dialect) -> str:
    """The rule's name as its owner knows it, or ""."""
    if rule.name or dialect not in (Dialect.HORDE, Dialect.NEXTCLOUD):
        return rule.name
    names = [match[1] for one in rule.comments if (match := _LINE_NAME.match(tree.text(one)))]
    return names[-1] if names else ""


def _is_ours(tree: Tree, comment: Comment) -> bool:
    return "[Sieve Manager:" in tree.text(comment)
