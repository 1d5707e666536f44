"""Dates and years in figures, and years in words: "2031-05-06", "5/6/31", "2030-31", "the 1990s".

Decides when a number is a date; dates with the name of a month are in ``written``.
"""

from __future__ import annotations

import re

from factcheck.text.dates.periods import LOOKS_AHEAD, Context, DateMention, months, nearest_year
from factcheck.text.dates.written import MONTH, WEEKDAY, WORD_YEAR, full_year, numbered_day, year_in_words
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
_DECADES = {f"{ten[:-1]}ies": value for ten, value in _LEX.tens.items()}
YEAR_WORDS = frozenset(["sixteen", "seventeen", "eighteen", "nineteen", "two", *_DECADES])
_DIGITS = Pattern(
    r"(?:(?P<iso>\d{4}(?P<i>[-/])\d{1,2}(?P=i)\d{1,2})(?!\d)"
    r"|(?P<dmy>\d{1,2}(?P<d>[./-])\d{1,2}(?P=d)(?:\d{4}|\d{2}))(?![\d/])"
    r"|(?P<compact>(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?![\w,])"
    r"|(?P<season>(?:19|20)\d\d[-\u2013/]\d\d)(?![\w-])"
    r"|(?P<ym>(?:19|20)\d\d-(?:1[0-2]|0?[1-9]))(?![\w-])|(?P<my>(?:1[0-2]|0?[1-9])[-/](?:19|20)\d\d)(?![\w/-])"
    r"|(?P<md>\d{1,2}/\d{1,2})(?:,?\s(?P<mdy>(?:19|20)\d\d)(?!\d))?(?![\w/%]|[.,]\d|\sof\b)"
    r"|(?P<decade>[1-9]0['\u2019]?\s?s)\b"
    r"|(?P<year>(?:1[5-9]|2[01])\d\d)(?P<s>'?s|\ss\b)?(?![\w,.%]*[\d%])"
    r"(?!-year|-member|-strong|-\d{4}-|\s?-\s?\d{1,3}(?!\d))(?!\w))"
)
_YEAR_LEAD = Pattern(
    r"(?i:\b(?:in|since|by|of|until|till|from|during|before|after|early|late|mid|between|for|to|and"
    r"|fiscal|through|the|than|around|circa|is|was|year|end|summer|winter|spring|autumn|fall|mid-|copyright|©"
    r"|class of|over|versus|vs)[\s-]$)|[(\u2013/]$|(?<!\w)-$"
)
_NOT_A_YEAR = Pattern(
    r"(?:about|some|nearly|almost|over|than|least|around|roughly|up to|another|only"
    r"|(?<!spring )(?<!summer )(?<!winter )(?<!autumn )(?<!fall )(?<!end )(?<!start )of) $"
)
_COUNTED_NEXT = Pattern(r"\s[a-z]{3,}s\b|\s(?:people|men|women|square)\b")
_TOLL_BEFORE = Pattern(
    r"\b(?:toll|total|tally|number|count|figure)\s(?:[a-z]+\s){0,2}?"
    r"(?:was|is|at|to|reached|hit|topped|passed|of|exceeded)\s$"
)
_DONE_TO = rf"(?:{alternatives(sorted(w for w in _LEX.event_families if ' ' not in w))}|dead|hurt|homeless|missing)"
_DONE_NEXT = Pattern(
    rf"\s(?:(?:were|are|was|have\sbeen|had\sbeen|remain|remained)\s)?{_DONE_TO}\b"
    r"(?=[.,;)]|\s(?:in|and|or|when|by|after|as|during|since|on|at|near|across|so|over|from|to|while|with)\b|$)"
)
_SUBJECT_NEXT = Pattern(
    rf"\s(?:[a-z]+\s)?(?:{alternatives(w for w in _LEX.noun_families if ' ' not in w)})"
    r"\s(?:were|are|have|had|died|lost|fled|took)\b"
)
_PEOPLE_NEXT = Pattern(r"\s(?:people|men|women|children|civilians|soldiers|workers|residents|passengers)\b")
_ACTED_ON = Pattern(r"(?<![^\W\d_])(?P<verb>[a-z]+)\s$")
_OTHER_VERBS = [
    "won",
    "lost",
    "left",
    "sold",
    "hit",
    "made",
    "built",
    "counted",
    "received",
    "produced",
    "treated",
    "employed",
]
_TRANSITIVE = (
    (_LEX.clause_verbs | frozenset(_LEX.event_families) | frozenset(_OTHER_VERBS))
    - _LEX.function_words
    - {"was", "were", "is", "are", "be", "been", "had", "has", "have", "since", "will", "would", "could", "may"}
)
_CLAUSE_BEFORE = Pattern(r"(?:^|[.!?:\n\u201c\"]\s*|[a-z,]\sand\s)$")
_TIME_BEFORE = Pattern(
    r"(?i:\b(?:in|since|until|till|from|during|before|after|early|late|mid|by|of|the|its|their|his|her|for)[\s-]$)"
)
_MONTH_OF_YEAR_NEXT = Pattern(rf"(?i:[-/\s](?:{MONTH})(?:[-/]\d|\b(?!\s\d|-)))")
_QUARTER_NEXT = Pattern(r"[ -]?[QqHh][1-4]\b")
_MD_LEAD = Pattern(
    rf"(?i:(?:\b(?:on|by|since|from|until|till|before|after|between|around|for|date|(?:{WEEKDAY}),?)\s|^)$)"
)
_MD_JOIN = Pattern(r"(?i:\s?(?:-|\u2013|to|till|until|through|and|or|,)?\s?$)")
_MD_RANGE = Pattern(r"\s?[-\u2013]\s?\d{1,2}/\d{1,2}")
_DECADE_LEAD = Pattern(r"(?i:\b(?:the|in|early|late|mid)[\s-]['\u2019]?$|['\u2019]$)")
_OF_AGE = Pattern(r"(?i:\b(?:his|her|their|my|your|our|its)\s(?:early\s|mid[\s-]|late\s)?$)")
_NEVER_DATES = frozenset(["24/7", "50/50"])


