"""Whatever a use case returns or raises for an operator, it says nothing of others' rules."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from sieve_manager.application.access import Access, Actor, Channel
from sieve_manager.application.history import Change, NewVersion
from sieve_manager.application.plan import Plan
from sieve_manager.application.saving import Saved
from sieve_manager.application.sight import Sight
from sieve_manager.application.status import ForeignRedirect, State, Status
from sieve_manager.domain.roles import Role
from sieve_manager.domain.scripts import ScriptName
from sieve_manager.errors import (
    ChangedMeanwhileError,
    NotAllowedError,
    PolicyRefusedError,
    SaveFailedError,
    ScriptRefusedError,
    SieveManagerError,
)
from sieve_manager.policy.rights import StaffRules
from tests.application.world import ACCESS, LOGIN, World, forward

OPERATOR = Access(
    login=LOGIN, actor=Actor(name="otto@example.com", channel=Channel.WEB, role=Role.OPERATOR)
)
ADMINISTRATOR = replace(OPERATOR, actor=replace(OPERATOR.actor, role=Role.ADMINISTRATOR))
# Everything that must not be seen holds this word, and nothing else does.
SECRET = "divorce"
NAME = f"my {SECRET}"
TARGET = "books@example.org"


def theirs(*, extra: str = "") -> bytes:
    return (
        'require ["fileinto", "copy"];\r\n'
        f"# {SECRET}, by hand\r\n# rule:[{SECRET} lawyer]\r\n"
        f'if header :contains "subject" "{SECRET}"\r\n{{\r\n\tfileinto "{SECRET} papers";\r\n}}\r\n'
        f'# rule:[more {SECRET}]\r\nif header :is "x" "{SECRET}"\r\n'
        f'{{\r\n\tredirect :copy "{TARGET}";\r\n}}\r\n{extra}'
    ).encode()


# What is reduced, and what says nothing of others' rules but where they forward to.
KNOWN: dict[type, str] = {
    Status: "mailbox state works forward changed superseded layout included_script scripts "
    "other_scripts foreign_redirects redirects_used redirects_allowed findings capabilities last "
    "elsewhere next_change copies outside handover case_changed hidden",
    Plan: "change before after desired findings conflict compile_rule",
    NewVersion: "login at actor change before after note undoes",
    Saved: "scripts around version warnings shown",
    ForeignRedirect: "target constant rule conditional copy dialect notifies",
}


@pytest.mark.parametrize("kind", KNOWN, ids=lambda kind: kind.__name__)
def test_what_is_new_has_to_be_thought_of_in_sight(kind: type) -> None:
    known = set(KNOWN[kind].split())
    assert {one.name for one in fields(kind)} - known == set(), "see application/sight.py"


@pytest.fixture
def world() -> World:
    """A mailbox with somebody's rules, our forward in the same script, and a history."""
    world = World()
    world.give(theirs(), NAME)
    world.folders.ensure(ACCESS, f"{SECRET} papers")
    world.forwards.set_forward(ACCESS, forward("carla@example.net"), None)
    assert NAME.encode() not in world.scripts[NAME]
    assert b"Sieve Manager: forward" in world.scripts[NAME]
    return world


LOOKS: dict[str, Callable[[World, Access], object]] = {
    "overview": lambda world, access: world.forwards.overview(access),
    "plan_set": lambda world, access: world.forwards.plan_set(access, forward()),
    "plan_pause": lambda world, access: world.forwards.plan_change(access, Change.PAUSE),
    "plan_clear": lambda world, access: world.forwards.plan_change(access, Change.CLEAR),
    "plan_undo": lambda world, access: world.forwards.plan_undo(access, 1),
    "history": lambda world, access: world.forwards.history(access),
    "version": lambda world, access: world.forwards.version(access, 1),
    "folders": lambda world, access: world.forwards.folders(access),
    "set": lambda world, access: world.forwards.set_forward(access, forward(), None),
    "change": lambda world, access: world.forwards.change(access, Change.PAUSE, None),
    "undo": lambda world, access: world.forwards.undo(access, 1, None),
}


def told(found: object) -> str:
    """Everything in what was returned, with what it works out when asked."""
    worked_out = [
        repr(getattr(part, name))
        for part in (found, getattr(found, "status", None))
        for name in ("differences", "rule_text", "status", "active_script")
        if hasattr(part, name)
    ]
    return "".join([repr(found), *worked_out])


@pytest.mark.parametrize("look", LOOKS)
def test_an_operator_is_told_nothing_of_other_rules(world: World, look: str) -> None:
    assert SECRET not in told(LOOKS[look](world, OPERATOR))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("access", [ACCESS, ADMINISTRATOR], ids=["owner", "administrator"])
def test_owners_and_administrators_see_everything(world: World, look: str, access: Access) -> None:
    assert SECRET in told(LOOKS[look](world, access))


def test_settings_can_open_the_operators_eyes(world: World) -> None:
    staff = StaffRules(operators_see_other_rules=True)
    forwards = replace(world.forwards, sight=Sight(staff=staff))
    assert SECRET in told(forwards.overview(OPERATOR))
    assert forwards.script(OPERATOR, ScriptName(NAME)).octets


def test_scripts_are_refused_to_operators(world: World) -> None:
    with pytest.raises(NotAllowedError, match="for the owner and for administrators"):
        world.forwards.scripts(OPERATOR)
    with pytest.raises(NotAllowedError):
        world.forwards.script(OPERATOR, ScriptName(NAME))
    assert world.forwards.script(ADMINISTRATOR, ScriptName(NAME)).octets


