"""The desk's home: the next thing of each role on top, true counts, and no more queries for more stories."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck.actors import Machine
from factcheck.workflow.claims import accept_claim
from factcheck.workflow.clearance import note_clearance
from factcheck.workflow.verification import assign_claim
from tests.admin.pages import html_of
from tests.stories import clear_document, file_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def home(client, user=None):
    if user is not None:
        client.force_login(user)
    return client.get(reverse("admin:factcheck_dashboard"))


def test_an_editor_goes_on_with_the_story_that_is_not_clear(client, document):
    response = home(client)
    assert response.context["next"].words == "Go on with “The flood”"
    row = response.context["stories"][0]
    assert (row.light, row.proposed, row.figures.accounted, row.figures.total) == ("shut", 2, 0, 2)
    assert "0 of 2 figures, 2 to decide" in html_of(response)


def test_a_figure_is_accounted_for_once_its_claim_is_accepted(client, document, people):
    accept_claim(document.claims.get(text__contains="1,200"), by=people.editor)
    row = home(client).context["stories"][0]
    assert (row.open, row.proposed, row.figures.in_work, row.figures.to_decide) == (1, 1, 1, 1)
    assert row.left == "1 proposal to decide · 1 claim open · 1 figure to decide"


def test_a_checkers_next_thing_is_their_own_claim(client, document, people):
    claim = document.claims.get(text__contains="1,200")
    accept_claim(claim, by=people.editor)
    assign_claim(claim, people.checker, by=people.editor)
    response = home(client, people.checker)
    assert response.context["next"].words.startswith("Check “The ministry of Sarvenna said")
    assert response.context["navigation"].mine == 1
    assert response.context["stories"][0].people == [str(people.checker)]


def test_a_clear_story_waits_to_be_published(client, document, people):
    clear_document(document, people)
    note_clearance(document.pk, by=Machine("recheck"))
    response = home(client, people.editor)
    assert response.context["stories"][0].light == "clear"
    assert response.context["next"].words == "Publish “The flood”"


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor"])
def test_an_empty_desk_says_what_will_stand_there(client, people, role):
    response = home(client, getattr(people, role))
    assert response.context["next"] is None
    assert "Nothing waits for you." in html_of(response)


def test_more_stories_cost_no_more_queries(client, people):
    counts = []
    for number in range(3):
        file_text(
            TEXT.replace("1,200", f"{number + 1},300"), desk=people.desk, by=people.editor, title=f"Flood {number}"
        )
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert home(client).status_code == 200
        counts.append(len(caught))
    assert counts[1] == counts[2], counts
