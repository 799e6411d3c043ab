"""Logs as JSON, one line an event: no names, no addresses, no secrets, no query strings."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any

_OWN = ("path_template", "method", "status", "kind", "job", "count", "message_id", "seconds")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; what a caller put into the text cannot break the line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _OWN if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            # The text of an exception may quote what a person typed: the kind and the place are enough to find it.
            line["error"] = type(error).__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ][-8:]
        return json.dumps(line, default=str, ensure_ascii=True)


def set_up(level: int = logging.INFO) -> None:
    """Send everything to standard error. Libraries speak only of warnings: at INFO they log addresses with secrets."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("academy").setLevel(level)