def test_operators_see_our_rule_how_many_others_there_are_and_where_they_forward_to(
    world: World,
) -> None:
    whole, seen = world.forwards.overview(ACCESS), world.forwards.overview(OPERATOR)
    assert seen.hidden is not None
    assert seen.hidden.rules == 2
    assert seen.forward == whole.forward
    assert seen.fingerprint == whole.fingerprint
    assert [one.target for one in seen.foreign_redirects] == [TARGET]
    assert len(seen.other_scripts) == len(whole.other_scripts) == 1
    assert seen.redirects_used == whole.redirects_used


def test_the_difference_is_that_of_our_rules_alone(world: World) -> None:
    plan = world.forwards.plan_set(OPERATOR, forward("new@example.net"))
    (one,) = plan.differences
    changed = [line for line in one.lines if line[:1] in "+-"]
    assert any("new@example.net" in line for line in changed)
    assert any("carla@example.net" in line for line in changed)
    assert one.script == ""


def test_what_an_operator_saw_is_what_is_saved(world: World) -> None:
    plan = world.forwards.plan_set(OPERATOR, forward("new@example.net"))
    assert plan.checksum == world.forwards.plan_set(ACCESS, forward("new@example.net")).checksum
    saved = world.forwards.set_forward(OPERATOR, forward("new@example.net"), plan.loaded)
    assert saved.status.fingerprint == plan.after.fingerprint
    assert saved.status.state is State.ACTIVE
    assert SECRET.encode() in world.scripts[NAME], "the others' rules are still there"


def test_an_included_script_is_not_named() -> None:
    world = World()
    world.give(b'require ["variables"];\r\nset "a" "divorce";\r\n', NAME)
    world.forwards.set_forward(ACCESS, forward(copy="folder:Post ${a}"), None)
    assert world.active == "sieve-manager"
    assert SECRET in told(world.forwards.overview(ACCESS))
    assert SECRET not in told(world.forwards.overview(OPERATOR))
    assert SECRET not in told(world.forwards.plan_change(OPERATOR, Change.CLEAR))


def test_a_rule_of_ours_that_somebody_rewrote_is_not_shown(world: World) -> None:
    octets = world.scripts[NAME]
    octets = octets.replace(b"redirect", b'addheader "X" "divorce"; redirect', 1)
    world.give(octets, NAME)
    assert SECRET in told(world.forwards.overview(ACCESS).changed)
    seen = world.forwards.overview(OPERATOR)
    assert SECRET not in told(seen)
    assert len(seen.changed) == 1


def test_findings_leave_names_out(world: World) -> None:
    extra = f'require "include";\r\ninclude "{SECRET} missing";\r\n'
    world.give(extra.encode() + theirs(), NAME)
    whole, seen = world.forwards.overview(ACCESS), world.forwards.overview(OPERATOR)
    assert any(SECRET in one.message for one in whole.findings)
    assert [one.code for one in seen.findings] == [one.code for one in whole.findings]
    assert SECRET not in told(seen)
    assert any("“…”" in one.message for one in seen.findings)


@pytest.mark.parametrize("copy", ["inbox", "folder:Kept"])
def test_a_refused_save_says_why_without_names(world: World, copy: str) -> None:
    extra = f'require "include";\r\ninclude "{SECRET} missing";\r\n'
    world.give(extra.encode() + theirs(), NAME)
    with pytest.raises(PolicyRefusedError) as whole:
        world.forwards.set_forward(ACCESS, forward("new@example.net"), None)
    assert SECRET in str(whole.value)
    with pytest.raises(PolicyRefusedError) as seen:
        world.forwards.set_forward(OPERATOR, forward("new@example.net", copy=copy), None)
    assert SECRET not in str(seen.value)
    assert "which is not there" in str(seen.value)


@pytest.mark.parametrize("access", [ACCESS, OPERATOR], ids=["owner", "operator"])
def test_the_servers_words_are_not_for_operators(world: World, access: Access) -> None:
    def refuse(octets: bytes) -> str:
        raise ScriptRefusedError("The server refused it", server_text=f'line 3: "{SECRET}"')

    world.server.judge = refuse
    with pytest.raises(SaveFailedError) as failed:
        world.forwards.set_forward(access, forward("new@example.net"), None)
    cause = failed.value.cause
    assert isinstance(cause, ScriptRefusedError)
    said = f"{failed.value}{cause}{cause.server_text}{failed.value.args}{cause.args}"
    assert (SECRET in said) is (access is ACCESS)


def test_nobody_puts_back_over_what_is_not_shown(world: World) -> None:
    world.give(world.scripts[NAME] + b"# more\r\nkeep;\r\n", NAME)
    before = world.scripts
    plan = world.forwards.plan_undo(OPERATOR, 1)
    assert "undo-unseen" in {one.code for one in plan.findings}
    with pytest.raises((ChangedMeanwhileError, PolicyRefusedError)):
        world.forwards.undo(OPERATOR, 1, plan.loaded, force=True)
    assert world.scripts == before
    world.forwards.undo(ADMINISTRATOR, 1, plan.loaded, force=True)
    assert world.scripts[NAME] == theirs()


def test_no_error_of_a_use_case_names_a_script(world: World) -> None:
    world.give(b"this is no sieve {{{ divorce", NAME)
    for name, look in LOOKS.items():
        try:
            said = told(look(world, OPERATOR))
        except SieveManagerError as error:
            said = str(error)
        assert SECRET not in said, name
