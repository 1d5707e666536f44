"""Discrepancies, pairs of figures that differ, and disputes, the discrepancies of one measure taken together."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
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
    sides_shown,
)
from factcheck.states import DiscrepancyState
from factcheck.text import Hedge, Modality
from factcheck.workflow.disputes import Dispute, Statement, disputes_led_by, resolve_dispute
from factcheck.workflow.judgements import judge_pair
from factcheck.workflow.speakers import speaker_name_of

from .base import ActionEndpoint, RecordViewSet
from .fields import NumberField, UsernameField, digits
from .filters import MAX_ID, IdFilter
from .judgements import JudgementBodySerializer
from .serializers import ActionsMixin, NoteSerializer


def visible_sides_of(discrepancy: Any) -> list[Any]:
    """The sides whose figures the user may see, as prefetched by the viewset."""
    sides: list[Any] = discrepancy.visible_sides
    return sides


class TitledDocumentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class DatedDocumentSerializer(TitledDocumentSerializer):
    published_at = serializers.DateTimeField(allow_null=True)


class FigureOfSideSerializer(serializers.Serializer):
    """A figure on one side of a discrepancy, in its sentence."""

    figure = serializers.IntegerField()
    surface = serializers.CharField()
    says = serializers.CharField()
    claim = serializers.IntegerField(allow_null=True)
    sentence = serializers.CharField()
    document = DatedDocumentSerializer()


class AsOfSerializer(serializers.Serializer):
    """As of when a statement holds, and how that is said."""

    start = serializers.DateTimeField(allow_null=True)
    end = serializers.DateTimeField(allow_null=True)
    said = serializers.CharField()


class StatementSerializer(serializers.Serializer):
    """What figures state of a measure, with the first of those figures and their documents."""

    value = NumberField()
    low = NumberField()
    high = NumberField()
    unit = serializers.CharField()
    counted = serializers.CharField()
    hedge = serializers.ChoiceField([str(hedge) for hedge in Hedge])
    modality = serializers.ChoiceField([str(modality) for modality in Modality])
    figures = serializers.ListField(child=serializers.IntegerField())
    count = serializers.IntegerField()
    documents = TitledDocumentSerializer(many=True)
    as_of = AsOfSerializer()


class StatementOfDisputeSerializer(StatementSerializer):
    surface = serializers.CharField()


class StatementsOfPartySerializer(serializers.Serializer):
    """The statements of one party in a dispute."""

    says = serializers.CharField()
    statements = StatementOfDisputeSerializer(many=True)


class DiscrepancySerializer(serializers.ModelSerializer):
    resolved_by = UsernameField()
    a = serializers.SerializerMethodField()
    b = serializers.SerializerMethodField()
    carriers = serializers.SerializerMethodField(
        help_text="How many figures the user may see on each side; ``a`` and ``b`` hold the first twenty."
    )

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
            "carriers",
            "resolution",
            "resolution_note",
            "resolved_by",
            "resolved_at",
            "engine_version",
            "created_at",
            "version",
        ]

    def get_carriers(self, discrepancy: Discrepancy) -> dict[str, int]:
        return {part.side: part.total for part in reversed(visible_sides_of(discrepancy))}

    @extend_schema_field(FigureOfSideSerializer(many=True))
    def get_a(self, discrepancy: Discrepancy) -> list[dict[str, Any]]:
        return self._side(discrepancy, "a")

    @extend_schema_field(FigureOfSideSerializer(many=True))
    def get_b(self, discrepancy: Discrepancy) -> list[dict[str, Any]]:
        return self._side(discrepancy, "b")

    def _side(self, discrepancy: Discrepancy, side: str) -> list[dict[str, Any]]:
        """The figures of one side that the user may see."""
        if "sentences" not in self.context:
            shown = self.parent.instance if self.parent else [discrepancy]
            self.context["sentences"] = sentences_of(
                part.figure_id for each in shown for part in visible_sides_of(each)
            )
        return [self._figure_data(part.figure) for part in visible_sides_of(discrepancy) if part.side == side]

    def _figure_data(self, figure: Figure) -> dict[str, Any]:
        document = figure.document
        return {
            "figure": figure.pk,
            "surface": figure.surface,
            "says": speaker_name_of(figure),
            "claim": figure.claim_id,
            "sentence": str(self.context["sentences"].get(figure.pk, "")),
            "document": {"id": document.pk, "title": document.title, "published_at": document.published_at},
        }


class DiscrepancyDetailSerializer(ActionsMixin, DiscrepancySerializer):
    class Meta(DiscrepancySerializer.Meta):
        fields: ClassVar = [*DiscrepancySerializer.Meta.fields, "actions"]


class ResolutionSerializer(NoteSerializer):
    resolution = serializers.ChoiceField(ResolutionKind.choices)
    newest = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_ID,
        help_text="The last pair of the dispute that you saw: what was found since stays open.",
    )


class DiscrepancyFilter(filters.FilterSet):
    topic = filters.CharFilter(field_name="measure__topic__slug")
    measure = IdFilter(field_name="measure")
    document = IdFilter(method="filter_document")
    kind = filters.ChoiceFilter(choices=DiscrepancyKind.choices)
    state = filters.ChoiceFilter(choices=DiscrepancyState.choices)

    def filter_document(self, queryset: Any, name: str, value: Any) -> Any:
        mine = Document.objects.visible_to(self.request.user).filter(pk=int(value))
        return queryset.filter(pk__in=DiscrepancyFigure.objects.filter(figure__document__in=mine).values("discrepancy"))


class BaseDiscrepancyViewSet(RecordViewSet):
    """Discrepancies with the sides that the user may see; the base of the two viewsets below."""

    queryset = Discrepancy.objects.select_related("measure", "resolved_by")
    filterset_class = DiscrepancyFilter

    def get_queryset(self) -> Any:
        sides = sides_shown(Desk.objects.visible_to(self.request.user))
        return super().get_queryset().prefetch_related(Prefetch("sides", sides, to_attr="visible_sides"))


class DiscrepancyViewSet(BaseDiscrepancyViewSet):
    serializer_class = DiscrepancySerializer
    detail_serializer_class = DiscrepancyDetailSerializer
    record_actions: ClassVar = {
        "resolve": ActionEndpoint(resolve_dispute, ResolutionSerializer),
        "judge": ActionEndpoint(judge_pair, JudgementBodySerializer),
    }


class DisputeSerializer(DiscrepancySerializer):
    """The most important discrepancy of a dispute, and the other statements in it."""

    told = serializers.SerializerMethodField(
        help_text="The reason of the pair, and how many more statements there are."
    )
    more = serializers.SerializerMethodField(help_text="How many statements there are besides the two of the pair.")
    others = serializers.SerializerMethodField(help_text="Those statements, by who makes them.")

    class Meta(DiscrepancySerializer.Meta):
        fields: ClassVar = [*DiscrepancySerializer.Meta.fields, "told", "more", "others"]

    def get_told(self, discrepancy: Discrepancy) -> str:
        return self._dispute(discrepancy).message

    def get_more(self, discrepancy: Discrepancy) -> int:
        return self._dispute(discrepancy).more

    @extend_schema_field(StatementsOfPartySerializer(many=True))
    def get_others(self, discrepancy: Discrepancy) -> list[dict[str, Any]]:
        return [
            {"says": says, "statements": [statement_data(statement) for statement in statements]}
            for says, statements in self._dispute(discrepancy).by_party
        ]

    def _dispute(self, discrepancy: Discrepancy) -> Dispute:
        if "disputes" not in self.context:
            user = self.context["request"].user
            leading = list(self.parent.instance) if self.parent else [discrepancy]
            desks = Desk.objects.visible_to(user)
            found = disputes_led_by(leading, Discrepancy.objects.visible_to(user), desks=desks, statements=True)
            self.context["disputes"] = {dispute.leading.pk: dispute for dispute in found}
        dispute: Dispute = self.context["disputes"][discrepancy.pk]
        return dispute


def statement_data(statement: Statement) -> dict[str, Any]:
    figure = statement.first
    return {
        "surface": figure.surface,
        "counted": figure.counted,
        "hedge": figure.hedge,
        "modality": figure.modality,
        "value": digits(figure.value),
        "low": digits(figure.low),
        "high": digits(figure.high),
        "unit": figure.unit,
        "as_of": {"start": figure.as_of_start, "end": figure.as_of_end, "said": figure.as_of_said},
        "figures": [one.pk for one in statement.figures],
        "count": statement.count,
        "documents": [{"id": document.pk, "title": document.title} for document in statement.documents],
    }


class DisputeViewSet(BaseDiscrepancyViewSet):
    """One entry for all discrepancies of a measure that are open, or were resolved together.

    A dispute has the id of its most important discrepancy among those that match the filters, and is resolved with it.
    """

    serializer_class = DisputeSerializer

    def filter_queryset(self, queryset: Any) -> Any:
        discrepancies = super().filter_queryset(queryset)
        return discrepancies.filter(pk__in=discrepancies.leading().values("pk"))
