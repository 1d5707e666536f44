"""Words that are both verbs and names: "may" and the month of May, "will" and Will Smith.

Tells the two apart by capitals and by the words on either side. What the verb means for a figure or a date is decided
by the caller.
"""

from __future__ import annotations

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern, alternatives

_LEX = load()
HOMOGRAPHS = frozenset(["may", "will", "might", "hope", "target"])
_REACH = 90
# What moved of itself may go on with "to" and "by"; "raised to 40" may be a participle.
_MOVED = {word for word in _LEX.change_up | _LEX.change_down if word.endswith("ed")} - {
    *("raised", "lowered", "reduced", "boosted", "slashed", "shed", "increased", "decreased")
}
_FIRST_WORD = Pattern(r"\w+")
_STARTS = Pattern(r"(?:^|[.!?:;\n\u201c\u2018\"(\u2014\u2013|]|\s-)\W*$")
_TITLE = Pattern(rf"(?i:(?:^|\W)(?:{alternatives(_LEX.abbreviations)})\.\s$)")
_STOP = Pattern(r"[!?\n]|(?<!\b[A-Z])(?<!\bM[rs])(?<!\b[MD]rs)(?<!\bDr)\.(?!\d|\s[a-z])")
_LOWER = Pattern(r"(?<![\w'\u2019-])[^\W\d_A-Z]\w{3,}")
# Before a month or a person, and never before a verb.
_LEAD = Pattern(
    r"(?i:\b(?:in|since|during|until|till|by|of|late|early|mid|before|after|from|through|between|for|with|on|at|as|and"
    r"|mrs?|ms|sir|dame|lord|lady)\.?[\s-]$)"
)
_PLAIN_LEAD = Pattern(r"(?:\b(?:in|since|during|until|till|by|late|early|mid)[\s-]|\bon\s(?:\d{1,2}\s)?)$")
_OWNED = Pattern(r"(?i:\b(?:the|its|his|their|my|our|free|political|good)\s$)")
_DAY_NEXT = Pattern(r"\s(?:[12]?\d|3[01])(?:st|nd|rd|th)?\b(?![,.]?\d)")
_ENDS_NEXT = Pattern(r"['\u2019]s\b|\s?(?:[.,;:!?)\u201d\"]|$)")
_MODAL_NEXT = Pattern(r"(?i:\s(?:also|be|have|not|soon|still|yet)\b)")
_FINITE_NEXT = Pattern(
    r"(?i:\s(?:\w+ly\s)?(?:(?!shed\b|wed\b|embed\b)\w+(?<!ee)d(?<=ed)|is|was|were|has|had|said|says|told|will|did|does)\b"
    r"(?!\s(?:to|at|by|from)\b))"
)
# What only a name stands before: "Hope Hicks", "Target Corp.", "Will and Grace", "Target, the chain".
_CAPITAL_NEXT = Pattern(r"\s[A-Z]")
_FIRM_NEXT = Pattern(r"(?i:\s(?:corp|corporation|inc|ltd|limited|plc|co|llc|group|holdings|industries)\b)")
_PAIR_NEXT = Pattern(r"\s(?:and|&)\s[A-Z]")
_APPOSED_NEXT = Pattern(r",\s(?:the|an?|which|who|whose|based)\b")
_PREPOSITION = r"(?:to|at|by|from|for|in|on|with|of|as|after)"
_DONE = rf"""(?:(?:\w+ly\s)?(?:
    (?:is|are|was|were|has|had|will|did|does|said|told|became|began|came|fell|gave|grew|rose|sank|took|went|wrote|drew|ran)\b
    |{alternatives(sorted(_MOVED))}\b
    |(?:(?!(?:sh|w|emb)ed\b)\w+ed|bought|built|found|held|kept|left|led|lost|made|met|paid|sent|sold|spent|struck|won)\b
     (?!\s{_PREPOSITION}\b)))"""
_DID_NEXT = Pattern(rf"(?ix:\s{_DONE})")
# "Target sales rose", "Target stores in Ost lost 40", and no "target of 40 mills".
_NO_NOUN = alternatives(sorted(_LEX.function_words | _LEX.clause_verbs | {"price", "range"}))
_NOUN = rf"(?!(?:{_NO_NOUN})\b)[a-z]+(?<!ed)\b"
_NOUN_DID_NEXT = Pattern(
    rf"(?x:\s{_NOUN}(?:\s{_NOUN})?(?:\s(?:in|at|of|for|near|across)\s(?:the\s)?[^\W\d]\w*)?\s{_DONE})"
)
_MONTH_NEXT = Pattern(rf"\s?[:|\u2014\u2013]|\s-\s|,\s\d|\s{_NOUN}(?:\s{_NOUN})?:")
_WORD_BEFORE = Pattern(r"([A-Z][\w'\u2019-]*)\.?\s$")
_NO_FORENAMES = (
    frozenset(["last", "next", "this", "the", "early", "late", "mid", "every"])
    | _LEX.function_words
    | frozenset([*_LEX.months, *_LEX.weekdays])
)


