"""Who asks the gate anew: hints, given on commit, that a document's answer may have changed.

A hint is a job of its own small transaction, so that two people acting on one document never wait for each
other. Losing one loses nothing for long: the hourly sweep asks for every document in check. What the gate
answers is in ``clearance``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from factcheck.models import Claim, Discrepancy, Document, Figure, Job, Measure, Policy, Waiver
from factcheck.permissions import documents_of
from factcheck.queue import JobName, enqueue
from factcheck.states import DocumentState

OWN_ACTS = frozenset({"cleared", "uncleared"})
LATE = timedelta(hours=25)
"""How long after a waiver ran out the sweep still asks, so that a day without a beat is made up for."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Run when the transaction is committed: asks for one document, if its answer interests anybody."""

    document: int

    def __call__(self) -> None:
        rows = Document.objects.filter(Q(state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]) | Q(clear=True))
        if found := rows.filter(pk=self.document).select_related("desk").first():
            args = {"document": found.pk}
            enqueue(JobName.WATCH_CLEARANCE, f"document:{found.pk}", args, desk=found.desk, priority=8)


def watch_documents(documents: Iterable[int]) -> None:
    """Ask the gate for these documents when what is being written is committed, once each."""
    for pk in documents:
        given = (row[1] for row in reversed(transaction.get_connection().run_on_commit))
        if not any(isinstance(hook, Watch) and hook.document == pk for hook in given):
            transaction.on_commit(Watch(pk), robust=True)


def watch_act(record: Model, act: str, *, by_machine: bool) -> None:
    """An act was logged: ask for the documents whose gate it touches.

    A machine moves discrepancies by the thousand; it asks for their documents once, when it has stored them.
    """
    if isinstance(record, Document):
        watch_documents([record.pk] if act not in OWN_ACTS else [])
    elif isinstance(record, (Claim, Figure)):
        watch_documents([record.document_id])
    elif isinstance(record, Policy):
        watch_documents(Document.objects.in_check().filter(desk=record.desk_id).values_list("pk", flat=True))
    elif isinstance(record, (Measure, Discrepancy)) and not by_machine:
        watch_documents(document.pk for document in documents_of(record))


def watch_after(job: Job) -> None:
    """A job that the gate waits for has ended, well or badly: ask for the documents that waited for it."""
    args, rows = job.args, Document.objects.none()
    if job.name == JobName.READ_DOCUMENT:
        rows = Document.objects.filter(pk=args.get("document"))
    elif job.name == JobName.CROSSCHECK and args.get("document"):
        rows = Document.objects.filter(pk=args["document"])
    elif job.name == JobName.CROSSCHECK and args.get("topic"):
        rows = Document.objects.filter(topic=args["topic"])
    elif job.name == JobName.CROSSCHECK and args.get("measure"):
        rows = Document.objects.filter(figures__measure=args["measure"]).distinct()
    watch_documents(rows.values_list("pk", flat=True))


def watch_clock() -> int:
    """Ask for the documents whose answer the clock may have changed: all in check, and those whose waivers ran out.

    Returns how many.
    """
    now = timezone.now()
    ended = Waiver.objects.filter(expires_at__lte=now, expires_at__gt=now - LATE)
    waived = Q(claims__waivers__in=ended) | Q(revisions__waivers__in=ended)
    out = Document.objects.filter(waived, state=DocumentState.PUBLISHED)
    wanted = sorted({*Document.objects.in_check().values_list("pk", flat=True), *out.values_list("pk", flat=True)})
    watch_documents(wanted)
    return len(wanted)
