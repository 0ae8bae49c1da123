"""What at delivery would cancel everything, although the server accepted the script.

Pigeonhole then answers 250, keeps the message in the inbox, and forwards nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sieve_manager.domain.scripts import Script, ScriptName, ScriptSet
from sieve_manager.sieve.grammar import Command, Tree, parse
from sieve_manager.sieve.includes import include_of, includes_of, running_scripts
from sieve_manager.sieve.meaning import verdict
from sieve_manager.sieve.outline import outline
from sieve_manager.sieve.rules import required, rules
from sieve_manager.sieve.tally import Counts, Range, goes_on, tally

# Pigeonhole's default (sieve_max_actions).
MAX_ACTIONS = 32

# What ends a message before our rule sees it, or puts it where our rule would not.
_DECIDING = frozenset(
    {"stop", "return", "include", "discard", "reject", "ereject", "fileinto", "keep"}
)

# Known to every server, and announced by none (RFC 5228 §2.7.3).
_BUILT_IN = frozenset({"comparator-i;octet", "comparator-i;ascii-casemap"})


class HazardKind(StrEnum):
    """What is wrong, or cannot be seen."""

    TOO_MANY_REDIRECTS = "too-many-redirects"
    SECOND_VACATION = "second-vacation"
    CIRCULAR_INCLUDE = "circular-include"
    MISSING_INCLUDE = "missing-include"
    UNKNOWN_EXTENSION = "unknown-extension"
    HIDDEN_REDIRECT = "hidden-redirect"
    UNREADABLE = "unreadable"
    TOO_MANY_ACTIONS = "too-many-actions"
    FILTERS_FIRST = "filters-first"
    NEVER_REACHED = "never-reached"
    REJECTS_FORWARDED = "rejects-forwarded"
    LOST_INCLUDE = "lost-include"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One hazard in the script named *script*; *detail* names the include or extension.

    *cancels*: for most messages, the server would do nothing of what the scripts say.
    """

    kind: HazardKind
    script: str
    detail: str = ""
    cancels: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookthrough:
    """All hazards, and the most redirects that can fire for one message."""

    hazards: tuple[Hazard, ...]
    redirects_used: int


def look_through(
    scripts: ScriptSet, *, max_redirects: int, extensions: frozenset[str]
) -> Lookthrough:
    """Look through all that runs: the active script and what it includes.

    Included scripts that are listed and were not read are taken for harmless.
    """
    if scripts.active is None:
        return Lookthrough(hazards=(), redirects_used=0)
    running = running_scripts(scripts)
    total, usual = tally(running), tally(running, ours_apply=True)
    hazards = [
        *_about_totals(total, usual.least, scripts.active, max_redirects),
        *_about_rejects(usual, scripts.active),
        *(
            hazard
            for script in running
            for hazard in _about_script(script, running, scripts, extensions)
        ),
    ]
    return Lookthrough(hazards=tuple(hazards), redirects_used=total.most.redirects)


def _about_totals(
    total: Range, usual: Counts, active: Script, max_redirects: int
) -> Iterator[Hazard]:
    """Conditions may well exclude one another here, so only what is usual cancels."""
    script = str(active.name)
    if total.most.redirects > max_redirects:
        yield Hazard(
            kind=HazardKind.TOO_MANY_REDIRECTS,
            script=script,
            detail=str(total.most.redirects),
            cancels=usual.redirects > max_redirects,
        )
    if total.most.vacations > 1:
        yield Hazard(kind=HazardKind.SECOND_VACATION, script=script, cancels=usual.vacations > 1)
    if total.most.actions > MAX_ACTIONS:
        yield Hazard(
            kind=HazardKind.TOO_MANY_ACTIONS,
            script=script,
            detail=str(total.most.actions),
            cancels=usual.actions > MAX_ACTIONS,
        )


def _about_rejects(usual: Range, active: Script) -> Iterator[Hazard]:
    """A message cannot be both rejected (RFC 5429) and forwarded.

    Pigeonhole then does neither: the message stays in the inbox.
    """
    if usual.least.redirects and usual.most.rejects:
        yield Hazard(kind=HazardKind.REJECTS_FORWARDED, script=str(active.name), cancels=False)


def _about_script(
    script: Script,
    running: Sequence[Script],
    scripts: ScriptSet,
    extensions: frozenset[str],
) -> Iterator[Hazard]:
    name = str(script.name)
    tree = parse(script.octets)
    if tree is None:
        yield Hazard(kind=HazardKind.UNREADABLE, script=name, cancels=False)
        return
    for extension in sorted(required(tree) - extensions - _BUILT_IN):
        yield Hazard(kind=HazardKind.UNKNOWN_EXTENSION, script=name, detail=extension, cancels=True)
    for include in includes_of(tree):
        missing = ScriptName(include.name) not in scripts.listing.names
        if missing and include.personal and not include.optional:
            yield Hazard(
                kind=HazardKind.MISSING_INCLUDE, script=name, detail=include.name, cancels=True
            )
    for name_of_lost in _lost(tree, scripts):
        yield Hazard(kind=HazardKind.LOST_INCLUDE, script=name, detail=name_of_lost, cancels=False)
    if _includes_itself(script, scripts):
        yield Hazard(kind=HazardKind.CIRCULAR_INCLUDE, script=name, cancels=True)
    if any(not redirect.constant for redirect in outline(script.octets).redirects):
        yield Hazard(kind=HazardKind.HIDDEN_REDIRECT, script=name, cancels=False)
    yield from _about_place(script, tree, running)


def _lost(tree: Tree, scripts: ScriptSet) -> Iterator[str]:
    """What our rule includes, and is not there any more; ``:optional`` keeps the server silent."""
    ours = [command for rule in rules(tree) if rule.is_our_include for command in rule.commands]
    for command in _running(ours):
        include = include_of(command, required(tree))
        if include and include.personal and ScriptName(include.name) not in scripts.listing.names:
            yield include.name


def _about_place(script: Script, tree: Tree, running: Sequence[Script]) -> Iterator[Hazard]:
    """Whether others' rules decide before our forward; an editor lets people move it."""
    name, found = str(script.name), rules(tree)
    for at, rule in enumerate(found):
        if rule.is_ours and not rule.is_our_include and _can_run(rule.commands[0]):
            before = tuple(command for other in found[:at] for command in other.commands)
            if not goes_on(running, before):
                yield Hazard(kind=HazardKind.NEVER_REACHED, script=name, cancels=False)
            elif any(command.name in _DECIDING for command in _running(before)):
                yield Hazard(kind=HazardKind.FILTERS_FIRST, script=name, cancels=False)
            return


def _running(commands: Iterable[Command]) -> Iterator[Command]:
    for command in commands:
        if _can_run(command):
            yield command
            yield from _running(command.block or ())


def _can_run(command: Command) -> bool:
    return len(command.tests) != 1 or verdict(command.tests[0]) is not False


def _includes_itself(script: Script, scripts: ScriptSet) -> bool:
    """Whether includes lead back to the script; the server passes over those with ``:once``."""
    seen: set[ScriptName] = set()
    waiting = [script]
    while waiting:
        tree = parse(waiting.pop().octets)
        for include in includes_of(tree) if tree else ():
            name = ScriptName(include.name)
            if not include.personal or include.once:
                continue
            if name == script.name:
                return True
            found = scripts.get(name)
            if found and name not in seen:
                seen.add(name)
                waiting.append(found)
    return False
