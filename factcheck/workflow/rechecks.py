"""Which documents get a new clearance check: after an action, a job, or by the clock.

A recheck is asked for when the transaction is committed, in a small one of its own, so that two people acting on one
document never wait for each other. Losing one loses nothing for long: the hourly sweep asks for every document in
check. What the gate answers is in ``clearance``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from factcheck.jobs.keys import job_key, job_key_for
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue, enqueue_all
from factcheck.models import Claim, Desk, Discrepancy, Document, Figure, Job, Measure, Policy, Waiver
from factcheck.permissions import documents_of
from factcheck.states import DocumentState

OWN_ACTIONS = frozenset({"cleared", "uncleared"})
MOST_AT_ONCE = 500
MOST_JOBS = 50
"""Were it more documents, one job asks for all of a desk, some hundred at a time: it gives way as any long run does."""
WAIVER_GRACE = timedelta(hours=25)
"""How long after a waiver ran out the sweep still asks, so that a day without a beat is made up for."""


@dataclass(slots=True, eq=False)
class PendingRecheck:
    """What a transaction asks for when it is committed: jobs for the documents whose answer matters."""

    documents: set[int] = field(default_factory=set)

    def __call__(self) -> None:
        rows = Document.objects.filter(Q(state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]) | Q(clear=True))
        wanted = sorted(self.documents)
        for start in range(0, len(wanted), MOST_AT_ONCE):
            found = rows.filter(pk__in=wanted[start : start + MOST_AT_ONCE]).order_by("pk").values_list("pk", "desk")
            asked = [(job_key_for(Document, pk), {"document": pk}, desk) for pk, desk in found]
            if len(wanted) > MOST_JOBS:
                asked = gathered(found)
            enqueue_all(JobName.RECHECK_CLEARANCE, asked, priority=Priority.RECHECK)


def gathered(documents: Iterable[tuple[int, int]]) -> list[tuple[str, dict[str, Any], int]]:
    """One job for each desk of these documents and desks: its key, arguments and desk."""
    of_desk: dict[int, list[int]] = {}
    for pk, desk in documents:
        of_desk.setdefault(desk, []).append(pk)
    return [
        (job_key_for(Desk, desk, "documents", sha256(repr(pks).encode()).hexdigest()[:16]), {"documents": pks}, desk)
        for desk, pks in of_desk.items()
    ]


def pending_recheck() -> PendingRecheck | None:
    """The one that this transaction has registered, unless it was rolled back with a part of it."""
    hooks = transaction.get_connection().run_on_commit
    return next((hook for _, hook, _ in hooks if isinstance(hook, PendingRecheck)), None)


def recheck_documents(documents: Iterable[int]) -> None:
    """Ask the gate for these documents when what is being written is committed, once each."""
    wanted = set(documents)
    if not wanted:
        return
    if pending := pending_recheck():
        pending.documents |= wanted
    else:
        transaction.on_commit(PendingRecheck(wanted), robust=True)


def recheck_desk(desk: Desk) -> None:
    """Ask the gate for all that is in check on a desk, by one job: the desk may hold thousands."""
    enqueue(JobName.RECHECK_CLEARANCE, job_key(desk), {"desk": desk.pk}, desk=desk, priority=Priority.RECHECK)


def recheck_after_action(record: Model, action: str, *, by_machine: bool) -> None:
    """An action was logged: ask for the documents whose gate it touches.

    A machine moves discrepancies by the thousand; it asks for their documents once, when it has stored them.
    """
    if isinstance(record, Document):
        recheck_documents([record.pk] if action not in OWN_ACTIONS else [])
    elif isinstance(record, (Claim, Figure)):
        recheck_documents([record.document_id])
    elif isinstance(record, Policy):
        desk = record.desk
        transaction.on_commit(lambda: recheck_desk(desk), robust=True)
    elif isinstance(record, (Measure, Discrepancy)) and not by_machine:
        recheck_documents(document.pk for document in documents_of(record))


def recheck_after_job(job: Job) -> None:
    """Queue rechecks of the documents that waited for a job that ended or failed."""
    args, rows = job.args, Document.objects.none()
    if job.name == JobName.READ_DOCUMENT:
        rows = Document.objects.filter(pk=args.get("document"))
    elif job.name in (JobName.CROSSCHECK, JobName.REGROUP) and args.get("document"):
        rows = Document.objects.filter(pk=args["document"])
    elif job.name in (JobName.CROSSCHECK, JobName.REGROUP) and args.get("topic"):
        rows = Document.objects.filter(topic=args["topic"])
    elif job.name == JobName.CROSSCHECK and args.get("measure"):
        rows = Document.objects.filter(figures__measure=args["measure"]).distinct()
    recheck_documents(rows.values_list("pk", flat=True))


def recheck_all_of(desk: int) -> int:
    """Ask for all that is in check on a desk, where one job was given for it; returns how many."""
    wanted = list(Document.objects.in_check().filter(desk=desk).values_list("pk", flat=True))
    recheck_documents(wanted)
    return len(wanted)


def recheck_by_clock() -> int:
    """Ask for the documents whose answer the clock may have changed: all in check, and those whose waivers ran out.

    Returns how many.
    """
    now = timezone.now()
    ended = Waiver.objects.filter(expires_at__lte=now, expires_at__gt=now - WAIVER_GRACE)
    waived = Q(claims__waivers__in=ended) | Q(revisions__waivers__in=ended)
    out = Document.objects.filter(waived, state=DocumentState.PUBLISHED)
    wanted = sorted({*Document.objects.in_check().values_list("pk", flat=True), *out.values_list("pk", flat=True)})
    recheck_documents(wanted)
    return len(wanted)
