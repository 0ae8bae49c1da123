"""Words in a link that only we can have written: signed, each purpose under a key of its own."""

import base64
import hmac
from dataclasses import dataclass

from sieve_manager.domain.addresses import EmailAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedWords:
    """Signs and reads them under a key that is derived from *secret* for *purpose*."""

    secret: str
    purpose: bytes

    def sign(self, words: str) -> str:
        """*words* (letters, digits, ``-``, ``_``, ``.``) and their signature, of the same signs."""
        return f"{words}.{self._signature(words)}"

    def read(self, token: str) -> str | None:
        """What was signed; None where it is not ours, or was changed."""
        words, _, signature = token.rpartition(".")
        expected = self._signature(words)
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
            return None
        return words

    def _signature(self, words: str) -> str:
        key = hmac.digest(self.secret.encode(), self.purpose, "sha256")
        mac = hmac.digest(key, words.encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(mac).decode("ascii").rstrip("=")


def address_word(address: EmailAddress) -> str:
    """*address* as one word of a link, without a dot."""
    return base64.urlsafe_b64encode(str(address).encode()).decode("ascii").rstrip("=")


def address_written(word: str) -> EmailAddress:
    """The address that :func:`address_word` wrote; only for words whose signature was read."""
    padded = word + "=" * (-len(word) % 4)
    return EmailAddress.restore(base64.urlsafe_b64decode(padded).decode())
