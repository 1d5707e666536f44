"""The database itself refuses to change or delete history, decisions, texts and frozen reports.

Texts may be blanked (courts, privacy), never rewritten. The same guards stand on SQLite and PostgreSQL.
"""

from django.db import migrations

APPEND_ONLY = ("event", "verdict", "signoff", "waiver", "publication", "correction", "report")
UNCHANGED = {  # table: (columns that never change, text columns that may only be blanked)
    "revision": (
        ("document_id", "number", "text_sha256", "bytes_sha256", "snapshot_id", "created_by_id", "created_at"),
        ("text",),
    ),
    "snapshot": (("desk_id", "sha256", "size", "taken_at", "url", "filename"), ("text",)),
    "eventnote": (("event_id", "salt"), ("text",)),
}


def guards():
    """(name, table, moment, condition in SQL) of every guard; the condition is what is refused."""
    for table in APPEND_ONLY:
        yield f"{table}_no_update", table, "UPDATE", None
    for table in (*APPEND_ONLY, *UNCHANGED):
        yield f"{table}_no_delete", table, "DELETE", None
    for table, (columns, texts) in UNCHANGED.items():
        changed = [f"OLD.{name} {{differs}} NEW.{name}" for name in columns]
        rewritten = [f"(OLD.{name} {{differs}} NEW.{name} AND NEW.{name} <> '')" for name in texts]
        yield f"{table}_no_rewrite", table, "UPDATE", " OR ".join([*changed, *rewritten])
    yield "snapshot_no_new_bytes", "snapshot", "UPDATE", "OLD.warc {differs} NEW.warc AND length(NEW.warc) > 0"


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION factcheck_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'factcheck: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
            None,
        )
    create_for(schema_editor, guards())


def create_for(schema_editor, rows):
    vendor = schema_editor.connection.vendor
    for name, table, moment, condition in rows:
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        when = f"WHEN ({condition.format(differs=differs)}) " if condition else ""
        if vendor == "sqlite":
            body = f"BEGIN SELECT RAISE(ABORT, 'factcheck: {table} is append-only'); END"
            each = ""
        else:
            body = "EXECUTE FUNCTION factcheck_refuse()"
            each = "FOR EACH ROW "
        schema_editor.execute(
            f"CREATE TRIGGER factcheck_{name} BEFORE {moment} ON factcheck_{table} {each}{when}{body}", None
        )


def drop(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, _, _ in guards():
        on = "" if vendor == "sqlite" else f" ON factcheck_{table}"
        schema_editor.execute(f"DROP TRIGGER factcheck_{name}{on}", None)
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION factcheck_refuse()", None)


class Migration(migrations.Migration):
    dependencies = [("factcheck", "0001_records")]
    operations = [migrations.RunPython(create, drop)]
