"""What the engine says of news its weights have not seen: each event read with weights fitted on the others.

    python bench/leave_out.py GOLD OUT.jsonl --report NAME,… [--score SCORE.py]

For each reported event the weights are fitted on all the other labelled events, the command line's own code runs on
its documents with these weights, and all that is written goes to OUT.jsonl, which ``score.py OUT.jsonl --cluster NAME …
--full`` scores. With ``--score`` the pooled totals are printed at once. Needs numpy, as ``matching.py`` beside it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import matching

from factcheck.text import __main__ as command
from factcheck.text.matching import Scorer, Weights


def said(name: str, documents: list[dict[str, Any]], weights: Weights) -> list[dict[str, Any]]:
    """What the command line writes of one event's documents under these weights."""
    held = command.Cluster()
    scorer = Scorer(weights)
    replies = [command.reply_to(row, held) for row in documents]
    groups = list(command.measure_groups(name, held, scorer))
    return replies + [{"pairs": pairs} for pairs in command.pair_verdicts(groups, scorer)]


def scorer_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no scorer")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def totals(gold: Path, names: list[str], rows: list[dict[str, Any]], score: ModuleType) -> str:
    """The pooled measures on two lines."""
    found = score.score(score.Gold(str(gold), names), rows)
    pairs, verdicts = found["grouping"]["pairwise_cross_document"], found["verdicts"]["cross_document"]
    lines = [
        f"pair F1 {pairs['f1']:.3f} (P {pairs['precision']:.3f} R {pairs['recall']:.3f})"
        f" B3 {found['grouping']['bcubed_end_to_end']['f1']:.3f} macro {verdicts['macro_f1_over_verdicts']:.3f}"
    ]
    for kind in ("blocking", "alarms", "differs"):
        one = found[kind]
        lines.append(
            f"{kind}: {one['right']} right of {one['alarms']} shown, false per 100 texts "
            f"{one['false_per_100_documents']}, disputes found {one['disputes_found']} of {one['disputes_gold']}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--report", required=True, help="the events to leave out and read, divided by commas")
    parser.add_argument("--score", type=Path, help="the scorer, to print the pooled totals")
    asked = parser.parse_args()
    names = asked.report.split(",")
    known = matching.events(asked.gold, "")
    documents = matching.lines(asked.gold / "documents.jsonl")
    rows: list[dict[str, Any]] = []
    for name in names:
        weights = matching.fitted([event for event in known if event.name != name], "left out")
        rows += said(name, [row for row in documents if row["cluster"] == name], weights)
    asked.out.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if asked.score:
        print(totals(asked.gold, names, rows, scorer_of(asked.score)))


if __name__ == "__main__":
    main()
