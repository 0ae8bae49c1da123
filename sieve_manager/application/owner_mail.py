"""Mail to an owner about the own mailbox, which a forward must not take away."""

import logging
from dataclasses import dataclass

from sieve_manager.application.access import Access
from sieve_manager.application.letter import letter
from sieve_manager.application.ports import Clock, Inbox, Mailer
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import ServerError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerMail:
    """Puts mail into *inbox*; where that fails or there is none, *mailer* sends it."""

    mailer: Mailer
    inbox: Inbox | None
    sender: EmailAddress
    clock: Clock

    def send(
        self, access: Access, *, to: EmailAddress, subject: str, text: str, identity: str = ""
    ) -> None:
        """Tell the owner of the mailbox of *access*, whose address is *to*; NoticeError."""
        if self.inbox is not None:
            message = letter(
                self.sender, to, subject=subject, text=text, identity=identity, at=self.clock()
            )
            try:
                self.inbox.leave(access, message.as_bytes())
            except ServerError as error:
                _log.warning("a notice is sent by mail, not put into the inbox: %s", error)
            else:
                return
        self.mailer.send(to=to, subject=subject, text=text, identity=identity)
