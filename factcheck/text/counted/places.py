"""Places named in a text, and the one a figure belongs to.

A place is a name in the text with its country, not a point on a map.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Span

_LEX = load()
_PARTS = {**_LEX.capitals, **_LEX.regions}
_HEADS = alternatives(_LEX.place_heads | {h.capitalize() for h in _LEX.place_heads})
_NAME = r"[A-Z][\w'\u2019.-]*[\w](?:(?:\s[A-Z]\.)?\s(?:of\s(?:the\s)?)?[A-Z][\w\u2019-]*\w){0,3}"
_LEAD_IN = (
    r"(?:the\s)?(?:(?:city|town|village|province|region|state|capital|southern|northern|eastern|western"
    r"|central|nearby|downtown|occupied|neighbou?ring|rural|coastal)\s(?:of\s)?){0,2}"
)
_IN = Pattern(
    rf"\b(?P<lead>[Ii]n|[Aa]t|[Nn]ear|[Aa]cross|[Aa]round|[Tt]hroughout|[Oo]utside|[Ii]nside|over|into|from|to"
    rf"|of|[Oo]n)\s{_LEAD_IN}"
    rf"(?P<name>{_NAME})(?P<head>\s(?:{_HEADS}))?"
)
_STRUCK = Pattern(
    rf"\b(?:hit|hits|struck|devastated|ravaged|ravaging|battered|battering|pounded|pounding|rocked|shook|swept|lashed"
    rf"|flooded|peppered|slammed\sinto|hitting|striking)\s{_LEAD_IN}(?P<name>{_NAME})(?P<head>\s(?:{_HEADS}))?"
)
_SAID = Pattern(r"(?<!were )(?<!was )(?<!been )\b(?:said|says|told|announced|reported|added)\s$")
"""Behind these a place is that of who says it, and not of what is said: "the ministry said in Ost"."""
_TOWARDS = frozenset(["from", "to", "of", "into", "over", "on"])
_KNOWN = Pattern(rf"\b(?=[A-Z])(?:{alternatives({*_LEX.countries, *_PARTS})})(?![\w])")
_CAPITAL = Pattern(r"(?<!\w)[A-Z][A-Za-z]*(?:\.[A-Z]\.?)*")
_FIRST_WORDS = frozenset(name.split()[0] for name in {*_LEX.countries, *_PARTS})
_HOLDS = Pattern(r"(?:['\u2019]s)?\s(?:\w+\s)?(?:control|hands|forces|troops|occupation|rule)\b")
_NO_PLACE_WORDS = _LEX.party_heads | _LEX.body_words
_OWNER_NEXT = Pattern(
    r"(?:\.?\s(?:Inc|Corp|Plc|PLC|Ltd|Co|LLC|Holdings|Industries)\b|\s<[A-Z])|\.?\shistory\b|\sscale\b"
)
_OF_STATE = Pattern(
    r"\.\s(?:Geological|Embassy|Army|Navy|Senate|House|Coast|Department|National|Weather|Air|State|Treasury|Federal"
    r"|Secretary|Marine|Attorney|District|Supreme|Securities|Postal|Open|President|Ambassador)"
)
_FIRM = Pattern(
    r"(?<![\w.])(?P<name>[A-Z][\w&'\u2019-]+)(?:\s[A-Z][\w&'\u2019-]*){0,3}"
    r"(?:\s(?:Inc|Corp|Plc|PLC|Ltd|Co|LLC|Holdings)\b|\s<[A-Z])"
    r"|(?<![\w.])(?<!\bin )(?<!\bat )(?<!\bof )(?P<said>[A-Z][\w&'\u2019-]+)\s(?:said|says)\b"
    r"|(?:Mr|Mrs|Ms|Dr|Gov|Sen|Rep|Sir)\.?\s(?:[A-Z][\w'\u2019-]+\s)?(?P<person>[A-Z][\w'\u2019-]+)"
)
_PARTY_NEXT = Pattern(
    r"(?:['\u2019]s)?\s(?:also\s|has\s|had\s|have\s|was\s|is\s|will\s|would\s|were\s)?(?:said|says|sent|send"
    r"|sends|sending|donat\w+|offer\w+|provid\w+|gave|give"
    r"|giving|pledg\w+|impos\w+|flew|urg\w+|call\w+|demand\w+|told|den\w+|warn\w+|Red\sCross|[A-Z])"
)
_ACTS_NEXT = Pattern(
    r"\s(?:was|were|is|are|has|had|will|would|could|may|[a-z]{2,}ed|experiences?|accounts?|produces?|lost)\b"
)
_OWN_NEXT = Pattern(
    r"\s(?:\w+\s)?(?:quake|earthquake|flood|floods|disaster|output|exports?|imports?|production|economy"
    r"|inflation|crop|harvest"
    r"|population|market|data|figures|border|coast|side|capital|(?:officials|authorities|police)\sreported)\b"
)
_INSIDE = Pattern(r"(?<=\b[Ii])n [A-Z][\w'\u2019-]+")
_STARTS = Pattern(r"(?:^|[.!?\n]\s?[\u201c\"]?)$")
_CLAUSE = Pattern(r"[,;:\u2014]|\b(?:and|but|while|whereas)\b")
_MOST_NAMES = 60
_OPENS, _OPENING_COST = 4, 90
"""What a place costs at most that opens the sentence: "In Alabama, …"."""
_HEAD = 400
"""Letters of headline and first paragraph."""
_CLAUSE_COST, _TOWARDS_COST, _BEFORE_COST, _FARTHEST = 40, 60, 12, 260
"""What a border of a clause, a mere direction ("from Turkey") and a place before its figure cost, in letters."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as written, with the country it lies in where that is known.

    ``stated``: the text says that something is or happens there; ``towards``: it only names a direction.
    """

    span: Span
    name: str
    country: str = ""
    stated: bool = False
    towards: bool = False


def find_places(text: str, start: int, end: int) -> list[PlaceMention]:
    """The places of a stretch of text in order.

    >>> [(p.name, p.country) for p in find_places("fire in Norland and in France", 0, 29)]
    [('Norland', ''), ('France', 'France')]
    """
    out: list[PlaceMention] = []
    parties = _parties(text)
    for match in [*_IN.finditer(text, start, end), *_STRUCK.finditer(text, start, end)]:
        name = match["name"]
        if _is_no_place(text, match, name, parties):
            continue
        bare = re.sub(r"['\u2019]s$", "", name)
        country = _LEX.countries.get(bare) or _PARTS.get(bare, "")
        country = country or _LEX.countries.get(f"{bare}.", "")
        bare = country if _is_people(bare) or f"{bare}." in _LEX.countries else bare
        towards = match.groupdict().get("lead") in _TOWARDS
        span = Span(match.start("name"), match.end())
        stated = _SAID.search(text, max(start, match.start() - 20), match.start()) is None
        out.append(PlaceMention(span, bare + (match["head"] or ""), country, stated, towards))
    out.sort(key=lambda p: p.span.start)
    named = {p.name: p.country for p in out if not p.towards}
    later = [*_known(text, start, end), *_again(text, start, end, named)]
    taken = [p.span for p in out]
    for match in sorted(later, key=lambda m: (m.start(), -m.end())):
        if _overlaps(taken, match.start(), match.end()):
            continue
        insort(taken, Span(*match.span()))
        name = match.group()
        country = _LEX.countries.get(name) or _PARTS.get(name, "") or named.get(name, "")
        stated = _is_subject(text, match, name, country)
        out.append(PlaceMention(Span(*match.span()), country if _is_people(name) else name, country, stated))
    out.sort(key=lambda p: p.span.start)
    return out


def _overlaps(taken: list[Span], start: int, end: int) -> bool:
    at = bisect_left(taken, Span(start, start))
    return any(span.start < end and start < span.end for span in taken[max(0, at - 1) : at + 1])


def _again(text: str, start: int, end: int, named: dict[str, str]) -> Iterator[re.Match[str]]:
    """The places stated somewhere in the text, wherever else they are named."""
    names = [name for name in named if name not in _LEX.countries][:_MOST_NAMES]
    if names:
        yield from re.compile(rf"(?<![\w-])(?:{alternatives(names)})(?!\w)").finditer(text, start, end)


def _parties(text: str) -> frozenset[str]:
    """The first words of firms and persons that a text names, which are no places in it.

    A town may say something ("Torvik said"): what the text is in somewhere is no firm for having said so.
    """
    inside = set(_INSIDE.findall(text))
    names = (
        f["name"] or f["person"] or (f["said"] if f"n {f['said']}" not in inside else "") for f in _FIRM.finditer(text)
    )
    return frozenset(name for name in names if name and name not in _LEX.countries and name not in _PARTS)


def _is_no_place(text: str, match: re.Match[str], name: str, parties: frozenset[str]) -> bool:
    """Whether a name behind a preposition is a month, a sum, an acronym, a firm, a body or a person."""
    first, *_ = name.split()
    low = re.sub(r"['\u2019]s$", "", first.rstrip(".")).lower()
    known = name in _LEX.countries or name in _PARTS
    if low in _LEX.months or low in _LEX.weekdays or any(c.isdecimal() for c in name):
        return True
    if name.isupper() and not known and "." not in name:
        return True
    if f"{name}." in _LEX.countries and _OF_STATE.match(text, match.end()):
        return True
    if _OWNER_NEXT.match(text, match.end()) or first in parties:
        return True
    if match["head"]:
        return False
    if not _NO_PLACE_WORDS.isdisjoint(word.lower() for word in name.split()):
        return True
    return _is_body(text, match.start(), match.end(), name)


def _is_subject(text: str, match: re.Match[str], name: str, country: str) -> bool:
    """Whether a place opens a sentence, does something or owns what is counted: "Haiti declared", "Jamaica's homes".

    A country that says or sends something is a party there. Of a people ("Saudi output") only what it brings forth or
    suffers is its own.
    """
    if _PARTY_NEXT.match(text, match.end()):
        return False
    if _is_people(name):
        return _OWN_NEXT.match(text, match.end()) is not None
    if text[match.end() : match.end() + 2] in ("'s", "\u2019s"):
        return True
    starts = _STARTS.search(text, max(0, match.start() - 3), match.start()) is not None
    return (starts and text[match.end() : match.end() + 1] in " ,") or _ACTS_NEXT.match(text, match.end()) is not None


def _is_people(name: str) -> bool:
    """Whether a name is that of a people, not of its country: "Saudi", "Nicaraguan".

    >>> _is_people("French"), _is_people("France"), _is_people("Ost")
    (True, False, False)
    """
    return _LEX.countries.get(name, name) != name and name not in _PARTS


def _known(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The countries, peoples and capitals of a stretch; only words that begin one are looked at closely."""
    for word in _CAPITAL.finditer(text, start, end):
        if word.group() in _FIRST_WORDS:
            match = _KNOWN.match(text, word.start(), end)
            if match is not None:
                yield match


