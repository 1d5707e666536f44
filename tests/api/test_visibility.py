"""What is told of wider work, and to whom: nothing of texts that one may not see, and the names of who wrote what."""

from datetime import datetime

import pytest

from factcheck.models import Document, Job
from tests import factories as f
from tests.stories import Staff, do_jobs, file_text

from .conftest import Caller

pytestmark = pytest.mark.django_db
FORTY = "The council of Torvik said 40 homes were flooded on Monday."
SIXTY = "The fire brigade of Torvik said 60 homes were flooded on Monday."


@pytest.fixture
def hidden(staff):
    """A text of another desk, which conflicts with one of this desk."""
    other, topic = Staff(), f.TopicFactory(slug="flood")
    file_text(FORTY, desk=staff.desk, by=staff.editor, topic=topic)
    return file_text(SIXTY, desk=other.desk, by=other.editor, topic=topic)


def test_measures_are_not_found_by_a_document_that_one_may_not_see(hidden, staff):
    mine = Document.objects.exclude(pk=hidden.pk).get()
    me = Caller(staff.editor)
    assert me.get(f"measures/?document={hidden.pk}").json()["results"] == []
    assert len(me.get(f"measures/?document={mine.pk}").json()["results"]) == 1


def test_the_counts_of_a_wider_cross_check_are_not_told(hidden, staff):
    me = Caller(staff.editor)
    body = {"scope": "topic", "topic": "flood", "desk": staff.desk.slug}
    job = me.post("crosschecks/", body).json()["job"]
    do_jobs()
    assert me.get(f"crosschecks/?job={job}").json()["results"][0]["found"] == {}
    assert me.get(f"jobs/{job}/").json()["result"] == {}
    assert (Job.objects.get(pk=job).state, Job.objects.get(pk=job).result != {}) == ("done", True)


def test_the_counts_of_a_cross_check_of_one_s_own_document_are_told(staff):
    topic = f.TopicFactory()
    for text in (FORTY, SIXTY):
        document = file_text(text, desk=staff.desk, by=staff.editor, topic=topic)
    me = Caller(staff.editor)
    job = me.post("crosschecks/", {"scope": "document", "document": document.pk}).json()["job"]
    do_jobs()
    assert me.get(f"crosschecks/?job={job}").json()["results"][0]["found"] == {"conflict": 1}
    assert me.get(f"jobs/{job}/").json()["result"] != {}


def test_a_service_account_says_who_wrote_and_who_changed_the_words(staff):
    service, path = Caller(staff.service), "documents/"
    body = {"desk": staff.desk.slug, "text": FORTY, "authors": [staff.checker.username]}
    filed = service.post(path, {**body, "source_app": "cms", "source_id": "1"}).json()["document"]
    assert filed["authors"] == [staff.checker.username]
    do_jobs()
    body = {"text": FORTY.replace("40", "45"), "editor": staff.reviewer.username}
    response = service.post(f"documents/{filed['id']}/revise/", body)
    assert response.status_code == 202, response.content
    do_jobs()
    claim = Document.objects.get().claims.anchored().get()
    assert claim.words_changed_by == staff.reviewer


@pytest.mark.parametrize(
    ("who", "status", "code"), [("editor", 403, "editor_not_yours"), ("service", 422, "does_not_exist")]
)
def test_nobody_else_files_for_another_and_nobody_for_a_stranger(who, status, code, staff):
    document = file_text(FORTY, desk=staff.desk, by=getattr(staff, who))
    named = staff.reviewer if who == "editor" else staff.outsider
    body = {"text": SIXTY, "editor": named.username}
    response = Caller(getattr(staff, who)).post(f"documents/{document.pk}/revise/", body)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (status, code)
    assert document.revisions.count() == 1


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("service", {"uncleared_reason": "breaking", "editor": "editor"}, 200, None),
        ("service", {"uncleared_reason": "breaking", "editor": "editor", "url": "https://a.example/"}, 200, None),
        ("service", {"uncleared_reason": "breaking", "editor": "editor", "url": "flood"}, 422, "invalid"),
        (
            "service",
            {"uncleared_reason": "breaking", "editor": "editor", "url": "ftp://a.example/"},
            422,
            "url_invalid",
        ),
        ("service", {"uncleared_reason": "breaking", "editor": None}, 403, "editor_missing"),
        ("service", {"uncleared_reason": "breaking"}, 403, "editor_missing"),
        ("service", {"uncleared_reason": "breaking", "editor": "checker"}, 403, "role_missing"),
        ("service", {"uncleared_reason": "breaking", "editor": "outsider"}, 422, "does_not_exist"),
        ("service", {"editor": "editor"}, 409, "not_cleared"),
        ("service", {}, 409, "not_cleared"),
        ("desk_chief", {"uncleared_reason": "breaking", "editor": "editor"}, 403, "editor_not_yours"),
    ],
)
def test_a_service_account_publishes_uncleared_in_the_name_of_an_editor_only(who, body, status, code, staff):
    story = file_text(FORTY, desk=staff.desk, by=staff.service, source_app="cms", source_id="1")
    body = {**body, "editor": getattr(staff, body["editor"]).username} if body.get("editor") else body
    response = Caller(getattr(staff, who)).post(f"documents/{story.pk}/publish/", body)
    assert response.status_code == status, response.content
    assert code is None or response.json()["errors"][0]["code"] == code
    assert [row.by for row in story.publications.all()] == ([staff.editor] if status == 200 else [])


def test_a_service_account_is_offered_to_publish_its_own_texts_alone(staff):
    service = Caller(staff.service)
    own = file_text(FORTY, desk=staff.desk, by=staff.service, source_app="cms", source_id="1")
    others = file_text(SIXTY, desk=staff.desk, by=staff.editor)
    offered = {row.pk: service.get(f"documents/{row.pk}/").json()["actions"] for row in (own, others)}
    assert ("publish" in offered[own.pk], "publish" in offered[others.pk]) == (True, False)
    refused = service.post(f"documents/{others.pk}/publish/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "not_its_own")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1399-12-31T23:59:59Z"])
def test_a_date_at_the_edge_of_the_calendar_is_refused(moment, staff):
    body = {"desk": staff.desk.slug, "text": FORTY, "published_at": moment}
    response = Caller(staff.editor).post("documents/", body)
    assert response.status_code == 422, response.content
    assert not Document.objects.exists()


def test_an_early_date_is_taken_and_shown(staff):
    body = {"desk": staff.desk.slug, "text": FORTY, "published_at": "1605-01-01T00:00:00Z"}
    shown = Caller(staff.editor).post("documents/", body).json()["document"]["published_at"]
    assert datetime.fromisoformat(shown).year == 1605


@pytest.mark.parametrize("zone", ["localtime", "Factory", "EST5EDT"])
def test_a_clock_of_no_place_is_refused(zone, staff):
    me = Caller(staff.editor)
    assert me.post("documents/", {"desk": staff.desk.slug, "text": FORTY, "zone": zone}).status_code == 422
    body = {"desk": staff.desk.slug, "kind": "desk_digest", "recipients": [staff.editor.username], "zone": zone}
    assert me.post("report-subscriptions/", body).json()["errors"][0]["code"] == "zone_unknown"
