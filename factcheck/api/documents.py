"""Documents: filing, reading, and the actions from confirmation to publication."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.jobs.keys import job_key, jobs_about
from factcheck.jobs.names import JobName
from factcheck.models import (
    Assessment,
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
    WrittenBy,
)
from factcheck.reports.deliver import build_document_report
from factcheck.states import DocumentState, JobState
from factcheck.workflow.arrivals import Arrival, check_host_name
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
from factcheck.workflow.metadata import strike_author, update_metadata
from factcheck.workflow.originals import newest_snapshot
from factcheck.workflow.publications import correct_document, publish_document, waive_document
from factcheck.workflow.reading import reread_document
from factcheck.workflow.topics import suggest_topic

from .base import ActionEndpoint, RecordViewSet
from .downloads import snapshot_response
from .fields import AwareDateTimeField, ColleagueField, UsernameField, VisibleRecordField
from .filters import WordsFilter
from .permissions import check_right
from .reports import ReportSerializer
from .schema import describe
from .serializers import ActionsMixin, BodySerializer, ChangeSerializer, NoteSerializer
from .topics import TopicSerializer


class RevisionRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Revision
        fields: ClassVar = [
            "number",
            "text_sha256",
            "bytes_sha256",
            "engine_version",
            "language",
            "reader_notes",
            "created_at",
            "erased_at",
        ]


class RevisionSerializer(RevisionRowSerializer):
    class Meta(RevisionRowSerializer.Meta):
        fields: ClassVar = [*RevisionRowSerializer.Meta.fields, "text"]


class DocumentRowSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    topic = serializers.SlugRelatedField("slug", read_only=True)
    publisher = serializers.SlugRelatedField("slug", read_only=True)
    authors = UsernameField(many=True)
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
        """The document with the same text, if it is on the same desk and so visible too."""
        original = document.same_text_as
        return original.pk if original and original.desk_id == document.desk_id else None


class ReadingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(JobState.choices)
    error = serializers.CharField()


class DocumentSerializer(ActionsMixin, DocumentRowSerializer):
    revision = serializers.SerializerMethodField()
    claims = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    reading = serializers.SerializerMethodField()

    class Meta(DocumentRowSerializer.Meta):
        fields: ClassVar = [*DocumentRowSerializer.Meta.fields, "revision", "claims", "figures", "reading", "actions"]

    @extend_schema_field(RevisionSerializer(allow_null=True))
    def get_revision(self, document: Document) -> dict[str, Any] | None:
        current = document.current_revision
        return RevisionSerializer(current).data if current else None

    def get_claims(self, document: Document) -> dict[str, int]:
        return dict(document.claims.anchored().values_list("state").annotate(Count("pk")).order_by("state"))

    def get_figures(self, document: Document) -> dict[str, int]:
        return dict(document.figures.anchored().values_list("state").annotate(Count("pk")).order_by("state"))

    @extend_schema_field(ReadingSerializer(allow_null=True))
    def get_reading(self, document: Document) -> dict[str, Any] | None:
        """The newest job that fetches or reads the document."""
        reads = Q(jobs_about(document), name=JobName.READ_DOCUMENT)
        fetches = Q(name=JobName.FETCH_DOCUMENT, key=job_key(document))
        newest = Job.objects.filter(reads | fetches).order_by("-pk").values("id", "state", "error").first()
        return dict(newest) if newest else None


class FiledDocumentSerializer(serializers.Serializer):
    """The document, and the job that fetches or reads it; null if the document was filed before."""

    document = DocumentSerializer()
    job = serializers.IntegerField(allow_null=True)


class BlockerLineSerializer(serializers.Serializer):
    code = serializers.CharField()
    record = serializers.CharField()
    record_id = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()


class ClearancePolicySerializer(serializers.Serializer):
    eyes = serializers.ChoiceField(Eyes.choices)
    assess = serializers.ChoiceField([Assessment.SECOND, Assessment.SELF])
    threshold = serializers.FloatField()
    minimum_origins = serializers.IntegerField()
    reliability_floor = serializers.CharField()
    conflict_score = serializers.FloatField(allow_null=True)
    differs_score = serializers.FloatField(allow_null=True)


class ClearanceSerializer(serializers.Serializer):
    """Whether the current revision may be published, what blocks it, and the policy that was applied."""

    clear = serializers.BooleanField()
    document = serializers.IntegerField()
    revision = serializers.IntegerField(allow_null=True)
    source_sha256 = serializers.CharField()
    blockers = BlockerLineSerializer(many=True)
    waived_until = serializers.DateTimeField(allow_null=True)
    policy = ClearancePolicySerializer()
    stricter_than_desk = serializers.ListField(
        child=serializers.CharField(), help_text="Rules that the desk has loosened since the text was filed."
    )


class TopicSuggestionSerializer(serializers.Serializer):
    """The topic that the document most likely belongs to, or null."""

    topic = TopicSerializer(allow_null=True)


SOURCE_SHA256 = OpenApiParameter("source_sha256", str, description="The SHA-256 of the bytes to be published.")


class TextBodySerializer(BodySerializer):
    """A text or a file, one of the two."""

    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    file = serializers.FileField(required=False, allow_empty_file=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("text" in data) == ("file" in data):
            raise serializers.ValidationError({"text": "Send a text or a file, one of the two."}, code="text_or_file")
        return data


class NewTextSerializer(TextBodySerializer):
    """A new text. ``editor`` is the user who changed the text, if a service account files it for them."""

    editor = ColleagueField(required=False, allow_null=True)


class NinjsField(serializers.JSONField):
    """A news item in ninjs, as an object in a JSON body; a string in a form is refused."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict) or not data:
            raise serializers.ValidationError("A ninjs item is a JSON object, sent in a JSON body.", code="invalid")
        return data


