"""What Celery runs. A message says "look"; the rows say what there is to do.

``work`` claims due jobs and does each through one handler; ``tick`` computes what the clock asks for. No rule
of the workflow lives here, and nothing here speaks to the broker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from factcheck.conf import settings
from factcheck.errors import FactcheckError, LostLease
from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.fetching import FetchFailed, FetchRefused, fetch
from factcheck.intake.isolation import read_in_child
from factcheck.intake.snapshots import response_of
from factcheck.intake.wire import Limits
from factcheck.leases import Lease, claim
from factcheck.models import Document, Evidence, Job, ReportSubscription, Revision, Snapshot
from factcheck.permissions import MACHINE
from factcheck.queue import QUEUE, JobName, enqueue
from factcheck.reports.deliver import ask_for_due_reports, send_due_report
from factcheck.states import EvidenceState
from factcheck.workflow.crosscheck import close_crosscheck, compare_measure, measures_of, open_crosscheck, store_found
from factcheck.workflow.documents import refuse_document
from factcheck.workflow.publication import follow_up_expired
from factcheck.workflow.reading import read_again, read_text, store_reading, store_second_reading
from factcheck.workflow.sources import fail_capture, store_capture

logger = logging.getLogger(__name__)
WORK_SECONDS = 60


class GivenUp(Exception):
    """A job cannot succeed however often it is tried; its reason is for the person."""


@shared_task(name="factcheck.work", ignore_result=True)
def work(queue: str = QUEUE) -> int:
    """Do due jobs of a queue until none is left or the time is up; returns how many."""
    until = time.monotonic() + WORK_SECONDS
    count = 0
    while time.monotonic() < until and (lease := claim(queue)):
        run(lease)
        count += 1
    return count


@shared_task(name="factcheck.tick", ignore_result=True)
def tick() -> int:
    """Ask for every report whose slot has come, once each, and for the hourly sweep; returns how many slots."""
    now = timezone.now()
    hour = f"{now:%Y-%m-%dT%H}"
    if not Job.objects.filter(name=JobName.SWEEP, key=hour).exists():
        enqueue(JobName.SWEEP, hour, {}, priority=9)
    return ask_for_due_reports(now)


def run(lease: Lease) -> None:
    """Do one claimed job, and write down how it ended."""
    job = lease.job
    try:
        try:
            lease.finish(HANDLERS[JobName(job.name)](lease))
        except (GivenUp, FactcheckError) as refusal:
            if isinstance(refusal, LostLease):
                raise
            lease.fail(str(refusal), for_good=True)
        except Exception as error:
            logger.exception("job %s (%s) failed", job.pk, job)
            lease.fail(f"{type(error).__name__}: {error}"[:2000])
    except LostLease:
        logger.warning("job %s was taken over by another worker; attempt %s wrote nothing more", job.pk, lease.attempt)


def read_document(lease: Lease) -> dict[str, Any]:
    """Read a document's bytes in a child process, and mark what the engine finds."""
    args, by = lease.job.args, MACHINE(JobName.READ_DOCUMENT)
    document = Document.objects.get(pk=args["document"])
    snapshot = Snapshot.objects.get(pk=args["snapshot"])
    if stored := document.revisions.filter(snapshot=snapshot).first():
        return reread_document(lease, stored)
    try:
        extract = extract_of(snapshot, pasted=args["pasted"])
    except Unreadable as reason:
        with transaction.atomic():
            lease.hold()
            refuse_document(document, reason.message, by=by)
        raise GivenUp(reason.message) from None
    lease.hold(total=2, done=1)
    reading = read_text(document, extract)
    with transaction.atomic():
        lease.hold(done=2)
        return store_reading(document, snapshot, extract, reading, by=by, person=args.get("by"))


def reread_document(lease: Lease, revision: Revision) -> dict[str, Any]:
    """Mark the stored text of a revision once more, by the engine of today."""
    reading = read_again(revision)
    with transaction.atomic():
        lease.hold(total=2, done=2)
        return store_second_reading(revision, reading, by=MACHINE(JobName.READ_DOCUMENT))


def extract_of(snapshot: Snapshot, *, pasted: bool = False) -> Extract:
    """The text of a snapshot, read by a child process within the limits of the settings."""
    known = {"filename": "pasted.txt", "media_type": "text/plain"} if pasted else {
        "filename": snapshot.filename, "media_type": snapshot.media_type, "url": snapshot.url,
    }  # fmt: skip
    limits = settings()
    return read_in_child(
        response_of(bytes(snapshot.warc)), charset=snapshot.charset, seconds=limits.READER_SECONDS,
        memory_mib=limits.READER_MEMORY_MIB, **known,
    )  # fmt: skip


def crosscheck(lease: Lease) -> dict[str, Any]:
    """Compare the measures of a run one by one; a restarted run goes on where it was stopped."""
    run_ = open_crosscheck(lease.job)
    measures = measures_of(run_)
    start = lease.job.done if lease.job.total == len(measures) else 0
    lease.hold(total=len(measures), done=start)
    left_out = 0
    for done, measure in enumerate(measures[start:], start + 1):
        found = compare_measure(measure)
        left_out += found.left_out
        with transaction.atomic():
            lease.hold(done=done)
            store_found(measure, found, by=MACHINE(JobName.CROSSCHECK))
    with transaction.atomic():
        lease.hold()
        close_crosscheck(run_, left_out=left_out)
    return run_.found


def capture_evidence(lease: Lease) -> dict[str, Any]:
    """Fetch a page through the guarded client, and keep it with its text."""
    by = MACHINE(JobName.CAPTURE_EVIDENCE)
    evidence = Evidence.objects.get(pk=lease.job.args["evidence"])
    if evidence.state != EvidenceState.REQUESTED:
        return {"already": evidence.state}
    try:
        fetched = fetch(evidence.url, limits=Limits(seconds=settings().FETCH_SECONDS))
    except (FetchRefused, FetchFailed) as reason:
        with transaction.atomic():
            lease.hold()
            fail_capture(evidence, reason.message, by=by)
        raise GivenUp(reason.message) from None
    try:
        extract = read_in_child(
            fetched.body, media_type=fetched.media_type, charset=fetched.charset or "", url=fetched.url
        )
        text = extract.text
    except Unreadable:
        text = ""  # the bytes are evidence all the same; a quote cannot be linked to them by machine
    with transaction.atomic():
        lease.hold()
        store_capture(evidence, fetched, text, by=by)
    return {"bytes": len(fetched.body)}


def send_report(lease: Lease) -> dict[str, Any]:
    """Build the report of one slot of a subscription, once, and mail it to whoever may see it."""
    args = lease.job.args
    return send_due_report(ReportSubscription.objects.get(pk=args["subscription"]), args["slot"], hold=lease.hold)


def sweep(lease: Lease) -> dict[str, Any]:
    """Open follow-up work where a published running figure has gone out of date."""
    with transaction.atomic():
        lease.hold()
        return {"follow_ups": follow_up_expired(by=MACHINE(JobName.SWEEP))}


HANDLERS: dict[JobName, Callable[[Lease], dict[str, Any]]] = {
    JobName.READ_DOCUMENT: read_document,
    JobName.CROSSCHECK: crosscheck,
    JobName.CAPTURE_EVIDENCE: capture_evidence,
    JobName.SEND_REPORT: send_report,
    JobName.SWEEP: sweep,
}
