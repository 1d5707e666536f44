"""Background work: what is due, how far it is, what failed and why, with a button to try again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from factcheck.models import Document, Job, Scope
from factcheck.queue import JobName
from factcheck.states import JobState
from factcheck.workflow.jobs import retry_job

from .kit.actions import RecordAction
from .kit.filters import OwnDesk
from .kit.formatting import moment, pill, words
from .kit.links import link
from .kit.records import RecordAdmin


class SmallWork(admin.SimpleListFilter):
    """The list leaves out the small work that follows every action, unless it failed or is asked for."""

    title = "small work"
    parameter_name = "small"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shown", "shown too")]

    def choices(self, changelist: Any) -> Iterable[dict[str, Any]]:
        for choice in super().choices(changelist):
            yield choice | ({} if choice["display"] == "shown too" else {"display": "left out"})

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Job]:
        return queryset if self.value() == "shown" else queryset.loud()


@admin.register(Job)
class JobAdmin(RecordAdmin):
    record_actions: ClassVar = {"retry": RecordAction(retry_job, label="Try again", done="It is in the queue again.")}
    bulk_actions = ("retry",)
    record_template = "factcheck/admin/working.html"
    waiting_template = "factcheck/admin/job_waiting.html"
    list_display: ClassVar = ["work", "key", "shown_state", "progress", "error", "asked"]
    list_filter: ClassVar = ["state", SmallWork, "name", OwnDesk]
    list_select_related: ClassVar = ["desk"]
    search_fields: ClassVar = ["key", "error"]
    page_fields = ("key", "desk", "attempt", "failures", "error", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "created_by")

    @admin.display(description="work", ordering="name")
    def work(self, job: Job) -> str:
        return words(job.name)

    @admin.display(description="state", ordering="state")
    def shown_state(self, job: Job) -> SafeString:
        return pill(job.state)

    @admin.display(description="progress")
    def progress(self, job: Job) -> SafeString | str:
        return progress_of(job)

    @admin.display(description="asked for", ordering="created_at")
    def asked(self, job: Job) -> str:
        return moment(job.created_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield "work", words(record.name), ""
        yield from self.about(record)
        yield from super().facts(record)
        yield "asked for", moment(record.created_at), ""
        if record.state == JobState.DUE:
            yield "not before", moment(record.run_at), ""
        yield "finished", moment(record.finished_at), ""
        for name, value in told_result(record).items():
            yield words(name), value, ""

    def about(self, job: Job) -> Iterable[tuple[str, Any, str]]:
        """The document and the run a job works on, where they are its own desk's."""
        wanted = job.args.get("document") if isinstance(job.args, dict) else None
        if document := Document.objects.filter(pk=wanted, desk=job.desk_id).first():
            yield "document", link(document), ""
        if run := getattr(job, "crosscheck", None):
            yield "cross-check", link(run), ""

    def page(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return self.waiting(request, record)

    def waiting(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"job": record, "progress": progress_of(record)}


def told_result(job: Job) -> dict[str, Any]:
    """What came of it. What a comparison of more than one document found would tell of texts one may not see."""
    wider = job.name == JobName.CROSSCHECK and job.args.get("scope") != Scope.DOCUMENT
    return {} if wider or not isinstance(job.result, dict) else job.result


def progress_of(job: Job) -> SafeString | str:
    """A bar with its numbers for work that counts its steps; else the state says it."""
    if not job.total:
        return "done" if job.state == JobState.DONE else "–"
    bar = '<progress class="fc-progress" max="{}" value="{}" aria-label="Progress">{} of {}</progress> {} of {}'
    return format_html(bar, job.total, job.done, job.done, job.total, job.done, job.total)
