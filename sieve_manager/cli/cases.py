"""``sieve-manager cases``: hand over the mail of somebody who left, and see how it stands."""

import click

from sieve_manager.application.access import Access
from sieve_manager.application.case import OPEN_STATES, Case, CaseState
from sieve_manager.application.case_entry import CaseEntry, ReadEntry
from sieve_manager.application.forms import case_form
from sieve_manager.cli import options, output, words
from sieve_manager.cli.case_import import import_, undo_import
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.saving import carry_out_case
from sieve_manager.domain.case import CaseTerms
from sieve_manager.domain.people import Person
from sieve_manager.errors import InvalidInputError

_case = click.argument("case_id", metavar="CASE", type=int)


@click.group()
def cases() -> None:
    """Cases of people who left: who gets their mail, what senders are told, until when."""


@cases.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are over.")
@click.option("--text", default="", metavar="TEXT", help="A part of the login or the ticket.")
@options.as_json
@pass_door
def list_(door: Door, every: bool, text: str, as_json: bool) -> None:
    """List the cases, those that end soonest first."""
    states = tuple(CaseState) if every else (*OPEN_STATES, CaseState.WAITING)
    found = door.wired().cases.store.found(states, text=text, limit=1000)
    if as_json:
        output.show_json({"cases": [case_form(case) for case in found]})
        return
    output.show_table(
        ("Case", "Mailbox", "State", "Until", "To", "Ticket", "Problem"),
        (_row(case, door) for case in found),
    )


@cases.command()
@_case
@options.as_json
@pass_door
def show(door: Door, case_id: int, as_json: bool) -> None:
    """Show a case."""
    case = door.wired().cases.store.case(case_id)
    if as_json:
        output.show_json(case_form(case))
        return
    zone = case.terms.forward.period.timezone
    reply = case.terms.reply
    output.show_pairs(
        (
            ("Case", f"{case.id} ({case.login}, its case {case.number})"),
            ("State", _state(case, door)),
            ("To", words.joined(case.terms.forward.destinations)),
            ("Copy", str(case.terms.forward.copy)),
            ("From", str(case.terms.forward.period.first_day or "")),
            ("Until", str(case.terms.forward.period.last_day or "")),
            ("Reply", f"{reply.subject}\n{reply.text}" if reply else ""),
            ("Own forward", case.terms.own_forward.value),
            ("Ticket", case.terms.ticket),
            ("Reason", case.terms.reason),
            ("Begun", f"{words.moment(case.begun_at, zone)} by {case.begun_by.name}"),
            ("Ended", words.moment(case.ended_at, zone) if case.ended_at else ""),
            ("Problem", case.problem),
        )
    )


@cases.command()
@options.mailbox
@click.option("--to", "to", multiple=True, required=True, metavar="ADDRESS", help="Repeatable.")
@click.option(
    "--copy",
    "copy",
    default="none",
    show_default=True,
    metavar="inbox|read|trash|none|folder:NAME",
    help="What becomes of the copy in the leaver's mailbox.",
)
@click.option("--from", "first_day", default="", metavar="DATE", help="First day, 2027-01-31.")
@click.option("--until", "last_day", default="", metavar="DATE", help="Last day, included.")
@click.option("--timezone", metavar="ZONE", help="Of these days.  [default: of the policy]")
@click.option(
    "--reply", default="", metavar="LANGUAGE", help="Answer senders in this language (en, de, ...)."
)
@click.option("--keep-own-forward", is_flag=True, help="The leaver's own forward goes on later.")
@click.option("--ticket", default="", metavar="TEXT")
@click.option("--reason", default="", metavar="TEXT")
@options.yes
@pass_door
def begin(
    door: Door,
    mailbox: str,
    to: tuple[str, ...],
    copy: str,
    first_day: str,
    last_day: str,
    timezone: str | None,
    reply: str,
    keep_own_forward: bool,
    ticket: str,
    reason: str,
    yes: bool,
) -> None:
    """Hand over the mail of MAILBOX (a login)."""
    access = door.access(mailbox, password_prompt=False)
    policy = door.wired().policy
    entry = CaseEntry(
        to=to,
        copy=copy,
        first_day=first_day,
        last_day=last_day,
        timezone=timezone or policy.default_timezone,
        hold_spam=policy.hold_spam,
        reply=reply,
        own_forward="keep" if keep_own_forward else "off",
        ticket=ticket,
        reason=reason,
    )
    terms = _terms(door.wired().case_entries.read(entry, _leaver(door, access)))
    use = door.wired().cases
    plan = use.plan_begin(access, terms)
    carry_out_case(door, plan, lambda loaded: use.begin(access, terms, loaded), yes=yes)


@cases.command()
@_case
@options.yes
@pass_door
def end(door: Door, case_id: int, yes: bool) -> None:
    """End a case now: take out what it brought, and nothing else."""
    use = door.wired().cases
    access = _access(door, case_id)
    plan = use.plan_end(access, case_id)
    carry_out_case(door, plan, lambda loaded: use.end(access, case_id, loaded), yes=yes)


@cases.command("undo")
@_case
@options.yes
@pass_door
def undo_case(door: Door, case_id: int, yes: bool) -> None:
    """Take back the last step of a case, byte for byte."""
    use = door.wired().cases
    access = _access(door, case_id)
    plan = use.plan_undo(access, case_id)
    carry_out_case(door, plan, lambda loaded: use.undo(access, case_id, loaded), yes=yes)


@cases.command()
@pass_door
def clean(door: Door) -> None:
    """Take out what cases brought whose last day is over; the service does it by itself."""
    count = 0
    for case in door.wired().case_cleaning.run():
        count += 1
        output.say(f"Case {case.id} ({case.login}): {case.state}. {case.problem}")
    output.say(f"{count} cases were due.")


for _command in (import_, undo_import):
    cases.add_command(_command)


def _access(door: Door, case_id: int) -> Access:
    case = door.wired().cases.store.case(case_id)
    return door.access(case.login.text, password_prompt=False)


def _leaver(door: Door, access: Access) -> Person:
    known = door.wired().directory.person(access.login)
    mailbox = door.wired().addresses.mailbox(access.login)
    return known or Person(login=access.login, address=mailbox.address, aliases=mailbox.aliases)


def _terms(read: ReadEntry) -> CaseTerms:
    if read.terms is None:
        raise InvalidInputError(
            "{problems}", code="case", problems="\n".join(str(error) for error in read.errors)
        )
    return read.terms


def _state(case: Case, door: Door) -> str:
    if case.state is CaseState.ACTIVE:
        return case.phase(door.wired().clock()).value
    return case.state.value


def _row(case: Case, door: Door) -> tuple[str, ...]:
    forward = case.terms.forward
    return (
        str(case.id),
        case.login.text,
        _state(case, door),
        str(forward.period.last_day or ""),
        words.joined(forward.destinations),
        case.terms.ticket,
        case.problem,
    )
