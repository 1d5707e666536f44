"""Notices by mail: gathered for some minutes for each person, then sent as one, at most once each.

Notices are written in ``workflow.notices``. A notice leaves the queue when its mail is started, so a mail server that
fails midway may lose a mail but never sends two. What was not certainly mailed is shown in the inbox, even where the
person chose mail only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

import css_inline
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Min, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from factcheck.conf import settings
from factcheck.jobs.keys import job_key_for
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.language import told
from factcheck.models import Desk, Job, Notification
from factcheck.smtp import MAY_HAVE_ARRIVED, DeliveryUnknown, mail_address_of, refusal_reason, send, subject_line
from factcheck.states import JobState
from factcheck.workflow.preferences import written_for

GIVE_UP_AFTER = timedelta(days=1)
"""A notice that could not be mailed for so long is not tried again; it stands in the inbox."""
RETRY_PAUSE = timedelta(hours=1)
"""How long to wait after a failed mail before queueing another for the same person."""
MOST_LINES = 100
SEND_TIMEOUT = timedelta(hours=1)
"""How long after its start an unfinished mail counts as abandoned."""


def waiting(recipient: int | None = None) -> QuerySet[Notification]:
    """The notices that are still to be mailed, to one person or to all."""
    rows = Notification.objects.filter(mail=True, mail_started_at=None)
    return rows if recipient is None else rows.filter(recipient=recipient)


def request_due_mails(at: datetime | None = None) -> int:
    """Queue a job for each person whose oldest unsent notice has waited long enough; returns how many."""
    now = at or timezone.now()
    ripe = now - timedelta(minutes=settings().NOTICE_MINUTES)
    oldest = waiting().order_by().values("recipient").annotate(since=Min("created_at"), desk_=Min("desk"))
    failed = Job.objects.filter(name=JobName.SEND_NOTICES, state=JobState.FAILED, finished_at__gt=now - RETRY_PAUSE)
    resting = set(failed.values_list("key", flat=True))
    count = 0
    for row in oldest.filter(since__lte=ripe):
        key = job_key_for(get_user_model(), row["recipient"])
        if key not in resting:
            desk = Desk.objects.get(pk=row["desk_"])
            enqueue(JobName.SEND_NOTICES, key, {"recipient": row["recipient"]}, desk=desk, priority=Priority.MAIL)
            count += 1
    return count


def mail_notices(recipient: int, *, renew: Callable[[], None]) -> dict[str, Any]:
    """Send one person what waits for them in one mail; only of desks they may still see.

    Raises:
        OSError, SMTPException: the mail server is not there now; the notices wait for the next attempt.
    """
    person = get_user_model().objects.get(pk=recipient)
    with transaction.atomic():
        renew()
        rows = claim_notices(person)
    if not rows:
        return {"mailed": 0}
    keys = [row.pk for row in rows]
    try:
        with written_for(person):
            message = notices_message(person, rows)
        send(message)
    except DeliveryUnknown as error:
        mark_undeliverable(keys, str(error))
        return {"mailed": 0, "refused": len(keys)}
    except (OSError, SMTPException, ValueError) as error:
        if reason := refusal_reason(error):
            mark_undeliverable(keys, reason)
            return {"mailed": 0, "refused": len(keys)}
        Notification.objects.filter(pk__in=keys).update(mail_started_at=None)
        raise
    Notification.objects.filter(pk__in=keys).update(mailed_at=timezone.now())
    return {"mailed": len(keys)}


def claim_notices(person: Any) -> list[Notification]:
    """Claim a person's waiting notices for one mail; those that cannot be sent are marked with the reason."""
    now = timezone.now()
    rows = list(waiting(person.pk).select_for_update().order_by("pk"))
    visible_desks = set(Desk.objects.visible_to(person).values_list("pk", flat=True))
    groups: dict[str, list[Notification]] = {}
    for row in rows:
        groups.setdefault(skip_reason(row, person, visible_desks, now), []).append(row)
    good = groups.pop("", [])
    for reason, refused in groups.items():
        mark_undeliverable([row.pk for row in refused], reason)
    Notification.objects.filter(pk__in=[row.pk for row in good]).update(mail_started_at=now)
    return good


def skip_reason(row: Notification, person: Any, visible_desks: set[int], now: datetime) -> str:
    """Why a notice is not mailed, or nothing."""
    if row.desk_id not in visible_desks:
        return "may no longer see the desk"
    if not mail_address_of(person):
        return "has no mail address"
    return "the mail server could not be reached for a day" if row.created_at < now - GIVE_UP_AFTER else ""


def mark_undeliverable(keys: list[int], reason: str) -> None:
    """Mark notices as not mailed, with the reason, and show them in the inbox."""
    rows = Notification.objects.filter(pk__in=keys)
    rows.update(mail_started_at=timezone.now(), mail_refused=reason[:300], inbox=True)


def show_unmailed(at: datetime | None = None) -> int:
    """Show notices in the inbox whose mailing a worker started and never ended; returns how many."""
    begun = Notification.objects.filter(mail=True, mailed_at=None, mail_refused="")
    timed_out = begun.filter(mail_started_at__lt=(at or timezone.now()) - SEND_TIMEOUT)
    return timed_out.update(inbox=True, mail_refused=f"its worker stopped while mailing it; {MAY_HAVE_ARRIVED}")


def notices_message(person: Any, rows: list[Notification]) -> EmailMultiAlternatives:
    """One mail that lists the notices: plain text, and the same as HTML with its styles inside."""
    lines = [{"text": told(row.text), "link": link_to(row)} for row in rows[:MOST_LINES]]
    context = {"lines": lines, "more": max(0, len(rows) - MOST_LINES), "person": person}
    subject = subject_line(told(rows[0].text), 120)
    if len(rows) > 1:
        subject = ngettext("{n} notice from the fact-check", "{n} notices from the fact-check", len(rows)).format(
            n=len(rows)
        )
    sender = settings().REPORT_FROM or django_settings.DEFAULT_FROM_EMAIL
    headers = {"Message-ID": f"<notices-{rows[0].pk}-{rows[-1].pk}@factcheck>", "Auto-Submitted": "auto-generated"}
    text = render_to_string("factcheck/notices.txt", context)
    message = EmailMultiAlternatives(subject, text, sender, [mail_address_of(person)], headers=headers)
    page = render_to_string("factcheck/notices.html", context)
    message.attach_alternative(css_inline.inline(page, keep_at_rules=True, load_remote_stylesheets=False), "text/html")
    return message


def link_to(row: Notification) -> str:
    """The page of what a notice is about; nothing where the site's address is not set."""
    site = settings().SITE_URL.rstrip("/")
    return f"{site}/admin/factcheck/{row.record.replace('_', '')}/{row.record_id}/change/" if site else ""
