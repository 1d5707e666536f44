"""A measure over time as SVG: a step line for each party, bars for ranges and hedges, arrows for open bounds.

The same drawing stands on the page of a measure, in the HTML report and in the PDF. Parties are told apart by the shape
of their marks and the dashes of their lines besides colour, a dispute by a ring. The description names every statement.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from factcheck.intake.text_cleaning import replace_unusable, with_directions_closed
from factcheck.language import name_words, number_said, short_date_words
from factcheck.text import Hedge, Modality

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 860, 84, 600, 24, 330
LINE_HEIGHT = 40
"""Of a party in the legend: its name, and below it what it says last."""
MOST_PARTIES = 8
MOST_LABELS = 16
"""With more statements than that no number is written beside its mark."""
SIDEWAYS = 14
"""How far a mark is moved that would lie on another."""
COLOURS = ("#1c5d8c", "#7d5000", "#27663b", "#6b3fa0") * 2 + ("#59616b",)
"""The second four parties have hollow marks; the last is for all that follow."""
SHAPES = ("circle", "square", "triangle", "diamond")
DASHES = ("", "7 4", "2 4", "9 3 2 3")
NOBODY = gettext_noop("nobody named")
NOT_IN_PRINT = re.compile(
    "[^ -~\u00a1-\u024f\u0384-\u0481\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2200-\u22ff]"
)
"""What the fonts of a drawing in print may lack: all but Latin, Greek and Cyrillic letters and their signs."""
DISPUTED_SIGN = " ≠ "
LOG_FROM = 100
"""From this ratio of the greatest to the least number on, the axis is one of powers."""


@dataclass
class Mark:
    """One statement as it is drawn: its anchor, and the ends of its bar or arrow where it has one."""

    x: float
    y: float
    shape: str
    look: int
    disputed: bool
    top: float | None = None
    bottom: float | None = None
    arrow: str = ""
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0

    @property
    def colour(self) -> str:
        return COLOURS[self.look]

    @property
    def fill(self) -> str:
        return "currentColor" if self.look < len(SHAPES) or self.look == MOST_PARTIES else "none"

    @property
    def height(self) -> float:
        return (self.bottom or 0.0) - (self.top or 0.0)

    @property
    def path(self) -> str:
        """A triangle, a diamond, or the arrow of an open bound."""
        x, y = self.x, self.y
        if self.arrow:
            tip, barb = (y - 27, y - 20) if self.arrow == "up" else (y + 27, y + 20)
            shaft = f"M{x - 8:.1f} {y:.1f} H{x + 8:.1f} M{x:.1f} {y:.1f} V{tip:.1f}"
            return f"{shaft} M{x - 5:.1f} {barb:.1f} L{x:.1f} {tip:.1f} L{x + 5:.1f} {barb:.1f}"
        if self.shape == "triangle":
            return f"M{x:.1f} {y - 6:.1f} L{x + 6:.1f} {y + 5:.1f} H{x - 6:.1f} Z"
        return f"M{x:.1f} {y - 6.5:.1f} L{x + 6.5:.1f} {y:.1f} L{x:.1f} {y + 6.5:.1f} L{x - 6.5:.1f} {y:.1f} Z"


@dataclass
class StepLine:
    path: str
    look: int

    @property
    def colour(self) -> str:
        return COLOURS[self.look]

    @property
    def dash(self) -> str:
        return DASHES[self.look % len(DASHES)]


@dataclass
class Drawing:
    """What the template sets: axes, lines, marks, and the legend to the right of them."""

    title: str
    description: str
    height: int
    name: str
    rules: list[tuple[float, str]] = field(default_factory=list)
    days: list[tuple[float, str]] = field(default_factory=list)
    lines: list[StepLine] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    legend: list[tuple[Mark, float, StepLine, str, str]] = field(default_factory=list)
    left, right, top, bottom, width = LEFT, RIGHT, TOP, BOTTOM, WIDTH


def clean(text: str) -> str:
    return with_directions_closed(replace_unusable(text))


def for_print(text: str) -> str:
    """The text with a question mark for what the fonts of a drawing may lack; the tables beside it have the words."""
    return NOT_IN_PRINT.sub("?", text)


def measure_chart(chart: Mapping[str, Any], *, name: str = "chart", clean: Callable[[str], str] = clean) -> str:
    """The SVG of a stored chart (see ``builders.parts.Chart``); ``name`` makes its ids unique on a page.

    ``clean`` makes a text fit for where the drawing goes.
    """
    statements = [dict(row) for row in chart["statements"]]
    for row in statements:
        row["says"] = clean(row["says"]) or gettext(NOBODY)
        row["words"] = clean(statement_told(row["words"]))
    by_party: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(statements, key=lambda row: row["day"]):
        by_party[row["says"]].append(row)
    parties = sorted(by_party, key=lambda says: (says == gettext(NOBODY), -len(by_party[says]), says))
    drawing = Drawing(
        title=gettext("{title}, by who says it").format(title=clean(chart["title"])),
        description=description_of(chart, by_party),
        height=max(BOTTOM + 50, TOP + LINE_HEIGHT * min(len(parties), MOST_PARTIES + 1) + 10),
        name=name,
    )
    across, down = Days(statements), Scale(statements)
    drawing.days, drawing.rules = across.labels(), down.rules()
    for look, says in enumerate(parties):
        draw_party(drawing, by_party[says], min(look, MOST_PARTIES), across, down)
    drawing.legend = legend_of(drawing, parties, by_party)
    place_labels(drawing.marks)
    return render_to_string("factcheck/measure_chart.svg", {"drawing": drawing})


def with_charts(report: dict[str, Any], *, clean: Callable[[str], str] = clean) -> dict[str, Any]:
    """The report with the drawing of each dispute that has a chart, as ``drawing``."""
    for row in report.get("conflicts", ()):
        name = f"chart-{row['id']}"
        row["drawing"] = measure_chart(row["chart"], name=name, clean=clean) if row.get("chart") else ""
    return report


def statement_told(words: str) -> str:
    """A statement with its hedge and its modality in the reader's words; the number stays as the copy has it."""
    for hedge in Hedge:
        name = hedge.replace("_", " ")
        if words.startswith(f"{name} "):
            words = f"{name_words(name)}{words.removeprefix(name)}"
    number, comma, modality = words.rpartition(", ")
    return f"{number}, {name_words(modality)}" if comma and modality in list(Modality) else words


