"""Evidence: what a source says of a claim, with the bytes that were kept, linked to its words and assessed."""

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

from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.models import Claim, Evidence, EvidenceKind, Policy, Source, SourceUse, Stance
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

from .actions import NoteForm, RecordAction, words
from .base import RecordAdmin
from .evidence_forms import CREDIBILITY, AssessForm, AttachForm, LinkForm, NewEvidenceForm
from .filters import ClaimDeskFilter
from .originals import original_view
from .sentence import above_the_form, as_kept, claim_in_text
from .shown import link, moment, pill

SHOWN = 20_000


def record(claim: Claim, *, by: Any, file: Any, stance: str, quote: str, **said: Any) -> Evidence:
    """Note what a source says; a file is kept at once, and what needs no fetching may be linked in the same breath."""
    with transaction.atomic():
        evidence = record_evidence(claim, by=by, **said)
        if file is not None:
            attach(evidence, by=by, version=None, note="", file=file)
        if stance and evidence.state == EvidenceState.CAPTURED:
            link_evidence(evidence, stance=stance, quote=as_kept(quote, evidence.note), by=by)
    return evidence


def attach(evidence: Evidence, *, by: Any, version: int | None, note: str, file: Any) -> None:
    if file is not None and file.size > MAX_BYTES:
        raise Invalid("The file is larger than 10 MB.", code="too_large")
    data, name = (bytes(file.read()), file.name or "") if file is not None else (b"", "")
    attach_evidence(evidence, by=by, data=data, filename=name, note=note, version=version)


def link_words(evidence: Evidence, *, by: Any, version: int | None, stance: str, quote: str) -> None:
    link_evidence(evidence, stance=stance, quote=as_kept(quote, held_text(evidence)), by=by, version=version)


def held_text(evidence: Evidence) -> str:
    """The words that a quote of this evidence stands in."""
    return evidence.snapshot.text if evidence.snapshot else evidence.note


def evidence_section(claim: Claim, user: Any) -> dict[str, Any]:
    """The evidence of a claim, how many independent origins stand on each side, and what may be done with it."""
    rows = list(
        claim.evidence.select_related("source", "derived_from_source", "derived_from__source", "snapshot")
        .defer("snapshot__warc", "snapshot__text")
        .order_by("pk")
    )
    policy, standing = Policy.of(claim.document.desk), claim.evidence.current()
    supporting = standing.filter(stance=Stance.SUPPORTS)
    may_record = can(user, claim, "record_evidence")
    return {
        "evidence": rows,
        "supporting": origin_names(supporting.origins()),
        "refuting": origin_names(standing.filter(stance=Stance.REFUTES).origins()),
        "has_primary": supporting.filter(source_use=SourceUse.PRIMARY).exists(),
        "minimum_origins": policy.minimum_origins,
        "may_record": may_record,
        "may_assess": bool(rows) and any(can(user, row, "assess") for row in rows if row.state == EvidenceState.LINKED),
        "evidence_form": NewEvidenceForm(user=user, record=claim) if may_record else None,
    }


