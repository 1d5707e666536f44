"""History, decisions, texts and frozen reports: the database itself refuses to change or delete them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from factcheck import models
from factcheck.jobs.checkpoints import write_checkpoint
from factcheck.management.health_checks import run_check
from factcheck.reports.deliver import build_document_report
from factcheck.workflow.claims import accept_claim
from factcheck.workflow.publications import correct_document, publish_document, waive_document
from factcheck.workflow.verification import sign_off, submit_verdict
from tests.stories import Staff, bring_to, file_text, give_evidence

pytestmark = pytest.mark.django_db

# table: a column that nobody may change, by no means (or only to one thing: see BLANKED)
DECISIONS = {
    "Event": ("action", "forged"),
    "Verdict": ("label", "refuted"),
    "SignOff": ("origins", 9),
    "Waiver": ("reason", "forged"),
    "Publication": ("clear", False),
    "Correction": ("wording", "forged"),
    "Report": ("title", "forged"),
    "Checkpoint": ("count", 9),
    "Erasure": ("record", "forged"),
}
# table: what never changes, and the texts that may be blanked but not rewritten
TEXTS = {
    "Revision": (["number", "text_sha256", "bytes_sha256", "created_at"], "text"),
    "Snapshot": (["sha256", "size", "taken_at", "url", "filename"], "text"),
    "EventNote": (["salt"], "text"),
}
# table: what its words may become, and nothing else (courts, privacy); all other columns never change
BLANKED = {
    "Verdict": {"note": ""},
    "Waiver": {"reason": models.ERASED, "covers": []},
    "Publication": {"answer": {}},
    "Correction": {"wording": models.ERASED},
    "Report": {"title": models.ERASED, "data": {}},
}
GUARDED = [*DECISIONS, *TEXTS]
OF_THIS_DATABASE = {"sqlite": "no_replace", "postgresql": "no_truncate"}[connection.vendor]
TRIGGERS = {
    *(f"factcheck_{name.lower()}_{'no_rewrite' if name in BLANKED else 'no_update'}" for name in DECISIONS),
    *(f"factcheck_{name.lower()}_no_rewrite" for name in TEXTS),
    *(f"factcheck_{name.lower()}_{what}" for name in GUARDED for what in ("no_delete", OF_THIS_DATABASE)),
    "factcheck_snapshot_no_new_bytes",
}


@pytest.fixture(scope="module")
def everything(db_of_module) -> None:
    """A row in each guarded table, by the actions that write them; the same rows for all tests."""
    staff = Staff()
    story = file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)
    claim = story.claims.get()
    accept_claim(claim, by=staff.editor)
    waive_document(story, by=staff.desk_chief, note="breaking")
    give_evidence(bring_to(claim, "in_verification", staff), by=staff.checker, use="primary")
    submit_verdict(claim, "supported", by=staff.checker, note="The council confirmed it.")
    sign_off(claim, by=staff.reviewer)
    publish_document(story, by=staff.editor, uncleared_reason="breaking")
    correct_document(story, by=staff.editor, correction_class="update", wording="It was 45.")
    build_document_report(story, by=staff.editor)
    write_checkpoint(models.Event.objects.last().pk)
    models.Erasure.objects.create(event=models.Event.objects.last(), record="verdict", record_id=1)
    models.Snapshot.objects.create(
        desk=staff.desk, sha256="0" * 64, size=1, warc=b"", text="A page.", taken_at=timezone.now()
    )
    of_the_desk = {"kind": "overdue", "desk": staff.desk}
    weekly = models.ReportSubscription.objects.create(**of_the_desk, owner=staff.editor, looked_at=timezone.now())
    models.Report.objects.create(
        **of_the_desk,
        subscription=weekly,
        slot="2026-03-09T07:00",
        title="Overdue",
        data={"n": 1},
        built_at=timezone.now(),
    )


def refused(write) -> None:
    """The write is refused by the database, and says that the table is append-only."""
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        write()


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_is_deleted(name, everything):
    model = getattr(models, name)
    rows = model.objects.count()
    assert rows
    table = model._meta.db_table
    refused(lambda: model.objects.all()._raw_delete("default"))
    refused(lambda: execute(f"DELETE FROM {table}"))
    assert model.objects.count() == rows


def execute(sql: str, values: list | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("name", DECISIONS)
def test_no_decision_is_changed(name, everything):
    column, value = DECISIONS[name]
    model = getattr(models, name)
    row = model.objects.last()
    refused(lambda: model.objects.update(**{column: value}))
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: value}))
    refused(lambda: setattr(row, column, value) or row.save())
    refused(lambda: execute(f"UPDATE {model._meta.db_table} SET {column} = %s", [value]))
    if name not in BLANKED:
        refused(lambda: execute(f"UPDATE {model._meta.db_table} SET {column} = {column}"))


@pytest.mark.parametrize("name", BLANKED)
def test_no_column_of_a_decision_is_changed_but_its_words(name, everything):
    model = getattr(models, name)
    row = model.objects.last()
    for field in model._meta.concrete_fields:
        if field.name in BLANKED[name]:
            continue
        old = getattr(row, field.attname)
        new = {bool: lambda o: not o, int: lambda o: o + 1, str: lambda o: f"x{o[1:]}", type(None): lambda o: 1}.get(
            type(old), lambda o: o + timedelta(days=1)
        )(old)
        refused(lambda field=field, new=new: model.objects.filter(pk=row.pk).update(**{field.attname: new}))


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in BLANKED for column in BLANKED[name]])
def test_the_words_of_a_decision_may_be_blanked_and_never_rewritten(name, column, everything):
    model, blank = getattr(models, name), BLANKED[name][column]
    row = model.objects.exclude(**{column: blank}).first()
    old = getattr(row, column)
    forged = [{"code": "forged"}] if isinstance(old, list) else {"clear": True} if isinstance(old, dict) else "forged"
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: forged}))
    assert model.objects.filter(pk=row.pk).update(**{column: blank}) == 1
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: forged}))
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: old}))


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in TEXTS for column in TEXTS[name][0]])
def test_what_identifies_a_text_never_changes(name, column, everything):
    model = getattr(models, name)
    row = model.objects.exclude(**{TEXTS[name][1]: ""}).first()
    old = getattr(row, column)
    new = {int: lambda: old + 1, str: lambda: f"x{old[1:]}"}.get(type(old), lambda: old + timedelta(days=1))()
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: new}))


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_may_be_blanked_and_never_rewritten(name, everything):
    model, column = getattr(models, name), TEXTS[name][1]
    row = model.objects.exclude(**{column: ""}).first()
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: "forged"}))
    refused(lambda: execute(f"UPDATE {model._meta.db_table} SET {column} = 'forged' WHERE id = %s", [row.pk]))
    assert model.objects.filter(pk=row.pk).update(**{column: ""}) == 1
    refused(lambda: model.objects.filter(pk=row.pk).update(**{column: "written after all"}))


def test_the_bytes_of_a_snapshot_may_be_blanked_and_never_replaced(everything):
    row = models.Snapshot.objects.exclude(warc=b"").first()
    refused(lambda: models.Snapshot.objects.filter(pk=row.pk).update(warc=b"forged"))
    assert models.Snapshot.objects.filter(pk=row.pk).update(warc=b"") == 1


WAYS = {
    "UPDATE": "UPDATE {table} SET {column} = %s",
    "UPDATE FROM": "UPDATE {table} SET {column} = %s FROM (SELECT 1 AS one) AS other WHERE other.one = 1",
    "DELETE": "DELETE FROM {table}",
    "UPSERT": "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {there} "
    "ON CONFLICT ({key}) DO UPDATE SET {column} = %s",
}
WAYS_OF = {
    "sqlite": {
        "UPDATE OR REPLACE": "UPDATE OR REPLACE {table} SET {column} = %s",
        "REPLACE": "REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
        "INSERT OR REPLACE": "INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}",
    },
    "postgresql": {
        "TRUNCATE": "TRUNCATE {table} CASCADE",
        "TRUNCATE ONLY": "TRUNCATE ONLY {table} RESTART IDENTITY CASCADE",
        "MERGE UPDATE": "MERGE INTO {table} USING (SELECT 1 AS one) AS other ON one = 1 "
        "WHEN MATCHED THEN UPDATE SET {column} = %s",
        "MERGE DELETE": "MERGE INTO {table} USING (SELECT 1 AS one) AS other ON one = 1 WHEN MATCHED THEN DELETE",
        "DELETE RETURNING": "WITH gone AS (DELETE FROM {table} RETURNING id) SELECT count(*) FROM gone",
    },
}
WAYS |= WAYS_OF[connection.vendor]


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_writing_changes_a_table(way, name, everything):
    """Every guarded table by every way that its database has to change, replace or take away a row."""
    model = getattr(models, name)
    column, value = DECISIONS[name] if name in DECISIONS else (TEXTS[name][1], "forged")
    before = list(model.objects.order_by("pk").values())
    assert before
    execute("SET CONSTRAINTS ALL IMMEDIATE") if way.startswith("TRUNCATE") else None
    for key in unique_of(model) if "{key}" in WAYS[way] else [["id"]]:
        columns = ", ".join(name for name in columns_of(model) if name != "id" or key == ["id"])
        there = " AND ".join(f"{name} IS NOT NULL" for name in key)
        places = {"columns": columns, "key": ", ".join(key), "there": there}
        sql = WAYS[way].format(table=model._meta.db_table, column=column, **places)
        refused(lambda sql=sql: execute(sql, [value] if "%s" in sql else None))
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", GUARDED)
def test_no_way_of_the_orm_changes_a_table(name, everything):
    model = getattr(models, name)
    column, value = DECISIONS[name] if name in DECISIONS else (TEXTS[name][1], "forged")
    row = model.objects.exclude(**{column: value}).last()
    setattr(row, column, value)
    keys = {"update_conflicts": True, "update_fields": [column], "unique_fields": ["id"]}
    refused(lambda: model.objects.bulk_update([row], [column]))
    refused(lambda: model.objects.bulk_create([row], **keys))
    refused(lambda: model.objects.filter(pk=row.pk)._raw_delete("default"))
    assert getattr(model.objects.get(pk=row.pk), column) != value


def columns_of(model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def unique_of(model) -> list[list[str]]:
    """What no two rows of a table share, as the database knows it: the number of the row, and other keys."""
    with connection.cursor() as cursor:
        rules = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
    return [rule["columns"] for rule in rules if rule["unique"] or rule["primary_key"]]


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_is_put_in_the_place_of_another(name, everything):
    """SQLite would take the old row away without a word to the guards of deletion; PostgreSQL knows no such insert."""
    model = getattr(models, name)
    table, keys = model._meta.db_table, unique_of(model)
    assert ["id"] in keys
    before = list(model.objects.order_by("pk").values())
    for key in keys:
        columns = ", ".join(column for column in columns_of(model) if column != "id" or key == ["id"])
        there = " AND ".join(f"{column} IS NOT NULL" for column in key)
        assert rows_of(f"SELECT 1 FROM {table} WHERE {there}"), f"no row of {table} has the key {key}"
        again = f"INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE {there}"
        if connection.vendor == "sqlite":
            for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"):
                refused(lambda verb=verb, again=again: execute(f"{verb} {again}"))
        else:
            execute(f"INSERT {again} ON CONFLICT DO NOTHING")
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("name", GUARDED)
def test_no_insert_turns_into_a_change(name, everything):
    model = getattr(models, name)
    column, value = DECISIONS[name] if name in DECISIONS else (TEXTS[name][1], "forged")
    table, columns = model._meta.db_table, ", ".join(columns_of(model))
    copies = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE true"
    refused(lambda: execute(f"{copies} ON CONFLICT (id) DO UPDATE SET {column} = %s", [value]))


@pytest.mark.parametrize("name", GUARDED)
def test_no_row_gets_another_number(name, everything):
    table = getattr(models, name)._meta.db_table
    verbs = ["UPDATE", "UPDATE OR REPLACE"] if connection.vendor == "sqlite" else ["UPDATE"]
    for verb in verbs:
        refused(lambda verb=verb: execute(f"{verb} {table} SET id = id + 1"))


@pytest.mark.parametrize("name", GUARDED)
def test_no_table_is_emptied(name, everything):
    """PostgreSQL has a word for it that deletes no row by itself; with CASCADE also from a table that others point to."""
    model = getattr(models, name)
    if connection.vendor == "sqlite":
        refused(lambda: execute(f"DELETE FROM {model._meta.db_table}"))
    else:
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (model._meta.db_table, "factcheck_desk", "auth_user"):
            refused(lambda table=table: execute(f"TRUNCATE {table} CASCADE"))
    assert model.objects.exists()


@pytest.mark.parametrize("name", GUARDED)
def test_doctor_names_a_guard_that_is_missing(name, db):
    table = getattr(models, name)._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    assert run_check("guards") == (True, "the history is guarded")
    execute(f"DROP TRIGGER {table}_{OF_THIS_DATABASE}{on}")
    assert run_check("guards") == (False, f"append-only guards are missing: {table}_{OF_THIS_DATABASE}")


def rows_of(sql: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_guard_stands_after_all_migrations(db):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        standing = {name for (name,) in cursor.fetchall()}
    keeping = import_module("factcheck.migrations.0005_search_words").triggers(connection.vendor)
    assert {name for name in standing if name.startswith("factcheck_")} == TRIGGERS | keeping
    assert run_check("search") == (True, "the index of search is kept")
    with transaction.atomic(), connection.cursor() as cursor:
        on = " ON factcheck_revision" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER factcheck_revision_words_new{on}")
        assert run_check("search") == (
            False,
            "what keeps the index of search is missing: factcheck_revision_words_new",
        )
        transaction.set_rollback(True)
