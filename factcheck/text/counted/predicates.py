"""Predicates separated from their noun: "40 people, including 12 children, died".

Goes over insertions, prepositional groups and relative clauses to the finite verb, and drops an event that did not
happen ("none of the 180 was hurt"). Verbs right beside the noun are read in ``events``.
"""

from __future__ import annotations

from dataclasses import replace

from factcheck.text.counted.counted_noun import CountedNoun
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.quantities import FigureCandidate

_LEX = load()
_FAMILIES = frozenset(
    [
        "killed",
        "injured",
        "missing",
        "displaced",
        "homeless",
        "trapped",
        "rescued",
        "arrested",
        "charged",
        "infected",
        "hospitalised",
        "captured",
        "damaged",
        "destroyed",
        "released",
    ]
)
_NOUNS = frozenset(
    [
        "death",
        "deaths",
        "toll",
        "fatalities",
        "fatality",
        "injuries",
        "lives",
        "bodies",
        "corpses",
        "cases",
        "infection",
        "infections",
        "wounds",
        "detention",
        "hostage",
        "hostages",
    ]
)
_VERBS = [word for word, family in _LEX.event_families.items() if family in _FAMILIES and word not in _NOUNS]
_FINITE = r"(?:were|was|are|is|have|has|had|may|might|died|die|perished|drowned|disappeared|vanished|fled)\b"
_OVER = Pattern(
    rf"(?i:(?:,\s(?:including|among\sthem|most|all|many|some|mostly|of\swhom|both|at\sleast|aged|from|in|on)\b[^;.]{{0,60}}?,\s"
    rf"|\s(?:in|on|at|from|aboard|inside|near|with|attending|travelling|traveling|sheltering|working|living|staying"
    rf"|who\s(?:was|were|had(?:\sbeen)?))\s[^,;.]{{1,60}}?\s)(?={_FINITE}))"
)
_VERB = Pattern(
    rf"(?i:(?:(?:were|was|are|is|have|has|had|may|might)\s(?:have\s|been\s|being\s|also\s|all\s|since\s|confirmed\s|feared\s"
    rf"|believed\s|reported\s|found\s|\w+ly\s){{0,3}})?(?P<event>{alternatives(_VERBS)})\b)"
)
_NONE = Pattern(
    r"(?i:\b(?:none|neither|not\s(?:a\s(?:single\s)?)?one|no\sone|nobody)\s(?:of\s)?(?:the\s|its\s|their\s|all\s)?$)"
)
_NO_EVENT = Pattern(
    r"(?i:\bno\s(?:\w+\s){0,3}?(?:injur\w+|deaths?|casualt\w+|fatalit\w+|damage|arrests?)\b[^.;]{0,40}\b(?:among|to|of|by)\s(?:the\s)?$)"
)
_OF_GROUP = Pattern(r"\sof\s(?:the|his|her|its|their|our|all)\s(?:total\sof\s)?")


def with_predicate(found: CountedNoun, text: str, figure: FigureCandidate, start: int, limit: int) -> CountedNoun:
    """The counted noun with the event of its interrupted predicate; without an event where nobody was hit.

    >>> from factcheck.text.quantities import find_figures
    >>> t = "At least 40 people, including 12 children, were killed."
    >>> with_predicate(CountedNoun("people", "people"), t, find_figures(t, 0, len(t), [])[0], 0, len(t)).phrase
    'people killed'
    """
    if figure.quantity.dimension != "count":
        return found
    lead = max(start, figure.lead - 80)
    if _NONE.search(text, lead, figure.lead) or _NO_EVENT.search(text, lead, figure.lead):
        return replace(found, event="", family="", definition="")
    if found.family or not found.noun:
        return found
    at = text.find(found.noun.split()[-1], figure.tail, min(limit, figure.tail + 80))
    if at < 0:
        return found
    over = _OVER.match(text, at + len(found.noun.split()[-1]), limit)
    verb = _VERB.match(text, over.end(), limit) if over is not None else None
    if verb is None:
        return found
    event = verb["event"].lower()
    return replace(found, event=event, family=_LEX.event_families[event], definition="")


def distribute_events(found: list[CountedNoun], text: str, figures: list[FigureCandidate]) -> list[CountedNoun]:
    """ "Three of the 12 crew died": the three died, and twelve is the size of the crew."""
    out = list(found)
    for index in range(len(figures) - 1):
        part, whole = figures[index], figures[index + 1]
        counts = part.quantity.dimension == whole.quantity.dimension == "count"
        if counts and out[index + 1].noun and _OF_GROUP.fullmatch(text, part.span.end, whole.span.start):
            out[index] = replace(out[index + 1], inherited=False)
            out[index + 1] = replace(out[index + 1], event="", family="", definition="")
    return out
