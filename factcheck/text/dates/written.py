"""Dates with the name of a month, and quarters of a year: "6 May 2031", "May the ninth", "Q3 2030".

Reads dates that need no other date. Dates in figures are in ``numeric``, dates counted from the day of publication in
``relative``.
"""

from __future__ import annotations

import re
from datetime import datetime

from factcheck.text.dates.periods import (
    LOOKS_AHEAD,
    Context,
    DateMention,
    count_of,
    day_period,
    days_between,
    months,
    nearest_year,
    zone,
)
from factcheck.text.homographs import is_month, is_name
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Period, Span

_LEX = load()
MONTH = alternatives(_LEX.months)
WEEKDAY = alternatives(_LEX.weekdays)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_FEW = alternatives([w for w, n in _LEX.small.items() if n])
_TWO_DIGITS = rf"(?:{alternatives(_LEX.tens)})(?:[ -](?:{_ONES}))?|oh[ -](?:{_ONES})|{_FEW}"
_FIRSTS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINALS: dict[str, int] = {word: n for n, word in enumerate(_FIRSTS, 1)} | {"thirtieth": 30}
ORDINALS |= {f"{ten} {_FIRSTS[n]}": tens + n + 1 for ten, tens in (("twenty", 20), ("thirty", 30)) for n in range(9)}
_ORDINAL_WORD = "|".join(w.replace(" ", "[ -]") for w in sorted(ORDINALS, key=lambda w: (-len(w), w)))
ORDINAL = rf"\d{{1,2}}(?:st|nd|rd|th)|{_ORDINAL_WORD}"
_DAY = rf"\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL_WORD}"
_YEAR = r"(?:1[5-9]|20)\d\d"
WORD_YEAR = (
    rf"(?:sixteen|seventeen|eighteen|nineteen|twenty)\s(?:hundred(?:(?:\sand)?\s(?:{_TWO_DIGITS}))?|(?:{_TWO_DIGITS}))"
    rf"|two\sthousand(?:(?:\sand)?\s(?:{_TWO_DIGITS}))?"
)
_ENDS = r"(?=\s*(?:[.,;:!?)]|$)|\s(?:to|through|till|until|and|at|in|of|from|nineteen|twenty|two)\b|,?\s\d)"
_DAY_BEFORE = Pattern(
    rf"(?i:(?:\b(?:{WEEKDAY})\.?,?\s{{1,2}}(?:the\s)?)?"
    rf"(?:(?<![\d$£€.,/-])(?P<from>{_DAY})\s?(?:-|\u2013|to|till|until|through|and|or)\s?(?:the\s)?)?"
    rf"(?<![\d$£€.])(?<!\d:)(?<![$£€]\s)(?P<day>{_DAY}|(?:{_TWO_DIGITS})(?=\s$)),?\s(?:day\s)?(?:of\s)?(?:the\s)?)$"
)
_DIGIT = Pattern(r"\d")
_DAY_WORDS = frozenset([*ORDINALS, *_LEX.small, *_LEX.tens])
_WEEKDAY_BEFORE = Pattern(rf"(?i:\b(?:{WEEKDAY})\.?,?\s)$")
_DAY_AFTER = Pattern(
    rf"(?i:(?:(?:\.?\s(?:the\s)?|,\s(?=\d{{1,2}}(?:st|nd|rd|th))|[-/](?!\d{{3}})|(?=\d))"
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%]|[:.]\d|,\d{{3}})"
    rf"|\s(?:the\s)?(?P<word>{_ORDINAL_WORD}|(?:twenty|thirty)[ -](?:{_ONES})){_ENDS})"
    rf"(?:\s?(?:-|\u2013|to|through|thru|till|until|and)\s?(?:the\s)?"
    rf"(?P<to>{_DAY})(?![\d:%,.]?\d|/|\s?(?:{MONTH})\b|\s[a-z]+s\b))?)"
)
_YEAR_AFTER = Pattern(
    rf"(?i:(?:\.?\s?,?\s'?|,?\s(?:of|in)\s(?:the\syear\s)?'?|[-/])(?P<year>{_YEAR})(?![\d%])"
    rf"|(?:\sof\s(?=\d\d\s*(?:[.,;!?)]|$))|\s(?:of\s)?['\u2019])(?P<short>\d\d)(?!\d)|,?\s(?:of\s"
    rf"|in\s)?(?P<words>{WORD_YEAR})(?!\w)"
    rf"|,?\s(?:of\s)?(?P<rel>this|next|last)\syear\b)"
)
_YEAR_BEFORE = Pattern(rf"(?:(?P<year>{_YEAR})(?:[\s/-]))$")
_SLASH_DATE = Pattern(rf"(?P<year>{_YEAR})[-/]$|(?<![\d/-])(?P<day>\d{{1,2}})[-/]$")
_SLASH_AFTER = Pattern(rf"[-/](?:(?P<year>{_YEAR})|(?P<day>\d{{1,2}}))(?![\d/-])")
_LEAD = Pattern(
    r"(?i:\b(?:in|since|by|of|until|till|from|during|before|after|early|late|mid|last|next|this|through|to|between"
    r"|the|and|for)[ -])$"
)
_LOWER_LEAD = Pattern(
    r"(?i:\b(?:in|since|of|until|till|during|before|after|early|late|mid|last|next|through|from)[ -])$"
)
_MONTH_NEXT = Pattern(rf"(?i:\s?(?:-|\u2013|\bto|\bthrough|\buntil|\btill)\s?(?:{MONTH})\b)")
_RELATIVE = Pattern(r"(?i:\b(?:(?P<early>earlier|later|late|early)\s)?(?P<rel>last|this|next|past|previous|coming)\s$)")
_IN_MONTH = Pattern(
    r"(?i:\b(?:in|since|during|last|this|next|early|late|mid|(?:beginning|start|middle|end)\sof)[\s-]$)"
)
_NOUN_NEXT = Pattern(
    r"\s(?!(?:at|on|in|to|for|and|or|by|with|from|when|after|before|the|an?|as|until|that|which|it|he|she|they"
    r"|we|was|were|is|are"
    r"|has|have|had|about|around|nearly|some|but|while|because|amid|during|over|near)\b)[a-z]"
)
_MARCH_OF = Pattern(r"\s(?:on|for|of|against)\s(?:the\s)?[A-Z]")  # "the March on Rome"
_LENGTH_NEXT = Pattern(r"(?i:\s\d{1,2}\s(?:seconds|minutes|hours|days|weeks|months|years)\b)")  # "the march 4 days ago"
_WORDS_THAT_ARE_NOT_MONTHS = frozenset(["march", "mar", "may", "sep", "dec", "jan"])


