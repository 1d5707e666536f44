"""What the engine finds, as frozen values: spans, quantities, periods, figures, claims, comparisons.

Values only; nothing here finds or judges them. Offsets are code points into the text exactly as stored; numbers are
``Decimal``; times carry the zone of the dateline.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

LONGEST_PART = 48
"""Letters of one part of a measure key."""
_SIGNS = {"near": "?", "year": "@", "event": "~", "place": "at ", "story": "in "}


class Hedge(StrEnum):
    """How the copy qualifies a number."""

    EXACT = "exact"
    ABOUT = "about"
    NEARLY = "nearly"
    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    UP_TO = "up_to"
    FEWER_THAN = "fewer_than"


class Modality(StrEnum):
    """Whether the copy says that the thing is so, is not so, or may come to be."""

    REPORTED = "reported"
    DENIED = "denied"
    FEARED = "feared"
    FORECAST = "forecast"
    PLANNED = "planned"


class Basis(StrEnum):
    """From what the as-of of a figure was resolved."""

    STATED = "stated"
    EVENT = "event"
    PUBLICATION = "publication"
    UNKNOWN = "unknown"


class ClaimType(StrEnum):
    """What kind of claim it is."""

    FIGURE = "figure"
    QUOTE = "quote"
    EVENT = "event"
    ATTRIBUTION = "attribution"
    DATE = "date"
    IDENTITY = "identity"


class AnchorState(StrEnum):
    """How a span of an old text stands in a new one."""

    EXACT = "exact"
    MOVED = "moved"
    EDITED = "edited"
    AMBIGUOUS = "ambiguous"
    ORPHANED = "orphaned"


class Relation(StrEnum):
    """How two observations of one measure relate."""

    AGREE = "agree"
    AGREE_WITHIN_HEDGE = "agree_within_hedge"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    MAGNITUDE_SLIP = "magnitude_slip"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open stretch ``[start, end)`` of a text, in code points."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        return text[self.start : self.end]

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time ``[start, end)`` for which a figure holds, in the dateline's zone.

    ``granularity`` is the finest unit the copy gives: hour, day, week, month, quarter, year, or
    "unknown". ``expression`` is the expression in the copy, empty where the publication time stands in.
    """

    start: datetime
    end: datetime
    granularity: str = "day"
    basis: Basis = Basis.PUBLICATION
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, or a range ``low`` to ``high`` (then ``value`` is None), in base units.

    ``unit`` is a normal form ("count", "percent", "USD", "sq_mile", "km/h"); ``dimension`` says what can
    be compared with what ("count", "area", "money:USD", "ratio"). ``step`` is the place of the last digit
    written, the precision of the number itself (0.1 for "3.2", 100000 for "1.2 million").
    ``as_written`` holds the words of a number too long or too large to be kept as a value.
    """

    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = "count"
    dimension: str = "count"
    step: Decimal = Decimal(1)
    as_written: str = ""


@dataclass(frozen=True, slots=True)
class AttributionMention:
    """To whom the copy ascribes a stretch of it: cue, named party, and the relay that quotes the party."""

    span: Span
    cue: str
    party: str
    party_span: Span | None = None
    relay: str = ""
    content: Span | None = None


@dataclass(frozen=True, slots=True, order=True)
class MeasureKey:
    """The parts that say what a figure measures; empty where the copy says nothing of the kind.

    ``concept`` is the named quantity (damage, stake) or the family of the event (killed, displaced), ``noun`` that of
    the counted thing, ``modifiers`` what narrows it. ``side`` is whose team or force it is, ``owner`` whose price,
    stake or share. ``shock`` is set for another quake than the one reported, ``near`` holds the words beside a figure
    of which nothing says what it measures. ``year`` and ``event`` are of another event than the one reported.
    ``scope``: "further", "part", "part:" with a place. ``place`` is given only where one sentence gives the thing for
    several places; ``mood``: denied, feared, forecast, planned; ``story``: which of several stories put under one
    topic.
    """

    dimension: str
    concept: str = ""
    noun: str = ""
    modifiers: str = ""
    side: str = ""
    owner: str = ""
    shock: str = ""
    near: str = ""
    year: str = ""
    event: str = ""
    scope: str = ""
    change: bool = False
    rate: bool = False
    place: str = ""
    mood: str = ""
    story: str = ""

    def __str__(self) -> str:
        """One line for a column of a database; nothing reads it back.

        >>> str(MeasureKey("count", concept="killed", noun="person", year="1974", change=True))
        'count|killed|person|@1974|change'
        """
        return "|".join(_SIGNS.get(name, "") + part_text(name, value) for name, value in self.parts())

    def parts(self) -> list[tuple[str, str | bool]]:
        """The parts that are said, by their names, in order."""
        rows = ((row.name, getattr(self, row.name)) for row in fields(self))
        return [(name, value) for name, value in rows if value]

    def as_dict(self) -> dict[str, Any]:
        """The parts that are said, to be stored; ``key_of`` reads them back."""
        return dict(self.parts())

    @property
    def thing(self) -> str:
        """What names the thing first: its concept, else its noun."""
        return self.concept or self.noun

    def words(self) -> frozenset[str]:
        """The words that name the thing."""
        expression = (self.concept, self.noun, self.modifiers, self.side, self.owner, self.shock, self.near, self.mood)
        return frozenset(word for part in expression for word in part.split())


def part_text(name: str, value: str | bool) -> str:
    """A part of a key as a word: a part that is only true or false by its name."""
    return name if value is True else str(value)


@dataclass(frozen=True, slots=True)
class MeasureIdentity:
    """What two figures must share to be comparable.

    Figures with equal keys in one topic are of one measure. ``definition`` is
    the finer wording that may differ inside a measure and is then named ("controlled", "operated in or
    near"). ``running`` where the measure moves with time.
    """

    key: MeasureKey
    counted: str
    dimension: str
    definition: str = ""
    scope: str = ""
    place: str = ""
    party: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What one text says of a measure, without the text itself: what is compared.

    ``says`` is the party that gives the number, as a name in normal form; empty where the outlet speaks
    for itself. ``counted`` keeps the noun as written, so that a synonym can be named in the reason. ``direction`` is
    "up" or "down" where the number is the size of a change. ``published`` is when it was printed, where the hour of
    that is known. ``own_voice``: ``says`` is the outlet, which names nobody.
    """

    measure: MeasureIdentity
    quantity: Quantity
    hedge: Hedge
    modality: Modality
    as_of: Period | None
    says: str
    counted: str
    direction: str = ""
    published: datetime | None = None
    own_voice: bool = False


@dataclass(frozen=True, slots=True)
class FigureMention:
    """A typed number in a text: ``counted`` is the counted noun with its event, ``noun`` the noun alone."""

    span: Span
    quantity: Quantity
    hedge: Hedge
    modality: Modality
    counted: str
    place: str
    party: str
    as_of: Period | None
    attribution: AttributionMention | None
    measure: MeasureIdentity
    sentence: Span
    flags: tuple[str, ...] = ()
    noun: str = ""


@dataclass(frozen=True, slots=True)
class ClaimMention:
    """A statement that can be checked: a sentence or part of one.

    ``checkworthiness`` runs from 0 to 1; ``reasons`` are the words an editor reads beside it.
    ``figures`` are indices into ``Reading.figures``.
    """

    span: Span
    claim_type: ClaimType
    checkworthiness: float
    reasons: tuple[str, ...]
    figures: tuple[int, ...] = ()
    attribution: AttributionMention | None = None


class FindingKind(StrEnum):
    """What can be recomputed inside one text, or stands in it in two ways."""

    CONVERSION = "conversion"
    CHANGE = "change"
    SHARE = "share"
    PART = "part"
    SUM = "sum"
    CONTRADICTION = "contradiction"
    HEADLINE = "headline"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation between figures of one text, whether it holds, and why, in a line an editor can read.

    ``figures`` are indices into ``Reading.figures``.
    """

    kind: FindingKind
    holds: bool
    figures: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text of another language word by word in English, and the sentence and place of each figure in it.

    Two figures are held to be of one measure by such words too; nobody is shown them.
    """

    text: str
    sentences: tuple[Span, ...]
    figures: tuple[tuple[Span, Span], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one reading of one text found, in the order of the text.

    ``language`` is that in which it was read; figures are looked for only in English and Ukrainian, and of a text in
    another language there are sentences alone. ``gloss`` is None for English.
    """

    engine_version: str
    sentences: tuple[Span, ...] = ()
    figures: tuple[FigureMention, ...] = ()
    attributions: tuple[AttributionMention, ...] = ()
    claims: tuple[ClaimMention, ...] = ()
    dates: tuple[tuple[Span, Period], ...] = field(default=())
    findings: tuple[Finding, ...] = ()
    language: str = "en"
    gloss: Gloss | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two observations relate, and why, in one sentence an editor can paste into a mail."""

    relation: Relation
    reason: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchoring:
    """Where a span of an old text stands in a new one.

    ``span`` is None when it is lost; ``candidates`` are put before a person when it is ambiguous.
    ``changes`` classes what changed in an edited span: number, unit, hedge, name, negation, verb,
    modality, attribution, wording; or only "typography", which voids nothing.
    """

    state: AnchorState
    span: Span | None
    changes: tuple[str, ...] = ()
    candidates: tuple[Span, ...] = ()
