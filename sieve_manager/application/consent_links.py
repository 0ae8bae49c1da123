"""The links in mails to receivers: to answer a question, and to stop what was agreed to."""

from dataclasses import dataclass
from enum import StrEnum

from sieve_manager.application.signed_words import SignedWords
from sieve_manager.domain.consent import Consent


class LinkKind(StrEnum):
    """What a link is for."""

    ANSWER = "answer"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question that a link is about: the number of the consent, and which question it was."""

    kind: LinkKind
    number: int
    question: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLinks:
    """Makes and reads them under *secret*; until when one is good, the consent says."""

    secret: str
    base_url: str

    def make(self, kind: LinkKind, consent: Consent) -> str:
        """The whole address of the page."""
        token = self._signed.sign(f"{kind}.{consent.id}.{consent.question}")
        return f"{self.base_url}/consent/{token}"

    def read(self, token: str) -> Asked | None:
        """What *token* is about; None where it is not ours."""
        words = self._signed.read(token)
        if words is None:
            return None
        kind, number, question = words.split(".")
        return Asked(kind=LinkKind(kind), number=int(number), question=int(question))

    @property
    def _signed(self) -> SignedWords:
        return SignedWords(secret=self.secret, purpose=b"consent link")
