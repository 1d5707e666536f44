"""Splits texts into stories, where nobody has sorted them into topics.

Texts are similar by the names they share and the days between them. An archive under one topic falls into its
stories; the few texts of a real topic stay together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern

_LEX = load()
_NAME = Pattern(r"(?<=[a-z,;:] )[A-Z][a-z]+(?:[A-Z][a-z]+)?")
_NO_NAMES = frozenset(_LEX.months) | frozenset(_LEX.weekdays)
MOST_DAYS_APART = timedelta(days=60)
_SHARE = 0.2
_FEW = 4


@dataclass(frozen=True, slots=True)
class TextSummary:
    """What is known of a whole text: the names inside its sentences, and when it was published."""

    names: frozenset[str]
    published: datetime | None


def names_inside_sentences(text: str) -> frozenset[str]:
    """The names that stand inside sentences, each once.

    >>> sorted(names_inside_sentences("On Monday the ferry to Ost, the Arden, sank off Norland."))
    ['Arden', 'Norland', 'Ost']
    """
    return frozenset(name for name in _NAME.findall(text) if name.lower() not in _NO_NAMES)


def split_into_stories(texts: Mapping[str, TextSummary]) -> dict[str, str]:
    """The story of each text, named by the first text in it.

    Two texts are of one story if a fifth of the names of the shorter stand in the other and no more than 60 days lie
    between them; what holds for two pairs in a row holds for the chain. A text with fewer than four names joins the
    story it shares most names with, else the only one of its days; it never links two.
    """
    parent = {name: name for name in texts}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    holders: dict[str, list[str]] = defaultdict(list)
    named_texts = [name for name in sorted(texts) if len(texts[name].names) >= _FEW]
    for name in named_texts:
        shared: Counter[str] = Counter(other for word in texts[name].names for other in holders[word])
        for other in sorted(shared):
            if _are_one_story(texts[name], texts[other], shared[other]):
                one, two = sorted((root(name), root(other)))
                parent[two] = one
        for word in texts[name].names:
            holders[word].append(name)
    found = {name: root(name) for name in named_texts}
    return {name: found[name] if name in found else _story_of_brief_text(texts, name, found) for name in texts}


def _story_of_brief_text(texts: Mapping[str, TextSummary], brief: str, found: Mapping[str, str]) -> str:
    """The story a text with few names belongs to: of those of its days, the one that names most of its names."""
    near: Counter[str] = Counter()
    for name, story in found.items():
        if _near_in_time(texts[brief], texts[name]):
            near[story] = max(near[story], 1 + len(texts[brief].names & texts[name].names))
    if not near:
        return min((n for n in texts if n not in found and _near_in_time(texts[brief], texts[n])), default=brief)
    best = max(near.values())
    stories_best = [story for story in sorted(near) if near[story] == best]
    return stories_best[0] if len(stories_best) == 1 else brief


def _near_in_time(a: TextSummary, b: TextSummary) -> bool:
    return not (a.published and b.published) or abs(a.published.date() - b.published.date()) <= MOST_DAYS_APART


def _are_one_story(a: TextSummary, b: TextSummary, shared: int) -> bool:
    return _near_in_time(a, b) and shared >= 2 and shared >= _SHARE * min(len(a.names), len(b.names))
