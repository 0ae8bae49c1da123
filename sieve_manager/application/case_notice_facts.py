"""Who reads a notice about a case, and the names and dates that it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sieve_manager.application.access import ITSELF, Actor, Channel
from sieve_manager.application.address_history import NewAddressVersion
from sieve_manager.application.case import Case
from sieve_manager.application.case_notice_texts import BY_ITSELF, HELPDESK
from sieve_manager.application.case_notice_words import Facts, action_words, language_of
from sieve_manager.application.case_notices import (
    CASE_END,
    AddressNews,
    Deed,
    DueNotice,
    NoticeKind,
)
from sieve_manager.application.ending_links import Ending, EndingLinks
from sieve_manager.application.ports import Addresses, Directory
from sieve_manager.application.reply_templates import DayWords
from sieve_manager.application.unwanted_links import LINK_DAYS, Unwanted, UnwantedLinks
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.forward import Forward
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person
from sieve_manager.policy.rights import maker_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """To whom a notice goes, in which language (one of ours); *mailbox*: it is about theirs."""

    address: EmailAddress
    language: str
    mailbox: Login | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFacts:
    """Looks up what a notice says; *links* None: without “I do not want this”.

    *ending_links* None: destinations that are told of an end are not offered to ask for more.

    *base_url* is that of the pages; *languages* are those of the pages, the first for whom no
    other is known.
    """

    directory: Directory
    addresses: Addresses
    day_words: DayWords
    base_url: str
    languages: Sequence[str]
    timezone: str
    links: UnwantedLinks | None = None
    ending_links: EndingLinks | None = None

    def reader(self, due: DueNotice) -> Reader | None:
        """To whom it goes; None where no address is known."""
        if due.key.kind in (NoticeKind.DESTINATION, NoticeKind.ENDING) and due.destination:
            person = self.directory.by_address(due.destination)
            return self._reader(due.destination, person)
        if due.key.kind is NoticeKind.OWNER and due.deed:
            owner = due.deed.record.entry.mailbox
            found = self._of_login(owner)
            return replace(found, mailbox=owner) if found else None
        if due.address:
            return self._of_login(due.address.reader)
        return self._operator(due.case) if due.case else None

    def common(self, reader: Reader) -> Facts:
        """What holds for all items of a mail."""
        return {
            "mailbox": reader.address.readable,
            "url": self.base_url,
            "link_days": str(LINK_DAYS),
        }

    def of(self, due: DueNotice, language: str, now: datetime) -> Facts:
        """What fills the blanks for one item; "" where there is nothing to say."""
        if due.deed:
            return self._of_deed(due.deed, language)
        if due.address:
            return self._of_address(due.address, language)
        if due.case is None:
            return {}
        person = self.person(due.case.login)
        by = due.by if due.key.kind is NoticeKind.REFUSED else due.case.begun_by
        return {
            **self._of_terms(due.case, language),
            "leaver": str(person),
            "mailbox": person.address.readable if person.address else str(due.case.login),
            "who": self._who(by, language) if by else "",
            "destination": due.destination.readable if due.destination else "",
            "problem": due.case.problem,
            "case_url": f"{self.base_url}/cases/{due.case.id}",
            "link": self._link(due, due.case, now),
        }

    def person(self, login: Login) -> Person:
        """Whose mailbox it is, with its address where one is known."""
        found = self.directory.person(login)
        if found and found.address:
            return found
        address = self.addresses.mailbox(login).address
        return Person(login=login, name=found.name if found else "", address=address)

    def _of_address(self, news: AddressNews, language: str) -> Facts:
        asked = urlencode({"address": str(news.address)})
        return {
            **(self._of_forward(news.kept.forward, language) if news.kept else {}),
            **(self._of_change(news.change, language) if news.change else {}),
            **({"action": action_words(news.action, language)} if news.action else {}),
            "address": news.address.readable,
            "address_url": f"{self.base_url}/addresses/show?{asked}",
        }

    def _of_deed(self, deed: Deed, language: str) -> Facts:
        entry = deed.record.entry
        terms = {} if deed.case is None else self._of_terms(deed.case, language)
        if entry.action == CASE_END:
            terms = {}
        return {
            **terms,
            "day": self._day(entry.at, language),
            "action": action_words(entry.action, language),
            "who": self._who(entry.actor, language),
            "ticket": entry.ticket,
            "reason": entry.reason,
        }

    def _of_change(self, change: NewAddressVersion, language: str) -> dict[str, str]:
        return {
            "day": self._day(change.at, language),
            "who": self._who(change.actor, language),
            "ticket": change.ticket,
            "reason": change.note,
        }

    def _day(self, at: datetime, language: str) -> str:
        return self.day_words(at.astimezone(ZoneInfo(self.timezone)).date(), language)

    def _of_terms(self, case: Case, language: str) -> dict[str, str]:
        return {
            **self._of_forward(case.terms.forward, language),
            "ticket": case.terms.ticket,
            "reason": case.terms.reason,
        }

    def _of_forward(self, forward: Forward, language: str) -> dict[str, str]:
        last_day = forward.period.last_day
        return {
            "destinations": ", ".join(one.readable for one in forward.destinations),
            "last_day": self.day_words(last_day, language) if last_day else "",
        }

    def _link(self, due: DueNotice, case: Case, now: datetime) -> str:
        """For a destination; none to ask for more time where no operator would hear of it."""
        kind, one, last_day = due.key.kind, due.destination, case.terms.forward.period.last_day
        if kind is NoticeKind.DESTINATION and one and self.links:
            token = self.links.make(Unwanted(case=case.id, destination=one), now)
            return f"{self.base_url}/not-wanted/{token}"
        if kind is NoticeKind.ENDING and one and last_day and self.ending_links:
            ending = Ending(case=case.id, destination=one, last_day=last_day)
            link = f"{self.base_url}/ending/{self.ending_links.make(ending)}"
            return link if self._operator(case) else ""
        return ""

    def _operator(self, case: Case) -> Reader | None:
        if case.begun_by.channel is Channel.CLI:
            return None  # a user of the system, not of mail
        return self._of_login(Login(maker_of(case.begun_by.name)))

    def _who(self, actor: Actor, language: str) -> str:
        if actor.name == ITSELF.name:
            return BY_ITSELF[language]
        known = None if actor.channel is Channel.CLI else self.directory.person(Login(actor.name))
        name = known.name if known and known.name else actor.name
        return HELPDESK[language].replace("{name}", name)

    def _of_login(self, login: Login | None) -> Reader | None:
        if login is None:
            return None
        person = self.person(login)
        known = self.directory.person(login) or person
        return self._reader(person.address, known) if person.address else None

    def _reader(self, address: EmailAddress, person: Person | None) -> Reader:
        preferred = person.language if person else ""
        return Reader(address=address, language=language_of(preferred, self.languages))
