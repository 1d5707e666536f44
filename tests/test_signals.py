"""What a host listens to: told after the action, and no receiver can spoil the action or another receiver."""

from __future__ import annotations

import logging

import pytest
from django.db import transaction

from factcheck import signals
from factcheck.workflow.publications import publish_document
from tests.stories import committed, file_text

pytestmark = pytest.mark.django_db
STORY = "The council of Torvik said 40 homes were flooded on Monday."


def falls_over(**_):
    raise RuntimeError("the host's own fault")


def test_a_receiver_that_fails_hinders_neither_the_act_nor_the_other_receivers(staff, caplog):
    story = file_text(STORY, desk=staff.desk, by=staff.editor)
    heard = []

    def hears(publication, **_):
        heard.append(publication.document)

    signals.document_published.connect(falls_over)
    signals.document_published.connect(hears)
    try:
        with caplog.at_level(logging.ERROR), committed():
            publish_document(story, by=staff.editor, uncleared_reason="breaking")
    finally:
        signals.document_published.disconnect(falls_over)
        signals.document_published.disconnect(hears)
    story.refresh_from_db()
    assert (story.state, heard) == ("published", [story])
    assert "falls_over" in caplog.text
    assert "the host's own fault" in caplog.text


def test_an_act_that_is_taken_back_is_told_to_nobody(staff):
    story = file_text(STORY, desk=staff.desk, by=staff.editor)
    heard = []

    def hears(**_):
        heard.append(1)

    signals.document_published.connect(hears)
    try:
        with committed(), pytest.raises(ZeroDivisionError), transaction.atomic():
            publish_document(story, by=staff.editor, uncleared_reason="breaking")
            raise ZeroDivisionError
    finally:
        signals.document_published.disconnect(hears)
    assert heard == []
