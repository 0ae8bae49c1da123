"""The link in the notice to a destination that mail ends: to ask for more time, or to let it end.

It holds for one case, one address and one last day; whether that is still so, the case says.
"""

from dataclasses import dataclass
from datetime import date

from sieve_manager.application.signed_words import SignedWords, address_word, address_written
from sieve_manager.domain.addresses import EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a link stands for."""

    case: int
    destination: EmailAddress
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingLinks:
    """Makes and reads them under *secret*, from which a key of their own is derived."""

    secret: str

    def make(self, ending: Ending) -> str:
        """The part of the address after the last slash."""
        address = address_word(ending.destination)
        return self._signed.sign(f"{ending.case}.{ending.last_day.isoformat()}.{address}")

    def read(self, token: str) -> Ending | None:
        """What *token* stands for; None where it is not ours, or was changed."""
        told = self._signed.read(token)
        if told is None:
            return None
        case, last_day, address = told.split(".")
        return Ending(
            case=int(case),
            destination=address_written(address),
            last_day=date.fromisoformat(last_day),
        )

    @property
    def _signed(self) -> SignedWords:
        return SignedWords(secret=self.secret, purpose=b"ending link")