def is_name(text: str, start: int, end: int) -> bool:
    """Whether a word that may be a verb is the name of a month, a person or a firm, or a noun, where it stands.

    >>> t = "Mr Will Orr may sell 40 in May"
    >>> [is_name(t, t.index(w), t.index(w) + len(w)) for w in ("Will", "may", "May")]
    [True, False, True]
    """
    word = text[start:end]
    low = word.lower()
    if low not in HOMOGRAPHS:
        return False
    back = text[max(0, start - _REACH) : start]
    if word == low:
        return _is_plain_name(text, low, back, end)
    if _MODAL_NEXT.match(text, end):
        return False
    stop = _STOP.search(text, end, end + 3 * _REACH)
    limit = stop.end() if stop else min(len(text), end + 3 * _REACH)
    first = bool(_STARTS.search(back)) and not _TITLE.search(back)
    if first:
        return _is_name_at_start(text, low, start, end, limit)
    return not _is_headline(text, start, limit) or bool(
        _LEAD.search(back)
        or any(pattern.match(text, end) for pattern in (_DAY_NEXT, _ENDS_NEXT, _FINITE_NEXT, _FIRM_NEXT))
    )


def _is_plain_name(text: str, low: str, back: str, end: int) -> bool:
    """In small letters: "in may", "on may 4", "the will of the voters"."""
    if low == "may":
        lead = _PLAIN_LEAD.search(back)
        dated = lead is None or lead[0] != "on " or _DAY_NEXT.match(text, end)
        return bool(lead and dated) and not _MODAL_NEXT.match(text, end)
    return low in ("will", "might") and _OWNED.search(back) is not None


def _is_name_at_start(text: str, low: str, start: int, end: int, limit: int) -> bool:
    """With the capital of a first word: "May was the deadliest month", "Will Smith sold", "Target sales rose"."""
    asks = text[limit - 1 : limit] == "?"
    if _FINITE_NEXT.match(text, end):
        return True
    if low == "may":
        return not asks or bool(_DAY_NEXT.match(text, end))
    if asks:
        return False
    if any(pattern.match(text, end) for pattern in (_FIRM_NEXT, _PAIR_NEXT, _APPOSED_NEXT, _DID_NEXT, _NOUN_DID_NEXT)):
        return True
    return _CAPITAL_NEXT.match(text, end) is not None and (low == "will" or not _is_headline(text, start, limit))


def _is_headline(text: str, start: int, limit: int) -> bool:
    """Whether the words around are written with capitals, so that a capital says nothing."""
    floor = max(text.rfind("\n", 0, start) + 1, start - _REACH)
    return _LOWER.search(text, floor, limit) is None


def is_person(text: str, start: int, end: int) -> bool:
    """Whether such a name is that of a person or a firm and no month: "Theresa May", "Will Orr".

    >>> t = "Ada May left Ost in May"
    >>> is_person(t, 4, 7), is_person(t, 20, 23)
    (True, False)
    """
    if not text[start].isupper() or not is_name(text, start, end):
        return False
    if text[start:end].lower() != "may":
        return True
    before = _WORD_BEFORE.search(text, max(0, start - 24), start)
    return before is not None and before[1].lower() not in _NO_FORENAMES and not _DAY_NEXT.match(text, end)


def is_month(text: str, start: int, end: int) -> bool:
    """Whether a "May" with a capital heads a line or a noun as any month does: "May: 40 dead", "May sales rose".

    >>> t = "May: 40 dead. Theresa May: 40 dead. May said"
    >>> [is_month(t, at, at + 3) for at in (0, 22, 36)]
    [True, False, False]
    """
    if not (_MONTH_NEXT.match(text, end) or _NOUN_DID_NEXT.match(text, end)):
        return False
    return is_name(text, start, end) and not is_person(text, start, end)


def first_verb(pattern: Pattern, text: str, start: int, stop: int) -> bool:
    """Whether a pattern of verbs is found in a stretch of text, at a word that is no name there.

    >>> t = "Will Orr met 40 in May"
    >>> first_verb(Pattern(r"(?i:\\b(?:may|will)\\b)"), t, 0, len(t))
    False
    """
    found = pattern.search(text, start, stop)
    while found is not None:
        word = _FIRST_WORD.match(text, found.start(), stop)
        if word is None or not is_name(text, *word.span()):
            return True
        found = pattern.search(text, word.end(), stop)
    return False
