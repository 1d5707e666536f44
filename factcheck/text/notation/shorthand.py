"""Shorthand beside numbers: "10^6", "6'2\\"", "Rs.14.5", "c.40 sheds", "half-a-dozen"."""

from __future__ import annotations

from collections.abc import Iterator

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
_POWER = Pattern(r"(?<![\w.,^])10\^(?P<power>[-+\u2212]?\d{1,2})(?![\d^])")
_TIMES = Pattern(r"\d\s?[x\u00d7*\u00b7]\s?$")
_FEET = Pattern(
    r"(?<![\w'\u2019\"\u201d\u00b0.])(?P<feet>\d{1,2})\s?['\u2019\u2032]\s?(?P<inches>1[01]|\d)(?P<part>\.\d|\u00bd)?"
    r"(?:\s?(?:[\"\u201d\u2033]|['\u2019]{2})|(?=\s(?:tall|in\sheight|and\sweighs)\b))(?!\w)"
)
_BEFORE = Pattern(r"(?<![\w.])(?:(?P<rupees>[Rr]s|Re)\.\s?(?=\d)|(?P<circa>ca?)\.\s?(?=\d))")
_HYPHENED = Pattern(
    rf"(?i:(?<!\w)(?:half|quarter)-an?-(?={alternatives(_LEX.scales)})"
    rf"|(?<!\w)an?-(?=(?:{alternatives(_LEX.scales)})\b))"
)


def powers(text: str) -> Iterator[tuple[int, int, str]]:
    """A power of ten that stands alone, as digits with an exponent.

    >>> list(powers("10^6 cells, 2 x 10^5 units"))
    [(0, 4, '1e6')]
    """
    if "^" not in text:
        return
    for found in _POWER.finditer(text):
        if not _TIMES.search(text, max(0, found.start() - 4), found.start()):
            yield *found.span(), "1e" + found["power"].replace("\u2212", "-")


def feet_and_inches(text: str) -> Iterator[tuple[int, int, str]]:
    """A height written with primes, in words.

    >>> list(feet_and_inches('He is 6\\'2" tall'))
    [(6, 10, '6 feet 2 inches')]
    """
    for found in _FEET.finditer(text):
        yield *found.span(), f"{found['feet']} feet {found['inches']}{found['part'] or ''} inches"


def before_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Abbreviations whose point is none of the number: "Rs.14.5", "c.40".

    >>> [read for *_, read in before_numbers("Rs.14.5, c.40 sheds")]
    ['Rs ', 'circa ']
    """
    for found in _BEFORE.finditer(text):
        yield *found.span(), "Rs " if found["rupees"] else "circa "


def number_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Hyphens between number words, which are read as blanks.

    >>> list(number_words("half-a-dozen people"))
    [(0, 7, 'half a ')]
    """
    for found in _HYPHENED.finditer(text):
        yield *found.span(), found.group().replace("-", " ")
