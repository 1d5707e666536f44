"""Feeds: the addresses and drop folders a desk takes documents from, and what each has brought."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from .desks import Desk
from .documents import Document
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
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="when a poll was last asked for")
    polled_at = models.DateTimeField(null=True, blank=True, help_text="when it was last read, well or not")
    error = models.CharField(max_length=500, blank=True, help_text="why the last poll failed; empty after a good one")
    version = models.PositiveIntegerField(default=1)

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


class FeedItem(models.Model):
    """One entry of a feed or file of a folder, taken in once; ``guid`` is the hash of what identifies it."""

    feed = models.ForeignKey(Feed, models.PROTECT, related_name="items")
    guid = models.CharField(max_length=64)
    title = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="feed_items")
    error = models.CharField(max_length=500, blank=True, help_text="why no document was made of it")
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="feed_item_once")]

    def __str__(self) -> str:
        return self.title or self.guid
