"""What holds for every case: it is read back, it leaves others alone, and it goes as it came."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sieve_manager.domain.forward import Forward
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.domain.scripts import ScriptSet
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compile import CompileOptions
from sieve_manager.sieve.compile_handover import compile_handover
from sieve_manager.sieve.compose import compose, locate
from sieve_manager.sieve.grammar import String, parse
from sieve_manager.sieve.placement import KEEP
from sieve_manager.sieve.read_back import read_back
from tests.properties.strategies import addresses, forwards, options, script_sets

FEW = settings(max_examples=100, deadline=None)
_TEXT = st.one_of(
    st.sampled_from(['"; stop; #', ".\n..\n.", "${x}\\", "text:\n.\n", "é ✉\n\n-- \nA"]),
    st.text(min_size=1, max_size=30),
)


def _reply(made: tuple[str, str, int, list[object]]) -> Reply | None:
    text, subject, days, known = made
    try:
        return Reply(text=text, subject=subject, interval_days=days, addresses=tuple(known))  # type: ignore[arg-type]  # what the strategy made
    except InvalidInputError:
        return None


replies = (
    st.tuples(_TEXT, _TEXT | st.just(""), st.integers(1, 30), st.lists(addresses, max_size=3))
    .map(_reply)
    .filter(bool)
)
handovers = st.builds(
    Handover,
    case=st.integers(1, 2_000_000_000),
    forward=forwards.map(lambda one: replace(one, paused=False)),
    reply=st.none() | replies,
)
with_vacation = options.map(lambda one: replace(one, extensions=one.extensions | {"vacation"}))


@FEW
@given(handovers, with_vacation)
def test_every_handover_is_read_back_as_it_was(wanted: Handover, given: CompileOptions) -> None:
    found = read_back(compile_handover(wanted, given).text.encode())
    assert found.handover == wanted
    assert (found.forward, found.changed, found.case_changed) == (None, (), ())


@FEW
@given(handovers, with_vacation)
def test_the_text_of_a_reply_stays_data(wanted: Handover, given: CompileOptions) -> None:
    tree = parse(compile_handover(wanted, given).text.encode())
    assert tree is not None
    assert [command.name for command in tree.commands] == ["if"] * (3 if wanted.reply else 2)
    if wanted.reply:
        (vacation,) = tree.commands[0].block or ()
        assert vacation.name == "vacation"
        assert vacation.arguments[-1] == String(wanted.reply.text.replace("\n", "\r\n"))


@FEW
@given(script_sets, handovers, handovers, with_vacation)
def test_the_end_of_a_case_restores_exactly(
    scripts: ScriptSet, first: Handover, second: Handover, given: CompileOptions
) -> None:
    state = scripts
    for wanted in (first, second):
        try:
            state = compose(state, KEEP, given, wanted).applied_to(state)
        except InvalidInputError:
            return
        (running,) = [place.rules for place in locate(state) if place.active]
        assert running.handover == wanted
        again = compose(state, KEEP, given, wanted)
        assert (again.puts, again.deletes, again.active) == ((), (), state.listing.active)
    assert compose(state, KEEP, given, None).applied_to(state) == scripts


@FEW
@given(script_sets, handovers, forwards, forwards, with_vacation)
def test_the_owners_forward_and_a_case_leave_one_another_alone(
    scripts: ScriptSet, case: Handover, first: Forward, second: Forward, given: CompileOptions
) -> None:
    try:
        with_first = compose(scripts, first, given).applied_to(scripts)
        both = compose(with_first, KEEP, given, case).applied_to(with_first)
        changed = compose(both, second, given).applied_to(both)
    except InvalidInputError:
        return
    for state, forward in ((both, first), (changed, second)):
        found = [place.rules for place in locate(state) if place.active]
        assert [one.handover for one in found if one.handover] == [case]
        assert [one.forward for one in found if one.forward] == [forward]
    assert compose(both, KEEP, given, None).applied_to(both) == with_first
    without = compose(changed, None, given).applied_to(changed)
    assert [place.rules.forward for place in locate(without)] == [None]
    assert compose(without, KEEP, given, None).applied_to(without) == scripts
    assert compose(changed, None, given, None).applied_to(changed) == scripts
