"""What a figure counts: the noun with its modifiers, and the event that befell or made it.

Here lives the reading of the words on both sides of a quantity. Which of two wordings mean the same
thing is the business of ``measures``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from factcheck.text import circumstances
from factcheck.text.circumstances import Counted
from factcheck.text.figures import RawFigure
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.sentences import words

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
_STOPS = frozenset('.;:!?()[]"\u201c\u201d\u2013\u2014|/')
_NOT_EVENT_ED = frozenset(
    [
        "hundred",
        "armed",
        "united",
        "unmanned",
        "red",
        "injured",
        "wounded",
        "skilled",
        "aged",
        "mixed",
        "related",
        "needed",
    ]
)
_OF_HEADS = frozenset(
    [
        "prisoners",
        "prisoner",
        "members",
        "member",
        "rounds",
        "pairs",
        "pair",
        "pieces",
        "kinds",
        "types",
        "tons",
        "copies",
        "cases",
        "acres",
        "members",
        "units",
        "heads",
        "pounds",
        "tonnes",
        "worth",
        "shares",
        "percent",
        "sets",
        "seats",
        "barrels",
        "weapons",
        "crimes",
        "acts",
    ]
)
_PARTICIPLES = frozenset(
    [
        "bound", "built", "held", "sent", "made", "born", "sold", "bought", "taken", "given", "seen", "known", "found",
        "hit", "hurt", "lost", "shot", "torn", "thrown", "blown", "caught", "left", "driven", "grown", "drawn", "worn",
    ]
)  # fmt: skip
_ADVERB = Pattern(
    r"(?i:\w+ly$|overnight|today|yesterday|tonight|there|here|so|each|ago|later|earlier|when|while"
    r"|alone|away|apart)"
)


_NAMED_LEFT = Pattern(
    r"(?i:\b(?P<noun>[a-z]+(?:\s[a-z]+)?)\s(?:of|at|to|was|is|stood\sat|(?:had\s|has\s)?(?:climbed|risen|fallen|rose|fell"
    r"|reached|hit|dropped)(?:\sto)?)\s(?:a\s|an\s|the\s)?$)"
)
_TOLD = Pattern(r"(?i:\b(?:estimates?|figures?|counts?|tally|total|toll)\s(?:[a-z]+\s){0,3}$)")
_TELLING = frozenset(["estimates", "estimate", "figure", "figures", "count", "toll", "total", "tally", ""])
_DETERMINERS = frozenset(["the", "a", "an", "its", "their", "his", "her", "my", "our", "all", "those", "these"])
_NEAR = 30
Word = tuple[str, int, int]


def counted(
    text: str, start: int, end: int, figures: list[RawFigure], earlier: tuple[str, Counted] | None = None
) -> list[Counted]:
    """What each figure of a sentence counts; "two others injured" borrows the noun before it.

    ``earlier`` is the dimension of the last figure of the sentence before and what it counts: "Eleven of them"
    are some of those, and a bare sum is of the thing priced before.

    >>> from factcheck.text.figures import find_figures
    >>> t = "Four local nurses were killed and two others injured."
    >>> [c.phrase for c in counted(t, 0, len(t), find_figures(t, 0, len(t), []))]
    ['local nurses killed', 'local nurses injured']
    """
    tokens = words(text, start, end)
    starts, ends = [w[1] for w in tokens], [w[2] for w in tokens]
    out: list[Counted] = []
    for index, figure in enumerate(figures):
        last = bisect_right(ends, figure.lead)
        first = bisect_left(starts, figure.tail)
        before, after = tokens[max(0, last - _NEAR) : last], tokens[first : first + _NEAR]
        stop = figures[index + 1].span.start if index + 1 < len(figures) else end
        found = _right(text, after, figure)
        found = _with_event(found, text, before, after, figure, stop)
        found = circumstances.refine(found, text, figure, start, min(stop, end))
        found = _with_quantity(found, text, before, after, figure)
        if not index and earlier is not None and earlier[0] == figure.quantity.dimension:
            told = bool(_TOLD.search(text, max(start, figure.lead - 40), figure.lead))
            found = _carry(found, earlier[1], earlier[0], told)
        told = bool(out) and bool(_TOLD.search(text, max(start, figure.lead - 40), figure.lead))
        out.append(_inherit(found, out, figures, index, told))
    return out


def _carry(found: Counted, earlier: Counted, dimension: str, told: bool) -> Counted:
    """Take over from the sentence before what this one leaves out; ``told`` where it only says "an estimate of"."""
    if dimension == "count" and told and not (found.noun or found.family):
        return replace(earlier, inherited=False, first=False)
    if dimension == "count" and found.inherited:
        noun, head = (earlier.noun, earlier.head) if earlier.noun else (earlier.event, earlier.event)
        return replace(found, noun=noun, head=head, family=found.family or earlier.family)
    if dimension.startswith("money") and not (found.noun or found.family or found.quantity):
        return replace(found, quantity=earlier.quantity)
    return found


def _is_word(word: str) -> bool:
    return word[:1].isalpha()


def _right(text: str, after: list[Word], figure: RawFigure) -> Counted:
    """The noun group that follows: modifiers, head, and one "of" group where the head calls for it."""
    if after and after[0][0] == "-" and after[0][1] == figure.tail:
        after = after[1:]
    i = _after_of(after, figure.quantity.dimension == "count")
    if i < 0:
        return Counted(inherited=True)
    group: list[str] = []
    while i < len(after) and len(group) < 6:
        word = after[i][0]
        low = word.lower()
        if low == "of" and _takes_of(group, after, i):
            group.append(low)
            i += 1
            continue
        timed = (
            low in _LEX.weekdays or (low in _LEX.months and word[:1].isupper()) or (group and low in ("late", "early"))
        )
        stops = timed or not _is_word(word) or low in _LEX.function_words or low in _LEX.adverbs
        if not group and low.endswith("ly") and i + 1 < len(after) and _is_word(after[i + 1][0]):
            i += 1  # "20 newly built boats"
            i += after[i][0].lower().endswith("ed") and i + 1 < len(after) and _is_word(after[i + 1][0])
            continue
        if low == "and" and _two_names(group, after, i):
            group.append("and")
            i += 1
            continue
        if (group and group[-1].lower() == "times") or _named_participle(low, after, i, bool(group)):
            break
        if stops or _ends_noun(low, after, i, bool(group)) or (group and _gap(text, after[i - 1][2], after[i][1])):
            break
        group.append(word)
        i += 1
    return Counted(noun=" ".join(group), head=_head(group))


def _two_names(group: list[str], after: list[Word], i: int) -> bool:
    """Whether "and" joins two names before one noun: "460 Ost and Sudmark vans"."""
    if not group or i + 2 >= len(after) or not all(w[:1].isupper() for w in group):
        return False
    name, noun = after[i + 1][0], after[i + 2][0]
    return name[:1].isupper() and noun[:1].islower() and noun.endswith("s") and noun not in _LEX.function_words


def _named_participle(low: str, after: list[Word], i: int, begun: bool) -> bool:
    """A participle before a name or a function word ends the noun: "pages labeled Debrief", "members bound by"."""
    if not begun or not (low.endswith("ed") or low in _PARTICIPLES) or low in _NOT_EVENT_ED:
        return False
    following = after[i + 1][0] if i + 1 < len(after) else "."
    return following[:1].isupper() or following.lower() in _LEX.function_words or not _is_word(following)


def _after_of(after: list[Word], plain: bool) -> int:
    """Where the noun begins behind "of the" or "worth of"; -1 where it is "of them"."""
    i = 0
    if not after or after[0][0].lower() not in (("of",) if plain else ("of", "worth", "in")):
        return 0
    i = 2 if after[0][0].lower() == "worth" and len(after) > 1 and after[1][0].lower() == "of" else 1
    while i < len(after) and after[i][0].lower() in _DETERMINERS:
        i += 1
    return -1 if plain and i < len(after) and after[i][0].lower() in ("them", "which", "whom") else i


def _takes_of(group: list[str], after: list[Word], i: int) -> bool:
    """Whether "of" goes on with the noun, as in "prisoners of war"."""
    if not group or group[-1].lower() not in _OF_HEADS or i + 1 >= len(after):
        return False
    following = after[i + 1][0]
    return _is_word(following) and following.lower() not in _LEX.function_words


def _head(group: list[str]) -> str:
    if "of" in group:
        return group[group.index("of") - 1].lower()
    return group[-1].lower() if group else ""


def _gap(text: str, left: int, right: int) -> bool:
    return "," in text[left:right] or "\n" in text[left:right]


def _ends_noun(low: str, after: list[Word], i: int, begun: bool) -> bool:
    """A verb or participle ends the noun unless a noun still follows it: "wounded patrons", "fired teachers"."""
    if _ADVERB.fullmatch(low):
        return True
    verb = low in _LEX.clause_verbs or (low in _LEX.event_families and low not in _LEX.noun_families)
    participle = low.endswith("ed") and len(low) > 4 and low not in _NOT_EVENT_ED
    if begun and low.endswith("ing") and low not in _LEX.noun_families and not low.endswith(("building", "ceiling")):
        following = after[i + 1][0].lower() if i + 1 < len(after) else "."
        return following in _LEX.function_words or not _is_word(following)
    if not (verb or participle):
        return False
    following = after[i + 1][0].lower() if i + 1 < len(after) else "."
    plain = _is_word(following) and following not in _LEX.function_words and not _ADVERB.fullmatch(following)
    if begun and verb:
        return True
    return not (plain and following not in _LEX.clause_verbs and following not in _LEX.adverbs)


def _with_event(
    found: Counted, text: str, before: list[Word], after: list[Word], figure: RawFigure, stop: int
) -> Counted:
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
    return Counted(noun, head, event, family, definition, "", "", found.inherited)


def _event_inside(found: Counted) -> tuple[str, str]:
    for word in found.noun.lower().split():
        family = _LEX.event_families.get(word, "")
        if family in ("killed", "injured", "missing", "homeless", "captured", "displaced", "trapped"):
            return word, family
    return "", ""


def _event_right(after: list[Word], skip: int, found: Counted, stop: int) -> tuple[str, str]:
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
        if word in _STOPS or (low in _CLAUSE_STARTS and seen >= skip):
            break
        seen += 1
        i += 1
        if seen <= skip:
            of_group = of_group or low == "of"
            continue
        family = _LEX.event_families.get(low, "")
        if family:
            return ("", "") if not aux and _acts(family, tokens, i, stop) else (low, family)
        aux = aux or low in _PASSIVE
        of_group = low == "of" or (of_group and low not in _AUX)
        if _ends_event(word, low, found, of_group):
            break
    return "", ""


def _past_apposition(tokens: list[Word], i: int) -> int:
    """Behind ", aged 27 and from Ost, was …" the verb goes on; 0 where a comma ends the clause."""
    for j in range(i + 2, min(i + 14, len(tokens) - 1)):
        if tokens[j][0] in _STOPS:
            return 0
        if tokens[j][0] == ",":
            return j + 1 if tokens[j + 1][0].lower() in _PASSIVE else 0
    return 0


def _acts(family: str, tokens: list[Word], i: int, stop: int) -> bool:
    """Whether the counted do it to others: "two gunmen wounded 15 people" counts no wounded gunmen."""
    if family not in _DONE_TO or i >= len(tokens):
        return False
    word, begin, _ = tokens[i]
    return begin >= stop or word.lower() in _DETERMINERS or word[:1].isupper()


def _ends_event(word: str, low: str, found: Counted, of_group: bool) -> bool:
    if (
        low in _AUX
        or _ADVERB.fullmatch(low)
        or low in ("of", "them", "which", "whom", "others", "more", "in", "people")
    ):
        return False
    inside = word[:1].isupper() or low in _DETERMINERS or low in _LEX.noun_families or low in found.noun.lower()
    return not (of_group and inside)


def _event_left(before: list[Word]) -> tuple[str, str, str]:
    """The nearest active verb or noun on the left in the same clause, and the words from it on."""
    clause: list[str] = []
    for word, _, _ in reversed(before[-14:]):
        if word in _STOPS or word in (",",) or word.lower() in ("and", "but", "while", "which"):
            break
        clause.append(word.lower())
    joined = " ".join(reversed(clause))
    distance = 0
    for word in clause:
        family = _LEX.event_families.get(word, "")
        if family and (distance <= 5 or family in ("killed", "injured", "controlled")):
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


def _with_quantity(found: Counted, text: str, before: list[Word], after: list[Word], figure: RawFigure) -> Counted:
    """For money, shares and measures: the noun that names the quantity, nearest first."""
    if figure.quantity.dimension == "count" and (found.noun or found.family):
        return found
    clause: list[str] = []
    for word, _, _ in reversed(before[-12:]):
        if word in ";:.!?":
            break
        clause.append(word.lower())
    direct = _NAMED_LEFT.search(text, max(0, figure.lead - 70), figure.lead)
    right = [w.lower() for w, _, _ in after[:5]]
    named = _quantity_noun(direct["noun"]) if direct is not None else ""
    if named and named != "price":
        return _quantity(found, named)
    for low in right[:4]:
        if low in (",", ".", ";", "and", "but", ")"):
            break
        if low in _LEX.quantity_nouns:
            return _quantity(found, _LEX.quantity_nouns[low])
    for low in clause:
        if low in _LEX.quantity_nouns:
            name = _LEX.quantity_nouns[low]
            bidding = name == "price" and any(_LEX.quantity_nouns.get(w) == "offer" for w in (*clause[:8], *right))
            return _quantity(found, "offer" if bidding else name)
    if figure.quantity.dimension == "magnitude":
        return _quantity(found, "magnitude")
    return found


def _quantity_noun(phrase: str) -> str:
    """The quantity a short phrase names by its last two words or its last."""
    words = phrase.lower().split()
    return _LEX.quantity_nouns.get(" ".join(words[-2:])) or _LEX.quantity_nouns.get(words[-1], "")


def _quantity(found: Counted, name: str) -> Counted:
    return replace(found, quantity=name)


def _inherit(found: Counted, earlier: list[Counted], figures: list[RawFigure], index: int, told: bool) -> Counted:
    """Borrow the noun of the figure before where this one has none of its own; all of it after "an estimate of"."""
    if not earlier or figures[index].quantity.dimension != "count" or figures[index - 1].quantity.dimension != "count":
        return found
    source = earlier[-1]
    if told and not found.family and (not found.noun or found.head in _TELLING) and (source.family or source.noun):
        return replace(source, inherited=True)
    empty = not found.noun or (found.head in _LEX.pronoun_nouns and len(found.noun.split()) == 1)
    if not empty or not source.noun:
        return found
    return Counted(
        source.noun, source.head, found.event, found.family, found.definition or "", found.side, found.quantity, True
    )
