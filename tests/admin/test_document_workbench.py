"""The workbench of a document: long texts in parts, long lists cut, the most serious discrepancy first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck.admin import document_workbench
from factcheck.admin.kit import highlighting
from tests.admin.pages import html_of, page
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
    assert [row.number for row in first.context["claims"]] == [1]
    second = client.get(page(document) + "?part=2")
    assert [row.claim.text for row in second.context["claims"]] == [TEXT[half:]]
    assert [row.number for row in second.context["claims"]] == [2]
    parts = [part for row in second.context["article"] for span in row.spans for part in span.parts]
    assert "".join(part.text for part in parts) == TEXT[half:]
    assert [part.text for part in parts if part.figure] == ["40"]
    assert f'data-fc-start="{half}"' in second.content.decode()


@pytest.mark.parametrize("part", ["0", "-1", "x", "9" * 30, "²", ""])
def test_a_part_there_is_none_of_is_the_nearest(part, client, document):
    assert client.get(page(document), {"part": part}).context["part"] == 1


def test_a_long_list_is_cut_with_a_way_to_the_rest(client, document, monkeypatch):
    monkeypatch.setattr(document_workbench, "MAX_CLAIMS", 1)
    monkeypatch.setattr(document_workbench, "MAX_BLOCKERS", 1)
    page_html = client.get(page(document))
    claims, blockers = document.claims.count(), page_html.context["blocker_count"]
    assert len(page_html.context["claims"]) == len(page_html.context["clearance"].blockers) == 1
    assert blockers > 1
    content = page_html.content.decode()
    assert f"And {claims - 1} more claims." in content
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


FRAGMENT = {"HTTP_X_FACTCHECK_FRAGMENT": "1"}
QUIET = " The river is long. It rose by a little in 1904, people say. The old mill stood here once, they think."


def parts(document):
    return reverse("admin:factcheck_document_parts", args=[document.pk])


def test_an_act_in_place_is_the_same_act_behind_the_same_permission(client, document, people):
    claim = document.claims.get(text__contains="1,200")
    done = client.post(page(claim, "accept"), {"version": claim.version}, **FRAGMENT)
    assert done.json() == {"message": "The claim is accepted."}
    again = client.post(page(claim, "accept"), {"version": claim.version}, **FRAGMENT)
    assert again.status_code == 409
    assert "This has changed since you opened it." in again.content.decode()
    client.force_login(people.auditor)
    refused = client.post(page(claim, "dismiss"), {"version": claim.version, "note": "idle"}, **FRAGMENT)
    assert refused.status_code == 403
    assert "This needs the role" in refused.content.decode()


def test_a_form_is_sent_alone_and_comes_back_with_what_is_wrong(client, document):
    claim = document.claims.get(text__contains="1,200")
    form = client.get(page(claim, "dismiss"), **FRAGMENT).content.decode()
    assert form.startswith("<h2>Dismiss</h2>")
    wrong = client.post(page(claim, "dismiss"), {"version": claim.version, "note": ""}, **FRAGMENT)
    assert wrong.status_code == 422
    assert "Please look at what is marked below." in wrong.content.decode()


def test_a_look_costs_nothing_where_nothing_changed_and_little_where_something_did(
    client, document, people, django_assert_max_num_queries
):
    first = client.get(parts(document))
    assert first["ETag"]
    assert first["ETag"].strip('"') in client.get(page(document)).content.decode()
    with django_assert_max_num_queries(14):
        same = client.get(parts(document), HTTP_IF_NONE_MATCH=first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    claim = document.claims.get(text__contains="1,200")
    client.post(page(claim, "accept"), {"version": claim.version})
    changed = client.get(parts(document), HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200
    assert "1 of 2 figures accounted for" in html_of(changed)


def test_states_are_told_in_words_and_signs_too(client, document, people):
    claim = document.claims.get(text__contains="1,200")
    client.post(page(claim, "accept"), {"version": claim.version})
    content = html_of(client.get(page(document)))
    assert (
        '1<span class="fc-hidden">, accepted</span><span class="fc-sign fc-accepted" aria-hidden="true">○</span>'
        in content
    )
    assert '1,200<span class="fc-hidden" data-fc-skip> (accounted for)</span>' in content


def test_what_is_in_the_way_is_named_by_its_act(client, document, people):
    assert [(row.title, row.verb) for row in client.get(page(document)).context["steps"]] == [
        ("Decide 2 proposals", "Next")
    ]
    for claim in document.claims.all():
        client.post(page(claim, "accept"), {"version": claim.version})
    (step,) = client.get(page(document)).context["steps"][:1]
    assert (step.title, step.verb, len(step.claims)) == ("Assign claims 1 and 2", "Assign", 2)


def test_quiet_proposals_are_not_marked_and_are_dismissed_together_with_their_figures_named(client, people):
    story = file_text(TEXT + QUIET, desk=people.desk, by=people.editor, title="The mill")
    quiet = [row for row in client.get(page(story)).context["claims"] if row.quiet]
    assert quiet, "the text holds proposals below the threshold"
    form = html_of(client.get(page(story, "dismiss_quiet"), **FRAGMENT))
    assert f"{len(quiet)} proposals are dismissed" in form
    done = client.post(page(story, "dismiss_quiet"), {"note": "below the threshold"}, **FRAGMENT)
    assert done.status_code == 200
    left = client.get(page(story)).context
    assert not left["quiet"]
    assert len(left["claims"]) == story.claims.exclude(state="dismissed").count() > 0


def test_a_selection_is_marked_by_its_place_in_the_text_one_read(client, document):
    start = TEXT.index("cut off")
    data = {"start": start, "end": start + len("cut off, the mayor"), "revision": 1, "claim_type": "event"}
    assert client.post(page(document, "add_claim"), data, **FRAGMENT).status_code == 200
    assert document.claims.filter(text="cut off, the mayor", state="open").exists()
    stale = client.post(page(document, "add_claim"), data | {"revision": 7}, **FRAGMENT)
    assert "The text has changed under the selection" in stale.content.decode()


def test_the_card_of_a_figure_names_its_measure_in_words(client, document):
    figure = document.figures.get(surface="1,200")
    card = html_of(client.get(reverse("admin:factcheck_figure_card", args=[figure.pk])))
    assert "<dt>Who says it</dt><dd>ministry of Sarvenna</dd>" in card.replace("The ministry", "ministry")
    assert "|" not in str(figure.measure)
    figure.measure = None
    figure.save()
    card = html_of(client.get(reverse("admin:factcheck_figure_card", args=[figure.pk])))
    assert "<dt>Measure</dt><dd>not grouped yet</dd>" in card


def test_a_text_without_a_title_is_called_by_its_first_line(people):
    untitled = file_text(TEXT, desk=people.desk, by=people.editor, title="")
    assert str(untitled) == TEXT.splitlines()[0]


def test_more_claims_cost_no_more_queries(client, people):
    counts = []
    for number in (1, 4):
        text = "\n\n".join(
            f"The ministry said on Tuesday that {n}00 homes were flooded in Larkmoor." for n in range(1, number + 1)
        )
        story = file_text(text, desk=people.desk, by=people.editor, title=f"{number} claims")
        client.get(page(story))
        with CaptureQueriesContext(connection) as asked:
            client.get(page(story))
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
