import json
import logging
import sys

import pytest

from application.log_fields import log_fields
from application.origin import ORIGIN, Origin
from infrastructure.logs import ConsoleFormatter, JsonFormatter


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "proba", "levelno": logging.INFO, "levelname": "INFO", "msg": message})
    made.args = arguments
    vars(made).update(extra)
    return made


def test_a_line_of_json_has_the_ids_of_what_is_done() -> None:
    origin = ORIGIN.set(Origin("r-1"))
    with log_fields(job="j-1", submission="s-1", attempt=2):
        line = json.loads(JsonFormatter().format(record("judged %s", "AC", ms=3)))
    ORIGIN.reset(origin)
    assert {name: line[name] for name in ("request_id", "job", "submission", "attempt", "ms", "message")} == {
        "request_id": "r-1",
        "job": "j-1",
        "submission": "s-1",
        "attempt": "2",
        "ms": 3,
        "message": "judged AC",
    }
    assert "job" not in json.loads(JsonFormatter().format(record("later")))


def test_a_traceback_is_a_field_of_its_line() -> None:
    failed = record("it failed")
    try:
        int("three\nlines")
    except ValueError:
        failed.exc_info = sys.exc_info()
    text = JsonFormatter().format(failed)
    assert "\n" not in text
    assert "ValueError: invalid literal" in json.loads(text)["traceback"]


@pytest.mark.parametrize("hostile", ["a\nINFO forged", "\x1b[2J", "\r", "\x00", "\u202e"])
def test_strangers_cannot_forge_lines_for_people(hostile: str) -> None:
    with log_fields(job="j-1"):
        line = ConsoleFormatter("%(levelname)s %(message)s").format(record("name %s", hostile))
    assert line.isprintable()
    assert line.startswith("INFO name ")
    assert line.endswith(" [job=j-1]")
