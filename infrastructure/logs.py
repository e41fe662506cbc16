"""Logs on standard error, for people (console) or machines (one JSON object a line)."""

import json
import logging
import sys
from datetime import UTC, datetime

from infrastructure.config import Config

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def configure_logging(config: Config) -> None:
    """Replace all handlers by one, in the configured format. Libraries speak only from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter() if config.log_format == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("application", "infrastructure", "proba", "uvicorn.error"):
        logging.getLogger(name).setLevel(config.log_level.upper())


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
        line.update({k: v for k, v in vars(record).items() if k not in _OWN})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
