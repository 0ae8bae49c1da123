"""Our rules together with what was there before: which scripts to write, and how to undo it.

Three layouts are known. INSIDE, our rules in the active script, is taken wherever they can
stand there; INCLUDE, our own script that includes the other, where they cannot; OWN where
nothing is active. What was there before follows from the scripts' octets alone, without any
record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover
from sieve_manager.domain.scripts import Script, ScriptListing, ScriptName, ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import CompiledRule, CompileOptions, compile_forward
from sieve_manager.sieve.compile_handover import compile_handover
from sieve_manager.sieve.grammar import Tree, parse
from sieve_manager.sieve.includes import includes_of, running_scripts
from sieve_manager.sieve.placement import KEEP, Keep, Wanted, can_hold, insert, remove
from sieve_manager.sieve.quoting import quote, quote_list
from sieve_manager.sieve.read_back import OurRules, read_back
from sieve_manager.sieve.rule_parts import SpamHeaders
from sieve_manager.sieve.rules import HEADER, INCLUDE_NAME, REQUIRE_MARK, Rule, has_header, rules

OUR_SCRIPT = ScriptName("sieve-manager")


class Layout(StrEnum):
    """How our rules and others' live together."""

    OWN = "own"
    INSIDE = "inside"
    INCLUDE = "include"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Where rules of ours are; *active* says whether they run."""

    script: ScriptName
    layout: Layout
    active: bool
    rules: OurRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What to write: first *puts*, then the activation, then *deletes*.

    *active* is the script to be active then, or None; *layout* is that of our rules, or None
    where there are none.
    """

    puts: tuple[Script, ...]
    deletes: tuple[ScriptName, ...]
    active: ScriptName | None
    layout: Layout | None

    def applied_to(self, scripts: ScriptSet) -> ScriptSet:
        """What the mailbox will be; new scripts come last."""
        written = {script.name: script for script in self.puts}
        kept = [written.pop(script.name, script) for script in scripts.scripts]
        names = dict.fromkeys([*scripts.listing.names, *(put.name for put in self.puts)])
        return ScriptSet(
            listing=ScriptListing(
                names=tuple(name for name in names if name not in self.deletes),
                active=self.active,
            ),
            scripts=tuple(
                script for script in [*kept, *written.values()] if script.name not in self.deletes
            ),
        )


def locate(scripts: ScriptSet, spam_headers: SpamHeaders = ()) -> tuple[Ours, ...]:
    """Where rules of ours are: those that run first, then those that were superseded.

    *spam_headers* are the policy's, as for :func:`read_back`.
    """
    running = running_scripts(scripts)
    waiting = tuple(script for script in scripts.scripts if script not in running)
    found = []
    for script in (*running, *waiting):
        tree = parse(script.octets)
        ours = read_back(script.octets, spam_headers)
        if tree and ours.found:
            layout, active = _layout(tree), script in running
            found.append(Ours(script=script.name, layout=layout, active=active, rules=ours))
    return tuple(found)


