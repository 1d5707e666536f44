"""Topics: the running stories inside which figures are compared; entered and changed by editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from factcheck.models import Desk, Discrepancy, Document, Job, Measure, Scope, Topic
from factcheck.workflow.crosscheck import request_crosscheck
from factcheck.workflow.disputes import disputes
from factcheck.workflow.topics import change_topic, record_topic

from .crosschecks import desk_to_ask_for
from .kit.actions import ActionForm, RecordAction
from .kit.fields import Day, Lines
from .kit.links import address_of
from .kit.records import RecordAdmin

SHOWN = 100


class TopicForm(ActionForm):
    title = forms.CharField(max_length=200)
    places = Lines(label="Places", help_text="One in a line, by the names the copy uses.")
    starts_on = Day(label="From")
    ends_on = Day(label="To", help_text="Empty while the story runs.")

    def fit(self) -> None:
        for name in ("title", "places", "starts_on", "ends_on") if self.record else ():
            self.fields[name].initial = getattr(self.record, name)


class NewTopicForm(TopicForm):
    slug = forms.SlugField(
        max_length=100, required=False, help_text="Its name in addresses; empty, it is made of the title."
    )
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None, help_text="Topics are shared by all desks.")

    def fit(self) -> None:
        self.fields["desk"].queryset = Desk.objects.visible_to(self.user)


def crosscheck_topic(topic: Topic, *, by: Any) -> Job:
    """Compare the figures of a topic again, asked for by the first desk of the person's with a document in it."""
    desk = desk_to_ask_for(by, topic.documents.all())
    return request_crosscheck(Scope.TOPIC, by=by, desk=desk, topic=topic)


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "change": RecordAction(change_topic, TopicForm, done="The topic is changed."),
        "crosscheck": RecordAction(
            crosscheck_topic, label="Compare its figures", done="It is in the queue.", versioned=False
        ),
    }
    new_form = NewTopicForm
    new_label = "New topic"
    new_right = "record_topic"
    record_template = "factcheck/admin/topic.html"
    list_display: ClassVar = ["title", "slug", "named_places", "starts_on", "ends_on", "documents"]
    search_fields: ClassVar = ["title", "slug"]
    page_fields = ("slug", "starts_on", "ends_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        mine = Q(documents__desk__in=Desk.objects.visible_to(request.user))
        return super().get_queryset(request).annotate(held=Count("documents", filter=mine, distinct=True))

    @admin.display(description="places")
    def named_places(self, topic: Any) -> str:
        return ", ".join(map(str, topic.places)) or "–"

    @admin.display(description="your documents", ordering="held")
    def documents(self, topic: Any) -> int:
        return int(topic.held)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield "places", self.named_places(record), ""

    def entitled(self, user: Any, record: Any, name: str) -> bool:
        """Comparing again is a right on a desk."""
        if name == "crosscheck":
            return desk_to_ask_for(user, record.documents.all()) is not None
        return super().entitled(user, record, name)

    def create(self, request: HttpRequest, form: Any) -> Topic:
        return record_topic(by=request.user, **form.cleaned_data)

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        documents = Document.objects.visible_to(request.user).filter(topic=record).select_related("publisher", "desk")
        measures = Measure.objects.visible_to(request.user).filter(topic=record, merged_into=None)
        conflicts = Discrepancy.objects.visible_to(request.user).open().filter(measure__topic=record)
        return {
            "documents": documents.order_by("-published_at", "-pk")[:SHOWN],
            "measures": measures.order_by("counted", "pk")[:SHOWN],
            "discrepancies": disputes(conflicts, most=SHOWN),
            "shown": SHOWN,
        }

    def way_back(self, request: HttpRequest, record: Any, result: Any) -> str:
        return address_of(result) if isinstance(result, Job) else super().way_back(request, record, result)
