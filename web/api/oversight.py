"""What is looked at from above: what waits for approval, the audit log, the register."""

from sieve_manager.application.case import CaseState
from sieve_manager.application.chain_forms import trace_form
from sieve_manager.application.forms import audit_form
from sieve_manager.application.register_export import json_form
from sieve_manager.application.register_store import MOST_COUNTED, Question
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from web.api import batches, cases
from web.api.forms_in import AuditQuery, RegisterQuery, TraceQuery
from web.api.forms_out import Audit, Register, Trace
from web.api.forms_out_cases import Approvals
from web.api.operations import Call, Operations, Reply
from web.context import one_line, wired

operations = Operations()

_MOST_WAITING = 1000


@operations.add("GET", "/approvals", Scope.READ, Approvals)
def list_approvals(call: Call) -> Reply:
    """List the cases and batches that wait for somebody else's word."""
    waiting = wired().cases.store.found((CaseState.WAITING,), limit=_MOST_WAITING)
    return Reply(form={"cases": cases.seen(call, waiting), "batches": batches.waiting(call)})


@operations.add("GET", "/audit", Scope.READ, Audit, query=AuditQuery)
def list_audit(call: Call) -> Reply:
    """Read the audit log, newest first; this takes a token with an administrator's role."""
    wired().staff.demand_role(call.actor, administrator=True)
    asked, separator = call.asked(AuditQuery), wired().settings.master_separator
    mailbox = None
    if asked.mailbox:
        mailbox = Login.parse(asked.mailbox, master_separator=separator, where="mailbox")
    found = wired().audit.entries(mailbox=mailbox, before=asked.before, limit=asked.limit)
    return Reply(form=audit_form(found))


@operations.add("GET", "/trace", Scope.READ, Trace, query=TraceQuery)
def trace_address(call: Call) -> Reply:
    """Say what happens to mail for an address, as of the last sweep."""
    to = EmailAddress.parse(call.asked(TraceQuery).address, where="address")
    traced = wired().tracing.trace(call.actor, to)
    return Reply(form=trace_form(traced.root, traced.findings))


@operations.add("GET", "/register", Scope.READ, Register, query=RegisterQuery)
def list_register(call: Call) -> Reply:
    """Search the forwards of all mailboxes, as the last sweep found them."""
    asked, store = call.asked(RegisterQuery), wired().register.store
    question = Question(
        text=one_line(asked.text, len(asked.text)),
        outside=asked.outside,
        no_end=asked.no_end,
        gone=asked.gone,
        set_by=asked.set_by,
        problems=asked.problems,
        sort=asked.sort,
        for_operators=call.actor.role is not Role.ADMINISTRATOR,
    )
    whole = wired().forwards.sight.is_whole(call.actor)
    found = store.page(question, asked.offset, asked.limit)
    forms = [json_form(one if whole else one.without_words, wired().clock()) for one in found]
    return Reply(form={"forwards": forms, "count": min(store.count(question), MOST_COUNTED)})
