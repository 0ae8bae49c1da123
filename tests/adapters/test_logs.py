"""A line of the log is one line, whatever is in it."""

import io
import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sieve_manager.adapters.logs import JsonFormatter, TextFormatter, start_logs

FACTS = {"request_id": "abcdefgh", "login": "anna@example.com"}
FORGED = 'x\n2026-01-01T00:00:00.000Z INFO web: "forged" \x1b[2K\r\u2028\u202e'


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("web.page", logging.INFO, __file__, 1, message, arguments, None)
    made.created = 1_790_000_000.25
    made.__dict__.update(extra)
    return made


def test_text_holds_time_level_logger_message_and_facts() -> None:
    line = TextFormatter(lambda: FACTS).format(record("request", facts={"status": 200}))
    assert line == (
        "2026-09-21T14:13:20.250Z INFO web.page: request request_id=abcdefgh "
        "login=anna@example.com status=200"
    )


def test_json_is_one_object_with_the_facts_as_members() -> None:
    line = JsonFormatter(lambda: FACTS).format(record("to %s", "somebody", facts={"status": 200}))
    assert json.loads(line) == {
        "time": "2026-09-21T14:13:20.250Z",
        "level": "info",
        "logger": "web.page",
        "message": "to somebody",
        "status": 200,
        **FACTS,
    }


@pytest.mark.parametrize("formatter", [TextFormatter, JsonFormatter])
@given(text=st.one_of(st.just(FORGED), st.text()))
def test_no_text_breaks_or_forges_a_line(
    formatter: type[TextFormatter | JsonFormatter], text: str
) -> None:
    line = formatter(dict).format(record("%s", text, facts={"login": text}))
    assert len(line.splitlines()) == 1
    assert not set(line) & set("\r\n\x1b\u2028\u202e")


def test_a_value_with_a_space_cannot_look_like_another_fact() -> None:
    line = TextFormatter(dict).format(record("x", facts={"login": "anna status=200", "n": '"'}))
    assert line.endswith(r'login="anna status=200" n="\""')


@pytest.mark.parametrize("formatter", [TextFormatter, JsonFormatter])
def test_a_traceback_is_marked_so_that_its_text_forges_nothing(
    formatter: type[TextFormatter | JsonFormatter],
) -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        made = record("failed")
        made.exc_info = sys.exc_info()
    first, *rest = formatter(dict).format(made).splitlines()
    assert "failed" in first
    if formatter is JsonFormatter:
        assert (rest, "ValueError" in json.loads(first)["trace"]) == ([], True)
    else:
        assert rest
        assert all(line.startswith("  | ") for line in rest)


def test_what_is_configured_is_written_and_libraries_keep_to_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", written := io.StringIO())
    try:
        start_logs(as_json=True, level="debug", facts=lambda: FACTS)
        logging.getLogger("web.page").debug("seen")
        logging.getLogger("gunicorn.error").info("seen too")
        logging.getLogger("gunicorn.error").debug("GET /not-wanted/secret")
        logging.getLogger("urllib3.connectionpool").debug("POST /token?secret")
    finally:
        root.handlers, root.level = before, level
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["message"] for line in lines] == ["seen", "seen too"]
    assert lines[0]["request_id"] == "abcdefgh"
