"""The hour a figure holds for: "by 11 a.m.", "as of noon", "on Saturday at 3 p.m.".

Narrows the day a figure holds for to an hour. An hour at which something merely happened does not narrow it.
"""

from __future__ import annotations

import re
from datetime import timedelta

from factcheck.text.patterns import Pattern
from factcheck.text.values import Basis, Period, Span

_CLOCK = Pattern(
    r"(?i:\b(?:by|as\sof|as\sat|at|until|around|of|\w+day,?|today)\s(?:about\s|around\s)?"
    r"(?:(?P<hour>\d{1,2})(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>[01]?\d|2[0-3])[:.](?P<minute24>[0-5]\d)(?!\d)|(?P<word>noon|midday|midnight)\b))"
)
_TIME_OF_DAY = Pattern(r"\d\s?[AaPp]\.?[Mm]|\d[:.]\d\d|[Nn]oon|[Mm]id(?:day|night)")
_HAPPENED = Pattern(
    r"(?i:\b(?:when|after|before|struck|broke|hit|began|started|erupted|crash\w*|explo\w+|opened|collapsed|occurred"
    r"|happened|shooting|blast|arrived|left)\b|;)"
)
_FAR = 90


def narrow_to_hour(
    text: str, figure: Span, sentence: Span, period: Period | None, published: Period | None
) -> Period | None:
    """A day narrowed to the hour the copy gives for a figure; any other period as it is."""
    if not _TIME_OF_DAY.search(text, sentence.start, sentence.end):
        return period
    if period is None or period.granularity != "day" or period.basis not in (Basis.STATED, Basis.PUBLICATION):
        return period
    best: tuple[int, re.Match[str]] | None = None
    for match in _CLOCK.finditer(text, max(sentence.start, figure.start - 140), min(sentence.end, figure.end + 140)):
        first, last = (figure.end, match.start()) if match.start() >= figure.end else (match.end(), figure.start)
        if (
            0 <= last - first <= _FAR
            and not _HAPPENED.search(text, first, last)
            and (best is None or last - first < best[0])
        ):
            best = (last - first, match)
    if best is None:
        return period
    try:
        return _at(period, best[1], published)
    except (ValueError, OverflowError):
        return period


def _at(period: Period, match: re.Match[str], published: Period | None) -> Period:
    if match["word"]:
        hour, minute = (0 if match["word"].lower() == "midnight" else 12), 0
    elif match["half"]:
        hour, minute = int(match["hour"]) % 12 + (12 if match["half"].lower() == "p" else 0), int(match["minute"] or 0)
    else:
        hour, minute = int(match["hour24"]), int(match["minute24"])
    start = period.start.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if period.basis is Basis.PUBLICATION and published is not None and start > published.end:
        start -= timedelta(days=1)
    expression = f"{period.expression} {match.group()}".strip() if period.basis is Basis.STATED else match.group()
    return Period(start, start + timedelta(minutes=1 if minute else 60), "hour", Basis.STATED, expression)
