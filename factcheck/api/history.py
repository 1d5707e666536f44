"""The history of one record: ``events/?record=claim&record_id=7``, where the record itself may be seen."""

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
    Figure,
    Job,
    Measure,
    Membership,
    Policy,
    ReportSubscription,
    Source,
    Topic,
    VerificationTask,
)

from .base import Face
from .lists import Page
from .schema import describe

RECORDS: dict[str, Any] = {
    "document": Document, "claim": Claim, "figure": Figure, "verification_task": VerificationTask, "evidence": Evidence,
    "discrepancy": Discrepancy, "measure": Measure, "source": Source, "topic": Topic, "job": Job,
    "report_subscription": ReportSubscription, "desk": Desk, "membership": Membership, "policy": Policy,
}  # fmt: skip


RECORD = OpenApiParameter("record", str, required=True, enum=list(RECORDS), description="What kind of record.")
RECORD_ID = OpenApiParameter("record_id", int, required=True, description="Its id.")


class EventSerializer(serializers.ModelSerializer):
    actor = serializers.SlugRelatedField("username", read_only=True)
    note = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields: ClassVar = [
            "sequence", "at", "actor", "machine", "act", "from_state", "to_state", "note", "facts", "previous",
            "digest",
        ]  # fmt: skip

    def get_note(self, event: Event) -> str:
        words = getattr(event, "note", None)
        return words.text if words else ""


class EventViewSet(Face, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Event.objects.select_related("actor", "note")
    serializer_class = EventSerializer
    pagination_class = Page
    filter_backends = ()
    ordering = ("sequence",)
    orderings: ClassVar = {}

    @describe(200, query=(RECORD, RECORD_ID))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        said = self.request.query_params
        model, wanted = RECORDS.get(said.get("record", "")), said.get("record_id", "")
        if model is None:
            raise exceptions.ValidationError({"record": f"One of: {', '.join(RECORDS)}."}, "record_unknown")
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= 15):
            raise exceptions.ValidationError({"record_id": "The id of the record."}, "record_id_invalid")
        record = model.objects.visible_to(self.request.user).filter(pk=int(wanted)).first()
        if record is None:
            raise Http404
        return self.queryset.of(record)
