"""What the configuration allows, in sentences: for the page that says it to the helpdesk."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from sieve_manager.settings import Settings
from web.forward import copy_words
from web.policy_lines import Chapter, Line, Row, domains, line
from web.policy_people import addresses, notices, staff
from web.say import N_, _, joined, plural, say, strong, zone_name

_FAULTS = {
    "closed": N_("an address that is not in use"),
    "dead-end": N_("an address that does not exist"),
    "deep": N_("too many stations"),
    "ends-early": N_("a part that ends before the others"),
    "outside": N_("a way to the outside over several stations"),
    "redirects": N_("more forwards than the mail server allows"),
    "twice": N_("two ways to the same place"),
}


def policy_words(settings: Settings) -> tuple[Chapter, ...]:
    """Every rule that *settings* set, each key of them once or more."""
    return (
        Chapter(
            name="forwards",
            title=_("Every forward"),
            intro=_("This holds for everybody: owners, the helpdesk and administrators."),
            rows=tuple(_forwards(settings)),
        ),
        Chapter(
            name="cases",
            title=_("Cases of people who left"),
            intro=_(
                "This holds for the helpdesk, beside the rules above, also for a forward that it "
                "sets without a case: what somebody else has to agree to takes a case. For "
                "administrators, only the rules above hold."
            ),
            rows=tuple(_cases(settings)),
        ),
        Chapter(
            name="addresses",
            title=_("Redirect addresses and aliases"),
            intro=_("Addresses without a mailbox: what is sent to them is only passed on."),
            rows=tuple(addresses(settings)),
        ),
        Chapter(
            name="staff",
            title=_("Who acts for whom"),
            intro=_("Nobody agrees to their own request, or to what concerns their own mailbox."),
            rows=tuple(staff(settings)),
        ),
        Chapter(
            name="notices",
            title=_("Who is told by mail"),
            intro="",
            rows=tuple(notices(settings)),
        ),
    )


def _forwards(settings: Settings) -> Iterable[Row]:
    rules = settings.policy
    inside = say("Inside are the domains of the mailbox's own addresses; all else is outside.")
    if rules.internal_domains:
        inside = say(
            "Inside is %(domains)s; all else is outside.", domains=domains(rules.internal_domains)
        )
    where = say("Mail may be forwarded to any address.")
    if rules.allowed_destination_domains:
        where = say(
            "Mail may be forwarded to the inside and to %(domains)s, nowhere else.",
            domains=domains(rules.allowed_destination_domains),
        )
    yield Row(
        topic=_("Destinations"),
        lines=(
            line(where, "policy.allowed_destination_domains"),
            line(inside, "policy.internal_domains"),
            line(_at_most(rules.max_destinations), "policy.max_destinations"),
            line(_consent(rules.consent.value), "policy.consent"),
            line(_chain([one.value for one in rules.chain_refused]), "policy.chain_refused"),
        ),
    )
    yield Row(topic=_("Copy"), lines=(line(_choices(rules.copy_choices), "policy.copy_choices"),))
    zone = say(
        "Days are counted in %(zone)s unless another zone is chosen.",
        zone=zone_name(rules.default_timezone),
    )
    yield Row(
        topic=_("Duration"),
        lines=(
            line(say("As long as one wants. A last day, a reason and a ticket are not required.")),
            line(zone, "policy.default_timezone"),
        ),
    )
    yield Row(topic=_("Spam"), lines=tuple(_spam(settings)))


def _consent(of: str) -> Markup:
    if of == "none":
        return say("Receivers are not asked.")
    if of == "outside":
        return say("Receivers outside are asked first, and get nothing before they agree.")
    return say("All receivers are asked first, and get nothing before they agree.")


def _chain(refused: Sequence[str]) -> Markup:
    said = say("Mail may not go round in a circle, nor to where nobody stores it.")
    faults = joined(escape(_(_FAULTS[one])) for one in refused)
    if not faults:
        return said
    return said + " " + say("Nor may there be on its way: %(faults)s.", faults=faults)


def _spam(settings: Settings) -> Iterable[Line]:
    rules = settings.policy
    held = say("New forwards forward spam as well, unless one chooses otherwise.")
    if rules.hold_spam:
        held = say("New forwards do not forward spam, unless one chooses otherwise.")
    yield line(held, "policy.hold_spam")
    headers = joined(strong(f"{name}: {value}") for name, value in rules.spam_headers)
    marks = say(
        "Messages with one of these header lines count as spam: %(headers)s.", headers=headers
    )
    if not rules.spam_headers:
        marks = say("No header marks a message as spam.")
    yield line(marks, "policy.spam_headers")


def _cases(settings: Settings) -> Iterable[Row]:
    rules, everybody = settings.cases, settings.policy
    inside = say("Mail may be handed over to every address that a forward may go to.")
    if rules.allowed_destination_domains:
        inside = say(
            "Mail may be handed over to the inside and to %(domains)s, nowhere else.",
            domains=domains(rules.allowed_destination_domains),
        )
    if rules.inside_only:
        inside = say("Mail may be handed over to the inside only.")
    most = _at_most(min(rules.max_destinations, everybody.max_destinations))
    yield Row(
        topic=_("Destinations"),
        lines=(
            line(inside, "cases.inside_only", "cases.allowed_destination_domains"),
            line(most, "cases.max_destinations"),
        ),
    )
    both = [one for one in rules.copy_choices if one in everybody.copy_choices]
    yield Row(topic=_("Copy"), lines=(line(_choices(both), "cases.copy_choices"),))
    yield Row(topic=_("Duration"), lines=tuple(_duration(settings)))
    yield Row(topic=_("Ticket and reason"), lines=tuple(_reasons(settings)))
    yield Row(topic=_("A second person"), lines=tuple(_second_person(settings)))
    ends = say("The owner of the mailbox cannot end a case.")
    if rules.owner_may_end:
        ends = say("The owner of the mailbox may end a case.")
    yield Row(topic=_("The owner"), lines=(line(ends, "cases.owner_may_end"),))


def _duration(settings: Settings) -> Iterable[Line]:
    rules = settings.cases
    longest: str = say("A case may last as long as one wants.")
    if rules.longest_days:
        longest = plural(
            "A case lasts one day at most.",
            "A case lasts %(num)s days at most.",
            rules.longest_days,
        )
    end = say("A last day is not required.")
    if rules.end_required or rules.longest_days:
        end = say("A last day is required.")
    yield line(longest, "cases.longest_days")
    yield line(end, "cases.end_required")


def _reasons(settings: Settings) -> Iterable[Line]:
    rules = settings.cases
    ticket = say("Any ticket number, or none.")
    if rules.ticket_pattern:
        ticket = say(
            "The ticket number has to match %(pattern)s.",
            pattern=Markup("<code>{}</code>").format(rules.ticket_pattern),
        )
    yield line(ticket, "cases.ticket_pattern")
    reason = say("A reason is not required.")
    if rules.reason_required:
        reason = say("A reason is required.")
    yield line(reason, "cases.reason_required")


def _second_person(settings: Settings) -> Iterable[Line]:
    rules = settings.cases
    match "outside" in rules.approval_for, "endless" in rules.approval_for:
        case True, True:
            asked = say(
                "A case with a destination outside, or without a last day, waits until somebody "
                "else of the helpdesk agrees."
            )
        case True, False:
            asked = say(
                "A case with a destination outside waits until somebody else of the helpdesk "
                "agrees."
            )
        case False, True:
            asked = say(
                "A case without a last day waits until somebody else of the helpdesk agrees."
            )
        case _:
            asked = say("No case waits for a second person.")
    yield line(asked, "cases.approval_for")
    if rules.approval_for:
        days = plural(
            "What nobody agrees to within a day is dropped.",
            "What nobody agrees to within %(num)s days is dropped.",
            rules.approval_days,
        )
        yield line(days, "cases.approval_days")
    batch: str = say("A batch of any size is started by who made it.")
    if rules.batch_threshold:
        batch = plural(
            "A batch of more than one case is started by somebody else than who made it, "
            "administrators included.",
            "A batch of more than %(num)s cases is started by somebody else than who made it, "
            "administrators included.",
            rules.batch_threshold,
        )
    yield line(batch, "cases.batch_threshold")


def _at_most(number: int) -> str:
    return plural("To one address at most.", "To %(num)s addresses at most.", number)


def _choices(allowed: Iterable[str]) -> Markup:
    """Each choice of copy, whether allowed or not: nobody shall look for one in vain."""
    known = {kind: label for kind, label, _consequence in copy_words()}
    allowed = set(allowed)
    yes = Markup("; ").join(strong(label) for kind, label in known.items() if kind in allowed)
    no = Markup("; ").join(strong(label) for kind, label in known.items() if kind not in allowed)
    if not no:
        return say("Every choice is allowed.")
    if not yes:
        return say("No choice is allowed to both owners and the helpdesk.")
    return say("Allowed: %(yes)s. Not allowed: %(no)s.", yes=yes, no=no)
