"""Hedges and directions: "nearly", "as many as", "or more", "up", read from the words beside a number.

Says how the text qualifies a number and whether it is the size of a change. What the hedge lets a number mean is in
``intervals``.
"""

from __future__ import annotations

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives
from factcheck.text.values import Hedge

_LEX = load()
_REACH = 64
_LONGEST_PHRASE = 6
_TOKEN = Pattern(r"[^\s(\[\u201c\"\u2018\u2014\u2013]+")
_AFTERWORDS = alternatives(k for k in _LEX.hedges_after if k[0].isalpha() and k != "plus")
_FOLLOWS = Pattern(
    rf"(?i:(?P<plus>\s?\+(?!\w)|\splus\b(?!\s[\w$£€]))|-odd\b"
    rf"|(?:\s[\w-]+){{0,2}}?,?\s(?P<after>{_AFTERWORDS}"
    rf")(?!\w|\s(?:to|than)\b))"
)
_RISEN = Pattern(
    r"(?i:\b(?:hit|hits|total|toll|now|rises?|rose|risen|rising|goes|going|went|gone|climb(?:s|ed|ing)?"
    r"|jump(?:s|ed|ing)?"
    r"|edg(?:ed|ing)|inched|crept|ticked|shot|moved|grew|grown|stepped)\s(?:\w+\s)?$"
    r"|\b(?:brings?|bringing|brought|push(?:es|ed|ing)|drove|driven|driving|took|takes"
    r"|taking)\s(?:[\w'\u2019-]+\s){0,8}$)"
)
_LASTS = Pattern(r"(?i:\b(?:last(?:s|ed|ing)?|takes?|took|taking|for|of|after|wait(?:s|ed|ing)?|by|was|is|spent)\s$)")
_ONLY_SELF = frozenset(
    ["over", "under", "around", "below", "above", "beyond", "near", "topping", "exceeding", "minimum", "maximum"]
)
_OWN_FILLERS = frozenset(["", "a", "an", "another", "additional", "an additional"])
_GIVEN = frozenset(["the", "its", "their", "those", "these", "his", "her", "our"])
_BORDERS = frozenset([Hedge.MORE_THAN, Hedge.FEWER_THAN])
_RISING = frozenset(["up to", "over", "under"])
_BETWEEN = frozenset(
    [
        "by",
        "another",
        "a",
        "an",
        "additional",
        "as",
        "much",
        "many",
        "more",
        "less",
        "than",
        "about",
        "around",
        "nearly",
        "almost",
        "at",
        "least",
        "up",
        "to",
        "only",
        "just",
        "some",
        "further",
        "approximately",
        "roughly",
        "over",
        "under",
        "close",
        "well",
        "fully",
        "even",
        "down",
    ]
)
# Verbs that take what they count as an object: "raised $3 million" says a sum, not the size of a change.
_TAKES_OBJECT = frozenset(
    [
        "raise",
        "raised",
        "raises",
        "raising",
        "add",
        "added",
        "adds",
        "cut",
        "cuts",
        "cutting",
        "reduce",
        "reduced",
        "boost",
        "boosted",
        "shed",
        "sheds",
        "expand",
        "expanded",
        "lower",
        "lowered",
        "slashed",
        "contract",
        "contracted",
        "increase",
        "increased",
        "grow",
        "grew",
        "improved",
    ]
)
_RELATIVE = frozenset(["ratio", "points"])


def hedge_of(
    text: str, begin: int, tail: int, floor: int, limit: int, dimension: str
) -> tuple[Hedge, int, tuple[str, ...]]:
    """The hedge of a number, where the whole expression begins, and "up" or "down" where it is a change.

    >>> t = "rose by nearly 40 points"
    >>> hedge_of(t, 15, 24, 0, 24, "count")
    (<Hedge.NEARLY: 'nearly'>, 8, ('up',))
    """
    if text[max(floor, begin - 4) : begin].lower() == "sub-":
        return Hedge.FEWER_THAN, begin - 4, ()
    window = max(floor, begin - _REACH)
    tokens = [(m.group().lower(), m.start()) for m in _TOKEN.finditer(text, window, begin)]
    flags = _direction(tokens, dimension)
    before = _before(text, tokens, floor, dimension)
    after = _after(text, tail, limit)
    if after is not None and (before is None or before[0] is Hedge.ABOUT):
        return after, before[1] if before else begin, flags
    return (before[0], before[1], flags) if before else (Hedge.EXACT, begin, flags)


def _before(text: str, tokens: list[tuple[str, int]], floor: int, dimension: str) -> tuple[Hedge, int] | None:
    """The longest phrase that ends before the number, at most two fillers between: "nearly another 40"."""
    for skipped in range(3):
        stop = len(tokens) - skipped
        if stop <= 0 or (skipped and tokens[stop][0] not in _LEX.hedge_fillers):
            return None
        for size in range(min(_LONGEST_PHRASE, stop), 0, -1):
            phrase = " ".join(t for t, _ in tokens[stop - size : stop])
            hedge = _LEX.hedges_before.get(phrase)
            if hedge is None:
                continue
            filler = " ".join(t for t, _ in tokens[stop:])
            start = tokens[stop - size][1]
            risen = phrase in _RISING and _RISEN.search(text, max(floor, start - 70), start)
            lasting = (
                phrase == "over" and dimension == "time" and not _LASTS.search(text, max(floor, start - 24), start)
            )
            bare_near = phrase == "near" and dimension in ("count", "length")
            strict = phrase in _ONLY_SELF and filler not in _OWN_FILLERS
            given = hedge in _BORDERS and filler in _GIVEN  # "exceeds the 40 of last year": that number is exact
            return None if risen or bare_near or strict or given or lasting else (Hedge(hedge), start)
    return None


def _after(text: str, tail: int, limit: int) -> Hedge | None:
    match = _FOLLOWS.match(text, tail, min(limit, tail + 50))
    if match is None:
        return None
    phrase = (match["after"] or ("plus" if match["plus"] else "-odd")).lower()
    skipped = (match.start("after") - tail) > 1 if match["after"] else False
    return None if skipped and not phrase.startswith(("or ", "and ")) else Hedge(_LEX.hedges_after[phrase])


def _direction(tokens: list[tuple[str, int]], dimension: str) -> tuple[str, ...]:
    """Whether the number is the size of a change: "rose by 3", "up nearly 57 percent"; a "rise of 3" names it."""
    by = False
    for word, _ in reversed(tokens[-6:]):
        up, down = word in _LEX.change_up, word in _LEX.change_down
        if ((up or down) and word not in ("up", "down")) or (word in ("up", "down") and not _follows_up(tokens, word)):
            if (word == "off" or (word in _TAKES_OBJECT and not by)) and dimension not in _RELATIVE:
                return ()
            return ("up",) if up else ("down",)
        if word not in _BETWEEN and not word.endswith("ly"):
            return ()
        by = by or word == "by"
    return ()


def _follows_up(tokens: list[tuple[str, int]], word: str) -> bool:
    """Whether "up" only begins the hedge "up to"."""
    words = [t for t, _ in tokens]
    at = len(words) - 1 - words[::-1].index(word)
    return word == "up" and words[at + 1 : at + 2] == ["to"]
