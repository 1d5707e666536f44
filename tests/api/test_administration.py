"""Desks, their people and policies, the registry and the topics: arranged through the API by who may, and seen by who may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.models import Desk, Event, Policy, Source, Topic
from factcheck.workflow.sources import record_source
from tests import factories as f
from tests.stories import file_text

pytestmark = pytest.mark.django_db
HOMES = "The council of Torvik said 40 homes were flooded on Monday."


def actions_of(caller, record, pk):
    response = caller.get(f"events/?record={record}&record_id={pk}")
    return (
        [row["action"] for row in response.json()["results"]] if response.status_code == 200 else response.status_code
    )


def code_of(response):
    return response.status_code, response.json()["errors"][0]["code"]


# People


def test_a_chief_adds_a_member_and_takes_the_role_away_again(api, desk):
    newcomer = f.UserFactory(username="newcomer")
    response = api.desk_chief.post("memberships/", {"desk": "metro", "user": "newcomer", "role": "checker"})
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["user"], made["desk"], made["role"], made["actions"]) == ("newcomer", "metro", "checker", ["remove"])
    response = api.desk_chief.post(f"memberships/{made['id']}/remove/")
    assert (response.status_code, response.content) == (204, b"")
    assert not Desk.objects.visible_to(newcomer).exists()
    assert api.desk_chief.get(f"memberships/{made['id']}/").status_code == 404
    assert Event.objects.filter(record="membership", record_id=made["id"]).count() == 2


def test_memberships_are_not_deleted_nor_changed(api, people):
    path = f"memberships/{people['editor'].factcheck_memberships.get().pk}/"
    assert api.desk_chief.client.delete(f"/factcheck/api/v1/{path}").status_code == 405
    assert api.desk_chief.patch(path, {"role": "reviewer"}).status_code == 405


@pytest.mark.parametrize("who", ["editor", "checker", "reviewer", "auditor", "service"])
def test_only_a_chief_arranges(api, people, desk, who):
    caller, member = getattr(api, who), people["auditor"].factcheck_memberships.get()
    response = caller.post("memberships/", {"desk": "metro", "user": who, "role": "desk_chief"})
    assert code_of(response) == (403, "role_missing")
    assert code_of(caller.post(f"memberships/{member.pk}/remove/")) == (403, "role_missing")
    assert code_of(caller.put(f"desks/{desk.pk}/policy/", {})) == (403, "role_missing")


def test_the_chief_of_another_desk_sees_and_arranges_nothing(api, people, desk):
    member = people["auditor"].factcheck_memberships.get()
    assert [row["user"] for row in api.stranger.get("memberships/").json()["results"]] == ["stranger"]
    assert api.stranger.get(f"memberships/{member.pk}/").status_code == 404
    assert api.stranger.post(f"memberships/{member.pk}/remove/").status_code == 404
    assert api.stranger.get(f"desks/{desk.pk}/policy/").status_code == 404
    assert api.stranger.put(f"desks/{desk.pk}/policy/", {}).status_code == 404
    response = api.stranger.post("memberships/", {"desk": "metro", "user": "stranger", "role": "editor"})
    assert code_of(response) == (422, "does_not_exist")


def test_accounts_are_told_by_name_to_who_arranges_a_desk_only(api, people):
    f.UserFactory(username="known", is_active=False)
    for name in ("known", "unknown"):
        response = api.desk_chief.post("memberships/", {"desk": "metro", "user": name, "role": "editor"})
        assert code_of(response) == (422, "does_not_exist")
    bodies = [
        api.editor.post("memberships/", {"desk": "none", "user": name, "role": "editor"}).json() for name in people
    ]
    assert all(body == bodies[0] for body in bodies)


def test_the_last_chief_and_the_chief_editor_stay(api, people):
    last = people["desk_chief"].factcheck_memberships.get()
    assert code_of(api.desk_chief.post(f"memberships/{last.pk}/remove/")) == (409, "last_chief")
    chief = people["chief_editor"].factcheck_memberships.get()
    assert code_of(api.chief_editor.post(f"memberships/{chief.pk}/remove/")) == (422, "role_of_all_desks")
    response = api.chief_editor.post("memberships/", {"desk": "metro", "user": "editor", "role": "chief_editor"})
    assert code_of(response) == (422, "invalid_choice")


@pytest.mark.parametrize("noun", ["memberships/?desk=metro", "desks/"])
def test_these_lists_cost_the_same_for_few_and_for_many(api, desk, noun):
    def price():
        with CaptureQueriesContext(connection) as seen:
            assert api.chief_editor.get(noun).status_code == 200
        return len(seen)

    api.chief_editor.get(noun)
    first = price()
    for _ in range(3):
        f.MembershipFactory(desk=desk)
        f.DeskFactory()
    assert price() == first


def test_a_chief_editor_founds_a_desk(api):
    assert code_of(api.desk_chief.post("desks/", {"slug": "sports", "name": "Sports"})) == (403, "role_missing")
    response = api.chief_editor.post("desks/", {"slug": "sports", "name": "Sports"})
    assert (response.status_code, response.json()["roles"]) == (201, ["chief_editor"])
    assert code_of(api.chief_editor.post("desks/", {"slug": "sports", "name": "Sports"})) == (422, "desk_known")


# Policies

POLICY = {
    "eyes": "two",
    "assess": "second",
    "threshold": 0.4,
    "minimum_origins": 3,
    "reliability_floor": "B",
    "conflict_score": 0.6,
    "differs_score": None,
}


def test_a_policy_is_seen_by_the_desk_and_set_by_its_chief(api, desk):
    path = f"desks/{desk.pk}/policy/"
    seen = api.auditor.get(path)
    assert (seen.status_code, seen.json()["eyes"], Policy.objects.count()) == (200, "three", 0)
    response = api.desk_chief.put(path, POLICY, version=None, **{"If-Match": seen["ETag"]})
    assert response.status_code == 200, response.content
    assert response.json() == {"desk": "metro", **POLICY, "version": 2}
    assert api.auditor.get(path)["ETag"] == response["ETag"]
    assert code_of(api.desk_chief.put(path, POLICY, version=None, **{"If-Match": seen["ETag"]})) == (
        412,
        "stale_revision",
    )
    assert code_of(api.desk_chief.put(path, POLICY, version=None)) == (428, "if_match_required")
    rows = api.desk_chief.get(f"events/?record=policy&record_id={Policy.objects.get().pk}").json()["results"]
    assert [row["action"] for row in rows] == ["set"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 2},
        {"threshold": "NaN"},
        {"eyes": "one"},
        {"minimum_origins": 0},
        {"reliability_floor": "Z"},
        {"x": 1},
    ],
)
def test_a_policy_that_cannot_be_is_refused(api, desk, wrong):
    response = api.desk_chief.put(f"desks/{desk.pk}/policy/", {**POLICY, **wrong})
    assert response.status_code == 422, response.content
    assert not Policy.objects.exists()


def test_a_policy_is_said_as_a_whole(api, desk):
    response = api.desk_chief.put(f"desks/{desk.pk}/policy/", {"eyes": "two"})
    assert {row["attr"] for row in response.json()["errors"]} == {"threshold", "minimum_origins", "reliability_floor"}


def test_the_history_of_a_role_that_was_taken_away_is_the_desk_s(api, desk, people):
    pk = people["checker"].factcheck_memberships.get().pk
    assert api.desk_chief.post(f"memberships/{pk}/remove/").status_code == 204
    assert actions_of(api.auditor, "membership", pk) == ["remove"]
    assert actions_of(api.stranger, "membership", pk) == 404
    assert actions_of(api.auditor, "membership", 10**9) == 404


# Sources and topics


def test_who_was_entrusted_with_a_name_is_told_to_no_other_desk(api, desk, people):
    source = record_source("Jon Vale", "eyewitness", desk=desk, by=people["checker"], confidential=True)
    path = f"sources/{source.pk}/"
    assert api.desk_chief.post(f"{path}grant_access/", {"people_with_access": ["editor"]}).status_code == 200
    assert api.editor.post(f"{path}open_name/").json() == {"name": "Jon Vale"}
    assert actions_of(api.desk_chief, "source", source.pk) == ["record", "grant_access", "open_name"]
    assert actions_of(api.stranger, "source", source.pk) == ["record"]
    assert code_of(api.stranger.patch(path, {"country": "RU"})) == (403, "role_missing")
    assert code_of(api.chief_editor.post(f"{path}grant_access/", {"people_with_access": ["chief_editor"]})) == (
        403,
        "role_missing",
    )


@pytest.fixture
def mail(desk, people):
    return record_source("The Torvik Mail", "media", desk=desk, by=people["checker"])


def test_a_source_is_changed_on_the_version_that_was_seen(api, mail):
    path = f"sources/{mail.pk}/"
    seen = api.checker.get(path)
    assert (seen.json()["version"], seen.json()["actions"]) == (1, ["change"])
    assert code_of(api.checker.patch(path, {"country": "NO"}, version=None)) == (428, "if_match_required")
    response = api.checker.patch(
        path, {"country": "NO", "aliases": ["Mail"]}, version=None, **{"If-Match": seen["ETag"]}
    )
    assert response.status_code == 200, response.content
    assert (response.json()["country"], response.json()["version"]) == ("NO", 2)
    assert set(response.json()["aliases"]) == {"The Torvik Mail", "Mail"}
    assert code_of(api.checker.patch(path, {"country": "SE"}, version=None, **{"If-Match": seen["ETag"]})) == (
        412,
        "stale_revision",
    )
    assert code_of(api.checker.patch(path, {})) == (422, "nothing_to_change")
    assert code_of(api.checker.patch(path, {"reliability": "A"})) == (422, "unknown_field")
    assert code_of(api.auditor.patch(path, {"country": "SE"})) == (403, "role_missing")
    assert Source.objects.get(pk=mail.pk).country == "NO"


def test_a_source_is_graded_by_an_editor(api, mail):
    path, body = f"sources/{mail.pk}/grade/", {"reliability": "B", "reason": "Corrects its errors."}
    assert code_of(api.checker.post(path, body)) == (403, "role_missing")
    response = api.editor.post(path, body, version=1)
    assert (response.status_code, response.json()["reliability"]) == (200, "B")
    assert code_of(api.editor.post(path, body, version=1)) == (412, "stale_revision")
    assert code_of(api.editor.post(path, {"reliability": "B"})) == (422, "required")


def test_a_confidential_name_is_told_where_it_is_opened_and_nowhere_else(api, desk, people):
    source = record_source("Jon Vale", "eyewitness", desk=desk, by=people["checker"], confidential=True)
    path = f"sources/{source.pk}/"
    assert code_of(api.editor.post(f"{path}open_name/")) == (403, "name_encrypted")
    assert code_of(api.chief_editor.post(f"{path}open_name/")) == (403, "name_encrypted")
    assert api.desk_chief.get(path).json()["actions"] == ["change", "grade", "grant_access", "open_name"]
    entrusted = api.desk_chief.post(f"{path}grant_access/", {"people_with_access": ["editor"]}, version=1)
    assert entrusted.status_code == 200, entrusted.content
    opened = api.editor.post(f"{path}open_name/")
    assert (opened.status_code, opened.json(), opened["Cache-Control"]) == (200, {"name": "Jon Vale"}, "no-store")
    kept = api.editor.post(f"{path}open_name/", **{"Idempotency-Key": "once"})
    assert code_of(kept) == (422, "idempotency_key_refused")
    for caller in (api.desk_chief, api.editor, api.auditor):
        for where in (path, "sources/", f"events/?record=source&record_id={source.pk}"):
            assert "Vale" not in caller.get(where).content.decode()


def test_a_topic_is_changed_on_the_version_that_was_seen(api):
    topic = f.TopicFactory(title="Flood")
    path = f"topics/{topic.pk}/"
    assert code_of(api.editor.patch(path, {"title": "Fire"}, version=None)) == (428, "if_match_required")
    response = api.editor.patch(path, {"places": ["Torvik"], "starts_on": "2026-03-01"}, version=1)
    assert (response.status_code, response.json()["places"], response.json()["version"]) == (200, ["Torvik"], 2)
    assert code_of(api.editor.patch(path, {"title": "Fire"}, version=1)) == (412, "stale_revision")
    assert code_of(api.editor.patch(path, {"ends_on": "2026-02-01"})) == (422, "dates_out_of_order")
    assert code_of(api.checker.patch(path, {"title": "Fire"})) == (403, "role_missing")
    assert Topic.objects.get().title == "Flood"


def test_a_topic_is_suggested_and_not_set(api, desk, people):
    topic = f.TopicFactory(slug="flood")
    file_text(HOMES, desk=desk, by=people["editor"], topic=topic)
    document = file_text(HOMES.replace("40", "45"), desk=desk, by=people["editor"])
    path = f"documents/{document.pk}/topic_suggestion/"
    assert api.auditor.get(path).json()["topic"]["slug"] == "flood"
    assert api.auditor.get(f"documents/{document.pk}/").json()["topic"] is None
    assert api.stranger.get(path).status_code == 404
    bare = file_text("It rained.", desk=desk, by=people["editor"])
    assert api.auditor.get(f"documents/{bare.pk}/topic_suggestion/").json() == {"topic": None}


# Actions that had no door


def test_idle_figures_are_dismissed_in_one_act(api, desk, people):
    document = file_text(HOMES, desk=desk, by=people["editor"])
    document.claims.update(checkworthiness=0)
    path = f"documents/{document.pk}/dismiss_idle/"
    assert code_of(api.checker.post(path, {"note": "idle"})) == (403, "role_missing")
    assert code_of(api.editor.post(path, {"note": ""})) == (422, "reason_missing")
    response = api.editor.post(path, {"note": "background"})
    assert (response.status_code, response.json()["figures"]) == (200, {"dismissed": 1})


def test_a_measure_is_made_general_by_an_editor_who_wrote_none_of_it(api, desk, people):
    document = file_text(HOMES, desk=desk, by=people["editor"], topic=f.TopicFactory())
    measure = document.figures.get().measure
    path = f"measures/{measure.pk}/set_general/"
    response = api.editor.post(path, {"general": True}, version=measure.version)
    assert (response.status_code, response.json()["general"], response.json()["version"]) == (200, True, 2)
    assert code_of(api.editor.post(path, {"general": False}, version=1)) == (412, "stale_revision")
    document.authors.add(people["editor"])
    assert code_of(api.editor.post(path, {"general": False})) == (403, "four_eyes_author")


def test_the_texts_of_a_document_are_blanked_by_the_chief_for_a_reason(api, desk, people):
    document = file_text(HOMES, desk=desk, by=people["editor"])
    path = f"documents/{document.pk}/erase/"
    assert code_of(api.editor.post(path, {"note": "a court"})) == (403, "role_missing")
    assert code_of(api.desk_chief.post(path, {"note": " "})) == (422, "reason_missing")
    assert code_of(api.desk_chief.post(path, {"note": "a court"}, version=99)) == (412, "stale_revision")
    response = api.desk_chief.post(path, {"note": "a court said so"})
    assert (response.status_code, response.json()["revision"]["text"]) == (200, "")


def test_what_was_captured_is_handed_out_as_a_file_and_never_shown(api, desk, people):
    claim = file_text(HOMES, desk=desk, by=people["editor"]).claims.get()
    page = b"<script>alert(1)</script>"
    made = api.checker.post("evidence/", {"claim": claim.pk, "kind": "upload"}).json()
    path = f"evidence/{made['id']}/snapshot/"
    assert api.checker.get(path).status_code == 404
    file = SimpleUploadedFile("list «1».html", page, content_type="text/html")
    assert api.checker.post(f"evidence/{made['id']}/attach/", {"file": file}, form="multipart").status_code == 200
    response = api.auditor.get(path)
    assert (response.status_code, response.content) == (200, page)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment;")
    assert api.stranger.get(path).status_code == 404
