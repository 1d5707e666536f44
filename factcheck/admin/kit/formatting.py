"""How a state, a moment or a record is shown in the lists and facts of the pages. Everything is escaped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from factcheck.templatetags.factcheck_words import words


def pill(name: str, said: str = "") -> SafeString:
    """A state in words; the colour only helps."""
    return format_html('<span class="fc-pill fc-{}">{}</span>', name, said or words(name))


def moment(at: datetime | None, empty: str = "–") -> str:
    """A date and time, with the clock it is told on."""
    return f"{at:%-d %b %Y, %H:%M} UTC" if at else empty


def yes(value: bool) -> str:
    return "yes" if value else "no"


def lines(shown: list[Any]) -> SafeString:
    return format_html_join("", "<p>{}</p>", [(one,) for one in shown])
