"""Judgements: decisions that two figures do or do not count the same thing; confirmed or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from factcheck.models import Judgement
from factcheck.workflow.judgements import confirm_judgement, withdraw_judgement

from .kit.actions import NoteForm, RecordAction
from .kit.formatting import badge
from .kit.links import link
from .kit.records import RecordAdmin


@admin.register(Judgement)
class JudgementAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "confirm": RecordAction(confirm_judgement, label="Confirm", success_message="It binds from now on."),
        "withdraw": RecordAction(
            withdraw_judgement, NoteForm, "Take back", "It is taken back; the figures are grouped again."
        ),
    }
    list_display = ["__str__", "state_badge", "origin", "by", "at"]
    list_filter: ClassVar = ["state", "same", "origin", "topic"]
    list_select_related = ["a", "b", "by"]
    search_fields: ClassVar = ["a__surface", "a__counted", "b__surface", "b__counted", "note"]
    ordering: ClassVar = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("a__document", "b__document", "topic", "by", "confirmed_by")

    @admin.display(description="state", ordering="state")
    def state_badge(self, row: Judgement) -> SafeString:
        return badge(row.state)

    def facts(self, record: Judgement) -> Iterable[tuple[str, Any, str]]:
        yield "one figure", link(record.a), ""
        yield "in", link(record.a.document), ""
        yield "the other", link(record.b), ""
        yield "in", link(record.b.document), ""
        yield "held to be", "the same thing" if record.same else "not the same thing", ""
        yield "how", record.get_origin_display(), ""
        yield "said by", record.by, ""
        if record.confirmed_by:
            yield "confirmed by", record.confirmed_by, ""
        if record.note:
            yield "why", record.note, ""
