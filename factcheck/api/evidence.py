"""Evidence: what a source says of a claim, captured or attached, linked to its words, assessed."""

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
from .bodies import LONGEST_NOTE, Body, Note, Visible
from .downloads import saved
from .lists import Id
from .parsing import FormParser, JSONParser
from .schema import describe


class SnapshotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Snapshot
        fields: ClassVar = ["id", "url", "filename", "media_type", "sha256", "size", "taken_at"]


class EvidenceRow(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("slug", read_only=True)
    derived_from_source = serializers.SlugRelatedField("slug", read_only=True)
    created_by = serializers.SlugRelatedField("username", read_only=True)
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


class EvidenceSerializer(EvidenceRow):
    actions = serializers.SerializerMethodField()

    class Meta(EvidenceRow.Meta):
        fields: ClassVar = [*EvidenceRow.Meta.fields, "actions"]

    def get_actions(self, evidence: Evidence) -> list[str]:
        return self.context["view"].open_actions(evidence)


class Attachment(Note):
    file = serializers.FileField(required=False)


class NewEvidence(Attachment):
    claim = Visible(Claim)
    kind = serializers.ChoiceField(EvidenceKind.choices)
    source = Visible(Source, by="slug", required=False, allow_null=True)
    url = serializers.URLField(max_length=2000, allow_blank=True, default="")
    source_use = serializers.ChoiceField(SourceUse.choices, default=SourceUse.SECONDARY)
    credibility = serializers.IntegerField(min_value=1, max_value=6, required=False, allow_null=True)
    derived_from = Visible(Evidence, required=False, allow_null=True)
    derived_from_source = Visible(Source, by="slug", required=False, allow_null=True)


class LinkBody(Body):
    stance = serializers.ChoiceField(Stance.choices)
    quote = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, trim_whitespace=False, default="")


class Assessment(Note):
    accepted = serializers.BooleanField()
    credibility = serializers.IntegerField(min_value=1, max_value=6, required=False, allow_null=True)


class EvidenceFilter(filters.FilterSet):
    claim = Id(field_name="claim")
    document = Id(field_name="claim__document")
    source = filters.CharFilter(field_name="source__slug")
    kind = filters.ChoiceFilter(choices=EvidenceKind.choices)
    state = filters.ChoiceFilter(choices=EvidenceState.choices)


def attach(evidence: Evidence, *, by: Any, note: str, version: int | None, file: Any = None) -> None:
    """Put a file or a note in the place of what could not be captured."""
    if file is not None and file.size > MAX_BYTES:
        raise Invalid("The file is larger than 10 MB.", code="too_large")
    data, name = (bytes(file.read()), file.name or "") if file is not None else (b"", "")
    attach_evidence(evidence, by=by, data=data, filename=name, note=note, version=version)


class EvidenceViewSet(RecordViewSet):
    queryset = Evidence.objects.select_related(
        "claim__document__desk", "source", "derived_from_source", "created_by", "snapshot"
    ).defer("snapshot__warc", "snapshot__text")
    serializer_class = EvidenceRow
    detail_serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    record_actions: ClassVar = {
        "capture": ActionEndpoint(retry_capture, answers=202),
        "attach": ActionEndpoint(attach, Attachment, files=True),
        "link": ActionEndpoint(link_evidence, LinkBody),
        "assess": ActionEndpoint(assess_evidence, Assessment),
        **{
            action: ActionEndpoint(partial(retire_evidence, action=action), Note)
            for action in ("drift", "supersede", "withdraw")
        },
    }

    @describe(200, answers=OpenApiTypes.BINARY, media=("application/octet-stream",))
    @action(detail=True, url_path="snapshot")
    def snapshot(self, request: Request, pk: str) -> HttpResponse:
        """The bytes that were captured or attached, to be saved and never shown by a browser."""
        return saved(self.get_object().snapshot, f"evidence-{pk}")

    def get_parsers(self) -> list[Any]:
        return [JSONParser(), FormParser()] if self.action_map.get("post") == "create" else super().get_parsers()

    @describe(201, body=NewEvidence)
    def create(self, request: Request) -> Response:
        """Record what a source says of a claim; an upload with its file is captured at once."""
        self.require_on(Claim, "claim", "record_evidence")
        said = self.body(NewEvidence)
        file = said.pop("file", None)
        if file is not None and said["kind"] != EvidenceKind.UPLOAD:
            raise Invalid("Only an upload comes with a file.", code="file_unexpected")
        with transaction.atomic():
            evidence = record_evidence(said.pop("claim"), by=request.user, **said)
            if file is not None:
                attach(evidence, by=request.user, note=said["note"], version=None, file=file)
        return self.answer(self.get_queryset().get(pk=evidence.pk), 201)
