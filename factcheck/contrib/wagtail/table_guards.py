"""A guard in the database: the flag of a page that was filed turns to live only after the gate has let words out.

When the flag turns back, what was let out is let out no longer, and the gate is asked anew. It holds against what
passes the ORM by, such as ``Page.objects.update`` and SQL. It is written anew after each ``migrate``, since SQLite
loses it when a migration of Wagtail makes the table of pages anew.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

GUARD = "factcheck_wagtail_guard"
PAGES = "wagtailcore_page"
FILED = "factcheck_wagtail_filedpage"
SAID = "This page is not cleared: it goes live by save() and publish(), which ask the gate."
WITHHELD = f"SELECT 1 FROM {FILED} WHERE page_id = NEW.id AND live_sha256 = ''"  # noqa: S608 - names of tables of ours
WITHDRAW = f"UPDATE {FILED} SET live_sha256 = '' WHERE page_id = NEW.id;"  # noqa: S608
ON_SQLITE = (
    f"DROP TRIGGER IF EXISTS {GUARD}",
    f"DROP TRIGGER IF EXISTS {GUARD}_off",
    f"CREATE TRIGGER {GUARD}_off AFTER UPDATE OF live ON {PAGES} WHEN OLD.live AND NOT NEW.live BEGIN {WITHDRAW} END",
    f"CREATE TRIGGER {GUARD} BEFORE UPDATE OF live ON {PAGES} WHEN NEW.live AND NOT OLD.live AND EXISTS ({WITHHELD}) "
    f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
)
ON_POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.live AND NOT OLD.live AND EXISTS ({WITHHELD}) THEN
            RAISE EXCEPTION USING MESSAGE = '{SAID}', ERRCODE = 'check_violation';
        END IF;
        IF OLD.live AND NOT NEW.live THEN
            {WITHDRAW}
        END IF;
        RETURN NEW;
    END $$
    """,
    f"DROP TRIGGER IF EXISTS {GUARD} ON {PAGES}",
    f"CREATE TRIGGER {GUARD} BEFORE UPDATE OF live ON {PAGES} FOR EACH ROW EXECUTE FUNCTION {GUARD}()",
)
STATEMENTS = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}


def write_guard(using: str, **_: Any) -> None:
    """Put the guard of one database in place, where the tables are there."""
    link: BaseDatabaseWrapper = connections[using]
    if {PAGES, FILED} <= set(link.introspection.table_names()):
        with link.cursor() as cursor:
            for statement in STATEMENTS.get(link.vendor, ()):
                cursor.execute(statement)
