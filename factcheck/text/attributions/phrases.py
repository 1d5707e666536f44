"""Cues that are no verb with a subject: "according to", "confirmed by", "per", "in a poll", "the mayor's claim that".

What each of them takes as party and as content, and ``FoundAttribution``, an attribution inside one sentence. Verbs
are read in ``speech``.
"""

from __future__ import annotations

from typing import NamedTuple

from factcheck.text.attributions.content import FINITE, FORE
from factcheck.text.attributions.cues import ALL, word_set
from factcheck.text.attributions.parties import ADVERBS, HARD, Party, SentenceWords, can_speak, extent, party_before
from factcheck.text.values import Span

_BE = word_set("is are was were been be being")
_TAKEN = word_set("conducted taken released published")
CUE_PHRASES = word_set("according per words citing came arrived poll polls polling survey surveys")
_POLLS = word_set("poll polls polling survey surveys")
_NOT_IN_POLL = word_set("in to at from with for by on and is are was were has have had said that")
_BROKEN = word_set("and but while with including which where compared whereas though although as who")


class FoundAttribution(NamedTuple):
    """An attribution inside one sentence, its party still as the copy has it."""

    span: Span
    cue: str
    party: str
    party_span: Span | None
    content: Span
    relay: str = ""
    antecedent: str = ""


def make_attribution(line: SentenceWords, span: Span, cue: str, party: Party, content: Span) -> FoundAttribution:
    """The attribution of a party in a line, with the relay that quotes it and whom a relative pronoun refers to."""
    text = line.text
    where = line.span(party.first, party.stop)
    name = text[line.start(party.name_first) : line.end(party.name_stop - 1)]
    antecedent = ""
    if line.low[party.first] in ("who", "which") and party.first > 0:
        back = party.first - (line.low[party.first - 1] == ",")
        one = party_before(line, back) if back > 0 else None
        antecedent = line.span(one.name_first, one.name_stop).cut(text) if one else ""
    return FoundAttribution(span, cue, name, where, content, _relay(line, party), antecedent)


def _relay(line: SentenceWords, party: Party) -> str:
    """The relay that quotes the party: "officials, quoted by the Norland Post"."""
    low = line.low
    if "quoted" not in low and "cited" not in low:
        return ""
    for i in range(party.first, len(low) - 1):
        if low[i] in ("quoted", "cited") and low[i + 1] == "by":
            one = extent(line, i + 2)
            if one is not None:
                return line.span(one.first, one.name_stop).cut(line.text)
        if i > party.stop + 12:
            break
    return ""


def cue_phrase_attribution(line: SentenceWords, at: int, word: str, following: str) -> FoundAttribution | None:
    """The attribution of one of the ``CUE_PHRASES``."""
    if word == "according":
        return _according(line, at, at + 2, "according to") if following == "to" else None
    if word == "words":
        return _according(line, at, at + 2, "in the words of") if following == "of" and at > 1 else None
    if word == "per":
        return _per_party(line, at)
    if word == "citing":
        return _citing(line, at)
    return _in_poll(line, at) if word in _POLLS else _came_to(line, at, word)


def _according(line: SentenceWords, at: int, party_at: int, cue: str) -> FoundAttribution | None:
    low, count = line.low, len(line.low)
    party = extent(line, party_at)
    if party is None:
        return None
    first = at
    while first > 0 and (low[first - 1] in FORE or low[first - 1] in ADVERBS or low[first - 1] in (",", "in", "the")):
        first -= 1
    if first == 0 or (low[first - 1] in ("that", "said", "but") and low[at - 1] == ","):
        start = party.stop + (party.stop < count and low[party.stop] == ",")
        content = line.span(min(start, count - 1), count)
    else:
        content = _around(line, at, party.stop)
    span = Span(line.start(at), line.end(party.stop - 1))
    return make_attribution(line, span, cue, party, content)._replace(relay=_relay_after(line, party))


def _around(line: SentenceWords, at: int, after: int) -> Span:
    """What "according to X" behind or inside a clause covers."""
    low, count = line.low, len(line.low)
    start = max((i + 1 for i in range(at) if low[i] == ";"), default=0)
    dashes = [i for i in range(start, at) if low[i] in ("\u2014", "\u2013", "-", "--")]
    if len(dashes) == 1 and after < count and low[after] == low[dashes[0]]:
        start = dashes[0] + 1
    goes_on = after < count - 5 and low[after] == ","
    if goes_on and not any(low[i] == "," and low[i + 1] in _BROKEN for i in range(after, count - 1)):
        return line.span(start, count)
    stop = at - 1 if low[at - 1] == "," and at - 1 > start else at
    return line.span(start, max(stop, start + 1))


def _relay_after(line: SentenceWords, party: Party) -> str:
    relay = _relay(line, party)
    return relay if relay != line.span(party.name_first, party.name_stop).cut(line.text) else ""


def _per_party(line: SentenceWords, at: int) -> FoundAttribution | None:
    if at < 3 or line.low[at - 1] not in (",", "(") or at + 1 >= len(line.low):
        return None
    if not (line.words[at + 1][:1].isupper() or line.low[at + 1] in ("the", "a", "an")):
        return None
    return _according(line, at, at + 1, "per")


