"""``sieve-manager audit``: read the audit log, verify its chain, export and prune it."""

from datetime import datetime

import click

from sieve_manager.application.audit_upkeep import end_of_retention, faults_of
from sieve_manager.application.audit_upkeep import prune as prune_log
from sieve_manager.application.auditing import AuditEntry, AuditRecord, Fault, FaultKind, line_of
from sieve_manager.application.forms import audit_form
from sieve_manager.cli import options, output, words
from sieve_manager.cli.door import Door, administrator, pass_door
from sieve_manager.cli.exit_codes import ExitCode
from sieve_manager.cli.saving import agree
from sieve_manager.domain.schedule import midnight
from sieve_manager.errors import InvalidInputError

_DATE = click.DateTime(["%Y-%m-%d"])
_SHOWN_FAULTS = 20
_FAULTS = {
    FaultKind.CHANGED: "Entry {number} was changed, or the digest of the one before it.",
    FaultKind.GAP: "Before entry {number} others are missing.",
    FaultKind.TAIL: "The log does not end with its newest entry, {number}.",
}


@click.group()
def audit() -> None:
    """Who did what to whose mailbox, why, and how it ended."""


@audit.command()
@pass_door
def verify(door: Door) -> None:
    """Go along the chain: find what was changed, taken out or cut off."""
    archive = door.wired().audit
    faults = faults_of(archive)
    head = archive.marks().head
    for fault in faults[:_SHOWN_FAULTS]:
        output.complain(_says(fault))
    if len(faults) > _SHOWN_FAULTS:
        output.complain(f"There are more of these: {len(faults)} in all.")
    if faults:
        click.get_current_context().exit(ExitCode.AUDIT_LOG_CHANGED)
    output.say(f"The chain is whole. The newest entry is {head.number}, its digest {head.digest}.")


@audit.command()
@click.option("--mailbox", metavar="LOGIN", help="Only what was done to this mailbox.")
@options.as_json
@pass_door
def show(door: Door, mailbox: str | None, as_json: bool) -> None:
    """List the 50 newest entries, newest first."""
    login = door.login(mailbox) if mailbox else None
    found = door.wired().audit.entries(mailbox=login)
    if as_json:
        output.show_json(audit_form(found))
        return
    zone = door.wired().policy.default_timezone
    heads = ("Number", "When", "Who", "Mailbox", "Action", "Result", "Why")
    output.show_table(heads, (_row(record, zone) for record in found))


@audit.command()
@click.option("--since", type=_DATE, metavar="DATE", help="Only entries from this day on.")
@pass_door
def export(door: Door, since: datetime | None) -> None:
    """Print entries as lines of JSON, oldest first."""
    start = midnight(since.date(), door.wired().policy.default_timezone) if since else None
    for record in door.wired().audit.records():
        if start is None or record.entry.at >= start:
            click.echo(line_of(record))


@audit.command()
@click.option(
    "--before",
    type=_DATE,
    metavar="DATE",
    help="Only entries before this day.  [default: all that retention does not keep]",
)
@options.yes
@pass_door
def prune(door: Door, before: datetime | None, yes: bool) -> None:
    """Take away the oldest entries, as far as [audit] retention_days allows."""
    wired = door.wired()
    limit = end_of_retention(wired.settings.audit.retention_days, wired.clock())
    zone = wired.policy.default_timezone
    until = midnight(before.date(), zone) if before else limit
    if until > limit:
        raise InvalidInputError(
            "Entries from {day} on are kept: audit.retention_days says so.",
            code="audit-kept",
            day=words.moment(limit, zone),
        )
    agree(door, f"Take away all entries before {words.moment(until, zone)}?", yes=yes)
    count = prune_log(wired.audit, wired.trail, administrator(), until)
    output.say(f"{count} entries were taken away." if count else "There are none that old.")


def _says(fault: Fault) -> str:
    return _FAULTS[fault.kind].format(number=fault.number)


def _row(record: AuditRecord, zone: str) -> tuple[str, ...]:
    entry = record.entry
    return (
        str(record.number),
        words.moment(entry.at, zone),
        f"{entry.actor.name} ({entry.actor.role}, {entry.actor.channel})",
        entry.mailbox.text if entry.mailbox else "",
        entry.action,
        entry.result.value,
        " ".join(filter(None, (entry.ticket, entry.reason, entry.detail, _to(entry)))),
    )


def _to(entry: AuditEntry) -> str:
    return f"To {', '.join(entry.to)}." if entry.to else ""
