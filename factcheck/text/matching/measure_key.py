"""How the keys of two measures differ, in words, and a key from its stored parts.

The key itself is in ``values``; what fills its parts is read in ``measures``; whether two keys that differ may be one
measure all the same is decided by the score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from factcheck.text.values import MeasureKey, part_text

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


def measure_key_from(stored: Mapping[str, Any]) -> MeasureKey:
    """The key of its stored parts; what a newer or older engine called otherwise is left out.

    >>> measure_key_from(MeasureKey("ratio", owner="arden").as_dict()) == MeasureKey("ratio", owner="arden")
    True
    """
    known = {row.name for row in fields(MeasureKey)}
    return MeasureKey(**{"dimension": "", **{name: value for name, value in stored.items() if name in known}})


def key_differences(a: MeasureKey, b: MeasureKey) -> list[str]:
    """How two keys differ, in words an editor can read; empty where they are one.

    >>> key_differences(MeasureKey("count", "killed", "person"), MeasureKey("count", "injured", "person", year="1974"))
    ['what is told: killed, injured', 'the year: not said, 1974']
    """
    lines = []
    for row in fields(MeasureKey):
        one, two = getattr(a, row.name), getattr(b, row.name)
        if one != two:
            values = ", ".join(part_text(row.name, value) if value else "not said" for value in (one, two))
            lines.append(f"{_CALLED[row.name]}: {values}")
    return lines
