"""What --json prints and the API answers; docs/reference/json.md promises every key of it."""

import json
from collections.abc import Iterable

from sieve_manager.application.auditing import AuditRecord, line_of
from sieve_manager.application.case import Case
from sieve_manager.application.history import Version
from sieve_manager.application.jobs import Item, ItemState, Progress
from sieve_manager.application.plan import Plan
from sieve_manager.application.status import ForeignRedirect, Status
from sieve_manager.application.tokens import Token
from sieve_manager.domain.consent import Consent
from sieve_manager.domain.people import Person
from sieve_manager.domain.scripts import ScriptListing
from sieve_manager.policy.findings import Finding, Severity

Form = dict[str, object]


def status_form(
    status: Status, findings: Iterable[Finding] = (), *, waiting: Iterable[Consent] = ()
) -> Form:
    """A mailbox's forward; *findings* of a plan are warned of, too; *waiting* have not agreed."""
    forward = status.forward
    period = forward.period if forward else None
    included = status.included_script
    return {
        "mailbox": status.mailbox.login.text,
        "state": status.state.value,
        "works": status.works and status.reached,
        "destinations": [str(one) for one in forward.destinations] if forward else [],
        "waiting": [str(one.destination) for one in waiting],
        "copy": str(forward.copy) if forward else None,
        "first_day": period.first_day.isoformat() if period and period.first_day else None,
        "last_day": period.last_day.isoformat() if period and period.last_day else None,
        "timezone": period.timezone if period else None,
        "hold_spam": forward.hold_spam if forward else None,
        "included_script": included.text if included else None,
        "foreign_redirects": [_redirect_form(one) for one in status.foreign_redirects],
        "redirects_used": status.redirects_used,
        "redirects_allowed": status.redirects_allowed,
        "fingerprint": status.fingerprint.text,
        "warnings": _warnings((*status.findings, *findings)),
    }


def listing_form(mailbox: str, listing: ScriptListing) -> Form:
    """A mailbox's scripts."""
    return {
        "mailbox": mailbox,
        "scripts": [
            {"name": name.text, "active": name == listing.active} for name in listing.names
        ],
    }


def history_form(mailbox: str, versions: Iterable[Version]) -> Form:
    """A mailbox's history, newest first."""
    return {"mailbox": mailbox, "versions": [_version_form(version) for version in versions]}


def audit_form(records: Iterable[AuditRecord]) -> Form:
    """Entries of the audit log, each as in an export."""
    return {"entries": [json.loads(line_of(record)) for record in records]}


def people_form(people: Iterable[Person]) -> Form:
    """Those whom a search found."""
    return {"people": [_person_form(person) for person in people]}


def _person_form(person: Person) -> Form:
    return {
        "login": person.login.text,
        "name": person.name,
        "address": str(person.address) if person.address else None,
        "aliases": [str(one) for one in person.aliases],
        "manager": person.manager.text if person.manager else None,
        "groups": sorted(person.groups),
        "language": person.language or None,
    }


def _version_form(version: Version) -> Form:
    new = version.new
    before, after = new.before.listing.active, new.after.listing.active
    return {
        "version": version.number,
        "at": new.at.isoformat(timespec="seconds"),
        "actor": new.actor.name,
        "channel": new.actor.channel.value,
        "role": new.actor.role.value,
        "change": new.change.value,
        "undoes": new.undoes,
        "note": new.note,
        "settled": version.settled,
        "active_before": before.text if before else None,
        "active_after": after.text if after else None,
    }


def _redirect_form(redirect: ForeignRedirect) -> Form:
    return {
        "to": redirect.target if redirect.constant else None,
        "rule": redirect.rule or None,
        "program": redirect.dialect.value,
        "conditional": redirect.conditional,
        "copy": redirect.copy,
        "notifies": redirect.notifies,
    }


def _warnings(findings: Iterable[Finding]) -> list[Form]:
    return [
        {"code": one.code, "severity": one.severity.value, "message": one.message}
        for one in dict.fromkeys(findings)
        if one.severity is not Severity.INFO
    ]


def case_form(case: Case) -> Form:
    """A case."""
    forward, reply = case.terms.forward, case.terms.reply
    period = forward.period
    return {
        "case": case.id,
        "mailbox": case.login.text,
        "number": case.number,
        "state": case.state.value,
        "destinations": [str(one) for one in forward.destinations],
        "copy": str(forward.copy),
        "first_day": period.first_day.isoformat() if period.first_day else None,
        "last_day": period.last_day.isoformat() if period.last_day else None,
        "timezone": period.timezone,
        "hold_spam": forward.hold_spam,
        "reply": {
            "subject": reply.subject,
            "text": reply.text,
            "interval_days": reply.interval_days,
        }
        if reply
        else None,
        "own_forward": case.terms.own_forward.value,
        "ticket": case.terms.ticket,
        "reason": case.terms.reason,
        "begun_at": case.begun_at.isoformat(timespec="seconds"),
        "begun_by": case.begun_by.name,
        "ended_at": case.ended_at.isoformat(timespec="seconds") if case.ended_at else None,
        "problem": case.problem,
    }


def job_form(found: Progress) -> Form:
    """A job and how far it is."""
    job, counts = found.job, found.counts
    return {
        "job": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "reason": job.reason,
        "created": job.created.isoformat(timespec="seconds"),
        "created_by": job.actor.name,
        "finished": job.finished.isoformat(timespec="seconds") if job.finished else None,
        "checksum": job.checksum,
        "items": {state.value: getattr(counts, state.value) for state in ItemState},
        "rate": found.rate,
        "seconds_left": found.seconds_left,
    }


def item_form(item: Item) -> Form:
    """One item of a batch; *case* is there once it began one."""
    warnings = item.result.get("warnings")
    return {
        "item": item.number,
        "line": item.payload.get("line"),
        "mailbox": item.key,
        "state": item.state.value,
        "case": item.result.get("case"),
        "warnings": warnings if isinstance(warnings, list) else [],
        "error": item.error,
    }


def plan_form(plan: Plan) -> Form:
    """What a change would write, as who asks may see it; nothing was written."""
    return {
        "fingerprint": plan.loaded.text,
        "checksum": plan.checksum,
        "refused": plan.refused,
        "conflict": plan.conflict,
        "empty": plan.empty,
        "findings": [finding_form(one) for one in dict.fromkeys(plan.findings)],
        "differences": [
            {"script": one.script, "lines": list(one.lines)} for one in plan.differences
        ],
        "after": status_form(plan.after),
    }


def tokens_form(tokens: Iterable[Token]) -> Form:
    """Tokens, without their secrets."""
    return {"tokens": [token_form(one) for one in tokens]}


def token_form(token: Token) -> Form:
    """One token, without its secret."""
    return {
        "token": token.id,
        "name": token.name,
        "scopes": sorted(one.value for one in token.scopes),
        "role": token.role.value,
        "created_by": token.created_by,
        "created": token.created.isoformat(timespec="seconds"),
        "expires": token.expires.isoformat(timespec="seconds"),
        "used": token.used.isoformat(timespec="seconds") if token.used else None,
        "revoked": token.revoked.isoformat(timespec="seconds") if token.revoked else None,
    }


def finding_form(finding: Finding) -> Form:
    """A finding."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "where": finding.where,
    }
