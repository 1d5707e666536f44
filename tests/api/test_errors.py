"""A request with many faults is told of the first: 401, 404, 403, 428, 412, 409, 422."""

import pytest

from factcheck.models import Claim
from tests import factories as f

from .records import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(desk, people):
    return make(desk, people["editor"])


BAD = {"nonsense": True}
# who, which claim, If-Match, state, body → status and code
ORDER = [
    ("nobody", "mine", None, "signed_off", BAD, 401, "not_authenticated"),
    ("stranger", "mine", None, "signed_off", BAD, 404, "not_found"),
    ("editor", "none", None, "signed_off", BAD, 404, "not_found"),
    ("checker", "mine", None, "signed_off", BAD, 403, "role_missing"),
    ("editor", "mine", None, "signed_off", BAD, 428, "if_match_required"),
    ("editor", "mine", "77", "signed_off", BAD, 412, "stale_revision"),
    ("editor", "mine", "1", "signed_off", BAD, 409, "wrong_state"),
    ("editor", "mine", "1", "open", BAD, 422, "unknown_field"),
    ("editor", "mine", "1", "open", {}, 422, "reason_missing"),
    ("editor", "mine", "1", "open", {"note": "Idle."}, 200, ""),
]


@pytest.mark.parametrize(("who", "which", "version", "state", "body", "status", "code"), ORDER)
def test_refusals_come_in_order(api, ids, who, which, version, state, body, status, code):
    Claim.objects.update(state=state)
    pk = ids["claims"] if which == "mine" else 99_999
    response = getattr(api, who).post(f"claims/{pk}/dismiss/", body, version=version)
    assert response.status_code == status, response.content
    if code:
        assert code in [row["code"] for row in response.json()["errors"]]
        assert set(response.json()["errors"][0]) == {"code", "detail", "attr", "extra"}


def test_an_act_answers_with_the_record_and_its_next_version(api, ids):
    path = f"claims/{ids['claims']}/"
    tag = api.editor.get(path)["ETag"]
    done = api.editor.client.post(f"/factcheck/api/v1/{path}accept/", {}, format="json", headers={"If-Match": tag})
    assert done.status_code == 200
    assert (done.json()["state"], done.json()["version"]) == ("open", 2)
    assert done["ETag"].startswith('"2.')
    assert api.editor.get(path)["ETag"] == done["ETag"]
    again = api.editor.client.post(
        f"/factcheck/api/v1/{path}dismiss/", {"note": "x"}, format="json", headers={"If-Match": tag}
    )
    assert again.status_code == 412
    assert again.json()["errors"][0]["extra"] == {"version": 2}


def test_a_star_matches_whatever_version(api, ids):
    assert api.editor.post(f"claims/{ids['claims']}/accept/", version="*").status_code == 200


def test_an_act_can_be_sent_without_a_body(api, ids):
    response = api.editor.client.post(f"/factcheck/api/v1/claims/{ids['claims']}/accept/", headers={"If-Match": "*"})
    assert response.status_code == 200


def test_open_acts_are_those_of_the_person_and_the_state(api, ids):
    path = f"claims/{ids['claims']}/"
    assert set(api.editor.get(path).json()["actions"]) == {"accept", "assign", "split", "place", "dismiss"}
    assert api.auditor.get(path).json()["actions"] == []
    assert "waive" in api.desk_chief.get(path).json()["actions"]
    api.editor.post(path + "accept/")
    assert "start" in api.checker.get(path).json()["actions"]


def test_nothing_is_written_by_put_or_delete(api, ids):
    for method in ("put", "patch", "delete"):
        response = getattr(api.desk_chief.client, method)(
            f"/factcheck/api/v1/claims/{ids['claims']}/", {"state": "signed_off"}, format="json"
        )
        assert response.status_code == 405
    assert Claim.objects.get(pk=ids["claims"]).state == "proposed"


RIGHTS = [
    ("topics/", {"desk": "metro", "title": "The flood"}, "checker", "editor"),
    ("documents/", {"desk": "metro", "text": "Forty houses were flooded."}, "checker", "service"),
    ("sources/", {"desk": "metro", "name": "Oberfurt Town Hall", "kind": "official"}, "auditor", "checker"),
    ("crosschecks/", {"desk": "metro", "scope": "everything"}, "reviewer", "checker"),
    ("report-subscriptions/", {"desk": "metro", "kind": "desk_digest", "recipients": ["auditor"]}, "checker", "editor"),
    ("claims/", {"document": "{documents}", "start": 0, "end": 9, "quote": "The mayor"}, "reviewer", "checker"),
    ("evidence/", {"claim": "{claims}", "kind": "call", "note": "Rang them."}, "reviewer", "checker"),
    ("documents/{documents}/report/", {}, None, "auditor"),
]


