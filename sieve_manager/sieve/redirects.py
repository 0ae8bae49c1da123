"""Every way by which the scripts that run send mail elsewhere, also those that hide."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sieve_manager.domain.scripts import Script, ScriptName, ScriptSet
from sieve_manager.sieve.conditions import (
    UNREAD,
    Condition,
    ConditionKind,
    Conditions,
    read_test,
)
from sieve_manager.sieve.dialects import Dialect, dialect_of, name_of
from sieve_manager.sieve.grammar import Command, Tree, parse
from sieve_manager.sieve.includes import Include, include_of, running_scripts
from sieve_manager.sieve.keeping import branches_of, is_kept, line_of, without
from sieve_manager.sieve.meaning import notified, targets, verdict
from sieve_manager.sieve.rule_parts import ChangedError, test_of
from sieve_manager.sieve.rules import Rule, required, rules
from sieve_manager.sieve.variables import Variables, filled, variables_of

MOST_REDIRECTS = 200
"""No server carries out so many for one message, but a script can hold more, to hide one."""

_DEEPEST = 10  # includes within includes, as for Pigeonhole


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRedirect:
    """One target of one ``redirect``, or of a ``notify`` or ``report`` by mail (*notifies*).

    *target* is "" where it is worked out for each message. *starts* and *ends* are the first
    and the last instant (UTC). *kept*: whether a copy stays; None where that depends. *ours*
    says that the rule is one of ours, *of_case* that it belongs to a case.
    """

    target: str
    notifies: bool
    script: ScriptName
    rule: str
    dialect: Dialect
    ours: bool
    of_case: bool
    conditions: tuple[Condition, ...]
    starts: datetime | None
    ends: datetime | None
    kept: bool | None
    paused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirects:
    """All redirects in the order in which they run, and the scripts that could not be read, or
    not to their end.

    *unseen* are included scripts of the server itself, which nobody can read over ManageSieve.
    """

    found: tuple[FoundRedirect, ...] = ()
    unreadable: tuple[ScriptName, ...] = ()
    unseen: tuple[str, ...] = ()


def redirects_of(scripts: ScriptSet) -> Redirects:
    """Read the active script and all that it includes; never fails."""
    running = running_scripts(scripts)
    walk = _Walk(scripts, variables_of(running))
    if scripts.active:
        walk.script(scripts.active)
    return Redirects(
        found=tuple(walk.found[:MOST_REDIRECTS]),
        unreadable=tuple(
            dict.fromkeys(
                [*(one.name for one in running if parse(one.octets) is None), *walk.unread]
            )
        ),
        unseen=tuple(dict.fromkeys(walk.unseen)),
    )


@dataclass(frozen=True, slots=True)
class _Current:
    """The script and rule that the walk is in; *line* is what runs together with it."""

    script: Script
    tree: Tree
    required: frozenset[str]
    dialect: Dialect
    rule: Rule
    line: tuple[Command, ...]

    @property
    def named(self) -> tuple[Rule, Tree, Dialect]:
        return self.rule, self.tree, self.dialect


@dataclass(slots=True)
class _Place:
    """Where in the scripts the walk is, and under which conditions.

    *apart* are the branches of each ``if`` around it: of these, no other one runs.
    """

    current: _Current
    conditions: Conditions
    paused: bool
    apart: tuple[Command, ...] = ()


@dataclass(slots=True)
class _Walk:
    """A walk through everything that runs, or would if it were not paused.

    *ended*: nothing behind can run, because of a ``stop`` or a ``return``; *may_have_ended*:
    whether what is behind runs depends on the message.
    """

    scripts: ScriptSet
    variables: Variables
    found: list[FoundRedirect] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    unread: list[ScriptName] = field(default_factory=list)
    within: list[ScriptName] = field(default_factory=list)  # the scripts that include one another
    ended: str = ""
    may_have_ended: bool = False
    passed: dict[int, Command] = field(default_factory=dict)  # branches behind us, by identity
    includes: int = 0

    def script(self, script: Script, at: _Place | None = None) -> None:
        """One script, from its first rule; *at* is where it is included."""
        tree = parse(script.octets)
        self.includes += 1
        if tree is None or script.name in self.within:  # servers refuse a circle (RFC 6609 §3.2)
            return
        if len(self.within) > _DEEPEST or self.includes > MOST_REDIRECTS:
            self.unread.append(script.name)
            return
        self.within.append(script.name)
        dialect = dialect_of(tree, script.name.text)
        all_commands = tuple(command for rule in rules(tree) for command in rule.commands)
        line = line_of(all_commands, at.current.line if at else ())
        for rule in rules(tree):
            current = _Current(script, tree, required(tree), dialect, rule, line)
            conditions = at.conditions if at else Conditions()
            apart = at.apart if at else ()
            place = _Place(current, conditions, paused=bool(at and at.paused), apart=apart)
            self.block(rule.commands, place)
        self.within.pop()
        if self.ended == "return":
            self.ended = ""

    def block(self, commands: tuple[Command, ...], place: _Place) -> None:
        """The commands of one level."""
        starts, decided = 0, False  # whether an earlier branch of this if always runs
        for number, command in enumerate(commands):
            if command.name == "if":
                starts, decided = number, False
            if self.ended and not place.paused:
                return
            if len(self.found) >= MOST_REDIRECTS:
                self.unread.append(place.current.script.name)
                return
            if command.name in ("if", "elsif", "else"):
                if not decided:
                    apart = (*place.apart, *branches_of(commands, starts))
                    decided = self.branch(command, replace(place, apart=apart))
            elif command.block is not None:
                self.inside(command.block, place, UNREAD)
            else:
                self.action(command, place)

    def branch(self, command: Command, place: _Place) -> bool:
        """One branch of an ``if``; whether none behind it can run."""
        test = command.tests[0] if len(command.tests) == 1 else None
        known = verdict(test) if test else None
        if known is False:
            if command.name == "if":
                self.paused(command, place)
            return False
        conditions = place.conditions.copy()
        if command.name != "if":
            conditions.add(Condition(kind=ConditionKind.OTHERWISE))
        if test and known is None:
            read_test(test, conditions)
        always = known is True and command.name == "if"
        if always:
            self.inside(command.block or (), place)
            self.passed[id(command)] = command
            return True
        before, self.ended = self.ended, ""
        self.inside(command.block or (), replace(place, conditions=conditions))
        self.passed[id(command)] = command
        self.may_have_ended = self.may_have_ended or (bool(self.ended) and not place.paused)
        self.ended = before
        return known is True

    def paused(self, command: Command, place: _Place) -> None:
        """An ``if false``: the way in which editors pause a rule, whose test is in a comment."""
        conditions = place.conditions.copy()
        try:
            _, test = test_of(command, place.current.tree)
        except ChangedError:
            test = None
        if test:
            read_test(test, conditions)
        else:
            conditions.add(UNREAD)
        self.inside(command.block or (), replace(place, paused=True, conditions=conditions))

    def inside(self, block: tuple[Command, ...], place: _Place, *more: Condition) -> None:
        """A block within the present one."""
        conditions = place.conditions.copy()
        for condition in more:
            conditions.add(condition)
        current = replace(place.current, line=line_of(block, place.current.line))
        self.block(block, replace(place, current=current, conditions=conditions))

    def action(self, command: Command, place: _Place) -> None:
        """One action."""
        current = place.current
        match command.name:
            case "stop" | "return" if not place.paused:
                self.ended = command.name
            case "redirect":
                whole, rest = filled(command, current.required, self.variables)
                self.add(targets(whole, rest), place, notifies=False)
            case "notify" | "report":
                whole, rest = filled(command, current.required, self.variables)
                self.add(notified(whole, rest), place, notifies=True)
            case _:
                include = include_of(command, current.required)
                if include:
                    self.include(include, place)

    def include(self, include: Include, place: _Place) -> None:
        """What is included runs here, under the conditions that hold here."""
        if not include.personal:
            self.unseen.append(include.name)
            return
        name = ScriptName(include.name)
        script = self.scripts.get(name)
        if script:
            self.script(script, place)
        elif name in self.scripts.listing.names:  # too many for whoever read them
            self.unread.append(name)

    def add(self, found: tuple[str | None, ...], place: _Place, *, notifies: bool) -> None:
        """Note these targets."""
        current = place.current
        conditions = place.conditions.copy()
        if self.may_have_ended:
            conditions.add(Condition(kind=ConditionKind.EARLIER))
        self.found += [
            FoundRedirect(
                target=target or "",
                notifies=notifies,
                script=current.script.name,
                rule="" if current.rule.is_ours else name_of(*current.named),
                dialect=current.dialect,
                ours=current.rule.is_ours,
                of_case=current.rule.is_case,
                conditions=tuple(conditions.found),
                starts=conditions.starts,
                ends=conditions.ends,
                kept=is_kept(without(current.line, place.apart), self.passed),
                paused=place.paused,
            )
            for target in found
        ]
