"""Decided rows held against the history: records against their last event, decisions against that of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any, NamedTuple

from django.db.models import Model

from factcheck.models import Correction, Erasure, Event, Publication, Revision, SignOff, Verdict, Waiver, record_name

from .checkpoints import AT_ONCE, IntegrityFinding
from .decided import BLANKS, DECISIONS, MODELS, WORDS, column_hash, columns_of, warc_sha256

ROWS_AT_ONCE = 100
"""How many rows are compared at once; whole texts may be among them."""
OWNERS: tuple[tuple[type[Model], str, str], ...] = (
    (Verdict, "claim", "claim_id"),
    (SignOff, "claim", "verdict__claim_id"),
    (Waiver, "claim", "claim_id"),
    (Waiver, "document", "revision__document_id"),
    (Publication, "document", "document_id"),
    (Correction, "document", "publication__document_id"),
    (Revision, "document", "document_id"),
)
"""Decisions, and the record in whose history each was written."""


class Held(NamedTuple):
    """What an event holds of one row."""

    name: str
    pk: int
    columns: dict[str, Any]
    event: int
    action: str


def altered_records() -> Iterator[IntegrityFinding]:
    """Records that are not as their last event left them."""
    yield from altered(last_of_each_chain())


def altered_decisions() -> Iterator[IntegrityFinding]:
    """Decisions that are not as the event that wrote them holds them."""
    yield from altered(held_decisions())


def last_of_each_chain() -> Iterator[Held]:
    rows = Event.objects.order_by("record", "record_id", "sequence")
    values = rows.values_list("record", "record_id", "id", "action", "decided").iterator(chunk_size=AT_ONCE)
    for (name, pk), chain in groupby(values, key=lambda row: (row[0], row[1])):
        *_, event, action, decided = deque(chain, maxlen=1).pop()
        if columns := (decided or {}).get(name):
            yield Held(name, pk, columns, event, action)


def held_decisions() -> Iterator[Held]:
    rows = Event.objects.exclude(decided=None).order_by("id").values_list("id", "action", "decided")
    for event, action, decided in rows.iterator(chunk_size=AT_ONCE):
        for name, columns in (decided or {}).items():
            if MODELS.get(name) in DECISIONS:
                yield Held(name, columns["id"], columns, event, action)


def altered(rows: Iterable[Held]) -> Iterator[IntegrityFinding]:
    """The rows that are not as an event holds them."""
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        for name in sorted({row.name for row in some} & MODELS.keys()):
            alike = [row for row in some if row.name == name]
            there = columns_of(MODELS[name], {row.pk for row in alike})
            for held in alike:
                yield from row_differences(held, there.get(held.pk))


def row_differences(held: Held, there: dict[str, Any] | None) -> Iterator[IntegrityFinding]:
    """Where a row differs from what an event holds of it."""
    called, by = f"{held.name.replace('_', ' ')} {held.pk}", f"event {held.event} ({held.action})"
    removed = held.name == "membership" and held.action == "remove"
    if (there is None) != removed:
        said = f"The {called} is back, though {by} took it away." if removed else f"The {called} of {by} is gone."
        yield IntegrityFinding(held.name, held.pk, said)
    for column, value in held.columns.items():
        if there is not None and column != "id" and not agrees(held, column, value, there):
            yield IntegrityFinding(
                held.name, held.pk, f"“{column_words(column)}” of the {called} is not what {by} left."
            )


def column_words(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")


def agrees(held: Held, column: str, value: Any, row: dict[str, Any]) -> bool:
    """Whether a column is what the event holds, or words or bytes that an erasing blanked."""
    model = MODELS[held.name]
    if column == "warc_sha256":
        there = stored = warc_sha256(held.pk)
    elif column in WORDS.get(model, ()):
        there, stored = row[column], column_hash(model, held.pk, column, row[column])
    else:
        return bool(row[column] == value)
    return stored == value or (there in BLANKS and is_row_erased(held))


def is_row_erased(held: Held) -> bool:
    """Whether an erasing lists the row."""
    return Erasure.objects.filter(record=held.name, record_id=held.pk).exists()


def planted_decisions() -> Iterator[IntegrityFinding]:
    """Decisions that no event of their record tells of."""
    for model, owner, path in OWNERS:
        name = record_name(model)
        rows = model._default_manager.exclude(**{path: None}).order_by("pk").values_list("pk", path)
        pairs = rows.iterator(chunk_size=AT_ONCE)
        while some := list(islice(pairs, AT_ONCE)):
            known = decisions_of(name, owner, {record for _, record in some})
            for pk, record in some:
                if pk not in known:
                    said = f"No event of {owner} {record} tells of the {name.replace('_', ' ')} {pk}."
                    yield IntegrityFinding(name, pk, said)


def decisions_of(name: str, owner: str, records: set[int]) -> set[int]:
    """The numbers of the decisions of one kind that the histories of these records tell of."""
    events = Event.objects.filter(record=owner, record_id__in=records, decided__has_key=name)
    return {held[name]["id"] for held in events.values_list("decided", flat=True).iterator(chunk_size=AT_ONCE) if held}
