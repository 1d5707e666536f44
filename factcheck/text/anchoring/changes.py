"""What changed between two wordings of one sentence, in the classes an editor decides by.

Compares two short stretches word by word, numbers by value. Where a stretch went in a new text is found in
``alignment`` and ``anchors``.
"""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from factcheck.text.homographs import HOMOGRAPHS
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import find_numbers

_LEX = load()
_MARKUP = Pattern(r"<[^<>\n]{0,200}>|&[a-z]{2,8};|\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|`")
_SIGN = r"(?<![\w.,)\]\u2019])[-\u2013\u2212](?=[$£€]?\d)|[<>\u2264\u2265\u00b1](?=\s?\d)"
"""What says of a number that it is negative, a bound, or give or take; where the number itself does not hold it."""
_TOKEN = Pattern(rf"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+|[?$£€%\u2260]|{_SIGN}")
_LONGEST = 400
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "none",
        "nor",
        "neither",
        "without",
        "cannot",
        "denied",
        "denies",
        "deny",
        "nothing",
        "nobody",
        "hardly",
    ]
)
_MODALS = frozenset(
    [
        "may",
        "might",
        "could",
        "would",
        "should",
        "will",
        "can",
        "must",
        "expected",
        "likely",
        "feared",
        "possibly",
        "perhaps",
        "allegedly",
        "reportedly",
        "planned",
        "plans",
        "forecast",
        "unconfirmed",
    ]
)
_HEDGES = frozenset(w for phrase in _LEX.hedges_before for w in phrase.split()) - {
    "of",
    "a",
    "an",
    "the",
    "to",
    "in",
    "as",
    "on",
    "and",
    "not",
    "no",
    "or",
}
_ATTRIBUTION = frozenset(_LEX.reporting_verbs) | {"according"}
_ORDER = ("number", "unit", "hedge", "name", "negation", "verb", "modality", "attribution", "wording")

