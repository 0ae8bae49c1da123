"""Answers of the API that are given again to who repeats a call with the same key."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

KEPT = timedelta(hours=24)

ABANDONED = timedelta(minutes=5)
"""After so long, a call that has no answer yet was cut off, and may be made again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What was answered; *headers* are those that belong to the answer."""

    status: int
    body: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is known of a key: the *digest* of the call it came with; its *answer*, if any yet."""

    digest: str
    answer: KeptAnswer | None


class Replays(Protocol):
    """Keys of each token for KEPT. Every method may raise StorageError."""

    def claim(self, token: int, key: str, digest: str) -> Replay | None:
        """Take the key for a call that begins now: None; else what is known of it."""
        ...

    def keep(self, token: int, key: str, answer: KeptAnswer) -> None:
        """Keep the answer under a key that was taken."""
        ...

    def release(self, token: int, key: str) -> None:
        """Give a key back: the call came to nothing, and is worth another attempt."""
        ...
