"""Measures: what figures have in common that count the same thing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from factcheck.intake.text_cleaning import with_directions_closed

from .desks import Desk
from .topics import Topic

UNNAMED = {"": "not grouped", "count": "a number", "ratio": "a share", "money": "a sum of money"}
"""Display names of measures without a counted thing."""


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: Any) -> MeasureQuerySet:
        """A measure is seen by whoever may see one of its figures; looked up row by row, by the index of the figures.

        The ``Coalesce`` keeps PostgreSQL from making a join of all figures of it.
        """
        figures: Any = Measure._meta.get_field("figures").related_model
        seen = figures.objects.filter(measure=OuterRef("pk"), document__desk__in=Desk.objects.visible_to(user))
        return self.filter(Coalesce(Exists(seen), Value(False)))


class Measure(models.Model):
    """Counted thing, dimension, place, party, in a topic (or compared everywhere, where ``general``)."""

    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="measures")
    key = models.CharField(max_length=300)
    parts = models.JSONField(default=dict, help_text="the typed key of the measure: what its figures have in common")
    counted = models.CharField(max_length=300)
    dimension = models.CharField(max_length=60)
    place = models.CharField(max_length=200, blank=True)
    party = models.CharField(max_length=200, blank=True)
    running = models.BooleanField(default=False)
    general = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    embargoed = models.ForeignKey(
        "factcheck.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the text under embargo whose figures alone it holds",
    )
    held_against = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="embargoed_beside",
        help_text="the measure of the topic that figures under embargo are compared with, unseen by others",
    )
    agreements = models.PositiveIntegerField(
        default=0, help_text="pairs of states that agree, within the hedge or exactly"
    )
    compared = models.CharField(
        max_length=64, blank=True, help_text="a digest of what its last comparison rested on; empty where it is due"
    )
    observations_version = models.PositiveIntegerField(
        default=0, help_text="how often its observations have changed: what was compared before is compared again"
    )
    version = models.PositiveIntegerField(default=1)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="measure_once_in_topic"),
            models.UniqueConstraint(fields=["key"], condition=Q(topic=None), name="measure_once_without_topic"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="measure_not_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return with_directions_closed(self.name)

    @property
    def name(self) -> str:
        """A display name: the counted thing, else the concept, noun or dimension of its key."""
        if self.counted and self.counted not in UNNAMED:
            return self.counted  # as the text has it
        name = self.counted or self.parts.get("concept") or self.parts.get("noun") or self.dimension.partition("/")[0]
        return gettext(UNNAMED.get(name, name.replace("_", " ")))

    def canonical(self) -> Measure:
        """The measure at the end of the chain of merges, or itself."""
        found, seen = self, {self.pk}
        while found.merged_into and found.merged_into_id not in seen:
            found = found.merged_into
            seen.add(found.pk)
        return found
