"""Evidence on claims: recorded, captured, linked to a quote, assessed.

Counting origins is a queryset method of the Evidence model. The bytes of a page are fetched by a job.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Actor, Machine, Person, person_of
from factcheck.errors import Invalid
from factcheck.intake.fetching import Fetched
from factcheck.intake.snapshots import sha256_of, warc_of, warc_of_upload
from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName, Priority
from factcheck.jobs.queue import enqueue
from factcheck.models import Claim, Evidence, EvidenceKind, Policy, Snapshot, Source, SourceUse, Stance
from factcheck.states import EvidenceState

from .evidence_rules import is_carried
from .locks import lock_claims
from .transitions import check_permission, log, mark_stale, move, require_storable


def record_evidence(
    claim: Claim,
    kind: str,
    *,
    by: Person,
    source: Source | None = None,
    url: str = "",
    note: str = "",
    source_use: str = SourceUse.SECONDARY,
    credibility: int | None = None,
    derived_from: Evidence | None = None,
    derived_from_source: Source | None = None,
) -> Evidence:
    """Record evidence on a claim. A web page is captured by a job.

    The source of a web page is found by its domain where none is named. Calls, interviews and observations
    need a note of what was said or seen, and are captured by it.

    Raises:
        Invalid: what such evidence needs is missing, it is first-hand and nobody is named, or it is derived from itself
            or another claim's.
    """
    check_permission(by, claim, "record_evidence")
    check_evidence(claim, kind, url, note, source_use, credibility, derived_from)
    if source is None and url:
        source = Source.objects.at_host(urlsplit(url).hostname or "")
    if source is None and source_use == SourceUse.PRIMARY:
        raise Invalid(
            "A primary source has a name. Name it; a confidential one can be entered with its name encrypted.",
            code="primary_unnamed",
        )
    with transaction.atomic():
        evidence = Evidence.objects.create(
            claim=claim,
            source=source,
            kind=kind,
            url=url,
            note=note.strip(),
            source_use=source_use,
            credibility=credibility,
            derived_from=derived_from,
            derived_from_source=derived_from_source,
            created_by=by,
        )
        log(
            evidence,
            "record",
            by=by,
            to_state=evidence.state,
            facts={"claim": claim.pk, "source": source.pk if source else None},
        )
        if kind == EvidenceKind.WEB:
            request_capture(evidence, by=by)
        elif kind != EvidenceKind.UPLOAD:
            move(evidence, "attach", by=by)
    return evidence


def check_evidence(
    claim: Claim,
    kind: str,
    url: str,
    note: str,
    source_use: str,
    credibility: int | None,
    derived_from: Evidence | None,
) -> None:
    if kind not in EvidenceKind.values:
        raise Invalid("That is not a kind of evidence.", code="kind_unknown")
    if source_use not in SourceUse.values:
        raise Invalid("A source is used as primary or secondary.", code="source_use_unknown")
    if kind == EvidenceKind.WEB and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise Invalid("Web evidence needs the address of the page.", code="url_missing")
    if kind not in (EvidenceKind.WEB, EvidenceKind.UPLOAD) and not note.strip():
        raise Invalid("Please note what was said or seen.", code="note_missing")
    require_storable(url, note)
    if len(url) > 2000:
        raise Invalid("The address is longer than 2,000 characters.", code="url_too_long")
    check_credibility(credibility)
    if derived_from is not None and derived_from.claim.document.desk_id != claim.document.desk_id:
        raise Invalid("Evidence repeats evidence of the same desk.", code="derived_elsewhere")


def request_capture(evidence: Evidence, *, by: Actor) -> None:
    enqueue(
        JobName.CAPTURE_EVIDENCE,
        job_key(evidence, evidence.version),
        {"evidence": evidence.pk},
        by=person_of(by),
        desk=evidence.claim.document.desk,
        priority=Priority.EVIDENCE,
    )


def store_capture(evidence: Evidence, fetched: Fetched, text: str, *, by: Actor) -> None:
    """Keep what a job fetched: WARC, SHA-256 and the text read from it."""
    with transaction.atomic():
        snapshot = Snapshot.objects.create(
            desk=evidence.claim.document.desk,
            url=fetched.url[:2000],
            media_type=fetched.media_type[:100],
            charset=(fetched.charset or "")[:40],
            sha256=sha256_of(fetched.body),
            size=len(fetched.body),
            warc=warc_of(fetched),
            text=text,
            taken_at=fetched.fetched_at,
        )
        move(
            evidence,
            "capture",
            to=EvidenceState.CAPTURED,
            by=by,
            snapshot=snapshot,
            error="",
            facts={"sha256": snapshot.sha256},
            decision=lambda: snapshot,
        )


def fail_capture(evidence: Evidence, reason: str, *, by: Actor) -> None:
    """Mark a capture as failed, with the reason."""
    move(evidence, "capture", to=EvidenceState.CAPTURE_FAILED, by=by, note=reason, error=reason[:500])


def retry_capture(evidence: Evidence, *, by: Actor, version: int | None = None) -> None:
    """Ask for a failed capture once more."""
    with transaction.atomic():
        move(evidence, "capture", by=by, version=version)
        request_capture(evidence, by=by)


def attach_evidence(
    evidence: Evidence,
    *,
    by: Actor,
    data: bytes = b"",
    filename: str = "",
    text: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """Attach a file or a note where the page could not be captured.

    Raises:
        Invalid: neither is given.
    """
    check_permission(by, evidence, "attach")
    if not data and not note.strip():
        raise Invalid("Attach a file or a note.", code="attachment_missing")
    with transaction.atomic():
        values: dict[str, Any] = {"note": note.strip()} if note.strip() else {}
        snapshot = None
        if data:
            now = timezone.now()
            snapshot = values["snapshot"] = Snapshot.objects.create(
                desk=evidence.claim.document.desk,
                filename=filename[:255],
                sha256=sha256_of(data),
                size=len(data),
                text=text,
                warc=warc_of_upload(data, filename, "application/octet-stream", now),
                taken_at=now,
            )
        kept = (lambda: snapshot) if snapshot else None
        move(evidence, "attach", by=by, version=version, error="", decision=kept, **values)


def link_evidence(evidence: Evidence, *, stance: str, by: Actor, quote: str = "", version: int | None = None) -> None:
    """Link evidence to its claim with a stance and a quote.

    Raises:
        Invalid: the stance is unknown, or the quote is not in what was captured.
    """
    check_permission(by, evidence, "link")
    if stance not in Stance.values:
        raise Invalid("Evidence supports, refutes or gives context.", code="stance_unknown")
    text_of_evidence = evidence.snapshot.text if evidence.snapshot else evidence.note
    start = text_of_evidence.find(quote) if quote else -1
    if evidence.snapshot and evidence.snapshot.text and start < 0:
        raise Invalid("The quote is not in the captured text.", code="quote_mismatch")
    move(
        evidence,
        "link",
        by=by,
        version=version,
        stance=stance,
        excerpt=quote,
        excerpt_start=start if start >= 0 else None,
        facts={"stance": stance},
    )


def assess_evidence(
    evidence: Evidence,
    *,
    accepted: bool,
    by: Actor,
    note: str = "",
    credibility: int | None = None,
    version: int | None = None,
) -> None:
    """Accept linked evidence, or reject it for a reason; its credibility, from 1 to 6, stays where none is given.

    An author of the text gives evidence and does not assess it; nor does who recorded, attached or linked it, unless
    the policy lets them.

    Raises:
        NotAllowed: four eyes.
        Invalid: the credibility is none of the six.
    """
    check_permission(by, evidence, "assess")
    check_credibility(credibility)
    to = EvidenceState.ACCEPTED if accepted else EvidenceState.REJECTED
    values: dict[str, Any] = {} if credibility is None else {"credibility": credibility}
    facts = dict(values)
    move(evidence, "assess", to=to, by=by, note=note, version=version, facts=facts, assessed_by=by, **values)


def check_credibility(credibility: int | None) -> None:
    if credibility is not None and not 1 <= credibility <= 6:
        raise Invalid("Credibility runs from 1 to 6.", code="credibility_range")


def retire_evidence(evidence: Evidence, action: str, *, by: Actor, note: str, version: int | None = None) -> None:
    """Accepted evidence drifted, was superseded, or was withdrawn by its source.

    Voids the sign-off of its claim where what is left does not carry the verdict.
    """
    if action not in ("drift", "supersede", "withdraw"):
        raise LookupError(action)
    with transaction.atomic():
        lock_claims([evidence.claim_id])
        move(evidence, action, by=by, note=note, version=version)
        claim, verdict = evidence.claim, evidence.claim.verdicts.last()
        claim.refresh_from_db()
        if verdict is not None and not is_carried(claim, verdict.label, Policy.for_document(claim.document)):
            mark_stale(claim, f"the evidence no longer carries its verdict: {note}", by=Machine("evidence retired"))
