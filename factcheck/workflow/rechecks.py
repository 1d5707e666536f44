"""Which documents get a new clearance check: after an action, a job, or by the clock.

A recheck is asked for when the transaction is committed, in a small one of its own, so that two people acting on one
document never wait for each other. Losing one loses nothing for long: the hourly sweep asks for every document in
check. What the gate answers is in ``clearance``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet, Sum
from django.utils import timezone

from factcheck.jobs.keys import job_key, job_key_for
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue, enqueue_all
from factcheck.models import (
    Carrier,
    Claim,
    Desk,
    Discrepancy,
    Document,
    Evidence,
    Figure,
    Job,
    Measure,
    Policy,
    Source,
    StoredObservation,
    Topic,
    Waiver,
    documents_of,
)
from factcheck.states import DocumentState

OWN_ACTIONS = frozenset({"cleared", "uncleared"})
MOST_AT_ONCE = 500
MOST_BY_THEMSELVES = 20
"""Up to so many documents get a job of their own; more are asked for by one job that goes through them."""
MOST_MEASURES = 40
"""Up to so many measures are gone through one by one; of more, their topics."""
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


def recheck_carriers(observations: Mapping[int, set[int]]) -> None:
    """Ask the gate for the documents that carry some observations, of many by one job a measure, or a topic."""
    wanted = {measure: keys for measure, keys in observations.items() if keys}
    count = sum(
        StoredObservation.objects.filter(pk__in=keys).aggregate(n=Sum("count"))["n"] or 0 for keys in wanted.values()
    )
    if count <= MOST_BY_THEMSELVES:
        keys = [pk for some in wanted.values() for pk in some]
        recheck_documents(Carrier.objects.filter(observation__in=keys).values_list("figure__document", flat=True))
        return
    measures = Measure.objects.filter(pk__in=wanted)
    topics = set(measures.exclude(topic=None).values_list("topic", flat=True)) if len(wanted) > MOST_MEASURES else set()
    for topic in topics:
        transaction.on_commit(partial(recheck_topic, topic), robust=True)
    for measure in measures.exclude(topic__in=topics).values_list("pk", flat=True):
        transaction.on_commit(partial(recheck_measure, measure), robust=True)


def recheck_measure(measure: int) -> None:
    """Ask the gate for all that is compared under a measure, by one job."""
    key = job_key_for(Measure, measure)
    enqueue(JobName.RECHECK_CLEARANCE, key, {"measure": measure}, priority=Priority.RECHECK)


def recheck_topic(topic: int) -> None:
    """Ask the gate for all that is filed in a topic, by one job."""
    enqueue(JobName.RECHECK_CLEARANCE, job_key_for(Topic, topic), {"topic": topic}, priority=Priority.RECHECK)


def documents_asked_for(args: Mapping[str, Any]) -> QuerySet[Document]:
    """The documents that a job for a measure or a topic asks the gate for, in a fixed order."""
    rows = Document.objects.filter(Q(state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]) | Q(clear=True))
    if measure := args.get("measure"):
        told = Carrier.objects.filter(observation__sides__discrepancy__measure=measure)
        figures = Figure.objects.filter(Q(measure=measure) | Q(pk__in=told.values("figure")))
        return rows.filter(pk__in=figures.values("document")).order_by("pk")
    return rows.filter(topic=args["topic"]).order_by("pk")


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


def documents_resting_on(source: Source) -> list[int]:
    """The documents still to go out with evidence of a source, or of one with the same owner in the end."""
    alike = Source.objects.under_owners_of([source.pk])
    rows = Evidence.objects.filter(Q(source__in=alike) | Q(derived_from_source__in=alike))
    return list(rows.filter(claim__document__state=DocumentState.IN_CHECK).values_list("claim__document", flat=True))


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
        rows = Document.objects.filter(pk__in=Figure.objects.filter(measure=args["measure"]).values("document"))
    wanted = list(rows.values_list("pk", flat=True)[: MOST_BY_THEMSELVES + 1])
    if len(wanted) <= MOST_BY_THEMSELVES:
        recheck_documents(wanted)
    elif args.get("topic"):
        recheck_topic(args["topic"])
    else:
        recheck_measure(args["measure"])


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
