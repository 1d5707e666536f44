"""The key of a job names its record, and is read back by the module that made it."""

import doctest

import pytest

from factcheck.jobs import keys
from factcheck.models import Desk, Document, Job, Measure

pytestmark = pytest.mark.django_db


def test_what_the_examples_say_holds():
    result = doctest.testmod(keys)
    assert result.attempted
    assert not result.failed


def test_the_number_of_a_record_is_read_back_from_its_key_and_from_no_other_kind():
    made = [keys.job_key(Document(pk=12), 7), keys.crosscheck_key("measure", Measure(pk=3), desk=Desk(pk=1))]
    assert (keys.records_in(Document, made), keys.records_in(Measure, made)) == ({12}, {3})


def test_jobs_about_a_document_are_not_those_of_one_whose_number_begins_alike():
    for key in ("document:1", "document:1:7", "document:12", "document:12:7"):
        Job.objects.create(name="read_document", key=key, run_at="2026-01-01T00:00Z")
    found = Job.objects.filter(keys.jobs_about(Document(pk=1))).order_by("pk").values_list("key", flat=True)
    assert list(found) == ["document:1", "document:1:7"]
