"""Running stories: what is compared with what."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from factcheck.intake.text_cleaning import with_directions_closed


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: Any) -> TopicQuerySet:
        """Topics are shared by the desks: whoever belongs to one sees them all."""
        from_a_desk = getattr(user, "is_active", False) and user.pk and user.factcheck_memberships.exists()
        return self if from_a_desk else self.none()


class Topic(models.Model):
    """A running story; figures are compared inside it."""

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    places = models.JSONField(default=list, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="topic_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return with_directions_closed(self.title)
