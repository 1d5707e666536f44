"""The workbench of a document: long texts in parts, long lists cut, the most serious discrepancy first."""

import pytest
from django.urls import reverse

from factcheck.admin import document_workbench
from factcheck.admin.kit import highlighting
from tests.admin.pages import page
from tests.factories import DiscrepancyFactory, FigureFactory, carry
from tests.stories import file_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def test_a_long_text_is_shown_in_parts_with_their_claims(client, document, monkeypatch):
    half = TEXT.index("About")
    for module in (highlighting, document_workbench):
        monkeypatch.setattr(module, "MAX_CHARACTERS", half)
    first = client.get(page(document))
    assert first.context["parts"] == 2
    assert "?part=2" in first.content.decode()
    assert [claim.number for claim in first.context["claims"]] == [1]
    second = client.get(page(document) + "?part=2")
    assert [claim.text for claim in second.context["claims"]] == [TEXT[half:]]
    assert [claim.number for claim in second.context["claims"]] == [2]
    page_html = [part for stretch in second.context["spans"] for part in stretch.parts]
    assert "".join(part.text for part in page_html) == TEXT[half:]
    assert [part.text for part in page_html if part.figure] == ["40"]
    assert f'data-fc-offset="{half}"' in second.content.decode()


@pytest.mark.parametrize("part", ["0", "-1", "x", "9" * 30, "²", ""])
def test_a_part_there_is_none_of_is_the_nearest(part, client, document):
    assert client.get(page(document), {"part": part}).context["part"] == 1


def test_a_long_list_is_cut_with_a_way_to_the_rest(client, document, monkeypatch):
    monkeypatch.setattr(document_workbench, "MAX_CLAIMS", 1)
    monkeypatch.setattr(document_workbench, "MAX_BLOCKERS", 1)
    page_html = client.get(page(document))
    claims, blockers = document.claims.count(), page_html.context["blocker_count"]
    assert len(page_html.context["claims"]) == len(page_html.context["blockers"]) == 1
    assert blockers > 1
    content = page_html.content.decode()
    assert f"And {claims - 1} more." in content
    assert f"And {blockers - 1} more." in content
    assert f"{reverse('admin:factcheck_claim_changelist')}?document={document.pk}" in content


def test_the_gravest_open_discrepancy_stands_first_and_a_slip_with_the_conflict_it_belongs_to(client, document):
    figure = document.figures.first()
    for kind, state in (
        ("superseded", "open"),
        ("not_comparable", "open"),
        ("magnitude_slip", "open"),
        ("conflict", "open"),
    ):
        row = DiscrepancyFactory(kind=kind, state=state, measure=figure.measure)
        carry(row, a=figure, b=FigureFactory(document=document, measure=figure.measure))
    page_html = [(row.leading.kind, row.more) for row in client.get(page(document)).context["discrepancies"]]
    assert page_html == [("conflict", 2), ("superseded", 0), ("not_comparable", 0)]


def test_a_proposed_claim_shows_its_figures_before_it_is_accepted(client, document, people):
    file_text(TEXT.replace("1,200", "1,900"), desk=people.desk, by=people.editor, title="Another", topic=document.topic)
    claim = document.claims.get(text__contains="1,200")
    assert claim.figures.count() == 0
    page_html = client.get(reverse("admin:factcheck_claim_change", args=[claim.pk]))
    assert [row.figure.surface for row in page_html.context["rows"]] == ["1,200"]
    content = page_html.content.decode()
    assert "What others say" in content
    assert '<details class="fc-add-form">' in content, "nobody gives evidence before it is a claim"
