"""The test messages that are under way, in memory, for tests and for trying things out."""

from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.domain.proof import Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryProofs:
    """The Proofs port."""

    _sent: dict[str, Proof] = field(default_factory=dict)
    _clean: set[str] = field(default_factory=set)

    def add(self, proof: Proof) -> None:
        """Keep it."""
        self._sent[proof.mark] = proof

    def get(self, mark: str) -> Proof | None:
        """The one with this mark."""
        return None if mark in self._clean else self._sent.get(mark)

    def sent_by(self, actor: str, since: datetime) -> int:
        """How many they have sent since then."""
        sent = self._sent.values()
        return sum(one.actor == actor and one.sent_at >= since for one in sent)

    def before(self, at: datetime) -> tuple[Proof, ...]:
        """Those that are not cleaned up."""
        open_ = (one for one in self._sent.values() if one.mark not in self._clean)
        return tuple(one for one in open_ if one.sent_at < at)

    def clean(self, mark: str) -> None:
        """It is taken away everywhere."""
        self._clean.add(mark)
