"""Cross-checks: asked for, and watched by the progress of their job."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import CrossCheck, Desk, Document, Measure, Scope, Topic
from factcheck.workflow.crosscheck import request_crosscheck

from .base import RecordViewSet
from .bodies import Body, Visible
from .lists import Id
from .permissions import require_right
from .schema import describe


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
        """Counts of one document; those of a wider run would tell of texts one may not see."""
        return run.found if run.document_id else {}


class NewCrossCheck(Body):
    scope = serializers.ChoiceField(Scope.choices)
    desk = Visible(Desk, by="slug", required=False)
    document = Visible(Document, required=False)
    measure = Visible(Measure, required=False)
    topic = Visible(Topic, by="slug", required=False)

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """A scope names just its own record; whatever is not one document's is asked for by a desk."""
        scope = said["scope"]
        wanted = {scope} - {Scope.EVERYTHING} | ({"desk"} if scope != Scope.DOCUMENT else set())
        for name in wanted - set(said):
            raise serializers.ValidationError({name: "This scope needs it."}, code="required")
        for name in set(said) - wanted - {"scope"}:
            raise serializers.ValidationError({name: "This scope does not take it."}, code="scope_mismatch")
        return said


class Asked(serializers.Serializer):
    """The job that does what was asked."""

    job = serializers.IntegerField()


class CrossCheckFilter(filters.FilterSet):
    scope = filters.ChoiceFilter(choices=Scope.choices)
    document = Id(field_name="document")
    job = Id(field_name="job")


class CrossCheckViewSet(RecordViewSet):
    queryset = CrossCheck.objects.select_related("topic", "job")
    serializer_class = CrossCheckSerializer
    filterset_class = CrossCheckFilter

    @describe(202, body=NewCrossCheck, answers=Asked)
    def create(self, request: Request) -> Response:
        """Ask for a cross-check; 202 with the job that makes it."""
        self.require_on(Desk, "desk", "crosscheck", by="slug")
        said = self.body(NewCrossCheck)
        if "document" in said:
            require_right(request.user, said["document"].desk, "crosscheck")
        return Response({"job": request_crosscheck(by=request.user, **said).pk}, 202)
