"""Runs that compare the figures of a document, a measure, a topic, or of everything."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from .desks import Desk
from .documents import Document
from .jobs import Job
from .measures import Measure
from .topics import Topic


class Scope(models.TextChoices):
    DOCUMENT = "document"
    MEASURE = "measure"
    TOPIC = "topic"
    EVERYTHING = "everything"


class CrossCheckQuerySet(models.QuerySet["CrossCheck"]):
    def visible_to(self, user: Any) -> CrossCheckQuerySet:
        desks = Desk.objects.visible_to(user)
        own = Exists(Job.objects.visible_to(user).filter(pk=OuterRef("job")))
        return self.filter(Q(document__desk__in=desks) | Q(own, document=None))


class CrossCheck(models.Model):
    """One run over the measures of a document, a measure, a topic, or everything; progress is the job's."""

    scope = models.CharField(max_length=10, choices=Scope.choices)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="crosschecks")
    job = models.OneToOneField(Job, models.PROTECT, related_name="crosscheck")
    engine_version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    reached = models.BigIntegerField(
        default=0, help_text="the last measure it has compared; a broken run goes on there"
    )
    left_behind = models.JSONField(default=list, help_text="measures that figures of its document have left")
    found = models.JSONField(default=dict, help_text="how many of each kind this run saw")

    objects = CrossCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="document", document__isnull=False, measure=None, topic=None)
                | Q(scope="measure", document=None, measure__isnull=False, topic=None)
                | Q(scope="topic", document=None, measure=None, topic__isnull=False)
                | Q(scope="everything", document=None, measure=None, topic=None),
                name="crosscheck_scope_matches",
            )
        ]

    def __str__(self) -> str:
        return gettext("cross-check of {subject}").format(
            subject=self.document or self.measure or self.topic or gettext("everything")
        )
