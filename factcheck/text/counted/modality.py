"""Whether the text reports a figure as a fact, denies it, fears, forecasts or plans it.

Reads the words before a figure in its own clause. A figure that is not reported as a fact is never compared with one
that is.
"""

from __future__ import annotations

import re

from factcheck.text.homographs import is_name
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Modality

_LEX = load()
_CUE = Pattern(rf"(?i:(?<![\w'\u2019])(?P<cue>{alternatives(_LEX.modality_cues)})(?![\w'\u2019]))")
_BREAK = Pattern(r"[;:\u2014]|,\s(?!\d)|\b(?:but|while|whereas|after|since|because|although|who|which)\b|\bwhen\b")
_REPORTED = Pattern(
    r"(?i:\b(?:has|have|had|was|were|did)\s(?:been\s)?\w+ed\b|\b(?:killed|died|said|reported|left"
    r"|sent|took|received|raised|arrived|was|were)\b)"
)
_NEXT = Pattern(
    r"(?i:[^.;,]{0,50}?\b(?:(?P<denied>(?:was|were|is|are|proved)\s(?:false|untrue|wrong|fake|incorrect|fabricated)\b)"
    r"|(?P<feared>feared dead|feared trapped|may have|might have)"
    r"|(?P<forecast>(?:analysts|economists|markets?)\s(?:had\s)?expected\b|expected\sby\s(?:analysts|economists)"
    r"|(?:is|are|was|were)\s(?:\w+\s)?(?:expected|forecast|projected|predicted"
    r"|likely)\sto|will\b|could\b|may\b|would\b|can\s(?:cause|kill|destroy|bring|level|damage)\b)))"
)
_MISSED = Pattern(
    r"(?i:\b(?:beat(?:s|ing)?|miss(?:ed|es|ing)?|above|below|exceeding|topping|against)\s(?:\w+\s){0,3}?"
    r"(?:estimates?|expectations|forecasts?)\s(?:of|for)\s$)"
)
_GIVEN = Pattern(
    r"(?i:\b(?:the|its|their|his|her|this|these|those)\s(?:(?!expected|planned|proposed|projected)[\w-]+\s)?$)"
)


def modality_of(text: str, floor: int, begin: int, at: int, tail: int, end: int) -> Modality:
    """The modality of the figure at ``at``, its hedge at ``begin``, in the sentence that starts at ``floor``.

    >>> t = "They plan to send 40 trucks"
    >>> modality_of(t, 0, 18, 18, 20, len(t)).value
    'planned'
    """
    if _GIVEN.search(text, max(floor, at - 40), at):
        return Modality.REPORTED
    start = max(floor, begin - 90)
    clause = start
    for stop in _BREAK.finditer(text, start, begin):
        clause = stop.end()
    cues = [c for c in _CUE.finditer(text, clause, begin) if not _is_proper_name(text, c, "cue")]
    if cues:
        last = cues[-1]
        between = text[last.end() : begin]
        if not _REPORTED.search(between) or _LEX.modality_cues[last["cue"].lower()] in ("denied", "feared"):
            return Modality(_LEX.modality_cues[last["cue"].lower()])
    following = _following(text, tail, min(end, tail + 70))
    if following is not None and following["denied"]:
        return Modality.DENIED
    if _MISSED.search(text, max(floor, begin - 60), begin):
        return Modality.FORECAST
    if following is not None and not _REPORTED.search(text, clause, begin):
        return Modality.FEARED if following["feared"] else Modality.FORECAST
    return Modality.REPORTED


def _following(text: str, tail: int, end: int) -> re.Match[str] | None:
    """What the words behind a figure say of it; "in May" and "by Will Smith" say nothing."""
    found = _NEXT.match(text, tail, end)
    while found is not None and found.lastgroup and _is_proper_name(text, found, found.lastgroup):
        found = _NEXT.match(text, found.end(), end)
    return found


def _is_proper_name(text: str, cue: re.Match[str], group: str) -> bool:
    return is_name(text, cue.start(group), cue.start(group) + len(cue[group].split(" ", maxsplit=1)[0]))
