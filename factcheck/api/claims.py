"""Claims: proposed, accepted, assigned, checked, signed off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.models import (
    Anchor,
    Attribution,
    Claim,
    Document,
    Evidence,
    Figure,
    Method,
    SignOff,
    Stance,
    Verdict,
    VerdictLabel,
    VerificationTask,
    Waiver,
    by_username,
)
from factcheck.states import ClaimState
from factcheck.text import ClaimType
from factcheck.workflow.claims import (
    accept_claim,
    add_claim,
    dismiss_claim,
    place_claim,
    reopen_claim,
    split_claim,
    take_back,
)
from factcheck.workflow.verification import (
    assign_claim,
    challenge_claim,
    countersign,
    recall_verdict,
    return_claim,
    sign_off,
    start_claim,
    submit_verdict,
    waive_claim,
)

from .base import ActionEndpoint, RecordViewSet
from .fields import AwareDateTimeField, ColleagueField, UsernameField, VisibleRecordField
from .filters import IdFilter, WordsFilter
from .schema import describe
from .serializers import ActionsMixin, BodySerializer, NoteSerializer

MAX_OFFSET = 10_000_000


class AttributionSerializer(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Attribution
        fields: ClassVar = ["cue", "party", "relay", "source"]


class AnchorSerializer(serializers.ModelSerializer):
    revision = serializers.IntegerField(source="revision.number")

    class Meta:
        model = Anchor
        fields: ClassVar = [
            "revision",
            "start",
            "end",
            "exact",
            "prefix",
            "suffix",
            "anchor_state",
            "changes",
            "candidates",
        ]


class SignOffSerializer(serializers.ModelSerializer):
    by = UsernameField()
    revision = serializers.IntegerField(source="revision.number")

    class Meta:
        model = SignOff
        fields: ClassVar = ["by", "at", "eyes", "revision", "attributed_in_copy", "origins"]


class VerdictSerializer(serializers.ModelSerializer):
    by = UsernameField()
    revision = serializers.IntegerField(source="revision.number")
    sign_off = serializers.SerializerMethodField()

    class Meta:
        model = Verdict
        fields: ClassVar = ["id", "label", "note", "by", "at", "revision", "sign_off"]

    @extend_schema_field(SignOffSerializer(allow_null=True))
    def get_sign_off(self, verdict: Verdict) -> dict[str, Any] | None:
        return SignOffSerializer(verdict.sign_off).data if verdict.sign_off else None


class WaiverSerializer(serializers.ModelSerializer):
    by = UsernameField()

    class Meta:
        model = Waiver
        fields: ClassVar = ["reason", "by", "at", "expires_at"]


class FigureLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Figure
        fields: ClassVar = [
            "id",
            "surface",
            "value",
            "low",
            "high",
            "unit",
            "counted",
            "hedge",
            "state",
            "anchor_state",
            "measure",
        ]


class TaskLineSerializer(serializers.ModelSerializer):
    assignee = UsernameField()

    class Meta:
        model = VerificationTask
        fields: ClassVar = ["id", "state", "assignee", "method", "due_at", "version"]


class EvidenceLineSerializer(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Evidence
        fields: ClassVar = ["id", "kind", "source", "stance", "source_use", "state", "version"]


class ClaimRowSerializer(serializers.ModelSerializer):
    attribution = AttributionSerializer()

    class Meta:
        model = Claim
        fields: ClassVar = [
            "id",
            "document",
            "claim_type",
            "text",
            "checkworthiness",
            "reasons",
            "attribution",
            "state",
            "anchor_state",
            "stale_reason",
            "proposed_by_engine",
            "split_from",
            "created_at",
            "version",
        ]


class ClaimSerializer(ActionsMixin, ClaimRowSerializer):
    words_changed_by = UsernameField()
    anchor = serializers.SerializerMethodField()
    figures = FigureLineSerializer(many=True)
    verdicts = VerdictSerializer(many=True)
    evidence = EvidenceLineSerializer(many=True)
    origins = serializers.SerializerMethodField()
    verification_tasks = TaskLineSerializer(many=True)
    waivers = WaiverSerializer(many=True)

    class Meta(ClaimRowSerializer.Meta):
        fields: ClassVar = [
            *ClaimRowSerializer.Meta.fields,
            "words_changed_by",
            "anchor",
            "figures",
            "verdicts",
            "evidence",
            "origins",
            "verification_tasks",
            "waivers",
            "actions",
        ]

    @extend_schema_field(AnchorSerializer(allow_null=True))
    def get_anchor(self, claim: Claim) -> dict[str, Any] | None:
        """Where the claim is in the current revision."""
        standing = claim.anchors.filter(revision=claim.document.current_revision).select_related("revision").first()
        return AnchorSerializer(standing).data if standing else None

    def get_origins(self, claim: Claim) -> int:
        """The number of independent origins of the accepted evidence that supports the claim; copies count once."""
        return len(claim.evidence.current().filter(stance=Stance.SUPPORTS).origins())


class SpanSerializer(BodySerializer):
    start = serializers.IntegerField(min_value=0, max_value=MAX_OFFSET)
    end = serializers.IntegerField(min_value=0, max_value=MAX_OFFSET)
    quote = serializers.CharField(trim_whitespace=False, max_length=20_000)


class NewClaimSerializer(SpanSerializer):
    document = VisibleRecordField(Document)
    claim_type = serializers.ChoiceField([str(kind) for kind in ClaimType], default=str(ClaimType.EVENT))


class VerdictBodySerializer(NoteSerializer):
    label = serializers.ChoiceField(VerdictLabel.choices)


class SignOffBodySerializer(BodySerializer):
    attributed_in_copy = serializers.BooleanField(default=False)


class WaiverBodySerializer(NoteSerializer):
    expires_at = AwareDateTimeField()


class AssignmentSerializer(BodySerializer):
    assignee = ColleagueField()
    method = serializers.ChoiceField(Method.choices, default=Method.CHECK_FIGURE)
    due_at = AwareDateTimeField(required=False, allow_null=True)


class PartsSerializer(BodySerializer):
    parts = serializers.ListField(child=serializers.CharField(max_length=20_000), max_length=50)


class ClaimFilter(filters.FilterSet):
    document = IdFilter(field_name="document")
    state = filters.ChoiceFilter(choices=ClaimState.choices)
    claim_type = filters.ChoiceFilter(choices=[(str(kind), str(kind)) for kind in ClaimType])
    assignee = filters.CharFilter(method="filter_assignee")
    search = WordsFilter()
    checkworthiness = filters.NumberFilter(lookup_expr="gte", min_value=0, max_value=1)

    def filter_assignee(self, queryset: Any, name: str, value: str) -> Any:
        user = self.request.user
        username = user.get_username() if value == "me" else value
        mine = VerificationTask.objects.unfinished().filter(**by_username(username, "assignee"))
        return queryset.filter(pk__in=mine.values("claim"))


class ClaimViewSet(RecordViewSet):
    queryset = Claim.objects.select_related("attribution__source")
    serializer_class = ClaimRowSerializer
    detail_serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    orderings: ClassVar = {
        "checkworthiness": ("checkworthiness", "id"),
        "-checkworthiness": ("-checkworthiness", "-id"),
    }
    record_actions: ClassVar = {
        "accept": ActionEndpoint(accept_claim),
        "assign": ActionEndpoint(assign_claim, AssignmentSerializer),
        "split": ActionEndpoint(split_claim, PartsSerializer),
        "place": ActionEndpoint(place_claim, SpanSerializer),
        "start": ActionEndpoint(start_claim),
        "submit": ActionEndpoint(submit_verdict, VerdictBodySerializer),
        "sign_off": ActionEndpoint(sign_off, SignOffBodySerializer),
        "countersign": ActionEndpoint(countersign, SignOffBodySerializer),
        "return": ActionEndpoint(return_claim, NoteSerializer),
        "recall": ActionEndpoint(recall_verdict),
        "challenge": ActionEndpoint(challenge_claim, NoteSerializer),
        "dismiss": ActionEndpoint(dismiss_claim, NoteSerializer),
        "waive": ActionEndpoint(waive_claim, WaiverBodySerializer),
        "reopen": ActionEndpoint(reopen_claim),
        "take_back": ActionEndpoint(take_back),
    }
    batch_actions: ClassVar = ("accept", "dismiss", "assign")

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        if self.action == "list":
            return queryset
        verdicts = Verdict.objects.select_related("by", "revision").prefetch_related(
            "sign_offs__by", "sign_offs__revision"
        )
        return queryset.select_related("document__desk", "words_changed_by").prefetch_related(
            Prefetch("verdicts", verdicts), "figures", "evidence__source", "verification_tasks__assignee", "waivers__by"
        )

    @describe(201, request=NewClaimSerializer)
    def create(self, request: Request) -> Response:
        """Add a claim that the engine did not propose."""
        self.check_right_on(Document, "document", "add_claim")
        body = self.validated_body(NewClaimSerializer)
        claim = add_claim(body.pop("document"), by=request.user, **body)
        return self.record_response(self.get_queryset().get(pk=claim.pk), 201)
