"""The right of who calls to act on a mailbox, and the plan of a call that only asks."""

from flask import g

from sieve_manager.application.access import Access
from sieve_manager.application.forms import plan_form
from sieve_manager.application.plan import Plan
from sieve_manager.domain.mailboxes import Login
from web.api.operations import Call, Reply
from web.context import wired


def access_for(call: Call, login: str, *, where: str = "login") -> Access:
    """The right to act on the mailbox *login*, named in *where*; asked for anew at each call.

    Raises:
        NotAllowedError: they may not.
        InvalidInputError: it is no login.
        StorageError, DirectoryError: it cannot be looked up.
    """
    found = Login.parse(login, master_separator=wired().settings.master_separator, where=where)
    g.mailbox = found  # for the audit log, also where it is refused
    wired().staff.demand(call.actor, found)
    access = Access(login=found, actor=call.actor)
    g.access = access  # as web.context has it for pages
    return access


def planned(plan: Plan) -> Reply:
    """A plan as the answer of a dry run."""
    return Reply(form=plan_form(plan), etag=plan.loaded, planned=True)
