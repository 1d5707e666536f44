"""What it costs that a text of 30 figures arrives in a topic of so many, beside what it costs to read that text.

    python bench/arrivals.py [--figures 50,5000]

Texts are made up of invented places and things, told in ever other words, so that no two figures are copies. Each time
is the CPU time of the median of some runs. Standard library only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from factcheck.text import Reading, read
from factcheck.text.matching import (
    REGROUP_LIMIT,
    ExistingGroup,
    Profile,
    Scorer,
    TopicStats,
    group,
    place,
    profiles,
    shipped,
)

PLACES = [
    f"{a}{b}"
    for a in ("Vel", "Tor", "Sund", "Lark", "Ost", "Har", "Quen", "Mor")
    for b in ("mora", "vik", "by", "moor", "mark", "den")
]
TOLD = (
    "Floods in {place} killed {n} people on {day}, {who} said",
    "{who} said {n} homes in {place} were damaged by the storm",
    "Some {n} residents of {place} left their {thing} on {day}, according to {who}",
    "Repairs to the {thing} of {place} may cost ${n} million, {who} told reporters",
    "The {thing} near {place} is {n} metres long and was closed on {day}",
    "In {place} {n} {thing}s were lost, {who} said on {day}",
    "Rainfall of {n} millimetres was measured at the {thing} of {place}",
    "{who} put the share of {place}'s {thing}s without power at {n} percent",
)
WHO = ("the council", "police", "the fire brigade", "the mayor", "the river service", "the farmers' union", "a bank")
THINGS = ("bridge", "mill", "harbour", "school", "ferry", "barn", "road", "dam", "market", "church", "pier", "depot")
FILLER = (
    "The {thing} of {place} has stood by the river since the days of the first settlers, and nobody had seen it so",
    "{who} asked people to stay at home until the water has gone down and the {thing} can be looked at in daylight",
    "Those who live near the {thing} said that they had heard nothing of the danger before it came to their doors",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
START = datetime(2031, 5, 5, 12)


def text_of(figures: int, random: Random) -> str:
    rows = []
    for _ in range(figures):
        words = {"place": random.choice(PLACES), "who": random.choice(WHO), "thing": random.choice(THINGS)}
        told = random.choice(TOLD).format(n=random.randint(13, 9999), day=random.choice(DAYS), **words)
        rows.append(told[0].upper() + told[1:] + f" after a night of {random.choice(THINGS)} fires.")
        filler = random.choice(FILLER).format(**words)
        rows.append(filler[0].upper() + filler[1:] + ".")
    return " ".join(rows)


def topic_of(count: int, random: Random) -> list[Profile]:
    found: list[Profile] = []
    number = 0
    while len(found) < count:
        text, at = text_of(30, random), START + timedelta(hours=number)
        found += profiles(f"text {number}", text, read(text, published_at=at))
        number += 1
    return found[:count]


def standing_of(figures: list[Profile], topic: TopicStats, scorer: Scorer) -> dict[str, ExistingGroup]:
    """The groups of a topic as they stand, as the night leaves them."""
    members: dict[int, list[Profile]] = defaultdict(list)
    for one, label in zip(figures, group(figures, topic, scorer), strict=True):
        members[label].append(one)
    return {str(label): ExistingGroup.of(rows) for label, rows in members.items()}


def arrival(known: list[Profile], new: list[Profile], topic: TopicStats, scorer: Scorer) -> tuple[float, str]:
    """How long the grouping takes when a text arrives, and in which of both ways it was done."""
    if len(known) + len(new) <= REGROUP_LIMIT:
        return seconds(lambda: group([*known, *new], topic, scorer)), "grouped anew"
    standing = standing_of(known, topic, scorer)
    return seconds(lambda: place(new, standing, topic, scorer)), f"placed in {len(standing)} groups"


def seconds(call: Callable[[], Any], runs: int = 9) -> float:
    found = []
    for _ in range(runs):
        start = time.process_time()
        call()
        found.append(time.process_time() - start)
    return statistics.median(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--figures", default="50,5000", help="how many the topic has, divided by commas")
    asked = parser.parse_args()
    random, scorer = Random(1), Scorer(shipped())  # noqa: S311 - texts to measure with
    text = text_of(30, random)

    def reading() -> Reading:
        return read(text, published_at=START)

    prepared = profiles("new", text, reading())
    read_in, prepare_in = seconds(reading), seconds(lambda: profiles("new", text, reading())) - seconds(reading)
    print(f"a text of {len(prepared)} figures: read in {read_in * 1000:.0f} ms, prepared in {prepare_in * 1000:.0f} ms")
    print(f"reading with preparing: {1 + prepare_in / read_in:.2f} times reading")
    for count in map(int, asked.figures.split(",")):
        known = topic_of(count, random)
        topic = TopicStats()
        topic.add(known)
        topic.add(prepared)
        took, way = arrival(known, prepared, topic, scorer)
        print(f"into a topic of {count} figures: {took * 1000:.0f} ms, {took / read_in:.2f} times reading ({way})")


if __name__ == "__main__":
    main()
