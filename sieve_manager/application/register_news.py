"""Tells administrators of new ways out: by mail, and to another program; once a sweep each."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sieve_manager.application.ports import Mailer
from sieve_manager.application.register_news_texts import NEWS, NewsWording
from sieve_manager.application.register_store import NewForward, RegisterStore, Sweep
from sieve_manager.domain.addresses import EmailAddress
from sieve_manager.errors import NoticeError

TELL_WITHIN = timedelta(days=3)
"""What is older is not told any more."""

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

    The mail is in *language*, one of :data:`NEWS`, and ends with the address of the register's
    *page*, "" where there is none.
    """

    register: RegisterStore
    mailer: Mailer | None = None
    digest_to: Sequence[EmailAddress] = ()
    webhook: Webhook | None = None
    language: str = "en"
    page: str = ""

    def tell(self, now: datetime) -> None:
        """Tell each what is new in the last sweeps, where that was not done yet.

        Who cannot be told now is told at a later call, for TELL_WITHIN. A process that is killed
        between telling and noting that it told tells once more, by a mail that mail servers know as
        the same. StorageError.
        """
        listeners = self._listeners()
        for sweep in self.register.done_since(now - TELL_WITHIN):
            for whom in [one for one in listeners if one not in sweep.told]:
                try:
                    listeners[whom](sweep)
                except NoticeError as error:
                    _log.warning("what is new in the register was not told (%s): %s", whom, error)
                    del listeners[whom]  # what comes later would not reach them either
                else:
                    self.register.told(sweep, whom)

    def _listeners(self) -> dict[str, Callable[[Sweep], None]]:
        """How each is told, by the name under which that is noted."""
        found: dict[str, Callable[[Sweep], None]] = {}
        if self.mailer:
            found = {
                f"mail:{to.key}": partial(self._mail, self.mailer, to) for to in self.digest_to
            }
        if self.webhook:
            found["webhook"] = partial(self._post, self.webhook)
        return found

    def _mail(self, mailer: Mailer, to: EmailAddress, sweep: Sweep) -> None:
        if count := self.register.count_news(sweep):
            words = NEWS[self.language]
            text = _digest(self.register.news(sweep, _IN_MAIL), count, words, self.page)
            subject, identity = _subject(count, words), _identity(sweep, to)
            mailer.send(to=to, subject=subject, text=text, identity=identity)

    def _post(self, webhook: Webhook, sweep: Sweep) -> None:
        if count := self.register.count_news(sweep):
            webhook.post(_document(sweep, self.register.news(sweep, _IN_WEBHOOK), count))


def _identity(sweep: Sweep, to: EmailAddress) -> str:
    told = f"register\n{sweep.number} {sweep.started.isoformat()}\n{to.key}"
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def _subject(count: int, words: NewsWording) -> str:
    return words.subject if count == 1 else words.subject_of_many.format(count=count)


def _digest(found: Sequence[NewForward], count: int, words: NewsWording, page: str) -> str:
    lines = [words.intro, "", *(_line(one, words) for one in found)]
    if count > len(found):
        lines.append(words.more.format(count=count - len(found)))
    if page:
        lines += ["", page]
    return "\n".join(lines) + "\n"


def _line(one: NewForward, words: NewsWording) -> str:
    who = words.set_by[one.set_by].format(program=_one_line(one.program))
    target = words.unreadable if one.unreadable else _one_line(one.target) or words.computed
    return f"{_one_line(str(one.login))} -> {target} ({who})"


def _document(sweep: Sweep, found: Sequence[NewForward], count: int) -> bytes:
    """The JSON document, in ASCII."""
    forwards = [
        {
            "mailbox": str(one.login),
            "target": one.target or None,
            "set_by": one.set_by.value,
            "program": one.program or None,
            "unreadable": one.unreadable,
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
