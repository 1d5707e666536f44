"""How the site logs: a line for people, or one JSON object per line. Texts, passwords and tokens stay out.

The app logs through the standard library; structlog renders what arrives. Only the extras named here are written.
"""

from __future__ import annotations

import re
from typing import Any

import structlog

EXTRAS = ("status_code", "story", "document", "claim", "job", "user")
SECRETS = re.compile(
    r"(?i)\b(password|token|secret|authorization|cookie)(['\"]?\s?[:=]\s?['\"]?)(?:(?:token|bearer)\s+)?[^\s,;'\"})]+"
)
ROWS = re.compile(r"(?m)^(DETAIL|CONTEXT):.*$")  # PostgreSQL repeats the whole row there, with its texts
URLS = re.compile(r"(\w+://[^:/@\s]*):[^@/\s]+@")  # a password in an address


def without_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank what looks like a password or a token, and the rows that a database repeats in its errors."""
    for name in ("event", "exception"):
        if isinstance(event.get(name), str):
            redacted = SECRETS.sub(r"\1\2***", event[name])
            event[name] = ROWS.sub(r"\1: left out", URLS.sub(r"\1:***@", redacted))
    return event


def on_lines_of_its_own(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """For the plain form: one line for each record, a traceback set in below it, and nothing that nobody sees.

    So no line break in a text begins a record that nobody wrote.
    """
    for name, value in event.items():
        if name == "exception" and isinstance(value, str):
            event[name] = "\n".join(f"    {visible(line)}" for line in value.split("\n"))
        elif isinstance(value, str):
            event[name] = visible(value)
    return event


def visible(text: str) -> str:
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def logging_config(form: str, level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: ``form`` is ``json`` or ``plain``."""
    before = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(allow=EXTRAS),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    plain = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    last = structlog.processors.JSONRenderer() if form == "json" else plain
    if form != "json":
        before.append(on_lines_of_its_own)
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        "foreign_pre_chain": before,
        "use_get_message": True,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"gunicorn.error": {"level": level, "propagate": True}},
        "root": {"handlers": ["stderr"], "level": level},
    }