def _citing(line: SentenceWords, at: int) -> FoundAttribution | None:
    party = extent(line, at + 1)
    if party is None or at < 2:
        return None
    return make_attribution(line, line.span(at, party.stop), "citing", party, line.span(0, at))


def by_party_attribution(line: SentenceWords, at: int, word: str) -> FoundAttribution | None:
    """ "confirmed by police": the party after "by" says what stands before."""
    party = extent(line, at + 2)
    if party is None or at < 1 or not can_speak(line, party):
        return None
    if word in ("quoted", "cited"):
        return None
    start = at
    while start > 1 and (line.low[start - 1] in _BE or line.low[start - 1] == "as"):
        start -= 1
    content = line.span(_last_comma(line, start), max(start, 1))
    one = make_attribution(line, line.span(at, party.stop), f"{word} by", party, content)
    return one._replace(relay=_relay_after(line, party))


def _last_comma(line: SentenceWords, stop: int) -> int:
    """Where the clause before ``stop`` begins, if a whole one does after a comma."""
    return next((i + 1 for i in range(stop - 5, 0, -1) if line.low[i] in (";", ":", "\u2014", "-")), 0)


def _in_poll(line: SentenceWords, at: int) -> FoundAttribution | None:
    """ "In a poll taken in May, 57 percent …": the poll says what is counted in it."""
    low, count = line.low, len(line.low)
    start = at
    while start > 0 and at - start < 9 and low[start] != "," and low[start] not in _NOT_IN_POLL:
        start -= 1
    if low[start] != "in" or at - start < 2:
        return _poll_had(line, at)
    party = extent(line, start + 1)
    if party is None or party.stop <= at:
        return None
    first, stop = party.stop, count
    if start == 0:
        while first < count - 2 and low[first] == "," and low[first + 1] in _TAKEN:
            commas = (i for i in range(first + 1, count) if low[i] == "," and not low[i - 1][:1].isdigit())
            first = next(commas, count)
    elif any(w[:1].isdigit() for w in low[_clause_start(line, start) : start]):
        first, stop = _clause_start(line, start), start
    first += low[min(first, count - 1)] == ","
    if first >= stop or not any(any(c.isdigit() for c in w) for w in low[first:stop]):
        return None
    return make_attribution(line, line.span(start, start + 1), "in", party, line.span(first, stop))


def _clause_start(line: SentenceWords, stop: int) -> int:
    """Where the clause that ends before ``stop`` begins."""
    low = line.low
    return next((i + 1 for i in range(stop - 2, 0, -1) if low[i] in (",", "that", "while") or low[i] in HARD), 0)


def _poll_had(line: SentenceWords, at: int) -> FoundAttribution | None:
    """ "A spring survey had her at 9 percent"."""
    low = line.low
    for i in range(at + 1, min(at + 7, len(low) - 1)):
        if low[i] in ("had", "has", "have", "gave", "gives", "give"):
            party = party_before(line, i)
            if party is None or not party.first <= at < party.stop:
                return None
            if low[i + 1] in FINITE or low[i + 1] in ALL or not any(w[:1].isdigit() for w in low[i + 1 :]):
                return None
            return make_attribution(line, line.span(i, i + 1), low[i], party, line.span(i + 1, len(low)))
        if low[i] in ALL:
            return None
    return None


def _came_to(line: SentenceWords, at: int, word: str) -> FoundAttribution | None:
    """ "The union came to $40 million"."""
    if at + 2 >= len(line.low) or line.low[at + 1] not in ("to", "at") or line.low[at + 2][:1] not in "$\u00a3\u20ac":
        return None
    party = party_before(line, at)
    if party is None or not can_speak(line, party):
        return None
    return make_attribution(line, line.span(party.first, at + 1), word, party, line.span(at + 1, len(line.low)))


def report_noun_attribution(line: SentenceWords, at: int, word: str) -> FoundAttribution | None:
    """ "Orr's claim that", "the ministry's estimate that"."""
    low = line.low
    for i in range(at - 1, max(-1, at - 4), -1):
        owner = low[i]
        if owner in ("his", "her", "their", "its"):
            name = {"his": "he", "her": "she", "their": "they", "its": "it"}[owner]
            return FoundAttribution(line.span(i, at + 1), word, name, line.span(i, i + 1), line.span(at + 1, len(low)))
        if owner.endswith(("'s", "s'")):
            party = party_before(line, i + 1)
            if party is None:
                return None
            one = make_attribution(line, line.span(party.first, at + 1), word, party, line.span(at + 1, len(low)))
            return one._replace(party=one.party.removesuffix("'s").removesuffix("\u2019s"))
    return None


def unnamed_attribution(line: SentenceWords, at: int, cue: str) -> FoundAttribution:
    """A report without a named source: "is expected", "reportedly"."""
    start = at
    while start > 0 and line.low[start - 1] in _BE:
        start -= 1
    return FoundAttribution(line.span(start, at + 1), cue, "", None, line.span(0, len(line.low)))
