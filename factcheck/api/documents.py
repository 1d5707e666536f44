"""Documents: filed, read about, and taken through their actions."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.jobs.keys import job_key, jobs_about
from factcheck.jobs.names import JobName
from factcheck.models import (
    Claim,
    CorrectionClass,
    Desk,
    Document,
    DocumentKind,
    Eyes,
    Job,
    Revision,
    Source,
    Topic,
)
from factcheck.reports.deliver import build_document_report
from factcheck.states import DocumentState
from factcheck.workflow.arrivals import Arrival
from factcheck.workflow.claims import dismiss_idle_figures
from factcheck.workflow.clearance import clearance
from factcheck.workflow.documents import (
    confirm_document,
    ingest_document,
    ingest_item,
    revise_document,
    withdraw_document,
)
from factcheck.workflow.fetches import fetch_document, refetch_document
from factcheck.workflow.history import erase_document
from factcheck.workflow.measures import set_topic
from factcheck.workflow.metadata import update_metadata
from factcheck.workflow.originals import newest_snapshot, snapshot_bytes
from factcheck.workflow.publication import correct_document, publish_document, waive_document
from factcheck.workflow.reading import reread_document
from factcheck.workflow.topics import suggest_topic

from .base import ActionEndpoint, RecordViewSet
from .bodies import Body, Change, Colleague, Moment, Note, Visible
from .lists import Search
from .parsing import FormParser, JSONParser
from .permissions import require_right
from .reports import ReportSerializer
from .schema import describe
from .topics import TopicSerializer


class RevisionRow(serializers.ModelSerializer):
    class Meta:
        model = Revision
        fields: ClassVar = [
            "number",
            "text_sha256",
            "bytes_sha256",
            "engine_version",
            "reader_notes",
            "created_at",
            "erased_at",
        ]


class RevisionSerializer(RevisionRow):
    class Meta(RevisionRow.Meta):
        fields: ClassVar = [*RevisionRow.Meta.fields, "text"]


class DocumentRow(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    topic = serializers.SlugRelatedField("slug", read_only=True)
    publisher = serializers.SlugRelatedField("slug", read_only=True)
    authors = serializers.SlugRelatedField("username", many=True, read_only=True)
    same_text_as = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields: ClassVar = [
            "id",
            "desk",
            "topic",
            "kind",
            "state",
            "state_reason",
            "title",
            "publisher",
            "publisher_name",
            "url",
            "byline",
            "authors",
            "published_at",
            "zone",
            "language",
            "embargo_until",
            "findings",
            "source_app",
            "source_id",
            "same_text_as",
            "created_at",
            "version",
        ]

    def get_same_text_as(self, document: Document) -> int | None:
        """Shown where both can be seen: a reprint is looked for on one desk only."""
        original = document.same_text_as
        return original.pk if original and original.desk_id == document.desk_id else None


class DocumentSerializer(DocumentRow):
    revision = serializers.SerializerMethodField()
    claims = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    reading = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(DocumentRow.Meta):
        fields: ClassVar = [*DocumentRow.Meta.fields, "revision", "claims", "figures", "reading", "actions"]

    def get_revision(self, document: Document) -> dict[str, Any] | None:
        current = document.current_revision
        return RevisionSerializer(current).data if current else None

    def get_claims(self, document: Document) -> dict[str, int]:
        return dict(document.claims.anchored().values_list("state").annotate(Count("pk")).order_by("state"))

    def get_figures(self, document: Document) -> dict[str, int]:
        return dict(document.figures.anchored().values_list("state").annotate(Count("pk")).order_by("state"))

    def get_reading(self, document: Document) -> dict[str, Any] | None:
        """The newest job that fetches or reads this document."""
        reads = Q(jobs_about(document), name=JobName.READ_DOCUMENT)
        fetches = Q(name=JobName.FETCH_DOCUMENT, key=job_key(document))
        return Job.objects.filter(reads | fetches).order_by("-pk").values("id", "state", "error").first()

    def get_actions(self, document: Document) -> list[str]:
        return self.context["view"].open_actions(document)


class Filed(serializers.Serializer):
    """The document, and the job that reads it where it was not there before."""

    document = DocumentSerializer()
    job = serializers.IntegerField(allow_null=True)


class BlockerLine(serializers.Serializer):
    code = serializers.CharField()
    record = serializers.CharField()
    record_id = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class PolicyOfAnswer(serializers.Serializer):
    eyes = serializers.ChoiceField(Eyes.choices)
    threshold = serializers.FloatField()
    minimum_origins = serializers.IntegerField()
    reliability_floor = serializers.CharField()


class ClearanceAnswer(serializers.Serializer):
    """Whether this revision may be published, what is in the way, and by which policy that was found."""

    clear = serializers.BooleanField()
    document = serializers.IntegerField()
    revision = serializers.IntegerField(allow_null=True)
    source_sha256 = serializers.CharField()
    blockers = BlockerLine(many=True)
    waived_until = serializers.DateTimeField(allow_null=True)
    policy = PolicyOfAnswer()


class Suggestion(serializers.Serializer):
    """The running story a document most likely belongs to, or null."""

    topic = TopicSerializer(allow_null=True)


SOURCE_SHA256 = OpenApiParameter("source_sha256", str, description="The SHA-256 of the bytes about to go out.")


class Text(Body):
    """A text, pasted or as a file: one of the two."""

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    file = serializers.FileField(required=False, allow_empty_file=True)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if ("text" in said) == ("file" in said):
            raise serializers.ValidationError({"text": "Send a text or a file, one of the two."}, code="text_or_file")
        return said


class NewText(Text):
    """A new text; ``editor`` is who changed the words, where a service account files for them."""

    editor = Colleague(required=False, allow_null=True)


class Item(serializers.JSONField):
    """A news item in ninjs: an object in a JSON body, never a string in a form."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict) or not data:
            raise serializers.ValidationError("A ninjs item is a JSON object, sent in a JSON body.", code="invalid")
        return data


