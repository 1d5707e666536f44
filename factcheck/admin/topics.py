"""Topics: running stories within which figures are compared; recorded and changed by editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.language import gettext_lazy
from factcheck.models import Desk, Discrepancy, Document, Job, Measure, Scope, Topic, with_visible_agreements
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.disputes import disputes
from factcheck.workflow.topics import change_topic, record_topic

from .crosschecks import first_desk_for_crosscheck
from .kit.access import person
from .kit.actions import ActionForm, RecordAction
from .kit.fields import DayField, LinesField
from .kit.links import admin_url
from .kit.records import RecordAdmin

MAX_ROWS = 100


class ChangeTopicForm(ActionForm):
    title = forms.CharField(max_length=200)
    places = LinesField(
        label=gettext_lazy("Places"), help_text=gettext_lazy("One in a line, by the names the copy uses.")
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"), help_text=gettext_lazy("Empty while the story runs."))

    def setup_fields(self) -> None:
        for name in ("title", "places", "starts_on", "ends_on") if self.record else ():
            self.fields[name].initial = getattr(self.record, name)


class NewTopicForm(ChangeTopicForm):
    slug = forms.SlugField(
        max_length=100, required=False, help_text=gettext_lazy("Its name in addresses; empty, it is made of the title.")
    )
    desk = forms.ModelChoiceField(
        Desk.objects.none(), empty_label=None, help_text=gettext_lazy("Topics are shared by all desks.")
    )

    def setup_fields(self) -> None:
        self.set_records("desk", Desk.objects.visible_to(self.user))


def crosscheck_topic(topic: Topic, *, by: Person) -> Job:
    """Request a cross-check of a topic on the user's first desk with a document in it."""
    desk = first_desk_for_crosscheck(by, topic.documents.all())
    return request_crosscheck(Scope.TOPIC, by=by, desk=desk, topic=topic)


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "change": RecordAction(change_topic, ChangeTopicForm, success_message=gettext_lazy("The topic is changed.")),
        "crosscheck": RecordAction(
            crosscheck_topic,
            label=gettext_lazy("Compare its figures"),
            success_message=gettext_lazy("It is in the queue."),
            versioned=False,
        ),
    }
    add_form = NewTopicForm
    add_label = gettext_lazy("New topic")
    add_action = "record_topic"
    record_template = "factcheck/admin/topic.html"
    list_display = ["title", "slug", "named_places", "starts_on", "ends_on", "documents"]
    search_fields: ClassVar = ["title", "slug"]
    detail_fields = ("slug", "starts_on", "ends_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        mine = Q(documents__desk__in=Desk.objects.visible_to(request.user))
        annotated: QuerySet[Any] = (
            super().get_queryset(request).annotate(document_count=Count("documents", filter=mine, distinct=True))
        )
        return annotated

    @admin.display(description=gettext_lazy("places"))
    def named_places(self, topic: Any) -> str:
        return ", ".join(map(str, topic.places)) or "–"

    @admin.display(description=gettext_lazy("your documents"), ordering="document_count")
    def documents(self, topic: Any) -> int:
        return int(topic.document_count)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("places"), self.named_places(record), ""

    def is_permitted(self, user: Any, record: Any, name: str) -> bool:
        """A cross-check needs a permission on a desk."""
        if name == "crosscheck":
            return first_desk_for_crosscheck(user, record.documents.all()) is not None
        return super().is_permitted(user, record, name)

    def create_record(self, request: HttpRequest, form: Any) -> Topic:
        return record_topic(by=person(request), **form.cleaned_data)

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        documents = Document.objects.visible_to(request.user).filter(topic=record).select_related("publisher", "desk")
        measures = Measure.objects.visible_to(request.user).filter(topic=record, merged_into=None)
        conflicts = Discrepancy.objects.visible_to(request.user).open().filter(measure__topic=record)
        return {
            "documents": documents.order_by("-published_at", "-pk")[:MAX_ROWS],
            "measures": with_visible_agreements(measures, request.user).order_by("counted", "pk")[:MAX_ROWS],
            "discrepancies": disputes(conflicts, most=MAX_ROWS),
            "limit": MAX_ROWS,
        }

    def return_url(self, request: HttpRequest, record: Any, result: Any) -> str:
        return admin_url(result) if isinstance(result, Job) else super().return_url(request, record, result)
