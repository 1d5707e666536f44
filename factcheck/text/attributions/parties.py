"""The party beside a cue: which words of a clause name the speaker, before the verb or after it.

Goes from the cue to its noun phrase, over adverbs, asides and appositions, on the words of a ``Line``. What the party
says is found in ``content``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from factcheck.text.attributions.cues import ALL, DOCUMENTS, SPEAKERS, word_set
from factcheck.text.homographs import HOMOGRAPHS, is_name, is_person
from factcheck.text.lexicon import load
from factcheck.text.patterns import Pattern
from factcheck.text.values import Span

_LEX = load()
QUOTE = '"'
_TOKEN = Pattern(
    r"\([^()\n]{1,40}\)|[^\s,;:\"\u201c\u201d()\[\]\u2014\u2013]+(?:[,:]\d[^\s,;:\"\u201c\u201d()\[\]\u2014\u2013]*)*"
    r"|[,;:\"\u201c\u201d()\[\]\u2014\u2013]"
)
HARD = frozenset([";", ":", QUOTE, "(", ")", "[", "]", "\u2014", "\u2013", "-", "--"])
_DASHES = frozenset(["\u2014", "\u2013", "-", "--"])
AUXILIARIES = word_set(
    "has have had is are was were am been be being will would could can may might must should do does did "
    "not n't never didn't doesn't don't hasn't haven't hadn't isn't aren't wasn't weren't won't wouldn't "
    "'d 've"
)
ADVERBS = (_LEX.adverbs - {"last", "first"}) | word_set(
    "once often always generally also all both vigorously unanimously long even actively openly hardly "
    "soon apparently famously explicitly basically ever so far much itself himself herself themselves "
    "loudly"
)
TIMES = word_set(
    "today yesterday tomorrow tonight week month year morning afternoon evening night weekend day earlier "
    "later ago recently early late last this next past on"
) | frozenset(_LEX.weekdays)
_DETERMINERS = word_set("the a an his her their its our my your some many several most another one this these those")
_PREPOSITIONS = word_set("at for in on from with to by over among under about between")
PRONOUNS = word_set("he she they it i we you who one others")
_SHORT = {
    "we've": "we",
    "i've": "i",
    "i'd": "i",
    "he's": "he",
    "she's": "she",
    "they've": "they",
    "they're": "they",
    "we're": "we",
    "he'd": "he",
    "she'd": "she",
    "it's": "it",
}
_REDUCED = word_set(
    "released published conducted issued obtained commissioned posted filed provided reviewed sponsored "
    "interviewed surveyed polled taken based based-in out"
)
CONJUNCTIONS = word_set(
    "that but because although though if whether when where while as since after before which what how "
    "why so than until unless whose nor yet despite during"
)
_STOPS = (
    (_LEX.clause_verbs | ALL | AUXILIARIES | CONJUNCTIONS | PRONOUNS | word_set("then into today yesterday until"))
    - _REDUCED
    - (SPEAKERS - {"one", "said", "he", "she", "it", "they", "who"})
)
_ASIDES = word_set(
    "who whose which where of from with formerly former speaking quoted cited in on at for after as "
    "referring according now then meanwhile including along like a an the his her its their one both age "
    "aged writing appearing during or while when"
)
_TITLES = word_set(
    "president director chief head chairman chairwoman chair spokesman spokeswoman spokesperson founder "
    "co-founder professor owner editor author executive vice senior leader secretary minister mayor "
    "governor chancellor commander manager attorney counsel adviser advisor analyst economist strategist "
    "pastor partner member coach host"
)
_NAME_JOINS = word_set("of for the de van von der al bin del di la and & at")


@dataclass(slots=True)
class SentenceWords:
    """The words of one sentence with their places; a quotation is one word."""

    text: str
    words: list[str]
    low: list[str]
    marks: list[re.Match[str] | Span]

    def start(self, index: int) -> int:
        """Where a word begins."""
        mark = self.marks[index]
        return mark.start if isinstance(mark, Span) else mark.start()

    def end(self, index: int) -> int:
        """Where a word ends, the stop of the sentence left out."""
        mark = self.marks[index]
        if isinstance(mark, Span):
            return mark.end
        if index == len(self.marks) - 1 and self.low[index] != ".":
            return mark.start() + len(self.words[index].rstrip(".!?\u2026"))
        return mark.end()

    def span(self, first: int, stop: int) -> Span:
        """The stretch of the words ``first`` up to ``stop``."""
        return Span(self.start(first), self.end(stop - 1))


class Party(NamedTuple):
    """A party in a line: all of its words, and those of its name without what is added after it."""

    first: int
    stop: int
    name_first: int
    name_stop: int


def read_line(text: str, sentence: Span, quotes: list[Span]) -> SentenceWords:
    """The words of a sentence, each quotation as one.

    >>> read_line('Ada said "two fell" today.', Span(0, 26), [Span(9, 19)]).low
    ['ada', 'said', '"', 'today']
    """
    marks: list[re.Match[str] | Span] = []
    at = sentence.start
    for quote in quotes:
        marks += _TOKEN.finditer(text, at, quote.start)
        marks.append(Span(max(quote.start, sentence.start), min(quote.end, sentence.end)))
        at = max(at, min(quote.end, sentence.end))
    marks += _TOKEN.finditer(text, at, sentence.end)
    words = [QUOTE if isinstance(m, Span) else m[0] for m in marks] if quotes else [m[0] for m in marks]  # type: ignore[index]
    low = "\n".join(words).lower().split("\n") if words else []
    if low and low[-1] != QUOTE:
        low[-1] = low[-1].rstrip(".!?\u2026") or "."
    line = SentenceWords(text, words, low, marks)
    for at, word in enumerate(low):
        if word in HOMOGRAPHS and is_person(text, line.start(at), line.start(at) + len(word)):
            low[at] = words[at][: len(word)]  # with its capital it is neither a verb nor a month
    return line


def party_before(line: SentenceWords, at: int) -> Party | None:
    """The party that ends before the word ``at``, over what is put between it and its verb.

    >>> t = "Ada Orr, 30, of Ost, said"
    >>> line = read_line(t, Span(0, len(t)), [])
    >>> party = party_before(line, 8)
    >>> party and line.span(party.first, party.stop).cut(t)
    'Ada Orr, 30, of Ost'
    """
    stop, low = at, line.low
    if stop > 1 and line.low[stop - 1] == ",":
        stop = _over_asides(line, stop - 1)
    elif stop > 3 and line.low[stop - 1] in _DASHES:
        opening = next((i for i in range(stop - 2, max(0, stop - 40), -1) if line.low[i] in _DASHES), 0)
        stop = opening or stop
    if stop <= 0:
        return None
    trimmed = _over_times(line, stop)
    first = noun_phrase(line, trimmed)
    if first < 0:
        return None
    end = at - 1 if line.low[at - 1] in (",", *_DASHES) and at - 1 > trimmed else trimmed
    whole, name = first, trimmed
    if first > 1 and low[first - 1] == "," and "and" in low[first:trimmed]:
        whole = first = _listed(line, first)
    if trimmed == stop and stop < at - 2 and (low[stop + 1] in _DETERMINERS or low[stop + 1] in _TITLES):
        name = next((i for i in range(stop + 1, at) if low[i] == ","), at)
    if _is_name(line, first, trimmed) and first > 1 and line.low[first - 1] == ",":
        whole = _title_before(line, first - 1)
    return Party(whole, max(end, trimmed), whole, name)


def _over_times(line: SentenceWords, stop: int) -> int:
    """Back over "last week", "on Monday", "also"."""
    at = stop
    while at > 1 and (line.low[at - 1] in TIMES or line.low[at - 1] in ADVERBS or line.low[at - 1] in _LEX.months):
        at -= 1
    if at > 2 and line.low[at - 1] in _REDUCED and line.low[at - 2] != "those":
        at -= 1
    return at if line.low[at - 1] != "," else stop


def _over_asides(line: SentenceWords, comma: int) -> int:
    """From the comma before a verb back to where the subject ends: over ages, origins, appositions."""
    low = line.low
    for _ in range(7):
        previous = comma - 1
        while previous >= 0 and low[previous] != "," and low[previous] not in HARD:
            previous -= 1
        if previous <= 0 or comma - previous > 32 or low[previous] != ",":
            return comma
        if not _is_aside(line, previous, comma):
            return comma
        comma = previous
    return comma


def _is_aside(line: SentenceWords, previous: int, comma: int) -> bool:
    """Whether the words between two commas are put after a subject rather than being it."""
    low, head = line.low, line.low[previous + 1]
    if head in _DETERMINERS or head in _TITLES:
        holder = line.words[previous - 1]
        named = holder[:1].isupper() or holder[:1].isdigit() or holder[:1] == "("
        back = previous - 1
        while back > 0 and low[back - 1] != "," and low[back - 1] not in HARD:
            back -= 1
        return named and low[back] not in _PREPOSITIONS and low[previous - 1] not in _LEX.weekdays
    if (
        head in _ASIDES
        or head[:1].isdigit()
        or head[:2] in ("d-", "r-", "i-")
        or all(w in ADVERBS for w in low[previous + 1 : comma])
    ):
        return True
    if comma - previous <= 3 and line.words[previous + 1][:1].isupper():
        back = previous - 1
        while back > 0 and low[back - 1] != ",":
            back -= 1
        return low[back] in ("of", "from", "in") or any(
            w in ("of", "from", "in", "at") for w in low[back + 1 : previous]
        )
    if line.words[previous + 1][:1].isupper():
        return False
    return (len(head) > 4 and head.endswith(("ing", "ed"))) or not any(
        line.words[i][:1].isupper() or low[i] in SPEAKERS for i in range(previous + 1, comma)
    )


def _listed(line: SentenceWords, first: int) -> int:
    """ "Millers, traders and clerks": back to the first of them, where the list opens the sentence."""
    low, begin = line.low, first
    while begin > 1 and low[begin - 1] == ",":
        back = begin - 1
        while back > 0 and low[back - 1] not in (",", ";", ":") and begin - back < 7:
            back -= 1
        chunk = low[back : begin - 1]
        if not chunk or len(chunk) > 4 or chunk[0] in _LEADING or any(w in _STOPS for w in chunk):
            return first
        begin = back
    return begin if begin == 0 else first


def _title_before(line: SentenceWords, comma: int) -> int:
    """ "The mayor of Ost, Ada Orr": the office before the comma belongs to the name."""
    first = noun_phrase(line, comma)
    if first < 0 or comma - first > 9:
        return comma + 1
    head = line.low[first]
    if first and line.low[first - 1] not in (",", "and", "but", "that") and line.low[first - 1] not in HARD:
        return comma + 1
    titled = any(w in _TITLES or w in SPEAKERS for w in line.low[first:comma])
    return first if titled and (head in _DETERMINERS or head.endswith("'s")) else comma + 1


def _is_name(line: SentenceWords, first: int, stop: int) -> bool:
    return (
        line.words[first][:1].isupper() and line.words[stop - 1][:1].isupper() and line.low[first] not in _DETERMINERS
    )


def noun_phrase(line: SentenceWords, stop: int) -> int:
    """Where the noun phrase that ends before the word ``stop`` begins; -1 where there is none.

    >>> t = "On Monday the mayor of Ost said"
    >>> line = read_line(t, Span(0, len(t)), [])
    >>> line.words[noun_phrase(line, 6)]
    'the'
    """
    low, words = line.low, line.words
    first = stop
    floor = max(0, stop - 18)
    while first > floor:
        word = low[first - 1]
        if word in _JOINTS:
            if not _joins(line, first, stop, word):
                break
        elif word in PRONOUNS or word in _SHORT:
            if first == stop:
                return first - 1
            break
        elif word in _ENDS or (word in _STOPS and not (words[first - 1][:1].isupper() and first > 1)):
            break
        elif first < stop:
            if low[first] in _DETERMINERS and word not in ("all", "both"):
                break
            if word in _LEX.weekdays and DOCUMENTS.isdisjoint(low[max(0, first - 8) : stop]):
                break
        elif word in ADVERBS and first > 1:
            break
        first -= 1
    while first < stop and low[first] in _LEADING:
        first += 1
    return first if first < stop and low[first] not in HARD else -1


def _joins(line: SentenceWords, first: int, stop: int, word: str) -> bool:
    """Whether "of", "and" or a preposition before the word ``first`` joins two parts of one noun phrase."""
    if first < 2 or first == stop:
        return False
    low, head = line.low, line.low[first - 2]
    capital = line.words[first - 2][:1].isupper()
    if word == "of":
        return head not in _STOPS
    if word in _PREPOSITIONS:
        named = capital and head not in _STOPS and head not in ADVERBS
        return named or head in SPEAKERS or head in _REDUCED or head in TIMES
    follows = line.words[first][:1].isupper() or low[first] in SPEAKERS or low[first] == "former"
    both = head.endswith("s") and low[stop - 1].endswith("s") and low[first] not in _DETERMINERS
    return both or (follows and (capital or head in SPEAKERS))


_JOINTS = _PREPOSITIONS | {"of", "and", "or", "&"}
_ENDS = HARD | {","}
_LEADING = (_PREPOSITIONS | ADVERBS | word_set("and or of but meanwhile , than")) - {"both", "all"}


def party_after(line: SentenceWords, at: int) -> Party | None:
    """The party that begins at the word ``at``: "said Ada Orr, 30, a clerk in Ost".

    >>> t = "said Ada Orr, a clerk in Ost"
    >>> line = read_line(t, Span(0, len(t)), [])
    >>> party = party_after(line, 1)
    >>> party and (line.span(party.first, party.stop).cut(t), line.span(party.name_first, party.name_stop).cut(t))
    ('Ada Orr, a clerk in Ost', 'Ada Orr, a clerk in Ost')
    """
    low, words = line.low, line.words
    count = len(low)
    first = at
    while first < count and low[first] in ADVERBS and first - at < 2:
        first += 1
    if first >= count or low[first] in HARD or low[first] == "," or low[first] in _PREPOSITIONS:
        return None
    if low[first] in PRONOUNS:
        return Party(first, first + 1, first, first + 1)
    stop = first
    capital = False
    while stop < count and stop - first < 16:
        word = low[stop]
        if word == "," or (word in HARD and word != QUOTE) or (word == QUOTE and stop - first > 0 and not capital):
            break
        if word in _STOPS or (word in TIMES and stop > first):
            break
        if capital and words[stop][:1].islower() and word not in _NAME_JOINS and not _continues(line, stop):
            break
        capital = capital or (words[stop][:1].isupper() and word not in _DETERMINERS)
        stop += 1
    while stop > first and (low[stop - 1] in _NAME_JOINS or low[stop - 1] in _PREPOSITIONS):
        stop -= 1
    if stop <= first:
        return None
    full, named = _appositions(line, stop)
    return Party(first, full, first, named)


def _continues(line: SentenceWords, at: int) -> bool:
    """Whether a plain word after a name still belongs to it: "the Ost Institute think tank", "Ost in Norland"."""
    word = line.low[at]
    return (
        word in SPEAKERS or word in _TITLES or word in ("in", "from", "with", "'s") or line.low[at - 1] in _NAME_JOINS
    ) and at + 1 < len(line.low) + (word in SPEAKERS)


def _appositions(line: SentenceWords, stop: int) -> tuple[int, int]:
    """How far what is added to a name reaches, and how far its first apposition does."""
    low, count = line.low, len(line.low)
    full, named = stop, stop
    for turn in range(5):
        if full >= count - 1 or low[full] != ",":
            break
        head = low[full + 1]
        close = full + 1
        while close < count and low[close] != "," and low[close] not in HARD:
            close += 1
        titled = head in _DETERMINERS or head in _TITLES or head in ("former", "one")
        place = close - full <= 4 and line.words[full + 1][:1].isupper()
        if not (
            titled
            or place
            or (head[:1].isdigit() and close - full <= 3)
            or head in ("who", "whose", "of", "from", "whom")
        ):
            break
        clausal = any(w in _EXTENT_STOPS or (w in ALL and w not in SPEAKERS) for w in low[full + 1 : close])
        if close - full > 26 or (clausal and head not in ("who", "whose")):
            break
        if titled and named == full and turn < 3:
            named = close
        full = close
    return full, named


def can_speak(line: SentenceWords, party: Party) -> bool:
    """Whether a noun phrase can name a speaker.

    >>> line = read_line("the rain fell", Span(0, 13), [])
    >>> can_speak(line, Party(0, 2, 0, 2))
    False
    """
    return any(
        line.low[i] in SPEAKERS or line.words[i][:1].isupper() or line.low[i] in PRONOUNS or line.low[i] in _SHORT
        for i in range(party.name_first, party.name_stop)
    )


def extent(line: SentenceWords, at: int) -> Party | None:
    """The party after "according to" or "by": up to a comma, a verb or a clause; with its apposition.

    >>> t = "by the harbour office, which shut"
    >>> line = read_line(t, Span(0, len(t)), [])
    >>> party = extent(line, 1)
    >>> party and line.span(party.first, party.stop).cut(t)
    'the harbour office'
    """
    low, count = line.low, len(line.low)
    stop = at
    while stop < count and stop - at < 22:
        word = low[stop]
        stops = word in _EXTENT_STOPS and not is_name(line.text, line.start(stop), line.start(stop) + len(word))
        if word == "," or (word in HARD and word != QUOTE) or stops:
            break
        if word == "on" and stop + 1 < count and low[stop + 1] in _LEX.weekdays:
            break
        stop += 1
    if stop <= at:
        return None
    full, named = _appositions(line, stop)
    if named == stop:
        ends = (i for i in range(at + 1, stop) if low[i] in _REDUCED and low[min(i + 1, count - 1)] in _WHEN)
        named = next(ends, stop)
    return Party(at, full, at, named)


_WHEN = TIMES | {"in", "during"}
_EXTENT_STOPS = AUXILIARIES | word_set("who which that as while after when where but said says showed shows because")
