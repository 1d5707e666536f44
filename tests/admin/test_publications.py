"""The page of a publication: the reason it went out uncleared, and what blocked it."""

import pytest
from django.urls import reverse

from factcheck.models import Publication
from factcheck.workflow.history import erase_document
from factcheck.workflow.publications import publish_document
from tests.stories import clear_document, file_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def test_what_went_out_uncleared_says_why_and_what_was_in_the_way(client, document, people):
    publish_document(document, by=people.editor, uncleared_reason="The dam may break.")
    publication = Publication.objects.get()
    address = reverse("admin:factcheck_publication_change", args=[publication.pk])
    content = client.get(address).content.decode()
    assert "The dam may break." in content
    assert publication.answer["blockers"][0]["message"] in content.replace("&#x27;", "'")
    assert "revision 1" in content
    assert str(people.editor) in content
    assert "UTC" in content
    erase_document(document, by=people.desk_chief, note="A court said so.")
    content = client.get(address).content.decode()
    assert "The dam may break." not in content
    assert "the answer of the gate was erased" in content


def test_what_went_out_cleared_needs_no_reason(client, document, people):
    clear_document(document, people)
    publish_document(document, by=people.editor)
    content = client.get(reverse("admin:factcheck_publication_change", args=[Publication.objects.get().pk])).content
    assert b"cleared" in content
    assert b"why it went out uncleared" not in content.lower()
