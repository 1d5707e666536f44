"""What an event holds of its records: the decided columns as the action left them, words as salted hashes.

``DECIDED`` names, for each kind of record, the columns that change only beside an event; ``history_checks`` compares
them with the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model

from factcheck.models import (
    ERASED,
    POLICY_FIELDS,
    Claim,
    Correction,
    Discrepancy,
    Document,
    ErasedPerson,
    Evidence,
    Figure,
    Judgement,
    Membership,
    Policy,
    Publication,
    Report,
    Revision,
    SignOff,
    Snapshot,
    Source,
    Verdict,
    VerificationTask,
    Waiver,
    Webhook,
    record_name,
)

BLANKS: tuple[Any, ...] = ("", ERASED, [], {})
"""What erased words become."""

RECORDS: dict[type[Model], tuple[str, ...]] = {
    Document: (
        "state",
        "desk_id",
        "kind",
        "title",
        "byline",
        "url",
        "topic_id",
        "embargo_until",
        "source_app",
        "source_id",
        "created_by_id",
        "created_at",
    ),
    Claim: ("state", "document_id", "claim_type", "split_from_id"),
    Figure: (
        "state",
        "document_id",
        "claim_id",
        "value",
        "low",
        "high",
        "unit",
        "hedge",
        "modality",
        "corrected_by_id",
    ),
    VerificationTask: ("state", "claim_id", "assignee_id", "method", "due_at", "waiting_for", "created_by_id"),
    Evidence: (
        "state",
        "claim_id",
        "source_id",
        "kind",
        "stance",
        "source_use",
        "credibility",
        "snapshot_id",
        "derived_from_id",
        "derived_from_source_id",
        "excerpt",
        "note",
        "assessed_by_id",
        "created_by_id",
    ),
    Discrepancy: ("state", "resolution", "resolution_note", "resolved_by_id", "resolved_at"),
    Judgement: ("state", "a_id", "b_id", "same", "origin", "note", "by_id", "confirmed_by_id"),
    Membership: ("user_id", "desk_id", "role"),
    ErasedPerson: ("user_id",),
    Policy: ("desk_id", *POLICY_FIELDS),
    Source: ("reliability",),
    Webhook: ("desk_id", "url", "events", "active", "created_by_id"),
    Report: (
        "kind",
        "desk_id",
        "document_id",
        "subscription_id",
        "slot",
        "title",
        "sha256",
        "built_at",
        "created_by_id",
    ),
}
"""Records that have a chain of their own."""

DECISIONS: dict[type[Model], tuple[str, ...]] = {
    Verdict: ("claim_id", "label", "revision_id", "note", "by_id", "at"),
    SignOff: ("verdict_id", "revision_id", "words_sha256", "eyes", "attributed_in_copy", "origins", "by_id", "at"),
    Waiver: ("claim_id", "revision_id", "reason", "expires_at", "covers", "by_id", "at"),
    Publication: ("document_id", "revision_id", "clear", "title", "byline", "answer", "by_id", "at"),
    Correction: ("publication_id", "claim_id", "correction_class", "wording", "by_id", "at"),
    Revision: (
        "document_id",
        "number",
        "text",
        "text_sha256",
        "words_sha256",
        "bytes_sha256",
        "snapshot_id",
        "created_by_id",
        "created_at",
    ),
    Snapshot: ("desk_id", "url", "filename", "sha256", "size", "text", "taken_at"),
}
"""Rows that are written once, beside an event of another record."""

DECIDED = {**RECORDS, **DECISIONS}
MODELS = {record_name(model): model for model in DECIDED}
PEOPLE = {Document: "authors", Source: "people_with_access"}
"""Lists of people that are decided with a record."""
WORDS: dict[type[Model], tuple[str, ...]] = {
    Document: ("title", "byline", "url"),
    Evidence: ("excerpt", "note"),
    Discrepancy: ("resolution_note",),
    Judgement: ("note",),
    Verdict: ("note",),
    Waiver: ("reason", "covers"),
    Publication: ("title", "byline", "answer"),
    Correction: ("wording",),
    Revision: ("text",),
    Snapshot: ("url", "filename", "text"),
    Webhook: ("url",),
    Report: ("title",),
}
"""Columns that hold words: an event holds a hash of them, and an erasing may blank them."""


def columns_of(model: type[Model], keys: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The decided columns of rows as they are now, by number; words as they stand."""
    columns = DECIDED[model]
    rows = model._default_manager.filter(pk__in=list(keys)).values("pk", *columns).order_by("pk")
    found = {row["pk"]: {name: json_value(row[name]) for name in columns} for row in rows}
    if name := PEOPLE.get(model):
        for row in found.values():
            row[name] = []
        pairs = model._default_manager.filter(pk__in=list(found)).values_list("pk", name).order_by("pk", name)
        for pk, person in pairs:
            if person is not None:
                found[pk][name].append(json_value(person))
    return found


def json_value(value: Any) -> Any:
    """A value as JSON keeps it: numbers by their digits; the key of a person may be a UUID, for it is the host's."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return [json_value(entry) for entry in value]
    if isinstance(value, UUID):
        return str(value)
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def hashed(model: type[Model], pk: int, row: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row with hashes in the place of words."""
    words = WORDS.get(model, ())
    return {name: column_hash(model, pk, name, value) if name in words else value for name, value in row.items()}


def column_hash(model: type[Model], pk: int, column: str, words: Any) -> str:
    """The hash of words, salted with their place; empty words have none, so that it shows that there were none."""
    if words in ("", [], {}):
        return ""
    salted = json.dumps([record_name(model), pk, column, words], sort_keys=True)
    return hashlib.sha256(salted.encode("utf-8", "surrogatepass")).hexdigest()


def decided_of(records: Iterable[Model], decision: Model | None = None) -> dict[int, dict[str, Any]]:
    """What the events of records of one kind hold of them, by number, read from the database as it is now."""
    found: dict[int, dict[str, Any]] = {record.pk: {} for record in records}
    for model in {type(record) for record in records} & RECORDS.keys():
        for pk, row in columns_of(model, found).items():
            found[pk][record_name(model)] = hashed(model, pk, row)
    if decision is not None:
        held = held_of(decision)
        for row in found.values():
            row[record_name(decision)] = held
    return found


def held_of(decision: Model) -> dict[str, Any]:
    """What an event holds of the row that was written with it."""
    (row,) = columns_of(type(decision), [decision.pk]).values()
    held = {"id": decision.pk, **hashed(type(decision), decision.pk, row)}
    return {**held, "warc_sha256": warc_sha256(decision.pk)} if isinstance(decision, Snapshot) else held


def warc_sha256(snapshot: int) -> str:
    """The hash of the stored bytes of a snapshot, empty where they were erased; one at a time, for they are large."""
    warc = Snapshot.objects.values_list("warc", flat=True).get(pk=snapshot)
    return hashlib.sha256(bytes(warc)).hexdigest() if warc else ""
