"""Ranges: two numbers that stand for one interval, "40 to 50", "between 7 and 9 km", "more than 20 but fewer than 30".

Decides when two numbers are one range and when they are two figures: "from 310 to 415" after a verb of change is two
figures of two times.
"""

from __future__ import annotations

import re
from decimal import Decimal

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities import units
from factcheck.text.quantities.numerals import NumberMention, with_mark, without_mark
from factcheck.text.values import Hedge

_LEX = load()
_FAR = 34
_GAP = Pattern(
    r"(?P<hung>-?)\s(?P<word>to|or|and|through|till|until)\s(?:about\s|around\s|as\smany\sas\s|roughly\s)?"
    r"|(?P<dash>\s?[-\u2010-\u2015]\s?)|\s?(?P<tilde>~)\s?"
)
_BETWEEN = Pattern(r"(?i:\bbetween\s(?:about\s|an\sestimated\s|around\s)?)$")
_FROM = Pattern(r"(?i:\bfrom\s(?:about\s|around\s|some\s|nearly\s|just\s|over\s|more than\s)?)$")
_CHANGE = Pattern(rf"(?i:\b(?:{alternatives((_LEX.change_up | _LEX.change_down) - {'up', 'down', 'off'})})\b)")
_CHANGED = Pattern(
    rf"(?i:\b(?:{alternatives((_LEX.change_up | _LEX.change_down) - {'off'})})\s"
    r"(?:(?:about|around|some|nearly|almost|just|only|another|an?|more\sthan|roughly|over)\s){0,2}$)"
)
_CHANGED_BY = Pattern(rf"(?i:\b(?:{alternatives(_LEX.change_up | _LEX.change_down)})\sby\s(?:[a-z]+\s){{0,2}}$)")
_JOIN = Pattern(r"(?:,?\s(?:and|but|yet)\s|,\s)(?:is\s|are\s)?")
_LOWER = frozenset([Hedge.MORE_THAN, Hedge.AT_LEAST])
_UPPER = frozenset([Hedge.FEWER_THAN, Hedge.UP_TO])


def gap_after(text: str, own: units.UnitMention | None, first: NumberMention, limit: int) -> re.Match[str] | None:
    """The words that may join a number to the next: a dash, "to", "or", "and"."""
    end = own.end if own else first.span.end
    gap = _GAP.match(text, end, limit)
    if gap is None and own is not None:
        gap = _GAP.match(text, first.span.end, limit)
    return gap


def is_range(
    text: str, gap: re.Match[str], begin: int, floor: int, first: NumberMention, second: NumberMention
) -> bool:
    """Whether the words between and before two numbers make them one range."""
    before = text[max(floor, begin - 24) : begin]
    word = gap["word"]
    if first.value is None or second.value is None:
        return False
    if word == "and":
        return bool(_BETWEEN.search(before))
    if word == "or":
        return not gap["hung"] and first.form == second.form and second.value * 2 <= first.value * 3 + 4
    if word and _FROM.search(before):
        return not _CHANGE.search(text, max(floor, begin - 70), begin)
    if gap["dash"]:
        return first.form in (second.form, "digits")
    if word == "to" and _CHANGED_BY.search(text, max(floor, begin - 40), begin):
        return gap.start() <= first.span.end + 1 and second.value <= first.value * 4  # "by 3 to 5 percent"
    return word in ("to", "through", None) and not _CHANGED.search(text, max(floor, begin - 40), begin)


def shared_scale(first: NumberMention, second: NumberMention) -> tuple[Decimal, Decimal]:
    """Low and high, where the scale of the second number holds for the first: "3-4bn", "two to three million".

    >>> three, four = Decimal(3), Decimal(4)
    >>> shared_scale(NumberMention(None, three, raw=three), NumberMention(None, four * 1000, raw=four))
    (Decimal('3000'), Decimal('4000'))
    """
    low, high = first.value or Decimal(0), second.value or Decimal(0)
    scale = second.step if second.form == "words" else (high / second.raw if second.raw else Decimal(1))
    scaled_first = first.step >= 12 if first.form == "words" else bool(first.raw) and first.raw != low
    if scale >= 12 and not scaled_first and low < 1000 and low * scale < high:
        low *= scale
    return low, high


def with_mark_as_scale(number: NumberMention, money: bool) -> NumberMention:
    """The first number of a range with its short mark read as scale, where money makes that sure."""
    return with_mark(number) if money else without_mark(number)


def are_two_bounds(text: str, tail: int, lead: int, first: Hedge, second: Hedge) -> bool:
    """Whether "more than 20" and "fewer than 30" that follow each other bound one number."""
    opposite = (first in _LOWER and second in _UPPER) or (first in _UPPER and second in _LOWER)
    return opposite and lead - tail < _FAR and _JOIN.fullmatch(text, tail, lead) is not None