def origin_names(origins: set[str]) -> list[str]:
    """Origins by name: a source as it is shown, or a first-hand piece of evidence by its number."""
    pairs = [origin.split(":") for origin in sorted(origins)]
    names = dict(Source.objects.filter(pk__in=[pk for kind, pk in pairs if kind == "source"]).values_list("pk", "name"))
    return sorted(names[int(pk)] if kind == "source" else f"evidence {pk}, first-hand" for kind, pk in pairs)


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "link": RecordAction(link_words, LinkForm, "Link to the claim", "The evidence is linked to its words."),
        "assess": RecordAction(assess_evidence, AssessForm, done="The evidence is assessed."),
        "capture": RecordAction(retry_capture, label="Capture again", done="It will be fetched again."),
        "attach": RecordAction(attach, AttachForm, "Attach a file or a note", "It is attached."),
        "drift": RecordAction(
            partial(retire_evidence, action="drift"), NoteForm, "The page has changed", "Noted as drifted."
        ),
        "supersede": RecordAction(
            partial(retire_evidence, action="supersede"), NoteForm, "Superseded", "Noted as superseded."
        ),
        "withdraw": RecordAction(
            partial(retire_evidence, action="withdraw"), NoteForm, "Withdrawn by its source", "Noted as withdrawn."
        ),
    }
    bulk_actions = ("capture",)
    record_template = "factcheck/admin/evidence.html"
    list_display: ClassVar = ["__str__", "shown_state", "claim", "stance_words", "source", "use", "recorded"]
    list_filter: ClassVar = ["state", "stance", "kind", "source_use", ClaimDeskFilter]
    list_select_related: ClassVar = ["claim", "source"]
    search_fields: ClassVar = ["claim__text", "url", "note", "source__name", "source__names__name"]
    ordering: ClassVar = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = ("claim__document__desk", "source", "snapshot", "derived_from__source", "derived_from_source")
        rows = super().get_queryset(request).select_related(*related, "created_by")
        return rows.defer("snapshot__warc", "snapshot__text")

    def get_urls(self) -> list[Any]:
        kept = path(
            "<str:object_id>/snapshot/", self.admin_site.admin_view(self.snapshot), name="factcheck_evidence_snapshot"
        )
        return [kept, *super().get_urls()]

    @admin.display(description="stance", ordering="stance")
    def stance_words(self, row: Evidence) -> str:
        return row.stance or "–"

    @admin.display(description="used as", ordering="source_use")
    def use(self, row: Evidence) -> str:
        return f"{row.source_use} source"

    @admin.display(description="state", ordering="state")
    def shown_state(self, row: Evidence) -> SafeString:
        return pill(row.state)

    @admin.display(description="recorded", ordering="created_at")
    def recorded(self, row: Evidence) -> str:
        return moment(row.created_at)

    def facts(self, record: Evidence) -> Iterable[tuple[str, Any, str]]:
        yield "claim", link(record.claim), ""
        yield "source", link(record.source) if record.source else "nobody named", ""
        yield "kind", words(record.kind), ""
        yield "stance", record.stance or "not linked yet", ""
        yield "used as", self.use(record), ""
        yield "credibility", CREDIBILITY.get(record.credibility or 0, "not given"), ""
        if record.derived_from:
            yield "repeats", link(record.derived_from), ""
        if record.derived_from_source:
            yield "comes from", link(record.derived_from_source), ""
        yield "recorded by", record.created_by, ""
        yield "recorded", moment(record.created_at), ""

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return above_the_form(super().action_view(request, object_id, action))

    def page(self, request: HttpRequest, record: Evidence) -> dict[str, Any]:
        held = held_text(record)
        start = record.excerpt_start
        marked = start is not None and bool(record.excerpt)
        end = (start or 0) + len(record.excerpt) if marked else 0
        first = max(0, (start or 0) - SHOWN // 2)
        may_link = can(request.user, record, "link")
        return {
            "in_text": claim_in_text(record.claim),
            "claim": record.claim,
            "held": (held[first:start], held[start:end], held[end : end + SHOWN]) if marked else ("", "", held[:SHOWN]),
            "cut": first > 0 or len(held) > (end + SHOWN),
            "snapshot": record.snapshot,
            "size": filesizeformat(record.snapshot.size) if record.snapshot else "",
            "web": record.kind == EvidenceKind.WEB and record.url.startswith(("http://", "https://")),
            "link_form": LinkForm(user=request.user, record=record) if may_link else None,
        }

    def offers(self, record: Evidence, name: str) -> bool:
        """Linking has its form on the page itself, beside the words."""
        return name != "link"

    def snapshot(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bytes that were captured or attached, as a file to keep and never as a page."""
        kept = self.find(request, object_id).snapshot
        if not snapshot_bytes(kept):
            raise Http404("Nothing is kept of it.")
        return original_view(kept, download=True)
