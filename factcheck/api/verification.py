"""Verification tasks: checking work on claims, with assignee and deadline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import Method, VerificationTask, WaitingFor, by_username
from factcheck.states import TaskState
from factcheck.workflow.verification import (
    assign_task,
    block_task,
    cancel_task,
    hand_in,
    reassign_task,
    reopen_task,
    reschedule_task,
    take_up,
    unblock_task,
)

from .base import ActionEndpoint, RecordViewSet
from .fields import AwareDateTimeField, ColleagueField, UsernameField
from .filters import IdFilter
from .serializers import ActionsMixin, BodySerializer, NoteSerializer

FINISHED = (TaskState.DONE, TaskState.CANCELLED)
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


class TaskSerializer(serializers.ModelSerializer):
    assignee = UsernameField()
    created_by = UsernameField()
    document = serializers.IntegerField(source="claim.document_id")
    claim_text = serializers.CharField(source="claim.text")
    overdue = serializers.SerializerMethodField()

    class Meta:
        model = VerificationTask
        fields: ClassVar = [
            "id",
            "claim",
            "claim_text",
            "document",
            "state",
            "assignee",
            "method",
            "due_at",
            "overdue",
            "waiting_for",
            "created_by",
            "created_at",
            "version",
        ]

    def get_overdue(self, task: VerificationTask) -> bool:
        return task.state not in FINISHED and task.due_at is not None and task.due_at < timezone.now()


class TaskDetailSerializer(ActionsMixin, TaskSerializer):
    class Meta(TaskSerializer.Meta):
        fields: ClassVar = [*TaskSerializer.Meta.fields, "actions"]

    def get_actions(self, task: VerificationTask) -> list[str]:
        actions = super().get_actions(task)
        return [action for action in actions if action != "reschedule" or task.state not in FINISHED]


class NewAssigneeSerializer(BodySerializer):
    assignee = ColleagueField()


class DeadlineSerializer(BodySerializer):
    """When the work is due; null for no deadline."""

    due_at = AwareDateTimeField(allow_null=True)


class BlockBodySerializer(NoteSerializer):
    waiting_for = serializers.ChoiceField(WaitingFor.choices)


class TaskFilter(filters.FilterSet):
    claim = IdFilter(field_name="claim")
    document = IdFilter(field_name="claim__document")
    state = filters.ChoiceFilter(choices=TaskState.choices)
    method = filters.ChoiceFilter(choices=Method.choices)
    assignee = filters.CharFilter(method="filter_assignee")
    overdue = filters.BooleanFilter(method="filter_overdue")

    def filter_assignee(self, queryset: Any, name: str, value: str) -> Any:
        user = self.request.user
        return queryset.filter(**by_username(user.get_username() if value == "me" else value, "assignee"))

    def filter_overdue(self, queryset: Any, name: str, value: bool) -> Any:
        late = VerificationTask.objects.overdue(timezone.now()).values("pk")
        return queryset.filter(pk__in=late) if value else queryset.exclude(pk__in=late)


class TaskViewSet(RecordViewSet):
    queryset = VerificationTask.objects.select_related("claim__document__desk", "assignee", "created_by")
    serializer_class = TaskSerializer
    detail_serializer_class = TaskDetailSerializer
    filterset_class = TaskFilter
    ordering = ("deadline", "id")
    record_actions: ClassVar = {
        "assign": ActionEndpoint(assign_task, NewAssigneeSerializer),
        "reassign": ActionEndpoint(reassign_task, NewAssigneeSerializer),
        "reschedule": ActionEndpoint(reschedule_task, DeadlineSerializer),
        "take_up": ActionEndpoint(take_up),
        "block": ActionEndpoint(block_task, BlockBodySerializer),
        "unblock": ActionEndpoint(unblock_task),
        "hand_in": ActionEndpoint(hand_in),
        "reopen": ActionEndpoint(reopen_task, NoteSerializer),
        "cancel": ActionEndpoint(cancel_task, NoteSerializer),
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().annotate(deadline=Coalesce("due_at", Value(NO_DEADLINE)))
