"""Stored observations: the distinct statements of a measure, and which figures carry each of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from factcheck.text import Hedge, Modality

from .claims import choices_of
from .desks import Desk
from .figures import Figure
from .measures import Measure
from .sources import Source


class StoredObservation(models.Model):
    """One statement of a measure, kept once for all figures that make it: what cross-checks compare.

    ``key`` names it by content: number and hedge, scope, who says it as the copy names them, as-of. Whether two names
    are one party is decided anew by each comparison. ``stated`` is the rest of what is compared, worded as in the first
    figure; ``sample`` the first few figures, by which pairs are scored.
    """

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="observations")
    key = models.CharField(max_length=64)
    low = models.FloatField(null=True, help_text="the least it may mean, in the unit it is stated in")
    high = models.FloatField(null=True, help_text="the most it may mean, in the unit it is stated in")
    hedge = models.CharField(max_length=10, choices=choices_of(Hedge), default=Hedge.EXACT)
    modality = models.CharField(max_length=10, choices=choices_of(Modality), default=Modality.REPORTED)
    scope = models.CharField(max_length=100, blank=True)
    says = models.CharField(max_length=300, blank=True, help_text="who says it, as named in the copy")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    as_of_start = models.DateTimeField(null=True, blank=True)
    stated = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=0, help_text="figures that carry it and take part in cross-checks")
    first = models.ForeignKey(Figure, models.PROTECT, null=True, blank=True, related_name="+")
    sample = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "key"], name="observation_once")]
        indexes = [
            models.Index(fields=["measure", "as_of_start"], condition=Q(count__gt=0), name="observation_compared")
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.low} to {self.high}"


class CarrierQuerySet(models.QuerySet["Carrier"]):
    def visible_to(self, user: Any) -> CarrierQuerySet:
        return self.filter(figure__document__desk__in=Desk.objects.visible_to(user))


class Carrier(models.Model):
    """A figure that carries a stored observation.

    ``current`` is false for the last figures that carried an observation which nobody states any more, while a
    discrepancy still tells of it.
    """

    observation = models.ForeignKey(StoredObservation, models.CASCADE, related_name="carriers")
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="carriers")
    current = models.BooleanField(default=True)

    objects = CarrierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["observation", "figure"], name="carrier_once"),
            models.UniqueConstraint(fields=["figure"], condition=Q(current=True), name="carrier_of_one_observation"),
        ]

    def __str__(self) -> str:
        return str(self.figure)
