"""Events and states in several words, behind or before the counted noun.

Reads "without power", "in intensive care", "moved to schools", "under its control". Single verbs are read in
``events``.
"""

from __future__ import annotations

from dataclasses import replace

from factcheck.text.counted.counted_noun import CountedNoun
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import FigureCandidate

_LEX = load()
_REACH = 110
_BEHIND = Pattern(
    r"(?i:(?P<supply>\b(?:were|was|are|is|been|being|left|remained?|still|homes?|houses?|people|customers"
    r"|households?|residents)\s(?:\w+\s){0,2}?without\s(?:electricity|power|electric\spower|water|heat|heating|gas|running\swater"
    r"|drinking\swater|light|internet)\b|\b(?:had\s|have\s)?lost\s(?:power|electricity|water|heating)\b)"
    r"|(?P<care>\bin\s(?:an?\s)?intensive\scare\b|\bon\slife\ssupport\b|\bin\shospitals?\b)"
    r"|(?P<jobs>\b(?:los(?:e|es|t|ing)|cut|shed|eliminat(?:e|ed|ing))\s(?:their\s)?jobs?\b|\blaid\soff\b)"
    r"|(?P<moved>\b(?:moved|taken|brought|led|ferried|bused|flown|carried|relocated)\s(?:out\b|away\b|from\stheir"
    r"|to\s(?:\w+\s){0,2}?(?:safety|shelters?|schools?|ground|camps?|halls?|churches|safer|temporary|emergency)\b)))"
)
_HELD_BEHIND = Pattern(
    r"(?i:(?P<under>\bunder\s(?:[\w'\u2019-]+\s){0,3}?(?:control|occupation)\b|\bin\s(?:[\w'\u2019-]+\s){1,2}hands\b)"
    r"|\b(?:is|are|was|were|been|now)\s(?:\w+\s){0,2}?(?P<held>held|occupied|controlled|seized|captured|taken|liberated)\b)"
)
_HELD_BEFORE = Pattern(
    r"(?i:\b(?P<verb>holds?|held|holding|keeps?|kept|takes?|taken|took|taking|gained|gains?|won|captured|capturing|overran"
    r"|seized|seizing|occupied|occupies)\b(?!\sof\soffice))"
)
_CLAUSE = Pattern(r"[;:\u2014]|,\s(?:and|but|while|which|who)\b|\b(?:but|while|whereas)\b")
_LAND = frozenset(["settlement", "territory", "city", "district", "municipality", "island", "position", "community"])
_WON = frozenset(["takes", "take", "taken", "took", "taking", "gained", "gain", "gains", "won", "overran"])


def with_event_phrase(found: CountedNoun, text: str, figure: FigureCandidate, start: int, stop: int) -> CountedNoun:
    """The counted noun with the event of a phrase, where no single verb says more.

    >>> from factcheck.text.quantities import find_figures
    >>> t = "Some 40 homes were left without power."
    >>> with_event_phrase(CountedNoun("homes", "homes"), t, find_figures(t, 0, len(t), [])[0], 0, len(t)).phrase
    'homes without power'
    """
    dimension = figure.quantity.dimension
    if dimension == "area" or (dimension == "count" and _land(found.noun)):
        return _controlled(found, text, figure, start, stop)
    if dimension != "count" or found.family in ("killed", "injured", "missing"):
        return found
    end = _clause_end(text, figure.tail, stop)
    match = _BEHIND.search(text, figure.tail, end)
    if match is None:
        return found
    if match["supply"]:
        thing = match["supply"].lower()
        words = thing[thing.find("without") :] if "without" in thing else "without " + thing.split()[-1]
        return replace(found, event=words, family="without supply", definition="")
    if match["care"]:
        return replace(found, event=match["care"].lower(), family="in care", definition="")
    if match["jobs"]:
        return replace(found, event="jobs lost", family="laid off", definition="")
    return replace(found, event="moved to safety", family="displaced", definition="")


def _clause_end(text: str, begin: int, stop: int) -> int:
    limit = min(stop, begin + _REACH)
    edge = _CLAUSE.search(text, begin, limit)
    return edge.start() if edge else limit


def _land(noun: str) -> bool:
    last = noun.lower().rsplit(" ", 1)[-1]
    family = _LEX.noun_families.get(last, last)
    return family in _LAND or (last.endswith("s") and family[:-1] in _LAND)


def _controlled(found: CountedNoun, text: str, figure: FigureCandidate, start: int, stop: int) -> CountedNoun:
    """Land and places that one side holds: "held 74 villages", "12 towns are under its control"."""
    if found.family and figure.quantity.dimension == "area" and found.noun[:1].isupper():
        return replace(found, noun="", head="")
    if found.family:
        return found
    behind = _HELD_BEHIND.search(text, figure.tail, min(stop, figure.tail + _REACH))
    if behind is not None:
        words = "under control" if behind["under"] else _LEX.definitions.get(behind["held"].lower(), "held")
        return replace(found, event="", family="controlled", definition=words)
    begin = start
    for edge in _CLAUSE.finditer(text, max(start, figure.lead - _REACH), figure.lead):
        begin = edge.end()
    verbs = list(_HELD_BEFORE.finditer(text, max(begin, figure.lead - _REACH), figure.lead))
    if not verbs:
        return found
    verb = verbs[-1]
    low = verb["verb"].lower()
    if figure.quantity.dimension != "area" and figure.lead - verb.end() > 30:
        return found
    words = "seized" if low in _WON else _LEX.definitions.get(low, "held")
    return replace(found, event="", family="controlled", definition=words)
