"""Dates and periods as written, and the days they mean.

Here lives how an expression of time ("6 August", "late Tuesday", "last year", "overnight") is found and
resolved against the time of publication in the dateline's zone. Which of them a figure holds for is
decided in ``asof``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from factcheck.text.lexicon import load
from factcheck.text.numbers import alternatives
from factcheck.text.patterns import Pattern
from factcheck.text.values import Basis, Period, Span

_LEX = load()
_MONTH = alternatives({m for m in _LEX.months if m != "may"})
_DAY = alternatives(_LEX.weekdays)
_UNITS = "second|minute|hour|day|week|weekend|month|quarter|year|decade|century|fortnight"
_COUNT = "a|an|" + "|".join(w for w in _LEX.small if w not in ("zero", "nil")) + "|twenty|thirty|several|few|couple"
_ANCHOR = Pattern(
    rf"(?<![\w$£€])(?:(?P<iso>\d{{4}}-\d{{1,2}}-\d{{1,2}})(?!\d)"
    rf"|(?P<dmy>\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}}))(?![\d/])"
    rf"|(?P<year>(?:1[5-9]|20)\d\d)(?P<s>'?s)?(?![\w,.%]*[\d%])(?!-year|-member|-strong)(?!\w)"
    rf"|(?P<month>(?i:{_MONTH})\b|May\b)|(?P<weekday>(?i:{_DAY})s?\b)"
    rf"|(?P<day>(?i:today|yesterday|tomorrow|tonight|overnight)\b)"
    rf"|(?P<rel>(?i:last|this|next|past|previous|coming|current|same)\b)|(?P<ago>(?i:ago|earlier|later|hence)\b)"
    rf"|(?P<q>(?i:first|second|third|fourth)[ -](?i:quarter|half)\b|Q[1-4]\b|H[12]\b))"
)
_DAY_BEFORE = Pattern(
    rf"(?:(?i:{_DAY})\.?,?\s{{1,2}}(?:the\s)?)?(?:(?P<from>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|\u2013|to|and)\s?)?"
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?:day\s)?(?:of\s)?$"
)
_WEEKDAY_BEFORE = Pattern(rf"(?i:\b{_DAY})\.?,?\s$")
_DAY_AFTER = Pattern(
    r"\.?\s(?:the\s)?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d:%]|\.\d|,\d{3})(?:\s?(?:-|\u2013|to"
    r"|and)\s?(?P<to>\d{1,2})(?![\d:%,.]?\d))?"
)
_YEAR_AFTER = Pattern(r"\.?,?\s(?:of\s)?'?(?P<year>(?:1[5-9]|20)\d\d)(?![\d%])")
_PART = Pattern(
    r"(?i:\b(early|late|mid)[ -]|\b(?:the\s)?(beginning|start|end|middle|morning|night"
    r"|evening) of\s)$"
)
_LATER_PART = Pattern(r"(?i:\s(early|late|morning|afternoon|evening|night|midday|noon)\b)")
_REL_UNIT = Pattern(
    rf"(?i:\s(?:(?P<count>\d{{1,3}}|{_COUNT})(?:\sof)?\s)?(?P<unit>{_UNITS}|night|{_DAY}|{_MONTH}|may"
    rf"|summer|winter|spring|autumn|fall)"
    r"(?P<many>s)?\b)"
)
_AGO = Pattern(rf"(?i:(?<!\w)(?:(?P<count>\d{{1,4}}|{_COUNT})(?:\sor\sso)?\s)(?P<unit>{_UNITS})s?\s$)")
_FUTURE = Pattern(
    r"(?i:\b(?:will|by|until|till|next|coming|scheduled|expected|planned|due|expires?|deadline"
    r"|from now)\b)"
)
_AHEAD = Pattern(
    r"(?i:(?<!\bnot)(?<!\bwaited)(?<!\bfirst\stime)\sfor\s(?:early\s|late\s)?$"
    r"|\b(?:will|plans?\sto|is\sto|are\sto|(?:is|are)\sdue|forecasts?|expects?|(?:is|are)\s(?:expected|scheduled|planned|set))"
    r"\s(?!said)[^.;,\u201d\"]{0,70}$)"
)
_YEAR_LEAD = Pattern(
    r"(?i:\b(?:in|since|by|of|until|till|from|during|before|after|early|late|mid|between|for|to|and"
    r"|fiscal|through|the|than|around|circa|"
    r"to|is|was|year|end|summer|winter|spring|autumn|fall|mid-|copyright|©|class of|over|versus"
    r"|vs)[\s-]$)|[(\u2013/-]$"
)
_PARTS = {
    "early": (0, 6), "morning": (6, 12), "midday": (12, 13), "noon": (12, 13), "afternoon": (12, 18),
    "evening": (18, 24), "night": (18, 24), "late": (18, 24), "tonight": (18, 24),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateMention:
    """An expression of time; ``period`` is None where nothing says which day it means."""

    span: Span
    period: Period | None


def zone_of(name: str) -> tzinfo:
    """The dateline's time zone; a name nobody knows is read as UTC.

    >>> str(zone_of("No/Such"))
    'UTC'
    """
    try:
        return ZoneInfo(name)
    except Exception:  # zoneinfo raises many kinds for odd keys; odd input is UTC, never an error
        return UTC


def reference(published_at: datetime | None, zone: str) -> datetime | None:
    """The time of publication in the dateline's zone; a naive time is already in it."""
    if published_at is None:
        return None
    place = zone_of(zone)
    if published_at.tzinfo is None:
        return published_at.replace(tzinfo=place)
    try:
        return published_at.astimezone(place)
    except (OverflowError, ValueError):
        return published_at


