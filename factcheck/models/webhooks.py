"""Webhooks of a desk, and the deliveries to them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from .desks import Desk, Membership, Role


def desks_with_webhook_access(user: Any) -> models.QuerySet[Desk]:
    """The desks on which a person is chief or auditor; all for a chief editor."""
    mine = Membership.objects.of(user)
    kept_desks = mine.filter(role__in=[Role.DESK_CHIEF, Role.AUDITOR]).values("desk")
    visible = Desk.objects.visible_to(user)
    return visible if mine.filter(desk=None).exists() else visible.filter(pk__in=kept_desks)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: Any) -> WebhookQuerySet:
        """For chiefs and auditors of the desk: a webhook's URL may itself be a secret."""
        return self.filter(desk__in=desks_with_webhook_access(user))


class Webhook(models.Model):
    """A URL of another system that receives events of a desk. ``secret`` is encrypted and never shown again."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="webhooks")
    url = models.URLField(max_length=2000)
    events = models.JSONField(default=list, help_text="the names of the events it is told of")
    secret = models.TextField(help_text="the key its messages are signed with, encrypted")
    active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.url


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Any) -> DeliveryQuerySet:
        return self.filter(webhook__desk__in=desks_with_webhook_access(user))


class Delivery(models.Model):
    """One message to one webhook; the job that carries it is tried again until it is taken or given up."""

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    payload = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="what the other side answered")
    error = models.CharField(max_length=500, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event", "key"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"
