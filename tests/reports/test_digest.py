"""The digest of a desk with more on its hands than anybody reads: the newest and gravest are listed, all is counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.reports.builders import digest
from factcheck.reports.builders.digest import build_digest
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(staff):
    made = [
        f.DocumentFactory(
            desk=staff.desk, kind="story", state="in_check", clear=number % 2 == 0, title=f"Story {number}"
        )
        for number in range(7)
    ]
    for story in made:
        f.RevisionFactory(document=story, text="Nothing was counted.")
    return made


def test_a_short_list_is_whole(staff, stories):
    report = build_digest(staff.desk)
    assert [part.title for part in report.documents] == [f"Story {number}" for number in range(7)]
    assert report.counts["in check"] == 7
    assert not [name for name in report.counts if "not listed" in name]


def test_of_a_long_list_the_newest_are_asked_anew_and_the_others_counted_as_the_gate_last_answered(
    staff, stories, monkeypatch
):
    monkeypatch.setattr(digest, "MOST_TOLD", 3)
    report = build_digest(staff.desk)
    assert [part.title for part in report.documents] == ["Story 4", "Story 5", "Story 6"]
    assert report.counts["in check"] == 7
    assert report.counts["older texts, not listed"] == 4
    anew = sum(part.clear for part in report.documents)
    assert report.counts["clear"] == anew + 2, "stories 0 and 2 were clear"


def test_the_queries_do_not_grow_with_what_is_not_listed(staff, stories, monkeypatch):
    monkeypatch.setattr(digest, "MOST_TOLD", 1)
    with CaptureQueriesContext(connection) as few:
        build_digest(staff.desk)
    for number in range(20):
        f.DocumentFactory(desk=staff.desk, kind="story", state="in_check", clear=True, title=f"Older {number}")
    f.RevisionFactory(document=f.DocumentFactory(desk=staff.desk, kind="story", state="in_check"), text="Nothing.")
    with CaptureQueriesContext(connection) as many:
        report = build_digest(staff.desk)
    assert report.counts["older texts, not listed"] == 27
    assert len(many) == len(few)
