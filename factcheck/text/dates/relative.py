"""Times counted from the day of publication: "last week", "two days ago", "in three months", "week 31".

Reads the words around a unit of time. Days by name are in ``named``, dates written out in full in ``written``, two
expressions together in ``joins``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from factcheck.text.dates.named import NTH_BEFORE, RELATIVE_BEFORE, RELATIVES, STEPS, nth_value, part_of_day
from factcheck.text.dates.periods import (
    COUNT,
    DAY,
    LOOKS_AHEAD,
    UNIT,
    Context,
    DateMention,
    count_of,
    day_period,
    midnight,
    months,
    numbered_week,
    shift,
    stated_period,
    unit_period,
    with_bounds,
)
from factcheck.text.dates.written import read_quarter
from factcheck.text.patterns import Pattern
from factcheck.text.values import Basis, Period, Span

_TO_COME = Pattern(
    r"(?i:(?:\b(?:will|would|shall|won['\u2019]t|may|might|could|can|must|should|due|to\sbe|expected|scheduled"
    r"|planned?|plans"
    r"|set\sto|going\sto|hopes?|wants?|let['\u2019]s)\b|['\u2019]ll\b)[^.;\u201d\"]{0,90}$)"
)
_ONCE = Pattern(
    r"(?i:(?:n['\u2019]t|\bnot|\bnever|\bno)\b[^.;]{0,30}\s(?:in|within)\s|\b(?:time|times|once|twice|\w+est"
    r"|most|least|only|record)\s(?:\w+\s)?in\s)"
)
_RELATIVE_WORDS = frozenset(RELATIVES.split("|"))
_COUNT_REL_BEFORE = Pattern(rf"(?i:(?<![\w.,$])(?P<count>{COUNT})\s(?P<rel>{RELATIVES})\s)$")
_IN_BEFORE = Pattern(rf"(?i:(?P<lead>\b(?:in|within)\s(?:the\s(?:next\s)?)?)(?P<count>{COUNT})\s)$")
_OF_NEXT = Pattern(r"(?i:(?:\sof|\sin|,)?\s(?:the\s)?(?!time\b)\w)")
_THE_BEFORE = Pattern(
    r"(?i:(?P<part>\b(?:earlier|later|late|early|mid|end|rest|remainder|remaining)\s(?:in|of)\s)?(?P<the>\bthe\s)?)$"
)
_STOPS = Pattern(r"\s*(?:[.,;!?)]|$)")
_OF_A_DAY = {
    "week": Pattern(r"(?i:\s(?:of|beginning|starting|commencing)\s)"),
    "weekend": Pattern(r"(?i:\sof\s)"),
}
_AFTER_NEXT = Pattern(r"(?i:\safter\snext\b)")
_OVER_BEFORE = Pattern(r"(?i:\b(?:over|during)\s$)")
_BESIDE = Pattern(r"(?i:\s(?P<way>before|after)\s*(?:[.?!]|$))")
_DAY_PARTS = ("morning", "afternoon", "evening", "night")
_TIME_AFTER = Pattern(r"(?i:['\u2019]?s?['\u2019]?\stime\b)")
_CHAIN = Pattern(
    rf"(?i:(?<![\w.,$])(?P<chain>(?:{COUNT})\s(?:{UNIT})s?(?:(?:\sand\s|,\s"
    rf"|\s)(?:{COUNT})\s(?:{UNIT})s?){{0,2}})(?:\sor\sso)?\s)$"
)
_LINK = Pattern(rf"(?i:(?P<count>{COUNT})\s(?P<unit>{UNIT})s?(?!\w))")
_WEEK_NUMBER = Pattern(r"\s(?P<week>\d{1,2})(?![\d:.,]\d|\d)")
_WEEK_YEAR = Pattern(r"(?i:\sof\s(?:(?P<year>(?:19|20)\d\d)|(?P<rel>this|last|next)\syear\b))")


def read_season(context: Context, start: int, end: int) -> DateMention | None:
    """ "last summer"; a season without a year dates nothing.

    >>> read_season(Context("last summer", datetime(2031, 5, 14), 0, 11), 5, 11).period.start.year
    2030
    """
    relative = RELATIVE_BEFORE.search(context.back(start))
    if relative is None or relative["count"] or relative["rel"].lower() in ("same", "that"):
        return None
    span = Span(start - len(relative.group()), end)
    if context.ref is None:
        return DateMention(span, None)
    month = {"spring": 3, "summer": 6, "winter": 12}.get(context.text[start:end].lower(), 9)
    year = context.ref.year + STEPS.get(relative["rel"].lower(), 0)
    return DateMention(span, months(year, month, 3, context.ref, span.cut(context.text), "quarter"))


_TODAY_AFTER = Pattern(r"(?i:\stoday\b)")


def read_ago(context: Context, start: int, end: int) -> DateMention | None:
    """ "two years ago", "3 days from now", "a week later"; the last counts from the day named before.

    >>> read_ago(Context("3 days ago", datetime(2031, 5, 14), 0, 10), 7, 10).period.start.day
    11
    """
    chain = _CHAIN.search(context.back(start, 64))
    if chain is None:
        return None
    word = context.text[start:end].lower()
    today = _TODAY_AFTER.match(context.text, end, context.limit) if word == "ago" else None
    span = Span(start - len(chain.group()), today.end() if today else end)
    if word in ("earlier", "later") or context.ref is None:
        return DateMention(span, None, "later" if word in ("earlier", "later") else "", weak=True)
    return counted_units(context, chain["chain"], context.ref, -1 if word in ("ago", "earlier") else 1, span)


def counted_units(context: Context, chain: str, origin: datetime, sign: int, span: Span) -> DateMention:
    """The day so many days, weeks and months from another; its period is as fine as the unit said.

    >>> nowhere = Context("", None, 0, 0)
    >>> counted_units(nowhere, "a week and 2 days", datetime(2031, 5, 14), 1, Span(0, 0)).period.start.day
    23
    """
    date, unit = origin, "day"
    for link in _LINK.finditer(chain):
        unit = link["unit"].lower()
        date = shift(date, unit, sign * count_of(link["count"]))
    expression = span.cut(context.text)
    if unit in ("second", "minute", "min", "hour"):
        return DateMention(
            span, with_bounds(stated_period(date, date + timedelta(hours=1), "hour", expression), date, date)
        )
    day = midnight(date)
    period = unit_period(date, "day" if unit in ("day", "week", "weekend", "fortnight") else unit, expression)
    return DateMention(span, period if period.granularity == "day" else with_bounds(period, day, day), "offset")


def read_unit(context: Context, start: int, end: int) -> DateMention | None:
    """What the words around a week, a month, a year make of it: "last year", "the next two weeks", "in 3 days".

    >>> read_unit(Context("last year", datetime(2031, 5, 14), 0, 9), 5, 9).period.start.year
    2030
    """
    word = context.text[start:end].lower()
    unit = {"workweek": "week", "days": "day"}.get(word, word.removesuffix("s") if word != "centuries" else "century")
    back = context.back(start)
    relative = context.word_before(start) in _RELATIVE_WORDS
    for pattern, reader in _UNIT_READERS if relative else _UNIT_READERS[1:]:
        found = pattern.search(back)
        if found:
            mention = reader(context, found, start, end, unit)
            if mention is not None:
                return mention
    return None


def _relative_unit(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "last week", "this year", "the past three quarters", "5 upcoming years"."""
    text, word = context.text, found["rel"].lower()
    part = (found.groupdict().get("part") or "").lower()
    kind = (found.groupdict().get("kind") or "").lower()
    if (word == "that" and unit != "weekend") or (unit in _DAY_PARTS and found["count"]):
        return None
    first = start - len(found.group()) + (len(found["part"]) + 1 if part == "mid" else 0)
    span = Span(first, end)
    if context.ref is None:
        return DateMention(span, None)
    expression = span.cut(text)
    pick = (-1, count_of(found["count"]), unit) if word == "last" else None
    if found["count"] or (kind == "business" and text[start:end].lower() == "days"):
        return DateMention(span, _counted_units(context, found, unit, expression, kind, start), pick=pick)
    step = STEPS.get(word, 0)
    if unit in _DAY_PARTS:
        if text[start].isupper() and not text[start:end].isupper():
            return None
        if step > 0 or (unit != "night" and word not in ("this", "same")):
            return None
        return DateMention(span, part_of_day(unit_period(shift(context.ref, "day", step), "day", expression), unit))
    if unit in ("hour", "minute"):
        low, high = sorted((context.ref, shift(context.ref, unit, step)))
        return DateMention(span, stated_period(low, high, "hour", expression)) if step else None
    period = unit_period(shift(context.ref, unit, step), unit, expression)
    if unit == "week" and (kind == "working" or text[start:end].lower() == "workweek"):
        period = replace(period, end=period.end - 2 * DAY)
    mention = DateMention(span, period, "same" if word == "same" else "", pick=pick, weak=word in ("following", "that"))
    return half_of_period(mention, part, context.ref) if part else mention


