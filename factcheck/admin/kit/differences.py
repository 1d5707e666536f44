"""Two sentences beside each other, with the words marked in which they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from factcheck.models import Sentence

WORD = re.compile(r"\w+(?:[.,'’-]\w+)*|\W+")
NAMED = re.compile(r"\w")
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
    differing: tuple[set[int], set[int]] = set(range(len(left))), set(range(len(right)))
    if max(len(left), len(right)) <= MOST_WORDS:
        folded = [[word.casefold() for word, _ in words] for words in (left, right)]
        for a, b, size in SequenceMatcher(None, folded[0], folded[1], autojunk=False).get_matching_blocks():
            differing[0].difference_update(range(a, a + size))
            differing[1].difference_update(range(b, b + size))
    apart = count_words(left, differing[0]) + count_words(right, differing[1])
    if apart > (count_words(left) + count_words(right)) * (1 - LEAST_ALIKE):
        differing = set(), set()
    return in_stretches(left, differing[0]), in_stretches(right, differing[1])


def count_words(words: list[tuple[str, bool]], among: set[int] | None = None) -> int:
    """How many of these, or of those at some places, are words and not what stands between them."""
    return sum(1 for at, (text, _) in enumerate(words) if NAMED.search(text) and (among is None or at in among))


def words_of(sentence: Sentence) -> list[tuple[str, bool]]:
    """The words and what stands between them, and whether they belong to the figure; line ends are spaces."""
    parts = ((sentence.before, False), (sentence.words, True), (sentence.after, False))
    return [(re.sub(r"\s+", " ", word), figure) for text, figure in parts for word in WORD.findall(text)]


def in_stretches(words: list[tuple[str, bool]], differing: set[int]) -> list[MarkedWords]:
    """Neighbours of one kind together; what stands between two differing words differs with them."""
    found: list[MarkedWords] = []
    for at, (text, figure) in enumerate(words):
        between = not text.strip(" ,;:–-") and at - 1 in differing and at + 1 in differing
        differs = not figure and (between or (at in differing and bool(NAMED.search(text))))
        if found and (found[-1].differs, found[-1].figure) == (differs, figure):
            found[-1] = MarkedWords(found[-1].text + text, differs, figure)
        else:
            found.append(MarkedWords(text, differs, figure))
    return found