class NewDocument(Text):
    """A text, a file, the address of a page to be fetched, or a ninjs item: one of the four.

    ``url`` says where a text or file is known to stand; it is not fetched.
    """

    address = serializers.CharField(max_length=2000, required=False)
    ninjs = Item(required=False)
    desk = Visible(Desk, by="slug")
    kind = serializers.ChoiceField(DocumentKind.choices, default=DocumentKind.STORY)
    title = serializers.CharField(max_length=500, allow_blank=True, default="")
    topic = Visible(Topic, by="slug", required=False, allow_null=True)
    publisher = Visible(Source, by="slug", required=False, allow_null=True)
    publisher_name = serializers.CharField(max_length=200, allow_blank=True, default="")
    url = serializers.URLField(max_length=2000, allow_blank=True, default="")
    byline = serializers.CharField(max_length=500, allow_blank=True, default="")
    authors = serializers.ListField(child=Colleague(), max_length=50, default=list)
    published_at = Moment(required=False, allow_null=True)
    zone = serializers.CharField(max_length=64, allow_blank=True, default="")
    embargo_until = Moment(required=False, allow_null=True)
    source_app = serializers.CharField(max_length=100, allow_blank=True, default="")
    source_id = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        if len(said.keys() & {"text", "file", "address", "ninjs"}) != 1:
            message = "Send a text, a file, an address or a ninjs item, one of the four."
            raise serializers.ValidationError({"text": message}, code="text_or_file")
        if "address" in said and said["url"]:
            raise serializers.ValidationError({"url": "The address is the page's own; leave this out."}, code="invalid")
        return said


class Confirmation(Body):
    title = serializers.CharField(max_length=500, allow_blank=True, default="")


class DocumentWaiver(Note):
    expires_at = Moment(required=False, allow_null=True)


