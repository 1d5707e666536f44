"""Notices to people, in the inbox and by mail, and how each person wants to be told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from factcheck.language import told

from .desks import Desk


class NoticeKind(models.TextChoices):
    ASSIGNED = "assigned", "a piece of checking work is assigned to you"
    RETURNED = "returned", "a claim you submitted came back"
    DUE_SOON = "due_soon", "your checking work is due soon"
    OVERDUE = "overdue", "checking work is overdue"
    STALE = "stale", "a sign-off no longer holds"
    CLEARED = "cleared", "a document became clear, or stopped being so"
    EMBARGO_TOUCHED = "embargo_touched", "another desk has figures on what a text under embargo counts"
    PUBLISHED_UNCLEARED = "published_uncleared", "a document went out uncleared"
    REPORT_UNCERTAIN = "report_uncertain", "nobody knows whether the mail of a report arrived"


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
        return told(self.text)


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