class Scale:
    """Numbers to heights: straight, or by powers of ten where they lie far apart."""

    def __init__(self, statements: Sequence[Mapping[str, Any]]) -> None:
        ends = [row[bound] for row in statements for bound in ("low", "high") if row[bound] is not None]
        least, most = min(ends), max(ends)
        self.by_powers = least > 0 and most / least >= LOG_FROM
        if self.by_powers:
            self.low, self.high = float(math.floor(math.log10(least))), float(math.ceil(math.log10(most)))
            self.ticks = [10.0**power for power in range(int(self.low), int(self.high) + 1)]
            return
        room = (most - least) or abs(most) or 1.0
        step = nice_step(room * 1.3 / 5)
        self.low = math.floor((least - room * 0.12) / step) * step
        if least >= 0 > self.low:
            self.low = 0.0
        self.high = math.ceil((most + room * 0.12) / step) * step
        self.ticks = [self.low + step * at for at in range(round((self.high - self.low) / step) + 1)]

    def __call__(self, number: float) -> float:
        at = math.log10(number) if self.by_powers else number
        return BOTTOM - (at - self.low) / (self.high - self.low) * (BOTTOM - TOP)

    def rules(self) -> list[tuple[float, str]]:
        shown = self.ticks[:: max(1, math.ceil(len(self.ticks) / 9))]
        return [(self(number), tick_words(number)) for number in shown]


def nice_step(about: float) -> float:
    """The next of 1, 2 and 5 times a power of ten.

    >>> nice_step(0.3), nice_step(34)
    (0.5, 50.0)
    """
    power = 10.0 ** math.floor(math.log10(about))
    return float(next(times * power for times in (1, 2, 5, 10) if times * power >= about * 0.999))


def tick_words(number: float) -> str:
    """A number of the axis, short enough to stand beside it.

    >>> tick_words(1_500_000), tick_words(0.25), tick_words(12)
    ('1.5 million', '0.25', '12')
    """
    for size, word in ((1e12, gettext("{n} trillion")), (1e9, gettext("{n} billion")), (1e6, gettext("{n} million"))):
        if abs(number) >= size:
            return word.format(n=axis_number(number / size))
    return number_said(Decimal(round(number))) if abs(number) >= 1000 else axis_number(number)


def axis_number(number: float) -> str:
    return number_said(Decimal(f"{number:.6g}"))


class Days:
    """Days to places from left to right; what has no date stands before all others."""

    def __init__(self, statements: Sequence[Mapping[str, Any]]) -> None:
        self.days = sorted({date.fromisoformat(row["day"]) for row in statements if row["day"]})
        self.undated = any(not row["day"] for row in statements)
        self.start = LEFT + (120 if self.undated else 24)

    def __call__(self, day: str) -> float:
        if not day:
            return LEFT + 30
        first, last = self.days[0].toordinal(), self.days[-1].toordinal()
        if first == last:
            return (self.start + RIGHT) / 2
        return self.start + (date.fromisoformat(day).toordinal() - first) / (last - first) * (RIGHT - 24 - self.start)

    def labels(self) -> list[tuple[float, str]]:
        """The days at least a label apart from each other, the first with its year, and each that begins another."""
        found = [(self(""), gettext("no date"))] if self.undated else []
        last, year = -math.inf, None
        for day in self.days:
            x = self(day.isoformat())
            if x - last >= 76:
                found.append((x, short_date_words(day, with_year=day.year != year)))
                last, year = x, day.year
        return found