class NewDocumentSerializer(TextBodySerializer):
    """A text, a file, the address of a page to fetch, or a ninjs item, one of the four.

    ``url`` is where a text or file was published; it is not fetched.
    """

    address = serializers.CharField(max_length=2000, required=False)
    ninjs = NinjsField(required=False)
    desk = VisibleRecordField(Desk, by="slug")
    kind = serializers.ChoiceField(DocumentKind.choices, default=DocumentKind.STORY)
    title = serializers.CharField(max_length=500, allow_blank=True, default="")
    topic = VisibleRecordField(Topic, by="slug", required=False, allow_null=True)
    publisher = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    publisher_name = serializers.CharField(max_length=200, allow_blank=True, default="")
    url = serializers.URLField(max_length=2000, allow_blank=True, default="")
    byline = serializers.CharField(max_length=500, allow_blank=True, default="")
    authors = serializers.ListField(child=ColleagueField(), max_length=50, default=list)
    written_by = serializers.ChoiceField(
        WrittenBy.choices,
        required=False,
        help_text="Who wrote it, as the person who files it says: it is kept in the history.",
    )
    published_at = AwareDateTimeField(required=False, allow_null=True)
    zone = serializers.CharField(max_length=64, allow_blank=True, default="")
    embargo_until = AwareDateTimeField(required=False, allow_null=True)
    source_app = serializers.CharField(max_length=100, allow_blank=True, default="")
    source_id = serializers.CharField(max_length=200, allow_blank=True, default="")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if len(data.keys() & {"text", "file", "address", "ninjs"}) != 1:
            message = "Send a text, a file, an address or a ninjs item, one of the four."
            raise serializers.ValidationError({"text": message}, code="text_or_file")
        written_by = data.get("written_by")
        if written_by == WrittenBy.ME:
            data["authors"] = [*data["authors"], self.context["request"].user]
        if written_by == WrittenBy.COLLEAGUE and not data["authors"]:
            raise serializers.ValidationError({"authors": "Say which colleague."}, code="required")
        if "address" in data and data["url"]:
            raise serializers.ValidationError({"url": "The address is the page's own; leave this out."}, code="invalid")
        return data


class ConfirmationSerializer(BodySerializer):
    title = serializers.CharField(max_length=500, allow_blank=True, default="")


class DocumentWaiverSerializer(NoteSerializer):
    expires_at = AwareDateTimeField(required=False, allow_null=True)


