"""Cross-checks: runs that compare figures, their progress and what they found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import CrossCheck, Desk, Document, Job, Scope, Topic
from factcheck.workflow.crosschecks import request_crosscheck
from factcheck.workflow.transitions import can

from .jobs import progress_bar
from .kit.access import person
from .kit.actions import ActionForm
from .kit.formatting import badge, humanize, timestamp
from .kit.records import RecordAdmin


class CrossCheckForm(ActionForm):
    """The scope of a cross-check: one document, a topic, or everything."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Compare"),
        choices=[
            (Scope.DOCUMENT, gettext_lazy("the figures of a document")),
            (Scope.TOPIC, gettext_lazy("the figures of a topic")),
            (Scope.EVERYTHING, "everything"),
        ],
    )
    document = forms.ModelChoiceField(Document.objects.none(), required=False)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False)
    desk = forms.ModelChoiceField(
        Desk.objects.none(), empty_label=None, help_text=gettext_lazy("Who asks: the work is listed under this desk.")
    )

    def setup_fields(self) -> None:
        self.set_records("document", Document.objects.visible_to(self.user).order_by("-pk"))
        self.set_records("topic", Topic.objects.visible_to(self.user))
        self.set_records("desk", Desk.objects.visible_to(self.user))

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        for name in ("document", "topic"):
            if cleaned_data.get("scope") == name and not cleaned_data.get(name) and name not in self.errors:
                raise ValidationError({name: gettext("Choose the {name}.").format(name=name)})
            if cleaned_data.get("scope") != name:
                cleaned_data[name] = None
        return cleaned_data


@admin.register(CrossCheck)
class CrossCheckAdmin(RecordAdmin):
    add_form = CrossCheckForm
    add_label = gettext_lazy("Compare figures now")
    add_action = "crosscheck"
    record_template = "factcheck/admin/job.html"
    list_display = ["__str__", "state", "progress", "found_here", "started"]
    list_filter: ClassVar = ["scope"]
    list_select_related = ["document", "topic", "measure", "job"]
    detail_fields = ("scope", "document", "measure", "topic", "job", "engine_version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("document", "topic", "measure", "job")

    def create_record(self, request: HttpRequest, form: Any) -> Job:
        cleaned_data = form.cleaned_data
        desk = None if cleaned_data["scope"] == Scope.DOCUMENT else cleaned_data["desk"]
        scope = {"document": cleaned_data["document"], "topic": cleaned_data["topic"]}
        return request_crosscheck(cleaned_data["scope"], by=person(request), desk=desk, **scope)

    @admin.display(description=gettext_lazy("state"), ordering="job__state")
    def state(self, run: Any) -> SafeString:
        return badge(run.job.state)

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: Any) -> SafeString | str:
        return progress_bar(run.job)

    @admin.display(description=gettext_lazy("open then"))
    def found_here(self, run: Any) -> str:
        """Counts of a run over one document. Those of a wider run would reveal documents the user may not see."""
        if run.document_id is None or run.finished_at is None:
            return "–"
        return ", ".join(f"{number} {humanize(kind)}" for kind, number in run.found.items()) or gettext("none")

    @admin.display(description=gettext_lazy("started"), ordering="started_at")
    def started(self, run: Any) -> str:
        return timestamp(run.started_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield from super().facts(record)
        yield gettext("started"), timestamp(record.started_at), ""
        yield gettext("finished"), timestamp(record.finished_at), ""
        yield gettext("open discrepancies then"), self.found_here(record), ""

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"job": record.job, "progress": progress_bar(record.job)}


def first_desk_for_crosscheck(user: Any, documents: QuerySet[Document]) -> Desk | None:
    """The first desk of these documents on which the user may request a cross-check."""
    desks = Desk.objects.visible_to(user).filter(documents__in=documents).distinct()
    return next((desk for desk in desks if can(user, desk, "crosscheck")), None)
