"""URLs of records in the admin, and links to them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def admin_url(record: Model, page: str = "change") -> str:
    """The URL of a record's page in the admin; empty if the model has none."""
    try:
        return reverse(f"admin:factcheck_{record._meta.model_name}_{page}", args=[record.pk])
    except NoReverseMatch:
        return ""


def admin_url_for(name: str, pk: int) -> str:
    """The URL of a record by the name of its kind and its id; empty if the kind has no page."""
    try:
        return reverse(f"admin:factcheck_{name.replace('_', '')}_change", args=[pk])
    except NoReverseMatch:
        return ""


def link(record: Model | None, label: Any = "") -> SafeString | str:
    """A record by its name, linked if it has a page."""
    if record is None:
        return "–"
    url = admin_url(record)
    return format_html('<a href="{}">{}</a>', url, label or record) if url else str(label or record)


def links(records: list[Any], empty: str = "–") -> SafeString | str:
    return format_html_join(", ", "{}", [(link(record),) for record in records]) or empty
