"""What was received, as it came: uploads, fetched pages, captured evidence."""

from __future__ import annotations

from typing import Any

from django.db import models

from .desks import Desk


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: Any) -> SnapshotQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Snapshot(models.Model):
    """Bytes as they arrived: WARC record, SHA-256 of the payload, and the text read from it. Immutable."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    charset = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    warc = models.BinaryField()
    text = models.TextField(blank=True)
    taken_at = models.DateTimeField()

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url or self.filename or self.sha256[:12]
