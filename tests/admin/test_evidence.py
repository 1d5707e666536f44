"""Evidence in the admin: recorded beside the claim, kept as bytes, linked to its words, assessed, withdrawn."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from factcheck.intake.snapshots import sha256_of
from factcheck.models import Evidence, Job, Source
from factcheck.workflow.evidence import attach_evidence, record_evidence
from factcheck.workflow.sources import record_source
from tests.admin.pages import page
from tests.factories import EvidenceFactory
from tests.stories import bring_to, file_text, give_evidence, registered

TEXT = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."
PAGE = "Larkmoor council minutes.\nThe wardens counted 1,200 homes\nunder water. <script>alert(1)</script>"


@pytest.fixture
def claim(people):
    document = file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")
    return bring_to(document.claims.get(), "in_verification", people)


@pytest.fixture
def paper(claim, people):
    """A file that was handed in, with the words read from it."""
    evidence = record_evidence(claim, "upload", by=people.checker)
    attach_evidence(evidence, by=people.checker, data=PAGE.encode(), filename="minutes.html", text=PAGE)
    return evidence


def do(client, user, evidence, action, **data):
    client.force_login(user)
    evidence.refresh_from_db()
    response = client.post(page(evidence, action), {"version": evidence.version, **data})
    evidence.refresh_from_db()
    return response


def add(client, user, claim, **data):
    client.force_login(user)
    address = reverse("admin:factcheck_claim_action", args=[claim.pk, "record_evidence"])
    return client.post(address, {"source_use": "secondary", **data})


def test_a_call_is_noted_and_linked_in_one_form(client, people, claim):
    source = registered("Nordwire", aliases=("The Nordwire agency",))
    response = add(
        client,
        people.checker,
        claim,
        kind="call",
        source="the nordwire agency",
        note="They counted 1,200.",
        source_use="primary",
        stance="supports",
    )
    assert response["Location"] == reverse("admin:factcheck_claim_change", args=[claim.pk])
    evidence = Evidence.objects.get()
    assert (evidence.source, evidence.state, evidence.stance) == (source, "linked", "supports")
    assert do(client, people.reviewer, evidence, "assess", accepted="accepted", credibility="2").status_code == 302
    assert (evidence.state, evidence.credibility) == ("accepted", 2)
    assert "2: probably true" in client.get(page(evidence)).content.decode()


def test_a_page_is_asked_for_and_fetched_by_a_job(client, people, claim):
    registered("The Vell Post", domains=("vellpost.example",))
    assert add(client, people.checker, claim, kind="web", url="https://www.vellpost.example/1").status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.state, evidence.source.name) == ("requested", "The Vell Post")
    assert Job.objects.filter(name="capture_evidence").exists()
    assert "waiting to be fetched" in client.get(page(evidence)).content.decode()


def test_a_file_is_kept_at_once(client, people, claim):
    file = SimpleUploadedFile("minutes.txt", b"1,200 homes", "text/plain")
    assert add(client, people.checker, claim, kind="upload", file=file, stance="supports").status_code == 302
    evidence = Evidence.objects.get()
    assert evidence.state == "linked"
    assert evidence.snapshot.sha256 == sha256_of(b"1,200 homes")
    assert evidence.snapshot.sha256 in client.get(page(evidence)).content.decode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"kind": "call"}, "Please note what was said or seen."),
        ({"kind": "web"}, "Web evidence needs the address of the page."),
        ({"kind": "web", "url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"kind": "web", "url": "https://a.example/", "stance": "supports"}, "once it has been fetched"),
        ({"kind": "upload"}, "Choose the file."),
        ({"kind": "call", "note": "x", "source": "Nobody at all"}, "The registry knows nobody by this name."),
        ({"kind": "rumour", "note": "x"}, "Select a valid choice."),
        ({"kind": "call", "note": "nul\0here"}, "Null characters are not allowed."),
        ({"kind": "call", "note": "no XML holds \uffff"}, "The text holds characters that cannot be kept."),
        ({"kind": "call", "note": "a bell \x07"}, "The text holds characters that cannot be kept."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_what_was_typed(data, why, client, people, claim):
    response = add(client, people.checker, claim, **data)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not Evidence.objects.exists()


def test_a_file_that_is_too_large_leaves_nothing_behind(client, people, claim):
    file = SimpleUploadedFile("large.bin", b"x" * 10_000_001)
    response = add(client, people.checker, claim, kind="upload", file=file)
    assert response.status_code == 422
    assert b"larger than 10 MB" in response.content
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_recording_is_for_checkers(role, client, people, claim):
    response = add(client, getattr(people, role), claim, kind="call", note="They rang me.")
    assert response.status_code == 403
    assert b"They rang me." in response.content
    content = client.get(reverse("admin:factcheck_claim_change", args=[claim.pk])).content.decode()
    assert "record_evidence" not in content


def test_the_words_it_rests_on_are_marked_in_what_was_kept(client, people, paper):
    client.force_login(people.checker)
    assert 'id="fc-mark"' in client.get(page(paper)).content.decode()
    quote = "counted 1,200 homes\r\nunder water"  # as a browser sends two lines
    assert do(client, people.checker, paper, "link", stance="supports", quote=quote).status_code == 302
    assert paper.excerpt == "counted 1,200 homes\nunder water"
    content = client.get(page(paper)).content.decode()
    assert "<mark>counted 1,200 homes\nunder water</mark>" in content
    assert "<script>alert" not in content
    assert "minutes.html" in content


def test_words_that_were_not_kept_are_refused(client, people, paper):
    response = do(client, people.checker, paper, "link", stance="supports", quote="words of nobody")
    assert response.status_code == 422
    assert b"The quote is not in the captured text." in response.content
    assert b"words of nobody" in response.content
    assert paper.state == "captured"


def test_the_bytes_are_handed_out_as_a_file_to_the_desk_alone(client, people, paper):
    address = reverse("admin:factcheck_evidence_snapshot", args=[paper.pk])
    client.force_login(people.auditor)
    response = client.get(address)
    assert response.content == PAGE.encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"
    client.force_login(people.outsider)
    assert client.get(address).status_code == 403
    elsewhere = type(people)().checker
    elsewhere.is_staff = True
    elsewhere.save()
    client.force_login(elsewhere)
    assert client.get(address).status_code == 404


def test_where_nothing_is_kept_nothing_is_handed_out(client, people, claim):
    evidence = EvidenceFactory(claim=claim)
    client.force_login(people.checker)
    assert client.get(reverse("admin:factcheck_evidence_snapshot", args=[evidence.pk])).status_code == 404


def test_a_failed_capture_is_tried_again_or_replaced(client, people, claim):
    evidence = EvidenceFactory(
        claim=claim, kind="web", state="capture_failed", url="https://a.example/", error="The server did not answer."
    )
    client.force_login(people.checker)
    assert "The server did not answer." in client.get(page(evidence)).content.decode()
    assert do(client, people.checker, evidence, "capture").status_code == 302
    assert evidence.state == "requested"
    assert do(client, people.checker, evidence, "attach").status_code == 422
    assert do(client, people.checker, evidence, "attach", note="I read it on paper.").status_code == 302
    assert evidence.state == "captured"


def test_a_rejection_says_why(client, people, paper):
    do(client, people.checker, paper, "link", stance="refutes", quote="1,200")
    assert do(client, people.reviewer, paper, "assess", accepted="rejected").status_code == 422
    assert do(client, people.reviewer, paper, "assess", accepted="rejected", note="Of 2019.").status_code == 302
    assert paper.state == "rejected"
    assert do(client, people.reviewer, paper, "assess", accepted="accepted", credibility="9").status_code == 422


def test_an_auditor_assesses_nothing(client, people, paper):
    do(client, people.checker, paper, "link", stance="context", quote="")
    do(client, people.checker, paper, "link", stance="context", quote="1,200")
    response = do(client, people.auditor, paper, "assess", accepted="accepted")
    assert response.status_code == 403
    assert paper.state == "linked"


@pytest.mark.parametrize(
    ("action", "state"), [("drift", "drifted"), ("supersede", "superseded"), ("withdraw", "withdrawn")]
)
def test_accepted_evidence_is_retired_with_a_reason(action, state, client, people, claim):
    evidence = give_evidence(claim, by=people.checker, accepted_by=people.reviewer)
    assert do(client, people.checker, evidence, action).status_code == 422
    assert do(client, people.checker, evidence, action, note="They took it down.").status_code == 302
    assert evidence.state == state


def test_an_act_on_an_older_version_is_refused(client, people, claim):
    evidence = give_evidence(claim, by=people.checker, accepted_by=people.reviewer)
    client.force_login(people.checker)
    response = client.post(page(evidence, "withdraw"), {"version": evidence.version - 1, "note": "Gone."})
    assert response.status_code == 409
    evidence.refresh_from_db()
    assert evidence.state == "accepted"


def test_a_confidential_source_is_its_code_on_every_page(client, people, claim):
    source = record_source("Ola Vind", "eyewitness", desk=people.desk, by=people.checker, confidential=True)
    evidence = give_evidence(claim, by=people.checker, source=source)
    client.force_login(people.desk_chief)
    for address in (
        page(evidence),
        reverse("admin:factcheck_claim_change", args=[claim.pk]),
        reverse("admin:factcheck_evidence_changelist"),
        reverse("admin:factcheck_source_change", args=[source.pk]),
        reverse("admin:factcheck_source_changelist"),
    ):
        content = client.get(address).content.decode()
        assert source.name in content, address
        assert "Vind" not in content, address
    assert Source.objects.get(pk=source.pk).name.startswith("source-")
