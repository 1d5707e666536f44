"""Profiles: what is known of one figure when it is matched with another.

Computed once for each figure when its text is read: its words, names, families, scope and time, as plain values that
can be stored. Two profiles are compared in ``features``.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from factcheck.text.lexicon import load
from factcheck.text.matching.measure_key import measure_key_from
from factcheck.text.matching.measures import lemma, noun_family
from factcheck.text.matching.observations import observation_of
from factcheck.text.patterns import Pattern
from factcheck.text.quantities import base_amount, base_interval, factor, interval
from factcheck.text.values import FigureMention, Gloss, Hedge, MeasureKey, Modality, Quantity, Reading, Span

_LEX = load()
STOP_WORDS = (
    _LEX.function_words
    | _LEX.strong_verbs
    | _LEX.adverbs
    | frozenset(_LEX.months)
    | frozenset(_LEX.weekdays)
    | frozenset(_LEX.small)
    | frozenset(_LEX.scales)
    | _LEX.pronoun_nouns
    | frozenset(w for phrase in _LEX.hedges_before for w in phrase.split())
)
_WORD = Pattern(r"[^\W\d_][^\W\d_'\u2019-]*")
_NAME = Pattern(r"\b[A-Z][\w\u2019'-]+")
_YEAR = Pattern(r"\b(?:1[6-9]|20)\d\d\b")
_BORDER = Pattern(
    r"[;:()\u2014\u2013]|,(?!\d)|\b(?:while|but|which|who|when|where|whom|although|after|before)\b"
    r"|\band\b(?=\s+(?:[a-z]+\s+){0,4}(?:\d|two|three|four|five|six|seven|eight|nine|ten|about|at\sleast|more|another"
    r"|some))"
)
_PLACED = Pattern(
    r"\b(?i:in|at|near|from|of|across|over|around|outside|inside|into|on)\s(?:the\s|nearby\s|(?:north|south|east|west)"
    r"(?:ern)?\s|central\s|(?:[a-z]+\s){0,2}(?:town|city|state|province|district|village|region)s?\sof\s)?"
    r"(?P<name>[A-Z][\w\u2019'-]+)"
)
SCOPES = {
    "further": Pattern(r"(?i:\b(?:another|additional|further|others?|more(?!\sthan))\b)"),
    "part": Pattern(
        r"(?i:\b(?:including|among\s(?:them|the)|of\s(?:them|these|those|whom)|of\sthe\s(?:dead|victims|wounded|injured"
        r"|killed)|alone)\b)"
    ),
    "total": Pattern(r"(?i:\b(?:total|totals|overall|altogether|combined|in\sall)\b)"),
    "each": Pattern(r"(?i:\b(?:each|every|per|daily|a\sday|average|annually|a\syear|monthly)\b)"),
    "other": Pattern(
        r"(?i:\b(?:worst|deadliest|previous|last\s(?:year|month|week|time)|in\s(?:18|19|20)\d\d|ago|record|history"
        r"|biggest|largest)\b)"
    ),
    "bound": Pattern(r"(?i:\b(?:capacity|quota|limit|ceiling|maximum|target|goal)\b)"),
    "ahead": Pattern(r"(?i:\b(?:could|might|would|should|will|expected|projected|forecast|plans?)\b)"),
}
_TOKEN = Pattern(r"[^\W_]+")
_NEAR = 60
_BESIDE = 8
_FEW_WORDS = 6
_FEW_LETTERS = 3
_NO_NAMES = frozenset(_LEX.months) | frozenset(_LEX.weekdays) | frozenset(_LEX.function_words)
_FAMILIES = frozenset(_LEX.event_families.values())


@dataclass(frozen=True, slots=True)
class Profile:
    """One figure, prepared: sets of lemmas and of names in lower case, numbers as floats.

    ``text`` and ``sentence`` say where it stands; ``value`` is in the base of its dimension, ``least`` and ``most`` are
    the borders of what it may mean. ``clause`` and ``around`` are the words of its clause and of the sentences beside
    its own; ``day`` is its as-of as a day number.
    """

    text: str
    sentence: int
    key: MeasureKey
    unit: str
    value: float
    least: float
    most: float
    head: str
    noun: frozenset[str]
    families: frozenset[str]
    quantities: frozenset[str]
    clause: frozenset[str]
    whole: frozenset[str]
    around: frozenset[str]
    beside: frozenset[str]
    clause_names: frozenset[str]
    names: frozenset[str]
    near_names: frozenset[str]
    text_names: frozenset[str]
    places: frozenset[str]
    years: frozenset[str]
    scopes: frozenset[str]
    says: str
    day: int | None
    stated: bool
    lead: bool
    mood: Modality

    @property
    def dimension(self) -> str:
        """What it is measured in, a price a share beside a price."""
        return self.key.dimension.partition("/")[0]

    @property
    def wording(self) -> tuple[object, ...]:
        """What it says and in which words: the same for the copies of a text."""
        return self.key, self.unit, self.value, self.least, self.most, self.clause, self.whole, self.names, self.day

    @property
    def wording_digest(self) -> str:
        """The same in 32 letters, for a column of a database."""
        numbers = [self.key.as_dict(), self.unit, self.value, self.least, self.most, self.day]
        words = [sorted(self.clause), sorted(self.whole), sorted(self.names)]
        return hashlib.sha256(json.dumps([numbers, words]).encode()).hexdigest()[:32]

    @property
    def kinds(self) -> frozenset[str]:
        """What its text may give several numbers for: its quantity or event, and its noun."""
        return frozenset(word for word in (self.key.concept, self.head) if word)

    @property
    def family(self) -> str:
        """The family of its event, where its key names one."""
        return self.key.concept if self.key.concept in _FAMILIES else ""

    def as_dict(self) -> dict[str, Any]:
        """All but the name of its text, as plain JSON; ``profile_of`` reads it back."""
        stored = {row.name: getattr(self, row.name) for row in fields(self) if row.name != "text"}
        stored |= {name: sorted(value) for name, value in stored.items() if isinstance(value, frozenset)}
        return stored | {"key": self.key.as_dict(), "mood": str(self.mood)}


_SETS = frozenset(row.name for row in fields(Profile) if "frozenset" in str(row.type))


def profile_of(text: str, stored: Mapping[str, Any]) -> Profile:
    """A figure of a text as ``as_dict`` wrote it down.

    Raises:
        KeyError, TypeError, ValueError: another version of the engine wrote it; read the text again.
    """
    values: dict[str, Any] = {name: frozenset(row) if name in _SETS else row for name, row in stored.items()}
    return Profile(**values | {"text": text, "key": measure_key_from(stored["key"]), "mood": Modality(stored["mood"])})


def with_quantity(profile: Profile, quantity: Quantity, hedge: Hedge) -> Profile:
    """The profile of a figure whose number, unit or hedge a person read otherwise than the engine.

    >>> from decimal import Decimal
    >>> from factcheck.text.reading import read
    >>> (misread,) = profiles("a", "The fire took 40 homes.", read("The fire took 40 homes."))
    >>> fixed = with_quantity(misread, Quantity(Decimal(2), unit="km", dimension="length"), Hedge.EXACT)
    >>> fixed.value, fixed.unit, fixed.dimension
    (2000.0, 'km', 'length')
    """
    low, high = interval(quantity, hedge)
    amount, scale = base_amount(quantity), factor(quantity.unit)
    least, most, value = 0.0, 0.0, 0.0
    if amount is not None and high.is_finite():
        least, most, value = float(low * scale), float(high * scale), float((amount[1] + amount[2]) / 2)
    key = replace(profile.key, dimension=quantity.dimension)
    return replace(profile, key=key, unit=quantity.unit, value=value, least=least, most=most)


def with_words(
    profile: Profile, *, counted: str | None = None, place: str | None = None, says: str | None = None
) -> Profile:
    """The same of what a figure counts, where, and who says it; None leaves a part as it was read."""
    if counted is not None:
        words = [word for word in counted.lower().split() if word not in STOP_WORDS]
        head = noun_family(words[-1]) if words else ""
        profile = replace(
            profile, head=head, noun=frozenset(map(lemma, words)), key=replace(profile.key, noun=head, concept="")
        )
    if place is not None:
        profile = replace(profile, places=frozenset(name_of(word) for word in place.split()[:1]))
    if says is not None:
        profile = replace(profile, says=name_of(says.split()[-1]) if says else "")
    return profile


def fingerprint(text: str, start: int) -> str:
    """A hash that identifies a number in another copy or by a later engine: eight words on either side.

    >>> fingerprint("A flood. Some 40 homes went.", 14) == fingerprint("A flood:  some 40 homes went!", 15)
    True
    """
    floor, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    floor, end = max(floor, start - 200), start + 200 if end < 0 else min(end, start + 200)
    if len(_TOKEN.findall(text[floor:end])) < _FEW_WORDS:  # a line of a table is known by the lines around it too
        floor, end = max(0, start - 200), start + 200
    before = _TOKEN.findall(text[floor:start].casefold())[-_BESIDE:]
    after = _TOKEN.findall(text[start:end].casefold())[: _BESIDE + 1]
    return hashlib.sha256(f"{' '.join(before)}\n{' '.join(after)}".encode("utf-8", "replace")).hexdigest()[:32]


def name_of(word: str) -> str:
    """A name in the form in which two texts share it: a people as its country, no possessive, lower case."""
    bare = word.removesuffix("'s").removesuffix("\u2019s").rstrip("'\u2019")
    return (_LEX.countries.get(bare) or bare).lower()


def names_in(text: str, start: int, end: int) -> frozenset[str]:
    """The names in a stretch of a text; a word at its very start counts only where it is a country's."""
    found = set()
    for match in _NAME.finditer(text, start, end):
        word = match.group()
        if word.lower() not in _NO_NAMES and (match.start() > start or word in _LEX.countries):
            found.add(name_of(word))
    return frozenset(found)


