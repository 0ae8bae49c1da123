"""What receivers do with their links: look, answer a question, stop what they agreed to."""

from dataclasses import dataclass, replace
from typing import Final

from sieve_manager.application.access import Actor, Channel
from sieve_manager.application.auditing import AuditEntry, Result
from sieve_manager.application.consent_links import Asked, ConsentLinks, LinkKind
from sieve_manager.application.consent_ports import ConsentStore
from sieve_manager.application.ports import Clock
from sieve_manager.application.trail import Trail
from sieve_manager.domain.consent import Consent, ConsentState
from sieve_manager.domain.mailboxes import Login

_WORDS: Final = {
    ConsentState.AGREED: "consent.agree",
    ConsentState.REFUSED: "consent.refuse",
    ConsentState.WITHDRAWN: "consent.withdraw",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Takes answers; what follows from them is done by the next round. StorageError.

    Whoever has a link may use it, wherever they come from: *address* is their network address,
    for the audit log. *asks*: whether anybody must agree; where not, it can still be stopped.
    """

    store: ConsentStore
    links: ConsentLinks
    clock: Clock
    trail: Trail
    asks: bool = True

    def look(self, token: str) -> tuple[LinkKind, Consent] | None:
        """What the link is for, as long as it is good for anything; None without any reason."""
        asked = self.links.read(token)
        consent = self.store.get(asked.number) if asked else None
        if asked is None or consent is None or not self._is_good(asked, consent):
            return None
        return asked.kind, consent

    def answer(self, token: str, *, agrees: bool, address: str) -> Consent | None:
        """Answer the question, once; None where the link is not good, or not any more."""
        found = self.look(token)
        if found is None or found[0] is not LinkKind.ANSWER:
            return None
        state = ConsentState.AGREED if agrees else ConsentState.REFUSED
        return self._become(found[1], state, address)

    def stop(self, token: str, *, address: str) -> Consent | None:
        """Take back what was agreed to; None where the link is not good, or not any more."""
        found = self.look(token)
        if found is None or found[0] is not LinkKind.STOP:
            return None
        return self._become(found[1], ConsentState.WITHDRAWN, address)

    def _is_good(self, asked: Asked, consent: Consent) -> bool:
        if asked.question != consent.question:
            return False
        if asked.kind is LinkKind.STOP:
            return consent.state is ConsentState.AGREED
        return self.asks and consent.is_open(self.clock())

    def _become(self, old: Consent, state: ConsentState, address: str) -> Consent | None:
        now = self.clock()
        new = self.store.change(old, replace(old, state=state, at=now, done=False))
        if new:
            actor = Actor(name=new.destination.key, channel=Channel.WEB, address=address)
            self.trail.write(
                AuditEntry(
                    at=now,
                    actor=actor,
                    action=_WORDS[state],
                    result=Result.DONE,
                    mailbox=Login(new.source.name),
                )
            )
        return new
