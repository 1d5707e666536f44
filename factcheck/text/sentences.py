"""Paragraphs, sentences and words as spans of the text.

Decides where a sentence begins and ends (abbreviations, bullets, headline lines, quotes) and splits it into words.
Nothing here knows what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from factcheck.text.lexicon import load, uk
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
LONGEST = 1500
Word = tuple[str, int, int]
_LINE = Pattern(r"[^\n\r\u2028\u2029]+")
_STOP = Pattern(
    r"[.!?\u2026\u3002](?:(?<![.!?\u2026\u3002].)[.!?\u2026\u3002]*[\"'\u201d\u2019)\]]{0,3}(?=\s|$)|(?<=[.!?])[\"\u201d](?=[A-Z]))"
)
_WORD_BEFORE = Pattern(r"(?:[^\W\d_]\.){1,4}[^\W\d_]?$|[^\W\d_]{1,12}$")
_NEXT = Pattern(r"\s{0,50}[\"'\u201c\u2018(\[\u2014-]{0,3}(\S)")
_CLOCK_GOES_ON = Pattern(
    rf"\s(?:(?:{alternatives({d.capitalize() for d in (*_LEX.weekdays, *_LEX.months)})})\b|[A-Z]{{2,4}}\b"
    r"|(?:Eastern|Central|Pacific|Mountain|Greenwich|Standard|Daylight|Universal)\b|[A-Z]\w+\s(?:[Tt]ime|[Ss]tandard)\b)"
)
_ABBREVIATIONS = _LEX.abbreviations | uk.ABBREVIATIONS
_POINTED_SCALES = frozenset(["mio", "mrd", "mln", "bln", "mn", "bn", "tsd"])
_CURRENCY_NEXT = Pattern(
    rf"\s(?:{alternatives({w.capitalize() for w in _LEX.currency_words} | _LEX.currency_codes)})(?!\w)"
)
_BULLET = Pattern(r"\s*(?:[-*\u2022\u00b7\u2013\u2014>]\s+|\(?\d{1,2}[.)]\s+)?")
WORD = Pattern(
    r"(?:[^\W\d_]\.){2,5}|[^\W\d_]+(?:['\u2019\-\u2010\u2011&][^\W\d_]+)*['\u2019]?(?:s\b)?"
    r"|\d+(?:[.,]\d+)*|\S",
    re.UNICODE,
)


def split_sentences(text: str) -> list[Span]:
    """The sentences of a text in order; a line of its own (headline, bullet) is a sentence.

    >>> [s.cut("Mr. Oake spoke. Two fell!") for s in split_sentences("Mr. Oake spoke. Two fell!")]
    ['Mr. Oake spoke.', 'Two fell!']
    """
    out: list[Span] = []
    for start, end in _paragraphs(text):
        for span in _sentences(text, start, end):
            out.extend([span] if span.end - span.start <= LONGEST else _cut(text, span))
    return out


def _cut(text: str, span: Span) -> Iterator[Span]:
    """What runs on without a stop is cut at a space, so that no sentence is ever longer than ``LONGEST``."""
    start = span.start
    while span.end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        stop = space if space > 0 else start + LONGEST
        piece = _trim(text, start, stop)
        if piece:
            yield piece
        start = stop
    piece = _trim(text, start, span.end)
    if piece:
        yield piece


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Lines, joined again where a text was wrapped in the middle of a sentence."""
    start = end = -1
    for line in _LINE.finditer(text):
        first = line.group().lstrip()[:1]
        wrapped = (
            start >= 0
            and first.islower()
            and line.start() - end == 1
            and end - start >= 40
            and text[end - 1] not in '.!?:"\u201d'
        )
        if wrapped:
            end = line.end()
            continue
        if start >= 0:
            yield start, end
        start, end = line.start(), line.end()
    if start >= 0:
        yield start, end


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() >= end or not _ends(text, stop.start(), stop.end(), end):
            continue
        span = _trim(text, begin, stop.end())
        if span:
            yield span
        begin = stop.end()
    span = _trim(text, begin, end)
    if span:
        yield span


def _trim(text: str, start: int, end: int) -> Span | None:
    bullet = _BULLET.match(text, start, end)
    lead = bullet.end() if bullet else start
    tail = end
    while tail > lead and text[tail - 1].isspace():
        tail -= 1
    return Span(lead, tail) if tail > lead else None


def _ends(text: str, dot: int, after: int, limit: int) -> bool:
    """Whether the stop at ``dot`` closes a sentence rather than an abbreviation or an initial."""
    following = _NEXT.match(text, after, limit)
    if following is None:
        return True
    first = following.group(1)
    if first.islower():
        return False
    if text[dot] != "." or after - dot > 1:
        return True
    before = _WORD_BEFORE.search(text, max(0, dot - 14), dot)
    if before is None:
        return True
    word = before.group()
    if len(word) == 1 and word.isupper():
        return False
    if word.lower() in ("a.m", "p.m"):
        return _CLOCK_GOES_ON.match(text, after, limit) is None
    if "." in word:
        return word.lower().replace(".", "") not in {"us", "uk", "un", "eu", "dc"} and first.isupper() and len(word) > 3
    if word.lower() in _POINTED_SCALES:  # "3.5 Mio. Euro", but "5 mln. The firm"
        return first not in "€$£" and _CURRENCY_NEXT.match(text, after, limit) is None
    return word.lower() not in _ABBREVIATIONS or (word.islower() and word in {"no", "co", "corp", "inc", "ltd", "miss"})


def words(text: str, start: int, end: int) -> list[Word]:
    """Words, numbers and signs of a stretch, each with its offsets.

    >>> [w for w, _, _ in words("Ada's 3 cats", 0, 12)]
    ["Ada's", '3', 'cats']
    """
    return [(m.group(), m.start(), m.end()) for m in WORD.finditer(text, start, end)]
