"""Judgements: decisions that two figures do or do not count the same thing; confirmed or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Judgement
from factcheck.workflow.judgements import confirm_judgement, withdraw_judgement

from .kit.actions import NoteForm, RecordAction
from .kit.formatting import badge
from .kit.links import link
from .kit.records import RecordAdmin


@admin.register(Judgement)
class JudgementAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "confirm": RecordAction(
            confirm_judgement, label=gettext_lazy("Confirm"), success_message=gettext_lazy("It binds from now on.")
        ),
        "withdraw": RecordAction(
            withdraw_judgement,
            NoteForm,
            gettext_lazy("Take back"),
            gettext_lazy("It is taken back; the figures are grouped again."),
        ),
    }
    list_display = ["__str__", "state_badge", "origin", "by", "at"]
    list_filter: ClassVar = ["state", "same", "origin", "topic"]
    list_select_related = ["a", "b", "by"]
    search_fields: ClassVar = ["a__surface", "a__counted", "b__surface", "b__counted", "note"]
    ordering: ClassVar = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("a__document", "b__document", "topic", "by", "confirmed_by")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, row: Judgement) -> SafeString:
        return badge(row.state)

    def facts(self, record: Judgement) -> Iterable[tuple[str, Any, str]]:
        yield gettext("one figure"), link(record.a), ""
        yield gettext("in"), link(record.a.document), ""
        yield gettext("the other"), link(record.b), ""
        yield gettext("in"), link(record.b.document), ""
        yield gettext("held to be"), gettext("the same thing") if record.same else gettext("not the same thing"), ""
        yield gettext("how"), record.get_origin_display(), ""
        yield gettext("said by"), record.by, ""
        if record.confirmed_by:
            yield gettext("confirmed by"), record.confirmed_by, ""
        if record.note:
            yield gettext("why"), record.note, ""
