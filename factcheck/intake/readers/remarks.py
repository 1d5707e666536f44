"""Remarks for the editor that name the first of several places, in the same words whatever the format."""

from __future__ import annotations

from collections.abc import Iterable

from factcheck.intake.text_cleaning import one_line

QUOTED = 80


def quoted_remark(what: str, passages: Iterable[str]) -> tuple[str, ...]:
    """A remark that counts passages and quotes the first; none where they hold no words.

    >>> quoted_remark("Struck-through text is not in the text", ["12", " "])
    ('Struck-through text is not in the text (1 place), the first: “12”.',)
    """
    worded = [line for passage in passages if (line := one_line(passage, QUOTED))]
    if not worded:
        return ()
    places = "1 place" if len(worded) == 1 else f"{len(worded)} places"
    return (f"{what} ({places}), the first: “{worded[0]}”.",)