class PublicationBody(Body):
    source_sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", required=False, allow_blank=True, default="")
    uncleared_reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class CorrectionBody(Body):
    correction_class = serializers.ChoiceField(CorrectionClass.choices)
    wording = serializers.CharField(max_length=2000)
    claim = Visible(Claim, required=False, allow_null=True)
    uncleared_reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class MetadataBody(Change):
    """What is corrected; what is not named stays. ``authors`` are added to those there are."""

    title = serializers.CharField(max_length=500, allow_blank=True, required=False)
    byline = serializers.CharField(max_length=500, allow_blank=True, required=False)
    language = serializers.CharField(max_length=10, allow_blank=True, required=False)
    publisher = Visible(Source, by="slug", required=False, allow_null=True)
    published_at = Moment(required=False, allow_null=True)
    zone = serializers.CharField(max_length=64, required=False)
    embargo_until = Moment(required=False, allow_null=True)
    authors = serializers.ListField(child=Colleague(), max_length=50, required=False)


class TopicOf(Body):
    topic = Visible(Topic, by="slug", allow_null=True)


def current_texts() -> Any:
    """The newest revision of each document."""
    newest = Revision.objects.filter(document=OuterRef("document")).order_by("-number").values("pk")[:1]
    return Revision.objects.filter(pk=Subquery(newest))


class DocumentFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    topic = filters.CharFilter(field_name="topic__slug")
    kind = filters.ChoiceFilter(choices=DocumentKind.choices)
    state = filters.ChoiceFilter(choices=DocumentState.choices)
    search = Search("title", "byline", "publisher_name", elsewhere=(current_texts, "document", "text"))


def arrival_of(said: dict[str, Any]) -> tuple[bytes, Arrival]:
    """The bytes of a text or file, with what is known of them; too large a file is refused unread."""
    text, file = said.pop("text", None), said.pop("file", None)
    if file is None:
        return str(text).encode(), Arrival(**said, pasted=True)
    if file.size > MAX_BYTES:
        raise Invalid("The document is larger than 10 MB.", code="too_large")
    known = {"filename": file.name or "", "media_type": file.content_type or "", "charset": file.charset or ""}
    return bytes(file.read()), Arrival(**said, **known)


def file_document(said: dict[str, Any], *, by: Any) -> tuple[Document, Job | None]:
    """File what a body holds, through the door that it is for."""
    desk = said.pop("desk")
    if address := said.pop("address", ""):
        return fetch_document(address, Arrival(**said), desk=desk, by=by)
    if item := said.pop("ninjs", None):
        return ingest_item(item, Arrival(**said), desk=desk, by=by)
    data, arrival = arrival_of(said)
    return ingest_document(data, arrival, desk=desk, by=by)


def revise(document: Document, *, by: Any, version: int | None, **said: Any) -> Any:
    """File a new text for a document; a job reads it and finds every claim again."""
    editor = said.pop("editor", None)
    data, arrival = arrival_of(said)
    return revise_document(document, data, by=by, version=version, editor=editor, arrival=arrival)