def compose(
    scripts: ScriptSet,
    forward: Forward | Keep | None,
    options: CompileOptions,
    handover: Handover | Keep | None = KEEP,
) -> Desired:
    """Return what to write so that *forward* and *handover* are all that we do in this mailbox.

    None takes out ours of that kind, and puts back what was active before where nothing of
    ours stays; KEEP leaves it as it is. Composing again on the result changes nothing.

    Raises:
        InvalidInputError: one of them cannot be compiled, or fits in no layout.
    """
    wanted = _Wanted(
        forward=compile_forward(forward, options) if isinstance(forward, Forward) else forward,
        case=compile_handover(handover, options) if isinstance(handover, Handover) else handover,
    )
    rule = wanted.together
    if rule is None:
        return _desired(scripts, wanted, home=None)
    running = running_scripts(scripts)
    holding = [script for script in running if read_back(script.octets).found]
    for script in [*holding[:1], *running[:1]]:
        tree = parse(script.octets)
        if tree and can_hold(tree, rule):
            octets = insert(tree, wanted.forward, wanted.case)
            home = Script(name=script.name, octets=octets)
            return _desired(scripts, wanted, home, _layout(tree))
    layout = Layout.OWN if scripts.listing.active is None else Layout.INCLUDE
    return _desired(scripts, wanted, _own(scripts, wanted, rule, options), layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What becomes of our rules of each kind."""

    forward: Wanted
    case: Wanted

    @property
    def together(self) -> CompiledRule | None:
        """All rules to write, in their order; None where there are none."""
        found = [rule for rule in (self.case, self.forward) if isinstance(rule, CompiledRule)]
        if not found:
            return None
        requires = {extension for rule in found for extension in rule.requires}
        return CompiledRule(
            text="".join(rule.text for rule in found), requires=tuple(sorted(requires))
        )

    def keeps(self, rule: Rule) -> bool:
        """Whether this rule of ours stays as it is."""
        return (self.case if rule.is_case else self.forward) is KEEP


def _own(
    scripts: ScriptSet, wanted: _Wanted, rule: CompiledRule, options: CompileOptions
) -> Script:
    """A script of ours, which ends with the include of the active one, where there is one."""
    included = scripts.listing.active
    lines = [HEADER]
    requires = sorted({*rule.requires, *(() if included is None else ("include",))})
    if requires:
        lines.append(f"require {quote_list(requires)}; {REQUIRE_MARK}")
    lines.append(rule.text.removesuffix("\r\n"))
    if included is not None:
        if "include" not in options.extensions:
            raise InvalidInputError(
                "Our rule cannot stand in the active script “{script}”, and this mail server "
                "cannot include one script in another.",
                code="compose-no-include",
                script=str(included),
            )
        # In the order to which Roundcube would change it.
        include = f"\tinclude :optional :personal {quote(included.text)};"
        lines += [f"# rule:[{INCLUDE_NAME}]", "if true", "{", include, "}"]
    octets = "".join(f"{line}\r\n" for line in lines).encode()
    return Script(name=_free_name(scripts, wanted), octets=octets)


def _free_name(scripts: ScriptSet, wanted: _Wanted) -> ScriptName:
    """The name of our own script: the first that is free, or holds nothing that stays."""
    others = (ScriptName(f"{OUR_SCRIPT}-{number}") for number in count(2))
    return next(name for name in chain([OUR_SCRIPT], others) if _is_spare(name, scripts, wanted))


def _is_spare(name: ScriptName, scripts: ScriptSet, wanted: _Wanted) -> bool:
    script = scripts.get(name)
    if script is None:
        return name not in scripts.listing.names
    tree = parse(script.octets)
    stays = tree is not None and _has_what_stays(tree, wanted)
    return name != scripts.listing.active and _is_ours_alone(script) and not stays


def _desired(
    scripts: ScriptSet, wanted: _Wanted, home: Script | None, layout: Layout | None = None
) -> Desired:
    """Write *home*, where there is one; everywhere else take out what does not stay."""
    puts = [home] if home and scripts.get(home.name) != home else []
    active = scripts.listing.active
    running = [script.name for script in running_scripts(scripts)]
    if home and home.name not in running:
        active = home.name
    deletes = []
    others = [script for script in scripts.scripts if home is None or script.name != home.name]
    for script in others:
        tree = parse(script.octets)
        if tree is None or not _holds_ours(tree):
            continue
        if _has_what_stays(tree, wanted):
            layout = layout or (_layout(tree) if script.name in running else None)
            octets = insert(tree, _or_gone(wanted.forward), _or_gone(wanted.case))
            puts += [] if octets == script.octets else [Script(name=script.name, octets=octets)]
        elif _is_ours_alone(script) and not _is_included(script.name, scripts):
            deletes.append(script.name)
            if script.name == active:
                active = _former(tree, scripts)
        else:
            puts.append(Script(name=script.name, octets=remove(tree)))
    return Desired(puts=tuple(puts), deletes=tuple(deletes), active=active, layout=layout)


def _former(tree: Tree, scripts: ScriptSet) -> ScriptName | None:
    """The script that was active before our own, which includes it, where it is still there."""
    names = (ScriptName(include.name) for include in includes_of(tree) if include.personal)
    return next((name for name in names if name in scripts.listing.names), None)


def _is_included(name: ScriptName, scripts: ScriptSet) -> bool:
    """Whether a script that stays includes this one."""
    trees = (parse(script.octets) for script in scripts.scripts if not _is_ours_alone(script))
    return any(include.name == name.text for tree in trees if tree for include in includes_of(tree))


def _layout(tree: Tree) -> Layout:
    """The layout of a script with our rules, which inserting a rule does not change."""
    found = rules(tree)
    if any(rule.is_our_include for rule in found):
        return Layout.INCLUDE
    return Layout.OWN if has_header(tree) and not _foreign(found) else Layout.INSIDE


def _or_gone(wanted: Wanted) -> Keep | None:
    """In a script that is not the home: what stays, stays; what is written stands at home."""
    return KEEP if wanted is KEEP else None


def _has_what_stays(tree: Tree, wanted: _Wanted) -> bool:
    return any((rule.is_forward or rule.is_case) and wanted.keeps(rule) for rule in rules(tree))


def _holds_ours(tree: Tree) -> bool:
    return has_header(tree) or any(rule.is_ours for rule in rules(tree))


def _is_ours_alone(script: Script) -> bool:
    tree = parse(script.octets)
    return tree is not None and has_header(tree) and not _foreign(rules(tree))


def _foreign(found: Iterable[Rule]) -> bool:
    return any(not rule.is_ours and rule.commands[0].name != "require" for rule in found)
