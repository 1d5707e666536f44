"""Documents: ingesting, confirming, and the page with the workbench; the dashboard; revisions."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.jobs.keys import jobs_about
from factcheck.jobs.names import JobName
from factcheck.language import gettext_lazy
from factcheck.models import (
    Claim,
    Document,
    Job,
    Revision,
    VerificationTask,
    WrittenBy,
)
from factcheck.models.documents import DocumentQuerySet
from factcheck.states import DocumentState, JobState
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import add_claim, dismiss_idle_figures, dismiss_quiet_claims, quiet_claims
from factcheck.workflow.documents import confirm_document, ingest_document, revise_document, withdraw_document
from factcheck.workflow.fetches import fetch_document, fetches_of, refetch_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import set_topic
from factcheck.workflow.metadata import strike_author, update_metadata
from factcheck.workflow.publications import correct_document, publish_document, waive_document
from factcheck.workflow.reading import reread_document

from .dashboard import dashboard_context
from .document_forms import (
    ConfirmDocumentForm,
    CorrectDocumentForm,
    DescribeDocumentForm,
    DismissIdleForm,
    DismissQuietForm,
    MarkClaimForm,
    NewDocumentForm,
    PublishDocumentForm,
    ReviseDocumentForm,
    SetTopicForm,
    StrikeAuthorForm,
    WaiveDocumentForm,
)
from .document_workbench import dialogs_context, workbench_context
from .kit.access import belongs_to_a_desk, desks_allowing, person
from .kit.actions import NoteForm, RecordAction
from .kit.downloads import sandboxed_response
from .kit.filters import OwnDeskFilter
from .kit.formatting import badge
from .kit.links import admin_url
from .kit.quotes import find_once, match_line_endings
from .kit.records import RecordAdmin


def read_upload(file: Any) -> bytes:
    """The bytes of an upload. Raises Invalid, without reading it, if it is too large."""
    if file.size > MAX_BYTES:
        raise Invalid(gettext("The document is larger than 10 MB."), code="too_large")
    return bytes(file.read())


def revise_with_upload(document: Document, *, by: Person, version: int | None, text: str, file: Any) -> Any:
    if file is None:
        return revise_document(document, text.encode(), by=by, version=version)
    arrival = Arrival(filename=file.name or "", media_type=file.content_type or "")
    return revise_document(document, read_upload(file), by=by, version=version, arrival=arrival)


def strike_named_author(document: Document, *, by: Person, version: int | None, author: Any, note: str) -> None:
    strike_author(document, author, by=by, note=note, version=version)


def mark_claim(
    document: Document,
    *,
    by: Person,
    quote: str,
    start: int | None,
    end: int | None,
    claim_type: str,
    revision: int | None,
) -> Claim:
    """Mark a claim by its offsets, or by words that occur in the text once.

    A selection that says in which revision it was made needs no words: they are those of that revision.

    Raises:
        Invalid: the text has changed since, or the words do not stand in it once.
    """
    current = document.current_revision
    text = current.text if current else ""
    if revision is not None and start is not None and end is not None:
        if current is None or current.number != revision:
            raise Invalid(
                gettext("The text has changed under the selection; please mark it again."), code="quote_mismatch"
            )
        return add_claim(document, start, end, quote=text[start:end], by=by, claim_type=claim_type)
    quote = match_line_endings(quote, text)
    if start is None or end is None:
        start, end = find_once(quote, text)
    return add_claim(document, start, end, quote=quote, by=by, claim_type=claim_type)


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "confirm": RecordAction(
            confirm_document,
            ConfirmDocumentForm,
            gettext_lazy("Confirm the text"),
            gettext_lazy("The text is confirmed."),
        ),
        "add_claim": RecordAction(
            mark_claim,
            MarkClaimForm,
            gettext_lazy("Mark a claim"),
            gettext_lazy("The claim is marked."),
            versioned=False,
        ),
        "publish": RecordAction(
            publish_document, PublishDocumentForm, success_message=gettext_lazy("It is recorded as published.")
        ),
        "correct": RecordAction(
            correct_document, CorrectDocumentForm, success_message=gettext_lazy("The correction is recorded.")
        ),
        "revise": RecordAction(
            revise_with_upload,
            ReviseDocumentForm,
            gettext_lazy("New text"),
            gettext_lazy("The new text is being read."),
        ),
        "update_metadata": RecordAction(
            update_metadata,
            DescribeDocumentForm,
            gettext_lazy("Describe"),
            gettext_lazy("The description is corrected."),
        ),
        "strike_author": RecordAction(
            strike_named_author,
            StrikeAuthorForm,
            gettext_lazy("Strike an author"),
            gettext_lazy("The name is struck."),
            destructive=True,
        ),
        "set_topic": RecordAction(set_topic, SetTopicForm, gettext_lazy("Topic"), gettext_lazy("The topic is set.")),
        "dismiss_idle": RecordAction(
            dismiss_idle_figures, DismissIdleForm, gettext_lazy("Dismiss idle figures"), versioned=False
        ),
        "dismiss_quiet": RecordAction(
            dismiss_quiet_claims,
            DismissQuietForm,
            gettext_lazy("Dismiss the quiet proposals"),
            gettext_lazy("The quiet proposals are dismissed."),
            versioned=False,
        ),
        "waive": RecordAction(
            waive_document, WaiveDocumentForm, gettext_lazy("Waive for breaking news"), destructive=True
        ),
        "fetch": RecordAction(
            refetch_document,
            label=gettext_lazy("Fetch again"),
            success_message=gettext_lazy("It will be fetched again."),
            versioned=False,
        ),
        "reread": RecordAction(
            reread_document,
            label=gettext_lazy("Read again"),
            success_message=gettext_lazy("It will be read again."),
            versioned=False,
        ),
        "withdraw": RecordAction(
            withdraw_document, NoteForm, success_message=gettext_lazy("The document is withdrawn."), destructive=True
        ),
        "erase": RecordAction(
            erase_document,
            NoteForm,
            gettext_lazy("Erase the text"),
            gettext_lazy("The text is erased."),
            destructive=True,
        ),
    }
    add_form = NewDocumentForm
    add_label = gettext_lazy("New document")
    add_action = "ingest"
    record_template = "factcheck/admin/document.html"
    list_display = ["name", "kind", "state_badge", "gate", "desk", "topic", "publisher", "published_at"]
    list_filter: ClassVar = ["state", "clear", "kind", OwnDeskFilter, "topic"]
    list_select_related = ["desk", "publisher", "topic"]
    search_fields: ClassVar = ["title", "byline", "publisher_name", "url", "revisions__text"]
    detail_fields = (
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
            path("desk/", wrap(self.dashboard), name="factcheck_dashboard"),
            path("<str:object_id>/parts/", wrap(self.parts), name="factcheck_document_parts"),
            path("<str:object_id>/original/", wrap(self.original), name="factcheck_document_original"),
        ]
        return [*own, *super().get_urls()]

    def search_index(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> QuerySet[Any]:
        return cast(DocumentQuerySet, queryset).search(words)

    def is_offered(self, record: Document, name: str) -> bool:
        standing = record.state in (DocumentState.IN_CHECK, DocumentState.PUBLISHED)
        offered = {
            "erase": record.revisions.filter(erased_at=None).exists(),
            "fetch": record.url != "" and record.state != DocumentState.WITHDRAWN and fetches_of(record).exists(),
            "dismiss_quiet": standing and quiet_claims(record).exists(),
            "waive": record.state == DocumentState.IN_CHECK,
            "revise": record.state not in (DocumentState.UNREADABLE, DocumentState.WITHDRAWN),
            "set_topic": record.state != DocumentState.WITHDRAWN,
            "update_metadata": record.state != DocumentState.WITHDRAWN,
            "strike_author": record.authors.exists(),
        }
        return offered.get(name, standing or name not in ("add_claim", "dismiss_idle", "reread"))

    @admin.display(description=gettext_lazy("document"), ordering="title")
    def name(self, document: Document) -> str:
        return str(document)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, document: Document) -> SafeString:
        return badge(document.state)

    @admin.display(description=gettext_lazy("gate"), ordering="clear")
    def gate(self, document: Document) -> SafeString | str:
        """The stored result of the gate; the page of a document computes it anew."""
        if document.clear is None or document.state not in (DocumentState.IN_CHECK, DocumentState.PUBLISHED):
            return "–"
        return badge("clear") if document.clear else badge("blocked-gate", gettext("not clear"))

    def create_record(self, request: HttpRequest, form: Any) -> Document:
        known = dict(form.cleaned_data)
        desk, text, file, url = known.pop("desk"), known.pop("text"), known.pop("file"), known.pop("address")
        wrote = known.pop("written_by")
        own = (person(request),) if wrote == WrittenBy.ME else ()
        known |= {"authors": (*known["authors"], *own), "facts": {"written_by": wrote}}
        if url:
            return fetch_document(url, Arrival(**known), desk=desk, by=person(request))[0]
        if file is None:
            return ingest_document(text.encode(), Arrival(**known, pasted=True), desk=desk, by=person(request))[0]
        arrival = Arrival(**known, filename=file.name or "", media_type=file.content_type or "")
        return ingest_document(read_upload(file), arrival, desk=desk, by=person(request))[0]

    def dashboard(self, request: HttpRequest) -> HttpResponse:
        """The dashboard of the user's desks."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        may_file = bool(desks_allowing(request.user, "ingest"))
        context = self.base_context(
            request, title=gettext("Desk"), may_file=may_file, **dashboard_context(request.user)
        )
        return TemplateResponse(request, "factcheck/admin/dashboard.html", context)

    def parts(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The parts of the workbench that may have changed, for a page that looks; 304 where nothing has."""
        record = self.get_record(request, object_id)
        etag = look_etag(record, request.user, request.GET.get("part", ""))
        if found := get_conditional_response(request, etag):
            return found
        context = self.base_context(request, title=str(record), original=record, record=record)
        context |= {"facts": list(self.facts(record)), "buttons": self.buttons(request.user, record)}
        context |= self.page_context(request, record)
        response = TemplateResponse(request, "factcheck/admin/document_parts.html", context)
        response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
        return response

    def original(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bytes of the document as they arrived."""
        revision = self.get_record(request, object_id).current_revision
        if revision is None or revision.snapshot is None:
            raise Http404(gettext("Nothing is kept of it."))
        return sandboxed_response(revision.snapshot, download="download" in request.GET)

    def page_context(self, request: HttpRequest, record: Document) -> dict[str, Any]:
        revision = record.current_revision
        etag = look_etag(record, request.user, request.GET.get("part", ""))
        context: dict[str, Any] = {"revision": revision, "jobs": jobs_under_way(record, request.user), "etag": etag}
        context |= dialogs_context(request, record)
        context["next"] = admin_url(record)
        context["authors"] = record.authors.all()
        if revision is None:
            return context
        return context | workbench_context(request, record, revision)


def jobs_under_way(document: Document, user: Any) -> list[Job]:
    """The unfinished work on a document that a page tells of."""
    jobs = Job.objects.visible_to(user).filter(jobs_about(document)).exclude(name=JobName.RECHECK_CLEARANCE)
    return list(jobs.unfinished().order_by("pk")[:5])


def look_etag(document: Document, user: Any, part: str) -> str:
    """What a workbench shows, as a short digest of versions: it changes with whatever may change the page."""
    jobs = Job.objects.filter(jobs_about(document))
    last = jobs.aggregate(
        last=Max("pk"), done=Sum("done"), open=Count("pk", filter=Q(state__in=[JobState.DUE, JobState.RUNNING]))
    )
    claims = document.claims.aggregate(rows=Count("pk"), versions=Sum("version"))
    figures = document.figures.aggregate(rows=Count("pk"), versions=Sum("version"))
    work = VerificationTask.objects.filter(claim__document=document).aggregate(
        rows=Count("pk"), versions=Sum("version")
    )
    seen = (document.version, document.state, document.clear, user.pk, part, last, claims, figures, work)
    return quote_etag(hashlib.sha256(repr(seen).encode()).hexdigest()[:32])


@admin.register(Revision)
class RevisionAdmin(RecordAdmin):
    list_display = ["document", "number", "text_sha256", "engine_version", "created_at"]
    list_select_related = ["document"]
    detail_fields = (
        "document",
        "number",
        "text_sha256",
        "bytes_sha256",
        "engine_version",
        "language",
        "reader_notes",
        "created_by",
        "created_at",
        "erased_at",
    )
    record_template = "factcheck/admin/revision.html"
