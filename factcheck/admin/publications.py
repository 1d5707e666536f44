"""Publications: what went out, and the result of the gate at that time. Read only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy, told
from factcheck.models import Event, Publication

from .kit.formatting import badge, paragraphs, timestamp
from .kit.links import link
from .kit.records import RecordAdmin

MAX_BLOCKERS = 50


@admin.register(Publication)
class PublicationAdmin(RecordAdmin):
    """A publication with the gate's result at that time."""

    list_display = ["document", "gate_badge", "by", "went_out"]
    list_filter = ["clear"]
    list_select_related = ["document", "by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("document", "by", "revision")

    @admin.display(description=gettext_lazy("gate"), ordering="clear")
    def gate_badge(self, row: Any) -> SafeString:
        return badge("clear", "cleared") if row.clear else badge("failed", "uncleared")

    @admin.display(description=gettext_lazy("went out"), ordering="at")
    def went_out(self, row: Any) -> str:
        return timestamp(row.at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield gettext("document"), link(record.document), ""
        yield (
            gettext("revision"),
            link(record.revision, gettext("revision {number}").format(number=record.revision.number)),
            "",
        )
        yield gettext("title as it went out"), record.title or "–", ""
        yield gettext("gate"), self.gate_badge(record), ""
        if not record.clear:
            yield gettext("why it went out uncleared"), uncleared_reason_of(record), ""
        yield gettext("by"), record.by, ""
        yield gettext("went out"), timestamp(record.at), ""
        answer = record.answer if isinstance(record.answer, dict) else {}
        if blockers := [told(row.get("message", "")) for row in answer.get("blockers", [])]:
            more = (
                [gettext("and {count} more").format(count=len(blockers) - MAX_BLOCKERS)]
                if len(blockers) > MAX_BLOCKERS
                else []
            )
            yield gettext("what was in the way"), paragraphs(blockers[:MAX_BLOCKERS] + more), ""
        elif not answer:
            yield gettext("what was in the way"), gettext("the answer of the gate was erased"), ""


def uncleared_reason_of(publication: Publication) -> str:
    """The reason given for publishing: the note of the last publish event up to it."""
    events = Event.objects.of(publication.document).filter(decided__publication__id=publication.pk)
    event = events.select_related("note").last()
    note = getattr(event, "note", None)
    return "–" if note is None else note.text or gettext("(the words of the reason were erased)")
