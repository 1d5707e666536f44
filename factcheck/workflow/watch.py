"""Who asks the gate anew: hints, given on commit, that a document's answer may have changed.

A hint is a job of its own small transaction, so that two people acting on one document never wait for each
other. Losing one loses nothing for long: the hourly sweep asks for every document in check. What the gate
answers is in ``clearance``.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from factcheck.models import Claim, Desk, Discrepancy, Document, Figure, Job, Measure, Policy, Waiver
from factcheck.permissions import documents_of
from factcheck.queue import JobName, enqueue, enqueue_all
from factcheck.states import DocumentState

OWN_ACTS = frozenset({"cleared", "uncleared"})
MOST_AT_ONCE = 500
LATE = timedelta(hours=25)
"""How long after a waiver ran out the sweep still asks, so that a day without a beat is made up for."""


@dataclass(slots=True, eq=False)
class Watch:
    """The one hint of a transaction, run when it is committed: asks for the documents whose answer matters."""

    documents: set[int] = field(default_factory=set)
    run: bool = False

    def __call__(self) -> None:
        self.run, given.hooks = True, None
        rows = Document.objects.filter(Q(state__in=[DocumentState.IN_CHECK, DocumentState.PUBLISHED]) | Q(clear=True))
        wanted = sorted(self.documents)
        for start in range(0, len(wanted), MOST_AT_ONCE):
            found = rows.filter(pk__in=wanted[start : start + MOST_AT_ONCE]).order_by("pk").values_list("pk", "desk")
            asked = [(f"document:{pk}", {"document": pk}, desk) for pk, desk in found]
            enqueue_all(JobName.WATCH_CLEARANCE, asked, priority=8)


class Given(threading.local):
    """Where the hint of the transaction of this thread stands: in which list, at which place."""

    hooks: list[Any] | None = None
    place: int = 0

    def hint(self) -> Watch | None:
        """The hint that was given already, and has not been taken back with a part of the transaction."""
        hooks: list[Any] = transaction.get_connection().run_on_commit or []
        if hooks is not self.hooks or self.place >= len(hooks):  # Django begins a new list when it takes hooks back
            return None
        hook = hooks[self.place][1]
        return hook if isinstance(hook, Watch) and not hook.run else None


given = Given()


def watch_documents(documents: Iterable[int]) -> None:
    """Ask the gate for these documents when what is being written is committed, once each."""
    wanted = set(documents)
    if not wanted:
        return
    if hint := given.hint():
        hint.documents |= wanted
        return
    connection = transaction.get_connection()
    place = len(connection.run_on_commit)
    transaction.on_commit(Watch(wanted), robust=True)
    given.hooks, given.place = connection.run_on_commit, place


def watch_desk(desk: Desk) -> None:
    """Ask the gate for all that is in check on a desk, by one job: the desk may hold thousands."""
    enqueue(JobName.WATCH_CLEARANCE, f"desk:{desk.pk}", {"desk": desk.pk}, desk=desk, priority=8)


def watch_action(record: Model, action: str, *, by_machine: bool) -> None:
    """An action was logged: ask for the documents whose gate it touches.

    A machine moves discrepancies by the thousand; it asks for their documents once, when it has stored them.
    """
    if isinstance(record, Document):
        watch_documents([record.pk] if action not in OWN_ACTS else [])
    elif isinstance(record, (Claim, Figure)):
        watch_documents([record.document_id])
    elif isinstance(record, Policy):
        desk = record.desk
        transaction.on_commit(lambda: watch_desk(desk), robust=True)
    elif isinstance(record, (Measure, Discrepancy)) and not by_machine:
        watch_documents(document.pk for document in documents_of(record))


def watch_after(job: Job) -> None:
    """A job that the gate waits for has ended, well or badly: ask for the documents that waited for it."""
    args, rows = job.args, Document.objects.none()
    if job.name == JobName.READ_DOCUMENT:
        rows = Document.objects.filter(pk=args.get("document"))
    elif job.name in (JobName.CROSSCHECK, JobName.REGROUP) and args.get("document"):
        rows = Document.objects.filter(pk=args["document"])
    elif job.name in (JobName.CROSSCHECK, JobName.REGROUP) and args.get("topic"):
        rows = Document.objects.filter(topic=args["topic"])
    elif job.name == JobName.CROSSCHECK and args.get("measure"):
        rows = Document.objects.filter(figures__measure=args["measure"]).distinct()
    watch_documents(rows.values_list("pk", flat=True))


def watch_all_of(desk: int) -> int:
    """Ask for all that is in check on a desk, where one job was given for it; returns how many."""
    wanted = list(Document.objects.in_check().filter(desk=desk).values_list("pk", flat=True))
    watch_documents(wanted)
    return len(wanted)


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
