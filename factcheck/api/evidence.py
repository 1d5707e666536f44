"""Evidence: what a source says about a claim, captured or attached, quoted and assessed."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.intake.extracts import MAX_BYTES
from factcheck.models import Claim, Evidence, EvidenceKind, Snapshot, Source, SourceUse, Stance
from factcheck.states import EvidenceState
from factcheck.workflow.evidence import (
    assess_evidence,
    attach_evidence,
    link_evidence,
    record_evidence,
    retire_evidence,
    retry_capture,
)

from .base import ActionEndpoint, RecordViewSet
from .downloads import snapshot_response
from .fields import UsernameField, VisibleRecordField
from .filters import IdFilter
from .schema import describe
from .serializers import MAX_NOTE_LENGTH, ActionsMixin, BodySerializer, NoteSerializer


class SnapshotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Snapshot
        fields: ClassVar = ["id", "url", "filename", "media_type", "sha256", "size", "taken_at"]


class EvidenceRowSerializer(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("slug", read_only=True)
    derived_from_source = serializers.SlugRelatedField("slug", read_only=True)
    created_by = UsernameField()
    snapshot = SnapshotSerializer()

    class Meta:
        model = Evidence
        fields: ClassVar = [
            "id",
            "claim",
            "source",
            "kind",
            "state",
            "stance",
            "source_use",
            "credibility",
            "url",
            "excerpt",
            "excerpt_start",
            "note",
            "derived_from",
            "derived_from_source",
            "snapshot",
            "error",
            "created_by",
            "created_at",
            "version",
        ]


class EvidenceSerializer(ActionsMixin, EvidenceRowSerializer):
    class Meta(EvidenceRowSerializer.Meta):
        fields: ClassVar = [*EvidenceRowSerializer.Meta.fields, "actions"]


class AttachmentSerializer(NoteSerializer):
    file = serializers.FileField(required=False)


class NewEvidenceSerializer(AttachmentSerializer):
    claim = VisibleRecordField(Claim)
    kind = serializers.ChoiceField(EvidenceKind.choices)
    source = VisibleRecordField(Source, by="slug", required=False, allow_null=True)
    url = serializers.URLField(max_length=2000, allow_blank=True, default="")
    source_use = serializers.ChoiceField(SourceUse.choices, default=SourceUse.SECONDARY)
    credibility = serializers.IntegerField(min_value=1, max_value=6, required=False, allow_null=True)
    derived_from = VisibleRecordField(Evidence, required=False, allow_null=True)
    derived_from_source = VisibleRecordField(Source, by="slug", required=False, allow_null=True)


class EvidenceLinkSerializer(BodySerializer):
    stance = serializers.ChoiceField(Stance.choices)
    quote = serializers.CharField(max_length=MAX_NOTE_LENGTH, allow_blank=True, trim_whitespace=False, default="")


class AssessmentSerializer(NoteSerializer):
    accepted = serializers.BooleanField()
    credibility = serializers.IntegerField(min_value=1, max_value=6, required=False, allow_null=True)


class EvidenceFilter(filters.FilterSet):
    claim = IdFilter(field_name="claim")
    document = IdFilter(field_name="claim__document")
    source = filters.CharFilter(field_name="source__slug")
    kind = filters.ChoiceFilter(choices=EvidenceKind.choices)
    state = filters.ChoiceFilter(choices=EvidenceState.choices)


def attach(evidence: Evidence, *, by: Person, note: str, version: int | None, file: Any = None) -> None:
    """Attach a file or a note to evidence that could not be captured."""
    if file is not None and file.size > MAX_BYTES:
        raise Invalid("The file is larger than 10 MB.", code="too_large")
    data, name = (bytes(file.read()), file.name or "") if file is not None else (b"", "")
    attach_evidence(evidence, by=by, data=data, filename=name, note=note, version=version)


class EvidenceViewSet(RecordViewSet):
    queryset = Evidence.objects.select_related(
        "claim__document__desk", "source", "derived_from_source", "created_by", "snapshot"
    ).defer("snapshot__warc", "snapshot__text")
    serializer_class = EvidenceRowSerializer
    detail_serializer_class = EvidenceSerializer
    create_accepts_files = True
    filterset_class = EvidenceFilter
    record_actions: ClassVar = {
        "capture": ActionEndpoint(retry_capture, status_code=202),
        "attach": ActionEndpoint(attach, AttachmentSerializer, accepts_files=True),
        "link": ActionEndpoint(link_evidence, EvidenceLinkSerializer),
        "assess": ActionEndpoint(assess_evidence, AssessmentSerializer),
        **{
            action: ActionEndpoint(partial(retire_evidence, action=action), NoteSerializer)
            for action in ("drift", "supersede", "withdraw")
        },
    }

    @describe(200, response=OpenApiTypes.BINARY, media_types=("application/octet-stream",))
    @action(detail=True, url_path="snapshot")
    def snapshot(self, request: Request, pk: str) -> HttpResponse:
        """The file that was captured or attached, as an attachment."""
        return snapshot_response(self.get_object().snapshot, f"evidence-{pk}")

    @describe(201, request=NewEvidenceSerializer)
    def create(self, request: Request) -> Response:
        """Record what a source says about a claim. An upload may bring its file with it."""
        self.check_right_on(Claim, "claim", "record_evidence")
        body = self.validated_body(NewEvidenceSerializer)
        file = body.pop("file", None)
        if file is not None and body["kind"] != EvidenceKind.UPLOAD:
            raise Invalid("Only an upload comes with a file.", code="file_unexpected")
        with transaction.atomic():
            evidence = record_evidence(body.pop("claim"), by=request.user, **body)
            if file is not None:
                attach(evidence, by=request.user, note=body["note"], version=None, file=file)
        return self.record_response(self.get_queryset().get(pk=evidence.pk), 201)
