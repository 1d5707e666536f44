"""The figures of topics grouped anew; texts that no engine of today has read are read again first."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from factcheck.actors import Machine
from factcheck.jobs.queue import enqueue_regroup
from factcheck.models import Document, Figure, Topic
from factcheck.workflow.arrivals import request_reading


class Command(BaseCommand):
    help = "Ask for texts whose figures are not prepared for matching to be read again, and for topics to be regrouped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--topic", default="", help="slug of a topic; without it, all")

    def handle(self, *args: Any, **options: Any) -> None:
        topics = Topic.objects.filter(slug=options["topic"]) if options["topic"] else Topic.objects.all()
        if options["topic"] and not topics:
            raise CommandError(f"There is no topic “{options['topic']}”.")
        bare = Figure.objects.compared().filter(profile=None, as_written="")
        documents = Document.objects.filter(pk__in=bare.values("document"))
        read = 0
        for document in documents.filter(topic__in=topics) if options["topic"] else documents:
            revision = document.current_revision
            if revision is not None and revision.snapshot is not None and revision.erased_at is None:
                with transaction.atomic():
                    request_reading(document, revision.snapshot, by=Machine("regroup"), pasted=False)
                read += 1
        for topic in topics:
            with transaction.atomic():
                enqueue_regroup(topic)
        self.stdout.write(f"{read} texts are read again, {len(topics)} topics are grouped anew; a worker does it.")
