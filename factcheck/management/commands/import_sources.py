"""Sources from a table: many organisations entered at once, each as a person would enter it."""

from __future__ import annotations

import csv
import io
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from factcheck.actors import Person
from factcheck.errors import FactcheckError, Invalid
from factcheck.models import Desk, Source, SourceKind, by_username
from factcheck.workflow.sources import record_source

COLUMNS = ("name", "kind", "country", "aliases", "domains", "owner")
MOST_BYTES = 10_000_000


class Command(BaseCommand):
    help = (
        f"Enter sources from a CSV file with the columns {', '.join(COLUMNS)}; name and kind are needed, aliases "
        f"and domains are parted by “;”, an owner stands above what it owns or in the registry. "
        f"Kinds: {', '.join(SourceKind.values)}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--desk", required=True, help="slug of the desk that enters them")
        parser.add_argument("--by", required=True, help="user who enters them")
        parser.add_argument("--dry-run", action="store_true", help="say what would be entered, and enter nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        desk = Desk.objects.filter(slug=options["desk"]).first()
        by = get_user_model()._default_manager.filter(**by_username(options["by"])).first()
        if desk is None or by is None:
            raise CommandError("No such desk or user.")
        rows = list(table_rows(options["file"]))
        entered, refused = 0, 0
        with transaction.atomic():
            for line, row in rows:
                try:
                    with transaction.atomic():
                        enter(row, desk, by)
                    entered += 1
                except FactcheckError as refusal:
                    refused += 1
                    self.stderr.write(f"Line {line}, {row.get('name') or 'without a name'}: {refusal}")
            transaction.set_rollback(options["dry_run"])
        would = "would be" if options["dry_run"] else "are"
        self.stdout.write(f"{entered} of {len(rows)} sources {would} entered.")
        if refused:
            raise CommandError(f"{refused} of {len(rows)} rows {would} left out.")


def table_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table, each with its line in the file.

    Raises:
        CommandError: the file cannot be read, or has other columns.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise CommandError(f"{path} is larger than {MOST_BYTES:,} bytes.")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{path} is not UTF-8. Save it as CSV UTF-8.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
    head = text.partition("\n")[0]
    table = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True)
    try:
        names = [name.strip().casefold() for name in table.fieldnames or ()]
        table.fieldnames = names
        if missing := {"name", "kind"} - set(names):
            raise CommandError(f"The first line names no column “{min(missing)}”.")
        if unknown := set(names) - set(COLUMNS):
            raise CommandError(f"There is no column “{min(unknown)}”. Columns: {', '.join(COLUMNS)}.")
        for row in table:
            if None in row:
                raise CommandError(f"Line {table.line_num} has more fields than the first line.")
            yield table.line_num, {name: (value or "").strip() for name, value in row.items()}
    except csv.Error as error:
        raise CommandError(f"{path} is no CSV from line {table.line_num} on: {error}.") from None


def enter(row: dict[str, str], desk: Desk, by: Person) -> Source:
    """Enter one source.

    Raises:
        FactcheckError: as `record_source` does; Invalid too where the registry knows no such owner.
    """
    owner = Source.objects.named(row["owner"]) if row.get("owner") else None
    if row.get("owner") and owner is None:
        raise Invalid(f"The registry knows no “{row['owner']}”.", code="owner_unknown")
    return record_source(
        row["name"],
        row["kind"],
        desk=desk,
        by=by,
        country=row.get("country", ""),
        aliases=parted(row.get("aliases", "")),
        domains=parted(row.get("domains", "")),
        owner=owner,
    )


def parted(words: str) -> list[str]:
    return [word.strip() for word in words.split(";") if word.strip()]
