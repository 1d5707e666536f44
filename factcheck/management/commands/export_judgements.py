"""What people decided about figures, as JSON lines to learn from: numbers and hashed ids, texts only where asked."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.errors import FactcheckError
from factcheck.models import Desk
from factcheck.workflow.judgement_export import export_judged_pairs


class Command(BaseCommand):
    help = "Write judgements, settled disputes, merges and splits as evidence in numbers, one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--desk", default="", help="slug of a desk: only what it holds both sides of")
        parser.add_argument("--out", type=Path, help="the file; without it, standard output")
        parser.add_argument("--with-text", action="store_true", help="with the figures in words and the topic's title")

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk.objects.filter(slug=options["desk"]).first()
        if options["desk"] and desk is None:
            raise CommandError(f"There is no desk “{options['desk']}”.")
        try:
            lines = [json.dumps(row) for row in export_judged_pairs(desk=desk, with_text=options["with_text"])]
        except FactcheckError as error:
            raise CommandError(str(error)) from error
        if options["out"] is None:
            self.stdout.writelines(f"{line}\n" for line in lines)
            return
        try:
            options["out"].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(lines)} decisions written to {options['out']}.")
