"""Say in plain words whether the site can do its work, and what is wrong where it cannot."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from celery import current_app
from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone

from factcheck.models import Job, Source
from factcheck.states import JobState

Finding = tuple[bool, str]


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return (
        not missing,
        f"{len(missing)} migrations are missing: run migrate" if missing else "all migrations are applied",
    )


def guards() -> Finding:
    wanted = {
        f"factcheck_{name}" for name, *_ in importlib.import_module("factcheck.migrations.0002_append_only").guards()
    }
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        missing = wanted - {row[0] for row in cursor.fetchall()}
    return (
        not missing,
        f"append-only guards are missing: {', '.join(sorted(missing))}" if missing else "the history is guarded",
    )


def broker() -> Finding:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:
        return False, f"the broker does not answer: {error}"
    return True, "the broker answers"


def worker() -> Finding:
    answers = current_app.control.ping(timeout=3)
    return bool(
        answers
    ), f"{len(answers)} workers answer" if answers else "no worker answers: start one, or nothing is read"


def jobs() -> Finding:
    late = Job.objects.filter(state=JobState.DUE, run_at__lt=timezone.now() - timedelta(minutes=10)).count()
    failed = Job.objects.filter(state=JobState.FAILED).count()
    silent = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=Now()).count()
    return (
        not late and not silent,
        f"{late} jobs wait for more than ten minutes, {silent} have lost their worker, {failed} failed",
    )


def registry() -> Finding:
    count = Source.objects.count()
    return count > 0, f"{count} sources are registered" if count else "the source registry is empty: run setup_roles"


class Command(BaseCommand):
    help = "Check database, guards, broker, worker, jobs and registry."
    requires_system_checks: list[str] = []

    def findings(self) -> Iterator[Finding]:
        yield from ((False, str(message)) for message in run_checks())
        yield migrations()
        for check in (guards, registry, jobs, broker, worker):
            try:
                yield check()
            except Exception as error:
                yield False, f"{check.__name__} could not be checked: {error}"

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for good, sentence in self.findings():
            wrong += not good
            self.stdout.write(f"{'ok   ' if good else 'WRONG'} {sentence}")
        if wrong:
            raise CommandError(f"{wrong} thing{'' if wrong == 1 else 's'} wrong.")
