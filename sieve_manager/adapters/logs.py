"""One line a record, as text or as JSON, that nothing in a message can break or forge."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from logging.config import dictConfig

Facts = Mapping[str, str | int]
"""What is known beside the message, such as the request and who acts; never a secret."""

# Everything that ends or rewrites a line where a person or a program reads it: controls,
# separators, and marks that turn the direction of text round.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BARE = re.compile(r"[^\s\"=\\]+")
# At their lowest levels these would write what goes over the wire; alembic's list of its own
# parts tells nobody anything.
_TALKATIVE = (
    "alembic.runtime.plugins",
    "authlib",
    "imapclient",
    "requests",
    "sqlalchemy",
    "urllib3",
)


def start_logs(
    *, as_json: bool, level: str, facts: Callable[[], Facts] = dict[str, str | int]
) -> None:
    """Write all records of *level* and above to standard error, gunicorn's too.

    *facts* is asked at each record.
    """
    # At its lowest level gunicorn writes each path, and so the signed link of a notice.
    server = "INFO" if level == "debug" else level.upper()
    formatter = JsonFormatter if as_json else TextFormatter
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": lambda: formatter(facts)}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": level.upper(), "handlers": ["stderr"]},
            "loggers": {
                "gunicorn.error": {"level": server, "handlers": [], "propagate": True},
                **{name: {"level": "WARNING"} for name in _TALKATIVE},
            },
        }
    )


class _Formatter(logging.Formatter):
    def __init__(self, facts: Callable[[], Facts]) -> None:
        super().__init__()
        self._facts = facts

    def _facts_of(self, record: logging.LogRecord) -> dict[str, str | int]:
        """What is known anyway, and what the record brought as ``extra={"facts": ...}``."""
        return {**self._facts(), **getattr(record, "facts", {})}

    def _trace(self, record: logging.LogRecord) -> str:
        return self.formatException(record.exc_info) if record.exc_info else ""


class TextFormatter(_Formatter):
    """For people: the time (UTC), level, logger, message, and facts as ``name=value``.

    A traceback follows on lines of its own, each of which begins with a bar.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        parts = [_time(record), record.levelname, f"{record.name}:", _escaped(record.getMessage())]
        parts += [f"{name}={_value(value)}" for name, value in self._facts_of(record).items()]
        lines = [" ".join(parts)]
        lines += [f"  | {_escaped(line)}" for line in self._trace(record).splitlines()]
        return "\n".join(lines)


class JsonFormatter(_Formatter):
    """For programs: one object a line, all of it ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        values = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self._facts_of(record),
        }
        if trace := self._trace(record):
            values["trace"] = trace
        return json.dumps(values)


def _time(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _value(value: str | int) -> str:
    text = str(value)
    plain = _BARE.fullmatch(text)
    return _escaped(text if plain else json.dumps(text, ensure_ascii=False))


def _escaped(text: str) -> str:
    return _UNSAFE.sub(lambda found: ascii(found.group())[1:-1], text)
