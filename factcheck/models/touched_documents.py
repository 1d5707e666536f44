"""Which documents an action on a record touches: its own, and for what several texts share, all of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from .claims import Claim
from .discrepancies import Discrepancy
from .documents import Document, Revision
from .evidence import Evidence
from .figures import Figure
from .judgements import Judgement
from .measures import Measure
from .reports import Report, ReportSubscription
from .verification import VerificationTask


def documents_of(record: Any) -> list[Document]:
    """The documents an action on this record touches."""
    if isinstance(record, Document):
        return [record]
    if isinstance(record, (Claim, Figure, Revision)):
        return [record.document]
    if isinstance(record, (VerificationTask, Evidence)):
        return [record.claim.document]
    if isinstance(record, Judgement):
        return [record.a.document, record.b.document]
    if isinstance(record, (Measure, Discrepancy)):
        return list(documents_under(record))
    if isinstance(record, (Report, ReportSubscription)) and record.document:
        return [record.document]
    return []


def figures_on_sides(pair: Discrepancy) -> QuerySet[Figure]:
    return Figure.objects.filter(carriers__observation__sides__discrepancy=pair)


def documents_under(record: Measure | Discrepancy) -> QuerySet[Document]:
    """The documents with a figure of a measure, or on a side of a discrepancy."""
    figures = Figure.objects.filter(measure=record) if isinstance(record, Measure) else figures_on_sides(record)
    return Document.objects.filter(pk__in=figures.values("document"))


def keys_of_documents(record: Any) -> Any:
    """The documents an action on this record touches, as a subquery or keys."""
    if isinstance(record, (Measure, Discrepancy)):
        return documents_under(record).values("pk")
    return [document.pk for document in documents_of(record)]
