"""What --json prints and the API answers; docs/reference/json.md promises every key of it."""

import json
from collections.abc import Iterable
from datetime import datetime

from sieve_manager.application.address_history import AddressVersion, fingerprint_of
from sieve_manager.application.address_plan import AddressPlan
from sieve_manager.application.auditing import AuditRecord, line_of
from sieve_manager.application.case import Case
from sieve_manager.application.chain import ALWAYS, Kind
from sieve_manager.application.history import Version
from sieve_manager.application.jobs import Item, ItemState, Progress
from sieve_manager.application.plan import Plan
from sieve_manager.application.register_words import all_in_words
from sieve_manager.application.status import ForeignRedirect, Status
from sieve_manager.application.tokens import Token
from sieve_manager.application.trace import Hop
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.people import Person
from sieve_manager.domain.redirect_address import RedirectAddress
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
        "findings": [_finding_form(one) for one in dict.fromkeys(plan.findings)],
        "differences": [
            {"script": one.script, "lines": list(one.lines)} for one in plan.differences
        ],
        "after": status_form(plan.after),
    }


def trace_form(root: Hop, findings: Iterable[Finding]) -> Form:
    """What happens to mail for an address, as a tree of hops, and what is wrong with that."""
    return {"trace": _hop_form(root), "findings": [_finding_form(one) for one in findings]}


def _hop_form(hop: Hop) -> Form:
    way = hop.way
    return {
        "address": str(hop.address) if hop.address else None,
        "kind": hop.station.kind.value,
        "mailbox": hop.station.key if hop.station.kind is Kind.MAILBOX else None,
        "copy_stays": way.keeps if way else None,
        "condition": all_in_words(way.conditions) or None if way else None,
        "first": _instant(way.window.starts, ALWAYS.starts) if way else None,
        "last": _instant(way.window.ends, ALWAYS.ends) if way else None,
        "turn": hop.turn.value if hop.turn else None,
        "hops": [_hop_form(one) for one in hop.hops],
    }


def _instant(at: datetime, open_: datetime) -> str | None:
    return None if at == open_ else at.isoformat(timespec="seconds")


def address_form(kept: RedirectAddress, phase: Phase) -> Form:
    """A redirect address or an alias, and where it stands now."""
    forward, period = kept.forward, kept.forward.period
    return {
        "address": str(kept.address),
        "kind": kept.kind.value,
        "state": phase.value,
        "destinations": [str(one) for one in forward.destinations],
        "waiting": [str(one) for one in forward.destinations if one in kept.waiting],
        "first_day": period.first_day.isoformat() if period.first_day else None,
        "last_day": period.last_day.isoformat() if period.last_day else None,
        "timezone": period.timezone,
        "owner": kept.owner.text if kept.owner else None,
        "moved_to": str(kept.moved_to) if kept.moved_to else None,
        "note": forward.note,
        "fingerprint": fingerprint_of(kept).text,
    }


def address_plan_form(plan: AddressPlan, now: datetime) -> Form:
    """What a change of an address would come to; nothing was written."""
    sides = {"before": plan.before, "after": plan.after}
    return {
        "fingerprint": plan.loaded.text,
        "refused": plan.refused,
        "conflict": plan.conflict,
        "empty": plan.empty,
        "findings": [_finding_form(one) for one in dict.fromkeys(plan.findings)],
        **{name: address_form(one, one.phase(now)) if one else None for name, one in sides.items()},
    }


def address_history_form(address: EmailAddress, versions: Iterable[AddressVersion]) -> Form:
    """The history of a redirect address, newest first."""
    return {
        "address": str(address),
        "versions": [_address_version_form(one) for one in versions],
    }


def _address_version_form(version: AddressVersion) -> Form:
    new = version.new
    return {
        "version": version.number,
        "at": new.at.isoformat(timespec="seconds"),
        "actor": new.actor.name,
        "channel": new.actor.channel.value,
        "role": new.actor.role.value,
        "change": new.change.value,
        "undoes": new.undoes,
        "note": new.note,
        "ticket": new.ticket,
        "destinations": [str(one) for one in new.after.forward.destinations] if new.after else [],
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


def _finding_form(finding: Finding) -> Form:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "where": finding.where,
    }
