"""Records that are only read: verdicts and publications. What is done to the others stands beside each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from factcheck.models import Event, Publication

from .kit.formatting import lines, moment, pill
from .kit.links import link
from .kit.records import RecordAdmin

SHOWN = 50


@admin.register(Publication)
class PublicationAdmin(RecordAdmin):
    """One going-out of a text, with what the gate said of it then."""

    list_display = ["document", "shown_clear", "by", "went_out"]
    list_filter = ["clear"]
    list_select_related = ["document", "by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("document", "by", "revision")

    @admin.display(description="gate", ordering="clear")
    def shown_clear(self, row: Any) -> SafeString:
        return pill("clear", "cleared") if row.clear else pill("failed", "uncleared")

    @admin.display(description="went out", ordering="at")
    def went_out(self, row: Any) -> str:
        return moment(row.at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield "document", link(record.document), ""
        yield "revision", link(record.revision, f"revision {record.revision.number}"), ""
        yield "gate", self.shown_clear(record), ""
        if not record.clear:
            yield "why it went out uncleared", reason_of(record), ""
        yield "by", record.by, ""
        yield "went out", moment(record.at), ""
        answer = record.answer if isinstance(record.answer, dict) else {}
        if blockers := [row.get("message", "") for row in answer.get("blockers", [])]:
            more = [f"and {len(blockers) - SHOWN} more"] if len(blockers) > SHOWN else []
            yield "what was in the way", lines(blockers[:SHOWN] + more), ""
        elif not answer:
            yield "what was in the way", "the answer of the gate was erased", ""


def reason_of(publication: Publication) -> str:
    """The reason that was given in the same breath: the last one of a publishing up to it."""
    events = Event.objects.of(publication.document).filter(action="publish", at__lte=publication.at)
    event = events.select_related("note").last()
    note = getattr(event, "note", None)
    return "–" if note is None else note.text or "(the words of the reason were erased)"
