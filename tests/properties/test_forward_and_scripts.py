"""What holds for every forward and every script, not only for those we thought of."""

from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import CompileOptions, compile_forward
from sieve_manager.sieve.compose import compose, locate
from sieve_manager.sieve.grammar import Argument, Command, String, StringList, Tag, Test, parse
from sieve_manager.sieve.hazards import look_through
from sieve_manager.sieve.outline import outline
from sieve_manager.sieve.read_back import read_back
from tests.properties.strategies import forwards, octets, options, script_sets
from tests.sieve.making import EXTENSIONS

FEW = settings(max_examples=100, deadline=None)


@FEW
@given(forwards, options)
def test_every_forward_is_read_back_as_it_was(wanted: Forward, given: CompileOptions) -> None:
    rule = compile_forward(wanted, given)
    found = read_back(rule.text.encode()).forward
    assert found == wanted
    assert found is not None
    assert list(map(str, found.destinations)) == list(map(str, wanted.destinations))


@FEW
@given(forwards, options)
def test_hostile_text_stays_data(wanted: Forward, given: CompileOptions) -> None:
    tree = parse(compile_forward(wanted, given).text.encode())
    assert tree is not None
    (command,) = tree.commands
    texts = [
        argument.value
        for action in command.block or ()
        for argument in action.arguments
        if isinstance(argument, String) and action.name in ("redirect", "fileinto")
    ]
    folder = wanted.copy.folder or given.trash_folder
    files = [folder] if wanted.copy.kind.value in ("folder", "trash") else []
    assert texts == [*map(str, wanted.destinations), *files]


@FEW
@given(forwards, options, st.randoms(use_true_random=False))
def test_no_layout_changes_what_a_rule_means(
    wanted: Forward, given: CompileOptions, random: Random
) -> None:
    text = compile_forward(wanted, given).text
    name, rest = text.split("\r\n", 1)
    tree = parse(rest.replace("if false # ", "if ", 1).encode())
    assert tree is not None
    (command,) = tree.commands
    paused = "if false # " if wanted.paused else "if "
    printed = _printed(command, random).removeprefix("if ")
    if wanted.paused:  # the comment ends with its line
        printed = printed.replace("\n", " ", printed[: printed.index("{")].count("\n"))
        printed = printed.replace("{", "\n{", 1)
    assert read_back(f"{name}\n{paused}{printed}".encode()).forward == wanted


@FEW
@given(script_sets, forwards, forwards, options)
def test_clearing_restores_exactly(
    scripts: ScriptSet, first: Forward, second: Forward, given: CompileOptions
) -> None:
    states = [scripts]
    for wanted in (first, second):
        try:
            states.append(compose(states[-1], wanted, given).applied_to(states[-1]))
        except InvalidInputError:
            return
        running = [place.rules for place in locate(states[-1]) if place.active]
        assert [rules.forward for rules in running] == [wanted]
        assert running[0].changed == ()
    for state in states:
        cleared = compose(state, None, given).applied_to(state)
        assert cleared == scripts
        assert locate(cleared) == ()


@FEW
@given(script_sets, forwards, options)
def test_composing_again_changes_nothing(
    scripts: ScriptSet, wanted: Forward, given: CompileOptions
) -> None:
    try:
        once = compose(scripts, wanted, given).applied_to(scripts)
    except InvalidInputError:
        return
    again = compose(once, wanted, given)
    assert (again.puts, again.deletes, again.active) == ((), (), once.listing.active)


@FEW
@given(script_sets, forwards, options)
def test_ours_is_one_piece_put_between_octets_that_stay(
    scripts: ScriptSet, wanted: Forward, given: CompileOptions
) -> None:
    try:
        after = compose(scripts, wanted, given).applied_to(scripts)
    except InvalidInputError:
        return
    for before in scripts.scripts:
        now = after.get(before.name)
        assert now is not None
        if now != before:
            cut = len(now.octets) - len(before.octets)
            assert cut > 0
            assert any(
                now.octets[:at] + now.octets[at + cut :] == before.octets
                for at in range(len(before.octets) + 1)
            )


@FEW
@given(octets)
def test_no_octets_make_anything_fail(text: bytes) -> None:
    seen = outline(text)
    assert seen.readable == (parse(text) is not None)
    read_back(text)


@FEW
@given(script_sets)
def test_no_scripts_make_anything_fail(scripts: ScriptSet) -> None:
    locate(scripts)
    seen = look_through(scripts, max_redirects=4, extensions=EXTENSIONS)
    assert seen.redirects_used >= 0


@FEW
@given(octets)
def test_places_of_commands_and_comments_are_in_order(text: bytes) -> None:
    tree = parse(text)
    if tree is not None:
        assert all(one.end <= other.start for one, other in pairwise(tree.commands))
        assert all(one.end <= other.start for one, other in pairwise(tree.comments))
        assert all(one.start <= one.body < one.end for one in tree.commands)


def _printed(command: Command, random: Random) -> str:
    """The command in another layout: as another editor might have written it."""
    tests = "".join(f" {_test(test, random)}" for test in command.tests)
    block = ";"
    if command.block is not None:
        block = "{" + "".join(_printed(one, random) + "\n" for one in command.block) + "}"
    return f"{command.name}{_arguments(command.arguments, random)}{tests}{block}"


def _test(test: Test, random: Random) -> str:
    tests = [_test(one, random) for one in test.tests]
    inner = f" {tests[0]}" if test.name == "not" else f"\n({',  '.join(tests)})" if tests else ""
    name = test.name.upper() if random.random() < 0.3 else test.name
    return f"{name}{_arguments(test.arguments, random)}{inner}"


def _arguments(arguments: tuple[Argument, ...], random: Random) -> str:
    """The tags with their values in any order, and a single string perhaps as a list."""
    groups: list[str] = []
    texts: list[str] = []
    takes_text = False
    for argument in arguments:
        match argument:
            case Tag(name):
                groups.append(f":{name}")
                takes_text = name in ("value", "zone", "comparator")
            case String(value) if takes_text:
                groups[-1] += f" {_quoted(value)}"
                takes_text = False
            case String(value):
                text = _quoted(value)
                texts.append(f"[ {text} ]" if random.random() < 0.3 else text)
            case StringList() | _:
                raise AssertionError("we write no lists and no numbers")
    random.shuffle(groups)
    return "".join(f" {part}" for part in [*groups, *texts])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