def year_in_words(words: str) -> int:
    """A year spelt out.

    >>> year_in_words("nineteen eighty-four"), year_in_words("two thousand and nine"), year_in_words("nineteen hundred")
    (1984, 2009, 1900)
    """
    expression = words.lower().replace("-", " ").replace(" and ", " ").split()
    if expression[:2] == ["two", "thousand"]:
        return 2000 + (count_of(" ".join(expression[2:])) if expression[2:] else 0)
    rest = [w for w in expression[1:] if w not in ("hundred", "oh")]
    return 100 * count_of(expression[0]) + (count_of(" ".join(rest)) if rest else 0)


def ordinal_value(words: str) -> int:
    """What an ordinal or a number of a day says.

    >>> ordinal_value("twenty-first"), ordinal_value("3rd"), ordinal_value("twenty nine")
    (21, 3, 29)
    """
    plain = " ".join(words.lower().replace("-", " ").split())
    if plain[:1].isdecimal():
        return int("".join(c for c in plain if c.isdecimal()))
    return ORDINALS.get(plain) or count_of(plain)


def numbered_day(year: int, month: int, day: int, ref: datetime | None, expression: str) -> Period:
    """One day by its numbers; a day that no calendar has is a ``ValueError``.

    >>> numbered_day(2031, 5, 6, None, "6 May").start.date().isoformat()
    '2031-05-06'
    """
    return day_period(datetime(year, month, day, tzinfo=zone(ref)), expression)


