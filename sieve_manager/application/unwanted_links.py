"""The link “I do not want this” in the notice to a destination: signed, and good for a while.

Who has the link can say so for this case and this address, and nothing else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sieve_manager.application.signed_words import SignedWords, address_word, address_written
from sieve_manager.domain.addresses import EmailAddress

LINK_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """What a link stands for."""

    case: int
    destination: EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwantedLinks:
    """Makes and reads them under *secret*, from which a key of their own is derived."""

    secret: str

    def make(self, unwanted: Unwanted, now: datetime) -> str:
        """The part of the address after the last slash; letters, digits, ``-``, ``_``, ``.``."""
        expires = int((now + timedelta(days=LINK_DAYS)).timestamp())
        address = address_word(unwanted.destination)
        return self._signed.sign(f"{unwanted.case}.{expires}.{address}")

    def read(self, token: str, now: datetime) -> Unwanted | None:
        """What *token* stands for; None where it is not ours, was changed, or has expired."""
        told = self._signed.read(token)
        if told is None:
            return None
        case, expires, address = told.split(".")
        if now.timestamp() > int(expires):
            return None
        return Unwanted(case=int(case), destination=address_written(address))

    @property
    def _signed(self) -> SignedWords:
        return SignedWords(secret=self.secret, purpose=b"unwanted link")
