"""Mails about consent: the question and the thanks to a receiver, and what owners are told."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sieve_manager.application.access import ITSELF, Access
from sieve_manager.application.address_ports import AddressStore
from sieve_manager.application.case_notice_words import Facts, Mail, filled, language_of
from sieve_manager.application.consent_links import ConsentLinks, LinkKind
from sieve_manager.application.consent_texts import CONSENT
from sieve_manager.application.consent_wording import Said
from sieve_manager.application.owner_mail import OwnerMail
from sieve_manager.application.ports import Addresses, Directory, Mailer
from sieve_manager.application.reply_templates import DayWords
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.consent import Consent, SourceKind
from sieve_manager.domain.mailboxes import Login
from sieve_manager.domain.people import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentMail:
    """Sends them; each may raise NoticeError, StorageError and DirectoryError.

    *languages* are those of the pages, the first for whom no other is known.
    """

    mailer: Mailer
    owner_mail: OwnerMail
    directory: Directory
    addresses: Addresses
    redirects: AddressStore
    links: ConsentLinks
    day_words: DayWords
    languages: Sequence[str]

    def ask(self, consent: Consent) -> None:
        """Ask the receiver."""
        self._to_receiver(consent, Said.QUESTION, LinkKind.ANSWER)

    def thank(self, consent: Consent) -> None:
        """Tell who has agreed how they stop it."""
        self._to_receiver(consent, Said.THANKS, LinkKind.STOP)

    def tell_owner(self, consent: Consent, said: Said, reason: str = "") -> None:
        """Tell whose mail it is; nobody where nobody owns the address."""
        owner = self._owner(consent)
        address = self.addresses.mailbox(owner.login).address if owner else None
        if owner is None or address is None:
            return
        mail = self._mail(consent, said, owner, {"url": self.links.base_url, "reason": reason})
        self.owner_mail.send(
            Access(login=owner.login, actor=ITSELF),
            to=address,
            subject=mail.subject,
            text=mail.text,
            identity=_identity(consent, said),
        )

    def _to_receiver(self, consent: Consent, said: Said, kind: LinkKind) -> None:
        reader = self.directory.by_address(consent.destination)
        mail = self._mail(consent, said, reader, {"link": self.links.make(kind, consent)})
        self.mailer.send(
            to=consent.destination,
            subject=mail.subject,
            text=mail.text,
            identity=_identity(consent, said),
        )

    def _mail(self, consent: Consent, said: Said, reader: Person | None, facts: Facts) -> Mail:
        language = language_of(reader.language if reader else "", self.languages)
        letter, owner = CONSENT[language][said], self._owner(consent)
        known = {
            **facts,
            "source": self.source(consent).readable,
            "receiver": consent.destination.readable,
            "owner": owner.name if owner else "",
            "day": self.day_words(consent.answer_by.date(), language),
        }
        return Mail(subject=filled(letter.subject, known), text=filled(letter.text, known) + "\n")

    def _owner(self, consent: Consent) -> Person | None:
        login: Login | None = Login(consent.source.name)
        if consent.source.kind is SourceKind.ADDRESS:
            kept = self.redirects.get(EmailAddress.restore(consent.source.name))
            login = kept.owner if kept else None
        return self.directory.person(login) or Person(login=login) if login else None

    def source(self, consent: Consent) -> EmailAddress:
        """The address whose mail it is, as mails name it."""
        own = None
        if consent.source.kind is SourceKind.MAILBOX:
            own = self.addresses.mailbox(Login(consent.source.name)).address
        return own or EmailAddress.restore(consent.source.name)


def _identity(consent: Consent, said: Said) -> str:
    told = f"{consent.id} {consent.question} {consent.state} {consent.at.timestamp()} {said}"
    return hashlib.sha256(told.encode()).hexdigest()[:40]
