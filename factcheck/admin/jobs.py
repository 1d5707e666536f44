"""Jobs: state, progress and errors, with a button to retry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.jobs.names import JobName
from factcheck.language import gettext_lazy
from factcheck.models import Document, Job, Scope
from factcheck.states import JobState
from factcheck.workflow.jobs import cancel_job, retry_job

from .kit.actions import RecordAction
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge, humanize, timestamp
from .kit.links import link
from .kit.records import RecordAdmin


class HousekeepingFilter(admin.SimpleListFilter):
    """Hides routine jobs that follow every action, unless they failed or are asked for."""

    title = gettext_lazy("small work")
    parameter_name = "small"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("shown", gettext("shown too"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield choice if choice["display"] == gettext("shown too") else {**choice, "display": gettext("left out")}

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Job]:
        jobs: QuerySet[Job] = queryset if self.value() == "shown" else queryset.user_visible()
        return jobs


@admin.register(Job)
class JobAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "retry": RecordAction(
            retry_job, label=gettext_lazy("Try again"), success_message=gettext_lazy("It is in the queue again.")
        ),
        "cancel": RecordAction(
            cancel_job,
            label=gettext_lazy("Cancel"),
            success_message=gettext_lazy("It is cancelled. What it wrote stays."),
        ),
    }
    bulk_actions = ("retry", "cancel")
    record_template = "factcheck/admin/job.html"
    progress_template = "factcheck/admin/job_progress.html"
    list_display = ["work", "key", "state_badge", "progress", "error", "asked"]
    list_filter: ClassVar = ["state", HousekeepingFilter, "name", OwnDeskFilter]
    list_select_related = ["desk"]
    search_fields: ClassVar = ["key", "error"]
    detail_fields = ("key", "desk", "attempt", "failures", "postponed", "error", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("desk", "created_by")

    @admin.display(description=gettext_lazy("work"), ordering="name")
    def work(self, job: Job) -> str:
        return humanize(job.name)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, job: Job) -> SafeString:
        return badge(job.state)

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> SafeString | str:
        return progress_bar(job)

    @admin.display(description=gettext_lazy("asked for"), ordering="created_at")
    def asked(self, job: Job) -> str:
        return timestamp(job.created_at)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield gettext("work"), humanize(record.name), ""
        yield from self.about(record)
        yield from super().facts(record)
        yield gettext("asked for"), timestamp(record.created_at), ""
        if record.state == JobState.DUE:
            yield gettext("not before"), timestamp(record.run_at), ""
        yield gettext("finished"), timestamp(record.finished_at), ""
        for name, value in visible_result(record).items():
            yield humanize(name), value, ""

    def about(self, job: Job) -> Iterable[tuple[str, Any, str]]:
        """The document and the cross-check of a job, if they belong to the same desk."""
        wanted = job.args.get("document") if isinstance(job.args, dict) else None
        if wanted and (document := Document.objects.filter(pk=wanted, desk=job.desk_id).first()):
            yield gettext("document"), link(document), ""
        if run := getattr(job, "crosscheck", None):
            yield gettext("cross-check"), link(run), ""

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return self.progress_context(request, record)

    def progress_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"job": record, "progress": progress_bar(record)}


def visible_result(job: Job) -> dict[str, Any]:
    """The result of a job, except that of a cross-check over several documents, which the user may not all see."""
    wider = job.name == JobName.CROSSCHECK and job.args.get("scope") != Scope.DOCUMENT
    return {} if wider or not isinstance(job.result, dict) else job.result


def progress_bar(job: Job) -> SafeString | str:
    """A progress bar with its numbers, or the state for a job that counts no steps."""
    if not job.total:
        return gettext("done") if job.state == JobState.DONE else "–"
    words = gettext("{done} of {total}").format(done=job.done, total=job.total)
    bar = '<progress class="fc-progress" max="{}" value="{}" aria-label="{}">{}</progress> {}'
    return format_html(bar, job.total, job.done, gettext("Progress"), words, words)
