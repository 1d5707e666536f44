"""The history of one record, ``events/?record=claim&record_id=7``, where the record itself may be seen.

And that of a desk, ``events/?desk=metro``, newest first: there stands also what happened to records that are gone.
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

from .base import Face
from .lists import Page
from .schema import describe

RECORDS: dict[str, Any] = {
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
RECORD = OpenApiParameter("record", str, enum=list(RECORDS), description="What kind of record.")
RECORD_ID = OpenApiParameter("record_id", int, description="Its id; needed where no desk is named.")
DESK = OpenApiParameter("desk", str, description="The slug of a desk: all that happened there, newest first.")


class EventSerializer(serializers.ModelSerializer):
    record = serializers.SerializerMethodField()
    actor = serializers.SlugRelatedField("username", read_only=True)
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
        """The kind, as ``record`` names it."""
        return event.record

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

    @describe(200, query=(RECORD, RECORD_ID, DESK))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        said = self.request.query_params
        model, wanted = RECORDS.get(said.get("record", "")), said.get("record_id", "")
        if model is None and ("record" in said or "desk" not in said):
            raise exceptions.ValidationError({"record": f"One of: {', '.join(RECORDS)}."}, "record_unknown")
        if "desk" in said:
            return self.of_desk(said["desk"], model)
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) <= 15):
            raise exceptions.ValidationError({"record_id": "The id of the record."}, "record_id_invalid")
        user = self.request.user
        record = model.objects.visible_to(user).filter(pk=int(wanted)).first()
        if record is not None:
            return self.queryset.of(record).without_confidential_access(user)
        rows = self.queryset.visible_to(user).filter(record=record_name(model), record_id=int(wanted))
        if model.objects.filter(pk=int(wanted)).exists() or not rows.filter(action="remove").exists():
            raise Http404
        return rows  # a role that was taken away: the row is gone, its history is the desk's

    def of_desk(self, slug: str, model: Any) -> Any:
        """What happened on a desk, or to one kind of its records."""
        desk = Desk.objects.visible_to(self.request.user).filter(slug=slug).first() if "\0" not in slug else None
        if desk is None:
            raise Http404
        self.ordering = ("-id",)
        rows = self.queryset.visible_to(self.request.user).filter(desk_id=desk.pk)
        return rows.filter(record=record_name(model)) if model else rows
