"""Values as pages show them. Everything is escaped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import moment_words
from factcheck.templatetags.factcheck_words import humanize

__all__ = ["badge", "humanize", "paragraphs", "shortened", "timestamp", "yes_no"]


def badge(name: str, label: str = "") -> SafeString:
    """A state as a coloured badge with its name in words."""
    return format_html('<span class="fc-badge fc-{}">{}</span>', name, label or humanize(name))


def timestamp(at: datetime | None, empty: str = "–") -> str:
    """A date and time on the clock of whoever reads."""
    return moment_words(at) if at else empty


def shortened(text: str, most: int = 90) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def yes_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def paragraphs(items: list[Any]) -> SafeString:
    return format_html_join("", "<p>{}</p>", [(item,) for item in items])
