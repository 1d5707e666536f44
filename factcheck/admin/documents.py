"""Documents: taken in, confirmed, and the workbench: the text with its claims and figures, and what blocks it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import SafeString

from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.jobs.keys import jobs_about
from factcheck.jobs.names import JobName
from factcheck.models import (
    Claim,
    Document,
    Job,
    Revision,
)
from factcheck.states import DocumentState
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import add_claim, dismiss_idle_figures
from factcheck.workflow.documents import confirm_document, ingest_document, revise_document, withdraw_document
from factcheck.workflow.fetches import fetch_document, fetches_of, refetch_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import set_topic
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.publication import correct_document, publish_document, waive_document
from factcheck.workflow.reading import reread_document

from .actions import NoteForm, RecordAction
from .base import RecordAdmin, address_of, belongs_to_a_desk, desks_open_to
from .desk import desk_day
from .document_forms import (
    ClaimForm,
    ConfirmForm,
    CorrectForm,
    IdleForm,
    MetadataForm,
    NewDocumentForm,
    PublishForm,
    ReviseForm,
    TopicForm,
    WaiveForm,
)
from .filters import OwnDesk
from .originals import original_view
from .sentence import as_kept, only_place
from .shown import pill
from .workbench import workbench


def bytes_of(file: Any) -> bytes:
    """The bytes of an upload; too large a one is refused unread."""
    if file.size > MAX_BYTES:
        raise Invalid("The document is larger than 10 MB.", code="too_large")
    return bytes(file.read())


def revise(document: Document, *, by: Any, version: int | None, text: str, file: Any) -> Any:
    if file is None:
        return revise_document(document, text.encode(), by=by, version=version)
    arrival = Arrival(filename=file.name or "", media_type=file.content_type or "")
    return revise_document(document, bytes_of(file), by=by, version=version, arrival=arrival)


def mark(document: Document, *, by: Any, quote: str, start: int | None, end: int | None, claim_type: str) -> Claim:
    """Mark a claim by its offsets, or by its words alone where they stand in the text once."""
    revision = document.current_revision
    text = revision.text if revision else ""
    quote = as_kept(quote, text)
    if start is None or end is None:
        start, end = only_place(quote, text)
    return add_claim(document, start, end, quote=quote, by=by, claim_type=claim_type)


def correct(document: Document, *, by: Any, **said: Any) -> Any:
    return correct_document(document, by=by, **said)


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "confirm": RecordAction(confirm_document, ConfirmForm, "Confirm the text", "The text is confirmed."),
        "add_claim": RecordAction(mark, ClaimForm, "Mark a claim", "The claim is marked.", versioned=False),
        "publish": RecordAction(publish_document, PublishForm, done="It is recorded as published."),
        "correct": RecordAction(correct, CorrectForm, done="The correction is recorded."),
        "revise": RecordAction(revise, ReviseForm, "New text", "The new text is being read."),
        "update_metadata": RecordAction(update_metadata, MetadataForm, "Describe", "The description is corrected."),
        "set_topic": RecordAction(set_topic, TopicForm, "Topic", "The topic is set."),
        "dismiss_idle": RecordAction(dismiss_idle_figures, IdleForm, "Dismiss idle figures", versioned=False),
        "waive": RecordAction(waive_document, WaiveForm, "Waive for breaking news", grave=True),
        "fetch": RecordAction(refetch_document, label="Fetch again", done="It will be fetched again.", versioned=False),
        "reread": RecordAction(reread_document, label="Read again", done="It will be read again.", versioned=False),
        "withdraw": RecordAction(withdraw_document, NoteForm, done="The document is withdrawn.", grave=True),
        "erase": RecordAction(erase_document, NoteForm, "Erase the text", "The text is erased.", grave=True),
    }
    new_form = NewDocumentForm
    new_label = "New document"
    new_right = "ingest"
    record_template = "factcheck/admin/document.html"
    waiting_template = "factcheck/admin/document_waiting.html"
    list_display: ClassVar = ["name", "kind", "shown_state", "gate", "desk", "topic", "publisher", "published_at"]
    list_filter: ClassVar = ["state", "clear", "kind", OwnDesk, "topic"]
    list_select_related: ClassVar = ["desk", "publisher", "topic"]
    search_fields: ClassVar = ["title", "byline", "url"]
    page_fields = (
        "kind",
        "desk",
        "topic",
        "publisher",
        "byline",
        "published_at",
        "zone",
        "language",
        "embargo_until",
        "url",
        "same_text_as",
        "created_by",
        "created_at",
    )

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("desk/", wrap(self.desk), name="factcheck_desk"),
            path("<str:object_id>/original/", wrap(self.original), name="factcheck_document_original"),
        ]
        return [*own, *super().get_urls()]

    def offers(self, record: Document, name: str) -> bool:
        standing = record.state in (DocumentState.IN_CHECK, DocumentState.PUBLISHED)
        offered = {
            "erase": record.revisions.filter(erased_at=None).exists(),
            "fetch": record.url != "" and record.state != DocumentState.WITHDRAWN and fetches_of(record).exists(),
            "waive": record.state == DocumentState.IN_CHECK,
            "revise": record.state not in (DocumentState.UNREADABLE, DocumentState.WITHDRAWN),
            "set_topic": record.state != DocumentState.WITHDRAWN,
            "update_metadata": record.state != DocumentState.WITHDRAWN,
        }
        return offered.get(name, standing or name not in ("add_claim", "dismiss_idle", "reread"))

    @admin.display(description="document", ordering="title")
    def name(self, document: Document) -> str:
        return str(document)

    @admin.display(description="state", ordering="state")
    def shown_state(self, document: Document) -> SafeString:
        return pill(document.state)

    @admin.display(description="gate", ordering="clear")
    def gate(self, document: Document) -> SafeString | str:
        """What the gate last answered; the page of the document asks it anew."""
        if document.clear is None or document.state not in (DocumentState.IN_CHECK, DocumentState.PUBLISHED):
            return "–"
        return pill("clear") if document.clear else pill("blocked-gate", "not clear")

    def create(self, request: HttpRequest, form: Any) -> Document:
        said = dict(form.cleaned_data)
        desk, text, file, address = said.pop("desk"), said.pop("text"), said.pop("file"), said.pop("address")
        said["authors"] = tuple(said["authors"])
        if address:
            return fetch_document(address, Arrival(**said), desk=desk, by=request.user)[0]
        if file is None:
            return ingest_document(text.encode(), Arrival(**said, pasted=True), desk=desk, by=request.user)[0]
        arrival = Arrival(**said, filename=file.name or "", media_type=file.content_type or "")
        return ingest_document(bytes_of(file), arrival, desk=desk, by=request.user)[0]

    def desk(self, request: HttpRequest) -> HttpResponse:
        """The desk's day."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        may_file = bool(desks_open_to(request.user, "ingest"))
        context = self.context(request, title="Desk", may_file=may_file, **desk_day(request.user))
        return TemplateResponse(request, "factcheck/admin/desk.html", context)

    def original(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bytes as they arrived, to be compared with what was read of them."""
        revision = self.find(request, object_id).current_revision
        if revision is None or revision.snapshot is None:
            raise Http404("Nothing is kept of it.")
        return original_view(revision.snapshot, download="download" in request.GET)

    def page(self, request: HttpRequest, record: Document) -> dict[str, Any]:
        revision = record.current_revision
        shown: dict[str, Any] = {"revision": revision, **self.waiting(request, record)}
        shown["next"] = address_of(record)
        shown["authors"] = record.authors.all()
        if revision is None:
            return shown
        return shown | workbench(request, record, revision)

    def waiting(self, request: HttpRequest, record: Document) -> dict[str, Any]:
        own = jobs_about(record)
        jobs = Job.objects.visible_to(request.user).filter(own).exclude(name=JobName.RECHECK_CLEARANCE)
        return {"jobs": list(jobs.unfinished().order_by("pk")[:5])}


@admin.register(Revision)
class RevisionAdmin(RecordAdmin):
    list_display: ClassVar = ["document", "number", "text_sha256", "engine_version", "created_at"]
    list_select_related: ClassVar = ["document"]
    page_fields = (
        "document",
        "number",
        "text_sha256",
        "bytes_sha256",
        "engine_version",
        "reader_notes",
        "created_by",
        "created_at",
        "erased_at",
    )
    record_template = "factcheck/admin/revision.html"
