"""Acting for another mailbox, as the pages say it: a banner on each, and who set what."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.case import Case
from sieve_manager.application.history import Change
from sieve_manager.application.status import State, Status
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.roles import Role
from sieve_manager.errors import DirectoryError, StorageError
from web.case_words import running_case
from web.context import acting_key, login_name, network_address, web_session, wired, zone
from web.say import _, day, say, strong


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Whose mailbox is acted for; *name* is as people write it, or the login."""

    login: str
    name: str


def acting() -> Acting | None:
    """For whom the signed-in person acts now, from the session alone: errors need it, too."""
    found = web_session()
    if found.acting_for is None:
        return None
    return Acting(login=found.acting_for, name=found.get("acting_name") or found.acting_for)


def let_go() -> None:
    """Be nobody but oneself again, and end the connection that was kept open.

    It looks nothing up: one can stop also when the directory is away.
    """
    found = web_session()
    if found.acting_for is None:
        return
    login = Login(found.acting_for)
    wired().store.forget(acting_key(found, login))
    found.stop_acting()
    me = Actor(
        name=found["login"], channel=Channel.WEB, role=role_shown(), address=network_address()
    )
    wired().trail.acting(me, login, begins=False)


def role_shown() -> Role:
    """The role at sign-in: for what pages offer, never for what they allow."""
    return Role(web_session().get("role") or Role.OWNER)


def role_at_sign_in(login: Login, groups: frozenset[str] = frozenset()) -> Role:
    """The role to remember for the pages; an owner signs in also when the directory is away."""
    try:
        return wired().staff.role(login, groups)
    except (StorageError, DirectoryError):
        return Role.OWNER


def shows_filters() -> bool:
    """Whether the page about all filters is offered."""
    return acting() is None or wired().forwards.sight.is_whole(
        Actor(name="", channel=Channel.WEB, role=role_shown())
    )


def mailbox_title() -> str:
    """What the mailbox is called on its pages."""
    found = acting()
    return _("Mailbox of %(name)s", name=found.name) if found else _("My mailbox")


def who(actor: Actor) -> str:
    """Who it was, from the point of view of who looks."""
    if actor.channel is Channel.CLI:
        return _("%(name)s, on the command line", name=actor.name)
    if actor.channel is Channel.WORKER:
        return _("the program itself")
    if actor.name == login_name():
        return _("you")
    match actor.role:
        case Role.OPERATOR:
            return _("Helpdesk (%(name)s)", name=staff_name(actor))
        case Role.ADMINISTRATOR:
            return _("Administrator (%(name)s)", name=staff_name(actor))
        case Role.OWNER:
            return actor.name


def staff_name(actor: Actor) -> str:
    """The name of a member of staff as people write it, where the directory can be asked."""
    if actor.channel is not Channel.WEB:
        return actor.name  # a system user's name or a token's, and no login
    try:
        return str(wired().staff.person(Login(actor.name)))
    except (StorageError, DirectoryError):
        return actor.name


def set_by_staff(status: Status) -> Markup | None:
    """Who of the staff set what runs now, when, until when, and why; None where nobody did."""
    if case := running_case(status):
        return _handed_over(case)
    last = status.last
    if last is None or status.elsewhere or not last.new.actor.role.is_staff:
        return None
    facts = {
        "name": strong(staff_name(last.new.actor)),
        "day": day(last.new.at.astimezone(ZoneInfo(zone())).date()),
    }
    said = [_by_operator(last.new.change, facts)]
    if last.new.actor.role is Role.ADMINISTRATOR:
        said = [_by_administrator(last.new.change, facts)]
    ends = status.forward.period.last_day if status.forward else None
    if ends and status.state in (State.ACTIVE, State.SCHEDULED):
        said.append(say("It ends on %(last)s.", last=day(ends)))
    return _with_reason(said, last.new.note)


def _handed_over(case: Case) -> Markup:
    local = case.begun_at.astimezone(ZoneInfo(zone())).date()
    facts = {"name": strong(staff_name(case.begun_by)), "day": day(local)}
    if case.terms.ticket:
        said = [
            say(
                "The helpdesk (%(name)s, %(ticket)s) handed this mailbox over on %(day)s.",
                **facts,
                ticket=strong(case.terms.ticket),
            )
        ]
    else:
        said = [say("The helpdesk (%(name)s) handed this mailbox over on %(day)s.", **facts)]
    last = case.terms.forward.period.last_day
    if last and case.phase(wired().clock()) is not Phase.ENDED:
        said.append(say("It ends on %(last)s.", last=day(last)))
    return _with_reason(said, case.terms.reason)


def _with_reason(said: list[Markup], reason: str) -> Markup:
    if reason:
        said.append(Markup("{} <q>{}</q>").format(_("The reason:"), reason))
    return Markup(" ").join(said)


def _by_operator(change: Change, facts: dict[str, str | Markup]) -> Markup:
    if change is Change.SET:
        return say("The helpdesk (%(name)s) set this on %(day)s.", **facts)
    return say("The helpdesk (%(name)s) changed this on %(day)s.", **facts)


def _by_administrator(change: Change, facts: dict[str, str | Markup]) -> Markup:
    if change is Change.SET:
        return say("An administrator (%(name)s) set this on %(day)s.", **facts)
    return say("An administrator (%(name)s) changed this on %(day)s.", **facts)
