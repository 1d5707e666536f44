"""Numbers as written, in digits and words, each as an exact value, not yet joined into ranges.

Makes one number of two ("3 hundred and 21", "one in five"). Digits are read in ``numerals``, words in
``number_words``, units and hedges in ``figures``.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from factcheck.text.patterns import Pattern
from factcheck.text.quantities.number_words import FIRST_WORDS, find_number_words
from factcheck.text.quantities.numerals import NumberMention, find_numerals, normalised_value
from factcheck.text.values import Span

_DIGIT = Pattern(r"[\d\u00bc-\u00be\u2150-\u215f]")
_LOW_WORD = Pattern(r"[a-z]+")
_ONE_IN = Pattern(r"[ \u00a0](?:in|out[ \u00a0]of)[ \u00a0](?:every[ \u00a0])?$")
_TIME_AFTER = Pattern(r"\s(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|games?|matches|attempts)\b")
_OFTEN = frozenset([3, 4, 5, 6, 8, 10, 20, 50, 100, 1000])


def find_numbers(text: str, start: int, end: int) -> list[NumberMention]:
    """Every number of a stretch of text, in digits or words, not yet joined into ranges.

    >>> [str(n.value) for n in find_numbers("two and a half million, 1,250 and half a dozen", 0, 46)]
    ['2500000', '1250', '6']
    """
    found: list[NumberMention] = []
    if _DIGIT.search(text, start, end):
        found += find_numerals(text, start, end)
    if not FIRST_WORDS.isdisjoint(_LOW_WORD.findall(text[start:end].lower())):
        found += find_number_words(text, start, end)
    if not found:
        return found
    found.sort(key=lambda n: (n.span.start, -n.span.end))
    out: list[NumberMention] = []
    for number in found:
        if out and number.span.start < out[-1].span.end:
            continue
        joined = _combined(text, out[-1], number) if out else None
        if joined is not None:
            out[-1] = joined
        else:
            out.append(number)
    return out


def _combined(text: str, first: NumberMention, second: NumberMention) -> NumberMention | None:
    if first.value is None or second.value is None:
        return None
    gap = text[first.span.end : second.span.start]
    if len(gap) > 14:
        return None
    return _one_in(text, gap, first, second) or _sum(gap, first, second)


def _one_in(text: str, gap: str, first: NumberMention, second: NumberMention) -> NumberMention | None:
    """ "one in five", "four out of five", "1 in 20" as one share."""
    if not _ONE_IN.fullmatch(gap) or first.form not in ("words", "digits") or second.form not in ("words", "digits"):
        return None
    top, bottom = first.value or Decimal(0), second.value or Decimal(0)
    if not 0 < top < bottom or top != top.to_integral_value() or bottom > 10**10:
        return None
    if text[first.span.start - 1 : first.span.start] in ("-", "\u2013", "/"):
        return None  # "5-4 in 10 innings"
    if first.form == "digits" and (second.form != "digits" or (top != 1 and bottom not in _OFTEN)):
        return None
    if second.form == "digits" and bottom > 1000 and top != 1:
        return None
    if (first.form == "digits" or "out" not in gap) and _TIME_AFTER.match(text, second.span.end):
        return None
    if second.form == "digits" and 1500 <= bottom < 2100 and "every" not in gap and "out" not in gap:
        return None  # "one in 2019": a year
    return NumberMention(Span(first.span.start, second.span.end), top / bottom, step=Decimal("0.01"), form="fraction")


def _sum(gap: str, first: NumberMention, second: NumberMention) -> NumberMention | None:
    """ "3 hundred and 21", "4 thousand 3 hundred", "3 million and a half" as one number."""
    a, b = first.value or Decimal(0), second.value or Decimal(0)
    if first.form != "digits" or first.step < 100 or first.mark:
        return None
    span = Span(first.span.start, second.span.end)
    if gap == " and " and second.form == "fraction":
        part = b * first.step if first.step >= 1000 else b
        return replace(first, span=span, value=normalised_value(a + part), step=first.step / 10)
    smaller = 0 <= b < first.step and b == b.to_integral_value() and second.form in ("digits", "words")
    below = gap == " " and second.step >= 100  # "4 thousand 3 hundred"
    if smaller and not second.mark and (below or (gap == " and " and first.step == 100 and b < 100)):
        return replace(first, span=span, value=normalised_value(a + b), step=second.step)
    return None
