"""Fits the weights by which two figures are held to be of one measure, and says how good they are on news not seen.

    python bench/matching.py GOLD [--events NAME,…] [--report NAME,…] [--write]

GOLD is a folder of labelled events: ``documents.jsonl`` and ``mentions.jsonl`` (id, doc, start, end, value, low, high,
group). Each event is left out once: fitted on the others, grouped, and its pairs across texts counted; reported are
each event, the pool, the worst, and a bootstrap interval over events. ``--write`` fits on all of them and writes the
engine's weights: numbers, and no word of any text. What the command line then says of an event left out is in
``leave_out.py``. Needs numpy.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from factcheck.text import read
from factcheck.text.matching import Profile, Scorer, TopicStats, Weights, candidates, features, group, profiles

WEIGHTS = Path(__file__).resolve().parent.parent / "factcheck/text/matching/weights.json"
VERSION = "3"
RIDGE = 50.0
STEPS = 800
JOIN, DIFFERS, CONFLICT, REPLACED = 0.16, 0.2, 0.3, 0.4
USUAL = 800
EVENNESS = 0.25
"""0: each pair counts alike; 1: each event; between them an event of many pairs counts more, but not by as many."""
SPEAKS_FOR = (
    "same ",
    "shared ",
    "clause alike",
    "sentence",
    "words beside",
    "names of",
    "rare name near",
    "value of one thing",
    "value near",
    "values meet",
    "noun words",
    "noun in",
    "both the greatest",
)
SPEAKS_AGAINST = ("other ", "only one", "value ratio", "days apart", "long apart")
NEITHER = ("same text", "same small value")


@dataclass(eq=False)
class Event:
    """The figures of one labelled event, each with its labelled group or none, and the labelled pairs across texts."""

    name: str
    figures: list[Profile]
    groups: list[str | None]
    sizes: Counter[str]
    wanted: int
    topic: TopicStats

    def pairs(self) -> list[tuple[int, int]]:
        return list(candidates(self.figures))

    def one(self, i: int, j: int) -> bool:
        return self.groups[i] is not None and self.groups[i] == self.groups[j]


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def events(gold: Path, only: str) -> list[Event]:
    documents, mentions = lines(gold / "documents.jsonl"), defaultdict(list)
    for row in lines(gold / "mentions.jsonl"):
        mentions[row["doc"]].append(row)
    told: dict[str, list[dict]] = defaultdict(list)
    for row in documents:
        if not only or row["cluster"] in only.split(","):
            told[row["cluster"]].append(row)
    return [event(name, rows, mentions) for name, rows in told.items()]


def event(name: str, rows: list[dict], mentions: dict[str, list[dict]]) -> Event:
    figures, groups, wanted = [], [], 0
    labelled: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        reading = read(row["text"], published_at=datetime.fromisoformat(row["published_at"]), title=row["title"])
        figures += profiles(row["id"], row["text"], reading)
        groups += [group_of(figure, mentions[row["id"]]) for figure in reading.figures]
        for mention in mentions[row["id"]]:
            labelled[mention["group"]].append(row["id"])
    wanted = sum(a != b for texts in labelled.values() for a, b in combinations(texts, 2))
    topic = TopicStats()
    topic.add(figures)
    sizes = Counter({label: len(texts) for label, texts in labelled.items()})
    return Event(name, figures, groups, sizes, wanted, topic)


def group_of(figure, mentions: list[dict]) -> str | None:
    """The group of the labelled mention that a figure found: overlapping, and of the same value."""
    for row in mentions:
        if row["start"] < figure.span.end and figure.span.start < row["end"] and is_of(figure.quantity, row):
            return row["group"]
    return None


def is_of(quantity, row: dict) -> bool:
    if row["value"] is None:
        return quantity.low is not None and abs(float(quantity.low) - row["low"]) <= 0.005 * abs(row["low"]) + 1e-9
    value = float(quantity.value) if quantity.value is not None else None
    scales = (1, 0.01, 100) if row["unit"] in ("percent", "fraction") else (1,)
    return value is not None and any(abs(value * s - row["value"]) <= 0.005 * abs(row["value"]) + 1e-9 for s in scales)


@cache
def table(event: Event) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The features of an event's pairs, row by row, which of them are right, and the names of the features."""
    rows, right, names = [], [], []
    for i, j in event.pairs():
        found = features(event.figures[i], event.figures[j], event.topic)
        names = list(found)
        rows.append(list(found.values()))
        right.append(event.one(i, j))
    return np.array(rows), np.array(right, dtype=float), names


