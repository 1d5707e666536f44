"""Origins are counted, never copies: what stands behind a verdict of “supported”."""

from __future__ import annotations

import pytest
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import FactcheckError, Invalid, NotAllowed
from factcheck.intake.fetching import Fetched
from factcheck.models import Claim, Evidence, Policy, Source
from factcheck.workflow.evidence import (
    assess_evidence,
    attach_evidence,
    fail_capture,
    link_evidence,
    record_evidence,
    retire_evidence,
    retry_capture,
    store_capture,
)
from factcheck.workflow.sources import open_name, record_source
from factcheck.workflow.verification import submit_verdict
from tests.factories import SourceFactory
from tests.stories import Staff, bring_to, file_text, give_evidence, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(staff: Staff) -> Claim:
    story = file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)
    return bring_to(story.claims.get(), "in_verification", staff)


def origins(claim: Claim) -> int:
    return len(claim.evidence.current().filter(stance="supports").origins())


def test_two_outlets_that_quote_one_ministry_are_one_origin(claim, staff):
    ministry, herald, mail = SourceFactory(), SourceFactory(), SourceFactory()
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=herald, derived_from_source=ministry)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=mail, derived_from_source=ministry)
    assert origins(claim) == 1
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assert origins(claim) == 2


def test_the_ministry_itself_and_an_outlet_that_quotes_it_are_one_origin(claim, staff):
    ministry = SourceFactory()
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=ministry)
    give_evidence(
        claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), derived_from_source=ministry
    )
    assert origins(claim) == 1


def test_two_papers_of_one_owner_are_one_origin(claim, staff):
    house = SourceFactory()
    group = SourceFactory(owner=house)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(owner=group))
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(owner=house))
    assert origins(claim) == 1


def test_a_chain_of_copies_is_followed_to_its_first(claim, staff):
    first = give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    second = give_evidence(
        claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), derived_from=first
    )
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), derived_from=second)
    assert origins(claim) == 1


def test_a_chain_is_followed_also_through_evidence_of_another_claim(claim, staff):
    other = file_text("The council of Torvik said 40 homes were lost.", desk=staff.desk, by=staff.editor).claims.get()
    ministry = SourceFactory()
    seen_before = give_evidence(other, by=staff.checker, accepted_by=staff.reviewer, source=ministry)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), derived_from=seen_before)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=ministry)
    assert origins(claim) == 1


def test_two_that_quote_each_other_are_one_origin(claim, staff):
    one = give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    two = give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), derived_from=one)
    Evidence.objects.filter(pk=one.pk).update(derived_from=two)
    assert origins(claim) == 1


def test_two_that_own_each_other_are_one_origin(claim, staff):
    one = SourceFactory()
    two = SourceFactory(owner=one)
    Source.objects.filter(pk=one.pk).update(owner=two)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=one)
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=two)
    assert origins(claim) == 1


def test_what_nobody_is_named_for_has_no_origin(claim, staff):
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, use="secondary")
    assert origins(claim) == 0


def test_a_first_hand_source_is_named(claim, staff):
    with pytest.raises(Invalid) as refusal:
        record_evidence(claim, "call", by=staff.checker, note="A neighbour said so.", source_use="primary")
    assert refusal.value.code == "primary_unnamed"
    assert not claim.evidence.exists()


def test_rejected_evidence_and_evidence_against_do_not_support(claim, staff):
    rejected = give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assess_evidence(rejected, accepted=False, by=staff.reviewer, note="an old page")
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), stance="refutes")
    withdrawn = give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assess_evidence(withdrawn, accepted=True, by=staff.reviewer)
    retire_evidence(withdrawn, "withdraw", by=staff.checker, note="they took it back")
    assert origins(claim) == 0


def submitted(claim: Claim, label: str, staff: Staff) -> str:
    """The state after submitting, or the code of the refusal."""
    try:
        submit_verdict(claim, label, by=staff.checker)
    except FactcheckError as refusal:
        claim.refresh_from_db()
        assert (claim.state, claim.verdicts.count()) == ("in_verification", 0)
        return refusal.code
    return claim.state


def test_supported_needs_two_origins(claim, staff):
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assert submitted(claim, "supported", staff) == "origins_missing"
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assert submitted(claim, "supported", staff) == "in_review"


def test_or_one_primary_source(claim, staff):
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory(), use="primary")
    assert submitted(claim, "supported", staff) == "in_review"


def test_a_desk_may_ask_for_three(claim, staff):
    Policy.objects.create(desk=staff.desk, minimum_origins=3)
    for _ in range(2):
        give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assert submitted(claim, "supported", staff) == "origins_missing"
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, source=SourceFactory())
    assert submitted(claim, "supported", staff) == "in_review"


def test_refuted_needs_something_that_refutes(claim, staff):
    assert submitted(claim, "refuted", staff) == "evidence_missing"
    give_evidence(claim, by=staff.checker, accepted_by=staff.reviewer, stance="refutes")
    assert submitted(claim, "refuted", staff) == "in_review"


@pytest.mark.parametrize("label", ["not_enough_evidence", "conflicting_evidence", "outdated"])
def test_other_verdicts_need_no_evidence(label, claim, staff):
    assert submitted(claim, label, staff) == "in_review"


def test_a_verdict_nobody_knows_is_refused(claim, staff):
    assert submitted(claim, "true", staff) == "verdict_unknown"


