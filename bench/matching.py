"""Fits the weights by which two figures are held to be of one measure, and says how good they are on news not seen.

    python bench/matching.py GOLD [--events NAME,…] [--report NAME,…] [--write]

GOLD is a folder of labelled events: ``documents.jsonl`` and ``mentions.jsonl`` (id, doc, start, end, value, low, high,
group). Each event is left out once: fitted on the others, grouped, and its pairs across texts counted; reported are the
pool, each event, and a bootstrap interval over events. ``--write`` fits on all of them and writes the engine's weights:
numbers, and no word of any text. Needs numpy.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from factcheck.text import read
from factcheck.text.matching import Profile, TopicStats, Weights, candidates, features, group, profiles

WEIGHTS = Path(__file__).resolve().parent.parent / "factcheck/text/matching/weights.json"
RIDGE = 50.0
STEPS = 800
JOIN, DIFFERS, CONFLICT = 0.2, 0.3, 0.5
SPEAKS_FOR = (
    "same ", "shared ", "clause alike", "sentence", "neighbours", "words beside", "names of", "rare name near",
    "value of one thing", "values meet", "noun words", "noun in",
)  # fmt: skip
SPEAKS_AGAINST = ("other ", "only one", "value ratio", "days apart", "long apart", "rare name elsewhere")
NEITHER = ("same text", "same small value")


@dataclass
class Event:
    """The figures of one labelled event, each with its labelled group or none, and the labelled pairs across texts."""

    name: str
    figures: list[Profile]
    groups: list[str | None]
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
    return Event(name, figures, groups, wanted, topic)


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


def table(event: Event) -> tuple[np.ndarray, np.ndarray, list[str]]:
    rows, right, names = [], [], []
    for i, j in event.pairs():
        found = features(event.figures[i], event.figures[j], event.topic)
        names = list(found)
        rows.append(list(found.values()))
        right.append(event.one(i, j))
    return np.array(rows), np.array(right, dtype=float), names


def fit(x: np.ndarray, y: np.ndarray, names: list[str], version: str) -> Weights:
    """Logistic regression with a ridge and signs: what can only speak for it never speaks against it.

    Accelerated projected gradient (Beck and Teboulle, 2009).
    """
    mean, scale = x.mean(0), x.std(0)
    scale[scale < 1e-6] = 1.0
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    low = np.array([0.0 if speaks(name, SPEAKS_FOR) else -np.inf for name in names] + [-np.inf])
    high = np.array([0.0 if speaks(name, SPEAKS_AGAINST) else np.inf for name in names] + [np.inf])
    ridge = np.append(np.full(len(names), RIDGE), 0.0)
    step = 1.0 / (0.25 * np.linalg.norm(z, 2) ** 2 + RIDGE)
    now = ahead = np.zeros(z.shape[1])
    pace = 1.0
    for _ in range(STEPS):
        slope = z.T @ (1 / (1 + np.exp(-(z @ ahead))) - y) + ridge * ahead
        new = np.clip(ahead - step * slope, low, high)
        quicker = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead, now, pace = new + (pace - 1) / quicker * (new - now), new, quicker
    terms = {
        name: (round(float(w), 4), round(float(m), 4), round(float(s), 4))
        for name, w, m, s in zip(names, now[:-1], mean, scale, strict=True)
        if abs(w) >= 0.01
    }
    return Weights(version, round(float(now[-1]), 4), terms, JOIN, DIFFERS, CONFLICT)


def speaks(name: str, starts: tuple[str, ...]) -> bool:
    return name.startswith(starts) and name not in NEITHER


def counted(event: Event, weights: Weights) -> tuple[int, int, int]:
    """Pairs across texts in one group: right, told, labelled."""
    labels = group(event.figures, event.topic, weights)
    right = told = 0
    for i, j in combinations(range(len(labels)), 2):
        if labels[i] == labels[j] and event.figures[i].text != event.figures[j].text:
            told += 1
            right += event.one(i, j)
    return right, told, event.wanted


def rates(rows: list[tuple[int, int, int]]) -> tuple[float, float, float]:
    right, told, wanted = (sum(row[at] for row in rows) for at in range(3))
    precision, recall = right / max(told, 1), right / max(wanted, 1)
    return precision, recall, 2 * right / max(told + wanted, 1)


def say(name: str, rows: list[tuple[int, int, int]]) -> None:
    precision, recall, f1 = rates(rows)
    print(f"{name:16} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}")


def interval(rows: list[tuple[int, int, int]], draws: int = 2000) -> tuple[float, float]:
    """The middle nine tenths of pair F1 over events drawn with replacement."""
    random = Random(1)  # noqa: S311 - a bootstrap
    found = sorted(rates([random.choice(rows) for _ in rows])[2] for _ in range(draws))
    return found[draws // 20], found[-draws // 20]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--events", default="", help="only these, divided by commas")
    parser.add_argument("--report", default="", help="leave out and report only these, divided by commas")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    known = events(asked.gold, asked.events)
    tables = {event.name: table(event) for event in known}
    names = next(iter(tables.values()))[2]
    left_out = []
    for event in known:
        if asked.report and event.name not in asked.report.split(","):
            continue
        others = [tables[other.name] for other in known if other is not event]
        weights = fit(np.vstack([t[0] for t in others]), np.concatenate([t[1] for t in others]), names, "left out")
        left_out.append(counted(event, weights))
        say(event.name, left_out[-1:])
    low, high = interval(left_out)
    say("pooled", left_out)
    print(f"nine tenths of F1 over events drawn anew lie between {low:.3f} and {high:.3f}")
    if asked.write:
        everything = list(tables.values())
        weights = fit(np.vstack([t[0] for t in everything]), np.concatenate([t[1] for t in everything]), names, "1")
        told = {"version": weights.version, "intercept": weights.intercept, "join": JOIN, "differs": DIFFERS}
        told |= {"conflict": CONFLICT, "terms": {name: list(term) for name, term in weights.terms.items()}}
        WEIGHTS.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
