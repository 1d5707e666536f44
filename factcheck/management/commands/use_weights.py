"""Weights of the matching, tried and put in use: first what opens and closes at each desk, then a chief's yes."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Machine
from factcheck.errors import FactcheckError
from factcheck.management.people import person_named
from factcheck.text.matching import Weights, WeightsUnusable, read_weights, shipped
from factcheck.workflow.weights import Changes, put_in_use, try_weights


class Command(BaseCommand):
    help = "Tell what opens and closes with new weights; with --yes and a chief editor's name, put them in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="weights as train_matching wrote them; none: those shipped"
        )
        parser.add_argument("--yes", metavar="CHIEF", default="", help="the chief editor who puts them in use")

    def handle(self, *args: Any, **options: Any) -> None:
        weights = self.weights(options["file"])
        try:
            if not options["yes"]:
                self.tell(try_weights(weights, by=Machine("use_weights")))
                self.stdout.write("Nothing is changed. With --yes and the name of a chief editor they are put in use.")
                return
            self.tell(put_in_use(weights, by=person_named(options["yes"])))
            self.stdout.write(f"Weights {weights.version} are in use for the stories in check.")
        except FactcheckError as error:
            raise CommandError(str(error)) from error

    def weights(self, path: Path | None) -> Weights:
        try:
            return shipped() if path is None else read_weights(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except (WeightsUnusable, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}") from error

    def tell(self, changes: Changes) -> None:
        for desk, counts in changes.items():
            summary = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
            self.stdout.write(f"{desk}: {summary or 'nothing opens or closes'}")
