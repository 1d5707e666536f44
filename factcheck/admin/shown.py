"""How a state, a moment or a record is shown in the lists and facts of the pages. Everything is escaped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .actions import words
from .base import address_of


def pill(name: str, said: str = "") -> SafeString:
    """A state in words; the colour only helps."""
    return format_html('<span class="fc-pill fc-{}">{}</span>', name, said or words(name))


def moment(at: datetime | None, empty: str = "–") -> str:
    """A date and time, with the clock it is told on."""
    return f"{at:%-d %b %Y, %H:%M} UTC" if at else empty


def yes(value: bool) -> str:
    return "yes" if value else "no"


def link(record: Model | None, said: Any = "") -> SafeString | str:
    """A record by its name, linked where it has a page."""
    if record is None:
        return "–"
    address = address_of(record)
    return format_html('<a href="{}">{}</a>', address, said or record) if address else str(said or record)


def lines(shown: list[Any]) -> SafeString:
    return format_html_join("", "<p>{}</p>", [(one,) for one in shown])


def links(records: list[Any], empty: str = "–") -> SafeString | str:
    return format_html_join(", ", "{}", [(link(record),) for record in records]) or empty
