"""Tokens and kept answers of the HTTP API in memory: what the tests run on."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sieve_manager.application.ports import Clock
from sieve_manager.application.replays import ABANDONED, KEPT, KeptAnswer, Replay
from sieve_manager.application.tokens import Token


@dataclass
class MemoryTokens:
    """Fulfils the port TokenStore."""

    kept: dict[str, Token] = field(default_factory=dict)
    calls: dict[tuple[int, int], int] = field(default_factory=dict)

    def keep(self, token: Token, digest: str) -> Token:
        """Keep a new one."""
        self.kept[digest] = replace(token, id=len(self.kept) + 1)
        return self.kept[digest]

    def tokens(self) -> tuple[Token, ...]:
        """All, newest first."""
        return tuple(reversed(self.kept.values()))

    def find(self, digest: str) -> Token | None:
        """The one of this digest."""
        return self.kept.get(digest)

    def revoke(self, number: int, now: datetime) -> bool:
        """Mark it, unless it is marked."""
        for digest, token in self.kept.items():
            if token.id == number and token.revoked is None:
                self.kept[digest] = replace(token, revoked=now)
                return True
        return False

    def count(self, token: Token, now: datetime) -> int:
        """Count a call."""
        minute = token.id, int(now.timestamp() // 60)
        self.calls[minute] = self.calls.get(minute, 0) + 1
        if self.calls[minute] == 1:
            for digest, one in self.kept.items():
                if one.id == token.id:
                    self.kept[digest] = replace(one, used=now)
        return self.calls[minute]


@dataclass
class MemoryReplays:
    """Fulfils the port Replays."""

    clock: Clock
    kept: dict[tuple[int, str], tuple[datetime, Replay]] = field(default_factory=dict)

    def claim(self, token: int, key: str, digest: str) -> Replay | None:
        """Take the key, or say what is known of it."""
        now = self.clock()
        for name, (at, replay) in list(self.kept.items()):
            if now - at > (KEPT if replay.answer else ABANDONED):
                del self.kept[name]
        if (token, key) in self.kept:
            return self.kept[token, key][1]
        self.kept[token, key] = now, Replay(digest=digest, answer=None)
        return None

    def keep(self, token: int, key: str, answer: KeptAnswer) -> None:
        """Keep the answer."""
        at, replay = self.kept[token, key]
        self.kept[token, key] = at, replace(replay, answer=answer)

    def release(self, token: int, key: str) -> None:
        """Forget it."""
        self.kept.pop((token, key), None)
