"""Take in articles from files and addresses; a worker fetches and reads them."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Person
from factcheck.errors import FactcheckError
from factcheck.management.starter import header_of
from factcheck.models import Desk, Document, DocumentKind, Job, Topic, by_username
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.documents import ingest_document
from factcheck.workflow.fetches import fetch_document


class Command(BaseCommand):
    help = (
        "Take in article files (.md, .txt, .html, .docx, .odt, .rtf, .pdf, .eml, .csv, .xlsx, ninjs .json, NewsML-G2 "
        "or NITF .xml) or web addresses for a desk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", help="paths of files, or http(s) addresses of pages")
        parser.add_argument("--desk", required=True, help="slug of the desk")
        parser.add_argument("--by", required=True, help="user who files them")
        parser.add_argument("--kind", choices=DocumentKind.values)
        parser.add_argument("--topic", help="slug of the topic; made if it is not there")

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk.objects.filter(slug=options["desk"]).first()
        by = get_user_model()._default_manager.filter(**by_username(options["by"])).first()
        if desk is None or by is None:
            raise CommandError("No such desk or user.")
        failed = [path_or_url for path_or_url in options["files"] if not self.take_in(path_or_url, desk, by, options)]
        if failed:
            raise CommandError(f"{len(failed)} of {len(options['files'])} files were not taken in.")

    def take_in(self, path_or_url: str, desk: Desk, by: Person, options: dict[str, Any]) -> bool:
        try:
            if path_or_url.lower().startswith(("http://", "https://")):
                document, job = fetch_document(path_or_url, self.arrival(options, {}), desk=desk, by=by)
            else:
                document, job = self.take_in_file(Path(path_or_url), desk, by, options)
        except (FactcheckError, OSError) as refusal:
            self.stderr.write(f"{path_or_url}: {refusal}")
            return False
        self.stdout.write(f"{path_or_url}: document {document.pk}, {f'job {job.pk}' if job else 'already read'}")
        return True

    def take_in_file(self, path: Path, desk: Desk, by: Person, options: dict[str, Any]) -> tuple[Document, Job | None]:
        data = path.read_bytes()
        header = header_of(data[:4000]) if path.suffix == ".md" else {}
        return ingest_document(data, replace(self.arrival(options, header), filename=path.name), desk=desk, by=by)

    def arrival(self, options: dict[str, Any], header: dict[str, str]) -> Arrival:
        slug = options["topic"] or header.get("topic", "")
        topic = Topic.objects.get_or_create(slug=slug, defaults={"title": slug})[0] if slug else None
        return Arrival(kind=options["kind"] or header.get("kind", DocumentKind.COVERAGE), topic=topic)
