"""A person with a mailbox, as a directory knows them, and how they are found by what is typed."""

import re
import unicodedata
from dataclasses import dataclass

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox

LONGEST_WORD = 64
"""Of longer words only so many characters are compared."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An entry of the directory.

    *name* is as people write it, or ""; *manager* is the login of who could take over;
    *groups* are names of the directory's groups; *language* is a code such as "de", or "".
    """

    login: Login
    name: str = ""
    address: EmailAddress | None = None
    aliases: tuple[EmailAddress, ...] = ()
    manager: Login | None = None
    groups: frozenset[str] = frozenset()
    language: str = ""

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox with its addresses."""
        return Mailbox(login=self.login, address=self.address, aliases=self.aliases)

    @property
    def addresses(self) -> tuple[EmailAddress, ...]:
        """The primary address, where there is one, and the aliases."""
        return (self.address, *self.aliases) if self.address else self.aliases

    @property
    def words(self) -> frozenset[str]:
        """The words by which this person is found: of name, login and addresses."""
        spelled = {text for one in self.addresses for text in (str(one), one.readable)}
        texts = (self.name, self.login.text, *spelled)
        return frozenset(word for text in texts for word in words_of(text))

    def is_meant_by(self, text: str) -> bool:
        """Whether every word of *text* begins one of this person's words."""
        typed = words_of(text)
        own = self.words
        return bool(typed) and all(any(one.startswith(word) for one in own) for word in typed)

    def __str__(self) -> str:
        return self.name or str(self.mailbox)


def words_of(text: str) -> tuple[str, ...]:
    """The words of *text* for comparing: without case and accents, each once, in order.

    Everything but letters and digits parts words, so an address has several.
    """
    if not text.isascii():
        text = "".join(char for char in _apart(text) if not unicodedata.combining(char))
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(text.casefold())))


def _apart(text: str) -> str:
    """Letters apart from their accents; twice, since folding the case joins some again."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
