"""The gate for scripts: may this document go out? By exit status, and in words or JSON."""

from __future__ import annotations

import hashlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.models import Document
from factcheck.workflow.clearance import clearance

NOT_CLEARED = 1
NO_ANSWER = 2


class Command(BaseCommand):
    help = "Say whether a document may be published, and what is in the way. Exit status: 0 clear, 1 not, 2 no answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("document", help="its number, or NAME:ID as the host filed it (source_app:source_id)")
        parser.add_argument("--file", type=Path, help="the bytes about to be published: only they are cleared")
        parser.add_argument("--json", action="store_true", help="print the whole answer")

    def handle(self, *args: Any, **options: Any) -> None:
        document = named_document(options["document"])
        answer = clearance(document, source_sha256=sha256_of_file(options["file"]) if options["file"] else "")
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_dict(), indent=2))
        else:
            until = f", under a waiver until {answer.waived_until:%d %b %Y %H:%M} UTC" if answer.waived_until else ""
            self.stdout.write(f"Clear for publication{until}." if answer.clear else "Not cleared.")
            for row in answer.blockers:
                self.stdout.write(f"{row.code}: {row.message}")
        if not answer.clear:
            blockers = len(answer.blockers)
            said = f"{document} is not cleared: {blockers} blocker{'' if blockers == 1 else 's'}."
            raise CommandError(said, returncode=NOT_CLEARED)


def named_document(name: str) -> Document:
    """The document of a number, or of the names that its host gave it.

    Raises:
        CommandError: there is none, or its text was erased or never filed.
    """
    app, colon, key = name.replace("\0", "").partition(":")  # no name holds a NUL, and PostgreSQL takes none
    rows = Document.objects.filter(source_app=app, source_id=key) if colon else Document.objects.none()
    if not colon and name.isascii() and name.isdecimal() and len(name) < 16:
        rows = Document.objects.filter(pk=int(name))
    if (found := rows.first()) is None:
        raise CommandError(f"There is no document “{name}”.", returncode=NO_ANSWER)
    return found


def sha256_of_file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=NO_ANSWER) from None
