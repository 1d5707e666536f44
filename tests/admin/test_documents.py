"""Documents in the admin: taken in by three ways, confirmed, marked, published through the gate."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factcheck.models import Claim, Document, Event, Publication
from tests.admin.pages import page
from tests.stories import clear_document, do_jobs, file_text, revise_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def new(client, desk, **data):
    return client.post(
        reverse("admin:factcheck_document_add"),
        {"desk": desk.pk, "kind": "story", "zone": "UTC", "written_by": "someone_else", "byline": "A. Writer", **data},
    )


def test_a_pasted_text_is_filed_and_read(client, people):
    response = new(
        client, people.desk, text=TEXT, title="The flood", published_at="2025-03-04T18:00", zone="Europe/Oslo"
    )
    document = do_jobs(Document.objects.get())
    assert response.status_code == 302
    assert response["Location"] == page(document)
    assert document.published_at.isoformat() == "2025-03-04T17:00:00+00:00"
    assert document.claims.exists()


def test_a_file_is_filed_under_its_name(client, people):
    file = SimpleUploadedFile("flood.txt", TEXT.encode(), "text/plain")
    assert new(client, people.desk, file=file).status_code == 302
    assert Document.objects.get().revisions.count() == 0, "a job reads it, not the request"


@pytest.mark.parametrize(
    "data", [{}, {"text": TEXT, "address": "https://example.com/flood"}, {"text": "   "}, {"address": "not an address"}]
)
def test_a_document_comes_by_one_of_three_ways(data, client, people):
    response = new(client, people.desk, **data)
    assert response.status_code == 422
    assert not Document.objects.exists()
    assert b"errornote" in response.content


def test_what_was_typed_is_shown_again_beside_a_refusal(client, people):
    response = new(client, people.desk, text=TEXT, published_at="3025-01-01T00:00")
    assert response.status_code == 422
    assert b"The year must lie between 1400 and next year." in response.content
    assert b"1,200 homes were flooded" in response.content


def test_a_checker_may_not_file(client, people):
    client.force_login(people.checker)
    assert new(client, people.desk, text=TEXT).status_code == 403
    assert not Document.objects.exists()


def test_the_workbench_marks_claims_and_figures_in_the_text(client, document):
    page_html = client.get(page(document)).content.decode()
    assert '<button type="button" class="fc-fig fc-loose"' in page_html
    for claim in document.claims.all():
        assert f'data-fc-pin="{claim.pk}"' in page_html
    assert "Not clear for publication" in page_html


def test_words_from_outside_are_escaped(client, people):
    hostile = "<script>alert(1)</script> said 5,000 homes burned in </script> Larkmoor on Tuesday."
    document = file_text(hostile, desk=people.desk, by=people.editor, title="</script><b>x")
    page_html = client.get(page(document)).content.decode()
    assert "<script>alert" not in page_html
    assert "</script><b>" not in page_html


def test_a_claim_is_marked_by_its_words(client, document):
    before = document.claims.count()
    response = client.post(page(document, "add_claim"), {"quote": "About 40 farms", "claim_type": "figure"})
    assert response.status_code == 302
    assert document.claims.count() == before + 1


def test_words_over_two_paragraphs_are_marked_as_a_browser_sends_them(client, document):
    quote = "flooded in Larkmoor.\n\nAbout 40 farms"
    start = TEXT.index(quote)
    data = {"claim_type": "event", "quote": quote.replace("\n", "\r\n"), "start": start, "end": start + len(quote)}
    assert client.post(page(document, "add_claim"), data).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {"quote": "words that stand nowhere"},
        {"quote": "data"},
        {"quote": "About 40 farms", "start": 0, "end": 14},
        {"quote": "x" * 20_001},
    ],
)
def test_words_that_do_not_stand_there_once_are_refused(data, client, document):
    before = document.claims.count()
    response = client.post(page(document, "add_claim"), {"claim_type": "figure", **data})
    assert response.status_code == 422
    assert document.claims.count() == before


def test_chosen_claims_are_accepted_together(client, document):
    proposed = [f"{row.pk}.{row.version}" for row in document.claims.filter(state="proposed")]
    response = client.post(
        reverse("admin:factcheck_claim_changelist"),
        {"action": "accept", "_selected_action": proposed, "index": 0, "next": page(document)},
    )
    assert response["Location"] == page(document)
    assert not document.claims.filter(state="proposed").exists()


def test_an_uncleared_text_goes_out_only_with_a_reason(client, document):
    refused = client.post(page(document, "publish"), {"version": document.version})
    assert refused.status_code == 409
    assert b"The document is not cleared." in refused.content
    data = {"version": document.version, "uncleared_reason": "The dam may break; readers must know."}
    assert client.post(page(document, "publish"), data).status_code == 302
    assert Publication.objects.get().clear is False


def test_a_cleared_text_goes_out_through_the_gate(client, document, people):
    clear_document(document, people)
    assert b"Clear for publication" in client.get(page(document)).content
    data = {"version": document.version, "url": "https://paper.example/flood"}
    assert client.post(page(document, "publish"), data).status_code == 302
    assert Publication.objects.get().clear is True
    document.refresh_from_db()
    assert document.url == "https://paper.example/flood"


def test_what_is_no_address_is_said_beside_the_field(client, document, people):
    clear_document(document, people)
    answer = client.post(page(document, "publish"), {"version": document.version, "url": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert b"Enter a valid URL." in answer.content
    assert not Publication.objects.exists()


def test_an_act_on_an_older_version_is_refused(client, document, people):
    content = document.version
    revise_text(document, TEXT.replace("1,200", "1,400"), by=people.editor)
    response = client.post(page(document, "withdraw"), {"version": content, "note": "A mistake."})
    assert response.status_code == 409
    assert b"changed since you opened it" in response.content


def test_an_act_that_names_no_version_is_refused(client, document):
    response = client.post(page(document, "withdraw"), {"note": "A mistake."})
    assert response.status_code == 409
    document.refresh_from_db()
    assert document.state == "in_check"


def test_an_author_may_not_waive_even_as_desk_chief(client, document, people):
    document.authors.add(people.desk_chief)
    client.force_login(people.desk_chief)
    assert "Waive" not in str(client.get(page(document)).context["buttons"])
    data = {"version": document.version, "note": "Breaking."}
    response = client.post(page(document, "waive"), data)
    assert response.status_code == 403
    assert b"An author of the document may not decide this." in response.content


@pytest.mark.parametrize("role", ["outsider", "superuser"])
def test_who_belongs_to_no_desk_sees_nothing(role, client, document, people):
    client.force_login(getattr(people, role))
    assert client.get(page(document)).status_code == 403
    assert client.post(page(document, "withdraw"), {"version": 1, "note": "x"}).status_code == 403
    assert client.get(reverse("admin:factcheck_dashboard")).status_code == 403


def test_the_original_can_do_nothing(client, document):
    response = client.get(reverse("admin:factcheck_document_original", args=[document.pk]))
    assert response.content.decode() == TEXT
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    kept = client.get(reverse("admin:factcheck_document_original", args=[document.pk]) + "?download")
    assert kept["Content-Disposition"].startswith("attachment")


def test_the_desk_shows_what_waits(client, document, people):
    page_html = client.get(reverse("admin:factcheck_dashboard")).content.decode()
    assert "The flood" in page_html
    assert "Not clear" in page_html


def test_a_page_offers_only_what_may_be_done(client, document, people):
    client.force_login(people.auditor)
    page_html = client.get(page(document)).content.decode()
    assert "/action/publish/" not in page_html
    assert "/action/withdraw/" not in page_html


def test_a_message_says_what_was_done(client, document):
    data = {"version": document.version, "note": "Filed twice."}
    response = client.post(page(document, "withdraw"), data)
    assert [str(row) for row in get_messages(response.wsgi_request)] == ["The document is withdrawn."]
    assert Claim.objects.filter(document=document).exists(), "nothing is deleted"


def test_what_was_read_wrongly_is_described_anew_and_the_rest_stays(client, document, people):
    page_html = client.get(page(document, "update_metadata")).context["form"]
    data = {name: page_html[name].value() for name in ("title", "byline", "language", "zone")}
    assert page_html["published_at"].value().isoformat() == "2026-03-10T12:00:00"
    posted = {"version": document.version, "published_at": "2026-03-10T12:00", "publisher": ""}
    response = client.post(page(document, "update_metadata"), {**data, **posted, "byline": "Ada Brell"})
    assert response.status_code == 302
    event = Event.objects.of(document).get(action="update_metadata")
    assert event.facts["changed"] == ["byline"]
    document.refresh_from_db()
    posted |= {"version": document.version, "zone": "Europe/Oslo"}
    assert client.post(page(document, "update_metadata"), {**data, "byline": "Ada Brell", **posted}).status_code == 302
    document.refresh_from_db()
    assert (document.zone, document.published_at.isoformat()) == ("Europe/Oslo", "2026-03-10T11:00:00+00:00")
    posted["version"] = document.version
    assert client.post(page(document, "update_metadata"), {**data, **posted, "byline": "Ada Brell"}).status_code == 422
