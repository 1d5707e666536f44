"""The counted noun of a figure with its modifiers, and the quantity that money and shares are of.

Reads the noun beside the number. Its event is read in ``events``, ``predicates`` and ``event_phrases``; which two
wordings mean the same thing is decided in ``matching``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace

from factcheck.text.counted.counted_noun import CountedNoun
from factcheck.text.counted.event_phrases import with_event_phrase
from factcheck.text.counted.events import ADVERB, DETERMINERS, with_event
from factcheck.text.counted.predicates import distribute_events, with_predicate
from factcheck.text.homographs import is_name, is_person
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import FigureCandidate
from factcheck.text.sentences import Word, words

_LEX = load()
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
        "actions",
    ]
)
_PARTICIPLES = frozenset(
    [
        "bound",
        "built",
        "held",
        "sent",
        "made",
        "born",
        "sold",
        "bought",
        "taken",
        "given",
        "seen",
        "known",
        "found",
        "hit",
        "hurt",
        "lost",
        "shot",
        "torn",
        "thrown",
        "blown",
        "caught",
        "left",
        "driven",
        "grown",
        "drawn",
        "worn",
    ]
)


_NAMED_LEFT = Pattern(
    r"(?i:\b(?P<noun>[a-z]+(?:\s[a-z]+)?)\s(?:of|at|to|was|is|stood\sat|(?:had\s|has\s)?(?:climbed|risen|fallen|rose|fell"
    r"|reached|hit|dropped)(?:\sto)?)\s(?:a\s|an\s|the\s)?$)"
)
_ESTIMATE = Pattern(r"(?i:\b(?:estimates?|figures?|counts?|tally|total|toll)\s(?:[a-z]+\s){0,3}$)")
_ENDS_CLAUSE = frozenset([",", ".", ";", ")", "and", "but"])
_ENDS_SUM = frozenset(["on", "from", "after", "by", "with", "than", "at", "as", "to"])
_AND_ON = Pattern(r"(?:\s[\w'\u2019-]+){0,6},?\sand\s(?:another\s|a\sfurther\s)?")
_COMPARED = frozenset(
    [
        "cheaper",
        "dearer",
        "higher",
        "lower",
        "fewer",
        "better",
        "worse",
        "older",
        "younger",
        "faster",
        "slower",
        "bigger",
        "smaller",
        "longer",
        "shorter",
        "taller",
    ]
)
_ESTIMATE_WORDS = frozenset(["estimates", "estimate", "figure", "figures", "count", "toll", "total", "tally", ""])
_NEAR = 30
_LONGEST_GROUP = 6
"""Words of a counted noun at most."""
_MAYS = frozenset(["May", "MAY", "may"])


def counted_nouns(
    text: str, start: int, end: int, figures: list[FigureCandidate], earlier: tuple[str, CountedNoun] | None = None
) -> list[CountedNoun]:
    """What each figure of a sentence counts; "two others injured" borrows the noun before it.

    ``earlier`` is the dimension of the last figure of the sentence before and what it counts: "Eleven of them"
    are some of those, and a bare sum is of the thing priced before.

    >>> from factcheck.text.quantities import find_figures
    >>> t = "Four local nurses were killed and two others injured."
    >>> [c.phrase for c in counted_nouns(t, 0, len(t), find_figures(t, 0, len(t), []))]
    ['local nurses killed', 'local nurses injured']
    """
    tokens = [_month(text, word) if word[0] in _MAYS else word for word in words(text, start, end)]
    starts, ends = [w[1] for w in tokens], [w[2] for w in tokens]
    out: list[CountedNoun] = []
    for index, figure in enumerate(figures):
        last = bisect_right(ends, figure.lead)
        first = bisect_left(starts, figure.tail)
        before, after = tokens[max(0, last - _NEAR) : last], tokens[first : first + _NEAR]
        stop = figures[index + 1].span.start if index + 1 < len(figures) else end
        found = _noun_group(text, after, figure)
        found = with_event(found, text, before, after, figure, stop)
        found = with_predicate(found, text, figure, start, end)
        found = with_event_phrase(found, text, figure, start, min(stop, end))
        found = _with_quantity(found, text, before, after, figure)
        if not index and earlier is not None and earlier[0] == figure.quantity.dimension:
            is_estimate = bool(_ESTIMATE.search(text, max(start, figure.lead - 40), figure.lead))
            found = _carry(found, earlier[1], earlier[0], is_estimate)
        is_estimate = bool(out) and bool(_ESTIMATE.search(text, max(start, figure.lead - 40), figure.lead))
        if out and not found.family and _shares_verb(text, figures[index - 1], figure):
            found = replace(found, event=out[-1].event, family=out[-1].family, definition=out[-1].definition)
        out.append(_inherit(found, out, figures, index, is_estimate))
    return distribute_events(out, text, figures)


def _month(text: str, word: Word) -> Word:
    """The month of May as any other month, which no verb is called like."""
    _, start, stop = word
    is_verb = not is_name(text, start, stop) or is_person(text, start, stop)
    return word if is_verb else ("June", start, stop)


def _shares_verb(text: str, first: FigureCandidate, second: FigureCandidate) -> bool:
    """Whether one verb holds for both: "killed 23 people in Ost and 41 in Sudmark"."""
    if first.quantity.dimension != "count" or second.quantity.dimension != "count":
        return False
    gap = _AND_ON.fullmatch(text, first.tail, second.lead)
    return gap is not None and _LEX.clause_verbs.isdisjoint(gap.group().lower().split())


def _carry(found: CountedNoun, earlier: CountedNoun, dimension: str, is_estimate: bool) -> CountedNoun:
    """Take over what this sentence leaves out; ``is_estimate`` where it only says "an estimate of"."""
    if dimension == "count" and is_estimate and not (found.noun or found.family):
        return replace(earlier, inherited=False, first=False)
    if dimension == "count" and found.inherited:
        noun, head = (earlier.noun, earlier.head) if earlier.noun else (earlier.event, earlier.event)
        return replace(found, noun=noun, head=head, family=found.family or earlier.family)
    if dimension.startswith("money") and not (found.noun or found.family or found.quantity):
        return replace(found, quantity=earlier.quantity)
    return found


def _is_word(word: str) -> bool:
    return word[:1].isalpha()


def _noun_group(text: str, after: list[Word], figure: FigureCandidate) -> CountedNoun:
    """The noun group that follows: modifiers, head, and one "of" group where the head calls for it."""
    if after and after[0][0] == "-" and after[0][1] == figure.tail:
        after = after[1:]
    i = _after_of(after, figure.quantity.dimension == "count")
    if i < 0:
        return CountedNoun(inherited=True)
    group: list[str] = []
    while i < len(after) and len(group) < _LONGEST_GROUP:
        word = after[i][0]
        low = word.lower()
        if not group and low.endswith("ly") and _is_word_at(after, i + 1):
            i = _behind_adverb(after, i)
        elif (low == "of" and _takes_of(group, after, i)) or (low == "and" and _two_names(group, after, i)):
            group.append(low)
            i += 1
        elif _ends_group(text, group, after, i):
            break
        else:
            group.append(word)
            i += 1
    return CountedNoun(noun=" ".join(group), head=_head(group))


def _is_word_at(after: list[Word], i: int) -> bool:
    return i < len(after) and _is_word(after[i][0])


def _behind_adverb(after: list[Word], i: int) -> int:
    """The place behind an adverb and its participle: "20 newly built boats"."""
    i += 1
    return i + 1 if after[i][0].lower().endswith("ed") and _is_word_at(after, i + 1) else i


def _ends_group(text: str, group: list[str], after: list[Word], i: int) -> bool:
    """Whether a word no longer belongs to the noun group before it."""
    word = after[i][0]
    low = word.lower()
    begun = bool(group)
    if begun and (group[-1].lower() == "times" or _has_break(text, after[i - 1][2], after[i][1])):
        return True
    if not _is_word(word) or low in _LEX.function_words or low in _LEX.adverbs or low in _COMPARED:
        return True
    if low in _LEX.weekdays or (low in _LEX.months and word[:1].isupper()) or (begun and low in ("late", "early")):
        return True
    return _named_participle(low, after, i, begun) or _ends_noun(low, after, i, begun)


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
    while i < len(after) and after[i][0].lower() in DETERMINERS:
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


def _has_break(text: str, left: int, right: int) -> bool:
    return "," in text[left:right] or "\n" in text[left:right]


def _ends_noun(low: str, after: list[Word], i: int, begun: bool) -> bool:
    """A verb or participle ends the noun unless a noun still follows it: "wounded patrons", "fired teachers"."""
    if ADVERB.fullmatch(low):
        return True
    verb = low in _LEX.clause_verbs or (low in _LEX.event_families and low not in _LEX.noun_families)
    participle = low.endswith("ed") and len(low) > 4 and low not in _NOT_EVENT_ED
    if begun and low.endswith("ing") and low not in _LEX.noun_families and not low.endswith(("building", "ceiling")):
        following = after[i + 1][0].lower() if i + 1 < len(after) else "."
        return following in _LEX.function_words or not _is_word(following)
    if not (verb or participle):
        return False
    following = after[i + 1][0].lower() if i + 1 < len(after) else "."
    plain = _is_word(following) and following not in _LEX.function_words and not ADVERB.fullmatch(following)
    if begun and verb:
        return True
    return not (plain and following not in _LEX.clause_verbs and following not in _LEX.adverbs)


def _with_quantity(
    found: CountedNoun, text: str, before: list[Word], after: list[Word], figure: FigureCandidate
) -> CountedNoun:
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
        summed = figure.quantity.dimension.startswith(("money", "ratio"))
        if (
            low in _ENDS_CLAUSE
            or (summed and low in _ENDS_SUM)
            or (low == "of" and figure.quantity.dimension == "ratio")
        ):
            break  # "on sales of": another sum; "percent of GDP": what it is a share of
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


def _quantity(found: CountedNoun, name: str) -> CountedNoun:
    return replace(found, quantity=name)


def _inherit(
    found: CountedNoun, earlier: list[CountedNoun], figures: list[FigureCandidate], index: int, is_estimate: bool
) -> CountedNoun:
    """Borrow the noun of the figure before where this one has none of its own; all of it after "an estimate of"."""
    if not earlier or figures[index].quantity.dimension != "count" or figures[index - 1].quantity.dimension != "count":
        return found
    source = earlier[-1]
    if (
        is_estimate
        and not found.family
        and (not found.noun or found.head in _ESTIMATE_WORDS)
        and (source.family or source.noun)
    ):
        return replace(source, inherited=True)
    empty = not found.noun or (found.head in _LEX.pronoun_nouns and len(found.noun.split()) == 1)
    if not empty or not source.noun:
        return found
    return CountedNoun(
        source.noun, source.head, found.event, found.family, found.definition or "", found.side, found.quantity, True
    )
