"""Addresses of records in the admin, and links to them."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def address_of(record: Model, page: str = "change") -> str:
    """Where a record stands in the admin; empty for a kind without pages."""
    try:
        return reverse(f"admin:factcheck_{record._meta.model_name}_{page}", args=[record.pk])
    except NoReverseMatch:
        return ""


def address_of_kind(kind: str, pk: int) -> str:
    """The page of a record named by its kind and id; empty for a kind without pages."""
    try:
        return reverse(f"admin:factcheck_{kind}_change", args=[pk])
    except NoReverseMatch:
        return ""


def link(record: Model | None, said: Any = "") -> SafeString | str:
    """A record by its name, linked where it has a page."""
    if record is None:
        return "–"
    address = address_of(record)
    return format_html('<a href="{}">{}</a>', address, said or record) if address else str(said or record)


def links(records: list[Any], empty: str = "–") -> SafeString | str:
    return format_html_join(", ", "{}", [(link(record),) for record in records]) or empty