class PublicationBodySerializer(BodySerializer):
    """``editor``: in whose name a service account records what is not cleared. ``url``: where the story now stands."""

    source_sha256 = serializers.RegexField(r"^([0-9a-fA-F]{64})?$", required=False, allow_blank=True, default="")
    uncleared_reason = serializers.CharField(max_length=2000, allow_blank=True, default="")
    editor = ColleagueField(required=False, allow_null=True)
    url = serializers.URLField(max_length=2000, allow_blank=True, default="")


class CorrectionBodySerializer(BodySerializer):
    correction_class = serializers.ChoiceField(CorrectionClass.choices)
    wording = serializers.CharField(max_length=2000)
    claim = VisibleRecordField(Claim, required=False, allow_null=True)
    uncleared_reason = serializers.CharField(max_length=2000, allow_blank=True, default="")


class MetadataBodySerializer(ChangeSerializer):
    """The fields to correct; omitted fields stay. ``authors`` are added to the present ones."""

    title = serializers.CharField(max_length=500, allow_blank=True, required=False)
    byline = serializers.CharField(max_length=500, allow_blank=True, required=False)
    language = serializers.CharField(max_length=10, allow_blank=True, required=False)
    publisher = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    published_at = AwareDateTimeField(required=False, allow_null=True)
    zone = serializers.CharField(max_length=64, required=False)
    embargo_until = AwareDateTimeField(required=False, allow_null=True)
    authors = serializers.ListField(child=ColleagueField(), max_length=50, required=False)


class StrikeAuthorSerializer(NoteSerializer):
    author = ColleagueField()


class TopicBodySerializer(BodySerializer):
    topic = VisibleRecordField(Topic, by="slug", allow_null=True)


class DocumentFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    topic = filters.CharFilter(field_name="topic__slug")
    kind = filters.ChoiceFilter(choices=DocumentKind.choices)
    state = filters.ChoiceFilter(choices=DocumentState.choices)
    search = WordsFilter()


def data_and_arrival(body: dict[str, Any]) -> tuple[bytes, Arrival]:
    """The bytes of a text or file and their metadata. A file that is too large is refused without being read."""
    text, file = body.pop("text", None), body.pop("file", None)
    if file is None:
        return str(text).encode(), Arrival(**body, pasted=True)
    if file.size > MAX_BYTES:
        raise Invalid("The document is larger than 10 MB.", code="too_large")
    arrival = Arrival(**body, filename=file.name or "", media_type=file.content_type or "", charset=file.charset or "")
    return bytes(file.read()), arrival


def file_document(body: dict[str, Any], *, by: Person) -> tuple[Document, Job | None]:
    """File a document from an address, a ninjs item, a file or a text."""
    desk, written_by = body.pop("desk"), body.pop("written_by", "")
    check_host_name(desk, Arrival(source_app=body["source_app"], source_id=body["source_id"]), by=by)
    if written_by:
        body["facts"] = {"written_by": written_by}
    if address := body.pop("address", ""):
        return fetch_document(address, Arrival(**body), desk=desk, by=by)
    if item := body.pop("ninjs", None):
        return ingest_item(item, Arrival(**body), desk=desk, by=by)
    data, arrival = data_and_arrival(body)
    return ingest_document(data, arrival, desk=desk, by=by)


def revise(document: Document, *, by: Person, version: int | None, **body: Any) -> Any:
    """File a new text of the document. A job reads it and finds the claims in it again."""
    editor = body.pop("editor", None)
    data, arrival = data_and_arrival(body)
    return revise_document(document, data, by=by, version=version, editor=editor, arrival=arrival)


def strike_named_author(document: Document, *, author: Any, by: Person, note: str, version: int | None) -> None:
    """Take somebody from the authors who was named wrongly. A chief's action, never on oneself."""
    strike_author(document, author, by=by, note=note, version=version)


