"""Write checkpoints over committed events; the dispatcher does so every few seconds.

A checkpoint covers only events that no event with a smaller number can still join. On SQLite writers take turns. On
PostgreSQL numbers are given out before the commit, so an event counts as settled when every transaction older than
the one that wrote it has ended, and after ``SETTLE_SECONDS``.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from factcheck.history_keys import history_keys
from factcheck.models import Checkpoint, Event, mark_of

SETTLE_SECONDS = 3
MOST_EVENTS = 500
"""How many events one checkpoint covers at most; the next follows at once."""
LAST_SETTLED = """
WITH new AS (
    SELECT id,
           age(xmin) > age((pg_snapshot_xmin(pg_current_snapshot())::text::bigint %% 4294967296)::text::xid) AS settled
    FROM factcheck_event WHERE id > %s AND id <= %s
)
SELECT max(id) FROM new WHERE id < coalesce((SELECT min(id) FROM new WHERE NOT settled), %s + 1)
"""
"""An event is settled when it was written before every transaction that is in progress."""


def write_checkpoints() -> int:
    """Cover all settled events that are in no checkpoint yet; returns how many checkpoints that took."""
    last, count = last_settled_event(), 0
    while write_checkpoint(last):
        count += 1
    return count


def last_covered_event() -> int:
    """The number of the last event in a checkpoint, 0 where there is none."""
    return Checkpoint.objects.order_by("-number").values_list("last_event", flat=True).first() or 0


def last_settled_event() -> int:
    """The number of the last event that no event with a smaller number can join any more."""
    covered = last_covered_event()
    settled = Event.objects.filter(id__gt=covered, at__lt=timezone.now() - timedelta(seconds=SETTLE_SECONDS))
    last: int = settled.aggregate(last=Max("id"))["last"] or 0
    if last and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LAST_SETTLED, [covered, last, last])
            return cursor.fetchone()[0] or 0
    return last


def write_checkpoint(last: int) -> Checkpoint | None:
    """Cover the next events up to a number; None where there are none, or another process was faster."""
    before = Checkpoint.objects.order_by("-number").first()
    events = Event.objects.filter(id__gt=before.last_event if before else 0, id__lte=last).order_by("id")
    rows = list(events.values_list("id", "record", "record_id", "digest")[:MOST_EVENTS])
    if not rows:
        return None
    name, key = next(iter(history_keys().items()))
    checkpoint = Checkpoint(
        number=before.number + 1 if before else 1,
        at=timezone.now(),
        first_event=rows[0][0],
        last_event=rows[-1][0],
        count=len(rows),
        marks=[[pk, record, record_id, mark_of(key, pk, digest)] for pk, record, record_id, digest in rows],
        key_name=name,
        previous=before.digest if before else "",
    )
    checkpoint.digest = checkpoint.computed_digest(key)
    try:
        with transaction.atomic():
            checkpoint.save(force_insert=True)
    except IntegrityError:
        return None
    return checkpoint