def _count_first(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "the 5 past years"; in "12 last year" the number counts something else."""
    if not _plural(context.text[start:end]) or found["rel"].lower() in ("this", "same", "that", "current"):
        return None
    return _relative_unit(context, found, start, end, unit)


def _counted_units(context: Context, found: re.Match[str], unit: str, expression: str, kind: str, start: int) -> Period:
    """So many units up to the day of publication, or from the next day on."""
    ref, word, count = context.ref or datetime.min, found["rel"].lower(), count_of(found["count"])
    sign = 1 if STEPS.get(word, -1) > 0 else -1
    granularity = {"fortnight": "week", "day": "week", "decade": "year", "weekend": "week", "minute": "hour"}.get(
        unit, unit
    )
    if unit in ("hour", "minute", "second", "min"):
        low, high = sorted((ref, shift(ref, unit, sign * count)))
        return stated_period(low, high, "hour", expression)
    today = midnight(ref)
    if unit in ("quarter", "decade"):
        now = unit_period(ref, unit, expression)
        low, high = (now.end, shift(now.end, unit, count)) if sign > 0 else (shift(now.start, unit, -count), now.start)
        if unit == "decade" and sign < 0:
            low, high = shift(today, unit, -count), today
        return stated_period(low, high, granularity, expression)
    if kind == "business":
        low, high = _business_days(today, sign * count)
        return stated_period(low, high, "week", expression)
    if sign < 0:
        return Period(shift(today, unit, -count), today, granularity, Basis.STATED, expression)
    within = re.search(r"(?i:\bwithin\s(?:the\s)?$)", context.before(start - len(found.group()), 12))
    low = today if within else today + DAY
    return Period(low, shift(low, unit, count), granularity, Basis.STATED, expression)


def _business_days(today: datetime, count: int) -> tuple[datetime, datetime]:
    """So many working days before or after a day, as the stretch that holds them."""
    step, day, left = (DAY if count > 0 else -DAY), today, abs(count)
    while left > 0:
        day += step
        left -= day.weekday() < 5
    return (today + DAY, day + DAY) if count > 0 else (day, today)


def half_of_period(mention: DateMention, part: str, ref: datetime) -> DateMention:
    """The earlier or later part of a period; that of a running one ends or begins with the day of publication.

    >>> may = stated_period(datetime(2031, 5, 1), datetime(2031, 6, 1), "month", "May")
    >>> half_of_period(DateMention(Span(0, 3), may), "late", datetime(2031, 5, 14)).period.low.day
    16
    """
    period = mention.period
    if period is None or period.granularity not in ("week", "month", "quarter", "year"):
        return mention
    days = (period.end - period.start).days
    middle = period.start + timedelta(days=3 if days <= 7 else 15 if days <= 31 else days // 2)
    if days in (365, 366):
        middle = period.start.replace(month=7)
    low, high, today = period.start, period.end, midnight(ref)
    running = low <= today < high
    if part in ("earlier", "early", "beginning", "start"):
        high = min(middle, today) if running and part == "earlier" and today > low else middle
    elif part in ("later", "late", "end"):
        low = max(middle, today) if running and part == "later" else middle
    elif part == "mid" and days <= 31:
        low, high = period.start + timedelta(days=9), period.start + timedelta(days=20)
    elif part in ("rest", "remainder", "remaining") and running:
        low = today
    return replace(mention, period=with_bounds(period, low, high))


def _ahead_unit(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "in two weeks" of something to come; a time that something took is no date."""
    text, first = context.text, start - len(found.group())
    first = start - len(found.group())
    times = _TIME_AFTER.match(text, end, context.limit)
    if not times and (not context.looks(_TO_COME, first, 110) or _ONCE.search(context.before(first, 44) + "in ")):
        return None
    if re.match(r"(?i:\s(?:ago|before|after|since|of|from|later|earlier)\b)", text[end : end + 9]):
        return None
    within = found["lead"].lower().startswith("within")
    span = Span(first, end)
    if context.ref is None:
        return DateMention(span, None)
    if within or "next" in found["lead"].lower():
        low = context.ref if unit in ("hour", "minute", "min", "second") else midnight(context.ref)
        high = shift(low, unit, count_of(found["count"]))
        granularity = (
            "hour" if low is context.ref else {"day": "week", "fortnight": "week", "decade": "year"}.get(unit, unit)
        )
        return DateMention(span, stated_period(low, high, granularity, span.cut(text)))
    return counted_units(context, f"{found['count']} {unit}", context.ref, 1, span)


def _nth_unit(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "the first week" of something named behind it; "the third quarter", "the 19th century"."""
    nth = nth_value(found["nth"])
    first = start - len(found.group())
    if unit == "century" and nth > 0:
        span = Span(first, end)
        year = (nth - 1) * 100
        return DateMention(span, months(year, 1, 1200, context.ref, span.cut(context.text), "year")) if year else None
    number = first + len(found.group()) - len(found.group().lower().removeprefix("the "))
    if unit in ("quarter", "half") and nth > 0 and not found["count"]:
        quarter = read_quarter(context, number, nth, 3 if unit == "quarter" else 6, end)
        if quarter is not None:
            return quarter
    if unit == "day" and nth > 0 and not found["count"]:
        return None
    if not _OF_NEXT.match(context.text, end, context.limit):
        return None
    return DateMention(Span(first, end), None, pick=(nth, count_of(found["count"]), unit))


def _the_week(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "week 31", "the week of", "the week after next"; "the weekend of"."""
    text = context.text
    if _plural(text[start:end]):
        return None
    after = _AFTER_NEXT.match(text, end, context.limit)
    if after and context.ref is not None and unit in ("week", "weekend", "month", "year"):
        span = Span(start - len(found.group()), after.end())
        return DateMention(span, unit_period(shift(context.ref, unit, 2), unit, span.cut(text)))
    if unit not in ("week", "weekend"):
        return None
    if _OF_A_DAY[unit].match(text, end, context.limit):
        return DateMention(Span(start, end), None, pick=(0, 1, unit))
    numbered = _WEEK_NUMBER.match(text, end, context.limit)
    if unit == "week" and numbered and 1 <= int(numbered["week"]) <= 53:
        return _week_number(context, start, numbered)
    over = unit == "weekend" and _OVER_BEFORE.search(context.before(start - len(found.group()), 12))
    if over and context.ref is not None and context.ref.weekday() < 5:
        ahead = context.looks(LOOKS_AHEAD, start, 60) or context.looks(LOOKS_AHEAD, end + 40, 40)
        span = Span(start - len(found.group()), end)
        day = context.ref if ahead else shift(context.ref, "week", -1)
        return DateMention(span, unit_period(day, "weekend", span.cut(text)))
    return None


def _the_day_beside(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "the day before", "the day after", where no day is named behind it: counted from publication."""
    beside = _BESIDE.match(context.text, end, context.limit)
    if unit != "day" or not found["the"] or beside is None or context.ref is None:
        return None
    span = Span(start - len(found.group()), beside.end("way"))
    day = midnight(context.ref) + (DAY if beside["way"].lower() == "after" else -DAY)
    return DateMention(span, day_period(day, span.cut(context.text)), weak=True)


def _the_running(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """ "later in the year", "of the month", "the weekend": the one that is running."""
    part = (found["part"] or "").lower().split(" ")[0]
    if unit not in ("day", "week", "weekend", "fortnight", "month", "year", "night") or (unit == "day" and part):
        return None
    named = found["the"] or unit == "weekend" or part
    if not named or _plural(context.text[start:end]) or not _STOPS.match(context.text, end, context.limit):
        return None
    if context.ref is None:
        return None
    span = Span(start - len(found.group()), end)
    period = unit_period(context.ref, unit, span.cut(context.text))
    mention = DateMention(span, period, point=period.end if part == "end" else None, weak=True)
    return half_of_period(mention, part, context.ref) if part else mention


def _the_unit(context: Context, found: re.Match[str], start: int, end: int, unit: str) -> DateMention | None:
    """A unit with "the" or with nothing before it."""
    return (
        _the_week(context, found, start, end, unit)
        or _the_day_beside(context, found, start, end, unit)
        or _the_running(context, found, start, end, unit)
    )


def _plural(word: str) -> bool:
    """Whether a unit stands in the plural."""
    return word.lower().endswith("s")


def _week_number(context: Context, start: int, numbered: re.Match[str]) -> DateMention | None:
    """A week by its number; without a year it may be that of a season, and so dates no figure."""
    year_after = _WEEK_YEAR.match(context.text, numbered.end(), context.limit)
    span = Span(start, year_after.end() if year_after else numbered.end())
    if year_after and year_after["year"]:
        year = int(year_after["year"])
    elif context.ref is None:
        return None
    else:
        rel = year_after["rel"].lower() if year_after else "this"
        year = context.ref.year + {"this": 0, "next": 1, "last": -1}[rel]
    if not year_after and not _STOPS.match(context.text, numbered.end()):
        return None
    return DateMention(
        span, numbered_week(year, int(numbered["week"]), context.ref, span.cut(context.text)), weak=not year_after
    )


_UNIT_READERS = (
    (_COUNT_REL_BEFORE, _count_first),
    (RELATIVE_BEFORE, _relative_unit),
    (_IN_BEFORE, _ahead_unit),
    (NTH_BEFORE, _nth_unit),
    (_THE_BEFORE, _the_unit),
)
