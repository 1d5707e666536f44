"""The journey of a document through the API, with the jobs done in this process."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factcheck.models import Claim, Document, Evidence
from tests.factories import SourceFactory
from tests.stories import in_hours

pytestmark = pytest.mark.django_db

TEXT = "The mayor of Oberfurt said on Sunday that 40 houses were flooded. Sandbags were brought to the old bridge."
EDITED = TEXT.replace("40 houses", "60 houses")


def file_story(api, run_jobs, text=TEXT, **more):
    response = api.editor.post("documents/", {"desk": "metro", "text": text, "title": "Flood in Oberfurt", **more})
    assert response.status_code == 202, response.content
    run_jobs()
    job = api.editor.get(f"jobs/{response.json()['job']}/").json()
    assert job["state"] == "done", job
    return response.json()["document"]["id"]


def only_claim(api, document):
    """The claim with the figure, accepted; everything else of the text put aside."""
    rows = api.editor.get(f"claims/?document={document}&state=proposed").json()["results"]
    claim = next(row["id"] for row in rows if "40 houses" in row["text"])
    for row in rows:
        action, body = ("accept", {}) if row["id"] == claim else ("dismiss", {"note": "Background."})
        assert api.editor.post(f"claims/{row['id']}/{action}/", body, version=row["version"]).status_code == 200
    return claim


def check(api, claim, label="supported"):
    """Evidence from a primary source, and a verdict by the checker."""
    evidence = api.checker.post(
        "evidence/",
        {
            "claim": claim,
            "kind": "call",
            "note": "The town clerk read it out.",
            "source_use": "primary",
            "source": SourceFactory().slug,
        },
    )
    assert evidence.status_code == 201, evidence.content
    path = f"evidence/{evidence.json()['id']}/"
    assert (
        api.checker.post(path + "link/", {"stance": "supports"}, version=evidence.json()["version"]).json()["state"]
        == "linked"
    )
    assert api.reviewer.post(path + "assess/", {"accepted": True}).json()["state"] == "accepted"
    submitted = api.checker.post(f"claims/{claim}/submit/", {"label": label, "note": "By telephone."})
    assert submitted.status_code == 200, submitted.content
    return evidence.json()["id"]


def test_a_story_is_filed_checked_signed_edited_and_checked_again(api, run_jobs, people):
    document = file_story(api, run_jobs)
    shown = api.editor.get(f"documents/{document}/").json()
    assert (shown["state"], shown["revision"]["text"]) == ("in_check", TEXT)
    assert sum(shown["figures"].values()) >= 1
    claim = only_claim(api, document)
    task = api.editor.post(f"claims/{claim}/assign/", {"assignee": "checker", "method": "ring_the_source"}).json()[
        "verification_tasks"
    ][0]
    assert (
        api.checker.post(f"verification-tasks/{task['id']}/take_up/", version=task["version"]).json()["state"]
        == "in_progress"
    )
    check(api, claim)
    assert api.checker.post(f"verification-tasks/{task['id']}/hand_in/").json()["state"] == "done"
    assert api.checker.post(f"claims/{claim}/sign_off/").status_code == 403
    assert api.reviewer.post(f"claims/{claim}/sign_off/").json()["state"] == "signed_off"
    assert api.editor.get(f"documents/{document}/clearance/").json()["clear"] is True

    revised = api.editor.post(f"documents/{document}/revise/", {"text": EDITED})
    assert revised.status_code == 202
    assert [row["code"] for row in api.editor.get(f"documents/{document}/clearance/").json()["blockers"]] == [
        "reading_pending"
    ]
    run_jobs()
    stale = api.editor.get(f"claims/{claim}/").json()
    assert (stale["state"], stale["words_changed_by"]) == ("stale", "editor")
    assert "number" in stale["stale_reason"]
    data = api.editor.get(f"documents/{document}/clearance/").json()
    assert (data["clear"], "claim_stale" in [row["code"] for row in data["blockers"]]) == (False, True)
    refused = api.editor.post(f"documents/{document}/publish/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "not_cleared")
    assert refused.json()["errors"][0]["extra"]["blockers"]

    assert api.checker.post(f"claims/{claim}/start/").json()["state"] == "in_verification"
    check(api, claim)
    signed = api.reviewer.post(f"claims/{claim}/sign_off/").json()
    assert [row["sign_off"]["by"] for row in signed["verdicts"]] == ["reviewer", "reviewer"]
    digest = hashlib.sha256(EDITED.encode()).hexdigest()
    assert api.service.get(f"documents/{document}/clearance/?source_sha256={digest}").json()["clear"] is True
    other = api.service.get(f"documents/{document}/clearance/?source_sha256={'0' * 64}").json()
    assert [row["code"] for row in other["blockers"]] == ["not_this_revision"]
    assert api.service.get(f"documents/{document}/clearance/?source_sha256=x").status_code == 422

    assert api.editor.post(f"documents/{document}/publish/", {"source_sha256": digest}).json()["state"] == "published"
    corrected = api.editor.post(
        f"documents/{document}/correct/",
        {"correction_class": "clarification", "wording": "It was Saturday.", "claim": claim},
    )
    assert corrected.status_code == 200
    report = api.auditor.post(f"documents/{document}/report/")
    assert report.status_code == 201
    assert report.json()["data"]["documents"][0]["clear"] is True
    assert api.auditor.get(f"reports/{report.json()['id']}/").json()["sha256"] == report.json()["sha256"]
    assert [row["number"] for row in api.auditor.get(f"documents/{document}/revisions/").json()["results"]] == [2, 1]
    assert api.auditor.get(f"documents/{document}/revisions/1/").json()["text"] == TEXT
    assert api.auditor.get(f"documents/{document}/revisions/3/").status_code == 404


def test_a_verdict_is_returned_recalled_and_challenged(api, run_jobs):
    document = file_story(api, run_jobs)
    claim = only_claim(api, document)
    api.checker.post(f"claims/{claim}/start/")
    check(api, claim)
    assert api.reviewer.post(f"claims/{claim}/return/").status_code == 422
    assert api.reviewer.post(f"claims/{claim}/return/", {"note": "Which clerk?"}).json()["state"] == "in_verification"
    api.checker.post(f"claims/{claim}/submit/", {"label": "supported"})
    assert api.editor.post(f"claims/{claim}/recall/").status_code == 403
    assert api.checker.post(f"claims/{claim}/recall/").json()["state"] == "in_verification"
    api.checker.post(f"claims/{claim}/submit/", {"label": "supported"})
    api.reviewer.post(f"claims/{claim}/sign_off/", {"attributed_in_copy": True})
    assert api.checker.post(f"claims/{claim}/challenge/", {"note": "The clerk rang back."}).json()["state"] == "stale"
    waived = api.desk_chief.post(
        f"claims/{claim}/waive/", {"note": "Breaking.", "expires_at": in_hours(24).isoformat()}
    )
    assert (waived.json()["state"], waived.json()["waivers"][0]["by"]) == ("waived", "desk_chief")
    assert api.editor.post(f"claims/{claim}/reopen/").json()["state"] == "open"


def test_supported_needs_its_origins(api, run_jobs):
    claim = only_claim(api, file_story(api, run_jobs))
    api.checker.post(f"claims/{claim}/start/")
    refused = api.checker.post(f"claims/{claim}/submit/", {"label": "supported"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "origins_missing")
    assert refused.json()["errors"][0]["extra"] == {"origins": 0, "needed": 2}
    assert Claim.objects.get(pk=claim).state == "in_verification"


def test_a_person_marks_splits_and_places_a_claim(api, run_jobs):
    document = file_story(api, run_jobs)
    text = api.editor.get(f"documents/{document}/").json()["revision"]["text"]
    start = text.index("Sandbags")
    body = {"document": document, "start": start, "end": len(text), "quote": text[start:], "claim_type": "event"}
    made = api.editor.post("claims/", body)
    assert (made.status_code, made.json()["state"], made.json()["anchor"]["start"]) == (201, "open", start)
    assert api.editor.post("claims/", {**body, "quote": "Sand"}).json()["errors"][0]["code"] == "quote_mismatch"
    placed = api.editor.post(
        f"claims/{made.json()['id']}/place/", {"start": start, "end": start + 8, "quote": "Sandbags"}
    )
    assert placed.status_code == 409, "it still stands where it was marked"
    other = api.editor.post("claims/", {"document": document, "start": 0, "end": 25, "quote": text[:25]}).json()["id"]
    assert (
        api.editor.post(f"claims/{other}/split/", {"parts": ["The mayor", "Oberfurt"]}).json()["state"] == "dismissed"
    )
    assert Claim.objects.filter(split_from=other, state="open").count() == 2


def test_a_document_can_be_waived_for_a_day_by_the_desk_chief(api, run_jobs):
    document = file_story(api, run_jobs)
    assert api.editor.post(f"documents/{document}/waive/", {"note": "Breaking."}).status_code == 403
    assert (
        api.desk_chief.post(
            f"documents/{document}/waive/", {"note": "Breaking.", "expires_at": "2999-01-01T00:00:00Z"}
        ).status_code
        == 422
    )
    assert api.desk_chief.post(f"documents/{document}/waive/", {"note": "Breaking."}).status_code == 200
    assert api.editor.get(f"documents/{document}/clearance/").json()["clear"] is True


def test_a_topic_is_set_the_text_reread_and_the_document_withdrawn(api, run_jobs):
    document = file_story(api, run_jobs)
    assert (
        api.editor.post("topics/", {"desk": "metro", "title": "Oberfurt flood", "places": ["Oberfurt"]}).json()["slug"]
        == "oberfurt-flood"
    )
    assert (
        api.editor.post("topics/", {"desk": "metro", "title": "Oberfurt flood"}).json()["errors"][0]["code"]
        == "topic_known"
    )
    assert (
        api.editor.post(f"documents/{document}/set_topic/", {"topic": "oberfurt-flood"}).json()["topic"]
        == "oberfurt-flood"
    )
    asked = api.checker.post("crosschecks/", {"desk": "metro", "scope": "topic", "topic": "oberfurt-flood"})
    assert asked.status_code == 202
    assert api.editor.post(f"documents/{document}/reread/").status_code == 202
    run_jobs()
    run = api.checker.get(f"crosschecks/?job={asked.json()['job']}").json()["results"][0]
    assert (run["state"], run["done"]) == ("done", run["total"])
    assert api.editor.post(f"documents/{document}/withdraw/", {"note": "Filed twice."}).json()["state"] == "withdrawn"
    assert Document.objects.filter(pk=document).exists()


def test_the_same_text_twice_is_the_same_document(api, run_jobs):
    document = file_story(api, run_jobs)
    again = api.editor.post("documents/", {"desk": "metro", "text": TEXT, "title": "Flood in Oberfurt"})
    assert (again.status_code, again.json()) == (200, {"document": again.json()["document"], "job": None})
    assert again.json()["document"]["id"] == document


def test_an_uploaded_file_waits_for_confirmation(api, run_jobs):
    page = f"<html><head><title>Flood</title></head><body><article><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    file = SimpleUploadedFile("flood.html", page.encode(), "text/html")
    filed = api.editor.post(
        "documents/",
        {"desk": "metro", "file": file, "kind": "coverage", "authors": ["reviewer", "editor"]},
        form="multipart",
    )
    assert filed.status_code == 202, filed.content
    assert filed.json()["document"]["state"] == "arriving"
    run_jobs()
    path = f"documents/{filed.json()['document']['id']}/"
    shown = api.editor.get(path).json()
    assert (shown["state"], sorted(shown["authors"])) == ("to_confirm", ["editor", "reviewer"])
    assert (
        api.editor.post(path + "confirm/", {"title": "The flood"}, version=shown["version"]).json()["title"]
        == "The flood"
    )


def test_a_file_that_is_not_what_it_says_fails_with_a_reason(api, run_jobs):
    file = SimpleUploadedFile("flood.pdf", b"\x00\x01\x02 not a pdf at all \xff\xfe" * 40, "application/pdf")
    filed = api.editor.post("documents/", {"desk": "metro", "file": file}, form="multipart").json()
    run_jobs()
    job = api.editor.get(f"jobs/{filed['job']}/").json()
    shown = api.editor.get(f"documents/{filed['document']['id']}/").json()
    assert (job["state"], shown["state"]) == ("failed", "unreadable")
    assert job["error"]
    assert shown["state_reason"] == job["error"]


def test_evidence_is_uploaded_attached_rejected_and_retired(api, run_jobs):
    claim = only_claim(api, file_story(api, run_jobs))
    file = SimpleUploadedFile("minutes.txt", b"Forty houses, say the minutes.", "text/plain")
    made = api.checker.post("evidence/", {"claim": claim, "kind": "upload", "file": file}, form="multipart")
    assert (made.status_code, made.json()["state"]) == (201, "captured"), made.content
    assert made.json()["snapshot"]["sha256"] == hashlib.sha256(b"Forty houses, say the minutes.").hexdigest()
    path = f"evidence/{made.json()['id']}/"
    api.checker.post(path + "link/", {"stance": "supports"})
    assert api.reviewer.post(path + "assess/", {"accepted": False}).status_code == 422
    assert api.reviewer.post(path + "assess/", {"accepted": False, "note": "A draft."}).json()["state"] == "rejected"
    assert api.reviewer.post(path + "assess/", {"accepted": True, "credibility": 7}).status_code == 422
    graded = api.reviewer.post(path + "assess/", {"accepted": True, "credibility": 2}).json()
    assert (graded["state"], graded["credibility"]) == ("accepted", 2)
    assert api.reviewer.post(path + "assess/", {"accepted": True}).json()["credibility"] == 2
    assert api.checker.post(path + "supersede/", {"note": "Newer minutes."}).json()["state"] == "superseded"
    assert api.checker.post(path + "drift/", {"note": "x"}).status_code == 409


def test_a_page_nobody_may_fetch_is_failed_evidence_that_can_be_attached(api, run_jobs):
    claim = only_claim(api, file_story(api, run_jobs))
    made = api.checker.post("evidence/", {"claim": claim, "kind": "web", "url": "http://127.0.0.1/secret"})
    assert (made.status_code, made.json()["state"]) == (201, "requested"), made.content
    path = f"evidence/{made.json()['id']}/"
    run_jobs()
    failed = api.checker.get(path).json()
    assert (failed["state"], bool(failed["error"])) == ("capture_failed", True)
    assert api.checker.post(path + "capture/", version=failed["version"]).status_code == 202
    run_jobs()
    file = SimpleUploadedFile("page.html", b"<p>saved by hand</p>", "text/html")
    attached = api.checker.post(path + "attach/", {"file": file, "note": "Saved by hand."}, form="multipart")
    assert (attached.status_code, attached.json()["state"]) == (200, "captured"), attached.content
    assert Evidence.objects.get().snapshot.size == 20


def test_of_two_edits_of_the_same_text_the_second_is_told(api, run_jobs):
    path = f"documents/{file_story(api, run_jobs)}/"
    seen = api.editor.get(path).json()["version"]
    assert api.editor.post(path + "revise/", {"text": EDITED}, version=seen).status_code == 202
    late = api.desk_chief.post(path + "revise/", {"text": TEXT + " It rained."}, version=seen)
    assert (late.status_code, late.json()["errors"][0]["code"]) == (412, "stale_revision")
    queued = api.desk_chief.get(path).json()["version"]
    run_jobs()
    late = api.desk_chief.post(path + "revise/", {"text": TEXT + " It rained."}, version=queued)
    assert late.status_code == 412, "the text on the screen was still the one before"
    assert api.editor.get(path).json()["revision"]["text"] == EDITED


def test_a_document_is_revised_by_a_file_of_its_own_kind(api, run_jobs):
    path = f"documents/{file_story(api, run_jobs)}/"
    file = SimpleUploadedFile("flood.html", f"<article><p>{EDITED}</p></article>".encode(), "text/html")
    assert api.editor.post(path + "revise/", {"file": file}, form="multipart").status_code == 202
    run_jobs()
    assert api.editor.get(path).json()["revision"]["text"].strip() == EDITED


def test_what_is_known_of_a_document_is_described(api, run_jobs, people):
    document = file_story(api, run_jobs)
    path = f"documents/{document}/update_metadata/"
    metadata = {"published_at": "2024-09-02T08:00:00+02:00", "zone": "Europe/Berlin", "language": "en"}
    data = api.editor.post(path, {**metadata, "authors": ["checker"]}).json()
    assert (data["zone"], data["language"], data["authors"]) == ("Europe/Berlin", "en", ["checker"])
    assert data["reading"]["state"] == "due"
    assert api.checker.post(path, metadata).status_code == 403
    for bad in ({}, {"embargo_until": "9999-12-31T00:00:00Z"}, {"zone": "Mars"}, {"state": "published"}):
        assert api.editor.post(path, bad).status_code == 422
