"""The event of the counted noun: the verb or noun beside it, on the right or the left.

Reads "were killed", "injured 40", "a toll of 40". Verbs behind an insertion are read in ``predicates``, the counted
noun itself in ``noun_phrases``.
"""

from __future__ import annotations

import re

from factcheck.text.counted.counted_noun import CountedNoun
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import FigureCandidate
from factcheck.text.sentences import Word

_LEX = load()
_AUX = frozenset(
    [
        "was",
        "were",
        "is",
        "are",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "also",
        "later",
        "reportedly",
        "allegedly",
        "already",
        "then",
        "still",
        "now",
        "to",
        "believed",
        "feared",
        "reported",
        "confirmed",
        "known",
        "presumed",
        "said",
        "left",
        "all",
        "or",
        "may",
        "might",
        "either",
        "themselves",
    ]
)
_PASSIVE = frozenset(["was", "were", "been", "being", "is", "are", "has", "have", "had", "who"])
_CLAUSE_STARTS = frozenset(["and", "but", "who", "while", "as", "in", "by", "from", "for", "with", "after", "during"])
_DONE_TO = frozenset(
    ["killed", "injured", "destroyed", "damaged", "captured", "rescued", "arrested", "shot", "downed", "displaced"]
)
_SKIP_LEFT = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "its",
        "their",
        "at",
        "least",
        "more",
        "than",
        "about",
        "some",
        "nearly",
        "almost",
        "up",
        "as",
        "many",
        "much",
        "total",
        "another",
        "additional",
        "other",
        "an",
        "estimated",
        "around",
        "over",
        "roughly",
        "only",
        "just",
        "number",
    ]
)
_TOLL_NOUNS = frozenset(["death", "deaths", "fatalities", "fatality", "injuries", "cases", "infection", "infections"])
STOPS = frozenset('.;:!?()[]"\u201c\u201d\u2013\u2014|/')
DETERMINERS = frozenset(["the", "a", "an", "its", "their", "his", "her", "my", "our", "all", "those", "these"])
ADVERB = Pattern(
    r"(?i:\w+ly$|overnight|today|yesterday|tonight|there|here|so|each|ago|later|earlier|when|while"
    r"|alone|away|apart)"
)


def with_event(
    found: CountedNoun, text: str, before: list[Word], after: list[Word], figure: FigureCandidate, stop: int
) -> CountedNoun:
    event, family = _event_inside(found)
    if not family:
        event, family = _event_right(after, len(found.noun.split()), found, stop)
    definition = ""
    if not family or family == "controlled":
        left_event, left_family, left_text = _event_left(before)
        if left_family and not family:
            event, family = left_event, left_family
        if family in ("controlled", "recaptured", "captured"):
            definition = _definition(left_text)
        if family == "controlled" and not definition:
            event = family = ""
    noun, head = found.noun, found.head
    if (
        family
        and not noun
        and family in ("killed", "injured", "missing", "homeless", "displaced", "hospitalised", "shot")
        and not found.inherited
    ):
        noun, head = "", ""
    return CountedNoun(noun, head, event, family, definition, "", "", found.inherited)


def _event_inside(found: CountedNoun) -> tuple[str, str]:
    for word in found.noun.lower().split():
        family = _LEX.event_families.get(word, "")
        if family in ("killed", "injured", "missing", "homeless", "captured", "displaced", "trapped"):
            return word, family
    return "", ""


def _event_right(after: list[Word], skip: int, found: CountedNoun, stop: int) -> tuple[str, str]:
    """ "… were killed", "… dead", "… to have died": within a few plain words, over an apposition."""
    seen, of_group, aux = 0, False, False
    tokens = after[1:] if after and after[0][0] == "-" else after
    i = 0
    while i < len(tokens):
        word, begin, _ = tokens[i]
        if begin >= stop or seen > skip + 7:
            break
        low = word.lower()
        if word == ",":
            i = _past_apposition(tokens, i) if seen >= skip else i + 1
            if not i:
                break
            continue
        if word in STOPS or (low in _CLAUSE_STARTS and seen >= skip):
            break
        seen += 1
        i += 1
        if seen <= skip:
            of_group = of_group or low == "of"
            continue
        family = "" if low == "death" else _LEX.event_families.get(low, "")
        if family:
            return ("", "") if not aux and _actions(family, tokens, i, stop) else (low, family)
        aux = aux or low in _PASSIVE
        of_group = low == "of" or (of_group and low not in _AUX)
        if _ends_event(word, low, found, of_group):
            break
    return "", ""


def _past_apposition(tokens: list[Word], i: int) -> int:
    """Behind ", aged 27 and from Ost, was …" the verb goes on; 0 where a comma ends the clause."""
    for j in range(i + 2, min(i + 14, len(tokens) - 1)):
        if tokens[j][0] in STOPS:
            return 0
        if tokens[j][0] == ",":
            return j + 1 if tokens[j + 1][0].lower() in _PASSIVE else 0
    return 0


def _actions(family: str, tokens: list[Word], i: int, stop: int) -> bool:
    """Whether the counted do it to others: "two gunmen wounded 15 people" counts no wounded gunmen."""
    if family not in _DONE_TO or i >= len(tokens):
        return False
    word, begin, _ = tokens[i]
    return begin >= stop or word.lower() in DETERMINERS or word[:1].isupper()


def _ends_event(word: str, low: str, found: CountedNoun, of_group: bool) -> bool:
    if low in _AUX or ADVERB.fullmatch(low) or low in ("of", "them", "which", "whom", "others", "more", "in", "people"):
        return False
    inside = word[:1].isupper() or low in DETERMINERS or low in _LEX.noun_families or low in found.noun.lower()
    return not (of_group and inside)


def _event_left(before: list[Word]) -> tuple[str, str, str]:
    """The nearest active verb or noun on the left in the same clause, and the words from it on."""
    clause: list[str] = []
    for word, _, _ in reversed(before[-14:]):
        if word in STOPS or word in (",",) or word.lower() in ("and", "but", "while", "which"):
            break
        clause.append(word.lower())
    joined = " ".join(reversed(clause))
    distance = 0
    for word in clause:
        family = _LEX.event_families.get(word, "")
        is_distant_toll = word in _TOLL_NOUNS and distance > 3  # "the risk of death in a trial of 4,500"
        if family and not is_distant_toll and (distance <= 5 or family in ("killed", "injured", "controlled")):
            return word, family, joined
        distance += word not in _SKIP_LEFT
        if distance > 8:
            break
    return "", "", joined


def _definition(left: str) -> str:
    """How the copy words control: "under control", "operated in or near", "seized"."""
    for cue in sorted(_LEX.definitions, key=len, reverse=True):
        if re.search(rf"\b{cue}\b", left):
            return _LEX.definitions[cue]
    return ""
