"""The gate: may this revision be published, and if not, what blocks it. Nothing is decided here.

``clearance`` only reads. ``note_clearance`` stores the last answer on the document and announces a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language_info

from factcheck import signals
from factcheck.actors import Machine
from factcheck.conf import settings
from factcheck.errors import Invalid
from factcheck.jobs.keys import job_key, job_key_for, jobs_about, records_in
from factcheck.jobs.names import JobName
from factcheck.models import (
    SORT,
    Claim,
    Discrepancy,
    DiscrepancyQuerySet,
    Document,
    Event,
    Evidence,
    Eyes,
    Figure,
    Job,
    JobQuerySet,
    Measure,
    Policy,
    Revision,
    SignOff,
    Source,
    Topic,
    VerdictLabel,
    Waiver,
)
from factcheck.states import ClaimState, DocumentState, FigureState, JobState
from factcheck.text import READ_LANGUAGES, AnchorState, Basis

from .disputes import disputes
from .evidence_rules import is_carried
from .matching import blocking_thresholds
from .notices import notify_clearance
from .transitions import check_permission, log, words_sha256
from .webhook_events import emit_webhook_event

UNCHECKED: dict[str, str] = {
    ClaimState.PROPOSED: "has not been looked at.",
    ClaimState.OPEN: "is accepted, and nobody has begun to check it.",
    ClaimState.IN_VERIFICATION: "is being checked.",
    ClaimState.IN_REVIEW: "waits for a sign-off.",
}
DISPUTE = "discrepancy_open"
PENDING_CODES = frozenset({"reading_pending", "crosscheck_pending"})
MOST_BLOCKERS_SENT = 100
OUT_OF_DATE = (
    "is given as current and is out of date: someone who may sign off its claim confirms that it holds today, or says "
    "of which day it is; or the copy says so."
)
CLEARS_IF_ATTRIBUTED = (VerdictLabel.CONFLICTING_EVIDENCE, VerdictLabel.NOT_ENOUGH_EVIDENCE)


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing in the way: a code for programs, the record, and a sentence for people."""

    code: str
    record: str
    record_id: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Clearance:
    """The gate's answer for one revision at one time, and the policy by which it was given.

    ``stricter_than_desk`` names the rules of it that the desk has loosened since the text was filed.
    ``more`` blockers are counted and not listed, where the caller wanted a few only.
    """

    clear: bool
    document: int
    revision: int | None
    source_sha256: str
    blockers: tuple[Blocker, ...]
    waived_until: datetime | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    stricter_than_desk: tuple[str, ...] = ()
    more: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The whole answer, as it is kept and sent; not for one that leaves blockers out."""
        until = self.waived_until.isoformat() if self.waived_until else None
        answer = {**asdict(self), "blockers": [asdict(row) for row in self.blockers], "waived_until": until}
        del answer["more"]
        return answer


def clearance(
    document: Document, *, source_sha256: str = "", at: datetime | None = None, most: int | None = None
) -> Clearance:
    """Whether the current revision may be published, or the list of what blocks it.

    ``source_sha256`` is the SHA-256 of the bytes the host is about to publish; if it is not that of the
    current revision the answer is ``not_this_revision``, whatever else holds. ``most``: a page that shows a few
    blockers has the others counted in ``more``, and not loaded.
    """
    now = at or timezone.now()
    revision = document.current_revision
    blockers = list(document_blockers(document, revision, source_sha256))
    policy, waiver, more = Policy.for_document(document), None, 0
    if revision is not None and not blockers:
        waiver = revision.waivers.running(now).order_by("-expires_at").first()
        blockers, more = content_blockers(document, policy, now, None if waiver else most)
    covered = waiver is not None and bool(blockers) and are_covered(document, blockers, waiver)
    if most is not None and len(blockers) > most:  # a waiver is held against all of them
        blockers, more = blockers[:most], more + len(blockers) - most
    return Clearance(
        clear=covered or not (blockers or more),
        document=document.pk,
        revision=revision.number if revision else None,
        source_sha256=revision.bytes_sha256 if revision else "",
        blockers=tuple(blockers),
        waived_until=waiver.expires_at if waiver and covered else None,
        policy=policy.as_dict(),
        stricter_than_desk=tuple(policy.stricter_than(Policy.of(document.desk))),
        more=more,
    )


def note_clearance(pk: int, *, by: Machine) -> bool | None:
    """Compute the clearance again, store it on the document, and announce it where it changed.

    The first answer "no" is no news. While only a job that has not ended stands in the way, there is no answer
    yet; that job asks again when it ends. Returns the answer where it was news, else None.
    """
    with transaction.atomic():
        rows = Document.objects.select_for_update(no_key=True)  # two workers take turns: the later one knows more
        document = rows.get(pk=pk)
        check_permission(by, document, "note_clearance")
        answer, before = clearance(document), document.clear
        waits = not answer.clear and all(row.code in PENDING_CODES for row in answer.blockers)
        if waits or before == answer.clear:
            return None
        if not Document.objects.filter(pk=pk, clear=before).update(clear=answer.clear):
            return None
        document.clear = answer.clear
        if before is None and not answer.clear:
            return None
        announce_change(document, answer, by=by)
        return answer.clear


def announce_change(document: Document, answer: Clearance, *, by: Machine) -> None:
    """Announce a changed answer: history, notices, webhooks, and a signal on commit."""
    action = "cleared" if answer.clear else "uncleared"
    event = log(document, action, by=by, facts={"revision": answer.revision, "blockers": len(answer.blockers)})
    key = f"document:{document.pk}:{event.sequence}"
    notify_clearance(document, clear=answer.clear, key=key)
    blockers = [{"code": row.code, "record": row.record, "record_id": row.record_id} for row in answer.blockers]
    summary = {"clear": answer.clear, "revision": answer.revision, "source_sha256": answer.source_sha256}
    emit_webhook_event(
        f"document_{action}", document, key=key, clearance={**summary, "blockers": blockers[:MOST_BLOCKERS_SENT]}
    )
    signal = signals.document_cleared if answer.clear else signals.document_uncleared
    signals.announce(signal, Document, document=document, clearance=answer)


def blocking_in(document: Document) -> DiscrepancyQuerySet:
    """The discrepancies that block a document: those whose score reaches the threshold that holds for it.

    Where the weights cannot be read, every discrepancy blocks.
    """
    try:
        thresholds = blocking_thresholds(document)
    except Invalid:
        thresholds = {}
    return Discrepancy.objects.blocking(document, **thresholds)


def are_covered(document: Document, blockers: Iterable[Blocker], waiver: Waiver) -> bool:
    """A waiver of a revision covers what it listed when it was given, for the reason it listed, and nothing since.

    Of a dispute it listed the pairs, an older one each by itself: a pair found since is not covered.
    """
    listed = {(row["code"], row["record"], pk) for row in waiver.covers for pk in row.get("pairs", [row["record_id"]])}
    wanted = {(row.code, row.record, row.record_id) for row in blockers if row.code != DISPUTE}
    rows = blocking_in(document).values_list("pk", flat=True)
    return wanted <= listed and {(DISPUTE, "discrepancy", pk) for pk in rows} <= listed


def document_blockers(document: Document, revision: Revision | None, source_sha256: str) -> Iterator[Blocker]:
    """Blockers of the document itself, which no waiver covers."""
    if document.state not in (DocumentState.IN_CHECK, DocumentState.PUBLISHED):
        yield Blocker("not_in_check", "document", document.pk, f"The document is {document.state.replace('_', ' ')}.")
    if source_sha256 and (revision is None or source_sha256.casefold() != revision.bytes_sha256):
        yield Blocker(
            "not_this_revision", "document", document.pk, "The text to be published is not the one that was checked."
        )
    jobs = Job.objects.filter(jobs_about(document), name=JobName.READ_DOCUMENT)
    if jobs.unfinished().exists():
        yield Blocker("reading_pending", "document", document.pk, "A newer text is still being read.")
    elif revision is not None and not revision.engine_version:
        yield Blocker("not_read", "document", document.pk, "The text has not been read yet.")
    last = jobs.order_by("-pk").first()
    if last is not None and last.state in (JobState.FAILED, JobState.CANCELLED):
        why = last.error or "the reading was cancelled"
        yield Blocker("reading_failed", "document", document.pk, f"The newest text could not be read: {why}")


def content_blockers(
    document: Document, policy: Policy, now: datetime, most: int | None = None
) -> tuple[list[Blocker], int]:
    """Claims, figures and discrepancies that are not dealt with: at most so many, and how many more there are."""
    found = [*claim_blockers(document, policy, now), *figure_blockers(document, policy.threshold, now)]
    found += [*language_blockers(document), *crosscheck_blockers(document)]
    discrepancies, more = discrepancy_blockers(document, None if most is None else max(0, most - len(found)))
    found += discrepancies
    return found[:most], more + len(found[most:] if most is not None else [])


def claim_blockers(document: Document, policy: Policy, now: datetime) -> Iterator[Blocker]:
    """Claims worth checking, or accepted, that are not signed off, waived or dismissed."""
    waivers, signed = latest_waivers(document), latest_sign_offs(document)
    claims = list(Claim.objects.filter(document=document).blocking(policy.threshold))
    held_by_words = [claim for claim in claims if claim.state == ClaimState.SIGNED_OFF]
    prefetch_related_objects(held_by_words, "anchors", "figures")
    changed_at = grounds_changed_at(document) if held_by_words else None
    for claim in claims:
        sign_off = signed.get(claim.pk)
        if blocker := claim_blocker(claim, sign_off, waivers.get(claim.pk), now, policy.eyes):
            yield blocker
        elif sign_off and changed_at and no_longer_carried(claim, sign_off, policy, changed_at):
            why = "was signed off on evidence that is not enough by the rules, and the owners of sources, of now."
            yield Blocker("sign_off_void", "claim", claim.pk, f"“{claim!s}” {why}")


def no_longer_carried(claim: Claim, sign_off: SignOff, policy: Policy, changed_at: datetime) -> bool:
    """Whether a claim was signed off before the grounds changed, on evidence that is not enough by those of now."""
    before = claim.state == ClaimState.SIGNED_OFF and sign_off.at <= changed_at
    return before and not is_carried(claim, sign_off.verdict.label, policy)


def grounds_changed_at(document: Document) -> datetime | None:
    """When the rules of the desk, or an owner behind a source of its evidence, were set last.

    What was signed before is held to the rules and owners of now.
    """
    policies = Policy.objects.filter(desk=document.desk_id).values("pk")
    rules = Q(record="policy", record_id__in=policies, action="set")
    owners = Q(record="source", action="change", facts__changed__icontains="owner")
    last = Event.objects.filter(rules | owners).aggregate(
        rules=Max("at", filter=rules), owners=Max("at", filter=owners)
    )
    if last["owners"]:  # of any source: now of those behind this document
        sources = Source.objects.under_owners_of(Evidence.objects.filter(claim__document=document).sources())
        behind = Event.objects.filter(owners, record_id__in=sources)
        last["owners"] = behind.aggregate(last=Max("at"))["last"]
    return max(filter(None, last.values()), default=None)


def crosscheck_blockers(document: Document) -> Iterator[Blocker]:
    """The figures must have been compared, and no comparison that may touch them may be under way."""
    jobs = Job.objects.filter(name=JobName.CROSSCHECK)
    waiting = list(jobs.unfinished().values_list("key", flat=True))
    if is_touched_by(waiting, document) or regroupings_of(document).unfinished().exists():
        yield Blocker("crosscheck_pending", "document", document.pk, "The figures are still being cross-checked.")
        return
    last = jobs.filter(key=job_key(document)).order_by("-pk").first()
    if last is None or last.state != JobState.DONE:
        yield Blocker("crosscheck_failed", "document", document.pk, "The figures could not be cross-checked.")
    elif is_touched_by(jobs.cancelled_for_now(), document) or regroupings_of(document).cancelled_for_now():
        yield Blocker("crosscheck_failed", "document", document.pk, "A comparison that touches it was cancelled.")


def is_touched_by(keys: list[str], document: Document) -> bool:
    """Whether a cross-check of one of these keys is of this document, of its topic or of a measure of its figures."""
    measures = records_in(Measure, keys)
    return (
        document.pk in records_in(Document, keys)
        or document.topic_id in records_in(Topic, keys)
        or (
            bool(measures)
            and document.figures.filter(Q(measure__in=measures) | Q(measure__held_against__in=measures)).exists()
        )
    )


def language_blockers(document: Document) -> Iterator[Blocker]:
    """A text in a language that is not read has no claim that the machine proposed: people add and check them."""
    revision = document.current_revision
    if revision is None or revision.language in READ_LANGUAGES:
        return
    if document.claims.filter(state=ClaimState.SIGNED_OFF).exclude(anchor_state=AnchorState.ORPHANED).exists():
        return
    message = (
        f"The text is in {language_name(revision.language)} and was not read for figures: nothing of it was proposed "
        "as a claim. Add what is to be checked by hand and have it signed off, or waive the revision."
    )
    yield Blocker("not_read_for_figures", "document", document.pk, message)


def language_name(code: str) -> str:
    """The name of a language in English; its code where Django knows none."""
    try:
        return str(get_language_info(code)["name"]) if code else "a language that was not recognised"
    except KeyError:
        return f"the language “{code}”"


def regroupings_of(document: Document) -> JobQuerySet:
    """Groupings that may move, or moved, the figures of a document."""
    keys = [job_key(document), *([job_key_for(Topic, document.topic_id)] if document.topic_id else [])]
    return Job.objects.filter(name=JobName.REGROUP, key__in=keys)


def latest_waivers(document: Document) -> dict[int, Waiver]:
    rows = Waiver.objects.filter(claim__document=document).order_by("pk")
    return {row.claim_id: row for row in rows if row.claim_id}


def latest_sign_offs(document: Document) -> dict[int, SignOff]:
    rows = SignOff.objects.filter(verdict__claim__document=document).select_related("verdict", "by").order_by("pk")
    return {row.verdict.claim_id: row for row in rows}


def claim_blocker(
    claim: Claim, signed: SignOff | None, waiver: Waiver | None, now: datetime, eyes: str
) -> Blocker | None:
    """The blocker of one claim, if there is one, by the policy's pairs of eyes."""

    def blocked(code: str, why: str) -> Blocker:
        return Blocker(code, "claim", claim.pk, f"“{claim!s}” {why}")

    if claim.state == ClaimState.DISMISSED:
        return None
    if claim.state == ClaimState.WAIVED:
        expired = waiver is None or waiver.expires_at <= now
        return blocked("waiver_expired", "was waived, and the waiver has run out.") if expired else None
    if claim.state == ClaimState.STALE:
        return blocked("claim_stale", f"was signed off, but {claim.stale_reason}.")
    if claim.state != ClaimState.SIGNED_OFF or signed is None:
        return blocked("claim_unchecked", UNCHECKED.get(claim.state, "is not checked."))
    if claim.anchor_state == AnchorState.AMBIGUOUS:
        return blocked("anchor_ambiguous", "stands in the text more than once.")
    if signed.words_sha256 != words_sha256(claim):
        return blocked("sign_off_void", "was signed off on other words.")
    if eyes == Eyes.THREE and signed.by_id == signed.verdict.by_id:
        return blocked("second_signer_missing", "was signed off by the person who submitted its verdict, for two eyes.")
    label = signed.verdict.label
    if label == VerdictLabel.SUPPORTED:
        return None
    if label in CLEARS_IF_ATTRIBUTED and claim.attribution_id and signed.attributed_in_copy:
        return None
    return blocked("verdict_does_not_clear", f"was found {label.replace('_', ' ')}.")