def publication(ref: datetime | None) -> Period | None:
    """The period for which a figure holds when the copy gives no date: the day it appeared.

    Where the hour of publication is known the period is that minute, so that it can be put in order; it is
    still shown as a day.
    """
    if ref is None:
        return None
    if ref.hour or ref.minute:
        return _period(ref, ref + timedelta(minutes=1), "day", "", Basis.PUBLICATION)
    return _period(ref, ref + timedelta(days=1), "day", "", Basis.PUBLICATION)


def find(text: str, ref: datetime | None, start: int = 0, end: int | None = None) -> list[DateMention]:
    """Every expression of time in order, resolved against the time of publication.

    >>> [d.span.cut("on 6 August 2024 and overnight") for d in find("on 6 August 2024 and overnight", None)]
    ['6 August 2024', 'overnight']
    """
    limit = len(text) if end is None else end
    out: list[DateMention] = []
    done = start
    for anchor in _ANCHOR.finditer(text, start, limit):
        if anchor.start() < done:
            continue
        mention = _mention(text, anchor, ref, done, limit)
        if mention is not None:
            if (anchor["rel"] or "").lower() == "same" and out:
                mention = _same(mention, out[-1])
            out.append(mention)
            done = mention.span.end
    return out


def _same(mention: DateMention, before: DateMention) -> DateMention:
    """ "the same day": the day named just before, where there is one."""
    one, two = mention.period, before.period
    if one is None or two is None or one.granularity != "day" or two.granularity not in ("day", "hour"):
        return mention
    if mention.span.start - before.span.end > 400:
        return mention
    day = _midnight(two.start)
    return DateMention(mention.span, _period(day, day + timedelta(days=1), "day", one.said))


