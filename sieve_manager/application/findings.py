"""Say in findings what a look through the scripts, or the server's limits, brought up."""

from sieve_manager.policy.findings import Finding, refuse, warn
from sieve_manager.sieve.hazards import Hazard, HazardKind


def finding_about(hazard: Hazard, *, used: int, allowed: int) -> Finding:
    """The finding for one hazard; it refuses where the server would cancel all.

    Too many redirects are refused even where only some messages would be lost to all of them.
    """
    say = refuse if hazard.cancels else warn
    script = hazard.script
    match hazard.kind:
        case HazardKind.TOO_MANY_REDIRECTS:
            return refuse(
                "too-many-redirects",
                "One message could be forwarded {used} times, and this server allows "
                "{allowed}. It would then forward to nobody.",
                where="to",
                used=str(used),
                allowed=str(allowed),
            )
        case HazardKind.SECOND_VACATION:
            return say(
                "second-vacation",
                "More than one automatic reply could answer the same message. The server then "
                "runs no filter at all.",
                script=script,
            )
        case HazardKind.CIRCULAR_INCLUDE:
            return say(
                "circular-include",
                "The script “{script}” includes itself. The server then runs no filter at all.",
                script=script,
            )
        case HazardKind.MISSING_INCLUDE:
            return say(
                "missing-include",
                "The script “{script}” includes “{name}”, which is not there. The server then "
                "runs no filter at all.",
                script=script,
                name=hazard.detail,
            )
        case HazardKind.UNKNOWN_EXTENSION:
            return say(
                "unknown-extension",
                "The script “{script}” needs “{name}”, which this server does not have. It "
                "then runs no filter at all.",
                script=script,
                name=hazard.detail,
            )
        case HazardKind.TOO_MANY_ACTIONS:
            return say(
                "too-many-actions",
                "The scripts could do more with one message than this server allows. It then "
                "does nothing of it.",
            )
        case _:
            return _remark(hazard, hazard.kind)


def _remark(hazard: Hazard, kind: HazardKind) -> Finding:
    """What cancels nothing, and people should know."""
    script = hazard.script
    match kind:
        case HazardKind.HIDDEN_REDIRECT:
            return warn(
                "hidden-redirect",
                "A filter in “{script}” forwards to an address that is worked out for each "
                "message. We cannot say where to.",
                script=script,
            )
        case HazardKind.UNREADABLE:
            return warn(
                "unreadable",
                "We cannot read the script “{script}”. Whether it forwards mail too, we "
                "cannot say.",
                script=script,
            )
        case HazardKind.FILTERS_FIRST:
            return warn(
                "filters-first",
                "Other filters come before the forward in “{script}”. They act first, and what "
                "one of them ends is not forwarded. To put the forward first, switch it off and "
                "set it up again.",
                script=script,
            )
        case HazardKind.NEVER_REACHED:
            return refuse(
                "never-reached",
                "Other filters in “{script}” come before the forward and end every message, so "
                "nothing is forwarded. To put the forward first, switch it off and set it up "
                "again.",
                script=script,
            )
        case HazardKind.REJECTS_FORWARDED:
            return refuse(
                "rejects-forwarded",
                "A filter in “{script}” rejects some messages. This server cannot reject a message "
                "that is forwarded as well: it would do neither. Choose a copy that is kept in a "
                "folder, or none; the other filters are then skipped for what is forwarded.",
                where="copy",
                script=script,
            )
        case HazardKind.LOST_INCLUDE:
            return warn(
                "lost-include",
                "“{script}” runs before the script “{name}”, which is not there any more: what "
                "it said does not happen. It was deleted or renamed by another program.",
                script=script,
                name=hazard.detail,
            )
        case _:
            raise ValueError(f"{kind} is a hazard that cancels")
