"""Aligns two versions of a text: which sentence of the old one is which sentence of the new one.

Sentences are matched by hash, by occurrence and by their neighbours; edited sentences by shared words inside the gap
they stood in. Apart from sorting the work is linear.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from factcheck.text.anchoring import changes
from factcheck.text.sentences import split_sentences
from factcheck.text.values import Span

_NEARBY = 12
_SIMILAR = 0.5
_COMMON = 40


@dataclass(slots=True)
class Alignment:
    """For each old sentence its new index, whether order was kept, or the equal candidates."""

    old: list[Span]
    new: list[Span]
    match: list[int]
    kind: list[str]
    candidates: dict[int, list[int]] = field(default_factory=dict)


def align(old_text: str, new_text: str) -> Alignment:
    """Align two texts; ``kind`` is exact, moved, similar, ambiguous, or lost.

    >>> align("One fell. Two rose.", "Two rose. One fell. Three sat.").kind
    ['moved', 'exact']
    """
    old, new = split_sentences(old_text), split_sentences(new_text)
    result = Alignment(old, new, [-1] * len(old), ["lost"] * len(old))
    taken = [False] * len(new)
    left, right = [s.cut(old_text) for s in old], [s.cut(new_text) for s in new]
    pairs = _equal(left, right, result)
    kept = _in_order(pairs)
    for i, j in pairs:
        result.match[i], taken[j] = j, True
        result.kind[i] = "exact" if (i, j) in kept else "moved"
    _neighbours(left, right, result, taken)
    _match_similar(old_text, new_text, result, taken)
    return result


def _equal(left: list[str], right: list[str], result: Alignment) -> list[tuple[int, int]]:
    """Equal sentences that occur equally often, paired in order; the others are left as candidates."""
    where_old: dict[str, list[int]] = defaultdict(list)
    where_new: dict[str, list[int]] = defaultdict(list)
    for i, words in enumerate(left):
        where_old[words].append(i)
    for j, words in enumerate(right):
        where_new[words].append(j)
    pairs: list[tuple[int, int]] = []
    for words, here in where_old.items():
        there = where_new.get(words, [])
        if len(here) == len(there):
            pairs += zip(here, there, strict=True)
        elif there:
            for i in here:
                result.candidates[i] = there
    pairs.sort()
    return pairs


def _in_order(pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The longest run of pairs that keeps the order of both texts."""
    tails: list[int] = []
    at: list[int] = []
    back: list[int] = [-1] * len(pairs)
    for index, (_, j) in enumerate(pairs):
        k = bisect_left(tails, j)
        back[index] = at[k - 1] if k else -1
        if k == len(tails):
            tails.append(j)
            at.append(index)
        else:
            tails[k], at[k] = j, index
    kept: set[tuple[int, int]] = set()
    index = at[-1] if at else -1
    while index >= 0:
        kept.add(pairs[index])
        index = back[index]
    return kept


def _neighbours(left: list[str], right: list[str], result: Alignment, taken: list[bool]) -> None:
    """Match a repeated sentence by the sentence before or after it."""
    for order, step in ((range(len(left)), -1), (range(len(left) - 1, -1, -1), 1)):
        for i in order:
            if result.match[i] >= 0 or i not in result.candidates or not 0 <= i + step < len(left):
                continue
            beside = result.match[i + step]
            j = beside - step
            if beside >= 0 and 0 <= j < len(right) and not taken[j] and right[j] == left[i]:
                result.match[i], result.kind[i], taken[j] = j, result.kind[i + step], True
    for i, there in result.candidates.items():
        if result.match[i] >= 0:
            continue
        free = [j for j in there if not taken[j]]
        if not free:
            continue
        edge = _edge(i, len(left), free, len(right))
        if len(free) == 1 or edge >= 0:
            j = free[0] if len(free) == 1 else edge
            result.match[i], result.kind[i], taken[j] = j, "exact", True
        else:
            result.kind[i] = "ambiguous"
            result.candidates[i] = free


def _edge(i: int, old: int, free: list[int], new: int) -> int:
    """The first sentence of a text stays the first, the last the last."""
    if i == 0 and free[0] == 0:
        return 0
    return new - 1 if i == old - 1 and free[-1] == new - 1 else -1


def _match_similar(old_text: str, new_text: str, result: Alignment, taken: list[bool]) -> None:
    """Edited sentences: the most similar free sentence between the neighbours, else anywhere by rare words."""
    unmatched = [i for i, kind in enumerate(result.kind) if kind == "lost"]
    free = [j for j, used in enumerate(taken) if not used]
    if not unmatched or not free:
        return
    words_new = {j: changes.tokens(new_text, result.new[j].start, result.new[j].end) for j in free}
    index: dict[str, list[int]] = defaultdict(list)
    for j in free:
        for word in {t for t, _, _ in words_new[j]}:
            index[word].append(j)
    for i in unmatched:
        words = changes.tokens(old_text, result.old[i].start, result.old[i].end)
        low, high = _gap_between(result, i)
        near = free[bisect_left(free, low + 1) : bisect_left(free, high)][:_NEARBY]
        best = _best(words, near, words_new, taken, 0.34 if len(near) == 1 else 0.42)
        if not best:
            rare = [w for w in dict.fromkeys(t for t, _, _ in words) if 0 < len(index.get(w, ())) <= _COMMON]
            far = list(dict.fromkeys(j for w in rare[:_COMMON] for j in index[w]))[: 8 * _NEARBY]
            best = _best(words, far, words_new, taken, _SIMILAR)
        if len(best) == 1:
            result.match[i], result.kind[i], taken[best[0]] = best[0], "similar", True
        elif best:
            result.kind[i], result.candidates[i] = "ambiguous", best


def _gap_between(result: Alignment, i: int) -> tuple[int, int]:
    """The new sentences between the matches of the neighbours of an old one."""
    low = next(
        (result.match[k] for k in range(i - 1, max(-1, i - 1 - _NEARBY), -1) if result.kind[k] in ("exact", "similar")),
        -1,
    )
    high = next(
        (result.match[k] for k in range(i + 1, min(len(result.match), i + 1 + _NEARBY)) if result.kind[k] == "exact"),
        len(result.new),
    )
    return (low, high) if low < high else (-1, -1)


def _best(
    words: list[changes.Token],
    among: list[int],
    words_new: dict[int, list[changes.Token]],
    taken: list[bool],
    floor: float,
) -> list[int]:
    """The most similar of some sentences; several where they are equally similar."""
    scored = [(changes.similarity(words, words_new[j]), j) for j in among if not taken[j]]
    top = max((s for s, _ in scored), default=0.0)
    return [j for s, j in scored if s == top] if top >= floor else []
