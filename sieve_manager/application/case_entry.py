"""What somebody entered for a case, as texts, from a form, a line of CSV or a call; and its terms.

All that is wrong is said at once, each with the field that it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from sieve_manager.application.reply_templates import TEMPLATES, DayWords, ReplyTemplate, facts_of
from sieve_manager.domain.addresses import EmailAddress, split_addresses
from sieve_manager.domain.case import MAX_REASON, MAX_TICKET, CaseTerms, OwnForward, demand_short
from sieve_manager.domain.forward import Copy, Forward
from sieve_manager.domain.handover import DEFAULT_INTERVAL_DAYS, Reply
from sieve_manager.domain.people import Person
from sieve_manager.domain.schedule import Period, parse_day, parse_zone
from sieve_manager.errors import InvalidInputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """The fields of a case, as typed.

    *copy* is written as on the command line. *reply* is a language code for the template of
    that language, "text" for the given subject and text, or "" for no automatic reply; blanks
    in given texts are filled in as in templates.
    """

    to: tuple[str, ...] = ()
    copy: str = "none"
    first_day: str = ""
    last_day: str = ""
    timezone: str = "UTC"
    hold_spam: bool = True
    reply: str = ""
    reply_subject: str = ""
    reply_text: str = ""
    reply_interval: str = str(DEFAULT_INTERVAL_DAYS)
    own_forward: str = OwnForward.OFF.value
    ticket: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEntry:
    """The terms, or everything that is wrong."""

    terms: CaseTerms | None
    errors: tuple[InvalidInputError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReader:
    """Reads entries.

    *find* returns who has an address, as far as known, so that the reply can name them; *own* all
    addresses of a leaver, since mail to any other is not answered.
    """

    day_words: DayWords
    find: Callable[[EmailAddress], Person | None]
    templates: Mapping[str, ReplyTemplate] = field(default_factory=lambda: TEMPLATES)
    own: Callable[[Person], tuple[EmailAddress, ...]] = lambda leaver: leaver.addresses

    def read(self, entry: CaseEntry, leaver: Person) -> ReadEntry:
        """What *entry* means for the mailbox of *leaver*."""
        reading = _Reading(self, entry, leaver)
        terms = reading.terms()
        return ReadEntry(terms=terms if not reading.errors else None, errors=tuple(reading.errors))

    def template_of(self, terms: CaseTerms, leaver: Person) -> str:
        """The language of the template that made the reply of *terms*, or "".

        So other days and other people get into the reply when the terms are changed.
        """
        reply, to, last_day = terms.reply, terms.forward.destinations, terms.forward.period.last_day
        if reply is None:
            return ""
        for language, template in self.templates.items():
            filled = self.filled(template, language, leaver, to, last_day)
            if (filled.subject, filled.text.strip("\n")) == (reply.subject, reply.text):
                return language
        return ""

    def filled(
        self,
        template: ReplyTemplate,
        language: str,
        leaver: Person,
        to: tuple[EmailAddress, ...],
        last_day: date | None,
    ) -> ReplyTemplate:
        """The *template* with its blanks filled in; InvalidInputError."""
        day = self.day_words(last_day, language) if last_day else ""
        people = [(self.find(address), address) for address in to]
        successors = [(one.name if one else "", address.readable) for one, address in people]
        return template.filled(facts_of(str(leaver), successors, last_day, day))


@dataclass(slots=True)
class _Reading:
    reader: EntryReader
    entry: CaseEntry
    leaver: Person
    errors: list[InvalidInputError] = field(default_factory=list)

    def terms(self) -> CaseTerms | None:
        entry = self.entry
        pieces = [piece for text in entry.to for piece in split_addresses(text)]
        found = [self._try(partial(EmailAddress.parse, piece)) for piece in pieces or [""]]
        destinations = tuple(one for one in found if one)
        copy = self._try(lambda: Copy.parse(entry.copy))
        own_forward = self._try(self._own_forward)
        period = self._period()
        reply = self._try(lambda: self._reply(destinations, period)) if period else None
        ticket, reason = entry.ticket.strip(), entry.reason.strip()
        self._try(lambda: demand_short(ticket, MAX_TICKET, "ticket"))
        self._try(lambda: demand_short(reason, MAX_REASON, "reason"))
        if self.errors or not (copy and own_forward and period):
            return None
        return CaseTerms(
            forward=Forward(
                destinations=destinations, copy=copy, period=period, hold_spam=entry.hold_spam
            ),
            reply=reply,
            own_forward=own_forward,
            ticket=ticket,
            reason=reason,
        )

    def _own_forward(self) -> OwnForward:
        text = self.entry.own_forward.strip().lower()
        if text not in set(OwnForward):
            raise InvalidInputError(
                "“{text}” is not “keep” or “off”.",
                where="own_forward",
                code="own-forward",
                text=text,
            )
        return OwnForward(text)

    def _period(self) -> Period | None:
        entry, before = self.entry, len(self.errors)
        first = self._try(lambda: parse_day(entry.first_day, where="first_day"))
        last = self._try(lambda: parse_day(entry.last_day, where="last_day"))
        zone = self._try(lambda: parse_zone(entry.timezone.strip()))
        if len(self.errors) > before or zone is None:
            return None
        return self._try(lambda: Period(first_day=first, last_day=last, timezone=zone))

    def _reply(self, to: tuple[EmailAddress, ...], period: Period) -> Reply | None:
        entry, leaver = self.entry, self.leaver
        kind = entry.reply.strip().lower()
        if not kind:
            return None
        template = self.reader.templates.get(kind)
        language = kind
        if kind == "text":
            template = ReplyTemplate(subject=entry.reply_subject, text=entry.reply_text)
            language = leaver.language or "en"
        if template is None:
            raise InvalidInputError(
                "There is no automatic reply for “{kind}”. There are: {known}.",
                where="reply",
                code="reply-kind",
                kind=kind,
                known=", ".join([*self.reader.templates, "text"]),
            )
        filled = self.reader.filled(template, language, leaver, to, period.last_day)
        return Reply(
            text=filled.text,
            subject=filled.subject,
            interval_days=self._interval(),
            addresses=self.reader.own(leaver),
        )

    def _interval(self) -> int:
        text = self.entry.reply_interval.strip()
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            raise InvalidInputError(
                "“{text}” is not a number of days.",
                where="reply_interval",
                code="reply-interval",
                text=text,
            )
        return int(text)

    def _try(self, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except InvalidInputError as error:
            self.errors.append(error)
            return None
