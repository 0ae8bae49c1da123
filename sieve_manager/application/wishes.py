"""What each change of a forward means, given what is there; pure."""

from sieve_manager.application.history import Change
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import Forward
from sieve_manager.errors import InvalidInputError
from sieve_manager.sieve.compose import locate
from sieve_manager.sieve.rule_parts import SpamHeaders


def resolve(change: Change, status: Status, spam_headers: SpamHeaders) -> Forward | None:
    """The forward that *change* leads to; None where ours is to be taken out.

    Raises:
        InvalidInputError: there is no forward that this could be done to.
    """
    match change:
        case Change.PAUSE | Change.RESUME:
            return _present(status).with_paused(change is Change.PAUSE)
        case Change.REACTIVATE:
            return _earlier(status, spam_headers)
        case Change.ADOPT:
            return status.forward
        case Change.CLEAR:
            return None
        case _:
            raise ValueError(f"{change} carries its own state")


def _present(status: Status) -> Forward:
    if status.forward is None:
        raise InvalidInputError("There is no forward to pause or resume.", code="no-forward")
    return status.forward


def _earlier(status: Status, spam_headers: SpamHeaders) -> Forward:
    """Ours as it was: from the script that is not active any more, or from our last write."""
    forward = status.forward or status.superseded
    if forward is None and status.last is not None:
        places = locate(status.last.new.after, spam_headers)
        forward = next((place.rules.forward for place in places if place.rules.forward), None)
    if forward is None:
        raise InvalidInputError("There is no earlier forward.", code="no-forward")
    return forward