class DocumentViewSet(RecordViewSet):
    queryset = Document.objects.select_related("desk", "topic", "publisher", "same_text_as").prefetch_related("authors")
    serializer_class = DocumentRowSerializer
    detail_serializer_class = DocumentSerializer
    create_accepts_files = True
    filterset_class = DocumentFilter
    orderings: ClassVar = {
        "title": ("title", "id"),
        "-title": ("-title", "-id"),
        "created_at": ("created_at", "id"),
        "-created_at": ("-created_at", "-id"),
    }
    record_actions: ClassVar = {
        "revise": ActionEndpoint(revise, NewTextSerializer, status_code=202, accepts_files=True),
        "fetch": ActionEndpoint(refetch_document, status_code=202),
        "confirm": ActionEndpoint(confirm_document, ConfirmationSerializer),
        "waive": ActionEndpoint(waive_document, DocumentWaiverSerializer),
        "publish": ActionEndpoint(publish_document, PublicationBodySerializer),
        "correct": ActionEndpoint(correct_document, CorrectionBodySerializer),
        "withdraw": ActionEndpoint(withdraw_document, NoteSerializer),
        "reread": ActionEndpoint(reread_document, status_code=202),
        "update_metadata": ActionEndpoint(update_metadata, MetadataBodySerializer),
        "strike_author": ActionEndpoint(strike_named_author, StrikeAuthorSerializer),
        "set_topic": ActionEndpoint(set_topic, TopicBodySerializer),
        "dismiss_idle": ActionEndpoint(dismiss_idle_figures, NoteSerializer, versioned=False),
        "erase": ActionEndpoint(erase_document, NoteSerializer),
    }

    @describe(200, 202, request=NewDocumentSerializer, response=FiledDocumentSerializer)
    def create(self, request: Request) -> Response:
        """File a document. 202 with the job that fetches or reads it; 200 if it was filed before."""
        self.check_right_on(Desk, "desk", "ingest", by="slug")
        body = self.validated_body(NewDocumentSerializer)
        body["authors"] = tuple(body["authors"])
        document, job = file_document(body, by=request.user)
        return self.record_response(document, 202 if job else 200, {"job": job.pk if job else None})

    @describe(200, response=ClearanceSerializer, parameters=(SOURCE_SHA256,))
    @action(detail=True, url_path="clearance")
    def clearance(self, request: Request, pk: str) -> Response:
        """Whether the current revision may be published. ``source_sha256`` is the hash of the bytes to be published."""
        document = self.get_object()
        check_right(request.user, document, "read_clearance")
        source_sha256 = request.query_params.get("source_sha256", "")
        if source_sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", source_sha256):
            raise Invalid("source_sha256 is 64 hexadecimal digits.", code="sha256_invalid")
        return Response(clearance(document, source_sha256=source_sha256).as_dict())

    @describe(200, response=OpenApiTypes.BINARY, media_types=("application/octet-stream",))
    @action(detail=True, url_path="original")
    def original(self, request: Request, pk: str) -> HttpResponse:
        """The newest file or page of the document as it arrived, as an attachment."""
        return snapshot_response(newest_snapshot(self.get_object()), f"document-{pk}")

    @describe(200, response=TopicSuggestionSerializer)
    @action(detail=True, url_path="topic_suggestion")
    def topic_suggestion(self, request: Request, pk: str) -> Response:
        """The topic suggested by places, dates and what is counted. Setting it is up to an editor."""
        return Response(TopicSuggestionSerializer({"topic": suggest_topic(self.get_object(), request.user)}).data)

    @describe(200, response=RevisionRowSerializer, many=True)
    @action(detail=True, url_path="revisions")
    def revisions(self, request: Request, pk: str) -> Response:
        """The revisions of the document, newest first, without their texts."""
        rows = self.paginate_queryset(self.get_object().revisions.defer("text").order_by("-pk"))
        return self.get_paginated_response(RevisionRowSerializer(rows, many=True).data)

    @describe(200, response=RevisionSerializer)
    @action(detail=True, url_path=r"revisions/(?P<number>[0-9]{1,9})")
    def revision(self, request: Request, pk: str, number: str) -> Response:
        found = self.get_object().revisions.filter(number=number).first()
        if found is None:
            raise Http404
        return Response(RevisionSerializer(found).data)

    @describe(201, response=ReportSerializer)
    @action(detail=True, methods=["post"], url_path="report", response_serializer_class=ReportSerializer)
    def report(self, request: Request, pk: str) -> Response:
        """Build the verification report of the document in its present state and store it."""
        document = self.get_object()
        check_right(request.user, document.desk, "build_report")
        self.validated_body(BodySerializer)
        return self.record_response(build_document_report(document, by=request.user), 201)
