"""Our rules without the others': for those who may see only what this program wrote."""

from sieve_manager.sieve.grammar import parse
from sieve_manager.sieve.read_back import read_back
from sieve_manager.sieve.rule_parts import SpamHeaders, source_of
from sieve_manager.sieve.rules import rules

_CHANGED = "# A rule of ours that somebody has changed."


def ours_alone(octets: bytes, spam_headers: SpamHeaders = ()) -> str:
    """The text of our rules in this script, each ending its line.

    A rule that somebody changed beyond what we write may say anything, so it is only counted;
    the one that includes another script names it, and is left out.
    """
    tree = parse(octets)
    if tree is None:
        return ""
    known = read_back(octets, spam_headers)
    changed = {*known.changed, *known.case_changed}
    found = [
        source_of(rule, tree) for rule in rules(tree) if rule.is_ours and not rule.is_our_include
    ]
    return "".join(f"{_CHANGED if one in changed else one}\n" for one in found)


def count_others(octets: bytes) -> int:
    """How many rules are not ours; a script that we cannot read counts as one."""
    tree = parse(octets)
    if tree is None:
        return 1
    return sum(not rule.is_ours and rule.commands[0].name != "require" for rule in rules(tree))