@pytest.mark.parametrize(("path", "body", "may_not", "can"), RIGHTS)
def test_who_may_create_is_told_before_what_is_wrong_with_the_body(api, ids, path, body, may_not, can):
    path = path.format(**ids)
    body = {name: value.format(**ids) if isinstance(value, str) else value for name, value in body.items()}
    if may_not:
        refused = getattr(api, may_not).post(path, {**body, "nonsense": 1})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "role_missing")
    assert getattr(api, can).post(path, {**body, "nonsense": 1}).status_code == 422
    done = getattr(api, can).post(path, body)
    later = path in ("documents/", "crosschecks/")  # a job does it
    assert done.status_code == (202 if later else 201), done.content


def test_a_measure_is_arranged_by_an_editor_of_a_desk_with_a_figure_in_it(api, ids, desk):
    into = f.FigureFactory(document_id=ids["documents"], measure=f.MeasureFactory(topic_id=ids["topics"])).measure
    path = f"measures/{ids['measures']}/merge/"
    assert api.checker.post(path, {"into": into.pk}).status_code == 403
    hidden = f.FigureFactory().measure
    assert api.editor.post(path, {"into": hidden.pk}).status_code == 422
    done = api.editor.post(path, {"into": into.pk})
    assert (done.status_code, done.json()["id"]) == (200, into.pk)
    figures = [row["id"] for row in api.editor.get(f"figures/?measure={into.pk}").json()["results"]]
    split = api.editor.post(f"measures/{into.pk}/split/", {"figures": figures[:1], "counted": "houses destroyed"})
    assert (split.status_code, split.json()["counted"]) == (200, "houses destroyed")


def test_figures_are_linked_pinned_dismissed_and_taken_back(api, ids):
    path = f"figures/{ids['figures']}/"
    assert api.checker.post(path + "link/", {"claim": ids["claims"]}, version=1).status_code == 409
    accepted = api.editor.post(f"claims/{ids['claims']}/accept/")
    assert accepted.status_code == 200, accepted.json()
    assert api.checker.get(path).json()["state"] == "linked", "by itself, with the claim it stands in"
    other = f.FigureFactory(document_id=ids["documents"])
    assert api.editor.post(path + "pin/", {"measure": other.measure_id}).json()["pinned_by"] == "editor"
    assert api.editor.post("figures/dismiss/", {"ids": [ids["figures"], other.pk]}).status_code == 422
    done = api.editor.post("figures/dismiss/", {"ids": [ids["figures"], other.pk], "note": "Background."})
    assert done.json() == {"dismissed": 2}
    hidden = f.FigureFactory()
    assert api.editor.post("figures/dismiss/", {"ids": [hidden.pk], "note": "Background."}).status_code == 422
    assert api.editor.post(path + "reopen/").json()["state"] == "found"
    assert api.checker.post(path + "link/", {"claim": ids["claims"]}).json()["state"] == "linked"


def test_a_failed_job_is_tried_again_by_an_editor(api, ids):
    path = f"jobs/{ids['jobs']}/"
    assert api.auditor.get(path).json()["error"] == "It broke."
    assert api.checker.post(path + "retry/").status_code == 403
    done = api.editor.post(path + "retry/", version=1)
    assert (done.status_code, done.json()["state"]) == (202, "due")
    assert api.editor.post(path + "retry/").status_code == 409


def test_a_discrepancy_is_resolved_with_a_note_and_not_by_an_author(api, ids, people):
    path = f"discrepancies/{ids['discrepancies']}/resolve/"
    assert api.editor.post(path, {"resolution": "explained"}).status_code == 422
    assert api.editor.post(path, {"resolution": "wished away", "note": "x"}).status_code == 422
    author = Claim.objects.get(pk=ids["claims"]).document.authors
    author.add(people["editor"])
    assert (
        api.editor.post(path, {"resolution": "explained", "note": "x"}).json()["errors"][0]["code"]
        == "four_eyes_author"
    )
    author.remove(people["editor"])
    done = api.editor.post(path, {"resolution": "explained", "note": "One counts cellars."}, version=1)
    assert (done.json()["state"], done.json()["resolved_by"]) == ("resolved", "editor")


