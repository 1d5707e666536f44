"""The two roles of docs/operations.md: the app's own does all its work, and may neither alter the history nor unguard it."""

from __future__ import annotations

import re

import pytest
from django.db import DatabaseError, connection, transaction

from factcheck.jobs.checkpoints import write_checkpoint
from factcheck.management.health_checks import guarded_tables, run_check
from factcheck.models import Event
from factcheck.reports.deliver import altered_reports, build_desk_report
from factcheck.workflow.history_checks import verify_history
from tests.commands.tampering import build_site
from tests.live import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
]
FORBIDDEN = [
    "UPDATE factcheck_event SET action = 'forged'",
    "UPDATE factcheck_verdict SET label = 'refuted'",
    "UPDATE factcheck_signoff SET origins = 9",
    "UPDATE factcheck_checkpoint SET count = 9",
    "UPDATE factcheck_revision SET text_sha256 = ''",
    "DELETE FROM factcheck_event",
    "DELETE FROM factcheck_eventnote",
    "TRUNCATE factcheck_event CASCADE",
    "INSERT INTO factcheck_erasure SELECT * FROM factcheck_erasure ON CONFLICT (id) DO UPDATE SET record = 'x'",
    "DROP TRIGGER factcheck_event_no_update ON factcheck_event",
    "ALTER TABLE factcheck_event DISABLE TRIGGER ALL",
    "ALTER TABLE factcheck_event ADD COLUMN forged int",
    "CREATE OR REPLACE FUNCTION factcheck_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "DROP TABLE factcheck_checkpoint",
    "SET session_replication_role = replica",
    "ALTER TABLE factcheck_event OWNER TO desk_app",
]


def documented_statements() -> list[str]:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", page, re.DOTALL)
    return [statement for statement in block.split(";") if statement.strip()]


@pytest.fixture
def as_the_app(staff):
    """The connection goes on under the app's role, made as the documentation says."""
    with connection.cursor() as cursor:
        for statement in documented_statements():
            cursor.execute(statement)
        cursor.execute("SET LOCAL ROLE desk_app")
    yield staff
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_the_documentation_names_every_guarded_table():
    page = " ".join(documented_statements())
    (revoked,) = re.findall(r"REVOKE UPDATE, DELETE ON (.*?) FROM desk_app", page, re.DOTALL)
    assert set(re.split(r",\s+", revoked)) == guarded_tables()


def test_the_app_does_all_its_work_under_its_own_role(as_the_app):
    build_site(as_the_app)
    assert write_checkpoint(Event.objects.last().pk)
    build_desk_report(as_the_app.desk, "overdue", by=as_the_app.desk_chief)
    assert [*verify_history(), *altered_reports()] == []


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_role_of_the_app_may_not(statement, as_the_app):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_doctor_says_when_the_app_runs_as_owner(db):
    good, sentence = run_check("owner")
    assert (good, "as the owner of its tables" in sentence) == (False, True)


def test_doctor_is_content_with_the_role_of_the_app(as_the_app):
    assert run_check("owner") == (True, "the app's role may not change what is append-only")


def test_doctor_names_a_table_that_the_role_may_change(staff):
    with connection.cursor() as cursor:
        for statement in [*documented_statements(), "GRANT DELETE ON factcheck_waiver TO desk_app"]:
            cursor.execute(statement)
        cursor.execute("SET LOCAL ROLE desk_app")
        finding = run_check("owner")
        cursor.execute("RESET ROLE")
    assert finding == (False, "the app's role may change what is append-only: factcheck_waiver")
