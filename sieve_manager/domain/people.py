"""A person with a mailbox, as a directory knows them."""

from dataclasses import dataclass

from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.domain.mailboxes import Login, Mailbox


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

    def __str__(self) -> str:
        return self.name or str(self.mailbox)
