"""What Celery runs. A message says "look"; the rows say what there is to do.

``work`` claims due jobs and does each through one handler; ``tick`` computes what the clock asks for. No rule
of the workflow lives here, and nothing here speaks to the broker.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.conf import settings
from factcheck.database_errors import is_connection_failure, wait_for_database
from factcheck.errors import GivesWay, LostLease
from factcheck.intake.addresses import AllowedHosts
from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.fetching import FetchFailed, fetch, post_json
from factcheck.intake.folders import settled_files, unread_files_notice
from factcheck.intake.guarded_transport import Limits
from factcheck.intake.isolation import list_in_child, read_in_child
from factcheck.intake.snapshots import response_of
from factcheck.jobs.leases import Lease, claim_job
from factcheck.jobs.names import QUEUE, JobName, Priority
from factcheck.jobs.outcomes import Outcome, outcome_of
from factcheck.jobs.queue import enqueue
from factcheck.jobs.stopping import is_stopping
from factcheck.mailing import mail_notices, request_due_mails, show_unmailed
from factcheck.models import (
    Delivery,
    Document,
    Evidence,
    Feed,
    FeedItem,
    IdempotencyKey,
    Job,
    ReportSubscription,
    Revision,
    Snapshot,
    Topic,
)
from factcheck.reports.deliver import note_given_up, request_due_reports, send_due_report
from factcheck.states import EvidenceState
from factcheck.workflow.access import end_access_of_inactive
from factcheck.workflow.checkpoints import send_checkpoint
from factcheck.workflow.clearance import note_clearance
from factcheck.workflow.comparisons import compare_measures
from factcheck.workflow.crosschecks import (
    close_crosscheck,
    keep_observations,
    measures_left,
    measures_looked_at,
    note_reached,
    open_crosscheck,
)
from factcheck.workflow.documents import refuse_document
from factcheck.workflow.evidence import fail_capture, store_capture
from factcheck.workflow.feeds import MOST_TAKEN, close_poll, new_guids, request_due_polls, take_entry, take_file
from factcheck.workflow.fetches import fail_fetch, fetches_of, store_fetch, with_feed_metadata
from factcheck.workflow.findings import store_comparisons
from factcheck.workflow.group_roles import follow_groups_of, groups_with_roles, people_with_group_roles
from factcheck.workflow.grouping import (
    group_document,
    regroup_after_embargoes,
    regroup_topic,
    request_moved_crosschecks,
    request_nightly_regrouping,
    ungrouped_figures,
)
from factcheck.workflow.jobs import delete_old_housekeeping_jobs
from factcheck.workflow.notices import remind_of_deadlines
from factcheck.workflow.publications import follow_up_expired
from factcheck.workflow.reading import read_again, read_text, store_reading, store_second_reading
from factcheck.workflow.rechecks import documents_asked_for, recheck_after_job, recheck_all_of, recheck_by_clock
from factcheck.workflow.webhooks import note_delivery, signed_message

logger = logging.getLogger(__name__)
WORK_SECONDS = 60
POST_LIMITS = Limits(seconds=10.0, wire_bytes=100_000)
"""What a message to a webhook may cost."""


@shared_task(name="factcheck.work", ignore_result=True)
def work(queue: str = QUEUE) -> int:
    """Do due jobs of a queue until none is left or the time is up; returns how many."""
    until = time.monotonic() + WORK_SECONDS
    count = 0
    while not is_stopping() and time.monotonic() < until and (lease := claim_job(queue)):
        run_job(lease)
        count += 1
    return count


@shared_task(name="factcheck.tick", ignore_result=True)
def tick() -> int:
    """Ask for what the clock asks for: reports, feeds, reminders, mail, the sweep; returns how many reports."""
    now = timezone.now()
    hour = f"{now:%Y-%m-%dT%H}"
    if not Job.objects.filter(name=JobName.SWEEP, key=hour).exists():
        enqueue(JobName.SWEEP, hour, {}, priority=Priority.SWEEP)
    request_due_polls(now)
    slots = request_due_reports(now)
    remind_of_deadlines(now)
    request_due_mails(now)
    send_checkpoint()
    end_access_of_inactive()
    return slots


def run_job(lease: Lease) -> None:
    """Do one claimed job, and write down how it ended."""
    job = lease.job
    try:
        with lease.kept_alive():
            run_handler(lease)
        recheck_after_job(job)
    except LostLease:
        logger.warning("job %s was taken over by another worker; attempt %s wrote nothing more", job.pk, lease.attempt)


def run_handler(lease: Lease) -> None:
    """Call the handler of a job and record the result or the failure."""
    handler = HANDLERS[JobName(lease.job.name)]
    try:
        lease.refuse_lost_cause()
        lease.finish(handler.run(lease))
    except LostLease:
        raise
    except GivesWay:
        lease.release()
    except Exception as error:
        if isinstance(error, SoftTimeLimitExceeded) and lease.progressed:
            lease.release()
        else:
            record_failure(lease, handler, error)


def record_failure(lease: Lease, handler: JobHandler, error: Exception) -> None:
    """Write a failed attempt on the job, and on its record where the failure is external or the job is given up."""
    outcome = outcome_of(error)
    if is_connection_failure(error):
        wait_for_database(settings().LEASE_SECONDS)
    if isinstance(error, SoftTimeLimitExceeded):
        outcome = replace(outcome, passing=not lease.computed_most_of())
    if not outcome.expected:
        logger.exception("job %s (%s) failed", lease.job.pk, lease.job)
    given_up = lease.ends_with(outcome) and (outcome.passing or not outcome.expected)
    if (outcome.external or given_up) and handler.on_failure:
        try:
            outcome = handler.on_failure(lease, error, outcome)
        except LostLease:
            raise
        except Exception as second:  # somebody was faster, or the database is away: the job says so, and no more
            logger.exception("the failure of job %s could not be written on its record", lease.job.pk)
            outcome = outcome_of(second)
    lease.end(outcome)


def handle_read_document(lease: Lease) -> dict[str, Any]:
    """Read a document's bytes in a child process, and mark what the engine finds."""
    args, by = lease.job.args, Machine(JobName.READ_DOCUMENT)
    document = Document.objects.get(pk=args["document"])
    snapshot = Snapshot.objects.get(pk=args["snapshot"])
    if stored := document.revisions.filter(snapshot=snapshot).first():
        return mark_stored_revision(lease, stored)
    whole = document.is_of_host and not fetches_of(document).exists()
    extract = with_feed_metadata(
        extract_of(snapshot, pasted=args["pasted"], whole=whole), args.get("feed_metadata") or {}
    )
    lease.renew(total=2, done=1)
    reading = read_text(document, extract)
    with lease.effect(done=2):
        return store_reading(document, snapshot, extract, reading, by=by, person=args.get("by"))


