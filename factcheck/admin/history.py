"""History: events with their actor, record, states and reason. Read only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Event
from factcheck.permissions import PERMISSIONS
from factcheck.states import TRANSITIONS

from .kit.formatting import humanize, timestamp
from .kit.links import admin_url_for
from .kit.records import RecordAdmin

RECORDS = (
    "claim",
    "desk",
    "discrepancy",
    "document",
    "erased_person",
    "evidence",
    "feed",
    "figure",
    "job",
    "measure",
    "membership",
    "policy",
    "publication",
    "report_subscription",
    "source",
    "topic",
    "verification_task",
    "webhook",
)
ACTIONS = sorted(
    {action for _, action in PERMISSIONS} | {row.action for row in TRANSITIONS} | {"ingest", "record", "set", "add"}
)


class DayFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("day")


class RecordFilter(admin.SimpleListFilter):
    title = gettext_lazy("record")
    template = "factcheck/admin/collapsed_filter.html"
    parameter_name = "record"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, humanize(name)) for name in RECORDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(record=self.value()) if self.value() else queryset


class ActionFilter(admin.SimpleListFilter):
    title = gettext_lazy("action")
    template = "factcheck/admin/collapsed_filter.html"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, humanize(name)) for name in ACTIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", gettext("I")), ("people", gettext("people")), ("machine", gettext("the machine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        if self.value() == "me":
            return queryset.filter(actor=request.user.pk)
        if self.value() in ("people", "machine"):
            return queryset.filter(actor__isnull=self.value() == "machine")
        return queryset


@admin.register(Event)
class EventAdmin(RecordAdmin):
    record_template = "factcheck/admin/event.html"
    list_display = ["when", "who", "done", "about", "states", "why"]
    list_filter: ClassVar = [("at", DayFilter), ActorFilter, RecordFilter, ActionFilter]
    list_select_related = ["actor", "note"]
    search_fields: ClassVar = [f"actor__{get_user_model().USERNAME_FIELD}", "machine", "action"]
    ordering: ClassVar = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor", "note")

    @admin.display(description=gettext_lazy("when"), ordering="id")
    def when(self, event: Any) -> str:
        return timestamp(event.at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, event: Any) -> str:
        return (
            str(event.actor)
            if event.actor
            else gettext("the machine ({machine})").format(machine=humanize(event.machine))
        )

    @admin.display(description=gettext_lazy("action"), ordering="action")
    def done(self, event: Any) -> str:
        return humanize(event.action)

    @admin.display(description=gettext_lazy("record"))
    def about(self, event: Any) -> SafeString | str:
        label = f"{humanize(event.record)} {event.record_id}"
        url = admin_url_for(event.record, event.record_id)
        return format_html('<a href="{}">{}</a>', url, label) if url else label

    @admin.display(description=gettext_lazy("from, to"))
    def states(self, event: Any) -> str:
        if event.from_state and event.from_state != event.to_state:
            return f"{humanize(event.from_state)} → {humanize(event.to_state)}"
        return humanize(event.to_state) or "–"

    @admin.display(description=gettext_lazy("why"))
    def why(self, event: Any) -> str:
        note = getattr(event, "note", None)
        if note is None:
            return "–"
        return note.text or gettext("(the words of the reason were erased)")

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield gettext("when"), timestamp(record.at), ""
        yield gettext("who"), self.who(record), ""
        yield gettext("record"), self.about(record), ""
        yield gettext("action"), self.done(record), ""
        yield gettext("from, to"), self.states(record), ""
        yield gettext("why"), self.why(record), ""
        for name, value in record.facts.items() if isinstance(record.facts, dict) else ():
            yield humanize(name), value, ""

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {
            "digests": [
                (gettext("of this event"), record.digest),
                (gettext("of the one before"), record.previous or gettext("none")),
            ]
        }
