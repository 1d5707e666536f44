"""The panel of the page editor: a light, what blocks the page, and links to where each is dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from wagtail.admin.panels import Panel

from factcheck.gate import Blocker
from factcheck.models import Desk

from .positions import places_of_blockers
from .publishing import blockers_of_page, document_of_page
from .tables import FiledPage
from .texts import PageText, Place, page_text

WAITS = frozenset({"reading_pending", "crosscheck_pending", "not_read"})
"""The codes of what a job will be done with by itself."""


@dataclass(frozen=True, slots=True)
class BlockerRow:
    """One line of the panel: ``record_url`` leads into the admin of factcheck, ``block_url`` to the block."""

    message: str
    record_url: str
    block_url: str
    words: str


@dataclass(frozen=True, slots=True)
class PageStatus:
    """What the panel shows of a page: ``light`` is green, amber or red."""

    light: str
    words: str
    rows: tuple[BlockerRow, ...] = ()
    document_url: str = ""
    notes: tuple[str, ...] = ()


def status_of(page: Any, user: Any) -> PageStatus:
    """How things stand for the words of a page. What blocks it is shown to those who may see its desk."""
    text = page_text(page)
    document, found = document_of_page(page), blockers_of_page(page, text.digest)
    filed = FiledPage.objects.filter(pk=page.pk).first()
    notes = [note for note in (filed.not_filed, filed.held_back) if note] if filed else []
    if text.skipped:
        notes.append(f"Not read: {', '.join(text.skipped)}.")
    waits = bool(found) and all(row.code in WAITS for row in found)
    light, words = ("green", "It may go live.") if not found else ("red", "It may not go live yet.")
    if waits:
        light, words = "amber", "It is being read and compared."
    if document is None or not Desk.objects.visible_to(user).filter(pk=document.desk_id).exists():
        return PageStatus(light, words, notes=tuple(notes))
    rows = tuple(blocker_rows(found, text, document))
    return PageStatus(light, words, rows, page_of_record("document", document.pk), tuple(notes))


def blocker_rows(found: list[Blocker], text: PageText, document: Any) -> Iterator[BlockerRow]:
    places = places_of_blockers(found, text, document)
    for row in found:
        at = places.get((row.record, row.record_id))
        words = text.own_text(at.part)[at.start : at.end] if at else ""
        yield BlockerRow(row.message, page_of_record(row.record, row.record_id), block_url(at), words)


def page_of_record(record: str, pk: int | None) -> str:
    """The page of a record in the admin; empty where the site has no such page."""
    try:
        return reverse(f"admin:factcheck_{record}_change", args=[pk]) if pk else ""
    except NoReverseMatch:
        return ""


def block_url(place: Place | None) -> str:
    """The anchor of a block in Wagtail's editor; empty for a field, which stands in view."""
    return f"#block-{place.part.block}-section" if place and place.part.block else ""


class FactcheckPanel(Panel):  # type: ignore[misc] # Wagtail has no types
    """Shows whether the page may go live as it was last saved, and what is in the way."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("heading", "Fact-check")
        super().__init__(**kwargs)

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "factcheck_wagtail/panel.html"

        def is_shown(self) -> bool:
            return bool(super().is_shown()) and self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            context["status"] = status_of(self.instance, self.request.user)
            return context
