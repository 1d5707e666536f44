"""Publish a document through the gate, waive a revision, record a correction. May import the other actions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from factcheck import signals
from factcheck.actors import Actor, Person
from factcheck.conf import settings
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName
from factcheck.models import (
    Claim,
    Correction,
    CorrectionClass,
    Document,
    Event,
    Job,
    Method,
    Publication,
    Revision,
    Role,
    VerificationTask,
    Waiver,
)
from factcheck.relations import roles_of
from factcheck.states import ClaimState, DocumentState, TaskState
from factcheck.text import Basis

from .clearance import Clearance, clearance, covered_by_waiver
from .locks import lock_document, lock_roles
from .notices import notify_published_uncleared
from .transitions import change, check_permission, log, move, require_note
from .webhook_events import emit_corrected, emit_published


def publish_document(
    document: Document,
    *,
    by: Person,
    source_sha256: str = "",
    uncleared_reason: str = "",
    editor: Person | None = None,
    url: str = "",
    version: int | None = None,
) -> Publication:
    """Record that a document is published; uncleared only with a reason, which is kept for good.

    Changes the state, writes a Publication, and announces it by notices, webhooks and a signal. A service account
    records what it filed itself and is clear, and what is not clear in the name of the ``editor`` whom it gives.
    ``url`` is where it now stands, if that was not known when it was filed.

    Raises:
        NotAllowed: the actor may not, or the editor may not publish uncleared.
        Invalid: the address is none, or the document was fetched from another.
        WrongState: the document is not in check, the gate is shut and no reason is given, or an embargo runs.
    """
    check_permission(by, document, "publish")
    values = {"url": url} if url else {}
    check_story_address(document, url)
    with transaction.atomic():
        lock_roles(by, editor)
        lock_document(document)
        now, responsible = timezone.now(), responsible_for(document, editor, by=by)
        answer, revision = pass_gate(document, source_sha256, uncleared_reason, now)
        if not answer.clear and editor is None:
            refuse_uncleared(document, by=by)
        facts = {"revision": revision.number, "clear": answer.clear, "editor": getattr(editor, "pk", None)}
        published: Publication = move(
            document,
            "publish",
            by=by,
            version=version,
            note=uncleared_reason.strip(),
            facts=facts,
            decision=lambda: write_publication(document, revision, answer, now, by=responsible),
            **values,
        )
        announce_publication(published, by=by)
    return published


def check_story_address(document: Document, url: str) -> None:
    """Refuse what is no address on the web, or would change the one that the document is fetched from.

    Raises:
        Invalid: either.
    """
    if not url or url == document.url:
        return
    try:
        if len(url) > 2000:
            raise ValidationError("too long")
        URLValidator(schemes=["http", "https"])(url)
        if "@" in urlsplit(url).netloc or not url.isprintable():
            raise ValidationError("a password, or signs that nobody sees")
    except (ValidationError, ValueError):
        raise Invalid("That is no address of a page on the web.", code="url_invalid") from None
    if Job.objects.filter(key=job_key(document), name=JobName.FETCH_DOCUMENT).exists():
        raise Invalid("It was fetched from its address, which stays.", code="fetched_from_address")


def responsible_for(document: Document, editor: Person | None, *, by: Person) -> Person:
    """In whose name a publication stands: that of whoever records it, or of the editor whom a service account gives.

    Raises:
        NotAllowed: a person gives another one, or the other one may not publish uncleared.
    """
    if editor is None:
        return by
    if not is_service_account(by, document):
        raise NotAllowed("Only a service account records it for somebody else.", code="editor_not_yours")
    check_permission(editor, document, "publish_uncleared")
    return editor


def refuse_uncleared(document: Document, *, by: Person) -> None:
    """Refuse whoever may not publish in their own name what is not clear.

    Raises:
        NotAllowed: a service account gives no editor, or the person may not.
    """
    if is_service_account(by, document):
        message = "A service account publishes uncleared in the name of an editor only; give the editor."
        raise NotAllowed(message, code="editor_missing")
    check_permission(by, document, "publish_uncleared")


def is_service_account(by: Person, document: Document) -> bool:
    return Role.SERVICE in roles_of(by, [document.desk_id])


def pass_gate(
    document: Document, source_sha256: str, uncleared_reason: str, now: datetime
) -> tuple[Clearance, Revision]:
    """The gate's answer for what goes out at this moment, and the revision; the caller keeps the document as it is.

    Raises:
        WrongState: there is no text, it is another text, an embargo runs, or the gate is shut and no reason is given.
    """
    answer, revision = clearance(document, source_sha256=source_sha256, at=now), document.current_revision
    if revision is None:
        raise WrongState("The document has no text yet.", state=document.state)
    if any(row.code == "not_this_revision" for row in answer.blockers):
        raise WrongState("The text to be published is not the one that was checked.", code="not_this_revision")
    if document.embargo_until and document.embargo_until > now:
        until = f"{document.embargo_until:%Y-%m-%d %H:%M} UTC"
        raise WrongState(f"The document is under embargo until {until}.", code="embargo")
    if not answer.clear and not uncleared_reason.strip():
        raise WrongState("The document is not cleared.", code="not_cleared", blockers=answer.as_dict()["blockers"])
    return answer, revision


def write_publication(
    document: Document, revision: Revision, answer: Clearance, now: datetime, *, by: Person
) -> Publication:
    return Publication.objects.create(
        document=document,
        revision=revision,
        clear=answer.clear,
        title=document.title,
        byline=document.byline,
        answer=answer.as_dict(),
        by=by,
        at=now,
    )


def announce_publication(published: Publication, *, by: Person) -> None:
    """Tell of a publication by webhooks and a signal, and by notices where it was not cleared."""
    emit_published(published)
    if not published.clear:
        notify_published_uncleared(published, by=by)
    signals.announce(signals.document_published, Publication, publication=published)


def correct_document(
    document: Document,
    *,
    by: Person,
    correction_class: str,
    wording: str,
    claim: Claim | None = None,
    uncleared_reason: str = "",
    version: int | None = None,
) -> Correction:
    """Record what was put right after publication, in the words the reader is given.

    A corrected text goes out through the gate like the first one, and is a publication of its own.

    Raises:
        Invalid: an unknown class, no wording, or a claim of another document. WrongState: never published, or the
        gate is shut for the corrected text and no reason is given.
    """
    check_permission(by, document, "correct")
    if correction_class not in CorrectionClass.values:
        raise Invalid("A correction, clarification, update or withdrawal.", code="correction_class_unknown")
    if claim is not None and claim.document_id != document.pk:
        raise Invalid("The claim is in another document.", code="other_document")
    facts = {"class": correction_class}

    def write() -> Correction:
        return Correction.objects.create(
            publication=document.publications.latest("pk"),
            claim=claim,
            correction_class=correction_class,
            wording=wording.strip(),
            by=by,
            at=timezone.now(),
        )

    with transaction.atomic():
        lock_roles(by)
        lock_document(document)
        correction: Correction = move(
            document, "correct", by=by, note=wording, version=version, facts=facts, decision=write
        )
        if correction.publication.revision != document.current_revision:
            publish_corrected(document, uncleared_reason, by=by)
        emit_corrected(correction)
    signals.announce(signals.correction_published, Correction, correction=correction)
    return correction


def publish_corrected(document: Document, uncleared_reason: str, *, by: Person) -> None:
    """The corrected text goes out through the gate."""
    now = timezone.now()
    answer, revision = pass_gate(document, "", uncleared_reason, now)
    facts = {"revision": revision.number, "clear": answer.clear}
    published = write_publication(document, revision, answer, now, by=by)
    log(document, "publish", by=by, note=uncleared_reason.strip(), facts=facts, decision=published)
    announce_publication(published, by=by)


def waive_document(
    document: Document, *, by: Person, note: str, expires_at: datetime | None = None, version: int | None = None
) -> Waiver:
    """Waive the present blockers of the current revision for a day at most, for breaking news.

    The waiver lists what it covers; a verification task is opened for each claim in it.

    Raises:
        Invalid: nothing to waive, or too long. WrongState: the document is not in check.
    """
    check_permission(by, document, "waive")
    longest = timezone.now() + timedelta(hours=settings().DOCUMENT_WAIVER_HOURS)
    until = expires_at or longest
    if not timezone.now() < until <= longest + timedelta(minutes=1):
        raise Invalid(
            f"A document can be waived for {settings().DOCUMENT_WAIVER_HOURS} hours at most.", code="waiver_too_long"
        )
    note = require_note(note)
    revision = document.current_revision
    answer: Clearance = clearance(document)
    if revision is None or any(
        row.record == "document" and row.code != "crosscheck_pending" for row in answer.blockers
    ):
        raise WrongState("The document is not ready to be waived.", state=document.state)
    if not answer.blockers:
        raise Invalid("Nothing blocks this document.", code="nothing_to_waive")
    with transaction.atomic():
        change(document, version=version)
        covers = covered_by_waiver(document, answer)
        waiver = Waiver.objects.create(
            revision=revision, reason=note, expires_at=until, covers=covers, by=by, at=timezone.now()
        )
        log(
            document,
            "waive",
            by=by,
            note=note,
            facts={"revision": revision.number, "until": until.isoformat(), "covers": len(covers)},
            decision=waiver,
        )
        open_work(covers, until, by=by)
    return waiver


def open_work(covers: list[dict[str, Any]], until: datetime, *, by: Person) -> None:
    """Open a verification task for each covered claim that has no unfinished one."""
    claims = Claim.objects.filter(pk__in=[row["record_id"] for row in covers if row["record"] == "claim"])
    for claim in claims:
        if not claim.verification_tasks.exclude(state__in=[TaskState.DONE, TaskState.CANCELLED]).exists():
            task = VerificationTask.objects.create(
                claim=claim, method=Method.FIND_PRIMARY_SOURCE, due_at=until, created_by=by
            )
            log(task, "open", by=by, to_state=task.state)


def follow_up_expired(*, by: Actor) -> int:
    """Open one piece of checking work for each published claim whose running figure has gone out of date."""
    oldest = timezone.now() - timedelta(hours=settings().FRESH_FOR_HOURS)
    expired = Claim.objects.filter(
        document__state=DocumentState.PUBLISHED,
        state=ClaimState.SIGNED_OFF,
        figures__measure__running=True,
        figures__as_of_basis=Basis.PUBLICATION,
        figures__as_of_end__lt=oldest,
    )
    count = 0
    for claim in expired.distinct():
        followed = Event.objects.filter(record="claim", record_id=claim.pk, action="follow_up").exists()
        if not followed:
            task = VerificationTask.objects.create(claim=claim, method=Method.CHECK_FIGURE, due_at=timezone.now())
            log(task, "open", by=by, to_state=task.state)
            log(claim, "follow_up", by=by, facts={"verification_task": task.pk})
            count += 1
    return count
