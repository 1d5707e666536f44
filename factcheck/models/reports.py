"""Reports (frozen snapshots), who is subscribed to them, and each mailing of one."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from factcheck.language import told

from .desks import Desk
from .documents import Document


class ReportKind(models.TextChoices):
    DOCUMENT = "document", "verification report of a document"
    DESK_DIGEST = "desk_digest", "desk digest"
    CONFLICTS = "conflicts", "conflicts"
    OVERDUE = "overdue", "overdue checking work"
    CORRECTIONS = "corrections", "corrections"


OF_A_DESK = [kind for kind in ReportKind.values if kind != ReportKind.DOCUMENT]


class ReportFormat(models.TextChoices):
    PDF = "pdf", "PDF"
    HTML = "html", "web page"
    TEXT = "text", "plain text"
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"
    JSON = "json", "JSON"
    CLAIMREVIEW = "claimreview", "ClaimReview"


def default_formats() -> list[str]:
    return [ReportFormat.PDF]


def scope_matches(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(kind="document", document__isnull=False) | Q(kind__in=OF_A_DESK, document=None), name=name
    )


REPEATS = {
    "* * *": "every day",
    "* * 1-5": "every weekday",
    "* * 1": "every Monday",
    "* * 2": "every Tuesday",
    "* * 3": "every Wednesday",
    "* * 4": "every Thursday",
    "* * 5": "every Friday",
    "* * 6": "every Saturday",
    "* * 0": "every Sunday",
    "1 * *": "on the first of each month",
}
"""The days of a schedule that have a name: the last three of its five fields."""


def time_of_schedule(cron: str) -> tuple[str, time] | None:
    """The days, as in ``REPEATS``, and the one time of a schedule that words can say; None for any other.

    >>> time_of_schedule("0 7 * * 1-5")
    ('* * 1-5', datetime.time(7, 0))
    """
    minute, hour, days = [*cron.split(maxsplit=2), "", "", ""][:3]
    days = " ".join(days.split())
    if days not in REPEATS or not re.fullmatch(r"[0-5]?\d", minute) or not re.fullmatch(r"[01]?\d|2[0-3]", hour):
        return None
    return days, time(int(hour), int(minute))


class ReportSubscriptionQuerySet(models.QuerySet["ReportSubscription"]):
    def visible_to(self, user: Any) -> ReportSubscriptionQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class ReportSubscription(models.Model):
    """Who gets which report when. The five cron fields are read in the subscription's own time zone."""

    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="report_subscriptions")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="report_subscriptions")
    cron = models.CharField(max_length=100, default="0 7 * * *", help_text="minute hour day-of-month month day-of-week")
    zone = models.CharField(max_length=64, default="UTC")
    formats = models.JSONField(default=default_formats, help_text="attached to the mail")
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="factcheck_report_subscriptions")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    looked_at = models.DateTimeField(help_text="until when its slots have been computed")
    version = models.PositiveIntegerField(default=1)

    objects = ReportSubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [scope_matches("report_subscription_scope_matches")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.schedule} ({self.zone})"

    @property
    def schedule(self) -> str:
        """When it comes, in words where there are some: "every weekday at 07:00"; else the five fields."""
        known = time_of_schedule(self.cron)
        return (
            gettext("{days} at {time}").format(days=gettext(REPEATS[known[0]]), time=f"{known[1]:%H:%M}")
            if known
            else self.cron
        )


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> ReportQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Report(models.Model):
    """A frozen, re-creatable snapshot of what was known when it was built."""

    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="reports")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="reports")
    subscription = models.ForeignKey(ReportSubscription, models.PROTECT, null=True, blank=True, related_name="reports")
    slot = models.CharField(max_length=16, blank=True, help_text="the minute it was due, on the subscription's clock")
    title = models.CharField(max_length=500)
    data = models.JSONField(help_text="the report as one structure; every format is rendered from it")
    sha256 = models.CharField(max_length=64)
    built_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "slot"], name="report_once_per_slot"),
            models.CheckConstraint(
                condition=Q(subscription=None, slot="") | (Q(subscription__isnull=False) & ~Q(slot="")),
                name="report_slot_of_subscription",
            ),
            scope_matches("report_scope_matches"),
        ]

    def __str__(self) -> str:
        return told(self.title)


class ReportDelivery(models.Model):
    """One mailing of a report to one person; sent at most once."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=300, blank=True, help_text="why it was not sent")

    class Meta:
        verbose_name_plural = "report deliveries"
        constraints = [models.UniqueConstraint(fields=["report", "recipient"], name="report_delivery_once")]

    def __str__(self) -> str:
        return f"{self.report} to {self.recipient}"