def _mention(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    try:
        kind = anchor.lastgroup if anchor.lastgroup != "s" else "year"
        return _READERS[kind or "year"](text, anchor, ref, floor, limit)
    except (ValueError, OverflowError):
        return DateMention(Span(anchor.start(), anchor.end()), None)


def _period(start: datetime, end: datetime, granularity: str, said: str, basis: Basis = Basis.STATED) -> Period:
    return Period(start, end, granularity, basis, said)


def _zone(ref: datetime | None) -> tzinfo:
    return ref.tzinfo if ref is not None and ref.tzinfo is not None else UTC


def _midnight(ref: datetime) -> datetime:
    return ref.replace(hour=0, minute=0, second=0, microsecond=0)


def _day(year: int, month: int, day: int, ref: datetime | None, said: str, days: int = 1) -> Period:
    start = datetime(year, month, day, tzinfo=_zone(ref))
    return _period(start, start + timedelta(days=days), "day" if days == 1 else "week", said)


def _months(year: int, month: int, count: int, ref: datetime | None, said: str, granularity: str) -> Period:
    last = year * 12 + month - 1 + count
    zone = _zone(ref)
    return _period(
        datetime(year, month, 1, tzinfo=zone), datetime(last // 12, last % 12 + 1, 1, tzinfo=zone), granularity, said
    )


def _back(text: str, at: int, floor: int, reach: int = 40) -> str:
    return text[max(floor, at - reach) : at]


def _part_of(period: Period, word: str) -> Period:
    """Narrow a day to its part: "late Tuesday", "Tuesday night"."""
    if period.granularity != "day" or word not in _PARTS:
        return period
    low, high = _PARTS[word]
    start = period.start
    return Period(start + timedelta(hours=low), start + timedelta(hours=high), "hour", period.basis, period.said)


def _iso(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention:
    year, month, day = (int(x) for x in anchor["iso"].split("-"))
    return DateMention(Span(*anchor.span()), _day(year, month, day, ref, anchor.group()))


def _dmy(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention:
    """Dots are read day first, slashes month first unless that cannot be."""
    first, second, year = (int(x) for x in re.split(r"[./-]", anchor["dmy"]))
    year += 0 if year > 99 else (2000 if year < 70 else 1900)
    month, day = (second, first) if "." in anchor["dmy"] or first > 12 else (first, second)
    return DateMention(Span(*anchor.span()), _day(year, month, day, ref, anchor.group()))


def _year(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    year = int(anchor["year"])
    span = Span(*anchor.span())
    if anchor["s"]:
        return DateMention(span, _months(year, 1, 120, ref, anchor.group(), "year"))
    if not 1900 <= year <= 2100 and not _YEAR_LEAD.search(_back(text, span.start, 0)):
        return None
    before = _back(text, span.start, 0, 24).lower()
    if re.search(
        r"(?:about|some|nearly|almost|over|than|least|around|roughly|up to|another|only|of) $", before
    ) and re.match(r"\s[a-z]{3,}s\b|\s(?:people|men|women|square)\b", text[span.end : span.end + 20]):
        return None
    return DateMention(span, _months(year, 1, 12, ref, anchor.group(), "year"))


def _month(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    month = _LEX.months[anchor["month"].lower()]
    start, end = anchor.span()
    if not text[start].isupper() and anchor["month"] in ("march", "mar", "may", "sep", "dec", "jan"):
        return None
    back = _back(text, start, floor)
    before, after = _DAY_BEFORE.search(back), _DAY_AFTER.match(text, end, limit)
    day, days = 0, 1
    if before and 1 <= int(before["day"]) <= 31:
        day, start = int(before["day"]), start - len(before.group())
        if before["from"]:
            days = max(1, day - int(before["from"]) + 1)
            day = int(before["from"])
    elif after and 1 <= int(after["day"]) <= 31:
        day, end = int(after["day"]), after.end()
        days = max(1, int(after["to"]) - day + 1) if after["to"] else 1
        weekday = _WEEKDAY_BEFORE.search(back)
        start -= len(weekday.group()) if weekday else 0
    year_after = _YEAR_AFTER.match(text, end, limit)
    if year_after:
        year, end = int(year_after["year"]), year_after.end()
    elif (
        not day
        and anchor["month"] in ("May", "March", "Sun", "Mar", "Dec")
        and not re.search(
            r"(?i:\b(?:in|since|by|of|until|from|during|before|after|early|late|mid|last|next|this|through|to"
            r"|and)[ -]$)",
            back,
        )
    ):
        return None
    elif ref is None:
        return DateMention(Span(start, end), None)
    else:
        year = _nearest_year(ref, month, day or 1, bool(_FUTURE.search(_back(text, start, 0))))
    said = text[start:end]
    if day:
        return DateMention(Span(start, end), _day(year, month, day, ref, said, days))
    return DateMention(Span(start, end), _months(year, month, 1, ref, said, "month"))


def _nearest_year(ref: datetime, month: int, day: int, future: bool) -> int:
    """The year a day without one means: the last such day, unless the copy looks ahead or it is near."""
    ahead = (month, day) > (ref.month, ref.day)
    if future:
        return ref.year if ahead or (ref.month - month) < 6 else ref.year + 1
    near = ahead and (month - ref.month) * 30 + day - ref.day <= 45
    return ref.year if not ahead or near else ref.year - 1


def _weekday(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    start, end = anchor.span()
    name = anchor["weekday"].lower()
    if not text[start].isupper() or (len(name) <= 3 and text[end : end + 1] not in ". ,"):
        return None
    number = _LEX.weekdays.get(name)
    if number is None:
        return None
    month = re.compile(rf"\.?,?\s(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?)?(?:{_MONTH}|may)\b", re.IGNORECASE)
    if month.match(text, end, limit) and re.search(r"\d", text[end : end + 18]):
        return None
    part = _PART.search(_back(text, start, floor))
    later = _LATER_PART.match(text, end, limit)
    start -= len(part.group()) if part else 0
    end = later.end() if later else end
    if ref is None:
        return DateMention(Span(start, end), None)
    today = _midnight(ref)
    back = (today.weekday() - number) % 7
    future = (
        _FUTURE.search(_back(text, start, 0, 30)) is not None or _AHEAD.search(_back(text, start, 0, 90)) is not None
    )
    date = today + timedelta(days=(-back) % 7 if future else -back)
    period = _period(date, date + timedelta(days=1), "day", text[start:end])
    word = (part.group(1) or "") if part else (later.group(1) if later else "")
    return DateMention(Span(start, end), _part_of(period, word.lower()))


def _relative_day(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention:
    start, end = anchor.span()
    later = _LATER_PART.match(text, end, limit)
    end = later.end() if later else end
    if ref is None:
        return DateMention(Span(start, end), None)
    word = anchor["day"].lower()
    today = _midnight(ref)
    said = text[start:end]
    if word == "overnight":
        return DateMention(
            Span(start, end), _period(today - timedelta(hours=6), today + timedelta(hours=8), "hour", said)
        )
    date = today + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(word, 0))
    period = _period(date, date + timedelta(days=1), "day", said)
    return DateMention(Span(start, end), _part_of(period, later.group(1).lower() if later else word))


def _shift(date: datetime, unit: str, count: int) -> datetime:
    """The same day so many weeks, months or years on; the last day of a shorter month stands in."""
    if unit in ("month", "quarter", "year", "decade", "century"):
        months = (
            date.year * 12
            + date.month
            - 1
            + count * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
        )
        for day in (date.day, 30, 29, 28):
            try:
                return date.replace(year=months // 12, month=months % 12 + 1, day=day)
            except ValueError:
                continue
    seconds = {"second": 1, "minute": 60, "hour": 3600, "week": 604800, "fortnight": 1209600, "weekend": 604800}.get(
        unit, 86400
    )
    return date + timedelta(seconds=seconds * count)


def _unit_period(date: datetime, unit: str, said: str) -> Period:
    """The calendar week, month, quarter or year around a day."""
    start = _midnight(date)
    if unit in ("week", "weekend"):
        monday = start - timedelta(days=start.weekday())
        return _period(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=7), "week", said)
    if unit in ("day", "night"):
        return _period(start, start + timedelta(days=1), "day", said)
    size, granularity = {
        "month": (1, "month"),
        "quarter": (3, "quarter"),
        "year": (12, "year"),
        "decade": (120, "year"),
    }.get(unit, (12, "year"))
    if unit == "decade":
        return _months(date.year // 10 * 10, 1, 120, date, said, granularity)
    first = (date.month - 1) // size * size + 1
    return _months(date.year, first, size, date, said, granularity)


def _count(word: str | None) -> int:
    word = (word or "1").lower()
    if word.isdigit():
        return int(word)
    return _LEX.small.get(word) or _LEX.tens.get(word) or {"couple": 2, "few": 3, "several": 3}.get(word, 1)


def _relative(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    unit_match = _REL_UNIT.match(text, anchor.end(), limit)
    if unit_match is None:
        return None
    word, unit = anchor["rel"].lower(), unit_match["unit"].lower()
    start, end = anchor.start(), unit_match.end()
    earlier = re.search(r"(?i:\b(earlier|later|late|early|mid)[ -]$)", _back(text, start, floor))
    start -= len(earlier.group()) if earlier else 0
    span, said = Span(start, end), text[start:end]
    if ref is None:
        return DateMention(span, None)
    if unit_match["count"]:
        count = _count(unit_match["count"])
        if word in ("next", "coming"):
            return DateMention(
                span, _period(ref, _shift(ref, unit, count), unit if unit != "fortnight" else "week", said)
            )
        return DateMention(span, _period(_shift(ref, unit, -count), ref, unit if unit != "fortnight" else "week", said))
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(word, 0)
    if unit in _LEX.weekdays:
        today = _midnight(ref)
        back = (today.weekday() - _LEX.weekdays[unit]) % 7
        date = today - timedelta(days=back or (7 if step else 0)) if step <= 0 else today + timedelta(days=7 - back)
        return DateMention(span, _period(date, date + timedelta(days=1), "day", said))
    if unit in _LEX.months:
        month = _LEX.months[unit]
        year = (
            ref.year - 1
            if step < 0 and month >= ref.month
            else ref.year + 1
            if step > 0 and month <= ref.month
            else ref.year
        )
        return DateMention(span, _months(year, month, 1, ref, said, "month"))
    if unit == "night":
        return DateMention(span, _part_of(_unit_period(ref + timedelta(days=min(step, 0)), "day", said), "night"))
    if unit in ("summer", "winter", "spring", "autumn", "fall"):
        month = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}[unit]
        return DateMention(span, _months(ref.year + (step if step else 0), month, 3, ref, said, "quarter"))
    return DateMention(span, _unit_period(_shift(ref, unit, step), unit, said))


def _ago(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    counted = _AGO.search(_back(text, anchor.start(), floor))
    if counted is None:
        return None
    word = anchor["ago"].lower()
    span = Span(anchor.start() - len(counted.group()), anchor.end())
    if ref is None or word in ("earlier", "later"):
        return DateMention(span, None) if word in ("ago", "hence") else None
    unit, count = counted["unit"].lower(), _count(counted["count"])
    date = _shift(ref, unit, -count if word == "ago" else count)
    if unit in ("second", "minute", "hour"):
        return DateMention(span, _period(date, date + timedelta(hours=1), "hour", span.cut(text)))
    if unit in ("day", "week", "weekend", "fortnight"):
        return DateMention(span, _unit_period(date, "day", span.cut(text)))
    return DateMention(span, _unit_period(date, unit, span.cut(text)))


def _quarter(text: str, anchor: re.Match[str], ref: datetime | None, floor: int, limit: int) -> DateMention | None:
    said = anchor["q"].lower()
    number = (
        int(said[1])
        if said[0] in "qh" and said[1:].isdigit()
        else ["first", "second", "third", "fourth"].index(said.split()[0].split("-")[0]) + 1
    )
    size = 6 if said.startswith("h") or said.endswith("half") else 3
    if size == 6 and number > 2:
        return None
    end = anchor.end()
    year_after = re.compile(
        r"(?:\s(?:of|in))?(?:\s(?:the\s)?(?:year|fiscal|this year|last year))?,?\s(?P<year>(?:19"
        r"|20)\d\d)(?!\d)"
    ).match(text, end, limit)
    if year_after:
        year, end = int(year_after["year"]), year_after.end()
    elif said.endswith("half") and not re.match(r"\sof\s(?:the|this|last|next)\syear", text[end : end + 20]):
        return None
    elif ref is None:
        return DateMention(Span(anchor.start(), end), None)
    else:
        year = ref.year
    return DateMention(
        Span(anchor.start(), end),
        _months(year, (number - 1) * size + 1, size, ref, text[anchor.start() : end], "quarter"),
    )


def iterate(mentions: list[DateMention]) -> Iterator[tuple[Span, Period]]:
    """The resolved ones, as a reading keeps them."""
    for mention in mentions:
        if mention.period is not None:
            yield mention.span, mention.period


_READERS = {
    "iso": _iso, "dmy": _dmy, "year": _year, "month": _month, "weekday": _weekday, "day": _relative_day,
    "rel": _relative, "ago": _ago, "q": _quarter,
}  # fmt: skip