def _is_body(text: str, start: int, end: int, name: str) -> bool:
    """Whether a name after a preposition is a people's: no place."""
    return _is_people(name) and text[end : end + 1] == " " and text[end + 1 : end + 2].islower()


def main_place(mentions: list[PlaceMention]) -> str:
    """Where a story plays: the place named most often, those of its head counted double, with its country."""
    stated = {p.name for p in mentions if p.stated}
    names: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for place in mentions:
        weight = 2 if place.span.start < _HEAD else 1
        if place.name in stated and not place.towards:
            names[place.name] += weight
        if place.country:
            countries[place.country] += weight
    country = max(countries, key=lambda n: (countries[n], n)) if countries else ""
    own = {p.name: p.country for p in mentions if p.country}
    fitting = {n: count for n, count in names.items() if own.get(n, country) == country}
    name = max(fitting, key=lambda n: (fitting[n], -len(n), n)) if fitting else ""
    return with_country(name, country)


def with_country(name: str, country: str) -> str:
    """A place followed by its country, once.

    >>> with_country("Norland", "France"), with_country("France", "France")
    ('Norland, France', 'France')
    """
    if not name or name == country:
        return country
    if _LEX.countries.get(name) == name:
        return name
    return f"{name}, {country}" if country and country not in name else name


