"""Ask now for every report whose slot has come, as the minute's tick would."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from factcheck.reports.deliver import request_due_reports


class Command(BaseCommand):
    help = "Queue the reports that are due."

    def handle(self, *args: Any, **options: Any) -> None:
        count = request_due_reports()
        self.stdout.write(f"{count} report{'' if count == 1 else 's'} due.")
