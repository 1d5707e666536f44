"""The migrations are complete, named, and lead back as well as forth, on both databases."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from factcheck.management.health_checks import guarded_tables
from tests.live import LANES, ROOT, Site
from tests.marks import thorough


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_has_a_name_that_says_something():
    names = [path.stem for path in (ROOT / "factcheck" / "migrations").glob("0*.py")]
    assert names
    assert not [name for name in names if re.search(r"_auto_|_alter_.*_and_more|initial$", name)]


def test_an_empty_guarded_table_may_be_emptied_as_django_does_after_a_test_of_transactions(db):
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), sorted(guarded_tables()), allow_cascade=True):
            cursor.execute(statement)


@thorough
@pytest.mark.parametrize("lane", LANES)
def test_the_migrations_lead_back_and_forth(lane: str, tmp_path: Path):
    site = Site(lane, tmp_path)
    site.make_database()
    try:
        site.manage("migrate", "-v0")
        site.manage("migrate", "factcheck", "zero", "-v0")
        site.manage("migrate", "-v0")
    finally:
        site.__exit__()