def nearest_place(text: str, mentions: list[PlaceMention], figure: Span, sentence_start: int, story: str) -> str:
    """The place a figure belongs to: the nearest that its sentence states, by clauses and letters, else the story's.

    ``mentions`` are the places of the sentence.

    >>> t = "It killed 26 people in Ost and five in Lenn."
    >>> [nearest_place(t, find_places(t, 0, 44), Span(*at), 0, "") for at in ((10, 12), (31, 35))]
    ['Ost', 'Lenn']
    """
    costs = [
        (cost, p.span.start, p)
        for p in mentions
        if p.stated and (cost := _cost(text, p, figure, sentence_start)) <= _FARTHEST
    ]
    if not costs:
        return story
    chosen = min(costs)[-1]
    country = chosen.country or next((p.country for p in mentions if p.country), "")
    return with_country(chosen.name, country or country_in(story))


def country_in(place: str) -> str:
    """The country that a place ends with, if it is known.

    >>> country_in("Lenn, France"), country_in("Lenn")
    ('France', '')
    """
    last = place.rpartition(", ")[2]
    return last if _LEX.countries.get(last) == last else ""


def _cost(text: str, place: PlaceMention, figure: Span, sentence_start: int) -> int:
    """How far a place stands from a figure in letters and clauses."""
    before = place.span.start < figure.start
    between = text[place.span.end : figure.start] if before else text[figure.end : place.span.start]
    cost = len(between) + _CLAUSE_COST * len(_CLAUSE.findall(between)) + (_BEFORE_COST if before else 0)
    if before and place.span.start - sentence_start < _OPENS:
        cost = min(cost, _OPENING_COST)
    return cost + (_TOWARDS_COST if place.towards else 0)


def party_beside(text: str, mentions: list[PlaceMention], at: int, tail: int) -> str:
    """Whose figure it is where sides are counted: "under X's control", else the people last named before it."""
    for place in mentions:
        if place.country and place.span.start >= tail and _HOLDS.match(text, place.span.end):
            return place.country
    before = [p.country for p in mentions if p.country and p.span.start < at and not p.stated]
    return before[-1] if before else ""
