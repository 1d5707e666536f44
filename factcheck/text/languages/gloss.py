"""A Ukrainian text word by word in English: no translation, only enough for two sentences to be held alike.

Known words stand in English, known places by their English names, the rest as they are written; numbers stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from factcheck.text.languages.ukrainian_context import glosses_of
from factcheck.text.patterns import Pattern
from factcheck.text.values import Gloss, Span

_WORD = Pattern(r"[^\W\d_][^\W\d_'-]*")


def gloss_of(text: str, sentences: Iterable[Span], figures: Iterable[tuple[Span, Span]]) -> Gloss:
    """A text in English words, and where its sentences and figures stand in it.

    >>> found = gloss_of("Знищено 12 будинків.", [Span(0, 20)], [(Span(0, 20), Span(8, 10))])
    >>> found.text, found.figures[0][1].cut(found.text)
    ('destroyed 12 houses.', '12')
    """
    parts: list[str] = []
    stops, shifts, at, size = [0], [0], 0, 0
    for match in _WORD.finditer(text):
        gap, word = text[at : match.start()], glosses_of(match.group())
        parts += [gap, word]
        size += len(gap) + len(word)
        at = match.end()
        stops.append(at)
        shifts.append(size - at)
    parts.append(text[at:])

    def moved(span: Span) -> Span:
        return Span(*(place + shifts[max(0, bisect_left(stops, place + 1) - 1)] for place in (span.start, span.end)))

    spans = tuple((moved(sentence), moved(span)) for sentence, span in figures)
    return Gloss("".join(parts), tuple(moved(s) for s in sentences), spans)
