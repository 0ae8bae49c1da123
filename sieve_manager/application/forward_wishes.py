"""What each change of a forward means: the wishes that owners, and who acts for them, have."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sieve_manager.application.access import Access
from sieve_manager.application.agreements import Agreed
from sieve_manager.application.forward_remarks import by_operator, case_stays, unproved
from sieve_manager.application.history import Change
from sieve_manager.application.looking import Looking
from sieve_manager.application.planning import Wish
from sieve_manager.application.ports import Folders
from sieve_manager.application.status import Status
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.roles import Role
from sieve_manager.errors import InvalidInputError
from sieve_manager.policy.case_policy import CasePolicy
from sieve_manager.policy.findings import Finding
from sieve_manager.sieve.compose import locate
from sieve_manager.sieve.rule_parts import SpamHeaders

_BY_OPERATORS = (Change.SET, Change.RESUME, Change.REACTIVATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardWishes:
    """Makes the wishes; *folders* is None where there is no IMAP server."""

    folders: Folders | None
    looking: Looking
    operators: CasePolicy

    def set_forward(self, access: Access, forward: Forward, agreed: Agreed | None = None) -> Wish:
        """Set *forward*, or of it what was *agreed* to; nothing where nobody has agreed."""
        part: Forward | None = forward
        if agreed and agreed.waiting:
            part = replace(forward, destinations=agreed.now) if agreed.now else None
        proof = () if self.folders else unproved(forward)
        return Wish(
            change=Change.SET,
            resolve=lambda _: part,
            trash=self.trash(access, forward),
            note=forward.note,
            remarks=lambda _: proof,
        )

    def change(self, access: Access, change: Change, look: Callable[[], Status]) -> Wish:
        """Pause, resume, clear, reactivate or adopt what *look* finds.

        Trash is looked up before the session for the plan, which may be the only one.
        """

        def decide(status: Status) -> Forward | None:
            return _resolve(change, status, self.looking.policy.spam_headers)

        if change is Change.CLEAR or self.folders is None:
            return Wish(change=change, resolve=decide)
        forward = decide(look())
        trash = self.trash(access, forward) if forward else None
        return Wish(change=change, resolve=decide, trash=trash)

    def undo(self, access: Access, number: int, case: int | None) -> Wish:
        """Put back the state before version *number*, as a step of *case* where given."""
        back = self.looking.history.version(access.login, number)
        versions = self.looking.history.versions(access.login)
        return Wish(
            change=Change.UNDO,
            resolve=lambda status: status.forward,
            back=back,
            later=tuple(one for one in versions if one.number > number),
            remarks=lambda status: case_stays(status, case, self.looking.clock()),
        )

    def limited(self, access: Access, wish: Wish) -> Wish:
        """With what operators may not do in others' mailboxes, with or without a case."""
        if access.actor.role is not Role.OPERATOR or wish.change not in _BY_OPERATORS:
            return wish
        now, policy = self.looking.clock(), self.looking.policy

        def limits(status: Status) -> tuple[Finding, ...]:
            return by_operator(wish, status, policy, self.operators, now)

        return replace(wish, remarks=lambda status: (*wish.remarks(status), *limits(status)))

    def trash(self, access: Access, forward: Forward) -> str | None:
        """The folder for Trash, where *forward* files its copy there and there is one."""
        if self.folders is None or forward.copy.kind is not CopyKind.TRASH:
            return None
        return self.folders.listing(access).trash


def _resolve(change: Change, status: Status, spam_headers: SpamHeaders) -> Forward | None:
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
