"""What the database holds about one person, as a JSON file to hand to them."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.management.people import person_named
from factcheck.workflow.personal_data import personal_data


class Command(BaseCommand):
    help = "Write what the database holds about a person: themselves in full, what they did by kind, id and time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="by what they log in with")
        parser.add_argument("--out", type=Path, required=True, help="a new file, which only its owner may read")

    def handle(self, *args: Any, **options: Any) -> None:
        data, path = personal_data(person_named(options["user"])), options["out"]
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(data, file, indent=2, ensure_ascii=False, default=str)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{len(data['actions'])} actions and {len(data['references'])} references are in {path}.")
