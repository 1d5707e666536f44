"""The gate is no oracle: what a person is told does not change with the content of texts under embargo that are hidden.

Two worlds differ in the words of one hidden text alone. The other desk asks everything it can ask in both.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from factcheck.models import Discrepancy, Measure, Notification
from factcheck.workflow.clearance import clearance
from factcheck.workflow.measures import set_general
from factcheck.workflow.metadata import update_metadata
from tests.api.conftest import Caller
from tests.factories import TopicFactory
from tests.marks import thorough
from tests.stories import Staff, do_jobs, file_text, settle

pytestmark = pytest.mark.django_db

OURS = "The council of Torvik said {} homes were flooded on Monday."
HIDDEN = [f"The fire brigade said {number} homes were flooded on Monday." for number in (40, 60, 40_000)]
HIDDEN += ["It rained in Velmora.", "Council of Torvik: 40 homes flooded, 12 people hurt, 3 dead on Monday."]
LISTS = [
    "claims",
    "documents",
    "discrepancies",
    "events",
    "evidence",
    "figures",
    "jobs",
    "judgements",
    "measures",
    "notifications",
    "publications",
    "reports",
    "sources",
    "topics",
    "verdicts",
    "verification-tasks",
]


class Undo(Exception):
    pass


def rows_of(answer: Any) -> list[Any]:
    """The rows of a list, in no order: which job was done first tells nothing."""
    return list(answer.get("results", [answer]))


def masked(row: Any) -> str:
    """A row without numbers of records, versions and times; what is counted and scored stays."""
    text = json.dumps(row, sort_keys=True)
    counted = re.findall(r'"(?:agreements|count|score)": ?[^,}]+', text)
    text = re.sub(r'"[a-z_]*(?:id|_at|sha256|version)": ?[^,}]+', "", text)
    return re.sub(r"\d+", "#", text) + str(counted)


def answers(asker: Staff, theirs: list[int]) -> dict[str, tuple[int, list[str]]]:
    """All that the people of one desk are told, without numbers of rows and times."""
    found = {}
    for role in ("editor", "desk_chief", "auditor"):
        caller = Caller(getattr(asker, role))
        paths = [f"{name}/" for name in LISTS] + ["measures/?search=homes", "figures/?ordering=-value"]
        for pk in theirs:
            paths += [f"documents/{pk}/{part}" for part in ("", "clearance/", "topic_suggestion/")]
        for measure in Measure.objects.visible_to(getattr(asker, role)).order_by("pk"):
            paths.append(f"measures/{measure.pk}/")
        for at, path in enumerate(paths):
            response = caller.get(path)
            found[f"{role} {at}"] = (response.status_code, sorted({masked(row) for row in rows_of(response.json())}))
    return found


def world(hidden: str, asker: Staff, owner: Staff, *, general: bool) -> dict[str, tuple[int, list[str]]]:
    try:
        with transaction.atomic():
            topic = TopicFactory(places=["Torvik"])
            embargo = {"embargo_until": timezone.now() + timedelta(days=2), "topic": topic}
            file_text(hidden, desk=owner.desk, by=owner.editor, title="Hidden", **embargo)
            own = [
                file_text(OURS.format(n), desk=asker.desk, by=asker.editor, topic=topic) for n in (38, 39, 40, 41, 60)
            ]
            own.append(file_text(OURS.format(40), desk=asker.desk, by=asker.editor, title="In no topic yet"))
            if general:
                set_general(own[0].figures.get().measure, True, by=asker.desk_chief)
            settle()
            told = answers(asker, [row.pk for row in own])
            raise Undo
    except Undo:
        return told


@pytest.mark.parametrize(
    "general",
    [pytest.param(False, id="in the topic"), pytest.param(True, id="compared everywhere", marks=thorough)],
)
def test_nothing_told_to_another_desk_changes_with_the_words_of_a_text_under_embargo(general):
    asker, owner = Staff(), Staff()
    first = world(HIDDEN[0], asker, owner, general=general)
    assert any(status == 200 and "homes" in str(rows) for status, rows in first.values())
    for hidden in HIDDEN[1:]:
        assert world(hidden, asker, owner, general=general) == first


def test_the_owning_desk_sees_the_difference_and_its_chief_is_told_that_another_desk_is_near(staff):
    other, topic = Staff(), TopicFactory()
    embargo = {"embargo_until": timezone.now() + timedelta(days=2), "topic": topic}
    hidden = file_text(HIDDEN[1], desk=staff.desk, by=staff.editor, **embargo)
    theirs = file_text(OURS.format(40), desk=other.desk, by=other.editor, topic=topic)
    do_jobs()
    told = Notification.objects.filter(kind="embargo_touched")
    assert [(row.recipient, row.record_id) for row in told] == [(staff.desk_chief, hidden.pk)]
    assert "40" not in told.get().text
    assert "discrepancy_open" in {row.code for row in clearance(hidden).blockers}
    assert "discrepancy_open" not in {row.code for row in clearance(theirs).blockers}
    assert not Discrepancy.objects.visible_to(other.desk_chief).exists()


def test_after_the_embargo_both_see_it(staff):
    other, topic = Staff(), TopicFactory()
    embargo = {"embargo_until": timezone.now() + timedelta(days=2), "topic": topic}
    hidden = file_text(HIDDEN[1], desk=staff.desk, by=staff.editor, **embargo)
    theirs = file_text(OURS.format(40), desk=other.desk, by=other.editor, topic=topic)
    update_metadata(hidden, by=staff.desk_chief, embargo_until=None)
    do_jobs()
    for document in (hidden, theirs):
        assert "discrepancy_open" in {row.code for row in clearance(document).blockers}


def test_the_number_of_agreements_is_not_told_where_a_figure_is_hidden():
    asker, owner, topic = Staff(), Staff(), TopicFactory()
    own = file_text(OURS.format(40), desk=asker.desk, by=asker.editor, topic=topic)
    measure = own.figures.get().measure
    assert Caller(asker.editor).get(f"measures/{measure.pk}/").json()["agreements"] == 0
    file_text(HIDDEN[0], desk=owner.desk, by=owner.editor, topic=topic)
    assert measure.figures.count() == 2
    assert Caller(asker.editor).get(f"measures/{measure.pk}/").json()["agreements"] is None
    assert Caller(asker.editor).get("measures/").json()["results"][0]["agreements"] is None
    assert Caller(asker.chief_editor).get(f"measures/{measure.pk}/").json()["agreements"] == 1


def test_a_topic_is_not_suggested_by_texts_one_may_not_see():
    asker, owner, topic = Staff(), Staff(), TopicFactory()
    file_text(OURS.format(40), desk=owner.desk, by=owner.editor, topic=topic)
    own = file_text(OURS.format(45), desk=asker.desk, by=asker.editor)
    assert Caller(asker.editor).get(f"documents/{own.pk}/topic_suggestion/").json()["topic"] is None
    assert Caller(asker.chief_editor).get(f"documents/{own.pk}/topic_suggestion/").json()["topic"]["slug"] == topic.slug
