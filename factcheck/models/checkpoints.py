"""Checkpoints over the history: a chain of HMACs under a key that the database does not hold.

Whoever owns the database can recompute the chains of events, but not these.
"""

from __future__ import annotations

import json

from django.db import models
from django.db.models import F, Q

from factcheck.history_keys import hmac_of

MARK_LENGTH = 32


class Checkpoint(models.Model):
    """One stretch of committed events, and the checkpoint before it. Append-only.

    ``marks`` holds a row for each event: its number, the kind and number of its record, and an HMAC of its digest, so
    that what was changed or cut can be named.
    """

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    count = models.PositiveIntegerField()
    marks = models.JSONField()
    key_name = models.CharField(max_length=16)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, count__gte=1, last_event__gte=F("first_event")),
                name="checkpoint_covers_events",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    def computed_digest(self, key: bytes) -> str:
        """The HMAC over the checkpoint's own fields and the digest of the one before."""
        payload = [
            self.number,
            self.at.isoformat(),
            self.first_event,
            self.last_event,
            self.count,
            self.marks,
            self.key_name,
            self.previous,
        ]
        return hmac_of(key, json.dumps(payload))


def mark_of(key: bytes, event_id: int, digest: str) -> str:
    """The HMAC of one event in the marks of a checkpoint."""
    return hmac_of(key, f"{event_id}:{digest}")[:MARK_LENGTH]
