"""Two sentences beside each other, with the words marked in which they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from factcheck.models import Sentence

WORD = re.compile(r"\w+(?:[.,'’-]\w+)*|\W+")
MOST_WORDS = 400
"""Longer sentences are shown without marks: a comparison of theirs would take seconds, and tell nothing."""

LEAST_ALIKE = 0.5
"""Of sentences that share less nearly every word would be marked."""


@dataclass(frozen=True)
class MarkedWords:
    """A stretch of a sentence: the figure's own words, words that the other side has not, or words of both."""

    text: str
    differs: bool = False
    figure: bool = False


def sentences_compared(one: Sentence, other: Sentence) -> tuple[list[MarkedWords], list[MarkedWords]]:
    """Both sentences in stretches; what stands in one of them alone differs, whatever its case.

    Nothing is marked in sentences that have little in common, or are very long.
    """
    left, right = words_of(one), words_of(other)
    if len(left) > MOST_WORDS or len(right) > MOST_WORDS:
        return in_stretches(left, set()), in_stretches(right, set())
    same_left, same_right = set(), set()
    folded = [[word.casefold() for word, _ in words] for words in (left, right)]
    matcher = SequenceMatcher(None, folded[0], folded[1], autojunk=False)
    if matcher.ratio() < LEAST_ALIKE:
        return in_stretches(left, set()), in_stretches(right, set())
    for a, b, size in matcher.get_matching_blocks():
        same_left |= set(range(a, a + size))
        same_right |= set(range(b, b + size))
    return in_stretches(left, set(range(len(left))) - same_left), in_stretches(
        right, set(range(len(right))) - same_right
    )


def words_of(sentence: Sentence) -> list[tuple[str, bool]]:
    """The words and what stands between them, and whether they belong to the figure; line ends are spaces."""
    parts = ((sentence.before, False), (sentence.words, True), (sentence.after, False))
    return [(re.sub(r"\s+", " ", word), figure) for text, figure in parts for word in WORD.findall(text)]


def in_stretches(words: list[tuple[str, bool]], differing: set[int]) -> list[MarkedWords]:
    """Neighbours of one kind together; what stands between two differing words differs with them."""
    found: list[MarkedWords] = []
    for at, (text, figure) in enumerate(words):
        between = not text.strip(" ,;:–-") and at - 1 in differing and at + 1 in differing
        named = bool(re.search(r"\w", text))
        differs = not figure and (between or (at in differing and named))
        if found and (found[-1].differs, found[-1].figure) == (differs, figure):
            found[-1] = MarkedWords(found[-1].text + text, differs, figure)
        else:
            found.append(MarkedWords(text, differs, figure))
    return found
