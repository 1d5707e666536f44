"""Take in articles from files; a worker reads them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from factcheck.errors import FactcheckError
from factcheck.management.starter import header_of
from factcheck.models import Desk, DocumentKind, Topic
from factcheck.workflow.documents import Arrival, ingest_document


class Command(BaseCommand):
    help = "Take in article files (.md, .txt, .html, .docx, .pdf, ninjs .json) for a desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--desk", required=True, help="slug of the desk")
        parser.add_argument("--by", required=True, help="user who files them")
        parser.add_argument("--kind", choices=DocumentKind.values)
        parser.add_argument("--topic", help="slug of the topic; made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk.objects.filter(slug=options["desk"]).first()
        by = get_user_model().objects.filter(username=options["by"]).first()
        if desk is None or by is None:
            raise CommandError("No such desk or user.")
        failed = [path for path in options["files"] if not self.take_in(path, desk, by, options)]
        if failed:
            raise CommandError(f"{len(failed)} of {len(options['files'])} files were not taken in.")

    def take_in(self, path: Path, desk: Desk, by: Any, options: dict[str, Any]) -> bool:
        try:
            data = path.read_bytes()
            header = header_of(data[:4000]) if path.suffix == ".md" else {}
            slug = options["topic"] or header.get("topic", "")
            topic = Topic.objects.get_or_create(slug=slug, defaults={"title": slug})[0] if slug else None
            kind = options["kind"] or header.get("kind", DocumentKind.COVERAGE)
            document, job = ingest_document(data, Arrival(kind=kind, filename=path.name, topic=topic), desk=desk, by=by)
        except (FactcheckError, OSError) as refusal:
            self.stderr.write(f"{path}: {refusal}")
            return False
        self.stdout.write(f"{path}: document {document.pk}, {f'job {job.pk}' if job else 'already read'}")
        return True
