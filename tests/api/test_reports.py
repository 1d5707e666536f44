"""Reports over the API: built on request, read, and taken as files by those who may see the whole of them."""

import io
import json

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from factcheck.models import Membership, Report
from factcheck.workflow.history import erase_document
from tests import factories as f
from tests.stories import Staff, file_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
KINDS = ("desk_digest", "conflicts", "overdue", "corrections")


@pytest.fixture
def story(desk, people):
    return file_text(HOMES, desk=desk, by=people["editor"], title='</script>\r\nX-Evil: 1; "flood"')


def built(api, story):
    return api.auditor.post(f"documents/{story.pk}/report/").json()["id"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_report_of_a_desk_is_built_when_asked_for(kind, api, desk):
    response = api.auditor.post(f"desks/{desk.pk}/report/", {"kind": kind})
    assert (response.status_code, response.json()["kind"]) == (201, kind)
    assert api.auditor.get(f"reports/{response.json()['id']}/pdf/").status_code == 200


def test_other_kinds_and_other_people_are_refused(api, desk):
    path = f"desks/{desk.pk}/report/"
    assert api.stranger.post(path, {"kind": "overdue"}).status_code == 404
    for body in ({}, {"kind": "document"}, {"kind": "gossip"}, {"kind": ["overdue"]}, {"kind": "overdue", "desk": 1}):
        assert api.auditor.post(path, body).status_code == 422, body
    assert not Report.objects.exists()


FILES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "claimreview": "application/ld+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pytest.mark.parametrize("form", FILES)
def test_a_report_is_taken_as_a_file_to_be_saved(form, api, story):
    response = api.auditor.get(f"reports/{built(api, story)}/{form}/")
    assert (response.status_code, response["Content-Type"]) == (200, FILES[form])
    assert response["Content-Disposition"].startswith('attachment; filename="verification-report')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert "X-Evil" not in response
    assert response.content


def test_the_files_hold_the_report(api, story):
    report = built(api, story)
    assert HOMES in PdfReader(io.BytesIO(api.auditor.get(f"reports/{report}/pdf/").content)).pages[0].extract_text()
    assert load_workbook(io.BytesIO(api.auditor.get(f"reports/{report}/xlsx/").content))["Claims"]["B2"].value == HOMES
    data = json.loads(api.auditor.get(f"reports/{report}/json/").content)
    assert data["documents"][0]["claims"][0]["text"] == HOMES


@pytest.mark.parametrize("form", ["docx", "PDF", "pdf.exe", "%2e%2e", "__class__"])
def test_a_format_that_there_is_not_is_not_found(form, api, story):
    assert api.auditor.get(f"reports/{built(api, story)}/{form}/").status_code == 404


def test_only_those_who_may_see_the_whole_of_it_get_the_file(api, story, people):
    report = built(api, story)
    assert api.stranger.get(f"reports/{report}/pdf/").status_code == 404
    assert api.nobody.get(f"reports/{report}/pdf/").status_code == 401
    Membership.objects.filter(user=people["auditor"]).delete()
    Membership.objects.create(user=people["auditor"], desk=Staff().desk, role="auditor")
    assert api.auditor.get(f"reports/{report}/pdf/").status_code == 404, "asked anew at each download"


def test_claimreview_is_of_documents_only(api, desk):
    report = api.auditor.post(f"desks/{desk.pk}/report/", {"kind": "overdue"}).json()["id"]
    assert api.auditor.get(f"reports/{report}/claimreview/").status_code == 404


def test_a_subscription_says_its_files_and_its_version(api, desk):
    body = {"desk": desk.slug, "kind": "conflicts", "recipients": ["auditor"], "formats": ["pdf", "csv"]}
    made = api.editor.post("report-subscriptions/", body)
    assert (made.status_code, made.json()["formats"], made.json()["version"]) == (201, ["pdf", "csv"], 1)
    path = f"report-subscriptions/{made.json()['id']}/"
    changed = api.editor.patch(path, {"formats": ["xlsx"]}, version=1)
    assert (changed.json()["formats"], changed.json()["version"]) == (["xlsx"], 2)
    assert api.editor.patch(path, {"formats": ["pdf"]}, version=1).status_code == 412
    refused = api.editor.patch(path, {"formats": ["gossip"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "format_unknown")
    assert api.editor.post("report-subscriptions/", {**body, "formats": [7, None]}).status_code == 422


def test_what_was_kept_of_a_text_that_was_erased_since_is_not_told(api, story, people):
    old = Report.objects.get(pk=built(api, story))
    words = {"title": old.title, "data": old.data}
    assert api.editor.get(f"reports/{old.pk}/").json()["title"] == old.title
    erase_document(story, by=people["chief_editor"], note="a court order")
    kept = f.ReportFactory(kind="document", desk=story.desk, document=story, built_at=old.built_at, **words)
    data = api.auditor.get(f"reports/{kept.pk}/").json()
    assert (data["title"], data["data"]) == ("The text was erased.", {})
    assert "The text was erased." in api.auditor.get(f"reports/{kept.pk}/text/").content.decode()
