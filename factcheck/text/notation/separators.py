"""Digits and separators of other scripts and countries: "１，２００", "0,5 per cent", "12.000 inhabitants".

A comma is decimal only where the words after it make a list impossible; a point stands between thousands only where
what is counted cannot be parted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
_GAP = r"[ \t\u00a0\u2009\u202f]"
_FULL_WIDTH = Pattern(r"[\uff04\uffe1]?[\uff10-\uff19]+(?:[\uff0c\uff0e][\uff10-\uff19]+)*\uff05?")
_OTHER_SIGNS = {"\uffe1": "£"}
_AFTER_DECIMAL = alternatives(
    [*_LEX.scales, *_LEX.scale_marks, *_LEX.unit_words, *_LEX.currency_words, *_LEX.currency_codes, "times", "points"]
)
_SIGN = "[$€£₴₽₺₹¥]"
_COMMA = Pattern(
    rf"(?<![\w.,])(?P<whole>\d{{1,3}}(?:[ \u00a0\u2009\u202f]\d{{3}})*|\d+),(?P<part>\d{{1,2}})(?![\w,]|\.\d)"
    rf"(?:(?={_GAP}?(?:{_SIGN}|%|°)|(?:{_GAP}|-)(?i:{_AFTER_DECIMAL}|m|km|t|g|l)(?![^\W\d_]))"
    rf"|(?=\s(?:to|and|or)\s\d{{1,3}},\d{{1,2}}\s(?:per\scent|percent|(?i:{_AFTER_DECIMAL})(?![^\W\d_])))"
    rf"|(?=\s(?:to|and|or)\s\d{{1,3}},\d{{1,2}}\s(?:per\scent|(?i:{_AFTER_DECIMAL})(?![^\W\d_])))"
    rf"|(?<=(?<![\d,.])0,\d)|(?<=(?<![\d,.])0,\d\d)|(?<={_SIGN}\d,\d\d)|(?<={_SIGN}\d\d,\d\d)|(?<={_SIGN}\d,\d))"
    rf"|(?<![\w.,])(?P<glued>\d{{1,3}}),(?P<tail>\d{{1,2}})(?=(?i:bn|mn|m|km|kg|mln|mrd)(?!\w))"
)
_POINTS = Pattern(
    r"(?<![\w.,-])(?P<number>\d{1,3}(?:\.\d{3}){2,}|\d{1,3}\.\d{3})(?![\w]|[.,]\d|-\d)(?P<next>[ \u00a0]+[^\W\d_]+)?"
)
_SHARED = Pattern(
    r"(?i:\b(?:average|averages|averaged|averaging|mean|rate|ratio|index|factor|quotient|median)\b[^.;]{0,60}$)"
)
_BULK = frozenset(
    word
    for unit in ("tonne", "ton", "m", "km", "mile", "hectare", "acre", "litre", "barrel", "kg", "sq_km", "sq_m")
    for word, name in _LEX.unit_words.items()
    if name == unit and word.endswith("s")
)
"""Units of goods and land, of which thousands are told and thousandths are not; 6.500 percent and seconds are."""
_PRICE_NEXT = Pattern(r"(?i:\s(?:an?|per|each|for)\b|\s?/)")
_RATE_BEFORE = Pattern(rf"(?i:\b(?:{alternatives(_LEX.currency_words)}|rate)\b[^.;]{{0,40}}$)")
_NO_NOUN = _LEX.function_words | _LEX.clause_verbs | frozenset(_LEX.unit_words) | {"times", "points", "seconds"}


def full_width(text: str) -> Iterator[tuple[int, int, str]]:
    """Where digits of full width stand, and the same in plain digits.

    >>> list(full_width("１，２００ people"))
    [(0, 5, '1,200')]
    """
    for found in _FULL_WIDTH.finditer(text):
        yield *found.span(), "".join(_OTHER_SIGNS.get(c) or chr(ord(c) - 0xFEE0) for c in found.group())


def decimal_commas(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a comma stands before decimals: a unit, a scale, a currency follows, or the number begins with nought.

    >>> [read for *_, read in decimal_commas("0,5 per cent, 3,5 km², 1 222 333,50 euros, rows 3,5 and 7")]
    ['.', '.', '.']
    """
    if "," not in text:
        return
    for found in _COMMA.finditer(text):
        at = found.end("glued" if found["glued"] else "whole")
        yield at, at + 1, "."


def thousands(text: str) -> Iterator[tuple[int, int, str]]:
    """Where points stand between thousands: twice or more, or once before what cannot be parted.

    >>> [read for *_, read in thousands("12.000 inhabitants, 1.000.000 users, an average of 2.125 children")]
    ['12,000', '1,000,000']
    """
    if "." not in text:
        return
    for found in _POINTS.finditer(text):
        number = found["number"]
        if number.count(".") > 1 or _is_whole(text, found, number):
            yield *found.span("number"), number.replace(".", ",")


def _is_whole(text: str, found: re.Match[str], number: str) -> bool:
    """Whether one point parts thousands: whole things are counted, in the plural, and nothing is averaged or priced."""
    at, following = found.start(), (found["next"] or "").strip().lower()
    if number.startswith("0.") or not following or _SHARED.search(text, max(0, at - 70), at):
        return False
    if following in _LEX.currency_words:
        priced = _PRICE_NEXT.match(text, found.end()) or _RATE_BEFORE.search(text, max(0, at - 60), at)
        return number.endswith("00") and not priced
    if following in _LEX.unit_words:
        return number.endswith("00") and following in _BULK
    plural = (following.endswith("s") and not following.endswith("ss")) or following in ("people", "men", "women")
    return plural and following not in _NO_NOUN