def read_digits(context: Context, start: int, end: int) -> DateMention | None:
    """A date that begins with a digit; None for any other number.

    >>> read_digits(Context("on 2031-05-06", None, 0, 13), 3, 7).period.start.date().isoformat()
    '2031-05-06'
    >>> read_digits(Context("12 boats", None, 0, 8), 0, 2)
    """
    found = _DIGITS.match(context.text, start, context.limit)
    if found is None:
        return None
    for kind, reader in _BY_DIGITS.items():
        if found[kind]:
            return reader(context, found)
    return None


def _part_of_number(context: Context, start: int) -> bool:
    """Whether a hyphen and more digits stand before: a telephone number, a code."""
    back = context.back(start, 4)
    return bool(re.search(r"\d\s?-\s?$", back))


def _iso(context: Context, found: re.Match[str]) -> DateMention:
    year, month, day = (int(x) for x in re.split("[-/]", found["iso"]))
    return DateMention(Span(*found.span()), numbered_day(year, month, day, context.ref, found.group()))


def _dmy(context: Context, found: re.Match[str]) -> DateMention | None:
    """Dots are read day first, slashes month first unless that cannot be."""
    if _part_of_number(context, found.start()):
        return None
    first, second, year = (int(x) for x in re.split("[./-]", found["dmy"]))
    month, day = (second, first) if found["d"] == "." or first > 12 else (first, second)
    month, day = (day, month) if month > 12 else (month, day)
    year = full_year(year, context.ref)
    return DateMention(Span(*found.span()), numbered_day(year, month, day, context.ref, found.group()))


def _compact(context: Context, found: re.Match[str]) -> DateMention:
    digits = found["compact"]
    period = numbered_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]), context.ref, digits)
    return DateMention(Span(*found.span()), period)


def _season(context: Context, found: re.Match[str]) -> DateMention | None:
    """Two years that follow each other are a season or a business year; "2031-05" is a month."""
    year, other = int(found["season"][:4]), int(found["season"][5:])
    span = Span(found.start(), found.end("season"))
    if other == (year + 1) % 100:
        return DateMention(span, months(year, 1, 24, context.ref, found["season"], "year"))
    if found["season"][4] == "-" and 1 <= other <= 12:
        return DateMention(span, months(year, other, 1, context.ref, found["season"], "month"))
    return None


def _year_month(context: Context, found: re.Match[str]) -> DateMention | None:
    if _part_of_number(context, found.start()):
        return None
    one, two = (int(x) for x in re.split("[-/]", found.group()))
    year, month = max(one, two), min(one, two)
    return DateMention(Span(*found.span()), months(year, month, 1, context.ref, found.group(), "month"))


def _month_day(context: Context, found: re.Match[str]) -> DateMention | None:
    """Month and day without a year, where the words before ask for a date; the American order first."""
    start, end = found.span()
    back = context.back(start, 16)
    joined = context.floor and context.floor > start - 10 and _MD_JOIN.fullmatch(back)
    if not (_MD_LEAD.search(back) or joined or _MD_RANGE.match(context.text, end)) or found["md"] in _NEVER_DATES:
        return None
    first, second = (int(x) for x in found["md"].split("/"))
    month, day = (first, second) if first <= 12 else (second, first)
    span = Span(start, end)
    if found["mdy"]:
        return DateMention(span, numbered_day(int(found["mdy"]), month, day, context.ref, found.group()))
    if context.ref is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return DateMention(span, None) if 1 <= month <= 12 and 1 <= day <= 31 else None
    if found["md"] == "9/11":  # in news this is one day, whatever the year
        return DateMention(span, numbered_day(2001, 9, 11, context.ref, "9/11"))
    year = nearest_year(context.ref, month, day, context.looks(LOOKS_AHEAD, start, 40))
    return DateMention(span, numbered_day(year, month, day, context.ref, found["md"]), "year")


