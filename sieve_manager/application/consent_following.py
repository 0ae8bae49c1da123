"""Does what follows from questions and answers: mails, the script, the address; each once.

What is cut off in the middle is done again from its beginning: a script or an address that is
there already is not written again, and a mail goes out under the same Message-ID.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.address_history import AddressChange
from sieve_manager.application.address_plan import AddressWish
from sieve_manager.application.agreements import Agreements, of_mailbox
from sieve_manager.application.consent_mail import ConsentMail
from sieve_manager.application.consent_wording import Said
from sieve_manager.application.forwards import Forwards
from sieve_manager.application.history import Change
from sieve_manager.application.planning import Wish
from sieve_manager.application.redirect_addresses import RedirectAddresses
from sieve_manager.application.status import Status
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import SAID_NO, Consent, ConsentState, SourceKind
from sieve_manager.domain.forward import CopyKind, Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.errors import (
    InvalidInputError,
    NoticeError,
    PolicyRefusedError,
    SieveManagerError,
)
from sieve_manager.sieve.placement import KEEP, Keep

_log = logging.getLogger(__name__)
_AT_ONCE = 1000
_GIVEN_UP = timedelta(days=3)
_COUNTED = timedelta(days=60)
_BY_HAND = InvalidInputError(
    "The forward was changed by another program meanwhile.", code="no-forward"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFollowing:
    """A round over all that is to be done."""

    agreements: Agreements
    forwards: Forwards
    addresses: RedirectAddresses
    mail: ConsentMail
    _tried: dict[int, datetime] = field(default_factory=dict)

    def run(self) -> int:
        """Do what is pending; how much of it was done. What fails comes again; StorageError.

        It comes the later again the longer it fails, and after days only where somebody would
        get mail that they do not want.
        """
        store, now = self.agreements.store, self.agreements.clock()
        store.forget_questions(now - _COUNTED)
        return sum(self._attend(one, now) for one in store.pending(_AT_ONCE))

    def _attend(self, one: Consent, now: datetime) -> bool:
        if one.id in self._tried and now - self._tried[one.id] < (now - one.at) / 10:
            return False
        try:
            self._follow(one)
        except SieveManagerError as error:
            _log.warning("what follows from consent %s was not done: %s", one.id, error)
            if one.state in SAID_NO or now - one.at < _GIVEN_UP:
                self._tried[one.id] = now
                return False
        self._tried.pop(one.id, None)
        return self.agreements.store.change(one, replace(one, done=True)) is not None

    def _follow(self, one: Consent) -> None:
        if not self.agreements.asks and one.state not in SAID_NO:
            return  # the next save sets it
        match one.state:
            case ConsentState.WAITING:
                if one.is_open(self.agreements.clock()):
                    self.mail.ask(one)
            case ConsentState.AGREED:
                self._agreed(one)
            case ConsentState.REFUSED | ConsentState.WITHDRAWN:
                self._left(one)
            case ConsentState.DROPPED:
                return

    def _agreed(self, one: Consent) -> None:
        said, reason = Said.AGREED, ""
        try:
            gets_it = self._set(one, gets_it=True)
        except (PolicyRefusedError, InvalidInputError) as error:
            gets_it, said, reason = False, Said.NOT_SET, str(error)
        # Also who gets nothing yet: a later save may pass the mail on, and asks nobody again.
        self.mail.thank(one)
        if not gets_it and said is Said.AGREED:  # nobody wants it there any more
            return
        try:
            self.mail.tell_owner(one, said, reason=reason)
        except NoticeError as error:  # else the receiver would be thanked again and again
            _log.warning("the owner was not told of consent %s: %s", one.id, error)

    def _left(self, one: Consent) -> None:
        try:
            stays = self._set(one, gets_it=False)
        except PolicyRefusedError:  # of what would be left; they are taken out all the same
            stays = self._set(one, gets_it=False, others=False)
        said = Said.WITHDRAWN if one.state is ConsentState.WITHDRAWN else Said.REFUSED
        self.mail.tell_owner(one, Said.STAYS if stays else said)

    def _set(self, one: Consent, *, gets_it: bool, others: bool = True) -> bool:
        """Whether the mail goes there now; False also where nobody wants it there any more.

        Who is to get it no more may still get it by a rule that is not ours to change.

        *others* False: nobody else gets it any more either.
        """
        if one.source.kind is SourceKind.ADDRESS:
            return self._set_address(one.source.name, one.destination, gets_it=gets_it)
        login = Login(one.source.name)
        return self._set_mailbox(login, one.destination, gets_it=gets_it, others=others)

    def _set_address(self, key: str, receiver: EmailAddress, *, gets_it: bool) -> bool:
        address = EmailAddress.restore(key)

        def resolve(kept: RedirectAddress | None) -> RedirectAddress | None:
            if kept is None or receiver not in kept.forward.destinations:
                return kept
            waiting = kept.waiting - {receiver} if gets_it else kept.waiting | {receiver}
            return replace(kept, waiting=waiting)

        change = AddressChange.AGREED if gets_it else AddressChange.WITHDRAWN
        wish = AddressWish(address=address, change=change, resolve=resolve)
        saved = self.addresses.save(ITSELF, wish, None)
        return saved.kept is not None and receiver in saved.kept.leads_to

    def _set_mailbox(
        self, login: Login, receiver: EmailAddress, *, gets_it: bool, others: bool
    ) -> bool:
        access = Access(login=login, actor=ITSELF)
        store = self.agreements.store
        # Looked at before the wish: who saves another forward from here on is seen by the save.
        seen = self.forwards.overview(access)
        wished = store.wish(login)
        consents = store.of(of_mailbox(login))
        to_come = {
            one.destination
            for one in consents
            if one.state is not ConsentState.AGREED or not one.done
        }

        def resolve(status: Status) -> Forward | Keep | None:
            if gets_it:
                return _with(status, wished, receiver, to_come) if wished else KEEP
            return _without(status.forward, receiver) if others else None

        planned = resolve(seen)
        forward = planned if isinstance(planned, Forward) else None
        wish = Wish(
            change=Change.AGREED if gets_it else Change.WITHDRAWN,
            resolve=resolve,
            trash=self.forwards.wishes.trash(access, forward) if forward else None,
        )
        folder = forward.copy.folder if forward and forward.copy.kind is CopyKind.FOLDER else None
        saved = self.forwards.save(access, wish, seen.fingerprint, folder=folder)
        now = saved.status.forward.destinations if saved.status.forward else ()
        if wished:
            stays = [one for one in wished.destinations if gets_it or (others and one != receiver)]
            waits = to_come & set(stays) - set(now)
            rest = replace(wished, destinations=tuple(stays)) if waits else None
            store.keep_wish(login, rest)
        return receiver in now if gets_it else _stays(saved.status, receiver)


def _with(
    status: Status, wished: Forward, receiver: EmailAddress, to_come: Collection[EmailAddress]
) -> Forward | Keep:
    """The forward that runs, or else the one that is wished, to *receiver*, too.

    *to_come* are those whose turn it is not yet. Whom another program has added or taken out
    meanwhile stays in or out.
    """
    there = status.forward.destinations if status.forward else ()
    was_set = set(wished.destinations).difference(to_come)
    if status.changed or status.superseded or (was_set and not there):
        raise _BY_HAND
    if receiver not in wished.destinations:
        return KEEP
    ours = [one for one in wished.destinations if one == receiver or one in there]
    return replace(status.forward or wished, destinations=tuple(dict.fromkeys([*ours, *there])))


def _without(forward: Forward | None, receiver: EmailAddress) -> Forward | Keep | None:
    if forward is None or receiver not in forward.destinations:
        return KEEP
    rest = tuple(one for one in forward.destinations if one != receiver)
    return replace(forward, destinations=rest) if rest else None


def _stays(status: Status, receiver: EmailAddress) -> bool:
    """Whether they get the mail by a rule of another program, or one that was changed there."""
    name = str(receiver).casefold()
    others = (one.target for one in status.foreign_redirects if not one.notifies)
    if name in map(str.casefold, others):
        return True
    return any(f'"{name}"' in source.casefold() for source in status.changed)