class DocumentViewSet(RecordViewSet):
    queryset = Document.objects.select_related("desk", "topic", "publisher", "same_text_as").prefetch_related("authors")
    serializer_class = DocumentRow
    detail_serializer_class = DocumentSerializer
    filterset_class = DocumentFilter
    orderings: ClassVar = {
        "title": ("title", "id"),
        "-title": ("-title", "-id"),
        "created_at": ("created_at", "id"),
        "-created_at": ("-created_at", "-id"),
    }
    record_actions: ClassVar = {
        "revise": ActionEndpoint(revise, NewText, answers=202, files=True),
        "fetch": ActionEndpoint(refetch_document, answers=202),
        "confirm": ActionEndpoint(confirm_document, Confirmation),
        "waive": ActionEndpoint(waive_document, DocumentWaiver),
        "publish": ActionEndpoint(publish_document, PublicationBody),
        "correct": ActionEndpoint(correct_document, CorrectionBody),
        "withdraw": ActionEndpoint(withdraw_document, Note),
        "reread": ActionEndpoint(reread_document, answers=202),
        "update_metadata": ActionEndpoint(update_metadata, MetadataBody),
        "set_topic": ActionEndpoint(set_topic, TopicOf),
        "dismiss_idle": ActionEndpoint(dismiss_idle_figures, Note, versioned=False),
        "erase": ActionEndpoint(erase_document, Note),
    }

    def get_parsers(self) -> list[Any]:
        return [JSONParser(), FormParser()] if self.action_map.get("post") == "create" else super().get_parsers()

    @describe(200, 202, body=NewDocument, answers=Filed)
    def create(self, request: Request) -> Response:
        """File a document. 202 with the job that fetches or reads it, 200 where it was filed before."""
        self.require_on(Desk, "desk", "ingest", by="slug")
        said = self.body(NewDocument)
        said["authors"] = tuple(said["authors"])
        document, job = file_document(said, by=request.user)
        return self.answer(document, 202 if job else 200, {"job": job.pk if job else None})

    @describe(200, answers=ClearanceAnswer, query=(SOURCE_SHA256,))
    @action(detail=True, url_path="clearance")
    def clearance(self, request: Request, pk: str) -> Response:
        """May the current revision be published; ``source_sha256`` is of the bytes about to go out."""
        document = self.get_object()
        require_right(request.user, document, "read_clearance")
        source_sha256 = request.query_params.get("source_sha256", "")
        if source_sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", source_sha256):
            raise Invalid("source_sha256 is 64 hexadecimal digits.", code="sha256_invalid")
        return Response(clearance(document, source_sha256=source_sha256).as_dict())

    @describe(200, answers=OpenApiTypes.BINARY, media=("application/octet-stream",))
    @action(detail=True, url_path="original")
    def original(self, request: Request, pk: str) -> HttpResponse:
        """The bytes that came last for this document, read or not, to be saved and never shown by a browser."""
        snapshot = newest_snapshot(self.get_object())
        data = snapshot_bytes(snapshot)
        if snapshot is None or not data:
            raise Http404
        name = snapshot.filename or f"document-{pk}"
        headers = {
            "Content-Disposition": content_disposition_header(True, name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        return HttpResponse(data, content_type="application/octet-stream", headers=headers)

    @describe(200, answers=Suggestion)
    @action(detail=True, url_path="topic_suggestion")
    def topic_suggestion(self, request: Request, pk: str) -> Response:
        """The topic the machine suggests, by places, dates and what is counted; an editor sets it, or does not."""
        return Response(Suggestion({"topic": suggest_topic(self.get_object())}).data)

    @describe(200, answers=RevisionRow, many=True)
    @action(detail=True, url_path="revisions")
    def revisions(self, request: Request, pk: str) -> Response:
        """The texts this document has had, newest first, without the words."""
        rows = self.paginate_queryset(self.get_object().revisions.defer("text").order_by("-pk"))
        return self.get_paginated_response(RevisionRow(rows, many=True).data)

    @describe(200, answers=RevisionSerializer)
    @action(detail=True, url_path=r"revisions/(?P<number>[0-9]{1,9})")
    def revision(self, request: Request, pk: str, number: str) -> Response:
        found = self.get_object().revisions.filter(number=number).first()
        if found is None:
            raise Http404
        return Response(RevisionSerializer(found).data)

    @describe(201, answers=ReportSerializer)
    @action(detail=True, methods=["post"], url_path="report", shown=ReportSerializer)
    def report(self, request: Request, pk: str) -> Response:
        """Freeze the verification report of the document as it stands."""
        document = self.get_object()
        require_right(request.user, document.desk, "build_report")
        self.body(Body)
        return self.answer(build_document_report(document, by=request.user), 201)
