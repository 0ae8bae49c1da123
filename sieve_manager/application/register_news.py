"""Tells administrators of new ways out: by mail, and to another program; once a sweep each."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sieve_manager.application.ports import Mailer
from sieve_manager.application.register_news_texts import NEWS, NewsWording
from sieve_manager.application.register_store import NewForward, RegisterStore, Sweep, Way
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError

_log = logging.getLogger(__name__)
_IN_MAIL, _IN_WEBHOOK = 200, 1000


class Webhook(Protocol):
    """The way to tell another program."""

    def post(self, body: bytes) -> None:
        """Send this JSON document, signed; NoticeError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterNews:
    """Tells *digest_to* by mail, and *webhook*; None or nobody: not configured.

    The mail is in *language*, one of :data:`NEWS`.
    """

    register: RegisterStore
    mailer: Mailer | None = None
    digest_to: Sequence[EmailAddress] = ()
    webhook: Webhook | None = None
    language: str = "en"
    ways: tuple[Way, ...] = field(default=tuple(Way))

    def tell(self) -> None:
        """Tell what is new in the last sweep, where that was not done yet.

        What cannot be told now is tried again at the next call. A process that is killed
        between telling and noting that it told tells once more. StorageError.
        """
        sweep = self.register.last_done()
        if sweep is None:
            return
        for way in self.ways:
            if way in sweep.told:
                continue
            try:
                self._tell(sweep, way)
            except NoticeError as error:
                _log.warning("what is new in the register was not told by %s: %s", way, error)
                continue
            self.register.told(sweep, way)

    def _tell(self, sweep: Sweep, way: Way) -> None:
        count = self.register.count_news(sweep)
        if not count:
            return
        match way:
            case Way.MAIL if self.mailer:
                found = self.register.news(sweep, _IN_MAIL)
                words = NEWS[self.language]
                subject, text = _subject(count, words), _digest(found, count, words)
                for to in self.digest_to:
                    self.mailer.send(to=to, subject=subject, text=text)
            case Way.WEBHOOK if self.webhook:
                found = self.register.news(sweep, _IN_WEBHOOK)
                self.webhook.post(_document(sweep, found, count))
            case _:
                pass


def _subject(count: int, words: NewsWording) -> str:
    return words.subject if count == 1 else words.subject_of_many.format(count=count)


def _digest(found: Sequence[NewForward], count: int, words: NewsWording) -> str:
    lines = [words.intro, "", *(_line(one, words) for one in found)]
    if count > len(found):
        lines.append(words.more.format(count=count - len(found)))
    return "\n".join(lines) + "\n"


def _line(one: NewForward, words: NewsWording) -> str:
    who = words.set_by[one.set_by].format(program=_one_line(one.program))
    return f"{_one_line(str(one.login))} -> {_one_line(one.target) or words.computed} ({who})"


def _document(sweep: Sweep, found: Sequence[NewForward], count: int) -> bytes:
    """The JSON document, in ASCII."""
    forwards = [
        {
            "mailbox": str(one.login),
            "target": one.target or None,
            "set_by": one.set_by.value,
            "program": one.program or None,
        }
        for one in found
    ]
    document = {
        "event": "register.new_outside_forwards",
        "sweep": sweep.number,
        "finished": sweep.finished.isoformat() if sweep.finished else None,
        "count": count,
        "forwards": forwards,
    }
    return json.dumps(document).encode("ascii")


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