def fit(x: np.ndarray, y: np.ndarray, counts: np.ndarray, names: list[str], version: str) -> Weights:
    """Logistic regression with a ridge and signs: what can only speak for it never speaks against it.

    ``counts`` is how much each pair counts. Accelerated projected gradient (Beck and Teboulle, 2009).
    """
    mean = np.average(x, axis=0, weights=counts)
    scale = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=counts))
    scale[scale < 1e-6] = 1.0
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    low = np.array([0.0 if speaks(name, SPEAKS_FOR) else -np.inf for name in names] + [-np.inf])
    high = np.array([0.0 if speaks(name, SPEAKS_AGAINST) else np.inf for name in names] + [np.inf])
    ridge = np.append(np.full(len(names), RIDGE), 0.0)
    step = 1.0 / (0.25 * np.linalg.norm(z * np.sqrt(counts)[:, None], 2) ** 2 + RIDGE)
    now = ahead = np.zeros(z.shape[1])
    pace = 1.0
    for _ in range(STEPS):
        slope = z.T @ (counts * (1 / (1 + np.exp(-(z @ ahead))) - y)) + ridge * ahead
        new = np.clip(ahead - step * slope, low, high)
        quicker = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead, now, pace = new + (pace - 1) / quicker * (new - now), new, quicker
    terms = {
        name: (round(float(w), 4), round(float(m), 4), round(float(s), 4))
        for name, w, m, s in zip(names, now[:-1], mean, scale, strict=True)
        if abs(w) >= 0.01
    }
    return Weights(version, round(float(now[-1]), 4), terms, JOIN, DIFFERS, CONFLICT, REPLACED)


def fitted(known: list[Event], version: str) -> Weights:
    """The weights of some events."""
    tables = [table(event) for event in known]
    x, y = np.vstack([t[0] for t in tables]), np.concatenate([t[1] for t in tables])
    counts = np.concatenate([np.full(len(t[1]), (USUAL / max(len(t[1]), 1)) ** EVENNESS) for t in tables])
    return fit(x, y, counts, tables[0][2], version)


def speaks(name: str, starts: tuple[str, ...]) -> bool:
    return name.startswith(starts) and name not in NEITHER


@dataclass
class Counts:
    """Of one event left out: pairs across texts right, told and labelled; B-cubed sums, figures told and labelled."""

    name: str
    right: int
    told: int
    wanted: int
    purity: float
    found: float
    figures: int
    mentions: int


def counted(event: Event, weights: Weights) -> Counts:
    labels = group(event.figures, event.topic, Scorer(weights))
    right = told = 0
    for i, j in combinations(range(len(labels)), 2):
        if labels[i] == labels[j] and event.figures[i].text != event.figures[j].text:
            told += 1
            right += event.one(i, j)
    together = Counter(zip(labels, event.groups, strict=True))
    sizes = Counter(labels)
    purity = found = 0.0
    for label, group_ in zip(labels, event.groups, strict=True):
        if group_ is not None:
            purity += together[label, group_] / sizes[label]
            found += together[label, group_] / event.sizes[group_]
    return Counts(event.name, right, told, event.wanted, purity, found, len(labels), sum(event.sizes.values()))


def rates(rows: list[Counts]) -> tuple[float, float, float, float]:
    """Precision, recall and F1 of pairs, and B-cubed F1, of some events together."""
    right, told, wanted = (sum(getattr(row, name) for row in rows) for name in ("right", "told", "wanted"))
    pure = sum(row.purity for row in rows) / max(1, sum(row.figures for row in rows))
    found = sum(row.found for row in rows) / max(1, sum(row.mentions for row in rows))
    cubed = 2 * pure * found / (pure + found) if pure + found else 0.0
    return right / max(told, 1), right / max(wanted, 1), 2 * right / max(told + wanted, 1), cubed


def say(name: str, rows: list[Counts]) -> None:
    precision, recall, f1, cubed = rates(rows)
    print(f"{name:16} P {precision:.3f} R {recall:.3f} F1 {f1:.3f} B3 {cubed:.3f}")


def interval(rows: list[Counts], draws: int = 2000) -> tuple[float, float]:
    """The middle nine tenths of pair F1 over events drawn with replacement."""
    random = Random(1)  # noqa: S311 - a bootstrap
    found = sorted(rates([random.choice(rows) for _ in rows])[2] for _ in range(draws))
    return found[draws // 20], found[-draws // 20]


def report(rows: list[Counts], silent: bool) -> None:
    """Each event, unless only the pool is asked for; the pool, the worst, and how far it all hangs on the events."""
    for row in [] if silent else rows:
        say(row.name, [row])
    say("pooled", rows)
    if not silent:
        worst = min(rows, key=lambda row: rates([row])[2])
        print(f"worst is {worst.name} with F1 {rates([worst])[2]:.3f}")
    low, high = interval(rows)
    print(f"nine tenths of F1 over events drawn anew lie between {low:.3f} and {high:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--events", default="", help="only these, divided by commas")
    parser.add_argument("--report", default="", help="leave out and report only these, divided by commas")
    parser.add_argument("--pool", action="store_true", help="report the pool, and no single event")
    parser.add_argument("--silent", action="store_true", help="report nothing, as where only weights are wanted")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    known = events(asked.gold, asked.events)
    chosen = [event for event in known if not asked.report or event.name in asked.report.split(",")]
    if not asked.silent:
        report([counted(one, fitted([e for e in known if e is not one], "left out")) for one in chosen], asked.pool)
    if asked.write:
        weights = fitted(known, VERSION)
        told = {"version": weights.version, "intercept": weights.intercept, "join": JOIN, "differs": DIFFERS}
        told |= {"conflict": CONFLICT, "replaced": REPLACED}
        told |= {"terms": {name: list(term) for name, term in weights.terms.items()}}
        WEIGHTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
