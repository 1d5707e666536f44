"""On PostgreSQL no list, filter or search for work needs to go through a whole table of an archive."""

from __future__ import annotations

import re
import sys

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factcheck.actors import Machine
from factcheck.jobs.leases import claim_job
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import Document, Measure, Topic
from factcheck.workflow.carriers import keep_measures
from factcheck.workflow.comparisons import compare_measures
from factcheck.workflow.crosschecks import measures_of, open_crosscheck, request_crosscheck
from factcheck.workflow.findings import store_comparisons
from tests.live import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans otherwise, and tells less of it"),
]
FIGURES = 5_000
WHOLE = re.compile(r"Seq Scan on factcheck_(figure|claim|anchor|carrier|discrepancyside)\b")


@pytest.fixture
def archive():
    sys.path.insert(0, str(ROOT / "bench"))
    from crosscheck import fill

    fill(FIGURES, seed=1)
    measures = list(Measure.objects.order_by("pk")[:50])
    keep_measures([row.pk for row in measures])
    store_comparisons(list(zip(measures, compare_measures(measures), strict=True)), by=Machine("crosscheck"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")  # an archive of this size would still fit its memory


def whole_tables(ask) -> list[str]:
    """The queries of an action that read a whole table of the archive, with the line of the plan that says so."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found = []
    for query in asked.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"))
                lines = [line for (line,) in cursor.fetchall() if WHOLE.search(line)]
            found += [f"{line.strip()}: {query['sql'][:200]}" for line in lines]
    return found


LISTS = [
    "documents/",
    "claims/",
    "claims/?state=proposed",
    "figures/",
    "figures/?measure=1",
    "measures/",
    "discrepancies/",
    "discrepancies/?state=open",
    "jobs/",
    "crosschecks/",
    "measures/1/",
]


def test_no_list_has_to_read_a_whole_table_and_no_search_for_work_does(archive, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"), "django.contrib.auth.backends.ModelBackend")
    found = {}
    for path in LISTS:
        if whole := whole_tables(lambda path=path: client.get(f"/factcheck/api/v1/{path}")):
            found[path] = whole
    document = Document.objects.order_by("pk")[7]
    request_crosscheck("document", by=Machine("read_document"), document=document)
    if whole := whole_tables(lambda: claim_job("work")):
        found["claiming a job"] = whole
    enqueue_crosscheck("measure", Measure.objects.get(pk=1))
    lease = claim_job("work")
    assert lease
    run = open_crosscheck(lease.job)
    if whole := whole_tables(lambda: measures_of(run)):
        found["measures of a run"] = whole
    assert Topic.objects.exists()
    assert sorted(found) == [], found
