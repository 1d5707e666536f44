"""The migrations are complete, named, and lead back as well as forth, on both databases."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.live import LANES, ROOT, Site
from tests.marks import thorough


def test_no_migration_is_missing(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_migration_has_a_name_that_says_something():
    names = [path.stem for path in (ROOT / "factcheck" / "migrations").glob("0*.py")]
    assert names
    assert not [name for name in names if re.search(r"_auto_|_alter_.*_and_more|initial$", name)]


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
