"""Finds every expression of time in a text and resolves it to a period.

Decides which reader of this package reads an expression ("6 August", "late Tuesday", "last year", "overnight"), and
resolves it against the time of publication in the dateline's zone. Which of them a figure holds for is decided in
``as_of``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from factcheck.text.dates import borders, joins
from factcheck.text.dates import times_of_day as hours
from factcheck.text.dates.holidays import FIRST_WORDS, read_holiday
from factcheck.text.dates.named import read_day_of_month, read_day_word, read_now, read_weekday
from factcheck.text.dates.numeric import YEAR_WORDS, read_digits, read_year_words
from factcheck.text.dates.periods import Context, DateMention, zone_of
from factcheck.text.dates.relative import read_ago, read_season, read_unit
from factcheck.text.dates.written import ORDINALS, read_month, read_short_quarter
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Basis, Period, Span

_Reader = Callable[[Context, int, int], DateMention | None]
_LEX = load()
_UNIT_WORDS = (
    "minute hour day morning afternoon evening night week weekend workweek fortnight month quarter half year decade"
)


def _readers() -> dict[str, _Reader]:
    """Which reader a word calls; where two could, the later line wins."""
    ordinals = [w for w in ORDINALS if " " not in w] + ["twenty", "thirty"]
    lines: tuple[tuple[Iterable[str], _Reader], ...] = (
        (FIRST_WORDS, read_holiday),
        (ordinals, read_day_of_month),
        (YEAR_WORDS, read_year_words),
        (_LEX.months, read_month),
        (_LEX.weekdays, read_weekday),
        ((w + "s" for w in _LEX.weekdays if len(w) > 5), read_weekday),
        (("today", "yesterday", "tomorrow", "tonight", "overnight"), read_day_word),
        (("now", "date"), read_now),
        (("summer", "winter", "spring", "autumn", "fall"), read_season),
        (("ago", "earlier", "later", "hence"), read_ago),
        ((w + s for w in _UNIT_WORDS.split() for s in ("", "s")), read_unit),
        (("century", "centuries"), read_unit),
        (("q1", "q2", "q3", "q4", "h1", "h2"), read_short_quarter),
    )
    return {word.lower(): reader for words, reader in lines for word in words}


_READERS = _readers()


def _by_first_letter(words: Iterable[str]) -> str:
    """A pattern of words in which each letter is tried once."""
    groups: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        groups.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"[{c}{c.upper()}](?i:{'|'.join(rest)})" for c, rest in sorted(groups.items()))


_ANCHOR = Pattern(
    rf"(?<![\w$£€])(?:(?=\d)(?P<ordinal>\d{{1,2}}(?:st|nd|rd|th)\b)|(?=\d)(?P<digits>\d+)"
    rf"|(?:{_by_first_letter(_READERS)})(?![^\W\d]))"
)


_ODD_DATE = Pattern(r"\w+(?:[\s/.-]\d+){0,2}")


def reference_time(published_at: datetime | None, zone: str) -> datetime | None:
    """The time of publication in the dateline's zone; a naive time is already in it.

    >>> reference_time(datetime(2031, 5, 14, 22, tzinfo=UTC), "Asia/Tokyo").day
    15
    """
    if published_at is None or not 1 < published_at.year < 9999:  # no time of this world, and no room to reckon in
        return None
    place = zone_of(zone)
    if published_at.tzinfo is None:
        return published_at.replace(tzinfo=place)
    try:
        return published_at.astimezone(place)
    except (OverflowError, ValueError):
        return published_at


def publication_period(ref: datetime | None) -> Period | None:
    """The period for which a figure holds when the copy gives no date: the day it appeared.

    Where the hour of publication is known the period is that minute, so that it can be put in order; it is
    still shown as a day.

    >>> publication_period(datetime(2031, 5, 14)).end.day, publication_period(datetime(2031, 5, 14, 9)).end.hour
    (15, 9)
    """
    if ref is None:
        return None
    length = timedelta(minutes=1) if ref.hour or ref.minute else timedelta(days=1)
    return Period(ref, ref + length, "day", Basis.PUBLICATION, "")


def find_dates(text: str, ref: datetime | None, start: int = 0, end: int | None = None) -> list[DateMention]:
    """Every expression of time in order, resolved against the time of publication.

    >>> [d.span.cut("on 6 August 2024 and overnight") for d in find_dates("on 6 August 2024 and overnight", None)]
    ['6 August 2024', 'overnight']
    """
    limit = len(text) if end is None else end
    ref = ref.replace(tzinfo=UTC) if ref is not None and ref.tzinfo is None else ref
    out: list[DateMention] = []
    for mention, context in _single_mentions(text, ref, start, limit):
        both = _guarded(joins.joined_mention, context, out[-1], mention) if out else None
        if both is not None:
            out[-1] = both
        else:
            out.append(mention)
    context = Context(text, ref, start, limit)
    kept = (m for m in out if not (m.period is None and m.pick) and not (m.open == "now" and m.span.cut(text) == "now"))
    bordered = (_guarded(borders.with_open_side, context, m) or m for m in kept)
    return [_guarded(hours.with_hours, context, m) or m for m in bordered]


def _single_mentions(text: str, ref: datetime | None, start: int, limit: int) -> Iterator[tuple[DateMention, Context]]:
    """Each expression by itself, with what was known when it was read."""
    done = start
    last: DateMention | None = None
    for anchor in _ANCHOR.finditer(text, start, limit):
        if anchor.start() < done:
            continue
        context = Context(text, ref, done, limit)
        mention = _read_anchor(context, anchor)
        if mention is None:
            continue
        if mention.open == "same" and last is not None:
            mention = joins.same_as_mention(mention, last)
        elif mention.open == "later":
            mention = _guarded(joins.later_than_mention, context, mention, last) or mention
        yield mention, context
        last, done = mention, mention.span.end


def _read_anchor(context: Context, anchor: re.Match[str]) -> DateMention | None:
    """What the reader of an anchor makes of it; a day that no calendar has is a mention without a period."""
    word = anchor.group().lower()
    reader = read_day_of_month if anchor["ordinal"] else read_digits if anchor["digits"] else _READERS[word]
    try:
        mention = reader(context, anchor.start(), anchor.end())
        if mention is None and anchor["ordinal"] is None and reader is read_day_of_month and word in YEAR_WORDS:
            mention = read_year_words(context, anchor.start(), anchor.end())
        if mention is None or mention.span.start < context.floor:
            return None
        return borders.with_words_before(context, borders.week_commencing(context, mention))
    except (ValueError, OverflowError):
        odd = _ODD_DATE.match(context.text, anchor.start(), context.limit)
        return DateMention(Span(anchor.start(), odd.end() if odd else anchor.end()), None)


def _guarded(rule: Callable[..., DateMention | None], *parts: object) -> DateMention | None:
    """What a rule makes of its parts; beyond the calendar's end it makes nothing."""
    try:
        return rule(*parts)
    except (ValueError, OverflowError):
        return None


def resolved_dates(mentions: list[DateMention]) -> Iterator[tuple[Span, Period]]:
    """The resolved ones, as a reading keeps them.

    >>> [period.granularity for _, period in resolved_dates(find_dates("in May 2031, on Friday", None))]
    ['month']
    """
    for mention in mentions:
        if mention.period is not None:
            yield mention.span, mention.period