def content_words(text: str, start: int, end: int) -> list[str]:
    """The content words of a stretch, as lemmas, in order."""
    found = (match.group().lower() for match in _WORD.finditer(text, start, end))
    return [lemma(word) for word in found if len(word) >= _FEW_LETTERS and word not in STOP_WORDS]


def profiles(name: str, text: str, reading: Reading) -> list[Profile]:
    """The figures of one text, prepared, in their order."""
    if reading.gloss is not None:
        text, reading = reading.gloss.text, _glossed(reading, reading.gloss)
    sentences = reading.sentences
    every_name = frozenset().union(*(names_in(text, s.start, s.end) for s in sentences)) if sentences else frozenset()
    return [_profile(name, text, figure, sentences, every_name) for figure in reading.figures]


def _glossed(reading: Reading, gloss: Gloss) -> Reading:
    """A reading of another language with its figures at their places in the gloss."""
    pairs = zip(reading.figures, gloss.figures, strict=True)
    figures = tuple(replace(figure, sentence=sentence, span=span) for figure, (sentence, span) in pairs)
    return replace(reading, figures=figures, sentences=gloss.sentences)


def _profile(
    name: str, text: str, figure: FigureMention, sentences: Sequence[Span], every_name: frozenset[str]
) -> Profile:
    sentence, span = figure.sentence, figure.span
    index = max(0, bisect_left(sentences, sentence))
    clause = _clause_around(text, sentence, span)
    before = sentences[index - 1] if index else Span(sentence.start, sentence.start)
    after = sentences[index + 1] if index + 1 < len(sentences) else Span(sentence.end, sentence.end)
    left, right = content_words(text, sentence.start, span.start)[-4:], content_words(text, span.end, sentence.end)[:4]
    clause_words = content_words(text, clause.start, clause.end)
    low, high, value = _borders_and_middle(figure)
    low_words = [match.group().lower() for match in _WORD.finditer(text, clause.start, clause.end)]
    near = text[max(clause.start, span.start - _NEAR) : min(clause.end, span.end + _NEAR)]
    names = names_in(text, sentence.start, sentence.end)
    period = figure.as_of
    return Profile(
        text=name,
        sentence=sentence.start,
        key=figure.measure.key,
        unit=figure.quantity.unit,
        value=value,
        least=low,
        most=high,
        head=noun_family(figure.noun) if figure.noun else "",
        noun=frozenset(lemma(word) for word in figure.noun.lower().split()),
        families=frozenset(_LEX.event_families[w] for w in low_words if w in _LEX.event_families),
        quantities=frozenset(_LEX.quantity_nouns[w] for w in low_words if w in _LEX.quantity_nouns),
        clause=frozenset(clause_words),
        whole=frozenset(content_words(text, sentence.start, sentence.end)),
        around=frozenset(content_words(text, before.start, before.end) + content_words(text, after.start, after.end)),
        beside=frozenset(left + right),
        clause_names=_clause_names(text, clause, figure)
        | (names & _first_name(text, clause) - _speaker_names(text, figure)),
        names=names,
        near_names=names | names_in(text, before.start, before.end),
        text_names=every_name,
        places=frozenset(_places(text, sentence, span, clause)),
        years=frozenset(_YEAR.findall(text[sentence.start : sentence.end])),
        scopes=frozenset(scope for scope, pattern in SCOPES.items() if pattern.search(near)),
        says=name_of(figure.attribution.party.split()[-1]) if figure.attribution and figure.attribution.party else "",
        day=period.start.toordinal() if period else None,
        stated=bool(period and period.expression),
        lead=index <= 2,
        mood=figure.modality,
    )