def reading_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    """Write on the document that it was given up, and why; a failure that passes is waited out."""
    if lease.ends_with(outcome):
        with lease.effect():
            document = Document.objects.get(pk=lease.job.args["document"])
            refuse_document(document, outcome.message, by=Machine(JobName.READ_DOCUMENT))
    return outcome


def mark_stored_revision(lease: Lease, revision: Revision) -> dict[str, Any]:
    """Mark the stored text of a revision once more, by the engine of today."""
    reading = read_again(revision)
    with lease.effect(total=2, done=2):
        return store_second_reading(revision, reading, by=Machine(JobName.READ_DOCUMENT))


def extract_of(snapshot: Snapshot, *, pasted: bool = False, whole: bool = False) -> Extract:
    """The text of a snapshot, read by a child process within the limits of the settings."""
    known = (
        {"filename": "pasted.txt", "media_type": "text/plain"}
        if pasted
        else {
            "filename": snapshot.filename,
            "media_type": snapshot.media_type,
            "url": snapshot.url,
        }
    )
    limits = settings()
    return read_in_child(
        response_of(bytes(snapshot.warc)),
        charset=snapshot.charset,
        seconds=limits.READER_SECONDS,
        memory_mib=limits.READER_MEMORY_MIB,
        readers=limits.READERS,
        whole=whole,
        **known,
    )