def figure_blockers(document: Document, threshold: float, now: datetime) -> Iterator[Blocker]:
    """Figures above the threshold that are neither linked nor dismissed, and running ones out of date."""
    rows = Figure.objects.filter(document=document).anchored().select_related("measure", "claim")
    idle = Q(claim__state__in=[ClaimState.PROPOSED, ClaimState.DISMISSED]) | Q(claim__anchor_state=AnchorState.ORPHANED)
    unattended = Q(state=FigureState.FOUND) | Q(idle, state=FigureState.LINKED)
    for figure in rows.filter(unattended, checkworthiness__gte=threshold):
        linked = "linked to a claim that is not checked" if figure.state == FigureState.LINKED else ""
        why = linked or "neither linked to a claim nor dismissed"
        yield Blocker("figure_unattended", "figure", figure.pk, f"“{figure}” is {why}.")
    if document.state == DocumentState.PUBLISHED:
        return
    for figure in expired_figures(rows, now):
        yield Blocker("as_of_expired", "figure", figure.pk, f"“{figure}” {OUT_OF_DATE}")


def expired_figures(figures: QuerySet[Figure], now: datetime) -> QuerySet[Figure]:
    """Those of some figures that were signed off as current counts, and are out of date by now."""
    oldest = now - timedelta(hours=settings().FRESH_FOR_HOURS)
    current = figures.filter(measure__running=True, as_of_basis=Basis.PUBLICATION, as_of_end__lt=oldest)
    return current.filter(state=FigureState.LINKED, claim__state=ClaimState.SIGNED_OFF)


