"""Render a stored report to a file: one renderer per format, all from the stored data alone.

A host adds formats by ``FACTCHECK["RENDERERS"]``: name → dotted path of a function from the data to
``(bytes, media type, suffix)``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.utils.module_loading import import_string
from django.utils.text import slugify

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import ERASED, Report, ReportFormat, ReportKind, Revision

from .claimreview import as_claimreview
from .pages import as_html, as_json, as_text, mail_of
from .sheets import as_csv

Renderer = Callable[[Mapping[str, Any]], tuple[bytes, str, str]]
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Rendered:
    """A report as a file."""

    body: bytes
    media_type: str
    filename: str


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@dataclass(frozen=True)
class Part:
    """A library that a site may be without, and the extra of this package that brings it."""

    library: str
    extra: str

    @property
    def is_there(self) -> bool:
        return find_spec(self.library) is not None


PARTS = {ReportFormat.PDF: Part("typst", "pdf"), ReportFormat.XLSX: Part("openpyxl", "spreadsheets")}
"""What a format needs; its module is imported when it is asked for."""


def made_by(path: str, data: Mapping[str, Any]) -> bytes:
    """What a function makes, named by its module in this package, which is imported only now, and its name."""
    module, _, name = path.partition(".")
    made: bytes = getattr(import_module(f"{__package__}.{module}"), name)(data)
    return made


RENDERERS: dict[str, Renderer] = {
    ReportFormat.PDF: lambda data: (made_by("pdf.as_pdf", data), "application/pdf", ".pdf"),
    ReportFormat.HTML: lambda data: (encoded(as_html(data)), "text/html; charset=utf-8", ".html"),
    ReportFormat.TEXT: lambda data: (encoded(as_text(data)), "text/plain; charset=utf-8", ".txt"),
    ReportFormat.CSV: lambda data: (as_csv(data), "text/csv; charset=utf-8", ".csv"),
    ReportFormat.XLSX: lambda data: (made_by("workbooks.as_xlsx", data), SPREADSHEET, ".xlsx"),
    ReportFormat.JSON: lambda data: (encoded(as_json(data)), "application/json", ".json"),
    ReportFormat.CLAIMREVIEW: lambda data: (as_claimreview(data), "application/ld+json", ".jsonld"),
}
NOTHING: dict[str, Any] = {
    "title": "",
    "checkpoint": {},
    "desk": "",
    "built_at": "",
    "counts": {},
    "documents": [],
    "discrepancies": [],
    "overdue": [],
    "judgements": [],
    "conflicts": [],
    "people": [],
    "since": "",
    "publications": [],
    "corrections": [],
}


def formats_of(kind: str) -> list[str]:
    """The formats a report of this kind can be had in on this site, the host's own last."""
    own = settings().RENDERERS
    ours = [name for name in RENDERERS if name in own or name not in PARTS or PARTS[ReportFormat(name)].is_there]
    names = [*ours, *(name for name in own if name not in RENDERERS)]
    return [name for name in names if name != ReportFormat.CLAIMREVIEW or kind == ReportKind.DOCUMENT]


def renderer_of(name: str) -> Renderer:
    """The renderer of a format; the host's own comes before ours.

    Raises:
        Invalid: there is no such format, or this site is without what makes it.
    """
    if path := settings().RENDERERS.get(name):
        found: Renderer = import_string(path)
        return found
    if name not in RENDERERS:
        raise Invalid("There is no such format of a report.", code="format_unknown")
    if name in PARTS and not (part := PARTS[ReportFormat(name)]).is_there:
        words = f"This site makes no {name.upper()}. Whoever runs it adds it by installing factcheck[{part.extra}]."
        raise Invalid(words, code="part_missing")
    return RENDERERS[name]


def with_all_parts(report: Report) -> dict[str, Any]:
    """The stored data with defaults for parts an older report lacks; empty if one of its texts was erased since."""
    if has_erased_text(report):
        return {**NOTHING, "kind": report.kind, "title": ERASED}
    return {**NOTHING, "kind": report.kind, "title": report.title, **report.data}


def has_erased_text(report: Report) -> bool:
    """Whether a text of it was erased after it was built.

    Erasing a text blanks its reports; this catches older reports and one that was being built meanwhile.
    """
    if not report.data:
        return report.title == ERASED
    document_ids = {part.get("id") for part in report.data.get("documents", ())} | {report.document_id}
    documents = [pk for pk in document_ids if isinstance(pk, int)]
    if not documents:
        return False
    return Revision.objects.filter(document__in=documents, erased_at__gte=report.built_at).exists()


def render(report: Report, format: str) -> Rendered:
    """A report as a file of this format, with a name that is safe everywhere.

    Raises:
        Invalid: there is no such format, or not of this kind of report.
    """
    data = json.loads(as_json(with_all_parts(report)))  # PostgreSQL keeps the keys of JSON in an order of its own
    body, media_type, suffix = renderer_of(format)(data)
    title = ERASED if data["title"] == ERASED else report.title
    name = slugify(title)[:60].strip("-") or slugify(report.kind)
    return Rendered(body, media_type, f"{name}-{report.pk}{re.sub(r'[^A-Za-z0-9.]', '', suffix)}")


__all__ = [
    "PARTS",
    "RENDERERS",
    "Rendered",
    "as_html",
    "as_json",
    "as_text",
    "formats_of",
    "has_erased_text",
    "mail_of",
    "render",
    "renderer_of",
    "with_all_parts",
]
