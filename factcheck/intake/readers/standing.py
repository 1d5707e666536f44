"""What a sender says of a version of a story, in remarks for the editor: status, version, notes, embargo."""

from __future__ import annotations

import re
from collections.abc import Iterable

from factcheck.intake.text_cleaning import one_line

_REVOKED = ("cancel", "kill", "withdraw", "revoke")
_BEGINNING = 2_000
_EMBARGO = re.compile(
    r"^[^\w\n]*(?:(?:strictly\s+|under\s+(?:an?\s+)?)?embargo(?:ed)?\b(?:\s*:|[^\n.]{0,60}?(?:\buntil\b|\btill\b|\bto\b|\bfor\b|\d))"
    r"|not\s+for\s+(?:release|publication|use|broadcast)\b|hold\s+for\s+release\b|for\s+release\s+(?:on|at|after)\b)[^\n]{0,200}",
    re.IGNORECASE | re.MULTILINE,
)


def standing(
    *, status: str = "", version: str = "", notes: Iterable[str] = (), signals: Iterable[str] = ()
) -> list[str]:
    """The remarks on a wire item; none for the first version of one that may be used."""
    remarks = []
    word = one_line(status, 40).rpartition(":")[2].rpartition("/")[2]
    if word.lower().startswith(_REVOKED):
        remarks.append(f"The sender has taken this item back ({word}): do not use it.")
    elif word and word.lower() != "usable":
        remarks.append(f"The sender marks this item as {word!r}.")
    number = one_line(version, 20)
    if number and number not in ("0", "1", "1.0"):
        remarks.append(f"The sender calls this version {number} of the item; an earlier one may be in use.")
    remarks += [f"The sender signals: {word}." for found in signals if (word := one_line(found, 60).rpartition(":")[2])]
    remarks += [f"The sender notes: “{text}”" for found in notes if (text := one_line(found, 400))]
    return list(dict.fromkeys(remarks))


def embargo_in_words(text: str) -> tuple[str, ...]:
    """A remark where one of the first lines of a text asks for an embargo.

    >>> embargo_in_words("Embargoed until Friday, 6 am" + chr(10) + "Forty homes.")
    ('The text asks for an embargo: “Embargoed until Friday, 6 am”. Please enter until when it lasts.',)
    """
    found = _EMBARGO.search(text[:_BEGINNING])
    if found is None:
        return ()
    return (f"The text asks for an embargo: “{one_line(found[0], 120)}”. Please enter until when it lasts.",)
