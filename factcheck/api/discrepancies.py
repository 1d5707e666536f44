"""Discrepancies, both sides beside each other, in their sentences; and disputes, all of one measure as one."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from rest_framework import serializers

from factcheck.models import (
    Desk,
    Discrepancy,
    DiscrepancyFigure,
    DiscrepancyKind,
    Document,
    Figure,
    ResolutionKind,
    sentences_of,
)
from factcheck.states import DiscrepancyState
from factcheck.workflow.disputes import Dispute, Statement, disputes_led_by, resolve_dispute
from factcheck.workflow.judgements import judge_pair
from factcheck.workflow.speakers import speaker_name_of

from .base import ActionEndpoint, RecordViewSet
from .bodies import Note
from .judgements import SameBody
from .lists import BIGGEST_ID, Id


class DiscrepancySerializer(serializers.ModelSerializer):
    resolved_by = serializers.SlugRelatedField("username", read_only=True)
    a = serializers.SerializerMethodField()
    b = serializers.SerializerMethodField()

    class Meta:
        model = Discrepancy
        fields: ClassVar = [
            "id",
            "measure",
            "kind",
            "state",
            "reason",
            "notes",
            "score",
            "why_one",
            "a",
            "b",
            "resolution",
            "resolution_note",
            "resolved_by",
            "resolved_at",
            "engine_version",
            "created_at",
            "version",
        ]

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
            "says": speaker_name_of(figure),
            "claim": figure.claim_id,
            "sentence": str(self.context["sentences"].get(figure.pk, "")),
            "document": {"id": document.pk, "title": document.title, "published_at": document.published_at},
        }


class DiscrepancyDetail(DiscrepancySerializer):
    actions = serializers.SerializerMethodField()

    class Meta(DiscrepancySerializer.Meta):
        fields: ClassVar = [*DiscrepancySerializer.Meta.fields, "actions"]

    def get_actions(self, row: Discrepancy) -> list[str]:
        return self.context["view"].open_actions(row)


class Resolution(Note):
    resolution = serializers.ChoiceField(ResolutionKind.choices)
    newest = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=BIGGEST_ID,
        help_text="The last pair of the dispute that you saw: what was found since stays open.",
    )


class DiscrepancyFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="measure__topic__slug")
    measure = Id(field_name="measure")
    document = Id(method="of_document")
    kind = filters.ChoiceFilter(choices=DiscrepancyKind.choices)
    state = filters.ChoiceFilter(choices=DiscrepancyState.choices)

    def of_document(self, rows: Any, name: str, value: Any) -> Any:
        mine = Document.objects.visible_to(self.request.user).filter(pk=int(value))
        return rows.filter(pk__in=DiscrepancyFigure.objects.filter(figure__document__in=mine).values("discrepancy"))


class PairViewSet(RecordViewSet):
    """Pairs of statements as far as the person may see their figures; for the two nouns below."""

    queryset = Discrepancy.objects.select_related("measure", "resolved_by")
    filterset_class = DiscrepancyFilter

    def get_queryset(self) -> Any:
        documents = Document.objects.visible_to(self.request.user)
        sides = DiscrepancyFigure.objects.filter(figure__document__in=documents).select_related(
            "figure__document__publisher", "figure__attribution__source"
        )
        return super().get_queryset().prefetch_related(Prefetch("sides", sides.order_by("id"), to_attr="seen"))


class DiscrepancyViewSet(PairViewSet):
    serializer_class = DiscrepancySerializer
    detail_serializer_class = DiscrepancyDetail
    record_actions: ClassVar = {
        "resolve": ActionEndpoint(resolve_dispute, Resolution),
        "judge": ActionEndpoint(judge_pair, SameBody),
    }


class DisputeSerializer(DiscrepancySerializer):
    """The most telling pair of a dispute, and what is said in it besides."""

    told = serializers.SerializerMethodField(
        help_text="The reason of the pair, and how many more statements there are."
    )
    more = serializers.SerializerMethodField(help_text="How many statements there are besides the two of the pair.")
    others = serializers.SerializerMethodField(help_text="Those statements, by who makes them.")

    class Meta(DiscrepancySerializer.Meta):
        fields: ClassVar = [*DiscrepancySerializer.Meta.fields, "told", "more", "others"]

    def get_told(self, row: Discrepancy) -> str:
        return self._dispute(row).message

    def get_more(self, row: Discrepancy) -> int:
        return self._dispute(row).more

    def get_others(self, row: Discrepancy) -> list[dict[str, Any]]:
        told = self._dispute(row).by_party
        return [{"says": says, "statements": [statement_line(one) for one in statements]} for says, statements in told]

    def _dispute(self, row: Discrepancy) -> Dispute:
        if "disputes" not in self.context:
            user = self.context["request"].user
            leading = list(self.parent.instance) if self.parent else [row]
            desks = Desk.objects.visible_to(user)
            found = disputes_led_by(leading, Discrepancy.objects.visible_to(user), desks=desks, statements=True)
            self.context["disputes"] = {dispute.leading.pk: dispute for dispute in found}
        dispute: Dispute = self.context["disputes"][row.pk]
        return dispute


def statement_line(statement: Statement) -> dict[str, Any]:
    figure = statement.first
    return {
        "surface": figure.surface,
        "counted": figure.counted,
        "hedge": figure.hedge,
        "modality": figure.modality,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "unit": figure.unit,
        "as_of": {"start": figure.as_of_start, "end": figure.as_of_end, "said": figure.as_of_said},
        "figures": [one.pk for one in statement.figures],
        "documents": [{"id": document.pk, "title": document.title} for document in statement.documents],
    }


class DisputeViewSet(PairViewSet):
    """Disputes: of all that is open, or was resolved at once, between the statements of one measure, one row.

    A dispute has the id of its most telling pair among those that are asked for, and is resolved as that discrepancy.
    """

    serializer_class = DisputeSerializer

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows.filter(pk__in=rows.leading().values("pk"))
