"""The durable row of any background work. The row is the queue; a Celery message only says "look"."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from factcheck.states import JobState

from .desks import Desk

HOUSEKEEPING = frozenset({"recheck_clearance", "send_notices", "poll_feed"})
"""Small work that is done by itself over and over; lists leave it out unless it failed or a person asked for it."""


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> JobQuerySet:
        """The jobs of one's desks; jobs of no desk are seen by whoever asked for them."""
        return self.filter(Q(desk__in=Desk.objects.visible_to(user)) | Q(desk=None, created_by=user.pk))

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=[JobState.DUE, JobState.RUNNING])

    def cancelled_for_now(self) -> list[str]:
        """The keys of jobs that were cancelled, and not asked for again since."""
        later = Job.objects.filter(
            name=models.OuterRef("name"), key=models.OuterRef("key"), pk__gt=models.OuterRef("pk")
        )
        rows = self.filter(~models.Exists(later), state=JobState.CANCELLED)
        return list(rows.values_list("key", flat=True))

    def user_visible(self) -> JobQuerySet:
        """What a person wants to see in a list: without the small work that nobody asked for and that went well."""
        return self.exclude(Q(name__in=HOUSEKEEPING, created_by=None) & ~Q(state=JobState.FAILED))


class Job(models.Model):
    """A piece of background work: what, for whom, how far, and what went wrong.

    ``key`` names the effect: while a job of that name and key is due, asking again adds no second row.
    ``attempt`` is the fence: only the attempt that holds the lease may write.
    """

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="work")
    priority = models.SmallIntegerField(default=5, help_text="0 first, 9 last")
    desk = models.ForeignKey(Desk, models.PROTECT, null=True, blank=True, related_name="jobs")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DUE)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    postponed = models.PositiveIntegerField(default=0, help_text="how often in a row it met a failure that passes")
    run_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True, help_text="when a worker last took it")
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "key"], condition=Q(state="due"), name="job_due_once"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "priority", "run_at"], condition=Q(state="due"), name="job_due"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_leases"),
            models.Index(fields=["desk", "priority", "run_at"], condition=Q(state="due"), name="job_due_of_desk"),
            models.Index(fields=["desk", "-started_at"], condition=Q(started_at__isnull=False), name="job_turns"),
            # on PostgreSQL also by how a key begins
            models.Index(fields=["key"], name="job_by_key", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
