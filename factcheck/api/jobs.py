"""Background jobs, with their progress and errors."""

from __future__ import annotations

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from factcheck.jobs.names import JobName
from factcheck.models import Job, Scope
from factcheck.states import JobState
from factcheck.workflow.jobs import cancel_job, retry_job

from .base import ActionEndpoint, RecordViewSet
from .fields import UsernameField
from .schema import ANY_OBJECT
from .serializers import ActionsMixin


class JobSerializer(serializers.ModelSerializer):
    desk = serializers.SlugRelatedField("slug", read_only=True)
    created_by = UsernameField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields: ClassVar = [
            "id",
            "name",
            "key",
            "desk",
            "state",
            "done",
            "total",
            "attempt",
            "failures",
            "postponed",
            "run_at",
            "error",
            "result",
            "created_by",
            "created_at",
            "started_at",
            "finished_at",
            "version",
        ]

    @extend_schema_field(ANY_OBJECT)
    def get_result(self, job: Job) -> dict[str, Any]:
        """The result; of a cross-check only over one document, since wider counts could reveal other texts."""
        wider = job.name == JobName.CROSSCHECK and job.args.get("scope") != Scope.DOCUMENT
        return {} if wider else job.result


class JobDetailSerializer(ActionsMixin, JobSerializer):
    class Meta(JobSerializer.Meta):
        fields: ClassVar = [*JobSerializer.Meta.fields, "actions"]


class JobFilter(filters.FilterSet):
    desk = filters.CharFilter(field_name="desk__slug")
    name = filters.ChoiceFilter(choices=JobName.choices)
    state = filters.ChoiceFilter(choices=JobState.choices)
    user_visible = filters.BooleanFilter(
        method="filter_user_visible", help_text="without the small work that follows every action"
    )

    def filter_user_visible(self, queryset: Any, name: str, value: bool) -> Any:
        return queryset.user_visible() if value else queryset


class JobViewSet(RecordViewSet):
    queryset = Job.objects.select_related("desk", "created_by")
    serializer_class = JobSerializer
    detail_serializer_class = JobDetailSerializer
    filterset_class = JobFilter
    record_actions: ClassVar = {
        "retry": ActionEndpoint(retry_job, status_code=202),
        "cancel": ActionEndpoint(cancel_job),
    }
