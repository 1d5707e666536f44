"""Where a claim or a figure stands in each revision of its document."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from factcheck.text import AnchorState

from .claims import Claim, choices_of
from .desks import Desk
from .documents import Revision
from .figures import Figure


class AnchorQuerySet(models.QuerySet["Anchor"]):
    def visible_to(self, user: Any) -> AnchorQuerySet:
        return self.filter(revision__document__desk__in=Desk.objects.visible_to(user))

    def in_text_order(self) -> AnchorQuerySet:
        return self.order_by(Coalesce("start", 0), "id")


class Anchor(models.Model):
    """Where a claim or a figure stands in one revision: exactly one of the two."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="anchors")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="anchors")
    figure = models.ForeignKey(Figure, models.PROTECT, null=True, blank=True, related_name="anchors")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    exact = models.TextField(blank=True)
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    anchor_state = models.CharField(max_length=10, choices=choices_of(AnchorState))
    changes = models.JSONField(default=list, help_text="classes of change against the revision before")
    candidates = models.JSONField(default=list, help_text="[start, end] pairs put before a person")

    objects = AnchorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "claim"], name="anchor_claim_once"),
            models.UniqueConstraint(fields=["revision", "figure"], name="anchor_figure_once"),
            models.CheckConstraint(
                condition=Q(claim=None, figure__isnull=False) | Q(claim__isnull=False, figure=None),
                name="anchor_of_one_record",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__isnull=False, start__lte=F("end")),
                name="anchor_span_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.anchor_state} at {self.start}-{self.end}"