def draw_party(drawing: Drawing, rows: Sequence[Mapping[str, Any]], look: int, across: Days, down: Scale) -> None:
    """The marks of one party, and its step line where it reports exact numbers for more than one day."""
    points: dict[float, float] = {}
    for row in rows:
        low, high = row["low"], row["high"]
        middle = low if high is None else high if low is None else (low + high) / 2
        mark = Mark(across(row["day"]), down(middle), SHAPES[look % len(SHAPES)], look, bool(row["disputed"]))
        mark.label = row["words"]
        if low is None or high is None:
            mark.arrow = "up" if high is None else "down"
        elif low != high:
            mark.top, mark.bottom = down(high), down(low)
        while any(collide(mark, one) for one in drawing.marks):
            mark.x += SIDEWAYS
        if row["day"] and low is not None and low == high and row["modality"] == "reported":
            points[mark.x] = mark.y
        drawing.marks.append(mark)
    if len(points) > 1:
        steps = sorted(points.items())
        path = f"M{steps[0][0]:.1f} {steps[0][1]:.1f}" + "".join(f" H{x:.1f} V{y:.1f}" for _, (x, y) in pairwise(steps))
        drawing.lines.append(StepLine(f"{path} H{RIGHT}", look))


def collide(one: Mark, other: Mark) -> bool:
    """Whether two marks of one place would lie on each other."""
    (top, bottom), (above, below) = vertical_extent(one), vertical_extent(other)
    room = 26 if one.disputed and other.disputed else 14
    return abs(one.x - other.x) < room and top < below + 4 and above < bottom + 4


def vertical_extent(mark: Mark) -> tuple[float, float]:
    """From where to where a mark reaches down."""
    if mark.arrow:
        return (mark.y - 27, mark.y) if mark.arrow == "up" else (mark.y, mark.y + 27)
    return (mark.y - 5 if mark.top is None else mark.top, mark.y + 5 if mark.bottom is None else mark.bottom)


def legend_of(
    drawing: Drawing, parties: Sequence[str], by_party: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[Mark, float, StepLine, str, str]]:
    """A mark, a stretch of line, the name and the last words of each party; those beyond the most in one line."""
    lined = {line.look for line in drawing.lines}
    found = []
    for look, says in enumerate(parties[:MOST_PARTIES]):
        y, rows = TOP + 6.0 + look * LINE_HEIGHT, by_party[says]
        words = cut_short(rows[-1]["words"], 26) + (
            DISPUTED_SIGN + gettext("in dispute") if any(row["disputed"] for row in rows) else ""
        )
        line = StepLine(f"M{RIGHT + 14} {y:.1f} H{RIGHT + 42}" if look in lined else "", look)
        sample = next(mark for mark in reversed(drawing.marks) if mark.look == look)
        mark = replace(sample, x=RIGHT + 28.0, y=y, disputed=False, label="")
        if sample.arrow:
            mark.y = y + (13 if sample.arrow == "up" else -13)
        if sample.top is not None:
            mark.top, mark.bottom = y - 9, y + 9
        found.append((mark, y, line, cut_short(says, 24), words))
    if len(parties) > MOST_PARTIES:
        y = TOP + 6.0 + MOST_PARTIES * LINE_HEIGHT
        rest = gettext("{n} others").format(n=len(parties) - MOST_PARTIES)
        mark = Mark(RIGHT + 28, y, SHAPES[0], MOST_PARTIES, False)
        found.append((mark, y, StepLine("", MOST_PARTIES), rest, gettext("see the table")))
    return found


def cut_short(text: str, most: int) -> str:
    return text if len(text) <= most else with_directions_closed(text[: most - 1].rstrip() + "…")


def place_labels(marks: Sequence[Mark]) -> None:
    """Where the number of each mark stands: above or below it, beside it, or nowhere where there is no room."""
    boxes = [(mark.x - 9, mark.y - 9, mark.x + 9, mark.y + 9) for mark in marks]
    for mark in marks:
        words = cut_short(mark.label, 22)
        wide = 6.6 * len(words)
        mark.label = ""
        if len(marks) > MOST_LABELS:
            continue
        for x, y in ((mark.x + 12, mark.y - 10), (mark.x - 12 - wide, mark.y - 10), (mark.x + 12, mark.y + 20)):
            box = (x, y - 11, x + wide, y + 3)
            inside = box[0] > LEFT and box[2] < RIGHT and box[1] > 2 and box[3] < BOTTOM
            if inside and not any(overlap(box, other) for other in boxes):
                mark.label, mark.label_x, mark.label_y = words, x, y
                boxes.append(box)
                break


def overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def statement_words(row: Mapping[str, Any]) -> str:
    """A statement for whoever does not see the picture."""
    if not row["day"]:
        said = gettext("{words} without a date").format(words=row["words"])
    else:
        said = gettext("{words} on {day}").format(words=row["words"], day=row["day"])
    return gettext("{statement} (in dispute)").format(statement=said) if row["disputed"] else said


def description_of(chart: Mapping[str, Any], by_party: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Every statement in words, for whoever does not see the picture."""
    sentences = []
    for says, rows in by_party.items():
        parts = [statement_words(row) for row in rows]
        sentences.append(f"{says}: {', '.join(parts)}.")
    more = [gettext("{n} more are not drawn.").format(n=chart["more"])] if chart.get("more") else []
    return " ".join([*sentences, *more])
