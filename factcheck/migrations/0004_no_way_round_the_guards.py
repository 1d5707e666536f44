"""The ways round the guards of 0002 and 0003 are closed: rows put in the place of others, tables emptied at once.

SQLite's ``INSERT OR REPLACE`` takes the old row away without a word to the guards of deletion, unless a connection asks
for it, and a stranger's does not; so an insert is refused where its number or another key is taken. PostgreSQL's
``TRUNCATE`` deletes no row by itself and has a guard of its own; an empty table may be emptied, as Django does after a
test of transactions. A text, whose other columns may not change, keeps its number too.
"""

from importlib import import_module

from django.db import migrations

append_only = import_module("factcheck.migrations.0002_append_only")
every_face = import_module("factcheck.migrations.0003_every_face")
OTHER_KEYS = {  # table: what no two rows share beside their number
    "event": ("record", "record_id", "sequence"),
    "signoff": ("verdict_id",),
    "report": ("subscription_id", "slot"),
    "revision": ("document_id", "number"),
    "eventnote": ("event_id",),
}
REFUSE_UNLESS_EMPTY = """
CREATE FUNCTION factcheck_refuse_unless_empty() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE filled boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO filled;
    IF filled THEN
        RAISE EXCEPTION 'factcheck: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def tables():
    return (*append_only.APPEND_ONLY, *append_only.UNCHANGED)


def replacing_guards():
    """SQLite: no insert takes the number or another key of a row that is there."""
    for table in tables():
        keys = [("id",), *([OTHER_KEYS[table]] if table in OTHER_KEYS else [])]
        same = [" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys]
        taken = [f"EXISTS (SELECT 1 FROM factcheck_{table} WHERE {row})" for row in same]  # noqa: S608 - names of ours
        yield f"{table}_no_replace", table, "INSERT", " OR ".join(taken)


def emptying_guards():
    """PostgreSQL: no table is emptied at once, neither by itself nor with one that it points to."""
    for table in tables():
        yield f"{table}_no_truncate", table, "TRUNCATE", None


def number_guards():
    for table in append_only.UNCHANGED:
        yield f"{table}_no_new_id", table, "UPDATE", "OLD.id {differs} NEW.id"


def guards(vendor):
    """Every guard that stands after this migration, on SQLite or on PostgreSQL."""
    yield from every_face.guards()
    yield from number_guards()
    yield from replacing_guards() if vendor == "sqlite" else emptying_guards()


def create(apps, schema_editor):
    append_only.create_for(schema_editor, number_guards())
    if schema_editor.connection.vendor == "sqlite":
        append_only.create_for(schema_editor, replacing_guards())
        return
    schema_editor.execute(REFUSE_UNLESS_EMPTY, None)
    for name, table, *_ in emptying_guards():
        body = f"ON factcheck_{table} FOR EACH STATEMENT EXECUTE FUNCTION factcheck_refuse_unless_empty()"
        schema_editor.execute(f"CREATE TRIGGER factcheck_{name} BEFORE TRUNCATE {body}", None)


def drop(apps, schema_editor):
    every_face.drop(schema_editor, number_guards())
    if schema_editor.connection.vendor == "sqlite":
        every_face.drop(schema_editor, replacing_guards())
        return
    every_face.drop(schema_editor, emptying_guards())
    schema_editor.execute("DROP FUNCTION factcheck_refuse_unless_empty()", None)


class Migration(migrations.Migration):
    dependencies = [("factcheck", "0003_every_face")]
    operations = [migrations.RunPython(create, drop)]
