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
WHOLE = re.compile(r"Seq Scan on factcheck_(figure|claim|anchor|carrier|discrepancyside|job|event|documentwords)\b")


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


API, ADMIN = "/factcheck/api/v1/", "/admin/factcheck/"
LISTS = [
    f"{API}documents/",
    f"{API}documents/?search=report+7",
    f"{API}documents/?search=3,000",
    f"{API}documents/?ordering=title",
    f"{API}documents/?ordering=-created_at",
    f"{API}documents/?desk=desk-0&state=in_check&kind=story",
    f"{API}claims/",
    f"{API}claims/?state=proposed",
    f"{API}claims/?document=1",
    f"{API}claims/?assignee=me",
    f"{API}claims/?search=district+42",
    f"{API}claims/?ordering=checkworthiness",
    f"{API}claims/?ordering=-checkworthiness",
    f"{API}figures/",
    f"{API}figures/?measure=1",
    f"{API}figures/?document=1",
    f"{API}measures/",
    f"{API}measures/?document=1",
    f"{API}measures/1/",
    f"{API}discrepancies/",
    f"{API}discrepancies/?state=open",
    f"{API}disputes/",
    f"{API}verification-tasks/",
    f"{API}events/?desk=desk-0",
    f"{API}publications/",
    f"{API}evidence/",
    f"{API}jobs/",
    f"{API}crosschecks/",
    f"{ADMIN}document/",
    f"{ADMIN}document/?q=report+7",
    f"{ADMIN}claim/",
    f"{ADMIN}claim/?state__exact=open",
    f"{ADMIN}claim/?q=district+42",
    f"{ADMIN}claim/?work=mine",
    f"{ADMIN}figure/",
    f"{ADMIN}figure/?state__exact=found",
    f"{ADMIN}discrepancy/",
    f"{ADMIN}document/desk/",
    f"{ADMIN}document/20/change/",
]


def test_no_list_has_to_read_a_whole_table_and_no_search_for_work_does(archive, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(get_user_model().objects.get(username="editor"), "django.contrib.auth.backends.ModelBackend")
    found = {}
    for path in LISTS:
        answers = []
        if whole := whole_tables(lambda path=path, answers=answers: answers.append(client.get(path).status_code)):
            found[path] = whole
        assert answers == [200], path
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
