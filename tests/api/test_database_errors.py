"""A database that is taken for the moment is no fault of the program: 503, with the time to wait."""

import sqlite3

import pytest
from django.db import OperationalError, connection
from psycopg import errors as postgres

from factcheck.database_errors import is_lock_conflict
from factcheck.models import Event
from tests import factories as f

pytestmark = pytest.mark.django_db


def locked(tmp_path):
    """What SQLite says when another process is writing."""
    path = tmp_path / "held.sqlite3"
    with sqlite3.connect(path, isolation_level=None) as holder, sqlite3.connect(path, timeout=0) as waiting:
        holder.execute("CREATE TABLE t (x)")
        holder.execute("BEGIN IMMEDIATE")
        try:
            waiting.execute("INSERT INTO t VALUES (1)")
        except sqlite3.OperationalError as error:
            return error
    raise AssertionError("nobody was locked out")


def missing_table(tmp_path):
    try:
        sqlite3.connect(":memory:").execute("SELECT * FROM locked")
    except sqlite3.OperationalError as error:
        return error
    raise AssertionError("there is such a table")


def as_django_says_it(cause):
    try:
        raise OperationalError(str(cause)) from cause
    except OperationalError as error:
        return error


BUSY = {
    "sqlite locked": locked,
    "deadlock": lambda _: postgres.DeadlockDetected("deadlock detected"),
    "serialization": lambda _: postgres.SerializationFailure("could not serialize access"),
    "lock not available": lambda _: postgres.LockNotAvailable("canceling statement due to lock timeout"),
}
BROKEN = {
    "no such table": missing_table,
    "disk full": lambda _: postgres.DiskFull("could not extend file"),
}


@pytest.mark.parametrize("name", BUSY)
def test_writers_in_each_other_s_way_are_told_to_come_again(name, tmp_path, api, desk):
    claim = f.ClaimFactory(document__desk=desk)
    error = as_django_says_it(BUSY[name](tmp_path))

    def held(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "factcheck_claim" in sql:
            raise error
        return execute(sql, params, many, context)

    api.editor.client.raise_request_exception = False
    with connection.execute_wrapper(held):
        response = api.editor.post(f"claims/{claim.pk}/accept/")
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["type"] == "server_error"
    assert [(row["code"], row["attr"]) for row in response.json()["errors"]] == [("busy", None)]
    assert not Event.objects.of(claim).exists()
    assert api.editor.post(f"claims/{claim.pk}/accept/").status_code == 200


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_database_is_not_called_busy(name, tmp_path):
    assert not is_lock_conflict(as_django_says_it(BROKEN[name](tmp_path)))
