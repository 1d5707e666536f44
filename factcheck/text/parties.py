"""The party before a reporting verb: which words of a clause name who speaks.

Here lives the way from the verb back to its subject, over adverbs, asides and appositions; what the
party says is the business of ``attributions``.
"""

from __future__ import annotations

import re

from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Span

_LEX = load()
_CUT = Pattern(
    r"[;:\u201d\u201c\"()\u2014]|\s-{1,2}\s|\s\u2013\s|\b(?:that|but|because|although|though|if"
    r"|whether|when|where|while|as|since|after|before|which|and)\s(?=\w)"
)
_TOKEN = Pattern(r"[^\s,;:\u201c\u201d\"()\u2014\u2013]+")
_PROPER = Pattern(r"[Tt]he(?:\s[A-Z][\w&'\u2019-]*)+")
_TITLED = Pattern(
    r"(?:[Tt]he|[Ii]ts)\s(?:[a-z]+\s){0,2}(?:mayor|governor|president|minister|chief|director|chairman|chairwoman|commander)"
)
_ARTICLES = frozenset(["the", "a", "an", "its", "his", "her", "their"])
_JOINS = frozenset(["of", "at", "for", "in", "on", "from", "with", "to", "and", "or", "by", "all", "both"])
_TITLE_STOP = frozenset(
    [
        "on",
        "in",
        "at",
        "by",
        "to",
        "with",
        "from",
        "into",
        "over",
        "under",
        "during",
        "since",
        "until",
        "last",
        "next",
        "this",
        "then",
        "now",
    ]
)


def subject_before(text: str, sentence: Span, at: int) -> Span | None:
    """The party before a reporting verb: the name, or a noun that can speak, with its apposition.

    >>> t = "Ada Orr, the mayor, said"
    >>> found = subject_before(t, Span(0, len(t)), 20)
    >>> found and found.cut(t)
    'Ada Orr, the mayor'
    """
    floor = max(sentence.start, at - 220)
    cut = floor
    for boundary in _CUT.finditer(text, floor, at):
        word = boundary.group().strip().lower()
        if word == "and" and not re.match(
            r"(?:the|its|his|her|their|he|she|it|they|that)\b", text[boundary.end() : boundary.end() + 6]
        ):
            continue
        cut = boundary.end()
    chunks = _chunks(text, cut, at)
    while len(chunks) > 1 and _is_aside(chunks[-1].cut(text)):
        chunks.pop()
    if not chunks:
        return None
    chosen = _noun_phrase(text, chunks[-1])
    if chosen is None:
        return None
    last = chosen.cut(text)
    whole = chosen.start <= chunks[-1].start + 1
    if (
        whole
        and len(chunks) > 1
        and not _PROPER.fullmatch(last)
        and re.match(
            r"(?:the|a|an|his|her|its|head|chief|director|president|chairman|spokes\w+|minister|mayor|who|of"
            r"|from|\d)\b",
            last,
        )
        and last.lower() not in ("he", "she", "it", "they")
    ):
        previous = chunks[-2]
        name = _noun_phrase(text, previous)
        if (
            name is not None
            and name.end == previous.end
            and _is_name(name.cut(text))
            and (last[:1].isdigit() or not _LEX.weekdays.get(name.cut(text).lower()))
        ):
            return Span(name.start, chosen.end)
    if whole and len(chunks) > 1 and _is_name(last) and _TITLED.fullmatch(chunks[-2].cut(text)):
        return Span(chunks[-2].start, chosen.end)
    if last[:1].islower() or last[:1].isdigit():
        plain = re.match(r"(?:said|says|told|added)\b", text[at : at + 6]) and re.match(
            r"(?:the|an?|one|his|her|their)\s\w+", last
        )
        return chosen if _speaks(last) or plain else None
    return chosen if _speaks(last) or last[:1].isupper() else None


def _chunks(text: str, start: int, end: int) -> list[Span]:
    out: list[Span] = []
    begin = start
    for i in range(start, end + 1):
        if i == end or (text[i] == "," and not (text[i - 1].isdigit() and text[i + 1 : i + 2].isdigit())):
            left, right = begin, i
            while left < right and text[left].isspace():
                left += 1
            while right > left and text[right - 1].isspace():
                right -= 1
            if right > left:
                out.append(Span(left, right))
            begin = i + 1
    return out


def _is_aside(chunk: str) -> bool:
    words = chunk.lower().split()
    if all(w in _LEX.adverbs for w in words) or chunk.strip().isdigit():
        return True
    return (
        words[0]
        in (
            "in",
            "on",
            "at",
            "of",
            "for",
            "who",
            "which",
            "with",
            "where",
            "whose",
            "from",
            "after",
            "speaking",
            "quoted",
            "cited",
            "as",
        )
        and len(words) < 14
    ) or (words[0] in _LEX.adverbs and len(words) <= 2)


def _is_name(words: str) -> bool:
    """Whether a chunk is a name ("Ada Orr", "the mayor, Ada Orr") rather than a clause."""
    tokens = words.split()
    return tokens[0][:1].isupper() and tokens[-1][:1].isupper() and tokens[-1].lower() not in _LEX.clause_verbs


def _speaks(words: str) -> bool:
    low = words.lower().split()
    return bool(low) and (
        low[-1] in _LEX.party_heads
        or low[0] in _LEX.pronouns
        or any(w in _LEX.party_heads for w in low)
        or any(w[:1].isupper() for w in words.split())
    )


def _noun_phrase(text: str, chunk: Span) -> Span | None:
    """The longest run of name-like words at the end of a chunk."""
    tokens = list(_TOKEN.finditer(text, chunk.start, chunk.end))
    while tokens and (
        tokens[-1].group().lower() in _LEX.adverbs
        or tokens[-1].group().lower() in ("has", "had", "have", "is", "was", "are", "were")
        or tokens[-1].group().lower() in _LEX.weekdays
    ):
        tokens.pop()
    if not tokens:
        return None
    i = len(tokens) - 1
    while i > 0:
        word = tokens[i - 1].group()
        low = word.lower().rstrip(".")
        nearer = tokens[i].group()
        if (
            low in _LEX.weekdays
            or (low in _LEX.months and word[:1].isupper())
            or low in ("that", "this", "which", "what", "who", "whose", "how", "today", "yesterday")
            or (nearer.lower() in _ARTICLES and low not in _JOINS)
        ):
            break
        if low in ("at", "for", "in", "on", "from", "with", "of", "to"):
            head = tokens[i - 2].group() if i > 1 else ""
            strong = (head[:1].isupper() and head.lower() not in _TITLE_STOP) or head.lower() in _LEX.party_heads
            if (low != "of" and not strong) or not head:
                break
        elif low == "think" and nearer.lower().startswith("tank"):
            pass
        elif (
            low in _LEX.clause_verbs
            or (low in _LEX.strong_verbs and not word[:1].isupper())
            or low in _LEX.pronouns
            or low in _TITLE_STOP
            or (low == "and" and nearer[:1].islower() and nearer.lower() not in _LEX.party_heads)
        ):
            break
        i -= 1
    while i < len(tokens) - 1 and tokens[i].group().lower() in (
        "and",
        "or",
        "of",
        "in",
        "at",
        "for",
        "from",
        "on",
        "with",
        "to",
        "meanwhile",
        "but",
    ):
        i += 1
    first = tokens[i]
    if len(tokens) - i > 16:
        return None
    return Span(first.start(), tokens[-1].end())
