"""Teaches the automatic replies of running cases the aliases that were made after them.

A server answers no mail to an address that the reply does not name (RFC 5230 section 4.5). One
that is an alias no more stays named: no mail arrives for it.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.case import Case, CaseState
from sieve_manager.application.cases import Cases
from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Phase
from sieve_manager.domain.handover import Handover, Reply
from sieve_manager.domain.redirect_address import AddressKind
from sieve_manager.errors import SieveManagerError
from sieve_manager.sieve.placement import KEEP, Keep

_log = logging.getLogger(__name__)
_AT_A_TIME = 500
_AFTER_FAILURE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRenewal:
    """A round over all cases that have a reply."""

    cases: Cases
    addresses: AddressStore
    _failed: dict[int, datetime] = field(default_factory=dict)

    def run(self) -> int:
        """Renew what is behind; how many replies. What fails comes again later; StorageError."""
        offset, renewed = 0, 0
        while page := self.cases.store.found([CaseState.ACTIVE], offset=offset, limit=_AT_A_TIME):
            offset += len(page)
            renewed += self._renew([one for one in page if self._is_due(one)])
        return renewed

    def _is_due(self, case: Case) -> bool:
        now = self.cases.clock()
        failed = self._failed.get(case.id)
        rests = failed is not None and now - failed < _AFTER_FAILURE
        return not rests and case.phase(now) in (Phase.SCHEDULED, Phase.ACTIVE)

    def _renew(self, cases: Sequence[Case]) -> int:
        replies = {case: case.terms.reply for case in cases if case.terms.reply}
        aliases = self._aliases([one for reply in replies.values() for one in reply.addresses])
        renewed = 0
        for case, reply in replies.items():
            found = [alias for one in reply.addresses for alias in aliases[one]]
            knows = replace(reply, addresses=(*reply.addresses, *found))
            renewed += knows != reply and self._attend(case, knows)
        return renewed

    def _aliases(self, targets: Sequence[EmailAddress]) -> dict[EmailAddress, list[EmailAddress]]:
        """By the mailbox's address, those that are in force now."""
        found, now = defaultdict(list), self.cases.clock()
        for kept in self.addresses.leading_to(targets):
            if kept.kind is AddressKind.ALIAS and kept.phase(now) is Phase.ACTIVE:
                found[kept.forward.destinations[0]].append(kept.address)
        return found

    def _attend(self, case: Case, reply: Reply) -> bool:
        try:
            self._write(case, reply)
        except SieveManagerError as error:
            _log.warning("the reply of case %s was not renewed: %s", case.id, error)
            self._failed[case.id] = self.cases.clock()
            return False
        self._failed.pop(case.id, None)
        return True

    def _write(self, case: Case, reply: Reply) -> None:
        """Write, and keep, what is the case's own still; the operator's step stays its last."""
        access, forwards = Access(login=case.login, actor=ITSELF), self.cases.forwards
        renewed = replace(case, terms=replace(case.terms, reply=reply))

        def handover(status: Status) -> Handover | Keep:
            return renewed.handover if _is_of(status.handover, case) else KEEP

        wish = Wish(
            change=Change.CASE_RENEW,
            resolve=lambda _: KEEP,
            handover=handover,
            trash=forwards.wishes.trash(access, case.terms.forward),
            note=case.terms.reason,
            ticket=case.terms.ticket,
        )
        saved = forwards.save(access, wish, None)
        if saved.status.handover == renewed.handover and self.cases.store.case(case.id) == case:
            self.cases.store.keep(renewed)


def _is_of(found: Handover | None, case: Case) -> bool:
    """Whether *found* is what *case* made of the mailbox, but for what its reply answers to."""
    return found is not None and _unaddressed(found) == _unaddressed(case.handover)


def _unaddressed(handover: Handover) -> Handover:
    return replace(handover, reply=handover.reply and replace(handover.reply, addresses=()))
