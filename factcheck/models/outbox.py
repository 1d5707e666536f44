"""Outgoing messages: notices and the channels people chose, webhooks and their deliveries.

The keys by which a client may send a request twice live here too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from .desks import Desk, Membership, Role


class NoticeKind(models.TextChoices):
    ASSIGNED = "assigned", "a piece of checking work is assigned to you"
    RETURNED = "returned", "a claim you submitted came back"
    DUE_SOON = "due_soon", "your checking work is due soon"
    OVERDUE = "overdue", "checking work is overdue"
    STALE = "stale", "a sign-off no longer holds"
    CLEARED = "cleared", "a document became clear, or stopped being so"
    PUBLISHED_UNCLEARED = "published_uncleared", "a document went out uncleared"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: Any) -> NotificationQuerySet:
        """One's own inbox, as far as one still belongs to the desks it tells of."""
        return self.filter(recipient=user.pk, desk__in=Desk.objects.visible_to(user), inbox=True)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """One notice to one person. ``key`` identifies the occasion; ``inbox`` and ``mail`` are its channels."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="factcheck_notifications")
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    key = models.CharField(max_length=120)
    record = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    text = models.CharField(max_length=500)
    inbox = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_started_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_refused = models.CharField(max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "kind", "key"], name="notification_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notification_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["recipient"], condition=Q(mail=True, mail_started_at=None), name="notification_to_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NoticeChoice(models.Model):
    """The channels one person chose for a kind of notice; without a row, both."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="factcheck_notice_choices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    inbox = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_choice_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user}"


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
