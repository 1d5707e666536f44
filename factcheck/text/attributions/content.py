"""The content of an attribution: which stretch is ascribed, after the verb, before the subject, or on both sides.

Covers one sentence. Who says it is found in ``parties`` and ``speech``.
"""

from __future__ import annotations

from factcheck.text.attributions.cues import ACT, SAY, word_set
from factcheck.text.attributions.parties import ADVERBS, AUXILIARIES, QUOTE, TIMES, Party, SentenceWords
from factcheck.text.lexicon import load
from factcheck.text.values import Span

_LEX = load()
_LISTENER_VERBS = word_set("told tells tell telling assured warned reminded informed assures warns reminds")
_SUBORDINATE = word_set("when if after because since while as before although though once")
_ADVERBIAL = word_set(
    "in on at after before during by for with from as since meanwhile when while if but and although "
    "though because despite under according asked speaking however yet still then so to through "
    "throughout"
)
FINITE = _LEX.clause_verbs | AUXILIARIES
_TAIL_HEADS = word_set("in on at to during after via by through late early earlier later again there from when")
_DAYS = word_set("today yesterday tonight tomorrow ago recently") | frozenset(_LEX.weekdays)
FORE = word_set("and but meanwhile")


def content_span(line: SentenceWords, at: int, word: str, subject: Party) -> Span | None:
    """What is said: after the verb, before the subject, or on both sides of them.

    >>> from factcheck.text.attributions.parties import party_before, read_line
    >>> t = "Nine boats sank, Orr said on Monday"
    >>> line = read_line(t, Span(0, len(t)), [])
    >>> found = content_span(line, 5, "said", party_before(line, 5))
    >>> found and found.cut(t)
    'Nine boats sank'
    """
    low, count = line.low, len(line.low)
    lead = subject.first
    while lead > 0 and (low[lead - 1] in FORE or low[lead - 1] == "as"):
        lead -= 1
    mark = low[lead - 1] if lead else ""
    quote_before = mark == QUOTE or (mark == "," and lead > 1 and low[lead - 2] == QUOTE)
    rest = at + 1
    if quote_before and word not in ACT:
        later = next((i for i in range(count - 1, rest - 1, -1) if low[i] == QUOTE), -1)
        return line.span(0, later + 1 if later > 0 else lead)
    tail = _is_tail(line, rest, word)
    if mark == "which" and lead > 1 and low[lead - 2] == ",":
        return line.span(0, count if not tail else lead - 2)
    words_before = lead - 1
    if mark in (",", "\u2014", "\u2013", "-") and words_before >= 3 and word not in ACT:
        adverbial = low[0] in _ADVERBIAL and not any(w in FINITE for w in low[1 : lead - 1])
        if tail:
            return line.span(0, lead - 1)
        if rest < count and low[rest] == "," and not adverbial and words_before >= 4:
            return line.span(0, count)
    if tail and words_before >= 2 and low[lead - 1] == "that":
        return line.span(0, lead)
    if rest >= count or (tail and word in ("told", "tells")):
        return None
    start = _content_start(line, rest, word)
    return line.span(start, max(start + 1, _content_end(line, start, subject, word)))


def _content_start(line: SentenceWords, rest: int, word: str) -> int:
    """Skip the listener and the time: "told 40 pupils on Monday that …", "wrote to his readers, “…”"."""
    low = line.low
    if low[rest] == "," and rest + 1 < len(low):
        return rest + 1
    if low[rest] in ("that", QUOTE, ":", "he", "she", "it", "they"):
        return rest
    for i in range(rest, min(len(low), rest + 12)):
        if low[i] == "that" and (word in _LISTENER_VERBS or _is_tail_head(line, rest)):
            return i
        if low[i] in (",", ":") and i + 1 < len(low) and low[i + 1] == QUOTE and word in SAY:
            return i + 1
        if low[i] == "," or (low[i] in FINITE and i > rest):
            break
    return rest


def quote_near(line: SentenceWords, at: int) -> bool:
    """Whether a quotation begins within a dozen words.

    >>> from factcheck.text.attributions.parties import read_line
    >>> quote_near(read_line('Orr answered "no" today.', Span(0, 24), [Span(13, 17)]), 2)
    True
    """
    return QUOTE in line.low[at : at + 12]


def _content_end(line: SentenceWords, start: int, subject: Party, word: str) -> int:
    """Where what is said stops: with its subordinate clause, or before a clause that the copy adds itself."""
    low, count = line.low, len(line.low)
    first = subject.first
    subordinate = low[first] in ("who", "which") or (
        0 < first < 6 and any(w in _SUBORDINATE for w in low[max(0, first - 2) : first]) and low[start - 1] != ","
    )
    for i in range(start + 1, count - 2):
        if low[i] != ",":
            continue
        if subordinate and low[i + 1] not in (QUOTE, "that"):
            return i
        if word in ACT and low[i + 1] in ("which", "who", "where", "when"):
            return i
    return count


def _is_tail(line: SentenceWords, at: int, word: str) -> bool:
    """Whether nothing but time, place or listener follows: "told reporters in Ost on Monday"."""
    low, count = line.low, len(line.low)
    if at >= count:
        return True
    if count - at > 16 or QUOTE in low[at:] or any(w in FINITE or w == "that" for w in low[at:]):
        return False
    if word in ("told", "tells"):
        return low[at] != "to"
    return low[at] == "." or _is_tail_head(line, at)


def _is_tail_head(line: SentenceWords, at: int) -> bool:
    """Whether a word begins the time, the place or the manner of saying."""
    low = line.low
    following = low[at + 1] if at + 1 < len(low) else "."
    if low[at] in ("at", "in", "on") and following in ("least", "most", "all", "fact"):
        return False
    if low[at] in ("this", "last", "next", "earlier", "late"):
        return following in TIMES or following in _LEX.months or following in ("in", "on", "that", ".")
    return low[at] in _TAIL_HEADS or low[at] in _DAYS or low[at] in ADVERBS
