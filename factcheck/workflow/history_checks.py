"""Whether the history holds: chains, reasons, decided rows, erasures, marks and checkpoints, each held against others.

Each check is a generator of findings that reads the tables in batches, so that memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from django.db.models import Exists, Model, OuterRef, Q

from factcheck.models import (
    Claim,
    Discrepancy,
    Document,
    ErasedPerson,
    Erasure,
    Event,
    EventNote,
    Evidence,
    Figure,
    Judgement,
    JudgementOrigin,
    Report,
    VerificationTask,
    erasures_digest,
    record_name,
)
from factcheck.states import ClaimState, DiscrepancyState, FigureState

from .checkpoints import AT_ONCE, IntegrityFinding, broken_checkpoints, missing_printed_checkpoints
from .decided_checks import altered_decisions, altered_records, planted_decisions
from .mark_checks import altered_marks

NEEDS_HISTORY: dict[type[Model], Q] = {
    Document: Q(),
    Claim: ~Q(state=ClaimState.PROPOSED),
    Figure: ~Q(state=FigureState.FOUND),
    VerificationTask: Q(),
    Evidence: Q(),
    Discrepancy: ~Q(state=DiscrepancyState.OPEN),
    Judgement: Q(origin=JudgementOrigin.JUDGED),
    Report: Q(),
    ErasedPerson: Q(),
}
"""Which rows cannot be as they are without an event."""


def verify_history(copies: Mapping[int, str] | None = None) -> Iterator[IntegrityFinding]:
    """All that does not hold; nothing where all does. ``copies``: digests of checkpoints kept outside, by number."""
    yield from broken_chains()
    yield from broken_notes()
    yield from broken_erasures()
    yield from altered_records()
    yield from altered_decisions()
    yield from planted_decisions()
    yield from records_without_history()
    yield from altered_marks()
    yield from broken_checkpoints()
    yield from missing_printed_checkpoints(copies or {})


def broken_chains() -> Iterator[IntegrityFinding]:
    """Every chain of events recomputed; a finding for each that breaks, where it does first."""
    rows = Event.objects.order_by("record", "record_id", "sequence").iterator(chunk_size=AT_ONCE)
    for (record, pk), chain in groupby(rows, key=lambda row: (row.record, row.record_id)):
        previous, expected = "", 1
        for row in chain:
            if row.sequence != expected or row.previous != previous or row.digest != row.computed_digest():
                said = f"The history of {record} {pk} does not hold at event {row.pk} ({row.action})."
                yield IntegrityFinding(record, pk, said)
                break
            previous, expected = row.digest, expected + 1


def broken_notes() -> Iterator[IntegrityFinding]:
    """Reasons that are other words, gone, or blank without an erasing that lists them."""
    notes = EventNote.objects.select_related("event").order_by("pk")
    for note in notes.exclude(text="").iterator(chunk_size=AT_ONCE):
        if note.computed_digest() != note.event.note_digest:
            yield about(note.event, f"The reason of event {note.event_id} is not the one that was given.")
    for note in notes.filter(~has_erasure("event_note"), text="").iterator(chunk_size=AT_ONCE):
        yield about(note.event, f"The reason of event {note.event_id} is blank, and no erasing blanked it.")
    for event in Event.objects.exclude(note_digest="").filter(note=None).order_by("pk").iterator(chunk_size=AT_ONCE):
        yield about(event, f"The reason of event {event.pk} is gone.")


def about(event: Event, sentence: str) -> IntegrityFinding:
    return IntegrityFinding(event.record, event.record_id, sentence)


def has_erasure(record: str) -> Exists:
    """Whether an erasing lists a row of this kind."""
    return Exists(Erasure.objects.filter(record=record, record_id=OuterRef("pk")))


def broken_erasures() -> Iterator[IntegrityFinding]:
    """Lists of what was blanked that are not those their events hold the digest of."""
    for event in Event.objects.filter(record="document", action="erase").order_by("pk").iterator(chunk_size=AT_ONCE):
        rows = event.erasures.order_by("record", "record_id").values_list("record", "record_id")
        if erasures_digest(rows) != event.facts.get("digest"):
            yield about(event, f"The list of what event {event.pk} erased is not the one that was written.")
    planted = Erasure.objects.exclude(event__record="document", event__action="erase").order_by("pk")
    for row in planted.iterator(chunk_size=AT_ONCE):
        said = f"The erasing of {row.record} {row.record_id} belongs to event {row.event_id}, which erased nothing."
        yield IntegrityFinding(row.record, row.record_id, said)


def records_without_history() -> Iterator[IntegrityFinding]:
    """Rows in a state that only an event could bring about, and that have none."""
    for model, condition in NEEDS_HISTORY.items():
        name = record_name(model)
        chain = Event.objects.filter(record=name, record_id=OuterRef("pk"))
        rows = model._default_manager.filter(condition, ~Exists(chain)).order_by("pk")
        for pk in rows.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
            yield IntegrityFinding(name, pk, f"The {name.replace('_', ' ')} {pk} has no history.")
