"""Claims and figures held against the text they stand in: their words, and where in it they are.

The text itself is held against the history by its hash; what stands in it is derived, and has no event of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from factcheck.models import Anchor, Revision
from factcheck.text import AnchorState, bare_words

from .checkpoints import AT_ONCE, IntegrityFinding

COLUMNS = (
    "start",
    "end",
    "exact",
    "claim_id",
    "figure_id",
    "claim__text",
    "claim__anchor_state",
    "figure__surface",
    "figure__anchor_state",
)


def altered_marks() -> Iterator[IntegrityFinding]:
    """Claims and figures whose words are not those of the text at the place where they stand."""
    for revision in Revision.objects.filter(erased_at=None).order_by("pk").iterator(chunk_size=20):
        if hashlib.sha256(revision.text.encode()).hexdigest() != revision.text_sha256:
            continue  # the text itself was altered, which its own check tells
        rows = Anchor.objects.filter(revision=revision, start__isnull=False).order_by("pk").values(*COLUMNS)
        for row in rows.iterator(chunk_size=AT_ONCE):
            kind, pk = ("claim", row["claim_id"]) if row["claim_id"] else ("figure", row["figure_id"])
            if not stands_there(row, revision.text):
                said = f"The {kind} {pk} does not stand in revision {revision.number} of its text as its words say."
                yield IntegrityFinding(kind, pk, said)
    yield from altered_words()


def stands_there(row: dict[str, Any], text: str) -> bool:
    """Whether the words of an anchor are those of the text between its ends."""
    return bool(text[row["start"] : row["end"]] == row["exact"])


def are_words_of(words: str, exact: str) -> bool:
    """Whether words are part of others, whatever the typography: an edit of that alone leaves a claim's words be."""
    return words in exact or f" {' '.join(bare_words(words))} " in f" {' '.join(bare_words(exact))} "


def altered_words() -> Iterator[IntegrityFinding]:
    """Claims and figures that say something else than the words at their last place in a text."""
    newest = Anchor.objects.filter(start__isnull=False, revision__erased_at=None).order_by(
        "claim", "figure", "-revision"
    )
    seen: tuple[Any, Any] = (None, None)
    for row in newest.values(*COLUMNS).iterator(chunk_size=AT_ONCE):
        if (mark := (row["claim_id"], row["figure_id"])) == seen:
            continue
        seen = mark
        state = row["claim__anchor_state"] or row["figure__anchor_state"]
        words = row["claim__text"] if row["claim_id"] else row["figure__surface"]
        if state != AnchorState.ORPHANED and not are_words_of(words, row["exact"]):
            kind, pk = ("claim", row["claim_id"]) if row["claim_id"] else ("figure", row["figure_id"])
            yield IntegrityFinding(kind, pk, f"The words of the {kind} {pk} are not those of its text.")
