"""The keys by which a client may send a request twice and have it done once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def expired(self, before: datetime) -> IdempotencyKeyQuerySet:
        return self.filter(created_at__lt=before)


class IdempotencyKey(models.Model):
    """A request a client named, so that sending it again does nothing twice.

    Of a response that shows a record, only the record's id is stored; ``answer`` holds any other response.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_hmac = models.CharField(max_length=64, help_text="of method, address and body, with the site's secret")
    status = models.PositiveSmallIntegerField(null=True, help_text="empty while the first is still under way")
    record_id = models.BigIntegerField(null=True, help_text="of the record that was answered")
    answer = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
