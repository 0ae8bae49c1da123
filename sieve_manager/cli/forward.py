"""``sieve-manager forward``: show, set, pause, resume and clear a mailbox's forward."""

from collections.abc import Sequence
from pathlib import Path

import click

from sieve_manager.application.access import Access
from sieve_manager.application.forms import status_form
from sieve_manager.application.history import Change
from sieve_manager.application.status import Status
from sieve_manager.cli import clearing, options, output, words
from sieve_manager.cli.door import Door, pass_door
from sieve_manager.cli.saving import carry_out
from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.consent import Consent
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.schedule import Period, parse_day


@click.group()
def forward() -> None:
    """Show or change where a mailbox's mail is forwarded to."""


@forward.command()
@options.mailbox
@options.as_json
@options.password_prompt
@pass_door
def show(door: Door, mailbox: str, as_json: bool, password_prompt: bool) -> None:
    """Show what happens to the mail of MAILBOX (a login)."""
    access = door.access(mailbox, password_prompt=password_prompt)
    forwards = door.wired().forwards
    status, waiting = forwards.overview(access), forwards.waiting(access)
    if as_json:
        output.show_json(status_form(status, waiting=waiting))
    else:
        _show(status, door.wired().policy.default_timezone, waiting)


@forward.command("set")
@options.mailbox
@click.option("--to", "to", multiple=True, required=True, metavar="ADDRESS", help="Repeatable.")
@click.option(
    "--copy",
    "copy",
    default="inbox",
    show_default=True,
    metavar="inbox|read|trash|none|folder:NAME",
    help="What becomes of the copy in this mailbox.",
)
@click.option("--from", "first_day", default="", metavar="DATE", help="First day, 2027-01-31.")
@click.option("--until", "last_day", default="", metavar="DATE", help="Last day, included.")
@click.option("--timezone", metavar="ZONE", help="Of these days.  [default: of the policy]")
@click.option(
    "--hold-spam/--no-hold-spam",
    default=None,
    help="Do not forward what is marked as spam.  [default: of the policy]",
)
@click.option("--note", default="", metavar="TEXT", help="For the history, such as a ticket.")
@options.yes
@options.as_json
@options.password_prompt
@pass_door
def set_(
    door: Door,
    mailbox: str,
    to: tuple[str, ...],
    copy: str,
    first_day: str,
    last_day: str,
    timezone: str | None,
    hold_spam: bool | None,
    note: str,
    yes: bool,
    as_json: bool,
    password_prompt: bool,
) -> None:
    """Replace the whole forward of MAILBOX; what is not given takes its default."""
    policy = door.wired().policy
    wanted = Forward(
        destinations=tuple(EmailAddress.parse(one) for text in to for one in _split(text)),
        copy=Copy.parse(copy),
        period=Period(
            first_day=parse_day(first_day, where="first_day"),
            last_day=parse_day(last_day, where="last_day"),
            timezone=timezone or policy.default_timezone,
        ),
        hold_spam=policy.hold_spam if hold_spam is None else hold_spam,
        note=note,
    )
    access = door.access(mailbox, password_prompt=password_prompt)
    forwards = door.wired().forwards
    carry_out(
        door,
        access,
        forwards.plan_set(access, wanted),
        lambda loaded: forwards.set_forward(access, wanted, loaded),
        yes=yes,
        as_json=as_json,
    )


def _split(text: str) -> tuple[str, ...]:
    return split_addresses(text) or (text,)


@forward.command()
@options.mailbox
@options.yes
@options.password_prompt
@pass_door
def pause(door: Door, mailbox: str, yes: bool, password_prompt: bool) -> None:
    """Switch the forward of MAILBOX off for now; all of it is kept."""
    access = door.access(mailbox, password_prompt=password_prompt)
    _change(door, access, Change.PAUSE, yes=yes)


@forward.command()
@options.mailbox
@options.yes
@options.password_prompt
@pass_door
def resume(door: Door, mailbox: str, yes: bool, password_prompt: bool) -> None:
    """Switch the paused forward of MAILBOX on again."""
    access = door.access(mailbox, password_prompt=password_prompt)
    _change(door, access, Change.RESUME, yes=yes)


@forward.command()
@click.argument("mailbox", required=False)
@click.option(
    "--all-mailboxes",
    is_flag=True,
    help="Clear every mailbox of the file in [mailboxes], or of --list; to uninstall.",
)
@click.option(
    "--list",
    "listed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="With --all-mailboxes: logins, one a line (CSV: the first column).",
)
@options.yes
@options.as_json
@options.password_prompt
@pass_door
def clear(
    door: Door,
    mailbox: str | None,
    all_mailboxes: bool,
    listed: Path | None,
    yes: bool,
    as_json: bool,
    password_prompt: bool,
) -> None:
    """Take the forward of MAILBOX out again; all other filters stay as they are."""
    if all_mailboxes == (mailbox is not None):
        raise click.UsageError("Give either MAILBOX or --all-mailboxes.")
    if mailbox is not None:
        if listed:
            raise click.UsageError("--list goes with --all-mailboxes.")
        access = door.access(mailbox, password_prompt=password_prompt)
        _change(door, access, Change.CLEAR, yes=yes, as_json=as_json)
        return
    if password_prompt:
        raise click.UsageError("--all-mailboxes acts through [master].")
    clearing.clear_all(door, listed, yes=yes, as_json=as_json)


def _change(
    door: Door, access: Access, change: Change, *, yes: bool, as_json: bool = False
) -> None:
    forwards = door.wired().forwards
    plan = forwards.plan_change(access, change)
    carry_out(
        door,
        access,
        plan,
        lambda loaded: forwards.change(access, change, loaded),
        yes=yes,
        as_json=as_json,
    )


def _show(status: Status, timezone: str, waiting: Sequence[Consent]) -> None:
    forward = status.forward
    zone = forward.period.timezone if forward else timezone
    output.say(f"{status.mailbox}: {status.state}", style="bold")
    for sentence in words.sentences(status):
        output.say(sentence)
    if status.elsewhere:
        output.say("The scripts were changed by another program since the last change made here.")
    last, active = status.last, status.active_script
    output.show_pairs(
        [
            ("Not agreed yet", words.joined(one.destination for one in waiting)),
            ("Redirects", f"{status.redirects_used} of {status.redirects_allowed} used"),
            ("Active script", active.text if active else "none"),
            ("Includes", status.included_script.text if status.included_script else ""),
            ("Next change", words.moment(status.next_change, zone) if status.next_change else ""),
            ("Last change", words.change_of(last, zone) if last else ""),
            ("Note", last.new.note if last else ""),
        ]
    )
    if status.works:
        output.show_findings(status.findings)
