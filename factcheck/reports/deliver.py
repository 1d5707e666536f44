"""Build and store reports, on request or for a due slot of a subscription, and mail them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, override

from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import Invalid
from factcheck.jobs.keys import slot_key
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.language import ENGLISH
from factcheck.models import Desk, Document, Erasure, Job, Report, ReportDelivery, ReportKind, ReportSubscription
from factcheck.workflow.checkpoints import AT_ONCE, IntegrityFinding, last_checkpoint
from factcheck.workflow.preferences import written_for
from factcheck.workflow.transitions import check_permission, log

from .builders import OF_A_DESK, BuiltReport, build_document
from .mailing import MailPayload, mail_report, note_interrupted, payload_of, uncertain_deliveries
from .render import as_json
from .schedules import due_slots


def freeze(
    built: BuiltReport, *, desk: Desk, document: Document | None, by: Actor | None = None, **slot: Any
) -> Report:
    """Store a built report, with the last checkpoint and the hash of the JSON that every format is rendered from."""
    data = {**built.as_dict(), "checkpoint": last_checkpoint()}
    with transaction.atomic():
        report = Report.objects.create(
            kind=built.kind,
            desk=desk,
            document=document,
            title=Truncator(built.title).chars(500),
            data=data,
            sha256=report_hash(data),
            built_at=timezone.now(),
            created_by=person_of(by) if by else None,
            **slot,
        )
        log(report, "build", by=by or Machine(JobName.SEND_REPORT), facts={"sha256": report.sha256})
    return report


def report_hash(data: dict[str, Any]) -> str:
    return hashlib.sha256(as_json(data).encode("utf-8", "replace")).hexdigest()


def altered_reports() -> Iterator[IntegrityFinding]:
    """Frozen reports that are not what was frozen, or are blank without an erasing that lists them."""
    rows = Report.objects.order_by("pk").values_list("pk", "data", "sha256")
    for pk, data, digest in rows.exclude(data={}).iterator(chunk_size=AT_ONCE // 10):
        if report_hash(data) != digest:
            yield IntegrityFinding("report", pk, f"The report {pk} is not the one that was frozen.")
    listed = Erasure.objects.filter(record="report", record_id=OuterRef("pk"))
    for pk in Report.objects.filter(~Exists(listed), data={}).order_by("pk").values_list("pk", flat=True):
        yield IntegrityFinding("report", pk, f"The report {pk} is blank, and no erasing blanked it.")


def build_document_report(document: Document, *, by: Actor) -> Report:
    """The verification report of a document as it stands now, frozen.

    Raises:
        NotAllowed: the person has no role on the desk.
    """
    check_permission(by, document.desk, "build_report")
    with override(ENGLISH):  # what is stored is English, whoever asks for it
        built = build_document(document)
    return freeze(built, desk=document.desk, document=document, by=by)


def build_desk_report(desk: Desk, kind: str, *, by: Actor) -> Report:
    """A report of a desk as it stands now, frozen: its digest, conflicts, overdue work or corrections.

    Raises:
        NotAllowed: the person has no role on the desk. Invalid: there is no such report of a desk.
    """
    check_permission(by, desk, "build_report")
    if kind not in OF_A_DESK:
        raise Invalid("There is no such report of a desk.", code="kind_unknown")
    with override(ENGLISH):
        built = OF_A_DESK[kind](desk)
    return freeze(built, desk=desk, document=None, by=by)


def request_due_reports(at: datetime | None = None) -> int:
    """Queue a job for every slot due since its subscription was last checked; returns how many."""
    now = at or timezone.now()
    return sum(request_slots(row, now) for row in ReportSubscription.objects.filter(active=True, looked_at__lt=now))


def request_slots(subscription: ReportSubscription, now: datetime) -> int:
    with transaction.atomic():
        slots = due_slots(subscription, now)
        for slot in slots:
            request_slot(subscription, slot)
        ReportSubscription.objects.filter(pk=subscription.pk, looked_at__lt=now).update(looked_at=now)
    return len(slots)


def request_slot(subscription: ReportSubscription, slot: str) -> Job:
    """The job that builds and mails the report of one minute of the subscription's clock."""
    args = {"subscription": subscription.pk, "slot": slot}
    return enqueue(JobName.SEND_REPORT, slot_key(subscription, slot), args, desk=subscription.desk)


def send_due_report(subscription: ReportSubscription, slot: str, *, renew: Callable[[], None]) -> dict[str, Any]:
    """Build the report of a slot once, even if run twice, and mail it to each recipient at most once.

    What a worker that was killed had begun to mail is not mailed again: it may have arrived, and the delivery, the job
    and the recipient's inbox say so. A permanent refusal by the mail server is stored on the delivery; a temporary
    failure is raised after all recipients were tried, so that the job is retried for those.

    Raises:
        OSError, SMTPException: the first temporary failure.
    """
    report = Report.objects.filter(subscription=subscription, slot=slot).first()
    if report is None:
        try:
            with transaction.atomic():
                renew()
                report = freeze_slot(subscription, slot)
        except IntegrityError:
            report = Report.objects.get(subscription=subscription, slot=slot)
    renew()
    note_interrupted(report)
    payloads: dict[tuple[str, str], MailPayload] = {}
    sent, failures = 0, []
    for recipient in subscription.recipients.order_by("pk"):
        renew()
        try:
            with written_for(recipient):
                reads = get_language() or "", timezone.get_current_timezone_name()
                if reads not in payloads:
                    payloads[reads] = payload_of(report, subscription.formats)
                sent += mail_report(payloads[reads], recipient)
        except (OSError, SMTPException) as error:
            failures.append(error)
    if failures:
        raise failures[0]
    uncertain = uncertain_deliveries(report)
    refused = ReportDelivery.objects.filter(report=report).exclude(refused="").count() - uncertain
    return {"report": report.pk, "sent": sent, "refused": refused, "may_have_arrived": uncertain}


def note_given_up(subscription: int, slot: str) -> None:
    """The job of a slot was given up: what its workers began to mail may have arrived."""
    for report in Report.objects.filter(subscription=subscription, slot=slot):
        note_interrupted(report)


def freeze_slot(subscription: ReportSubscription, slot: str) -> Report:
    desk, document = subscription.desk, subscription.document
    with override(ENGLISH):
        built = (
            build_document(document)
            if subscription.kind == ReportKind.DOCUMENT and document is not None
            else OF_A_DESK[subscription.kind](desk)
        )
    return freeze(built, desk=desk, document=document, subscription=subscription, slot=slot)