def _decade(context: Context, found: re.Match[str]) -> DateMention | None:
    """ "the '90s": the last such decade."""
    if not _DECADE_LEAD.search(context.before(found.start(), 8)) or _OF_AGE.search(context.before(found.start(), 16)):
        return None
    return decade(context, int(found["decade"][:2]), Span(*found.span()))


def decade(context: Context, tens: int, span: Span) -> DateMention:
    """The last decade of a century that begins with these tens.

    >>> decade(Context("the 90s", None, 0, 7), 90, Span(4, 7)).period.start.year
    1990
    """
    now = context.ref.year if context.ref else 2025
    year = now // 100 * 100 + tens - (100 if tens > now % 100 else 0)
    return DateMention(span, months(year, 1, 120, context.ref, span.cut(context.text), "year"))


def _year_mention(context: Context, found: re.Match[str]) -> DateMention | None:
    year, text = int(found["year"]), context.text
    span = Span(*found.span())
    if found["s"]:
        return DateMention(span, months(year, 1, 120, context.ref, found.group(), "year"))
    leads = _YEAR_LEAD.search(context.before(span.start, 12))
    if (not 1900 <= year <= 2100 and not leads) or _part_of_number(context, span.start):
        return None
    if _is_count(context, span):
        return None
    counted = _COUNTED_NEXT.match(text, span.end)
    if counted and (_NOT_A_YEAR.search(context.before(span.start, 24).lower()) or (year == 2000 and not leads)):
        return None
    if _QUARTER_NEXT.match(text, span.end) or _MONTH_OF_YEAR_NEXT.match(text, span.end):
        return None
    return DateMention(span, months(year, 1, 12, context.ref, found.group(), "year"))


def _is_count(context: Context, span: Span) -> bool:
    """Whether four digits that could be a year count something: "killed 1900 people", "the toll was 1987"."""
    text, back = context.text, context.before(span.start, 40)
    if _TOLL_BEFORE.search(back):
        return True
    if _TIME_BEFORE.search(back):
        return False
    if _DONE_NEXT.match(text, span.end):
        return True
    if not _COUNTED_NEXT.match(text, span.end):
        return False
    if _PEOPLE_NEXT.match(text, span.end):
        return True
    verb = _ACTED_ON.search(back)
    if verb is not None and verb["verb"] in _TRANSITIVE:
        return True
    return bool(_CLAUSE_BEFORE.search(back)) and _SUBJECT_NEXT.match(text, span.end) is not None


_YEAR_WORDS = Pattern(rf"(?i:(?:{WORD_YEAR})(?!\w))")
_WORD_YEAR_LEAD = Pattern(r"(?i:\b(?:in|since|of|by|until|till|before|after|year|from)\s$)")
_TENS_LEAD = Pattern(r"(?i:\b(?:the|in|early|late|mid)[ -]$)")


def read_year_words(context: Context, start: int, end: int) -> DateMention | None:
    """A year or decade spelt out, where the words before ask for one: "in nineteen eighty-four".

    >>> read_year_words(Context("in nineteen eighty-four", None, 0, 23), 3, 11).period.start.year
    1984
    """
    word = context.text[start:end].lower()
    if word in _DECADES:
        named = _TENS_LEAD.search(context.back(start, 8)) and not _OF_AGE.search(context.before(start, 16))
        return decade(context, _DECADES[word], Span(start, end)) if named else None
    found = _YEAR_WORDS.match(context.text, start, context.limit)
    if found is None or not _WORD_YEAR_LEAD.search(context.back(start, 8)):
        return None
    if word == "two" and not re.match(r"\s*(?:[.,;!?)]|$)|\s(?:and|was|were|is|to)\b", context.text[found.end() :][:9]):
        return None
    year = year_in_words(found.group())
    return DateMention(Span(*found.span()), months(year, 1, 12, context.ref, found.group(), "year"))


_BY_DIGITS = {
    "iso": _iso,
    "dmy": _dmy,
    "compact": _compact,
    "season": _season,
    "ym": _year_month,
    "my": _year_month,
    "md": _month_day,
    "decade": _decade,
    "year": _year_mention,
}
