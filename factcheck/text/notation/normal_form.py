"""The normal form of a text: an ordered table of rules that rewrite notations, and the way back to the text as stored.

What each rule rewrites is in its module. A rule sees what those above it have made of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

from factcheck.text.notation import footnotes, line_ends, separators, shorthand
from factcheck.text.values import Span

Edit = tuple[int, int, str]
"""Where a notation begins and ends, and what it is read as."""
RULES: tuple[tuple[str, Callable[[str], Iterator[Edit]]], ...] = (
    ("digits of full width", separators.full_width),
    ("line ends", line_ends.joined),
    ("footnote marks", footnotes.without_marks),
    ("decimal commas", separators.decimal_commas),
    ("points between thousands", separators.thousands),
    ("powers of ten", shorthand.powers),
    ("feet and inches", shorthand.feet_and_inches),
    ("abbreviations before numbers", shorthand.before_numbers),
    ("hyphened number words", shorthand.number_words),
)


def normal_form(text: str) -> tuple[str, list[int] | None]:
    """A text as the engine reads it, and where each of its characters stands in the text as stored.

    The places are None where every character stands where it stood.

    >>> normal_form("40 mil-\\nlion people, 0,5 per cent")[0]
    '40 million people, 0.5 per cent'
    >>> normal_form("40 people")
    ('40 people', None)
    """
    places: list[int] | None = None
    for _, rule in RULES:
        edits = list(rule(text))
        if not edits:
            continue
        if any(stop - start != len(read) for start, stop, read in edits):
            here = _places(edits, len(text))
            places = here if places is None else [places[at] for at in here]
        text = _rewritten(text, edits)
    return text, places


def _rewritten(text: str, edits: list[Edit]) -> str:
    ends = [0, *(stop for _, stop, _ in edits)]
    kept = (text[end:start] for end, (start, _, _) in zip(ends, edits, strict=False))
    return "".join([*chain(*zip(kept, (read for *_, read in edits), strict=True)), text[ends[-1] :]])


def _places(edits: list[Edit], size: int) -> list[int]:
    """For each character of the rewritten text its place; the last of a rewritten notation is the last of it."""
    places: list[int] = []
    at = 0
    for start, stop, read in edits:
        places += range(at, start)
        places += [*(min(start + n, stop - 1) for n in range(len(read) - 1)), *([stop - 1] if read else [])]
        at = stop
    return [*places, *range(at, size + 1)]


def put_back(part: Any, places: list[int]) -> Any:
    """What was found in the normal form, its spans as they stand in the text as stored.

    >>> put_back((Span(0, 2),), [0, 1, 3, 4])
    (Span(start=0, end=2),)
    """
    if isinstance(part, Span):
        end = places[part.end - 1] + 1 if part.end > part.start else places[part.end]
        return Span(places[part.start], end)
    if isinstance(part, tuple):
        return tuple(put_back(inner, places) for inner in part)
    if is_dataclass(part) and not isinstance(part, type):
        return type(part)(**{row.name: put_back(getattr(part, row.name), places) for row in fields(part)})
    return part