def discrepancy_blockers(document: Document, most: int | None) -> tuple[list[Blocker], int]:
    """Disputes in the way, one for each measure, at most so many, and how many more there are.

    A desk that holds no figure of the other side is shown only that there is one.
    """
    rows = blocking_in(document)
    listed = disputes(rows, desks=[document.desk_id], order=["pk"], most=most)
    more = 0 if most is None or len(listed) < most else rows.number_of_disputes() - len(listed)
    return [Blocker(DISPUTE, "discrepancy", row.leading.pk, row.message) for row in listed], more


def covered_by_waiver(document: Document, answer: Clearance) -> list[dict[str, Any]]:
    """What a waiver of this revision covers: the blockers, and with each dispute every pair of it that is known."""
    rows = blocking_in(document).annotate(sort=SORT).values_list("pk", "measure", "sort")
    pairs = {pk: (measure, sort) for pk, measure, sort in rows}
    pairs_of_dispute: dict[tuple[int, str], list[int]] = {}
    for pk, group in sorted(pairs.items()):
        pairs_of_dispute.setdefault(group, []).append(pk)
    return [
        {**asdict(row), "pairs": pairs_of_dispute[pairs[row.record_id]]}
        if row.record_id in pairs and row.code == DISPUTE
        else asdict(row)
        for row in answer.blockers
    ]
