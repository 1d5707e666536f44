"""How many slips are found: one number of a labelled event moved by a power of ten, or told with another scale word.

    python bench/slips.py GOLD --events NAME,… [--count 30] [--seed 1]

Each slip is made by itself, in one text of an event whose labelled number other texts tell too; the event is read with
it by the command line's own code. Found is a slip that is told, of this figure against another text; false is whatever
else is told as a slip. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from factcheck.text import __main__ as command
from factcheck.text.matching import Scorer, shipped

SCALES = {"million": "billion", "billion": "million", "thousand": "million"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def slipped(words: str, random: Random) -> str | None:
    """The number in words with its point moved, or with another scale word; None where neither can be."""
    for scale, other in SCALES.items():
        if scale in words and random.random() < 0.5:
            return words.replace(scale, other)
    found = re.search(r"\d[\d,]*(?:\.\d+)?", words)
    if found is None or len(found.group().replace(",", "")) < 2:
        return None
    number = found.group()
    if "." in number:
        whole, _, part = number.partition(".")
        moved = f"{whole}{part[0]}.{part[1:]}".rstrip(".")
    elif "," in number:
        moved = f"{int(number.replace(',', '')) * 10:,}"
    else:
        moved = number + "0"
    return words[: found.start()] + moved + words[found.end() :]


def told(documents: list[dict[str, Any]], name: str) -> list[tuple[set[tuple[str, int]], str]]:
    """What is told as a slip in an event: the places of both figures, and the reason."""
    held, scorer = command.Cluster(), Scorer(shipped())
    replies = [command.reply_to(row, held) for row in documents]
    at = {figure["fid"]: (reply["id"], figure["start"]) for reply in replies for figure in reply["figures"]}
    groups = list(command.measure_groups(name, held, scorer))
    rows = [row for pairs in command.pair_verdicts(groups, scorer) for row in pairs]
    return [
        ({at[a], at[b]}, says["reason"]) for a, b, verdict, says in rows if says.get("slip") and verdict == "conflict"
    ]


def choices(mentions: list[dict[str, Any]], random: Random) -> list[dict[str, Any]]:
    """Labelled figures that another text tells with the same number, in an order drawn once."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in mentions:
        groups[row["group"]].append(row)
    found = [
        row
        for rows in groups.values()
        for row in rows
        if row["value"] and any(o["doc"] != row["doc"] and o["value"] == row["value"] for o in rows)
    ]
    random.shuffle(found)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--events", required=True, help="the events that may be read, divided by commas")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1, help="another one draws other slips")
    asked = parser.parse_args()
    random = Random(asked.seed)  # noqa: S311 - which numbers slip
    documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lines(asked.gold / "documents.jsonl"):
        if row["cluster"] in asked.events.split(","):
            documents[row["cluster"]].append(row)
    event = {row["id"]: name for name, rows in documents.items() for row in rows}
    mentions = [row for row in lines(asked.gold / "mentions.jsonl") if row["doc"] in event]
    before = {name: {reason for _, reason in told(rows, name)} for name, rows in documents.items()}
    made = found = false = 0
    seen: set[str] = set()
    for row in choices(mentions, random):
        words = slipped(row["surface"], random)
        if words is None or row["group"] in seen or made == asked.count:
            continue
        seen.add(row["group"])
        made += 1
        name = event[row["doc"]]
        texts = [dict(one) for one in documents[name]]
        for one in texts:
            if one["id"] == row["doc"]:
                one["text"] = one["text"][: row["start"]] + words + one["text"][row["end"] :]
        slips = told(texts, name)
        place = (row["doc"], row["start"])
        hit = any(place in places and len({doc for doc, _ in places}) == 2 for places, _ in slips)
        others = {reason for places, reason in slips if place not in places} - before[name]
        found += hit
        false += len(others)
        print(f"{'found' if hit else 'MISSED':7} {row['doc']} {row['surface']} -> {words}: {row['counted']}")
    told_before = sum(map(len, before.values()))
    print(f"{found} of {made} found; {false} false beside them, {told_before} told where nothing was changed")


if __name__ == "__main__":
    main()
