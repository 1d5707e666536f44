"""Ask for a cross-check of a topic, a document, or everything; a worker does it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Machine
from factcheck.models import Document, Scope, Topic
from factcheck.workflow.crosschecks import request_crosscheck


class Command(BaseCommand):
    help = "Queue a cross-check of everything, or of one topic or document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--topic", help="slug")
        which.add_argument("--document", type=int)

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
