"""How often scripts can act on one message: at most and at least, over all ways through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sieve_manager.domain.scripts import Script, ScriptName
from sieve_manager.sieve.grammar import Command, parse
from sieve_manager.sieve.includes import includes_in
from sieve_manager.sieve.meaning import verdict
from sieve_manager.sieve.rules import rules

_ACTIONS = frozenset(
    {"redirect", "fileinto", "keep", "discard", "reject", "ereject", "vacation", "notify"}
)
_REJECTS = ("reject", "ereject")
_CHAIN = ("if", "elsif", "else")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many redirects, automatic replies, rejections, and actions of all kinds."""

    redirects: int = 0
    vacations: int = 0
    rejects: int = 0
    actions: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """The most and the least of each count; the most of two counts may be on two ways."""

    most: Counts = Counts()
    least: Counts = Counts()


@dataclass(frozen=True, slots=True)
class _Flow:
    """What happens on the ways that go on behind, that return, and that stop; None: no way."""

    going: Range | None
    returned: Range | None = None
    stopped: Range | None = None


def tally(running: Sequence[Script], *, ours_apply: bool = False) -> Range:
    """Count over the first of *running* and what it includes of the others.

    Of ``if``, ``elsif`` and ``else`` one branch runs; ``stop`` ends everything. Each include
    counts, also the second of one script, and a redirect to an address that had one. With
    *ours_apply*, only messages that our rules are for: most, so the least is the usual.
    """
    counter = _Counter({script.name: script for script in running}, ours_apply)
    flow = counter.script(running[0].name)
    return _join(_join(flow.going, flow.returned), flow.stopped) or Range()


def goes_on(running: Sequence[Script], commands: tuple[Command, ...]) -> bool:
    """Whether a message can get behind *commands*, which stand in one of *running*."""
    counter = _Counter({script.name: script for script in running}, ours_apply=False)
    return counter.block(commands).going is not None


class _Counter:
    """Counts each script once; one that is still being counted includes itself: nothing."""

    def __init__(self, scripts: dict[ScriptName, Script], ours_apply: bool) -> None:
        self.known: dict[ScriptName, _Flow] = {}
        trees = ((name, parse(script.octets)) for name, script in scripts.items())
        self.trees = {name: tree for name, tree in trees if tree}
        found = (rule for tree in self.trees.values() for rule in rules(tree))
        self.includes = {
            id(command): include
            for tree in self.trees.values()
            for command, include in includes_in(tree)
        }
        ours = [rule for rule in found if rule.is_ours]
        # By identity: the trees live as long as this does.
        self.applying = {id(rule.commands[0]) for rule in ours if ours_apply}
        self.of_case = {id(rule.commands[0]) for rule in ours if rule.is_case}

    def script(self, name: ScriptName) -> _Flow:
        if name not in self.known:
            self.known[name] = _NOTHING
            tree = self.trees.get(name)
            self.known[name] = self.block(tree.commands if tree else ())
        return self.known[name]

    def block(self, commands: tuple[Command, ...]) -> _Flow:
        flow, at = _NOTHING, 0
        while at < len(commands) and flow.going is not None:
            first = at
            at += 1
            if id(commands[first]) in self.of_case:
                while at < len(commands) and id(commands[at]) in self.of_case:
                    at += 1
                step = self.case(commands[first:at])
            elif commands[first].name == "if":
                while at < len(commands) and commands[at].name in _CHAIN[1:]:
                    at += 1
                step = self.chain(commands[first:at])
            else:
                step = self.single(commands[first])
            flow = _then(flow, step)
        return flow

    def case(self, commands: tuple[Command, ...]) -> _Flow:
        """The rules of a case have their days in common: all of them apply, or none.

        On its days the last one is for every message, and stops.
        """
        flow = _NOTHING
        for command in commands[:-1]:
            flow = _then(flow, self.chain((command,)))
        flow = _then(flow, self.block(commands[-1].block or ()))
        return flow if id(commands[-1]) in self.applying else _either(flow, _NOTHING)

    def chain(self, commands: tuple[Command, ...]) -> _Flow:
        flow = _Flow(None)
        for command in commands:
            known = verdict(command.tests[0]) if len(command.tests) == 1 else None
            if known is None and id(command) in self.applying:
                known = True
            if known is not False:
                flow = _either(flow, self.block(command.block or ()))
            if known is True or command.name == "else":
                return flow
        return _either(flow, _NOTHING)

    def single(self, command: Command) -> _Flow:
        if command.name == "stop":
            return _Flow(None, stopped=Range())
        if command.name == "return":
            return _Flow(None, returned=Range())
        include = self.includes.get(id(command))
        if include is not None and include.personal:
            inner = self.script(ScriptName(include.name))
            return _Flow(_join(inner.going, inner.returned), stopped=inner.stopped)
        if command.block is not None:  # of an extension: it may run or not
            return _either(_NOTHING, self.block(command.block))
        counts = Counts(
            redirects=int(command.name == "redirect"),
            vacations=int(command.name == "vacation"),
            rejects=int(command.name in _REJECTS),
            actions=int(command.name in _ACTIONS),
        )
        return _Flow(Range(counts, counts))


_NOTHING = _Flow(Range())


def _then(first: _Flow, second: _Flow) -> _Flow:
    return _Flow(
        _plus(first.going, second.going),
        _join(first.returned, _plus(first.going, second.returned)),
        _join(first.stopped, _plus(first.going, second.stopped)),
    )


def _either(one: _Flow, other: _Flow) -> _Flow:
    return _Flow(
        _join(one.going, other.going),
        _join(one.returned, other.returned),
        _join(one.stopped, other.stopped),
    )


def _plus(one: Range | None, other: Range | None) -> Range | None:
    if one is None or other is None:
        return None
    return Range(_sum(one.most, other.most), _sum(one.least, other.least))


def _join(one: Range | None, other: Range | None) -> Range | None:
    if one is None or other is None:
        return one or other
    return Range(
        Counts(
            max(one.most.redirects, other.most.redirects),
            max(one.most.vacations, other.most.vacations),
            max(one.most.rejects, other.most.rejects),
            max(one.most.actions, other.most.actions),
        ),
        Counts(
            min(one.least.redirects, other.least.redirects),
            min(one.least.vacations, other.least.vacations),
            min(one.least.rejects, other.least.rejects),
            min(one.least.actions, other.least.actions),
        ),
    )


def _sum(one: Counts, other: Counts) -> Counts:
    return Counts(
        one.redirects + other.redirects,
        one.vacations + other.vacations,
        one.rejects + other.rejects,
        one.actions + other.actions,
    )
