"""Say in plain words whether the site can do its work, and what is wrong where it cannot."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, run_checks
from django.core.management.base import BaseCommand, CommandError

from factcheck.management.health_checks import CHECKS, CheckResult, run_checks_in_time


class Command(BaseCommand):
    help = "Check database, disk, guards, checkpoints, registry, jobs, broker, worker and beat, within seconds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "only these; all of them where none is named"
        parser.add_argument("check", nargs="*", choices=[[], *CHECKS], metavar="check", help=words)

    def findings(self, names: list[str]) -> Iterator[CheckResult]:
        if names:
            yield from run_checks_in_time(["database", *names]).values()
            return
        messages: list[CheckMessage] = []
        found = run_checks_in_time(CHECKS, meanwhile=lambda: messages.extend(run_checks()))
        yield from ((False, str(message)) for message in messages)
        yield from found.values()

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for good, sentence in self.findings(options["check"]):
            wrong += not good
            self.stdout.write(f"{'ok   ' if good else 'WRONG'} {sentence}")
        if wrong:
            raise CommandError(f"{wrong} thing{'' if wrong == 1 else 's'} wrong.")
