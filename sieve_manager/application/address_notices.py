"""Which notices about redirect addresses are due: to the owner, or to who looks after one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.address_history import AddressChange, AddressVersion
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.case_notices import (
    TELL_WITHIN,
    AddressNews,
    DueNotice,
    NoticeKey,
    NoticeKind,
    NoticeRules,
)
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.redirect_address import RedirectAddress
from sieve_manager.policy.rights import is_same_person, maker_of

GIVEN, TAKEN = "address.given", "address.taken"
"""What a change is called to whom the address belongs since, or does not any more."""

_TOLD = (
    AddressChange.SET,
    AddressChange.PAUSE,
    AddressChange.RESUME,
    AddressChange.DELETE,
    AddressChange.UNDO,
)
_DECIDES = (AddressChange.SET, AddressChange.UNDO)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressNotices:
    """Finds what is due in *store*; what was sent already is looked up by the caller."""

    store: AddressStore

    def due(self, now: datetime, rules: NoticeRules) -> Iterator[DueNotice]:
        """What others changed in the last days, what ends soon, and what ended; StorageError."""
        if rules.owner:
            for version in self.store.recent(now - TELL_WITHIN):
                if version.new.change in _TOLD:
                    yield from _changed(version)
        ahead = now + timedelta(days=rules.reminder_days)
        for kept in self.store.ending(now - TELL_WITHIN, ahead):
            if found := self._ending(kept, now, rules):
                yield found

    def _ending(self, kept: RedirectAddress, now: datetime, rules: NoticeRules) -> DueNotice | None:
        period = kept.forward.period
        if period.ends is None or period.last_day is None:
            return None
        kind = NoticeKind.ADDRESS_REMINDER if now <= period.ends else NoticeKind.ADDRESS_ENDED
        decided = self._decided(kept)
        remind_at = period.ends - timedelta(days=rules.reminder_days)
        if kind is NoticeKind.ADDRESS_REMINDER and decided and decided.new.at > remind_at:
            return None  # they have just heard of the last day
        reader = kept.owner or (_mail_user(decided.new.actor) if decided else None)
        if reader is None or not (rules.owner if kept.owner else rules.operator):
            return None
        key = NoticeKey(kind=kind, number=period.last_day.toordinal(), about=kept.address.key)
        news = AddressNews(address=kept.address, reader=reader, kept=kept)
        return DueNotice(key=key, address=news)

    def _decided(self, kept: RedirectAddress) -> AddressVersion | None:
        """The newest change that decided until when it leads anywhere."""
        versions = self.store.versions(kept.address)
        return next((one for one in versions if one.new.change in _DECIDES), None)


def _changed(version: AddressVersion) -> Iterator[DueNotice]:
    """For who owned it before and for who does since, unless they did it themselves."""
    new = version.new
    before, after = _owner(new.before), _owner(new.after)
    for owner in dict.fromkeys((before, after)):
        if owner is None or is_same_person(new.actor.name, owner.text):
            continue
        action = f"address.{new.change.value}"
        if new.after and before != after:
            action = GIVEN if owner == after else TAKEN
        news = AddressNews(
            address=new.address,
            reader=owner,
            kept=new.after if owner == after else None,
            action=action,
            change=new,
        )
        about = f"{action} {new.address.key}"
        key = NoticeKey(kind=NoticeKind.ADDRESS_CHANGED, number=version.number, about=about)
        yield DueNotice(key=key, address=news)


def _owner(kept: RedirectAddress | None) -> Login | None:
    return kept.owner if kept else None


def _mail_user(actor: Actor) -> Login | None:
    """Who acts, unless it is a user of the system, not of mail."""
    return None if actor.channel is Channel.CLI else Login(maker_of(actor.name))
