"""From a plan to a save: show the difference, ask, save, show what was read back."""

from collections.abc import Callable

import click

from sieve_manager.application.access import Access
from sieve_manager.application.forms import status_form
from sieve_manager.application.plan import Plan
from sieve_manager.application.saving import Saved
from sieve_manager.cli import output, words
from sieve_manager.cli.door import Door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.cli.notice import tell_owner
from sieve_manager.domain.scripts import Fingerprint, ScriptName
from sieve_manager.errors import PolicyRefusedError
from sieve_manager.policy.findings import Severity, refusals

Save = Callable[[Fingerprint], Saved]
"""Saves what was planned, if the scripts are still those of the fingerprint."""

Act = Callable[[Fingerprint], object]
"""Does what was planned, if the scripts are still those of the fingerprint."""


class NobodyToAskError(click.ClickException):
    """There is no terminal, and nothing was agreed to in advance."""

    exit_code = ExitCode.WRONG_INPUT

    def __init__(self) -> None:
        super().__init__("Nothing was changed: there is no terminal to ask on. Give --yes.")


def carry_out(
    door: Door, access: Access, plan: Plan, save: Save, *, yes: bool, as_json: bool = False
) -> None:
    """Show *plan*, ask unless *yes*, then *save* and print the proof; all but JSON aside.

    Raises:
        PolicyRefusedError: a finding refuses it.
        NobodyToAskError: without *yes* and without a terminal.
        click.Abort: the answer is no.
    """
    demand_allowed(plan)
    if plan.idle:
        output.say("There is nothing to change.", aside=as_json)
        if as_json:
            output.show_json(status_form(plan.before))
        return
    show_plan(plan, aside=as_json)
    agree(door, "Apply this?", yes=yes)
    _prove(door, access, save(plan.loaded), as_json=as_json)


def carry_out_case(door: Door, plan: Plan, act: Act, *, yes: bool) -> None:
    """Show *plan*, ask unless *yes*, and *act*; raises as :func:`carry_out`."""
    demand_allowed(plan)
    show_plan(plan, aside=False)
    agree(door, "Apply this?", yes=yes)
    act(plan.loaded)
    output.say("Saved. The server has it, and was read back.")


def demand_allowed(plan: Plan) -> None:
    """Return unless a finding refuses *plan*; PolicyRefusedError."""
    if plan.refused:
        raise PolicyRefusedError([finding.message for finding in refusals(plan.findings)])


def show_plan(plan: Plan, *, aside: bool) -> None:
    """Print what *plan* would write and what it would mean; *aside* on standard error."""
    output.show_differences(plan.differences, aside=aside)
    before, after = plan.before.active_script, plan.after.active_script
    if before != after:
        output.say(f"Active script: {_named(before)} → {_named(after)}", aside=aside)
    for name in plan.desired.deletes:
        output.say(f"Script “{name}” is deleted.", aside=aside)
    output.say("Then:", style="bold", aside=aside)
    for sentence in words.sentences(plan.after):
        output.say(sentence, aside=aside)
    other = [finding for finding in plan.findings if finding.severity is not Severity.REFUSE]
    output.show_findings(other, aside=aside)


def agree(door: Door, question: str, *, yes: bool) -> None:
    """Return if somebody agrees; *yes* answers in advance.

    Raises:
        NobodyToAskError: nobody is there to answer.
        click.Abort: the answer is no.
    """
    if yes:
        return
    if not door.has_terminal():
        raise NobodyToAskError
    if not click.confirm(question, err=True):
        output.say("Nothing was changed.", aside=True)
        raise click.Abort


def _prove(door: Door, access: Access, saved: Saved, *, as_json: bool) -> None:
    at = words.moment(saved.at, door.wired().policy.default_timezone)
    number = f" as version {saved.version.number}" if saved.version else ""
    output.say(f"Saved{number}. The server has it (read back at {at}).", aside=as_json)
    for one in door.wired().forwards.waiting(access):
        output.say(
            f"{one.destination.readable} must agree first and is asked by mail.", aside=as_json
        )
    if saved.warnings:
        output.say(f"The server warns: {saved.warnings}", style="yellow", aside=True)
    tell_owner(door.wired().notices, access, saved.status)
    if as_json:
        waiting = door.wired().forwards.waiting(access)
        output.show_json(status_form(saved.status, waiting=waiting))


def _named(script: ScriptName | None) -> str:
    return f"“{script}”" if script else "none"