def _clause_names(text: str, clause: Span, figure: FigureMention) -> frozenset[str]:
    return names_in(text, clause.start, clause.end) - _speaker_names(text, figure)


def _speaker_names(text: str, figure: FigureMention) -> frozenset[str]:
    """The names of whom the copy ascribes a figure to: they say nothing of what it measures."""
    party = figure.attribution.party_span if figure.attribution else None
    return names_in(text, party.start, party.end) | _first_name(text, party) if party else frozenset()


def _first_name(text: str, clause: Span) -> frozenset[str]:
    match = _NAME.match(text, clause.start)
    return frozenset([name_of(match.group())]) if match else frozenset()


def _borders_and_middle(figure: FigureMention) -> tuple[float, float, float]:
    """The borders of what a figure may mean and its middle, in the base of its dimension; zeros where unreadable."""
    low, high, _ = base_interval(observation_of(figure))
    exact = base_amount(figure.quantity)
    if exact is None or not high.is_finite():
        return 0.0, 0.0, 0.0
    return float(low), float(high), float((exact[1] + exact[2]) / 2)


def _clause_around(text: str, sentence: Span, span: Span) -> Span:
    """The stretch of a sentence around a figure between commas, brackets and words that begin a clause."""
    start, end = sentence.start, sentence.end
    for match in _BORDER.finditer(text, sentence.start, sentence.end):
        if match.end() <= span.start:
            start = match.end()
        elif match.start() >= span.end:
            end = match.start()
            break
    while start < span.start and text[start].isspace():
        start += 1
    return Span(start, end)


def _places(text: str, sentence: Span, span: Span, clause: Span) -> Iterator[str]:
    """The place a figure belongs to: the nearest behind it in its clause, else before it, else at the front."""
    matches = _PLACED.finditer(text, sentence.start, sentence.end)
    found = [(m.start("name"), name_of(m["name"])) for m in matches if m["name"].lower() not in _NO_NAMES]
    behind = [name for at, name in found if span.end <= at < clause.end]
    ahead = [name for at, name in found if clause.start <= at < span.start][::-1]
    front = [name for at, name in found if at < sentence.start + 25 and at < span.start]
    yield from (behind + ahead + front)[:1]


def log_ratio(a: float, b: float) -> float:
    """How many powers of e lie between two numbers, 7 at most; 3 where one is 0."""
    if not a or not b:
        return 0.0 if a == b else 3.0
    small, large = sorted((abs(a), abs(b)))
    return min(7.0, math.log(large / small))
