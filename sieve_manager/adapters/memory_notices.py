"""Which notices were sent, in memory, for tests and for trying things out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sieve_manager.application.case_notices import NoticeKey, NoticeKind, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNotices:
    """The SentNotices port."""

    _kept: dict[NoticeKey, Told] = field(default_factory=dict)

    def of(self, kind: NoticeKind, numbers: Sequence[int]) -> dict[NoticeKey, Told]:
        """What is kept about these."""
        return {
            key: told
            for key, told in self._kept.items()
            if key.kind is kind and key.number in numbers
        }

    def waiting(self, kind: NoticeKind) -> dict[NoticeKey, Told]:
        """Those that are not sent yet."""
        kept = self._kept.items()
        return {key: told for key, told in kept if key.kind is kind and told.sent is None}

    def want(self, key: NoticeKey, at: datetime) -> None:
        """Keep that it is to be sent."""
        self._kept.setdefault(key, Told(since=at))

    def sent(self, keys: Sequence[NoticeKey], at: datetime) -> None:
        """Keep that these were sent."""
        for key in keys:
            self._kept[key] = Told(since=self._kept.get(key, Told(since=at)).since, sent=at)

    def prune(self, kind: NoticeKind, before: datetime) -> int:
        """Forget the old ones."""
        old = [key for key, told in self._kept.items() if key.kind is kind and told.since < before]
        for key in old:
            del self._kept[key]
        return len(old)
