"""Freeze a report as a row, and mail it to its subscribers. When one is due is computed here too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab
from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone

from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.models import (
    Desk,
    Document,
    Report,
    ReportDelivery,
    ReportKind,
    ReportSubscription,
)
from factcheck.queue import JobName, enqueue
from factcheck.workflow.documents import zones
from factcheck.workflow.transitions import require

from .build import VerificationReport, build_digest, build_document
from .render import as_html, as_json, as_text

LONGEST_GAP = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def freeze(built: VerificationReport, *, desk: Desk, document: Document | None, by: Any = None, **slot: Any) -> Report:
    """Store a built report; its hash is of the JSON every format is made from."""
    data = built.as_dict()
    return Report.objects.create(
        kind=built.kind,
        desk=desk,
        document=document,
        title=built.title[:500],
        data=data,
        sha256=hashlib.sha256(as_json(data).encode("utf-8", "replace")).hexdigest(),
        built_at=timezone.now(),
        created_by=by,
        **slot,
    )


def build_document_report(document: Document, *, by: Any) -> Report:
    """The verification report of a document as it stands now, frozen.

    Raises:
        NotAllowed: the person has no role on the desk.
    """
    require(by, document.desk, "build_report")
    return freeze(build_document(document), desk=document.desk, document=document, by=by)


def build_desk_digest(desk: Desk, *, by: Any) -> Report:
    """The digest of a desk as it stands now, frozen."""
    require(by, desk, "build_report")
    return freeze(build_digest(desk), desk=desk, document=None, by=by)


def check_schedule(cron: str, zone: str) -> crontab:
    """The schedule of a subscription.

    Raises:
        Invalid: not five cron fields, or no such time zone.
    """
    fields = cron.split()
    if len(fields) != 5:
        raise Invalid(
            "A schedule has five fields: minute, hour, day of month, month, day of week.", code="cron_invalid"
        )
    if zone not in zones():
        raise Invalid(f"“{zone[:64]}” is not a time zone.", code="zone_unknown")
    minute, hour, day, month, weekday = fields
    try:
        return crontab(minute=minute, hour=hour, day_of_month=day, month_of_year=month, day_of_week=weekday)
    except (ParseException, ValueError) as error:
        raise Invalid(f"The schedule cannot be read: {error}", code="cron_invalid") from None


def due_slots(subscription: ReportSubscription, now: datetime) -> list[str]:
    """The minutes of the subscription's own clock, since it was last looked at, at which a report is due.

    A minute that the clock shows twice is due once, for the slot is named by the clock; one that it skips is
    due when it is skipped. After a long stop only the last day is made up for, with its newest slot.
    """
    schedule = check_schedule(subscription.cron, subscription.zone)
    zone = ZoneInfo(subscription.zone)
    since = max(subscription.looked_at, now - LONGEST_GAP)
    at = since.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0) + MINUTE
    until = now.astimezone(zone).replace(tzinfo=None)
    slots = []
    while at <= until:
        if matches(schedule, at):
            slots.append(at.strftime("%Y-%m-%dT%H:%M"))
        at += MINUTE
    return slots[-1:] if now - since > timedelta(hours=2) else slots


def ask_for_due_reports(at: datetime | None = None) -> int:
    """Queue a job for every slot that has come since its subscription was last looked at; returns how many."""
    now = at or timezone.now()
    return sum(ask_for_slots(row, now) for row in ReportSubscription.objects.filter(active=True, looked_at__lt=now))


def ask_for_slots(subscription: ReportSubscription, now: datetime) -> int:
    with transaction.atomic():
        slots = due_slots(subscription, now)
        for slot in slots:
            args = {"subscription": subscription.pk, "slot": slot}
            enqueue(JobName.SEND_REPORT, f"{subscription.pk}:{slot}", args, desk=subscription.desk)
        ReportSubscription.objects.filter(pk=subscription.pk, looked_at__lt=now).update(looked_at=now)
    return len(slots)


def matches(schedule: crontab, at: datetime) -> bool:
    return (
        at.minute in schedule.minute
        and at.hour in schedule.hour
        and at.month in schedule.month_of_year
        and at.day in schedule.day_of_month
        and at.isoweekday() % 7 in schedule.day_of_week
    )


def send_due_report(subscription: ReportSubscription, slot: str, *, hold: Callable[[], None]) -> dict[str, Any]:
    """Build the report of a slot once, whatever fires twice, and mail it to each recipient at most once."""
    report = Report.objects.filter(subscription=subscription, slot=slot).first()
    if report is None:
        try:
            with transaction.atomic():
                hold()
                report = freeze_slot(subscription, slot)
        except IntegrityError:
            report = Report.objects.get(subscription=subscription, slot=slot)
    sent, failures = 0, []
    for recipient in subscription.recipients.order_by("pk"):
        hold()
        try:
            sent += mail_report(report, recipient)
        except (OSError, SMTPException) as error:
            failures.append(error)
    if failures:  # the others have theirs; the job is tried again for those who have not
        raise failures[0]
    return {"report": report.pk, "sent": sent}


def freeze_slot(subscription: ReportSubscription, slot: str) -> Report:
    document = subscription.document
    if subscription.kind == ReportKind.DOCUMENT and document is not None:
        return freeze(
            build_document(document), desk=subscription.desk, document=document, subscription=subscription, slot=slot
        )
    return freeze(
        build_digest(subscription.desk), desk=subscription.desk, document=None, subscription=subscription, slot=slot
    )


def mail_report(report: Report, recipient: Any) -> bool:
    """Mail a report to one person, who must still be allowed to see it. False where it was not sent now."""
    delivery, _ = ReportDelivery.objects.get_or_create(report=report, recipient=recipient)
    if delivery.started_at or delivery.refused:
        return False
    if not Report.objects.visible_to(recipient).filter(pk=report.pk).exists():
        ReportDelivery.objects.filter(pk=delivery.pk).update(refused="may no longer see the whole of it")
        return False
    if not recipient.email:
        ReportDelivery.objects.filter(pk=delivery.pk).update(refused="has no mail address")
        return False
    if not ReportDelivery.objects.filter(pk=delivery.pk, started_at=None).update(started_at=timezone.now()):
        return False
    try:
        message_of(report, recipient.email).send()
    except (OSError, SMTPException):
        ReportDelivery.objects.filter(pk=delivery.pk).update(started_at=None)
        raise
    ReportDelivery.objects.filter(pk=delivery.pk).update(sent_at=timezone.now())
    return True


def message_of(report: Report, address: str) -> EmailMultiAlternatives:
    """The mail of a report: plain text, and the page as HTML. The message id is the report's own."""
    sender = settings().REPORT_FROM or django_settings.DEFAULT_FROM_EMAIL
    subject = " ".join(report.title.split())[:200]
    headers = {"Message-ID": f"<report-{report.pk}-{report.sha256[:16]}@factcheck>"}
    message = EmailMultiAlternatives(subject, as_text(report.data), sender, [address], headers=headers)
    message.attach_alternative(as_html(report.data), "text/html")
    return message
