"""Where a span of an old text stands in a new one: exact, moved, edited, ambiguous, or orphaned.

Which sentence became which is found in ``alignment``, what changed in ``changes``. A lost or ambiguous span is shown
to a person, never guessed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise

from factcheck.text.anchoring import changes
from factcheck.text.anchoring.alignment import Alignment, align
from factcheck.text.values import Anchoring, AnchorState, Span


def reanchor(old_text: str, span: Span, new_text: str) -> Anchoring:
    """Where one span went. Edits elsewhere leave it exact; in its own sentences they are classed.

    >>> old, new = "Rain fell. Some 40 men left.", "Rain fell. Some 45 men left."
    >>> reanchor(old, Span(16, 18), new)
    Anchoring(state=<AnchorState.EDITED: 'edited'>, span=Span(start=16, end=18), changes=('number',), candidates=())
    """
    return reanchor_all(old_text, [span], new_text)[0]


def reanchor_all(old_text: str, spans: Iterable[Span], new_text: str) -> list[Anchoring]:
    """Where many spans of one text went; the two texts are aligned once."""
    wanted = list(spans)
    if old_text == new_text:
        return [Anchoring(AnchorState.EXACT, span) if _inside(span, old_text) else _orphaned() for span in wanted]
    if not wanted:
        return []
    alignment = align(old_text, new_text)
    starts = [s.start for s in alignment.old]
    ends = [s.end for s in alignment.old]
    return [_anchor(old_text, span, new_text, alignment, starts, ends) for span in wanted]


def _inside(span: Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)


def _orphaned() -> Anchoring:
    return Anchoring(AnchorState.ORPHANED, None)


def _anchor(
    old_text: str, span: Span, new_text: str, alignment: Alignment, starts: list[int], ends: list[int]
) -> Anchoring:
    if not _inside(span, old_text):
        return _orphaned()
    first, last = bisect_right(ends, span.start), bisect_left(starts, max(span.end, span.start + 1)) - 1
    if first > last or first >= len(starts):
        return _orphaned()
    parts = [_part(old_text, span, new_text, alignment, i) for i in range(first, min(last, len(starts) - 1) + 1)]
    return parts[0] if len(parts) == 1 else _merged_parts(parts)


def _part(old_text: str, span: Span, new_text: str, alignment: Alignment, i: int) -> Anchoring:
    """The part of a span that lies in one old sentence."""
    sentence, kind = alignment.old[i], alignment.kind[i]
    start, end = max(span.start, sentence.start), min(span.end, sentence.end)
    if kind in ("exact", "moved"):
        target = alignment.new[alignment.match[i]]
        state = AnchorState.EXACT if kind == "exact" else AnchorState.MOVED
        return Anchoring(state, Span(start - sentence.start + target.start, end - sentence.start + target.start))
    if kind == "ambiguous":
        found = [alignment.new[j] for j in alignment.candidates[i]]
        placed = [_within(old_text, Span(start, end), sentence, new_text, new) for new in found]
        return Anchoring(AnchorState.AMBIGUOUS, None, (), tuple(p for p in placed if p is not None) or tuple(found))
    if kind != "similar":
        return _orphaned()
    target = alignment.new[alignment.match[i]]
    old_words = changes.tokens(old_text, sentence.start, sentence.end)
    new_words = changes.tokens(new_text, target.start, target.end)
    there = _within(old_text, Span(start, end), sentence, new_text, target)
    return Anchoring(AnchorState.EDITED, there or target, changes.change_classes(old_words, new_words))


def _within(old_text: str, span: Span, sentence: Span, new_text: str, target: Span) -> Span | None:
    """Where a span of an old sentence stands in the new wording of it."""
    if span.start == sentence.start and span.end == sentence.end:
        return target
    words = span.cut(old_text)
    first = new_text.find(words, target.start, target.end)
    if words and first >= 0 and new_text.find(words, first + 1, target.end) < 0:
        return Span(first, first + len(words))
    found = changes.locate(
        changes.tokens(old_text, sentence.start, sentence.end),
        changes.tokens(new_text, target.start, target.end),
        span.start,
        span.end,
    )
    return Span(*found) if found else None


def _merged_parts(parts: list[Anchoring]) -> Anchoring:
    """A span over several sentences is as sound as its weakest part, and stands only where they stay together."""
    if any(p.state is AnchorState.ORPHANED for p in parts):
        kept = [p.span for p in parts if p.span]
        if not kept:
            return _orphaned()
        return Anchoring(AnchorState.EDITED, Span(min(s.start for s in kept), max(s.end for s in kept)), ("wording",))
    if any(p.state is AnchorState.AMBIGUOUS for p in parts):
        return Anchoring(AnchorState.AMBIGUOUS, None, (), tuple(c for p in parts for c in p.candidates))
    spans = [p.span for p in parts if p.span]
    whole = Span(min(s.start for s in spans), max(s.end for s in spans))
    ordered = all(a.end <= b.start for a, b in pairwise(spans))
    classed = dict.fromkeys(c for p in parts for c in p.changes)
    if not ordered:
        classed["wording"] = None
    if classed:
        if len(classed) > 1:
            classed.pop("typography", None)
        return Anchoring(AnchorState.EDITED, whole, tuple(classed))
    moved = any(p.state is AnchorState.MOVED for p in parts)
    return Anchoring(AnchorState.MOVED if moved else AnchorState.EXACT, whole)
