"""Who acts for whom and for which addresses, and who is told by mail, in sentences."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from sieve_manager.settings import Settings
from web.policy_lines import Line, Row, domains, line, names
from web.say import _, joined, plural, say, strong

_GROUP = "group:"
_SIGHT = "staff.operators_see_other_rules"
_NOTICES = ("owner", "destination", "operator", "reminder_days")


def staff(settings: Settings) -> Iterable[Row]:
    """Of [staff]."""
    rules = settings.staff
    yield Row(
        topic=_("Helpdesk"),
        lines=(
            line(_people(rules.operators), "staff.operators"),
            *_reach(settings),
            line(_sight(see_all=rules.operators_see_other_rules), _SIGHT),
        ),
    )
    yield Row(
        topic=_("Administrators"),
        lines=(
            line(_people(rules.administrators), "staff.administrators"),
            line(say("They act for every mailbox and see all rules, but never any mail.")),
        ),
    )
    protected = say("Only administrators act for the mailboxes of administrators.")
    if rules.protected:
        protected = say(
            "Only administrators act for the mailboxes of administrators and for: %(people)s.",
            people=_people(rules.protected),
        )
    unknown = say("Only they act for mailboxes that the directory does not know.")
    lines = (line(protected, "staff.protected"), line(unknown))
    yield Row(topic=_("Protected mailboxes"), lines=lines)
    kept = say("Who did what is kept for good.")
    if days := settings.audit.retention_days:
        kept = escape(
            plural(
                "Who did what is deleted after a day.",
                "Who did what is deleted after %(num)d days.",
                days,
            )
        )
    yield Row(topic=_("Audit log"), lines=(line(kept, "audit.retention_days"),))


def addresses(settings: Settings) -> Iterable[Row]:
    """Of [addresses]."""
    rules = settings.addresses
    where = say("None are made here.")
    if rules.domains:
        where = say("They are made in %(domains)s.", domains=domains(rules.domains))
    who = say("Only administrators make, change and delete them.")
    if rules.operators:
        who = say(
            "Administrators make, change and delete them; the helpdesk, too, in the domains that "
            "it looks after."
        )
    owners = say("The owner of a redirect address may change where it leads, and when.")
    yield Row(topic=_("Domains"), lines=(line(where, "addresses.domains"),))
    yield Row(topic=_("Who acts"), lines=(line(who, "addresses.operators"), line(owners)))


def _reach(settings: Settings) -> Iterable[Line]:
    rules = settings.staff
    where = say("They act for mailboxes in every domain.")
    if rules.operator_domains:
        where = say(
            "They act only for mailboxes in %(domains)s.", domains=domains(rules.operator_domains)
        )
    yield line(where, "staff.operator_domains")
    groups = say("Membership of a group does not matter.")
    if rules.operator_groups:
        groups = say(
            "They act only for members of one of these groups: %(groups)s.",
            groups=names(rules.operator_groups),
        )
    yield line(groups, "staff.operator_groups")


def _sight(*, see_all: bool) -> Markup:
    if see_all:
        return say("They see what all rules of these mailboxes say, but never any mail.")
    return say(
        "Of other programs' rules they see how many there are and where those forward to; they "
        "never see any mail."
    )


def notices(settings: Settings) -> Iterable[Row]:
    """Of [notices], policy.notify_owner and register.digest_to."""
    if settings.smtp is None:
        keys = (
            "policy.notify_owner",
            "register.digest_to",
            *(f"notices.{one}" for one in _NOTICES),
        )
        nobody = say("Nobody is told by mail here: [smtp] is not configured.")
        yield Row(topic=_("Everybody"), lines=(line(nobody, *keys),))
        return
    told = settings.notices
    outside = say("They are not told of forwards to the outside.")
    if settings.policy.notify_owner:
        outside = say("They are told when a forward to the outside appears.")
    changes = say("They are not told what others change in their mailbox.")
    if told.owner:
        changes = say("They are told what others change in their mailbox.")
    yield Row(
        topic=_("Owners"),
        lines=(line(outside, "policy.notify_owner"), line(changes, "notices.owner")),
    )
    begins = say("They are not told when mail of somebody who left begins to come to them.")
    if told.destination:
        begins = say("They are told when mail of somebody who left begins to come to them.")
    ends = (_reminder(told.reminder_days),) if told.destination else ()
    yield Row(topic=_("Who takes over"), lines=(line(begins, "notices.destination"), *ends))
    yield Row(topic=_("Who began a case"), lines=tuple(_of_operators(settings)))
    watchers = say("Nobody is told of new forwards to the outside, whoever set them.")
    if settings.register.digest_to:
        watchers = say(
            "Of new forwards to the outside, whoever set them, are told: %(people)s.",
            people=names(settings.register.digest_to),
        )
    yield Row(topic=_("Administrators"), lines=(line(watchers, "register.digest_to"),))


def _of_operators(settings: Settings) -> Iterable[Line]:
    told = settings.notices
    if not told.operator:
        text = say("They are not told what becomes of their cases.")
        yield line(text, "notices.operator", "notices.reminder_days")
        return
    yield line(say("They are told what becomes of their cases."), "notices.operator")
    yield _reminder(told.reminder_days)


def _reminder(days: int) -> Line:
    text: str = say("They are not reminded before the last day.")
    if days:
        text = plural(
            "They are reminded a day before the last day.",
            "They are reminded %(num)s days before the last day.",
            days,
        )
    return line(text, "notices.reminder_days")


def _people(entries: Iterable[str]) -> Markup:
    """People by name, and groups; as a part of a sentence, or for itself."""
    found = [
        say("the group %(group)s", group=strong(one[len(_GROUP) :]))
        if one.startswith(_GROUP)
        else strong(one)
        for one in entries
    ]
    return joined(found) if found else say("Nobody.")
