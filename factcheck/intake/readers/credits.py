"""Titles and bylines as an editor would write them: one cleaning for every door a text comes in by."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from factcheck.intake.text_cleaning import one_line

MOST_NAMES = 20
MOST_ESCAPED = 4
"""How often a title may have been escaped on its way."""

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_LEAD = re.compile(r"\A(?:(?:written|reported|words|story|text|reporting)\s+)?by(?::\s*|\s+)", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_IN_BRACKETS = re.compile(r"\A\s*\(([^()]+)\)\s*\Z")
_TRAILER = re.compile(r"\s+(?:[|\u2022\u00b7]|[-\u2013\u2014](?=\s)|in\s|at\s|for\s|from\s).*", re.DOTALL)
_SEPARATOR = re.compile(r"\s*;\s*|,?\s+and\s+|\s+&\s+|,\s+")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|phd)\.?", re.IGNORECASE)
_JOBS = """
    reporter reporters correspondent correspondents editor writer columnist journalist producer photographer
    contributor bureau staffer fellow critic analyst intern anchor presenter desk team agency
"""
_JOB = re.compile(rf"(?:^|\s)(?:{'|'.join(_JOBS.split())})\b", re.IGNORECASE)


def title_of(found: object) -> str:
    """A title as one line, its character references resolved however often they were escaped.

    >>> title_of("A &amp;amp; B")
    'A & B'
    """
    title = one_line(found, 2000)
    for _ in range(MOST_ESCAPED):
        if not _REFERENCE.search(title):
            break
        title = html.unescape(title)
    return one_line(title)


def names(line: str) -> tuple[str, ...]:
    """The people of a byline, without their jobs, places and addresses.

    >>> names("By Ana Brook, Chief Reporter, and Jon Vale in Velmora")
    ('Ana Brook', 'Jon Vale')
    """
    whole = _LEAD.sub("", title_of(line))
    whole = _MAIL.sub("", whole).replace("()", "").strip(" ,;|")
    if bracketed := _IN_BRACKETS.match(whole):
        whole = bracketed[1]
    found: list[str] = []
    for part in _SEPARATOR.split(whole):
        name = _TRAILER.sub("", part).strip(" .,") if not _SUFFIX.fullmatch(part) else part
        if found and _SUFFIX.fullmatch(part):
            found[-1] = f"{found[-1]}, {part}"
        elif name and not (found and _JOB.search(name)):
            found.append(name[:200])
    return tuple(dict.fromkeys(found))[:MOST_NAMES]


def all_names(lines: Iterable[str]) -> tuple[str, ...]:
    """The people of several bylines, each once."""
    return tuple(dict.fromkeys(name for line in lines for name in names(line)))[:MOST_NAMES]
