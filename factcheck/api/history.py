"""Events: the history of one record, ``events/?record=claim&record_id=7``, for users who may see the record.

And of a desk, ``events/?desk=metro``, newest first, which includes events of deleted records.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import (
    Claim,
    Desk,
    Discrepancy,
    Document,
    Event,
    Evidence,
    Feed,
    Figure,
    Job,
    Judgement,
    Measure,
    Membership,
    Policy,
    ReportSubscription,
    Source,
    Topic,
    VerificationTask,
    Webhook,
    record_name,
)

from .base import BaseView
from .fields import UsernameField
from .pagination import RecordPagination
from .schema import describe

MODELS: dict[str, Any] = {
    "document": Document,
    "claim": Claim,
    "figure": Figure,
    "verification_task": VerificationTask,
    "evidence": Evidence,
    "discrepancy": Discrepancy,
    "measure": Measure,
    "source": Source,
    "topic": Topic,
    "job": Job,
    "report_subscription": ReportSubscription,
    "desk": Desk,
    "membership": Membership,
    "policy": Policy,
    "feed": Feed,
    "webhook": Webhook,
    "judgement": Judgement,
}
RECORD_PARAMETER = OpenApiParameter("record", str, enum=list(MODELS), description="The kind of record.")
RECORD_ID_PARAMETER = OpenApiParameter("record_id", int, description="The id of the record; required without a desk.")
DESK_PARAMETER = OpenApiParameter("desk", str, description="The slug of a desk, for all its events, newest first.")


class EventSerializer(serializers.ModelSerializer):
    record = serializers.SerializerMethodField()
    actor = UsernameField()
    note = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields: ClassVar = [
            "record",
            "record_id",
            "sequence",
            "at",
            "actor",
            "machine",
            "action",
            "from_state",
            "to_state",
            "note",
            "facts",
            "previous",
            "digest",
        ]

    def get_record(self, event: Event) -> str:
        """The value of the parameter ``record`` for this kind of record."""
        return event.record

    def get_note(self, event: Event) -> str:
        note = getattr(event, "note", None)
        return note.text if note else ""


class EventViewSet(BaseView, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Event.objects.select_related("actor", "note")
    serializer_class = EventSerializer
    pagination_class = RecordPagination
    filter_backends = ()
    ordering = ("sequence",)
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {}

    @describe(200, parameters=(RECORD_PARAMETER, RECORD_ID_PARAMETER, DESK_PARAMETER))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        params = self.request.query_params
        model = MODELS.get(params.get("record", ""))
        if model is None and ("record" in params or "desk" not in params):
            raise exceptions.ValidationError({"record": f"One of: {', '.join(MODELS)}."}, "record_unknown")
        if "desk" in params:
            return self.events_of_desk(params["desk"], model)
        return self.events_of_record(model, params.get("record_id", ""))

    def events_of_record(self, model: Any, record_id: str) -> Any:
        """The events of one record, oldest first."""
        if not (record_id.isascii() and record_id.isdecimal() and len(record_id) <= 15):
            raise exceptions.ValidationError({"record_id": "The id of the record."}, "record_id_invalid")
        user, pk = self.request.user, int(record_id)
        record = model.objects.visible_to(user).filter(pk=pk).first()
        if record is not None:
            return self.queryset.of(record).without_confidential_access(user)
        events = self.queryset.visible_to(user).filter(record=record_name(model), record_id=pk)
        if model.objects.filter(pk=pk).exists() or not events.filter(action="remove").exists():
            raise Http404
        return events  # of a removed membership, whose row is deleted

    def events_of_desk(self, slug: str, model: Any) -> Any:
        """The events of a desk, or of one kind of its records, newest first."""
        desk = Desk.objects.visible_to(self.request.user).filter(slug=slug).first() if "\0" not in slug else None
        if desk is None:
            raise Http404
        self.ordering = ("-id",)
        events = self.queryset.visible_to(self.request.user).filter(desk_id=desk.pk)
        return events.filter(record=record_name(model)) if model else events
