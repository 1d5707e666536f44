"""Weights of the matching fitted on what people decided, and how good they are on topics left out."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.errors import FactcheckError
from factcheck.text.matching import (
    Evaluation,
    LabelledPair,
    confidence_interval,
    evaluate,
    fit,
    leave_one_out,
    pool,
    weights_as_dict,
)
from factcheck.workflow.judgement_export import export_judged_pairs
from factcheck.workflow.matching import weights_in_use


class Command(BaseCommand):
    help = "Fit weights on judgements: those of this site, or files of export_judgements. use_weights puts them in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="files of export_judgements; none: this site's own")
        parser.add_argument("--out", type=Path, help="where the weights are written, as JSON; without it, nowhere")
        parser.add_argument("--version-name", default="", help="what they are called; a name with the day by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            begin = weights_in_use()
            rows = from_files(options["files"]) if options["files"] else export_judged_pairs()
            pairs = list(judged(rows))
        except FactcheckError as error:
            raise CommandError(str(error)) from error
        if not pairs:
            raise CommandError("Nobody has judged a pair yet, so there is nothing to learn from.")
        self.stdout.write(f"{len(pairs)} pairs of {len({pair.topic for pair in pairs})} topics.")
        self.tell("weights in use", evaluate(pairs, begin))
        self.tell_left_out(leave_one_out(pairs, begin))
        made = fit(pairs, begin, version=options["version_name"] or f"site-{date.today():%Y-%m-%d}")
        self.tell("new weights, on what they were fitted on", evaluate(pairs, made))
        if options["out"]:
            try:
                options["out"].write_text(json.dumps(weights_as_dict(made), indent=1) + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
            self.stdout.write(f"Written to {options['out']}; use_weights tries them, and puts them in use.")

    def tell_left_out(self, found: dict[str, Evaluation]) -> None:
        """Each topic by weights fitted on the others, all together, and the worst."""
        if not found:
            self.stdout.write("All pairs are of one topic: none can be left out.")
            return
        for topic, row in found.items():
            self.tell(f"left out: {topic}", row)
        self.tell("left out, pooled", pool(list(found.values())))
        worst = min(found, key=lambda topic: (found[topic].f1, topic))
        self.tell(f"worst: {worst}", found[worst])
        low, high = confidence_interval(list(found.values()))
        self.stdout.write(f"Nine tenths of F1 over topics drawn anew lie between {low:.3f} and {high:.3f}.")

    def tell(self, name: str, row: Evaluation) -> None:
        self.stdout.write(
            f"{name:44} {row.pairs:6} pairs  P {row.precision:.3f}  R {row.recall:.3f}  F1 {row.f1:.3f}  "
            f"log loss {row.loss:.3f}"
        )


def from_files(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield dict(json.loads(line))
                except (ValueError, TypeError) as error:
                    raise CommandError(f"{path}, line {number}: not a decision: {error}") from error


def judged(rows: Iterable[dict[str, Any]]) -> Iterator[LabelledPair]:
    """The decisions that say whether both are one.

    Raises:
        CommandError: a line lacks a part, or its evidence is no numbers.
    """
    for row in rows:
        if row.get("same") is None:
            continue
        try:
            evidence = {str(name): float(value) for name, value in row["features"].items()}
            yield LabelledPair(str(row["topic"]), evidence, bool(row["same"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CommandError(f"A decision cannot be read: {type(error).__name__}: {error}") from error
