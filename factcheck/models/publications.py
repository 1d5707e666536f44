"""Publications and corrections: what went out, cleared or not, and what was put right. Append-only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from .claims import Claim
from .desks import Desk
from .documents import Document, Revision


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible_to(self, user: Any) -> PublicationQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))


class Publication(models.Model):
    """One publication of a revision, cleared or not, with the gate's answer; title and byline as it went out."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="publications")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="publications")
    clear = models.BooleanField()
    title = models.CharField(max_length=500, blank=True)
    byline = models.CharField(max_length=500, blank=True)
    answer = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return gettext("{document} published {answer}").format(
            document=self.document, answer=gettext("cleared") if self.clear else gettext("uncleared")
        )


class CorrectionClass(models.TextChoices):
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    UPDATE = "update"
    WITHDRAWAL = "withdrawal"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, user: Any) -> CorrectionQuerySet:
        return self.filter(publication__document__desk__in=Desk.objects.visible_to(user))


class Correction(models.Model):
    """What was put right after publication, in the words the reader was given."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="corrections")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="corrections")
    correction_class = models.CharField(max_length=14, choices=CorrectionClass.choices)
    wording = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(wording=""), name="correction_has_wording")]

    def __str__(self) -> str:
        cut = "…" if len(self.wording) > 60 else ""
        return f"{self.get_correction_class_display()}: {self.wording[:60]}{cut}"
