"""Sources from a table: many organisations entered at once, each as a person would enter it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.management.tables import enter_rows, parted, table_rows
from factcheck.models import Desk, Source, SourceKind, by_username
from factcheck.workflow.sources import record_source

COLUMNS = ("name", "kind", "country", "aliases", "domains", "owner")
NEEDED = ("name", "kind")


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
        rows = list(table_rows(options["file"], COLUMNS, NEEDED))
        enter_rows(self, "sources", rows, lambda row: enter_source(row, desk, by), dry_run=options["dry_run"])


def enter_source(row: dict[str, str], desk: Desk, by: Person) -> Source:
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