def handle_fetch_document(lease: Lease) -> dict[str, Any]:
    """Fetch the page of a document that was filed by its address, and ask for its reading."""
    by = Machine(JobName.FETCH_DOCUMENT)
    document = Document.objects.get(pk=lease.job.args["document"])
    fetched = fetch(document.url, limits=Limits(seconds=settings().FETCH_SECONDS))
    with lease.effect(total=1, done=1):
        return store_fetch(document, fetched, by=by, feed_metadata=lease.job.args.get("feed_metadata") or {})


def fetch_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    """Write the error on the document at the first failure and at the last."""
    if lease.ends_with(outcome) or not (lease.job.failures or lease.job.postponed):
        with lease.effect():
            document = Document.objects.get(pk=lease.job.args["document"])
            fail_fetch(document, outcome.message, by=Machine(JobName.FETCH_DOCUMENT))
    return outcome


def handle_poll_feed(lease: Lease) -> dict[str, Any]:
    """Look at a feed, and take in what it has not brought before."""
    feed = Feed.objects.select_related("desk", "publisher").get(pk=lease.job.args["feed"])
    if not feed.active:
        return {"inactive": True}
    return poll_folder(lease, feed) if feed.folder else poll_address(lease, feed)


def poll_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    """Write the error on the feed; no retry, since the next poll tries again."""
    with lease.effect():
        close_poll(Feed.objects.get(pk=lease.job.args["feed"]), error=outcome.message)
    return replace(outcome, retry=False, passing=False)


def poll_address(lease: Lease, feed: Feed) -> dict[str, Any]:
    """The entries of a feed's address; nothing where its server says that it has not changed."""
    limits = settings()
    deadline = Limits(seconds=limits.FETCH_SECONDS)
    try:
        fetched = fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified, limits=deadline)
    except FetchFailed as reason:
        if reason.code != "not_modified":
            raise
        with lease.effect():
            close_poll(feed)
        return {"taken": 0, "refused": 0, "left": 0}
    listing = list_in_child(
        fetched.body,
        charset=fetched.charset,
        url=fetched.url,
        seconds=limits.READER_SECONDS,
        memory_mib=limits.READER_MEMORY_MIB,
    )
    new = new_guids(feed, [entry.guid for entry in listing.entries])
    wanted = [entry for entry in listing.entries if entry.guid in new]
    counts = take_all(lease, wanted[:MOST_TAKEN], lambda entry: take_entry(feed, entry, by=Machine(JobName.POLL_FEED)))
    left = len(wanted[MOST_TAKEN:])
    etag, last_modified = ("", "") if left else (fetched.header("etag"), fetched.header("last-modified"))
    with lease.effect():
        close_poll(feed, etag=etag, last_modified=last_modified)
    return {**counts, "left": left, "notes": list(listing.notes)}


def poll_folder(lease: Lease, feed: Feed) -> dict[str, Any]:
    """The files of a drop folder that are new, and have been left alone for a moment."""
    known = frozenset(feed.items.values_list("guid", flat=True))
    new = islice(settled_files(settings().FEED_FOLDER, feed.folder, known), MOST_TAKEN)
    counts = take_all(lease, new, lambda file: take_file(feed, file, by=Machine(JobName.POLL_FEED)))
    notice = unread_files_notice(settings().FEED_FOLDER, feed.folder)
    with lease.effect():
        close_poll(feed, error=notice)
    return counts


def take_all(lease: Lease, items: Iterable[Any], take: Callable[[Any], FeedItem]) -> dict[str, Any]:
    """Take in the items one by one, each in its own transaction; a refused one does not stop the others."""
    counts = {"taken": 0, "refused": 0}
    for done, item in enumerate(items, 1):
        with lease.effect(done=done):
            counts["refused" if take(item).error else "taken"] += 1
    return counts


