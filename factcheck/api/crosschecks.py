"""Cross-checks: runs that compare figures, with the progress of their jobs."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import CrossCheck, Desk, Document, Measure, Scope, Topic
from factcheck.workflow.crosschecks import request_crosscheck

from .base import RecordViewSet
from .fields import VisibleRecordField
from .filters import IdFilter
from .permissions import check_right
from .schema import describe
from .serializers import BodySerializer


class CrossCheckSerializer(serializers.ModelSerializer):
    topic = serializers.SlugRelatedField("slug", read_only=True)
    state = serializers.CharField(source="job.state")
    done = serializers.IntegerField(source="job.done")
    total = serializers.IntegerField(source="job.total")
    error = serializers.CharField(source="job.error")
    found = serializers.SerializerMethodField()

    class Meta:
        model = CrossCheck
        fields: ClassVar = [
            "id",
            "scope",
            "document",
            "measure",
            "topic",
            "job",
            "state",
            "done",
            "total",
            "error",
            "found",
            "engine_version",
            "started_at",
            "finished_at",
        ]

    def get_found(self, run: CrossCheck) -> dict[str, int]:
        """The counts of a run over one document. Those of a wider run could reveal texts that the user may not see."""
        return run.found if run.document_id else {}


class NewCrossCheckSerializer(BodySerializer):
    scope = serializers.ChoiceField(Scope.choices)
    desk = VisibleRecordField(Desk, by="slug", required=False)
    document = VisibleRecordField(Document, required=False)
    measure = VisibleRecordField(Measure, required=False)
    topic = VisibleRecordField(Topic, by="slug", required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """A scope takes only its own record, and a desk unless it is one document."""
        scope = data["scope"]
        needed = {scope} - {Scope.EVERYTHING} | ({"desk"} if scope != Scope.DOCUMENT else set())
        for name in needed - set(data):
            raise serializers.ValidationError({name: "This scope needs it."}, code="required")
        for name in set(data) - needed - {"scope"}:
            raise serializers.ValidationError({name: "This scope does not take it."}, code="scope_mismatch")
        return data


class CrossCheckJobSerializer(serializers.Serializer):
    """The job that runs the cross-check."""

    job = serializers.IntegerField()


class CrossCheckFilter(filters.FilterSet):
    scope = filters.ChoiceFilter(choices=Scope.choices)
    document = IdFilter(field_name="document")
    job = IdFilter(field_name="job")


class CrossCheckViewSet(RecordViewSet):
    queryset = CrossCheck.objects.select_related("topic", "job")
    serializer_class = CrossCheckSerializer
    filterset_class = CrossCheckFilter

    @describe(202, request=NewCrossCheckSerializer, response=CrossCheckJobSerializer)
    def create(self, request: Request) -> Response:
        """Request a cross-check. 202 with the job that runs it."""
        self.check_right_on(Desk, "desk", "crosscheck", by="slug")
        body = self.validated_body(NewCrossCheckSerializer)
        if "document" in body:
            check_right(request.user, body["document"].desk, "crosscheck")
        return Response({"job": request_crosscheck(by=request.user, **body).pk}, 202)
