"""Remembers the scripts that pages were made from, to show later what changed since.

A form carries only the fingerprint of what it was made from. When the scripts turn out to be
others at the save, the difference can be shown only by who still knows the old ones: the
history where the last write was ours, or else this small memory of the web process. Where
neither knows, the page says so and shows the present state.
"""

from collections import OrderedDict
from threading import Lock

from sieve_manager.application.plan import Difference, differences
from sieve_manager.application.status import Status
from sieve_manager.domain.scripts import Fingerprint, ScriptSet

_MAX_KEPT = 128
_MAX_OCTETS = 64 * 1024  # of one mailbox; together at most 8 MB

_Key = tuple[str, str, bool]


class Seen:
    """The latest script sets that forms were made from; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, ScriptSet] = OrderedDict()
        self._lock = Lock()

    def remember(self, status: Status) -> None:
        """Keep what *status* was worked out from, unless it is large."""
        if sum(len(script.octets) for script in status.scripts.scripts) > _MAX_OCTETS:
            return
        key = _key(status, status.fingerprint)
        with self._lock:
            self._kept[key] = status.scripts
            self._kept.move_to_end(key)
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)

    def changes_since(
        self, loaded: Fingerprint | None, now: Status
    ) -> tuple[Difference, ...] | None:
        """What differs from the scripts of that fingerprint; None where they are not known."""
        if loaded is None:
            return None
        with self._lock:
            then = self._kept.get(_key(now, loaded))
        if then is None and now.last and now.last.new.after.fingerprint == loaded:
            then = now.last.new.after
        return differences(then, now.scripts) if then else None


def _key(status: Status, fingerprint: Fingerprint) -> _Key:
    """What was shown in part is kept apart from the whole: a difference of both would tell."""
    return status.mailbox.login.text, fingerprint.text, status.hidden is not None
