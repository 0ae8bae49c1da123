"""For whoever counts: each question to a server, how it ended, and how long it took."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sieve_manager.errors import ServerError

Observe = Callable[[str, str, float], None]
"""Hears of each question: its first command, how it ended, and the seconds that it took.

It ends in ``ok``, in ``no``, or in an error, by the name of its class.
"""


def unobserved(_command: str, _result: str, _seconds: float) -> None:
    """Tell nobody."""


@contextmanager
def observing(observe: Observe, command: str) -> Iterator[None]:
    """Observe what is done in the block; a refusal is an error there like any other."""
    begun, result = time.monotonic(), "error"
    try:
        yield
        result = "ok"
    except ServerError as error:
        result = type(error).__name__
        raise
    finally:
        observe(command, result, time.monotonic() - begun)
