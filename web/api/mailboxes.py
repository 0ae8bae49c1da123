"""Mailboxes: who they are, their forward, their history."""

from sieve_manager.application.access import Access
from sieve_manager.application.case_entry import CaseEntry
from sieve_manager.application.forms import history_form, people_form, status_form
from sieve_manager.application.history import Change
from sieve_manager.application.saving import Saved
from sieve_manager.application.status import Status
from sieve_manager.application.tokens import Scope
from sieve_manager.domain.forward import Forward as Wanted
from web.api.acting import access_for, planned
from web.api.forms_in import ForwardIn, SearchQuery
from web.api.forms_out import Forward, History, People, Plan
from web.api.operations import Call, Needs, Operations, Rehearsable, Reply
from web.api.problems import invalid
from web.context import one_line, wired
from web.notice import tell_owner

operations = Operations()

_FORWARD = "/mailboxes/<login>/forward"
_MATCHED = Needs(must_match=True)


@operations.add("GET", "/mailboxes", Scope.READ, People, query=SearchQuery)
def search_mailboxes(call: Call) -> Reply:
    """Find people by name, login or address."""
    text = call.asked(SearchQuery).text
    found = wired().staff.search(call.actor, one_line(text, len(text)))
    return Reply(form=people_form(one.person for one in found if one.refusal is None))


@operations.add("GET", _FORWARD, Scope.READ, Forward)
def get_forward(call: Call, login: str) -> Reply:
    """What happens to a mailbox's mail now."""
    access = access_for(call, login)
    return _of(access, wired().forwards.overview(access))


@operations.add(
    "PUT",
    _FORWARD,
    Scope.CASES,
    Forward,
    Plan,
    query=Rehearsable,
    needs=Needs(body=ForwardIn, must_match=True),
)
def set_forward(call: Call, login: str) -> Reply:
    """Set the whole forward."""
    access = access_for(call, login)
    wanted = _wanted(call.sent(ForwardIn), access)
    if call.dry_run:
        return planned(wired().forwards.plan_set(access, wanted, call.loaded))
    return _saved(access, wired().forwards.set_forward(access, wanted, call.loaded))


@operations.add("DELETE", _FORWARD, Scope.CASES, Forward, Plan, query=Rehearsable, needs=_MATCHED)
def clear_forward(call: Call, login: str) -> Reply:
    """Take our forward out, and nothing else."""
    return _changed(call, login, Change.CLEAR)


@operations.add(
    "POST", f"{_FORWARD}/pause", Scope.CASES, Forward, Plan, query=Rehearsable, needs=_MATCHED
)
def pause_forward(call: Call, login: str) -> Reply:
    """Pause the forward; it can be resumed as it was."""
    return _changed(call, login, Change.PAUSE)


@operations.add(
    "POST", f"{_FORWARD}/resume", Scope.CASES, Forward, Plan, query=Rehearsable, needs=_MATCHED
)
def resume_forward(call: Call, login: str) -> Reply:
    """Resume a forward that is paused."""
    return _changed(call, login, Change.RESUME)


@operations.add("GET", "/mailboxes/<login>/history", Scope.READ, History)
def get_history(call: Call, login: str) -> Reply:
    """The changes that were made here, newest first."""
    access = access_for(call, login)
    return Reply(form=history_form(access.login.text, wired().forwards.history(access)))


def _changed(call: Call, login: str, change: Change) -> Reply:
    access = access_for(call, login)
    if call.dry_run:
        return planned(wired().forwards.plan_change(access, change, call.loaded))
    return _saved(access, wired().forwards.change(access, change, call.loaded))


def _saved(access: Access, saved: Saved) -> Reply:
    tell_owner(saved.status)  # whoever set it up
    return _of(access, saved.status)


def _of(access: Access, status: Status) -> Reply:
    form = status_form(status, waiting=wired().forwards.waiting(access))
    return Reply(form=form, etag=status.fingerprint)


def _wanted(sent: ForwardIn, access: Access) -> Wanted:
    """Read as the forward of a case is, so that all that is wrong is said at once."""
    policy = wired().policy
    entry = CaseEntry(
        to=tuple(sent.destinations),
        copy=sent.copy_choice,
        first_day=sent.first_day.isoformat() if sent.first_day else "",
        last_day=sent.last_day.isoformat() if sent.last_day else "",
        timezone=sent.timezone or policy.default_timezone,
        hold_spam=policy.hold_spam if sent.hold_spam is None else sent.hold_spam,
    )
    read = wired().case_entries.read(entry, wired().staff.person(access.login))
    if read.terms is None:
        raise invalid(list(read.errors))
    forward = read.terms.forward
    return Wanted(
        destinations=forward.destinations,
        copy=forward.copy,
        period=forward.period,
        hold_spam=forward.hold_spam,
        note=one_line(sent.note, len(sent.note)),
    )