# The life of a piece of evidence


def test_a_web_page_waits_for_its_capture_and_is_found_by_its_domain(claim, staff):
    herald = registered("The Velmora Herald", domains=("velmoraherald.example",))
    evidence = record_evidence(claim, "web", by=staff.checker, url="https://news.velmoraherald.example/flood")
    assert (evidence.state, evidence.source) == ("requested", herald)
    job = staff.desk.jobs.get(name="capture_evidence")
    assert job.args == {"evidence": evidence.pk}
    fail_capture(evidence, "The page did not answer.", by=evidence_job())
    assert (evidence.state, evidence.error) == ("capture_failed", "The page did not answer.")
    retry_capture(evidence, by=staff.checker)
    assert (evidence.state, staff.desk.jobs.filter(name="capture_evidence").count()) == ("requested", 2)


def evidence_job() -> Machine:
    return Machine("capture evidence")


def test_a_quote_is_linked_to_the_words_of_the_captured_page(claim, staff):
    evidence = captured(claim, staff, "The council counted 40 flooded homes.")
    with pytest.raises(Invalid, match="not in the captured text"):
        link_evidence(evidence, stance="supports", quote="50 flooded homes", by=staff.checker)
    link_evidence(evidence, stance="supports", quote="40 flooded homes", by=staff.checker)
    assert evidence.snapshot.text[evidence.excerpt_start :].startswith("40 flooded homes")


def captured(claim: Claim, staff: Staff, text: str) -> Evidence:
    url = "https://torvik.example/notice"
    evidence = record_evidence(claim, "web", by=staff.checker, url=url)
    page = Fetched(
        requested_url=url,
        url=url,
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/plain"),),
        body=text.encode(),
        remote_address="192.0.2.7",
        hops=(),
        fetched_at=timezone.now(),
        request_headers=(),
        media_type="text/plain",
        charset="utf-8",
    )
    store_capture(evidence, page, text, by=evidence_job())
    return evidence


def test_a_letter_takes_the_place_of_a_page_that_cannot_be_had(claim, staff):
    evidence = record_evidence(claim, "web", by=staff.checker, url="https://torvik.example/notice")
    with pytest.raises(Invalid, match="file or a note"):
        attach_evidence(evidence, by=staff.checker)
    attach_evidence(evidence, by=staff.checker, data=b"40 homes", filename="letter.txt", text="40 homes")
    assert (evidence.state, evidence.snapshot.size) == ("captured", 8)


BAD_EVIDENCE = [
    ("rumour", {}, "kind_unknown"),
    ("call", {"note": " "}, "note_missing"),
    ("web", {"url": ""}, "url_missing"),
    ("web", {"url": "ftp://torvik.example/a"}, "url_missing"),
    ("web", {"url": "https://torvik.example/" + "a" * 2000}, "url_too_long"),
    ("web", {"url": "https://torvik.example/\0"}, "text_unusable"),
    ("call", {"note": "half a \ud83d smile"}, "text_unusable"),
    ("call", {"note": "yes", "credibility": 7}, "credibility_range"),
    ("call", {"note": "yes", "source_use": "tertiary"}, "source_use_unknown"),
]


@pytest.mark.parametrize(("kind", "values", "code"), BAD_EVIDENCE)
def test_evidence_that_makes_no_sense_is_refused_with_a_reason(kind, values, code, claim, staff):
    with pytest.raises(Invalid) as refusal:
        record_evidence(claim, kind, by=staff.checker, **values)
    assert (refusal.value.code, claim.evidence.count()) == (code, 0)


# The registry


def test_a_platform_is_never_a_source_and_a_name_is_taken_once(staff):
    def record(name, **values):
        return record_source(name, "media", desk=staff.desk, by=staff.checker, **values)

    record("The Velmora Herald", aliases=["Herald"], domains=["VelmoraHerald.example"])
    for name, values, code in [
        ("Somebody", {"domains": ["x.com"]}, "domain_platform"),
        ("Somebody", {"domains": ["m.facebook.com"]}, "domain_platform"),
        ("Somebody", {"domains": ["https://torvik.example"]}, "domain_invalid"),
        ("HERALD", {}, "source_known"),
        ("Another", {"domains": ["velmoraherald.example"]}, "source_known"),
        (" ", {}, "name_missing"),
        ("Half \ud83d", {}, "text_unusable"),
    ]:
        with pytest.raises(Invalid) as refusal:
            record(name, **values)
        assert refusal.value.code == code
    assert Source.objects.count() == 1
    assert Source.objects.named("the velmora herald") == Source.objects.at_host("www.velmoraherald.example")
    assert Source.objects.at_host("fakevelmoraherald.example") is None


def test_a_confidential_name_is_sealed_and_opened_for_its_confidants_only(staff):
    source = record_source(
        "Jon Vale",
        "eyewitness",
        desk=staff.desk,
        by=staff.checker,
        confidential=True,
        people_with_access=[staff.desk_chief],
    )
    assert (
        "Vale"
        not in f"{source.name}{source.slug}{source.encrypted_name}{list(source.names.values_list('name', flat=True))}"
    )
    assert open_name(source, by=staff.desk_chief) == "Jon Vale"
    with pytest.raises(NotAllowed):
        open_name(source, by=staff.checker)
