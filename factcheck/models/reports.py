"""Reports (frozen snapshots), who is subscribed to them, and each mailing of one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

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
        return f"{self.get_kind_display()} at {self.cron} ({self.zone})"


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
        return self.title


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
