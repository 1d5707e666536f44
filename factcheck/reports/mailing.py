"""A frozen report as a mail: plain words, a page, and the files asked for; to one person, at most once.

How any mail of ours is handed to the server (``post``) is here too.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from typing import Any

from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from factcheck.conf import settings
from factcheck.models import Report, ReportDelivery

from .render import Rendered, mail_of, render, with_all_parts

LARGEST_MAIL = 10 * 1024 * 1024
REFUSALS = (SMTPHeloError, SMTPNotSupportedError, SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)
"""The answers by which a mail server says that it did not take a mail."""


class PerhapsSent(Exception):
    """The mail server fell silent while it was given a mail: it may have it, so it is not sent again."""

    def __init__(self) -> None:
        super().__init__("the mail server broke off in the middle; the mail may have arrived")


@dataclass(frozen=True)
class Parcel:
    """What every recipient of a report gets, made once."""

    report: Report
    words: str
    page: str
    files: tuple[Rendered, ...]


def parcel_of(report: Report, formats: list[str]) -> Parcel:
    """The mail of a report. A file that would make it too large stays on the site, and the mail says so.

    Raises:
        Invalid: a format that there is not any more.
    """
    files: list[Rendered] = []
    left: list[str] = []
    room = LARGEST_MAIL
    for name in formats:
        file = render(report, name)
        if len(file.body) <= room:
            room -= len(file.body)
            files.append(file)
        else:
            size = len(file.body) / 1024 / 1024
            left.append(f"{file.filename} has {size:.1f} MB and is too large for a mail; fetch it from the site.")
    site = settings().SITE_URL.rstrip("/")
    words, page = mail_of(with_all_parts(report), mailed=True, too_large=left, site=site)
    return Parcel(report, words, page, tuple(files))


def message_of(parcel: Parcel, address: str) -> EmailMultiAlternatives:
    """The mail to one address. Its subject is one line, whatever the title holds; the id is the report's own."""
    report = parcel.report
    sender = settings().REPORT_FROM or django_settings.DEFAULT_FROM_EMAIL
    subject = " ".join("".join(char if char.isprintable() else " " for char in report.title).split())[:200]
    headers = {"Message-ID": f"<report-{report.pk}-{report.sha256[:16]}@factcheck>"}
    message = EmailMultiAlternatives(subject, parcel.words, sender, [address], headers=headers)
    message.attach_alternative(parcel.page, "text/html")
    for file in parcel.files:
        message.attach(file.filename, file.body, file.media_type.split(";")[0])
    return message


def mail_report(parcel: Parcel, recipient: Any) -> bool:
    """Mail a report to one person, who must still be allowed to see it. False where it was not sent now.

    What cannot be delivered to this person is written down and not tried again; what failed for now raises.
    """
    report = parcel.report
    delivery, _ = ReportDelivery.objects.get_or_create(report=report, recipient=recipient)
    row = ReportDelivery.objects.filter(pk=delivery.pk)
    if delivery.started_at or delivery.refused:
        return False
    if not Report.objects.visible_to(recipient).filter(pk=report.pk).exists():
        row.update(refused="may no longer see the whole of it")
        return False
    if not recipient.email:
        row.update(refused="has no mail address")
        return False
    if not row.filter(started_at=None).update(started_at=timezone.now()):
        return False
    try:
        post(message_of(parcel, recipient.email))
    except PerhapsSent as broken:
        row.update(refused=str(broken))
        return False
    except (OSError, SMTPException, ValueError) as error:  # ValueError: an address that no header can hold
        reason = refusal_in(error)
        row.update(started_at=None, refused=reason[:300])
        if reason:
            return False
        raise
    row.update(sent_at=timezone.now())
    return True


def post(message: EmailMultiAlternatives) -> None:
    """Hand one mail to the mail server.

    Raises:
        PerhapsSent: it broke off, and nobody knows whether it has the mail.
        OSError, SMTPException, ValueError: it has not; ``refusal_in`` tells whether it ever will.
    """
    message.connection = get_connection()
    message.connection.open()
    try:
        message.send()
    except OSError as error:  # that of smtplib are among them
        if isinstance(error, REFUSALS):
            raise
        raise PerhapsSent from error
    finally:
        with suppress(OSError):  # taken is taken, however one parts
            message.connection.close()


def refusal_in(error: Exception) -> str:
    """Why this mail will never be taken for this address, or nothing where it may be later."""
    if isinstance(error, SMTPSenderRefused):  # it is our own address: nobody will get it until that is mended
        return ""
    if isinstance(error, SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()), (0, b""))
        return f"refused by the mail server: {code} {said(words)}" if code >= 500 else ""
    if isinstance(error, SMTPDataError):
        return (
            f"refused by the mail server: {error.smtp_code} {said(error.smtp_error)}" if error.smtp_code >= 500 else ""
        )
    if isinstance(error, (SMTPNotSupportedError, ValueError)):
        return f"has an address that cannot be written to: {error}"
    return ""


def said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())
