"""The database itself refuses to change or delete history, decisions, texts and frozen reports.

The words in them may be blanked (courts, privacy), never rewritten. The same guards stand on SQLite and PostgreSQL, and
each database has its own way round them closed: SQLite's ``INSERT OR REPLACE`` takes the old row away without a word to
the guards of deletion, unless a connection asks for it, so an insert is refused where its number or another key is
taken; PostgreSQL's ``TRUNCATE`` deletes no row by itself and has a guard of its own. An empty table may be emptied, as
Django does after a test of transactions.
"""

from django.db import migrations

ERASED = "'The text was erased.'"

GUARDED = {
    # table: (columns that never change, {text column: the one thing in SQL that it may become})
    "event": None,  # nothing of it ever changes
    "signoff": None,
    "verdict": (("claim_id", "label", "revision_id", "by_id", "at"), {"note": "''"}),
    "waiver": (("claim_id", "revision_id", "expires_at", "by_id", "at"), {"reason": ERASED, "covers": "'[]'"}),
    "publication": (
        ("document_id", "revision_id", "clear", "by_id", "at"),
        {"title": "''", "byline": "''", "answer": "'{{}}'"},
    ),
    "correction": (("publication_id", "claim_id", "correction_class", "by_id", "at"), {"wording": ERASED}),
    "report": (
        ("kind", "desk_id", "document_id", "subscription_id", "slot", "sha256", "built_at", "created_by_id"),
        {"title": ERASED, "data": "'{{}}'"},
    ),
    "revision": (
        (
            "document_id",
            "number",
            "text_sha256",
            "words_sha256",
            "bytes_sha256",
            "snapshot_id",
            "created_by_id",
            "created_at",
        ),
        {"text": "''"},
    ),
    "snapshot": (("desk_id", "sha256", "size", "taken_at", "url", "filename"), {"text": "''"}),
    "eventnote": (("event_id", "salt"), {"text": "''"}),
}
OTHER_KEYS = {  # table: what no two rows share beside their number
    "event": ("record", "record_id", "sequence"),
    "signoff": ("verdict_id", "by_id"),
    "report": ("subscription_id", "slot"),
    "revision": ("document_id", "number"),
    "eventnote": ("event_id",),
}
REFUSE = """
CREATE FUNCTION factcheck_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'factcheck: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
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


def guards(vendor):
    """Every guard of a database."""
    yield from guards_of(GUARDED, OTHER_KEYS, vendor)
    yield "snapshot_no_new_bytes", "snapshot", "UPDATE", "OLD.warc {differs} NEW.warc AND length(NEW.warc) > 0"


def guards_of(guarded, other_keys, vendor):
    """(name, table, moment, condition in SQL) of the guards of tables; the condition is what is refused."""
    for table, allowed in guarded.items():
        yield f"{table}_no_delete", table, "DELETE", None
        if allowed is None:
            yield f"{table}_no_update", table, "UPDATE", None
        else:
            yield f"{table}_no_rewrite", table, "UPDATE", rewritten(*allowed)
        if vendor == "sqlite":
            yield f"{table}_no_replace", table, "INSERT", replaced(table, other_keys)
        else:
            yield f"{table}_no_truncate", table, "TRUNCATE", None


def rewritten(columns, words):
    changed = [f"OLD.{name} {{differs}} NEW.{name}" for name in ("id", *columns)]
    other = [f"(OLD.{name} {{differs}} NEW.{name} AND NEW.{name} {{differs}} {blank})" for name, blank in words.items()]
    return " OR ".join([*changed, *other])


def replaced(table, other_keys):
    keys = [("id",), *([other_keys[table]] if table in other_keys else [])]
    same = [" AND ".join(f"{name} = NEW.{name}" for name in key) for key in keys]
    return " OR ".join(f"EXISTS (SELECT 1 FROM factcheck_{table} WHERE {row})" for row in same)  # noqa: S608 - our names


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(REFUSE, None)
        schema_editor.execute(REFUSE_UNLESS_EMPTY, None)
    create_guards(schema_editor, guards(vendor))


def create_guards(schema_editor, wanted):
    vendor = schema_editor.connection.vendor
    for name, table, moment, condition in wanted:
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        when = f"WHEN ({condition.format(differs=differs)}) " if condition else ""
        if vendor == "sqlite":
            then = f"{when}BEGIN SELECT RAISE(ABORT, 'factcheck: {table} is append-only'); END"
        elif moment == "TRUNCATE":
            then = "FOR EACH STATEMENT EXECUTE FUNCTION factcheck_refuse_unless_empty()"
        else:
            then = f"FOR EACH ROW {when}EXECUTE FUNCTION factcheck_refuse()"
        schema_editor.execute(f"CREATE TRIGGER factcheck_{name} BEFORE {moment} ON factcheck_{table} {then}", None)


def drop_guards(schema_editor, wanted):
    vendor = schema_editor.connection.vendor
    for name, table, *_ in wanted:
        on = "" if vendor == "sqlite" else f" ON factcheck_{table}"
        schema_editor.execute(f"DROP TRIGGER factcheck_{name}{on}", None)


def drop(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    drop_guards(schema_editor, guards(vendor))
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION factcheck_refuse()", None)
        schema_editor.execute("DROP FUNCTION factcheck_refuse_unless_empty()", None)


class Migration(migrations.Migration):
    dependencies = [("factcheck", "0001_records")]
    operations = [migrations.RunPython(create, drop)]
