"""One action on many records: each is done or refused by itself, and the answer says which."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factcheck.models import Claim, Event, Figure
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims(desk):
    document = f.DocumentFactory(desk=desk)
    f.RevisionFactory(document=document)
    return [f.ClaimFactory(document=document) for _ in range(3)]


def items(*records, version=1):
    return [{"id": record.pk, "version": version} for record in records]


def code_of(response):
    return response.json()["errors"][0]["code"]


def test_claims_are_accepted_in_one_request(api, claims):
    response = api.editor.post("claims/batch/accept/", {"items": items(*claims)}, version=None)
    assert response.status_code == 200, response.content
    assert (response.json()["done"], response.json()["refused"]) == (3, 0)
    assert response.json()["results"][0] == {
        "id": claims[0].pk,
        "status": 200,
        "state": "open",
        "version": 2,
        "error": None,
    }
    assert set(Claim.objects.values_list("state", flat=True)) == {"open"}
    assert Event.objects.filter(action="accept").count() == 3


def test_one_that_is_refused_stops_none_of_the_others(api, claims, desk):
    hidden = f.ClaimFactory()
    Claim.objects.filter(pk=claims[1].pk).update(state="signed_off")
    Claim.objects.filter(pk=claims[2].pk).update(version=5)
    body = {"items": [*items(*claims), *items(hidden), {"id": 99_999, "version": "*"}]}
    data = api.editor.post("claims/batch/accept/", body).json()
    assert [row["status"] for row in data["results"]] == [200, 409, 412, 404, 404]
    assert (data["done"], data["refused"]) == (1, 4)
    error = data["results"][2]["error"]
    assert error["errors"][0]["code"] == "stale_revision"
    assert error["errors"][0]["extra"] == {"version": 5}
    assert [Claim.objects.get(pk=claim.pk).state for claim in claims] == ["open", "signed_off", "proposed"]


def test_rights_are_asked_for_each_record(api, people, claims):
    other = f.DocumentFactory()
    f.MembershipFactory(desk=other.desk, role="checker", user=people["editor"])
    seen = f.ClaimFactory(document=other)
    data = api.editor.post("claims/batch/dismiss/", {"items": items(claims[0], seen), "note": "Idle."}).json()
    assert [row["status"] for row in data["results"]] == [200, 403]
    assert data["results"][1]["error"]["errors"][0]["code"] == "role_missing"
    refused = api.auditor.post("claims/batch/accept/", {"items": items(claims[1], version="*")}).json()
    assert refused["results"][0]["status"] == 403
    assert api.nobody.post("claims/batch/accept/", {"items": items(claims[1])}).status_code == 401


def test_the_reason_is_said_once_for_all_and_is_asked_for_each(api, claims):
    data = api.editor.post("claims/batch/dismiss/", {"items": items(*claims)}).json()
    assert [row["error"]["errors"][0]["code"] for row in data["results"]] == ["reason_missing"] * 3
    data = api.editor.post("claims/batch/dismiss/", {"items": items(*claims), "note": "Background."}).json()
    assert data["done"] == 3


def test_claims_are_assigned_and_figures_linked_and_dismissed(api, claims, desk):
    api.editor.post("claims/batch/accept/", {"items": items(*claims)})
    body = {"items": items(*claims, version="*"), "assignee": "checker", "method": "check_figure"}
    data = api.editor.post("claims/batch/assign/", body).json()
    assert data["done"] == 3, data
    assert api.editor.get("verification-tasks/?assignee=checker").json()["results"]
    figures = [f.FigureFactory(document=claims[0].document) for _ in range(4)]
    linked = {"items": items(*figures[:2]), "claim": claims[0].pk}
    assert api.checker.post("figures/batch/link/", linked).json()["done"] == 2
    idle = {"items": items(*figures[2:]), "note": "idle"}
    assert api.editor.post("figures/batch/dismiss/", idle).json()["done"] == 2
    assert sorted(Figure.objects.values_list("state", flat=True)) == ["dismissed", "dismissed", "linked", "linked"]


BODIES = [
    ({}, "required"),
    ({"items": []}, "min_length"),
    ({"items": "all"}, "not_a_list"),
    ({"items": [{"id": 1}]}, "required"),
    ({"items": [{"id": 1, "version": "newest"}]}, "invalid"),
    ({"items": [{"id": 1, "version": None}]}, "null"),
    ({"items": [{"id": 1, "version": -1}]}, "min_value"),
    ({"items": [{"id": 1, "version": 10**400}]}, "max_value"),
    ({"items": [{"id": "x", "version": 1}]}, "invalid"),
    ({"items": [{"id": 10**400, "version": 1}]}, "max_value"),
    ({"items": [{"id": 1, "version": 1, "note": "x"}]}, "unknown_field"),
    ({"items": [1]}, "invalid"),
    ({"items": [None]}, "null"),
    ({"items": [{"id": 1, "version": 1}, {"id": 1, "version": "*"}]}, "duplicate"),
    ({"items": [{"id": n, "version": 1} for n in range(201)]}, "max_length"),
    ({"items": [{"id": 1, "version": 1}], "state": "open"}, "unknown_field"),
]


@pytest.mark.parametrize(("body", "code"), BODIES)
def test_a_batch_that_makes_no_sense_is_refused_as_a_whole(api, claims, body, code):
    response = api.editor.post("claims/batch/accept/", body)
    assert (response.status_code, code_of(response)) == (422, code), response.content
    assert not Event.objects.exists()


def test_a_batch_costs_the_same_for_each_record(api, claims):
    def price(*records):
        with CaptureQueriesContext(connection) as seen:
            api.editor.post("claims/batch/accept/", {"items": items(*records)})
        return len(seen)

    first = price(claims[0])
    both = price(*claims[1:])
    assert both < 2 * first
