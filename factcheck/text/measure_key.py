"""What two figures must share to be of one measure, part by part, and how two of them differ, in words.

Here lives the typed value alone; what fills its parts is read in ``measures``, and whether two keys that differ may be
one measure all the same is weighed in ``matching``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

LONGEST_PART = 48


@dataclass(frozen=True, slots=True, order=True)
class MeasureKey:
    """The parts that say what a figure measures; empty where the copy says nothing of the kind.

    ``concept`` is the named quantity (damage, stake) or the family of the event (killed, displaced), ``noun`` that of
    the counted thing, ``modifiers`` what narrows it. ``side`` is whose team or force it is, ``owner`` whose price,
    stake or share. ``shock`` tells another quake than the one reported, ``near`` holds the words beside a figure of
    which nothing says what it measures. ``year`` and ``event`` are of another event than the one reported. ``scope``:
    "further", "part", "part:" with a place. ``place`` is given only where one sentence tells the thing of several
    places; ``mood``: denied, feared, forecast, planned; ``story``: which of several stories put under one topic.
    """

    dimension: str
    concept: str = ""
    noun: str = ""
    modifiers: str = ""
    side: str = ""
    owner: str = ""
    shock: str = ""
    near: str = ""
    year: str = ""
    event: str = ""
    scope: str = ""
    change: bool = False
    rate: bool = False
    place: str = ""
    mood: str = ""
    story: str = ""

    def __str__(self) -> str:
        """One line for a column of a database; nothing reads it back.

        >>> str(MeasureKey("count", concept="killed", noun="person", year="1974", change=True))
        'count|killed|person|@1974|change'
        """
        return "|".join(_SIGNS.get(name, "") + _said(name, value) for name, value in self.parts())

    def parts(self) -> list[tuple[str, str | bool]]:
        """The parts that are said, by their names, in order."""
        rows = ((row.name, getattr(self, row.name)) for row in fields(self))
        return [(name, value) for name, value in rows if value]

    def as_dict(self) -> dict[str, Any]:
        """The parts that are said, to be stored; ``key_of`` reads them back."""
        return dict(self.parts())

    @property
    def thing(self) -> str:
        """What names the thing first: its concept, else its noun."""
        return self.concept or self.noun

    def words(self) -> frozenset[str]:
        """The words that name the thing."""
        said = (self.concept, self.noun, self.modifiers, self.side, self.owner, self.shock, self.near, self.mood)
        return frozenset(word for part in said for word in part.split())


_SIGNS = {"near": "?", "year": "@", "event": "~", "place": "at ", "story": "in "}
_CALLED = {
    "dimension": "measured in",
    "concept": "what is told",
    "noun": "the thing counted",
    "modifiers": "which of them",
    "side": "whose side",
    "owner": "whose",
    "shock": "which shock",
    "near": "the words beside it",
    "year": "the year",
    "event": "the event",
    "scope": "part or whole",
    "change": "change or level",
    "rate": "rate or count",
    "place": "the place",
    "mood": "whether it is so",
    "story": "the story",
}


def _said(name: str, value: str | bool) -> str:
    return name if value is True else str(value)


def key_of(stored: Mapping[str, Any]) -> MeasureKey:
    """The key of its stored parts; what a newer or older engine called otherwise is left out.

    >>> key_of(MeasureKey("ratio", owner="arden").as_dict()) == MeasureKey("ratio", owner="arden")
    True
    """
    known = {row.name for row in fields(MeasureKey)}
    return MeasureKey(**{"dimension": "", **{name: value for name, value in stored.items() if name in known}})


def differences(a: MeasureKey, b: MeasureKey) -> list[str]:
    """How two keys differ, in words an editor can read; empty where they are one.

    >>> differences(MeasureKey("count", "killed", "person"), MeasureKey("count", "injured", "person", year="1974"))
    ['what is told: killed, injured', 'the year: not said, 1974']
    """
    told = []
    for row in fields(MeasureKey):
        one, two = getattr(a, row.name), getattr(b, row.name)
        if one != two:
            values = ", ".join(_said(row.name, value) if value else "not said" for value in (one, two))
            told.append(f"{_CALLED[row.name]}: {values}")
    return told