def full_year(year: int, ref: datetime | None) -> int:
    """A year of two digits lies at most fifteen years ahead.

    >>> full_year(31, datetime(2025, 1, 1)), full_year(87, datetime(2025, 1, 1))
    (2031, 1987)
    """
    if year > 99:
        return year
    now = ref.year if ref else 2025
    return year + (now // 100) * 100 - (100 if year > now % 100 + 15 else 0)


def read_month(context: Context, start: int, end: int) -> DateMention | None:
    """A date around the name of a month; None where the word is no month.

    >>> read_month(Context("on 6 May 2031", None, 0, 13), 5, 8).period.start.date().isoformat()
    '2031-05-06'
    """
    text, word = context.text, context.text[start:end].lower()
    slashed = _slashed(context, start, end)
    if slashed:
        return slashed
    back = context.back(start, 52)
    day, first, last, upto = _days(context, back, start, end)
    year_after = _YEAR_AFTER.match(text, last, context.limit)
    year_before = None if day else _YEAR_BEFORE.search(context.back(start, 6))
    relative = _RELATIVE.search(back[: len(back) - (start - first)])
    if not (year_after or year_before) and not _is_month(context, start, end, back, bool(day)):
        return None
    last = year_after.end() if year_after else last
    first = start - len(year_before.group()) if year_before else first
    first -= len(relative.group()) if relative and not (year_after or year_before) else 0
    month = _LEX.months[word]
    span, expression = Span(first, last), text[first:last]
    year, fixed = _year_of(context, month, day or 1, year_after or year_before, relative, first)
    if year is None:
        return DateMention(span, None)
    here = "" if fixed else "year"
    if not day:
        return DateMention(span, months(year, month, 1, context.ref, expression, "month"), here)
    period = numbered_day(year, month, day, context.ref, expression)
    if upto:
        then = month % 12 + 1 if upto < day else month
        closing = numbered_day(year + (then < month), then, upto, context.ref, expression)
        period = days_between(period.start, closing.start, expression)
    return DateMention(span, period, here)


def _is_month(context: Context, start: int, end: int, back: str, dated: bool) -> bool:
    """Whether a word that also means something else ("may", "march", "Dec") is the name of a month here."""
    text, word = context.text, context.text[start:end].lower()
    if text[start].isupper():
        if word == "march" and _MARCH_OF.match(text, end) and not dated:
            return False
        return (
            word not in ("may", "march", "mar", "dec")
            or dated
            or bool(_LEAD.search(back) or _MONTH_NEXT.match(text, end))
            or (word == "may" and is_month(text, start, end))
        )
    if word not in _WORDS_THAT_ARE_NOT_MONTHS:
        return True
    if _LENGTH_NEXT.match(text, end):
        return False
    return bool(_LOWER_LEAD.search(back)) or (dated and (word != "may" or is_name(text, start, end)))


def _days(context: Context, back: str, start: int, end: int) -> tuple[int, int, int, int]:
    """The day beside a month: its number, where the expression begins and ends, and the day it runs to."""
    text = context.text
    near = back[-16:].lower()
    before = (
        _DAY_BEFORE.search(back) if _DAY_WORDS.intersection(re.split(r"[\s-]", near)) or _DIGIT.search(near) else None
    )
    spelt = before and not before["day"][0].isdecimal() and " ".join(before["day"].lower().split("-")) not in ORDINALS
    if before and 1 <= ordinal_value(before["day"]) <= 31 and not (spelt and not _YEAR_AFTER.match(text, end)):
        day, first = ordinal_value(before["day"]), start - len(before.group())
        other = ordinal_value(before["from"]) if before["from"] else 0
        if 1 <= other <= 31:
            return other, first, end, day
        return day, first, end, 0
    after = _DAY_AFTER.match(text, end, context.limit)
    if after:
        day = ordinal_value(after["day"] or after["word"])
        counted = _IN_MONTH.search(back) and _NOUN_NEXT.match(text, after.end()) and after["day"]
        if 1 <= day <= 31 and not (counted and not after.group().rstrip().endswith(("st", "nd", "rd", "th"))):
            upto = ordinal_value(after["to"]) if after["to"] else 0
            weekday = _WEEKDAY_BEFORE.search(back)
            last = after.end() if 1 <= upto <= 31 or not after["to"] else after.end("day" if after["day"] else "word")
            return day, start - (len(weekday.group()) if weekday else 0), last, upto if upto <= 31 else 0
    return 0, start, end, 0


def _year_of(
    context: Context, month: int, day: int, named: re.Match[str] | None, relative: re.Match[str] | None, first: int
) -> tuple[int | None, bool]:
    """The year a month belongs to, and whether the copy names it."""
    parts = named.groupdict() if named else {}
    if parts.get("year"):
        return int(parts["year"]), True
    if parts.get("words"):
        return year_in_words(parts["words"]), True
    if parts.get("short"):
        return full_year(int(parts["short"]), context.ref), True
    if context.ref is None:
        return None, False
    if parts.get("rel"):
        return context.ref.year + {"this": 0, "next": 1, "last": -1}[parts["rel"].lower()], True
    if relative:
        now, word = context.ref, relative["rel"].lower()
        if word in ("last", "past", "previous"):
            return now.year - (month >= now.month), True
        return now.year + (word != "this" and month <= now.month), True
    return nearest_year(context.ref, month, day, context.looks(LOOKS_AHEAD, first, 40)), False


def _slashed(context: Context, start: int, end: int) -> DateMention | None:
    """A date whose month stands between strokes: "05-Aug-2031", "2031/aug/5", "Sep-23-2031"."""
    text, month = context.text, _LEX.months[context.text[start:end].lower()]
    before, after = _SLASH_DATE.search(context.before(start, 6)), _SLASH_AFTER.match(text, end, context.limit)
    if not before or not after:
        return None
    year, day = before["year"] or after["year"], before["day"] or after["day"]
    if not year or not day:
        return None
    span = Span(start - len(before.group()), after.end())
    return DateMention(span, numbered_day(int(year), month, int(day), context.ref, span.cut(text)))


_QUARTER_YEAR_BEFORE = Pattern(rf"(?:(?P<year>{_YEAR})[ -]?|(?i:\b(?P<rel>this|next|last)\syear['\u2019]s\s))$")
_QUARTER_YEAR_AFTER = Pattern(
    rf"(?i:(?:\s(?:of|in))?(?:\s(?:the\s)?(?:year|fiscal))?(?:,?\s|[-/])(?P<year>{_YEAR})(?!\d)"
    r"|\sof\s(?:the\s)?(?P<rel>this|next|last)\syear\b|\sof\s(?P<the>the)\syear\b)"
)


def read_quarter(context: Context, start: int, number: int, size: int, end: int) -> DateMention | None:
    """A quarter or a half of a year, its year before or behind it; a half needs one.

    >>> read_quarter(Context("Q3 2030", None, 0, 7), 0, 3, 3, 2).period.start.date().isoformat()
    '2030-07-01'
    """
    if number * size > 12:
        return None
    before = _QUARTER_YEAR_BEFORE.search(context.back(start, 14))
    after = None if before else _QUARTER_YEAR_AFTER.match(context.text, end, context.limit)
    named = before or after
    first, last = start - (len(before.group()) if before else 0), after.end() if after else end
    if named is None and size == 6 and context.text[start] not in "Hh":
        return None
    if named and named["year"]:
        year = int(named["year"])
    elif context.ref is None:
        return DateMention(Span(first, last), None)
    else:
        year = context.ref.year + {"next": 1, "last": -1}.get((named["rel"] or "").lower() if named else "", 0)
    expression = context.text[first:last]
    period = months(year, (number - 1) * size + 1, size, context.ref, expression, "quarter")
    return DateMention(Span(first, last), period, "" if named else "year")


def read_short_quarter(context: Context, start: int, end: int) -> DateMention | None:
    """ "Q3", "H1".

    >>> read_short_quarter(Context("H2 2030", None, 0, 7), 0, 2).period.start.date().isoformat()
    '2030-07-01'
    """
    word = context.text[start:end].lower()
    return read_quarter(context, start, int(word[1]), 3 if word[0] == "q" else 6, end)
