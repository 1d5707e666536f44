"""Judgements over the API: given on a figure or a discrepancy, listed, confirmed by a second person, taken back."""

from __future__ import annotations

import pytest

from factcheck.models import Discrepancy, Judgement
from tests.factories import TopicFactory
from tests.stories import do_jobs, file_text

pytestmark = pytest.mark.django_db

EARLY = "The death toll of the Velmora flood stood at 12 on Tuesday, the council of Torvik said."
LATE = "The death toll of the Velmora flood stood at 19 on Tuesday, the fire brigade said."


@pytest.fixture
def pair(people, desk):
    """Two tolls in conflict; the desk chief wrote the second text."""
    topic = TopicFactory()
    first = file_text(EARLY, desk=desk, by=people["editor"], topic=topic)
    second = file_text(LATE, desk=desk, by=people["editor"], topic=topic, authors=(people["desk_chief"],))
    return first.figures.get(), second.figures.get()


def test_two_figures_are_held_apart_and_the_dispute_closes(pair, api):
    response = api.editor.post(f"figures/{pair[0].pk}/judge/", {"other": pair[1].pk, "same": False, "note": "two"})
    assert response.status_code == 200, response.content
    do_jobs()
    assert Discrepancy.objects.get().state == "closed"
    (row,) = api.auditor.get("judgements/").json()["results"]
    assert (row["same"], row["state"], row["by"], row["a_words"], row["note"]) == (
        False,
        "active",
        "editor",
        "12 toll",
        "two",
    )


def test_a_discrepancy_is_judged_by_its_figures(pair, api):
    row = Discrepancy.objects.get()
    shown = api.checker.get(f"discrepancies/{row.pk}/").json()
    assert shown["why_one"].startswith("Held to be of one measure")
    assert 0 < shown["score"] <= 1
    assert api.checker.post(f"discrepancies/{row.pk}/judge/", {"same": False}).status_code == 403
    assert api.editor.post(f"discrepancies/{row.pk}/judge/", {"same": False}).status_code == 200
    do_jobs()
    row.refresh_from_db()
    assert row.state == "closed"


def test_an_author_proposes_and_somebody_else_confirms(pair, api):
    path = f"figures/{pair[0].pk}/judge/"
    assert api.desk_chief.post(path, {"other": pair[1].pk, "same": False}).status_code == 200
    made = Judgement.objects.get()
    assert api.desk_chief.post(f"judgements/{made.pk}/confirm/").status_code == 403
    response = api.editor.post(f"judgements/{made.pk}/confirm/")
    assert (response.json()["state"], response.json()["confirmed_by"]) == ("active", "editor")
    assert api.editor.post(f"judgements/{made.pk}/confirm/").status_code == 409
    assert api.editor.post(f"judgements/{made.pk}/withdraw/").status_code == 422
    gone = api.editor.post(f"judgements/{made.pk}/withdraw/", {"note": "a slip"})
    assert gone.json()["state"] == "withdrawn"


def test_what_contradicts_a_judgement_is_refused_with_who_said_it(pair, api):
    path = f"figures/{pair[0].pk}/judge/"
    api.editor.post(path, {"other": pair[1].pk, "same": False})
    response = api.chief_editor.post(path, {"other": pair[1].pk, "same": True})
    assert response.status_code == 422
    assert "editor said on" in response.json()["errors"][0]["detail"]


def test_who_sees_no_figure_of_it_sees_no_judgement(pair, api):
    api.editor.post(f"figures/{pair[0].pk}/judge/", {"other": pair[1].pk, "same": True})
    made = Judgement.objects.get()
    assert api.stranger.get("judgements/").json()["results"] == []
    assert api.stranger.get(f"judgements/{made.pk}/").status_code == 404
    assert api.stranger.post(f"figures/{pair[0].pk}/judge/", {"other": pair[1].pk, "same": True}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"same": True}, {"other": 0, "same": True}, {"other": "x", "same": "perhaps"}])
def test_what_is_no_judgement_is_refused(body, pair, api):
    assert api.editor.post(f"figures/{pair[0].pk}/judge/", body).status_code == 422
    assert not Judgement.objects.exists()


def test_a_measure_is_told_by_its_name_and_never_by_a_key(pair, api):
    (row,) = api.auditor.get("measures/").json()["results"]
    assert (row["name"], "key" in row) == ("toll", False)