def test_checking_work_is_blocked_unblocked_handed_over_and_cancelled(api, ids, people):
    path = f"verification-tasks/{ids['verification-tasks']}/"
    api.editor.post(f"claims/{ids['claims']}/accept/")
    assert api.editor.post(path + "take_up/").json()["state"] == "in_progress"
    assert api.checker.post(path + "block/", {"waiting_for": "source", "note": "No answer."}).status_code == 403
    assert api.editor.post(path + "block/", {"waiting_for": "weather", "note": "No answer."}).status_code == 422
    assert (
        api.editor.post(path + "block/", {"waiting_for": "source", "note": "No answer."}).json()["waiting_for"]
        == "source"
    )
    assert api.editor.post(path + "unblock/").json()["state"] == "in_progress"
    assert api.editor.post(path + "reassign/", {"assignee": "stranger"}).status_code == 422
    assert api.editor.post(path + "reassign/", {"assignee": "checker"}).json()["assignee"] == "checker"
    assert api.editor.post(path + "cancel/", {"note": "Not needed."}).json()["state"] == "cancelled"


def test_checking_work_gets_another_deadline_until_it_is_finished(api, ids):
    path = f"verification-tasks/{ids['verification-tasks']}/"
    api.editor.post(f"claims/{ids['claims']}/accept/")
    due = "2999-01-01T00:00:00Z"
    assert "reschedule" in api.editor.get(path).json()["actions"]
    assert api.editor.post(path + "reschedule/", {"due_at": due}, version=None).status_code == 428
    moved = api.editor.post(path + "reschedule/", {"due_at": due})
    assert (moved.status_code, moved.json()["due_at"], moved.json()["overdue"]) == (200, due, False)
    assert api.checker.post(path + "reschedule/", {"due_at": due}).status_code == 403
    for wrong in ({}, {"due_at": "2001-01-01T00:00:00Z"}, {"due_at": "tomorrow"}, {"due_at": "2999-01-01T00:00:00"}):
        assert api.editor.post(path + "reschedule/", wrong).status_code == 422, wrong
    assert api.editor.post(path + "reschedule/", {"due_at": None}).json()["due_at"] is None
    api.editor.post(path + "take_up/")
    done = api.editor.post(path + "hand_in/").json()
    assert done["state"] == "done"
    assert "reschedule" not in done["actions"]
    assert api.editor.post(path + "reschedule/", {"due_at": due}).status_code == 409


def test_finished_checking_work_is_opened_again_by_a_reviewer(api, ids):
    path = f"verification-tasks/{ids['verification-tasks']}/"
    api.editor.post(f"claims/{ids['claims']}/accept/")
    assert api.reviewer.post(path + "reopen/").status_code == 409
    api.editor.post(path + "take_up/")
    api.editor.post(path + "hand_in/")
    assert api.checker.post(path + "reopen/").status_code == 403
    assert api.reviewer.post(path + "reopen/", {"note": "Ring once more."}).json()["state"] == "in_progress"


def test_a_confidential_source_is_its_code_everywhere(api, desk):
    body = {
        "desk": desk.slug,
        "name": "Erika Beispiel",
        "kind": "eyewitness",
        "confidential": True,
        "people_with_access": ["desk_chief"],
    }
    made = api.checker.post("sources/", body)
    assert made.status_code == 201
    assert made.json()["name"].startswith("source-")
    for response in (made, api.desk_chief.get("sources/"), api.editor.get(f"sources/{made.json()['id']}/")):
        assert b"Erika" not in response.content
    assert api.editor.get("sources/?search=erika").json()["results"] == []


def test_a_subscription_reaches_only_people_of_the_desk(api, desk):
    body = {
        "desk": desk.slug,
        "kind": "desk_digest",
        "recipients": ["auditor"],
        "cron": "0 7 * * 1-5",
        "zone": "Europe/Berlin",
    }
    assert api.editor.post("report-subscriptions/", {**body, "recipients": ["stranger"]}).status_code == 422
    assert (
        api.editor.post("report-subscriptions/", {**body, "cron": "never"}).json()["errors"][0]["code"]
        == "cron_invalid"
    )
    assert (
        api.editor.post("report-subscriptions/", {**body, "zone": "Mars/Base"}).json()["errors"][0]["code"]
        == "zone_unknown"
    )
    made = api.editor.post("report-subscriptions/", body)
    assert made.status_code == 201
    path = f"report-subscriptions/{made.json()['id']}/"
    assert api.auditor.patch(path, {"active": False}).status_code == 403
    assert api.stranger.patch(path, {"active": False}).status_code == 404
    changed = api.editor.patch(path, {"active": False, "recipients": ["auditor", "reviewer"]}).json()
    assert (changed["active"], sorted(changed["recipients"])) == (False, ["auditor", "reviewer"])