def handle_crosscheck(lease: Lease) -> dict[str, Any]:
    """Compare the measures of a run in parts; a restarted run goes on behind the last one it has compared."""
    crosscheck = open_crosscheck(lease.job)
    start = done = lease.job.done
    document = crosscheck.document
    if document and ungrouped_figures(document).exists():  # no weights could be read when the text was
        with lease.effect():
            group_document(document)
    for keep in keep_observations(crosscheck):
        lease.give_way()
        done += document is None  # of many figures each part is a step forward, which a broken run need not do again
        with lease.effect(done=done):
            keep()
    lease.renew(total=done + measures_looked_at(crosscheck).filter(pk__gt=crosscheck.reached).count(), done=done)
    for looked_at, measures in measures_left(crosscheck, anew=start == 0):
        lease.give_way()
        findings = list(zip(measures, compare_measures(measures), strict=True))
        done += looked_at
        if not measures:
            continue
        with lease.effect(done=done):
            note_reached(crosscheck, measures[-1])
            regrouped = bool(lease.job.args.get("regrouped"))
            store_comparisons(findings, by=Machine(JobName.CROSSCHECK), regrouped=regrouped)
    with lease.effect(done=done):
        close_crosscheck(crosscheck)
    counts: dict[str, Any] = crosscheck.found
    return counts


def handle_regroup(lease: Lease) -> dict[str, Any]:
    """Group the figures of a topic anew, or of a text that is in none."""
    args = lease.job.args
    with lease.effect(total=1, done=1):
        if topic := Topic.objects.filter(pk=args.get("topic")).first():
            moves = regroup_topic(topic, by=Machine(JobName.REGROUP))
        else:
            moves = group_document(Document.objects.get(pk=args["document"]))
            request_moved_crosschecks(moves)
    return {"figures": moves.figures, "measures": len(moves.measures)}


def handle_capture_evidence(lease: Lease) -> dict[str, Any]:
    """Fetch a page through the guarded client, and keep it with its text."""
    by = Machine(JobName.CAPTURE_EVIDENCE)
    evidence = Evidence.objects.get(pk=lease.job.args["evidence"])
    if evidence.state != EvidenceState.REQUESTED:
        return {"already": evidence.state}
    fetched = fetch(evidence.url, limits=Limits(seconds=settings().FETCH_SECONDS))
    try:
        limits = settings()
        extract = read_in_child(
            fetched.body,
            media_type=fetched.media_type,
            charset=fetched.charset or "",
            url=fetched.url,
            seconds=limits.READER_SECONDS,
            memory_mib=limits.READER_MEMORY_MIB,
            readers=limits.READERS,
        )
        text = extract.text
    except Unreadable as reason:
        if reason.transient:
            raise
        text = ""  # the bytes are evidence all the same; a quote cannot be linked to them by machine
    with lease.effect():
        store_capture(evidence, fetched, text, by=by)
    return {"bytes": len(fetched.body)}


def capture_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    if lease.ends_with(outcome):
        with lease.effect():
            evidence = Evidence.objects.get(pk=lease.job.args["evidence"])
            fail_capture(evidence, outcome.message, by=Machine(JobName.CAPTURE_EVIDENCE))
    return outcome


def handle_send_report(lease: Lease) -> dict[str, Any]:
    """Build the report of one slot of a subscription, once, and mail it to whoever may see it."""
    args = lease.job.args
    return send_due_report(ReportSubscription.objects.get(pk=args["subscription"]), args["slot"], renew=lease.renew)


def report_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    """Given up for lost workers: what they had begun to mail may have arrived."""
    if lease.ends_with(outcome):
        note_given_up(lease.job.args["subscription"], lease.job.args["slot"])
    return outcome


def handle_sweep(lease: Lease) -> dict[str, Any]:
    """Hourly upkeep: follow-ups on expired figures, ended embargoes, regrouping, old rows, roles, gate rechecks."""
    with lease.effect():
        done = {"follow_ups": follow_up_expired(by=Machine(JobName.SWEEP)), "forgotten": delete_old_housekeeping_jobs()}
        done |= {
            "embargoes_ended": regroup_after_embargoes(timezone.now()),
            "regroup": request_nightly_regrouping(timezone.now()),
        }
    oldest = timezone.now() - timedelta(hours=settings().IDEMPOTENCY_HOURS)
    keys, _ = IdempotencyKey.objects.expired(oldest).delete()
    roles = len(follow_groups_of(people_with_group_roles())) if groups_with_roles() else 0
    return {**done, "keys": keys, "roles": roles, "unmailed": show_unmailed(), "asked": recheck_by_clock()}


