"""Logs on standard error, for people (console) or machines (one JSON object a line)."""

import json
import logging
import sys
from datetime import UTC, datetime

from application.log_fields import LOG_FIELDS
from application.origin import ORIGIN
from infrastructure.config import Config
from infrastructure.masked_formatter import MaskedFormatter

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def configure_logging(config: Config) -> None:
    """Replace all handlers by one, in the configured format. Libraries speak only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter() if config.log_format == "json" else ConsoleFormatter("%(asctime)s %(levelname)s %(message)s")
    )
    handler.formatter = MaskedFormatter(handler.formatter or logging.Formatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("application", "infrastructure", "proba", "uvicorn.error"):
        logging.getLogger(name).setLevel(config.log_level.upper())


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Ids of what was being done when the line was written, and what it was given as ``extra``."""
    request_id = ORIGIN.get().request_id
    fields: dict[str, object] = {} if request_id is None else {"request_id": request_id}
    return fields | dict(LOG_FIELDS.get()) | {k: v for k, v in vars(record).items() if k not in _OWN}


class ConsoleFormatter(logging.Formatter):
    """One line for people, job and submission at its end. What strangers have a hand in can neither begin a line of its
    own nor move the cursor; tracebacks keep their lines.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # its name in the library
        """With everything unprintable as an escape."""
        line = super().formatMessage(record)
        line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
        marks = [f"{name}={value}" for name, value in LOG_FIELDS.get().items()]
        return f"{line} [{' '.join(marks)}]" if marks else line


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, everything passed as ``extra``, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(fields_of(record))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