Token = tuple[str, int, int]


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words of a stretch without typography: numbers by value, quotes, dashes and markup left out.

    >>> [t for t, _, _ in tokens("a \u201cthousand\u201d men", 0, 16)] == [t for t, _, _ in tokens("1,000 men", 0, 9)]
    False
    >>> [t for t, _, _ in tokens("a thousand men", 0, 14)] == [t for t, _, _ in tokens("1,000 men", 0, 9)]
    True
    >>> [t for t, _, _ in tokens("growth of \u20133%", 0, 13)] == [t for t, _, _ in tokens("growth of 3%", 0, 12)]
    False
    """
    covered = [m.span() for m in _MARKUP.finditer(text, start, end)]
    out: list[Token] = []
    for number in find_numbers(text, start, end):
        value = number.value.normalize() if number.value is not None else number.as_written
        out.append((f"#{value}{number.mark}", number.span.start, number.span.end))
        covered.append((number.span.start, number.span.end))
    covered.sort()
    i = 0
    for match in _TOKEN.finditer(text, start, end):
        while i < len(covered) and covered[i][1] <= match.start():
            i += 1
        if i < len(covered) and covered[i][0] <= match.start():
            continue
        out.append((_normal_word(match.group()), match.start(), match.end()))
    out.sort(key=lambda t: t[1])
    return out


def bare_words(text: str) -> tuple[str, ...]:
    """The words of a text without its typography, numbers by value: equal where an edit changed typography alone.

    >>> bare_words("Forty **homes** in \u201cTorvik\u201d") == bare_words("40 homes in Torvik")
    True
    """
    return tuple(word for word, _, _ in tokens(text, 0, len(text)))


def _normal_word(word: str) -> str:
    word = word.replace("\u2019", "'").replace("\u2013", "-").replace("\u2212", "-")
    return "percent" if word in ("%", "percent", "pct") else word


def similarity(a: list[Token], b: list[Token]) -> float:
    """How many words two stretches share, from 0 to 1; order does not matter."""
    if not a or not b:
        return 0.0
    ca, cb = Counter(t for t, _, _ in a), Counter(t for t, _, _ in b)
    return 2 * sum((ca & cb).values()) / (len(a) + len(b))


def change_classes(a: list[Token], b: list[Token]) -> tuple[str, ...]:
    """The classes of change between two wordings; only "typography" where every word is the same.

    >>> old, new = "Some 40 men died", "Some 45 men died"
    >>> change_classes(tokens(old, 0, 16), tokens(new, 0, 16))
    ('number',)
    """
    left, right = [t for t, _, _ in a], [t for t, _, _ in b]
    if left == right:
        return ("typography",)
    found: set[str] = set()
    if len(left) > _LONGEST or len(right) > _LONGEST:
        ca, cb = Counter(left), Counter(right)
        gone, come = list((ca - cb).elements()), list((cb - ca).elements())
        found |= _class_of(gone, come) or {"wording"}
    else:
        for kind, i, j, k, n in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if kind != "equal":
                found |= _class_of(left[i:j], right[k:n], first=i == 0 and k == 0)
    return tuple(c for c in _ORDER if c in found) or ("wording",)


def _class_of(gone: list[str], come: list[str], first: bool = False) -> set[str]:
    changed = (Counter(gone) - Counter(come)) + (Counter(come) - Counter(gone))
    found = {_class_of_word(word, first) for word in changed}
    return found or ({"wording"} if gone or come else set())


def _class_of_word(word: str, first: bool) -> str:
    low = word.lower()
    if word.startswith("#") or word in "-<>\u2264\u2265\u00b1":
        return "number"
    if low in _NEGATIONS or low.endswith("n't"):
        return "negation"
    if low in _LEX.unit_words or low in _LEX.currency_words or word in "$£€":
        return "unit"
    if low in _HEDGES:
        return "hedge"
    if low in HOMOGRAPHS and word.istitle() and not first:
        return "name"
    if low in _MODALS:
        return "modality"
    if low in _ATTRIBUTION or (low in _LEX.party_heads and len(low) > 4):
        return "attribution"
    if word[:1].isupper() and not (first and low in _LEX.function_words):
        return "name" if low not in _LEX.function_words else "wording"
    if low in _LEX.clause_verbs or low in _LEX.event_families or (low.endswith("ed") and len(low) > 4):
        return "verb"
    return "wording"


def locate(a: list[Token], b: list[Token], start: int, end: int) -> tuple[int, int] | None:
    """Where the words ``[start, end)`` of one stretch stand in the other, by aligning the words."""
    inside = [i for i, t in enumerate(a) if t[1] < end and t[2] > start]
    if not inside or not b:
        return None
    first, last = inside[0], inside[-1] + 1
    if len(a) > _LONGEST or len(b) > _LONGEST:
        return _by_edges(a, b, first, last)
    low = high = -1
    for kind, i, j, k, n in SequenceMatcher(None, [t[0] for t in a], [t[0] for t in b], autojunk=False).get_opcodes():
        if j <= first or i >= last or k == n:
            continue
        begin = k + (max(first - i, 0) if kind == "equal" else 0)
        stop = k + (min(last, j) - i if kind == "equal" else n - k)
        low = begin if low < 0 else low
        high = max(high, stop)
    return (b[low][1], b[high - 1][2]) if low >= 0 and high > low else None


def _by_edges(a: list[Token], b: list[Token], first: int, last: int) -> tuple[int, int] | None:
    """For very long stretches: count the words that are equal from either edge."""
    head = 0
    while head < min(len(a), len(b)) and a[head][0] == b[head][0]:
        head += 1
    if last <= head:
        return b[first][1], b[last - 1][2]
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail][0] == b[-1 - tail][0]:
        tail += 1
    shift = len(b) - len(a)
    if first >= len(a) - tail:
        return b[first + shift][1], b[last - 1 + shift][2]
    low, high = min(first, head), max(last + shift, head + 1)
    return (b[low][1], b[min(high, len(b)) - 1][2]) if low < len(b) else None
