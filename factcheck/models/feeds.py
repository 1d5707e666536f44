"""Feeds: the addresses and drop folders a desk takes documents from."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from .desks import Desk
from .sources import Source


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, user: Any) -> FeedQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Feed(models.Model):
    """An RSS/Atom address or a drop folder, polled by schedule."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="feeds")
    publisher = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="feeds")
    url = models.URLField(max_length=2000, blank=True)
    folder = models.CharField(max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(default=15)
    active = models.BooleanField(default=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(url="") & ~Q(folder="")) | (~Q(url="") & Q(folder="")), name="feed_url_or_folder"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="feed_minutes_positive"),
        ]

    def __str__(self) -> str:
        return self.url or self.folder
