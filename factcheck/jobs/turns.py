"""Which due job is next: by priority, then the desk that was served the longest ago, then by age.

Desks take turns, so that two hundred texts of one let another's wait for one. Work of no desk counts as a desk's.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Now

from factcheck.models import Desk, Job, JobQuerySet
from factcheck.states import JobState

NEVER = datetime.min.replace(tzinfo=UTC)


def due_jobs(queue: str) -> JobQuerySet:
    """The jobs of a queue that may be done now."""
    return Job.objects.filter(queue=queue, state=JobState.DUE, run_at__lte=Now())


def next_due(queue: str) -> Job | None:
    """The job whose turn it is; None where none is due."""
    first = due_jobs(queue).order_by("priority", "run_at", "id").first()
    if first is None:
        return None
    rivals = due_jobs(queue).filter(priority=first.priority)
    desk = desk_to_serve(rivals)
    return rivals.filter(desk=desk).order_by("run_at", "id").first() or first


def desk_to_serve(jobs: JobQuerySet) -> int | None:
    """The desk with a job among these that was served the longest ago; None is the work of no desk."""
    served = Job.objects.filter(started_at__isnull=False)
    latest = served.filter(desk=OuterRef("pk")).order_by("-started_at").values("started_at")[:1]
    waiting = Desk.objects.filter(Exists(jobs.filter(desk=OuterRef("pk"))))
    turns: dict[int | None, datetime | None] = dict(
        waiting.annotate(served=Subquery(latest)).order_by("pk").values_list("pk", "served")
    )
    if not turns:
        return None
    if jobs.filter(desk=None).exists():
        rows = served.filter(desk=None).order_by("-started_at")
        turns[None] = rows.values_list("started_at", flat=True).first()
    return min(turns, key=lambda desk: turns[desk] or NEVER)


def others_wait(job: Job) -> bool:
    """Whether a job is due that may go before this one, were this one put back now."""
    return due_jobs(job.queue).filter(priority__lte=job.priority).exclude(pk=job.pk).exists()
