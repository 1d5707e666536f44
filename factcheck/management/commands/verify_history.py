"""Recompute the chains of the history."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.models import Event
from factcheck.workflow.history import verify_history


class Command(BaseCommand):
    help = "Check that no event and no reason was changed since it was written."

    def handle(self, *args: Any, **options: Any) -> None:
        if broken := verify_history():
            raise CommandError("\n".join(broken))
        self.stdout.write(f"All {Event.objects.count()} events verify.")