def handle_recheck_clearance(lease: Lease) -> dict[str, Any]:
    """Ask the gate of one document or many again and announce changed answers; or queue this for a whole desk."""
    args, by = lease.job.args, Machine(JobName.RECHECK_CLEARANCE)
    if desk := args.get("desk"):
        return {"asked": recheck_all_of(desk)}
    if args.get("measure") or args.get("topic"):
        wanted = list(documents_asked_for(args).values_list("pk", flat=True))
    else:
        wanted = args.get("documents") or [args["document"]]
    news = None
    for done in range(lease.job.done, len(wanted)):
        lease.give_way()
        with lease.effect(done=done + 1, total=len(wanted)):
            news = note_clearance(wanted[done], by=by)
    return {"news": news} if len(wanted) == 1 else {"documents": len(wanted)}


def handle_send_notices(lease: Lease) -> dict[str, Any]:
    """Mail one person the notices that were gathered for them."""
    return mail_notices(lease.job.args["recipient"], renew=lease.renew)


def handle_deliver_webhook(lease: Lease) -> dict[str, Any]:
    """Post one message to one webhook through the guarded client; tried again until it is taken or given up.

    What went wrong is on the delivery, for its keepers. The whole desk sees the job: it names neither host nor answer.
    """
    delivery = Delivery.objects.select_related("webhook").get(pk=lease.job.args["delivery"])
    if delivery.delivered_at or not delivery.webhook.active:
        return {"already": bool(delivery.delivered_at), "active": delivery.webhook.active}
    body, headers = signed_message(delivery, timezone.now())
    lease.renew()
    allowed = AllowedHosts.of(settings().WEBHOOK_HOSTS)
    status = post_json(delivery.webhook.url, body, headers=headers, limits=POST_LIMITS, allowed=allowed)
    if not 200 <= status < 300:
        raise FetchFailed("http_status", f"The other side answered {status}.", status)
    note_delivery(delivery, status=status)
    return {"status": status}


def delivery_failed(lease: Lease, error: Exception, outcome: Outcome) -> Outcome:
    delivery = Delivery.objects.get(pk=lease.job.args["delivery"])
    note_delivery(delivery, status=getattr(error, "status", 0) or None, error=outcome.message)
    retry = outcome.retry or isinstance(error, FetchFailed)  # the other system may fix whatever it answered
    return Outcome(f"Not delivered; delivery {delivery.pk} says why.", retry=retry)


@dataclass(frozen=True, slots=True)
class JobHandler:
    """The functions for the jobs of one name.

    ``on_failure`` writes an external failure on the record that the job is about, and may change the outcome.
    """

    run: Callable[[Lease], dict[str, Any]]
    on_failure: Callable[[Lease, Exception, Outcome], Outcome] | None = None


HANDLERS: dict[JobName, JobHandler] = {
    JobName.READ_DOCUMENT: JobHandler(handle_read_document, reading_failed),
    JobName.FETCH_DOCUMENT: JobHandler(handle_fetch_document, fetch_failed),
    JobName.POLL_FEED: JobHandler(handle_poll_feed, poll_failed),
    JobName.CROSSCHECK: JobHandler(handle_crosscheck),
    JobName.REGROUP: JobHandler(handle_regroup),
    JobName.CAPTURE_EVIDENCE: JobHandler(handle_capture_evidence, capture_failed),
    JobName.SEND_REPORT: JobHandler(handle_send_report, report_failed),
    JobName.SWEEP: JobHandler(handle_sweep),
    JobName.RECHECK_CLEARANCE: JobHandler(handle_recheck_clearance),
    JobName.SEND_NOTICES: JobHandler(handle_send_notices),
    JobName.DELIVER_WEBHOOK: JobHandler(handle_deliver_webhook, delivery_failed),
}
