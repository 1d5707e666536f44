"""Figures in the admin: as written and as read, linked, dismissed one by one or many at once, pinned."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from factcheck.workflow.claims import dismiss_figure
from factcheck.workflow.clearance import clearance
from tests.admin.pages import page
from tests.factories import MeasureFactory
from tests.stories import bring_to, clear_document, do_jobs, file_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said. The bridge is 300 metres long."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


@pytest.fixture
def figure(document):
    return document.figures.get(surface__contains="1,200")


def do(client, user, figure, action, **data):
    client.force_login(user)
    figure.refresh_from_db()
    response = client.post(page(figure, action), {"version": figure.version, **data})
    figure.refresh_from_db()
    return response


def test_the_page_says_how_the_figure_was_read(client, people, figure):
    content = client.get(page(figure)).content.decode()
    assert '<mark class="fc-figure">1,200' in content
    for words in ("homes", "exact", "reported", "Larkmoor", "Tuesday", "Sarvenna"):
        assert words in content, words


def test_a_figure_is_dismissed_for_a_reason_and_taken_back(client, people, figure):
    assert do(client, people.editor, figure, "dismiss").status_code == 422
    assert do(client, people.editor, figure, "dismiss", reason="other").status_code == 422
    assert do(client, people.editor, figure, "dismiss", reason="background", note="Of 2019.").status_code == 302
    assert figure.state == "dismissed"
    assert "background: Of 2019." in client.get(page(figure)).content.decode()
    assert do(client, people.editor, figure, "reopen").status_code == 302
    assert figure.state == "found"


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor"])
def test_dismissing_is_for_editors(role, client, people, figure):
    response = do(client, getattr(people, role), figure, "dismiss", reason="idle")
    assert response.status_code == 403
    assert b"This needs the role editor or desk chief" in response.content
    assert figure.state == "found"


def test_an_author_does_not_dismiss_or_pin_their_own_figures(client, people, document, figure):
    document.authors.add(people.editor)
    for action, data in (("dismiss", {"reason": "idle"}), ("pin", {"measure": figure.measure_id})):
        response = do(client, people.editor, figure, action, **data)
        assert response.status_code == 403, action
        assert b"An author of the document may not decide this." in response.content


def test_a_figure_is_linked_to_a_claim_that_is_being_checked(client, people, document, figure):
    proposed = document.claims.get(text__contains="40 farms")
    assert do(client, people.checker, figure, "link", claim=proposed.pk).status_code == 422
    bring_to(proposed, "open", people)
    assert do(client, people.checker, figure, "link", claim=proposed.pk).status_code == 302
    assert (figure.state, figure.claim) == ("linked", proposed)


def test_a_figure_is_pinned_to_a_measure_of_its_own_dimension(client, people, document, figure):
    metres = document.figures.get(surface__contains="300")
    farms = document.figures.get(surface__contains="40").measure
    assert do(client, people.editor, figure, "pin", measure=metres.measure_id).status_code == 422
    assert do(client, people.editor, figure, "pin", measure=MeasureFactory().pk).status_code == 422, "of another topic"
    assert do(client, people.editor, figure, "pin", measure=farms.pk).status_code == 302
    assert (figure.measure, figure.pinned_by) == (farms, people.editor)


def test_an_act_on_an_older_version_is_refused(client, people, figure):
    client.force_login(people.editor)
    response = client.post(page(figure, "dismiss"), {"version": figure.version + 1, "reason": "idle"})
    assert response.status_code == 409
    figure.refresh_from_db()
    assert figure.state == "found"


def test_many_are_dismissed_with_one_reason(client, people, document):
    rows = [f"{row.pk}.{row.version}" for row in document.figures.all()]
    address, data = (
        reverse("admin:factcheck_figure_changelist"),
        {"action": "dismiss", "_selected_action": rows, "index": 0},
    )
    client.force_login(people.editor)
    assert client.post(address, data).status_code == 200, "it asks why"
    assert client.post(address, {**data, "confirmed": 1}).status_code == 422
    client.post(address, {**data, "confirmed": 1, "reason": "not checkable"})
    assert set(document.figures.values_list("state", flat=True)) == {"dismissed"}


def test_the_list_is_searched(client, people, figure):
    response = client.get(reverse("admin:factcheck_figure_changelist"), {"q": "homes"})
    assert [row.pk for row in response.context["cl"].result_list] == [figure.pk]


# A figure that the machine misread


def reading(figure, **said):
    """The form as the page shows it, with what a person changes in it."""
    return {
        "number": "1200",
        "unit": figure.unit,
        "hedge": figure.hedge,
        "modality": figure.modality,
        "counted": figure.counted,
        **said,
    }


def test_the_form_shows_what_is_read_and_what_is_changed_in_it_is_so(client, people, figure):
    content = client.get(page(figure, "correct_reading")).content.decode()
    assert 'value="1200"' in content
    assert "things counted" in content
    said = reading(
        figure, number="1,210 to 1,300", says=figure.attribution.party, place=figure.place, note="as printed"
    )
    assert do(client, people.checker, figure, "correct_reading", **said).status_code == 302
    assert (figure.value, figure.low, figure.high) == (None, 1210, 1300)
    assert set(figure.machine_reading) == {"value", "low", "high"}
    content = client.get(page(figure)).content.decode()
    assert "reading corrected by" in content.lower()
    assert "value 1200" in content


@pytest.mark.parametrize("number", ["forty", "", "NaN", "9 to 2", "1200"])
def test_a_number_that_is_none_is_refused_in_the_form_with_what_was_typed(number, client, people, figure):
    said = reading(figure, number=number, note="as printed", says=figure.attribution.party, place=figure.place)
    response = do(client, people.checker, figure, "correct_reading", **said)
    assert response.status_code == 422
    assert figure.machine_reading == {}


# A figure that keeps its document from going out


@pytest.fixture
def toll(people):
    """The running toll of a cleared story of five days ago: out of date."""
    old = timezone.now() - timedelta(days=5)
    text = "At least 12 people have died in the floods of Velmora."
    story = file_text(text, desk=people.desk, by=people.editor, published_at=old)
    return clear_document(story, people).figures.get()


def test_the_page_of_a_figure_that_is_out_of_date_offers_what_opens_the_gate(client, people, toll):
    client.force_login(people.reviewer)
    page_html = client.get(page(toll))
    assert "keeps its document from going out" in page_html.content.decode()
    offered = {button.name: button.label for button in page_html.context["buttons"]}
    assert offered == {"confirm_as_of": "It holds today", "state_as_of": "Say of which day"}
    assert do(client, people.reviewer, toll, "confirm_as_of").status_code == 302
    do_jobs()
    toll.document.refresh_from_db()
    assert clearance(toll.document).clear
    content = client.get(page(toll)).content.decode()
    assert "keeps its document from going out" not in content
    assert "said by a person" in content


def test_the_day_is_asked_for_and_a_bad_one_is_refused_beside_it(client, people, toll):
    for bad in ("", "soon", "2999-01-01"):
        assert do(client, people.reviewer, toll, "state_as_of", day=bad).status_code == 422
    day = timezone.now().date() - timedelta(days=6)
    assert do(client, people.reviewer, toll, "state_as_of", day=day.isoformat()).status_code == 302
    assert toll.as_of_start.date() == day


def test_an_editor_is_told_who_can_help_and_what_dismissing_costs(client, people, toll):
    page_html = client.get(page(toll))
    assert "someone who may sign off its claim" in page_html.content.decode()
    assert "confirm_as_of" not in {button.name for button in page_html.context["buttons"]}
    form = client.get(page(toll, "dismiss")).content.decode()
    assert "Dismissing it voids that sign-off" in form


def test_dismissing_a_figure_of_an_open_claim_warns_of_nothing(client, people, figure):
    assert "voids" not in client.get(page(figure, "dismiss")).content.decode()


def test_linking_and_taking_back_say_what_they_void_before_they_do(client, people, figure):
    story = clear_document(figure.document, people)
    claim, figure = story.claims.first(), story.figures.filter(state="linked").first()
    claim = figure.claim
    dismiss_figure(figure, by=people.editor, note="idle")
    clear_document(story, people)
    claim.refresh_from_db()
    assert claim.state == "signed_off"
    client.force_login(people.editor)
    offered = {button.name: button.opens_form for button in client.get(page(figure)).context["buttons"]}
    assert offered["reopen"], "it asks first"
    assert "Taking it back voids that sign-off" in client.get(page(figure, "reopen")).content.decode()
    assert "voids that sign-off" in client.get(page(figure, "link")).content.decode()
