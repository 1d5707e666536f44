"""Places named in a text, and the one a figure belongs to.

A place is a name in the text with its country, not a point on a map.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
_HEADS = alternatives(_LEX.place_heads | {h.capitalize() for h in _LEX.place_heads})
_NAME = r"[A-Z][\w'\u2019.-]*[\w](?:\s(?:of\s(?:the\s)?)?[A-Z][\w\u2019-]*\w){0,3}"
_IN = Pattern(
    rf"\b(?:in|at|near|across|around|throughout|outside|inside|over|into|from|to|of"
    rf"|on)\s(?:the\s)?(?:(?:city|town|village|province|region|state|southern|northern|eastern|western"
    rf"|central|nearby|downtown|occupied|neighbou?ring"
    rf"|rural)\s(?:of\s)?)?(?P<name>{_NAME})(?P<head>\s(?:{_HEADS}))?"
)
_KNOWN = Pattern(rf"\b(?=[A-Z])(?:{alternatives({*_LEX.countries, *_LEX.capitals})})(?![\w])")
_CAPITAL = Pattern(r"(?<!\w)[A-Z][A-Za-z]*(?:\.[A-Z]\.?)*")
_FIRST_WORDS = frozenset(name.split()[0] for name in {*_LEX.countries, *_LEX.capitals})
_OF_NAME = Pattern(r"\b(?:for|of)\s(?:the\s)?[A-Z]\w+\s$")
_HOLDS = Pattern(r"(?:['\u2019]s)?\s(?:\w+\s)?(?:control|hands|forces|troops|occupation|rule)\b")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as written, with the country it lies in where that is known."""

    span: Span
    name: str
    country: str = ""
    stated: bool = False


def find_places(text: str, start: int, end: int) -> list[PlaceMention]:
    """The places of a stretch of text in order.

    >>> [(p.name, p.country) for p in find_places("fire in Norland and in France", 0, 29)]
    [('Norland', ''), ('France', 'France')]
    """
    out: list[PlaceMention] = []
    for match in _IN.finditer(text, start, end):
        name = match["name"]
        first = name.split()[0].rstrip(".").lower()
        if first in _LEX.months or first in _LEX.weekdays or (name.isupper() and len(name) > 3):
            continue
        if not match["head"] and _is_body(text, match.start(), match.end(), name):
            continue
        bare = re.sub(r"['\u2019]s$", "", name)
        country = _LEX.countries.get(bare) or _LEX.capitals.get(bare, "")
        out.append(PlaceMention(Span(match.start("name"), match.end()), (bare + (match["head"] or "")), country, True))
    stated, at = len(out), 0
    for match in _known(text, start, end):
        while at < stated and out[at].span.end <= match.start():
            at += 1
        if at < stated and out[at].span.start <= match.start():
            continue
        name = match.group()
        out.append(PlaceMention(Span(*match.span()), name, _LEX.countries.get(name) or _LEX.capitals.get(name, "")))
    out.sort(key=lambda p: p.span.start)
    return out


def _known(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The countries, peoples and capitals of a stretch; only words that begin one are looked at closely."""
    for word in _CAPITAL.finditer(text, start, end):
        if word.group() in _FIRST_WORDS:
            match = _KNOWN.match(text, word.start(), end)
            if match is not None:
                yield match


def _is_body(text: str, start: int, end: int, name: str) -> bool:
    """Whether a name after a preposition is an organisation's, part of one, or a people's: no place."""
    if text[start : start + 2] in ("to", "of") and any(word.lower() in _LEX.party_heads for word in name.split()):
        return True
    if text[start : start + 3] == "of " and _OF_NAME.search(text, max(0, start - 30), start):
        return name not in _LEX.countries and name not in _LEX.capitals
    return _LEX.countries.get(name, name) != name and text[end : end + 1] == " " and text[end + 1 : end + 2].islower()


def main_place(mentions: list[PlaceMention]) -> str:
    """Where a story plays: the place named most often, with its country."""
    names: Counter[str] = Counter(p.name for p in mentions if p.stated)
    countries: Counter[str] = Counter(p.country for p in mentions if p.country)
    name = max(names, key=lambda n: (names[n], -len(n), n)) if names else ""
    country = max(countries, key=lambda n: (countries[n], n)) if countries else ""
    return with_country(name, country)


def with_country(name: str, country: str) -> str:
    """A place followed by its country, once.

    >>> with_country("Norland", "France"), with_country("France", "France")
    ('Norland, France', 'France')
    """
    if not name or name == country:
        return country
    return f"{name}, {country}" if country and country not in name else name


def nearest_place(mentions: list[PlaceMention], at: int, end: int, story: str) -> str:
    """The place a figure belongs to: named after it in its sentence, else before it, else the story's."""
    after = [p for p in mentions if p.stated and at <= p.span.start < end]
    before = [p for p in mentions if p.stated and p.span.start < at]
    chosen = after[0] if after else before[-1] if before else None
    if chosen is None:
        return story
    country = chosen.country or next((p.country for p in mentions if p.country), "")
    if not country:
        country = story.rpartition(", ")[2]
    return with_country(chosen.name, country)


def party_beside(text: str, mentions: list[PlaceMention], at: int, tail: int) -> str:
    """Whose figure it is where sides are counted: "under X's control", else the people last named before it."""
    for place in mentions:
        if place.country and place.span.start >= tail and _HOLDS.match(text, place.span.end):
            return place.country
    before = [p.country for p in mentions if p.country and p.span.start < at and not p.stated]
    return before[-1] if before else ""
