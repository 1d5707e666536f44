"""Evidence: recorded for a claim, linked to a quote of it, assessed, and stored as a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.language import gettext_lazy, name_words
from factcheck.models import Claim, Evidence, EvidenceKind, Policy, Source, Stance
from factcheck.states import EvidenceState
from factcheck.workflow.evidence import (
    assess_evidence,
    attach_evidence,
    link_evidence,
    record_evidence,
    retire_evidence,
    retry_capture,
)
from factcheck.workflow.originals import snapshot_bytes
from factcheck.workflow.transitions import can

from .evidence_forms import CREDIBILITY, AssessEvidenceForm, AttachEvidenceForm, LinkEvidenceForm, NewEvidenceForm
from .kit.access import person
from .kit.actions import NoteForm, RecordAction
from .kit.claim_context import claim_context, with_claim_context
from .kit.downloads import sandboxed_response
from .kit.filters import ClaimDeskFilter
from .kit.formatting import badge, humanize, timestamp
from .kit.links import link
from .kit.quotes import match_line_endings
from .kit.records import RecordAdmin

MAX_TEXT = 20_000


def record_with_file(claim: Claim, *, by: Person, file: Any, stance: str, quote: str, **details: Any) -> Evidence:
    """Record evidence, attach the file, and link it if a stance is given and nothing has to be fetched."""
    with transaction.atomic():
        evidence = record_evidence(claim, by=by, **details)
        if file is not None:
            attach_upload(evidence, by=by, version=None, note="", file=file)
        if stance and evidence.state == EvidenceState.CAPTURED:
            link_evidence(evidence, stance=stance, quote=match_line_endings(quote, evidence.note), by=by)
    return evidence


def attach_upload(evidence: Evidence, *, by: Person, version: int | None, note: str, file: Any) -> None:
    if file is not None and file.size > MAX_BYTES:
        raise Invalid(gettext("The file is larger than 10 MB."), code="too_large")
    data, name = (bytes(file.read()), file.name or "") if file is not None else (b"", "")
    attach_evidence(evidence, by=by, data=data, filename=name, note=note, version=version)


def link_quote(evidence: Evidence, *, by: Person, version: int | None, stance: str, quote: str) -> None:
    link_evidence(
        evidence, stance=stance, quote=match_line_endings(quote, evidence_text(evidence)), by=by, version=version
    )


def evidence_text(evidence: Evidence) -> str:
    """The text in which a quote of this evidence must occur."""
    return evidence.snapshot.text if evidence.snapshot else evidence.note


def evidence_context(claim: Claim, user: Any) -> dict[str, Any]:
    """The evidence of a claim, the independent origins on each side, and what the user may do."""
    rows: list[Any] = list(
        claim.evidence.select_related(
            "source", "derived_from_source", "derived_from__source", "snapshot", "assessed_by", "created_by"
        )
        .defer("snapshot__warc", "snapshot__text")
        .order_by("pk")
    )
    policy, standing = Policy.for_document(claim.document), claim.evidence.offered()
    supporting = standing.filter(stance=Stance.SUPPORTS)
    counting = set(claim.evidence.counting(policy).values_list("pk", flat=True))
    for row in rows:
        row.doubts = doubts_of(row, counting)
    may_record = can(user, claim, "record_evidence")
    return {
        "evidence": rows,
        "supporting": names_of_origins(supporting.origins()),
        "refuting": names_of_origins(standing.filter(stance=Stance.REFUTES).origins()),
        "has_primary": supporting.named_primary().exists(),
        "minimum_origins": policy.minimum_origins,
        "may_record": may_record,
        "may_assess": bool(rows) and any(can(user, row, "assess") for row in rows if row.state == EvidenceState.LINKED),
        "evidence_form": NewEvidenceForm(user=user, record=claim) if may_record else None,
    }


def doubts_of(evidence: Evidence, counting: set[int]) -> list[str]:
    """What a signer must know of a piece of evidence before it carries a verdict; shown in red."""
    offered = evidence.state in (EvidenceState.ACCEPTED, EvidenceState.LINKED)
    named = evidence.source_id or evidence.derived_from_source_id or evidence.derived_from_id
    doubts = [] if named else [gettext("nobody is named as its source")]
    if offered and evidence.state == EvidenceState.LINKED:
        doubts.append(gettext("not assessed yet; a sign-off accepts it"))
    elif offered and evidence.pk not in counting:
        doubts.append(gettext("assessed by nobody but whoever recorded it; a sign-off by another person accepts it"))
    return doubts


def names_of_origins(origins: set[str]) -> list[str]:
    """Names of origins: of a source, or the number of a piece of first-hand evidence."""
    pairs = [origin.split(":") for origin in sorted(origins)]
    names = dict(Source.objects.filter(pk__in=[pk for kind, pk in pairs if kind == "source"]).values_list("pk", "name"))
    return sorted(
        names[int(pk)] if kind == "source" else gettext("evidence {pk}, first-hand").format(pk=pk) for kind, pk in pairs
    )


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "link": RecordAction(
            link_quote,
            LinkEvidenceForm,
            gettext_lazy("Link to the claim"),
            gettext_lazy("The evidence is linked to its words."),
        ),
        "assess": RecordAction(
            assess_evidence, AssessEvidenceForm, success_message=gettext_lazy("The evidence is assessed.")
        ),
        "capture": RecordAction(
            retry_capture,
            label=gettext_lazy("Capture again"),
            success_message=gettext_lazy("It will be fetched again."),
        ),
        "attach": RecordAction(
            attach_upload, AttachEvidenceForm, gettext_lazy("Attach a file or a note"), gettext_lazy("It is attached.")
        ),
        "drift": RecordAction(
            partial(retire_evidence, action="drift"),
            NoteForm,
            gettext_lazy("The page has changed"),
            gettext_lazy("Noted as drifted."),
        ),
        "supersede": RecordAction(
            partial(retire_evidence, action="supersede"),
            NoteForm,
            gettext_lazy("Superseded"),
            gettext_lazy("Noted as superseded."),
        ),
        "withdraw": RecordAction(
            partial(retire_evidence, action="withdraw"),
            NoteForm,
            gettext_lazy("Withdrawn by its source"),
            gettext_lazy("Noted as withdrawn."),
        ),
    }
    bulk_actions = ("capture",)
    record_template = "factcheck/admin/evidence.html"
    list_display = ["__str__", "state_badge", "claim", "stance_label", "source", "use", "recorded"]
    list_filter: ClassVar = ["state", "stance", "kind", "source_use", ClaimDeskFilter]
    list_select_related = ["claim", "source"]
    search_fields: ClassVar = ["claim__text", "url", "note", "source__name", "source__names__name"]
    ordering: ClassVar = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = ("claim__document__desk", "source", "snapshot", "derived_from__source", "derived_from_source")
        rows = super().get_queryset(request).select_related(*related, "created_by")
        return rows.defer("snapshot__warc", "snapshot__text")

    def get_urls(self) -> list[Any]:
        stored = path(
            "<str:object_id>/snapshot/", self.admin_site.admin_view(self.snapshot), name="factcheck_evidence_snapshot"
        )
        return [stored, *super().get_urls()]

    @admin.display(description=gettext_lazy("stance"), ordering="stance")
    def stance_label(self, row: Evidence) -> str:
        return name_words(row.stance) or "–"

    @admin.display(description=gettext_lazy("used as"), ordering="source_use")
    def use(self, row: Evidence) -> str:
        return gettext("primary source") if row.source_use == "primary" else gettext("secondary source")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, row: Evidence) -> SafeString:
        return badge(row.state)

    @admin.display(description=gettext_lazy("recorded"), ordering="created_at")
    def recorded(self, row: Evidence) -> str:
        return timestamp(row.created_at)

    def facts(self, record: Evidence) -> Iterable[tuple[str, Any, str]]:
        yield gettext("claim"), link(record.claim), ""
        yield gettext("source"), link(record.source) if record.source else gettext("nobody named"), ""
        yield gettext("kind"), humanize(record.kind), ""
        yield gettext("stance"), record.stance or gettext("not linked yet"), ""
        yield gettext("used as"), self.use(record), ""
        yield gettext("credibility"), CREDIBILITY.get(record.credibility or 0, "not given"), ""
        if record.derived_from:
            yield gettext("repeats"), link(record.derived_from), ""
        if record.derived_from_source:
            yield gettext("comes from"), link(record.derived_from_source), ""
        yield gettext("recorded by"), record.created_by, ""
        yield gettext("recorded"), timestamp(record.created_at), ""

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return with_claim_context(super().action_view(request, object_id, action))

    def page_context(self, request: HttpRequest, record: Evidence) -> dict[str, Any]:
        text = evidence_text(record)
        start = record.excerpt_start
        marked = start is not None and bool(record.excerpt)
        end = (start or 0) + len(record.excerpt) if marked else 0
        first = max(0, (start or 0) - MAX_TEXT // 2)
        may_link = can(person(request), record, "link")
        return {
            "claim_context": claim_context(record.claim),
            "claim": record.claim,
            "text_parts": (text[first:start], text[start:end], text[end : end + MAX_TEXT])
            if marked
            else ("", "", text[:MAX_TEXT]),
            "is_truncated": first > 0 or len(text) > (end + MAX_TEXT),
            "snapshot": record.snapshot,
            "size": filesizeformat(record.snapshot.size) if record.snapshot else "",
            "web": record.kind == EvidenceKind.WEB and record.url.startswith(("http://", "https://")),
            "link_form": LinkEvidenceForm(user=request.user, record=record) if may_link else None,
        }

    def is_offered(self, record: Evidence, name: str) -> bool:
        """Linking has its own form on the page."""
        return name != "link"

    def snapshot(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The captured or attached bytes, always as a download."""
        stored = self.get_record(request, object_id).snapshot
        if not snapshot_bytes(stored):
            raise Http404(gettext("Nothing is stored of it."))
        return sandboxed_response(stored, download=True)
