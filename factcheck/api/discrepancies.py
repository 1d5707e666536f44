"""Discrepancies, both sides beside each other, in the sentences the figures stand in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import (
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    Document,
    Figure,
    ResolutionKind,
    sentences_of,
)
from factcheck.states import DiscrepancyState
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.speakers import says_of

from .base import Act, RecordViewSet
from .bodies import Note
from .lists import Id


class DiscrepancySerializer(serializers.ModelSerializer):
    resolved_by = serializers.SlugRelatedField("username", read_only=True)
    a = serializers.SerializerMethodField()
    b = serializers.SerializerMethodField()

    class Meta:
        model = Discrepancy
        fields: ClassVar = [
            "id", "measure", "kind", "state", "reason", "notes", "a", "b", "resolution", "resolution_note",
            "resolved_by", "resolved_at", "engine_version", "created_at", "version",
        ]  # fmt: skip

    def get_a(self, row: Discrepancy) -> list[dict[str, Any]]:
        return self._side(row, "a")

    def get_b(self, row: Discrepancy) -> list[dict[str, Any]]:
        return self._side(row, "b")

    def _side(self, row: Discrepancy, side: str) -> list[dict[str, Any]]:
        """The figures of one side that the person may see."""
        if "sentences" not in self.context:
            rows = self.parent.instance if self.parent else [row]
            self.context["sentences"] = sentences_of(part.figure_id for one in rows for part in one.seen)
        return [self._line(part.figure) for part in row.seen if part.side == side]

    def _line(self, figure: Figure) -> dict[str, Any]:
        document = figure.document
        return {
            "figure": figure.pk,
            "surface": figure.surface,
            "says": says_of(figure),
            "claim": figure.claim_id,
            "sentence": str(self.context["sentences"].get(figure.pk, "")),
            "document": {"id": document.pk, "title": document.title, "published_at": document.published_at},
        }


class DiscrepancyDetail(DiscrepancySerializer):
    acts = serializers.SerializerMethodField()

    class Meta(DiscrepancySerializer.Meta):
        fields: ClassVar = [*DiscrepancySerializer.Meta.fields, "acts"]

    def get_acts(self, row: Discrepancy) -> list[str]:
        return self.context["view"].open_acts(row)


class Resolution(Note):
    resolution = serializers.ChoiceField(ResolutionKind.choices)


class DiscrepancyFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="measure__topic__slug")
    measure = Id(field_name="measure")
    document = Id(method="of_document")
    kind = filters.ChoiceFilter(choices=DiscrepancyKind.choices)
    state = filters.ChoiceFilter(choices=DiscrepancyState.choices)

    def of_document(self, rows: Any, name: str, value: Any) -> Any:
        mine = Document.objects.visible_to(self.request.user).filter(pk=int(value))
        return rows.filter(pk__in=DiscrepancyFigure.objects.filter(figure__document__in=mine).values("discrepancy"))


class DiscrepancyViewSet(RecordViewSet):
    queryset = Discrepancy.objects.select_related("measure", "resolved_by")
    serializer_class = DiscrepancySerializer
    detail_serializer_class = DiscrepancyDetail
    filterset_class = DiscrepancyFilter
    acts: ClassVar = {"resolve": Act(resolve_dispute, Resolution)}

    def get_queryset(self) -> Any:
        documents = Document.objects.visible_to(self.request.user)
        sides = DiscrepancyFigure.objects.filter(figure__document__in=documents).select_related(
            "figure__document__publisher", "figure__attribution__source"
        )
        return super().get_queryset().prefetch_related(Prefetch("sides", sides.order_by("id"), to_attr="seen"))
