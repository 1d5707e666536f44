"""Hold the history against itself, against what was decided, and against its checkpoints."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.models import Event
from factcheck.reports.deliver import altered_reports
from factcheck.workflow.checkpoints import last_checkpoint
from factcheck.workflow.history_checks import verify_history


def copy_of_checkpoint(words: str) -> tuple[int, str]:
    """A checkpoint as reports print it: its number, a colon and its digest."""
    if not (found := re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{64})", words)):
        raise ArgumentTypeError("a checkpoint is written as in reports: its number, a colon and 64 digits and letters")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = "Check that no event, reason, decision, text or checkpoint was changed or taken away since it was written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "a checkpoint kept elsewhere, as reports print it; may be given again"
        parser.add_argument("--checkpoint", action="append", default=[], type=copy_of_checkpoint, help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for finding in chain(verify_history(dict(options["checkpoint"])), altered_reports()):
            count += 1
            self.stdout.write(f"{finding.record} {finding.record_id}: {finding}")
        if count:
            raise CommandError(f"{count} finding{'' if count == 1 else 's'}: the history does not hold.")
        self.stdout.write(f"All {Event.objects.count()} events verify.")
        if last := last_checkpoint():
            self.stdout.write(
                f"The last checkpoint, up to event {last['last_event']}: {last['number']}:{last['digest']}"
            )
