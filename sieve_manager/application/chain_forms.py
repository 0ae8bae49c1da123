"""Redirect addresses and traces as --json prints them and the API answers; see forms.py."""

from collections.abc import Iterable
from datetime import datetime

from sieve_manager.application.address_history import AddressVersion, fingerprint_of
from sieve_manager.application.address_plan import AddressPlan
from sieve_manager.application.chain import ALWAYS, Kind
from sieve_manager.application.forms import Form, finding_form
from sieve_manager.application.proof_report import Report
from sieve_manager.application.register_words import all_in_words
from sieve_manager.application.trace import Hop
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.policy.findings import Finding


def trace_form(root: Hop, findings: Iterable[Finding]) -> Form:
    """What happens to mail for an address, as a tree of hops, and what is wrong with that."""
    return {"trace": _hop_form(root), "findings": [finding_form(one) for one in findings]}


def report_form(report: Report) -> Form:
    """What became of a test message at each hop."""
    return {
        "address": str(report.proof.address),
        "sent_at": report.proof.sent_at.isoformat(timespec="seconds"),
        "steps": [
            {
                "address": str(one.hop.address) if one.hop.address else None,
                "kind": one.hop.station.kind.value,
                "depth": one.depth,
                "fate": one.fate.value,
                "folders": list(one.folders),
                "text": one.text,
            }
            for one in report.steps
        ],
    }


def _hop_form(hop: Hop) -> Form:
    way = hop.way
    return {
        "address": str(hop.address) if hop.address else None,
        "kind": hop.station.kind.value,
        "mailbox": hop.station.key if hop.station.kind is Kind.MAILBOX else None,
        "rest_stays": hop.stays if hop.station.kind is Kind.MAILBOX else None,
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
        "findings": [finding_form(one) for one in dict.fromkeys(plan.findings)],
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
