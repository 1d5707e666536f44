"""Checkpoints over the history: verified, printed in reports, told to webhooks. ``jobs.checkpoints`` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from factcheck.history_keys import history_keys
from factcheck.models import Checkpoint, Delivery, Event, Report, Webhook, mark_of

from .webhook_events import CHECKPOINT_EVENT, write_delivery

AT_ONCE = 500
NO_EVENT = -(2**63)
"""Below every number that an event can have, also one that somebody put in."""


@dataclass(frozen=True)
class IntegrityFinding:
    """One thing that does not hold, and the record it concerns."""

    record: str
    record_id: int
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def last_checkpoint() -> dict[str, Any]:
    """The last checkpoint as reports print it; empty where there is none yet."""
    row = Checkpoint.objects.order_by("-number").defer("marks").first()
    return {"number": row.number, "last_event": row.last_event, "digest": row.digest} if row else {}


def send_checkpoint() -> int:
    """Tell the last checkpoint to the webhooks that want it, each once; returns to how many."""
    printed = last_checkpoint()
    hooks = Webhook.objects.filter(active=True).select_related("desk") if printed else []
    wanting = [hook for hook in hooks if CHECKPOINT_EVENT in hook.events]
    key = f"checkpoint:{printed.get('number')}"
    return sum(write_delivery(hook, CHECKPOINT_EVENT, key, {"checkpoint": printed}) for hook in wanting)


def broken_checkpoints() -> Iterator[IntegrityFinding]:
    """The chain of checkpoints, and under each the events it covers."""
    keys, previous, number, last_event = history_keys(), "", 0, NO_EVENT
    for row in Checkpoint.objects.order_by("number").iterator(chunk_size=20):
        for gone in range(number + 1, row.number):
            yield IntegrityFinding("checkpoint", gone, f"Checkpoint {gone} is gone.")
        if row.number == number + 1 and row.previous != previous:
            yield IntegrityFinding("checkpoint", row.number, f"Checkpoint {row.number} does not follow the one before.")
        key = keys.get(row.key_name)
        if key is None:
            yield IntegrityFinding(
                "checkpoint", row.number, f"The key of checkpoint {row.number} is not among the settings."
            )
        elif row.digest != row.computed_digest(key):
            yield IntegrityFinding(
                "checkpoint", row.number, f"Checkpoint {row.number} is not the one that was written."
            )
        else:
            follows = row.number == number + 1  # else what the missing ones covered is not known
            yield from changed_events(row, key, after=last_event if follows else row.first_event - 1)
        previous, number, last_event = row.digest, row.number, row.last_event


def changed_events(checkpoint: Checkpoint, key: bytes, *, after: int) -> Iterator[IntegrityFinding]:
    """The events a checkpoint covers that are gone, others, or were put in since."""
    rows = Event.objects.filter(id__gt=after, id__lte=checkpoint.last_event).order_by("id")
    there = {row[0]: row for row in rows.values_list("id", "record", "record_id", "digest")}
    for pk, record, record_id, mark in checkpoint.marks:
        row = there.pop(pk, None)
        if row is None:
            said = "is gone"
        elif mark_of(key, pk, row[3]) != mark:
            said = "is not the one that was written"
        else:
            continue
        yield IntegrityFinding(
            record, record_id, f"Event {pk} of {record} {record_id} {said} (checkpoint {checkpoint.number})."
        )
    for pk, record, record_id, _ in there.values():
        said = f"was put in after checkpoint {checkpoint.number}"
        yield IntegrityFinding(record, record_id, f"Event {pk} of {record} {record_id} {said}.")


def missing_printed_checkpoints(copies: Mapping[int, str]) -> Iterator[IntegrityFinding]:
    """Checkpoints that were printed in a report, sent to a webhook or written down, and are no longer there.

    ``copies``: digests by number, as somebody outside of the database kept them.
    """
    reports = Report.objects.order_by("pk").values_list("pk", "data__checkpoint").iterator(chunk_size=AT_ONCE)
    yield from unknown_copies(("report", pk, printed) for pk, printed in reports)
    sent = Delivery.objects.filter(event=CHECKPOINT_EVENT).order_by("pk")
    deliveries = sent.values_list("pk", "payload__checkpoint").iterator(chunk_size=AT_ONCE)
    yield from unknown_copies(("delivery", pk, printed) for pk, printed in deliveries)
    kept = (("checkpoint", number, {"number": number, "digest": digest}) for number, digest in copies.items())
    yield from unknown_copies(kept)


def unknown_copies(copies: Iterable[tuple[str, int, Any]]) -> Iterator[IntegrityFinding]:
    """Copies of checkpoints that no row of today matches."""
    copies = (row for row in copies if row[2])
    while some := list(islice(copies, AT_ONCE)):
        numbers = {printed["number"] for _, _, printed in some}
        known = dict(Checkpoint.objects.filter(number__in=numbers).values_list("number", "digest"))
        for record, pk, printed in some:
            if known.get(printed["number"]) != printed["digest"]:
                where = "that was kept" if record == "checkpoint" else f"of {record} {pk}"
                yield IntegrityFinding(record, pk, f"The checkpoint {printed['number']} {where} is no longer there.")
