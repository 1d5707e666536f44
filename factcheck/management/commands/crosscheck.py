"""Ask for a cross-check of a topic, a document, or everything; a worker does it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Machine
from factcheck.models import Document, Job, Scope, Topic
from factcheck.states import JobState
from factcheck.workflow.crosschecks import request_crosscheck

LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Queue a cross-check of everything, or of one topic or document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--topic", help="slug")
        which.add_argument("--document", type=int)
        parser.add_argument("--wait", action="store_true", help="until a worker has done it; fails where it fails")
        seconds = "how long to wait at most; 0 for as long as it takes"
        parser.add_argument("--timeout", type=float, default=0, metavar="SECONDS", help=seconds)

    def handle(self, *args: Any, **options: Any) -> None:
        by = Machine("crosscheck command")
        if slug := options["topic"]:
            topic = Topic.objects.filter(slug=slug).first()
            if topic is None:
                raise CommandError(f"There is no topic “{slug}”.")
            job = request_crosscheck(Scope.TOPIC, by=by, topic=topic)
        elif pk := options["document"]:
            document = Document.objects.filter(pk=pk).first()
            if document is None:
                raise CommandError(f"There is no document {pk}.")
            job = request_crosscheck(Scope.DOCUMENT, by=by, document=document)
        else:
            job = request_crosscheck(Scope.EVERYTHING, by=by)
        self.stdout.write(f"Job {job.pk} is due; a running worker will do it.")
        if options["wait"]:
            self.wait_for(job, options["timeout"])

    def wait_for(self, job: Job, seconds: float) -> None:
        """Tell how far the job is, a line for each step that is new, until it has ended.

        Raises:
            CommandError: it failed or was cancelled, or the time is over; the job goes on all the same.
        """
        until = time.monotonic() + seconds if seconds else None
        shown = ""
        while job.state in (JobState.DUE, JobState.RUNNING):
            if until is not None and time.monotonic() > until:
                raise CommandError(f"Job {job.pk} is {job.state} after {seconds:g} seconds; it goes on.")
            if (step := f"{job.done:,} of {job.total:,} measures") != shown and job.total:
                self.stdout.write(shown := step)
            time.sleep(LOOK_SECONDS)
            job.refresh_from_db()
        if job.state != JobState.DONE:
            raise CommandError(f"Job {job.pk} is {job.state}. {job.error}".strip())
        self.stdout.write(f"Job {job.pk} is done.")
