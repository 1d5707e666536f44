"""A stored report as a mail: plain text, HTML and attachments; to each person at most once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from smtplib import SMTPException
from typing import Any

from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from factcheck.conf import settings
from factcheck.language import number_said
from factcheck.models import NoticeKind, Report, ReportDelivery
from factcheck.smtp import MAY_HAVE_ARRIVED, DeliveryUnknown, mail_address_of, refusal_reason, send, subject_line
from factcheck.workflow.notices import notify

from .render import Rendered, formats_of, mail_of, render, with_all_parts

LARGEST_MAIL = 10 * 1024 * 1024


@dataclass(frozen=True)
class MailPayload:
    """What the recipients of a report get who read the same language by the same clock."""

    report: Report
    words: str
    page: str
    files: tuple[Rendered, ...]


def payload_of(report: Report, formats: list[str]) -> MailPayload:
    """The mail of a report. A file that would make it too large stays on the site, and the mail says so.

    Raises:
        Invalid: a format that there is not any more.
    """
    files: list[Rendered] = []
    left: list[str] = []
    room = LARGEST_MAIL
    for name in (name for name in formats if name in formats_of(report.kind)):  # a site may have lost a part
        file = render(report, name)
        if len(file.body) <= room:
            room -= len(file.body)
            files.append(file)
        else:
            size = len(file.body) / 1024 / 1024
            words = gettext("{filename} has {size} MB and is too large for a mail; fetch it from the site.")
            left.append(words.format(filename=file.filename, size=number_said(Decimal(f"{size:.1f}"))))
    site = settings().SITE_URL.rstrip("/")
    words, page = mail_of(with_all_parts(report), mailed=True, too_large=left, site=site)
    return MailPayload(report, words, page, tuple(files))


def report_message(payload: MailPayload, address: str) -> EmailMultiAlternatives:
    """The mail to one address. Its subject is one line, whatever the title holds; the id is the report's own."""
    report = payload.report
    sender = settings().REPORT_FROM or django_settings.DEFAULT_FROM_EMAIL
    subject = subject_line(str(report), 200)
    headers = {"Message-ID": f"<report-{report.pk}-{report.sha256[:16]}@factcheck>"}
    message = EmailMultiAlternatives(subject, payload.words, sender, [address], headers=headers)
    message.attach_alternative(payload.page, "text/html")
    for file in payload.files:
        message.attach(file.filename, file.body, file.media_type.split(";")[0])
    return message


def note_interrupted(report: Report) -> int:
    """Write down on deliveries that a worker began and never ended that the mail may have arrived; returns how many.

    Asked by the attempt that has the job now: whoever began them has stopped. Nobody is mailed twice; the recipients
    are told in their inbox, by a mail of its own too where they chose so.
    """
    begun = ReportDelivery.objects.filter(report=report, sent_at=None, refused="").exclude(started_at=None)
    rows = list(begun)
    for row in rows:
        with transaction.atomic():
            if begun.filter(pk=row.pk).update(refused=f"its worker stopped while mailing it; {MAY_HAVE_ARRIVED}"):
                tell_uncertain(row)
    return len(rows)


def tell_uncertain(delivery: ReportDelivery) -> None:
    """A notice to the recipient of a mail of which nobody knows whether it arrived."""
    report = delivery.report
    notify(
        NoticeKind.REPORT_UNCERTAIN,
        [delivery.recipient_id],
        desk=report.desk_id,
        about=report,
        key=f"report:{report.pk}",
        text=f"The mail of the report “{report.title}” may have arrived, or not: the mailing broke off. It is here.",
    )


def uncertain_deliveries(report: Report) -> int:
    """How many mails of a report may have arrived, or not."""
    return ReportDelivery.objects.filter(report=report, refused__endswith=MAY_HAVE_ARRIVED).count()


def mail_report(payload: MailPayload, recipient: Any) -> bool:
    """Mail a report to one person who may still see it; False where it was not sent now.

    A permanent failure is stored on the delivery and not retried.

    Raises:
        OSError, SMTPException: a temporary failure.
    """
    report = payload.report
    delivery, _ = ReportDelivery.objects.get_or_create(report=report, recipient=recipient)
    row = ReportDelivery.objects.filter(pk=delivery.pk)
    if delivery.started_at or delivery.refused:
        return False
    if not Report.objects.visible_to(recipient).filter(pk=report.pk).exists():
        row.update(refused="may no longer see the whole of it")
        return False
    if not mail_address_of(recipient):
        row.update(refused="has no mail address")
        return False
    if not row.filter(started_at=None).update(started_at=timezone.now()):
        return False
    try:
        send(report_message(payload, mail_address_of(recipient)))
    except DeliveryUnknown as error:
        row.update(refused=str(error))
        tell_uncertain(delivery)
        return False
    except (OSError, SMTPException, ValueError) as error:  # ValueError: an address that no header can hold
        reason = refusal_reason(error)
        row.update(started_at=None, refused=reason[:300])
        if reason:
            return False
        raise
    row.update(sent_at=timezone.now(), refused="")  # it was only thought to have stopped, and knows now
    return True
