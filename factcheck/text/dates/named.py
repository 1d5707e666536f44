"""Days by name: "Tuesday", "last Friday", "Friday the 13th", "tomorrow", "overnight", "the 6th".

Resolves the name of a day against the time of publication. Weeks, months and years counted from it are in
``relative``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from factcheck.text.dates.periods import (
    COUNT,
    DAY,
    LOOKS_AHEAD,
    Context,
    DateMention,
    day_period,
    midnight,
    months,
    stated_period,
    with_bounds,
    zone,
)
from factcheck.text.dates.written import MONTH, ORDINAL, ordinal_value
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Period, Span

_LEX = load()
_PART = Pattern(
    r"(?i:\b(early|late|mid)[ -]|\b(?:the\s)?(beginning|start|end|middle|morning|night|evening) of\s(?:this\s|the\s)?)$"
)
_LATER_PART = Pattern(r"(?i:\s(early|late|morning|afternoon|evening|night|midday|noon)\b)")
_PARTS = {
    "early": (0, 6),
    "morning": (6, 12),
    "midday": (12, 13),
    "noon": (12, 13),
    "afternoon": (12, 18),
    "evening": (18, 24),
    "night": (18, 24),
    "late": (18, 24),
    "tonight": (18, 24),
}
_AHEAD = Pattern(
    r"(?i:(?<!\bnot)(?<!\bwaited)(?<!\bfirst\stime)\sfor\s(?:early\s|late\s)?$"
    r"|\b(?:will|could|may|might|plans?\sto|is\sto|are\sto|(?:is|are)\sdue|forecasts?|expects?|(?:is"
    r"|are)\s(?:expected|scheduled|planned|set))"
    r"\s(?!said)[^.;\u201d\"]{0,80}$)"
)
_DONE = Pattern(r"(?i:\b(?:had|stood|was|were|reached|rose|climbed|fell)\b[^.;]{0,50}\bby\s(?:late\s|early\s)?$)")
_DONE_BY = Pattern(r"(?i:,?\s(?:\w+\s){0,4}?had\s)")
RELATIVES = "last|this|next|past|previous|coming|upcoming|current|same|following|that"
STEPS = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "upcoming": 1, "following": 1}
RELATIVE_BEFORE = Pattern(
    rf"(?i:\b(?:(?P<part>earlier|later|late|early|mid)[ -](?:in\s)?)?(?:this\s(?=upcoming|coming|past))?"
    rf"(?P<rel>{RELATIVES})\s(?:(?P<count>{COUNT})\s)?(?:(?P<kind>working|business|calendar)\s)?)$"
)
NTH_BEFORE = Pattern(rf"(?i:\b(?:the\s)?(?P<nth>{ORDINAL}|last|final|closing|opening)\s(?:(?P<count>{COUNT})\s)?\s?)$")
_IN_A_MONTH = Pattern(rf"(?i:\s(?:of|in)\s(?:{MONTH}|(?:the|this|next|last)\s(?:month|{MONTH}))\b)")
_OF_MONTH = Pattern(
    rf"(?i:(?:[.,\s]\s?(?:the\s)?(?P<ordinal>{ORDINAL})(?!\s(?:(?!(?:at|in|from|to|and|for|with|around|before"
    rf"|after|between|by)\b)[a-z]))"
    r"|\s(?P<number>\d{1,2})(?=\s*(?:[!?;)]|[.,](?!\d)|$)|\s(?:at|from|between)\s\d)))"
)
_DAY_OF_MONTH = Pattern(rf"(?i:(?P<ordinal>{ORDINAL})(?P<of>(?:\sday)?(?:\sof)?\s(?:the|this|next|last)\smonth\b)?)")
_DAY_LEAD = Pattern(
    r"(?i:\b(?:on|by|until|till|of|since|before|after|from|and|to|through)\sthe\s$|\bfrom\s$|\bbetween\s(?:the\s)?$"
    r"|(?:\b(?:until|till|through|to|and)\s)$)"
)
_DAY_ENDS = Pattern(r"(?i:\s*(?:[.,;!?)](?!\d)|$)|\s(?:at|from|until|till|to|through|between|and)\s)")
_ORDINAL_MONTH_NEXT = Pattern(
    rf"(?i:\s(?:day\s)?(?:of\s)?(?:the\s)?(?:{MONTH})\b|\s(?:to|till|until|and|through)\s(?:the\s)?(?:{ORDINAL}))"
)


def find_weekday(today: datetime, number: int, ahead: bool) -> datetime:
    """The last such weekday, today included, or the coming one.

    >>> find_weekday(datetime(2031, 5, 14), 4, False).day, find_weekday(datetime(2031, 5, 14), 4, True).day
    (9, 16)
    """
    back = (today.weekday() - number) % 7
    return today + timedelta(days=(-back) % 7 if ahead else -back)


def in_week(week: datetime, number: int) -> datetime:
    """The weekday of the week, Monday to Sunday, that holds a day.

    >>> in_week(datetime(2031, 5, 14), 4).day
    16
    """
    return midnight(week) + timedelta(days=number - week.weekday())


def part_of_day(period: Period, word: str) -> Period:
    """Narrow a day to its part: "late Tuesday", "Tuesday night".

    >>> part_of_day(day_period(datetime(2031, 5, 14), "Wednesday"), "evening").start.hour
    18
    """
    if period.granularity != "day" or word not in _PARTS:
        return period
    low, high = _PARTS[word]
    start = period.start
    return Period(start + timedelta(hours=low), start + timedelta(hours=high), "hour", period.basis, period.expression)


def read_weekday(context: Context, start: int, end: int) -> DateMention | None:
    """A day of the week, with its part and the day of the month where the copy gives them.

    >>> read_weekday(Context("on Friday", datetime(2031, 5, 14), 0, 9), 3, 9).period.start.day
    9
    """
    text = context.text
    name = text[start:end].lower()
    name = name if name in _LEX.weekdays else name.removesuffix("s")
    number = _LEX.weekdays.get(name)
    if number is None or (
        len(name) <= 5 and (not text[start].isupper() or text[end : end + 1] not in ("", ".", ",", " "))
    ):
        return None
    back = context.back(start)
    nth = NTH_BEFORE.search(back)
    relative = RELATIVE_BEFORE.search(back)
    if nth and not nth["count"] and (nth["nth"].lower() != "last" or _IN_A_MONTH.match(text, end, context.limit)):
        pick = (nth_value(nth["nth"]), 1, name)
        return DateMention(Span(start - len(nth.group()), end), None, pick=pick)
    if relative and not (relative["count"] or relative["kind"]) and not _after_that(context, relative, end):
        return _relative_weekday(context, start, end, number, relative)
    return _dated_weekday(context, start, end, number) or _plain_weekday(context, start, end, number)


def nth_value(word: str) -> int:
    """The place that an ordinal or "last" gives in a longer period; the last is -1.

    >>> nth_value("third"), nth_value("2nd"), nth_value("Last"), nth_value("opening")
    (3, 2, -1, 1)
    """
    word = word.lower()
    return -1 if word in ("last", "final", "closing") else 1 if word == "opening" else ordinal_value(word)


def _dated_weekday(context: Context, start: int, end: int, number: int) -> DateMention | None:
    """ "Friday the 13th": the nearest day of a month that is such a weekday."""
    text = context.text
    dated = _OF_MONTH.match(text, end, context.limit)
    if dated and context.ref is not None:
        day = ordinal_value(dated["ordinal"] or dated["number"])
        found = _weekday_on(context.ref, number, day, context.looks(LOOKS_AHEAD, start, 30))
        if found is not None:
            return DateMention(Span(start, dated.end()), day_period(found, text[start : dated.end()]))
    return None


def _plain_weekday(context: Context, start: int, end: int, number: int) -> DateMention:
    """ "late Tuesday", "on Friday": the last such day, or the coming one where the copy looks ahead."""
    text, back = context.text, context.back(start)
    part = _PART.search(back)
    later = _LATER_PART.match(text, end, context.limit)
    first, last = start - (len(part.group()) if part else 0), later.end() if later else end
    if context.ref is None:
        return DateMention(Span(first, last), None, "week")
    ahead = context.looks(LOOKS_AHEAD, first, 30) or context.looks(_AHEAD, first, 90)
    ahead = ahead and not _DONE.search(context.before(first, 70)) and not _DONE_BY.match(text, last, context.limit)
    period = day_period(find_weekday(midnight(context.ref), number, ahead), text[first:last])
    word = (part.group(1) or "") if part else (later.group(1) if later else "")
    return DateMention(Span(first, last), part_of_day(period, word.lower()), "week")


def _after_that(context: Context, relative: re.Match[str], end: int) -> bool:
    """Whether the word before a weekday only joins: "he said that Friday", "Following Friday's vote"."""
    word = relative["rel"]
    return word.lower() == "that" or (
        word.lower() == "following" and (word[0].isupper() or context.text[end : end + 1] in ("'", "\u2019"))
    )


def _relative_weekday(
    context: Context, start: int, end: int, number: int, relative: re.Match[str]
) -> DateMention | None:
    """ "last Friday" is that of the week before, "this Friday" that of the week of publication."""
    first, word = start - len(relative.group()), relative["rel"].lower()
    if word in ("past", "coming", "upcoming") or context.ref is None:
        span = Span(first, end)
        if context.ref is None:
            return DateMention(span, None)
        today = midnight(context.ref)
        day = find_weekday(today + (DAY if word != "past" else -DAY), number, word != "past")
        return DateMention(span, day_period(day, span.cut(context.text)))
    later = _LATER_PART.match(context.text, end, context.limit)
    span = Span(first, later.end() if later else end)
    day = in_week(context.ref + timedelta(days=7 * STEPS.get(word, 0)), number)
    period = day_period(day, span.cut(context.text))
    part = later.group(1).lower() if later else (relative["part"] or "").lower()
    return DateMention(span, part_of_day(period, part))


def _weekday_on(ref: datetime, number: int, day: int, ahead: bool) -> datetime | None:
    """The nearest day of a month that falls on a weekday: "Friday the 13th"."""
    base = midnight(ref)
    steps = [n * sign for n in range(28) for sign in ((1, -1) if ahead else (-1, 1))]
    best: datetime | None = None
    for step in steps:
        total = base.year * 12 + base.month - 1 + step
        try:
            found = base.replace(year=total // 12, month=total % 12 + 1, day=day)
        except ValueError:
            continue
        if found.weekday() == number and (best is None or abs(found - base) < abs(best - base)):
            best = found
        if best is not None and abs(step) > 6:
            break
    return best


def read_day_word(context: Context, start: int, end: int) -> DateMention | None:
    """Today, tomorrow, overnight.

    >>> read_day_word(Context("yesterday", datetime(2031, 5, 14), 0, 9), 0, 9).period.start.day
    13
    """
    text = context.text
    word = text[start:end].lower()
    later = _LATER_PART.match(text, end, context.limit)
    end = later.end() if later else end
    expression = text[start:end]
    if context.ref is None:
        return DateMention(Span(start, end), None)
    today = midnight(context.ref)
    if word == "overnight":
        night = stated_period(today - timedelta(hours=6), today + timedelta(hours=8), "hour", expression)
        return DateMention(Span(start, end), night)
    period = day_period(today + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(word, 0)), expression)
    return DateMention(Span(start, end), part_of_day(period, later.group(1).lower() if later else word))


_TO_DATE = Pattern(r"(?<!up )(?:\byear to|\b(?:to|till|until)(?: current)?|\bcurrent) $")


def read_now(context: Context, start: int, end: int) -> DateMention | None:
    """ "now" and "date" (of "to date") as the end of a stretch; alone "now" dates nothing.

    >>> read_now(Context("until now", datetime(2031, 5, 14), 0, 9), 6, 9).weak
    True
    >>> read_now(Context("It is now", datetime(2031, 5, 14), 0, 9), 6, 9)
    """
    back = context.before(start, 10).lower()
    if context.ref is None:
        return None
    today = midnight(context.ref)
    if context.text[start:end].lower() == "date":
        lead = _TO_DATE.search(context.before(start, 18).lower())
        if lead is None or re.match(r"\s\d", context.text[end : end + 2]):
            return None
        first = start - len(lead.group())
        expression = context.text[first:end]
        if lead.group().startswith("year"):
            year = months(today.year, 1, 12, today, expression, "year")
            return DateMention(Span(first, end), with_bounds(year, year.start, today), weak=True)
        return DateMention(Span(first, end), with_bounds(day_period(today, expression), None, today), "now", weak=True)
    if not re.search(r"\b(?:from|between|and|until|till|to) $", back):
        return None
    return DateMention(Span(start, end), day_period(today, "now"), "now", weak=True)


def read_day_of_month(context: Context, start: int, end: int) -> DateMention | None:
    """ "the 18th", where the words before ask for a day and none behind ask for a thing.

    >>> read_day_of_month(Context("on the 6th.", datetime(2031, 5, 14), 0, 11), 7, 10).period.start.day
    6
    """
    found = _DAY_OF_MONTH.match(context.text, start, context.limit)
    if found is None or context.ref is None:
        return None
    day, last = ordinal_value(found["ordinal"]), found.end()
    if not 1 <= day <= 31:
        return None
    if not found["of"]:
        if not _DAY_LEAD.search(context.before(start, 16)) or not _DAY_ENDS.match(context.text, last, context.limit):
            return None
        if _ORDINAL_MONTH_NEXT.match(context.text, last, context.limit):
            return None
    step = {"next": 1, "last": -1}.get((found["of"] or "").lower().split(" ")[-2] if found["of"] else "", 0)
    total = context.ref.year * 12 + context.ref.month - 1 + step
    ahead = context.looks(LOOKS_AHEAD, start, 30)
    if not found["of"] and day > context.ref.day and not ahead:
        total -= 0 if day - context.ref.day <= 14 else 1
    elif not found["of"] and day < context.ref.day and ahead:
        total += 1
    date = datetime(total // 12, total % 12 + 1, day, tzinfo=zone(context.ref))
    return DateMention(Span(start, last), day_period(date, context.text[start:last]), "" if found["of"] else "month")
