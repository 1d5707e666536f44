"""Which texts tell of one story, where nobody has sorted them into topics.

Here lives the likeness of whole texts: names they share, and days between them. An archive put under one topic falls
into its stories by it; the few texts of a real topic stay together.
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
APART = timedelta(days=60)
_SHARE = 0.2
_FEW = 4


@dataclass(frozen=True, slots=True)
class Text:
    """What is known of a whole text: the names inside its sentences, and when it was published."""

    names: frozenset[str]
    published: datetime | None


def names_in(text: str) -> frozenset[str]:
    """The names that stand inside sentences, each once.

    >>> sorted(names_in("On Monday the ferry to Ost, the Arden, sank off Norland."))
    ['Arden', 'Norland', 'Ost']
    """
    return frozenset(name for name in _NAME.findall(text) if name.lower() not in _NO_NAMES)


def stories(texts: Mapping[str, Text]) -> dict[str, str]:
    """The story of each text, named by the first text in it.

    Two texts are of one story if a fifth of the names of the shorter stand in the other and no more than 60 days lie
    between them; a text with fewer than four names goes with those of its time. What holds for two pairs in a row
    holds for the chain.
    """
    parent = {name: name for name in texts}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    holders: dict[str, list[str]] = defaultdict(list)
    for name in sorted(texts):
        shared: Counter[str] = Counter(other for word in texts[name].names for other in holders[word])
        for other in sorted(parent) if len(texts[name].names) < _FEW else sorted(shared):
            if other < name and _together(texts[name], texts[other], shared[other]):
                one, two = sorted((root(name), root(other)))
                parent[two] = one
        for word in texts[name].names:
            holders[word].append(name)
    return {name: root(name) for name in texts}


def _together(a: Text, b: Text, shared: int) -> bool:
    if a.published and b.published and abs(a.published.date() - b.published.date()) > APART:
        return False
    least = min(len(a.names), len(b.names))
    return least < _FEW or (shared >= 2 and shared >= _SHARE * least)
