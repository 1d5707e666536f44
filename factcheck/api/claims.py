"""Claims: proposed, accepted, assigned, checked, signed off."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django_filters import rest_framework as filters
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
)
from factcheck.workflow.verification import (
    assign_claim,
    challenge_claim,
    recall_verdict,
    return_claim,
    sign_off,
    start_claim,
    submit_verdict,
    waive_claim,
)

from .base import ActionEndpoint, RecordViewSet
from .bodies import ActionsMixin, Body, Colleague, Moment, Note, Visible
from .lists import Id, Search
from .schema import describe

LAST_OFFSET = 10_000_000


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
    by = serializers.SlugRelatedField("username", read_only=True)
    revision = serializers.IntegerField(source="revision.number")

    class Meta:
        model = SignOff
        fields: ClassVar = ["by", "at", "eyes", "revision", "attributed_in_copy", "origins"]


class VerdictSerializer(serializers.ModelSerializer):
    by = serializers.SlugRelatedField("username", read_only=True)
    revision = serializers.IntegerField(source="revision.number")
    sign_off = serializers.SerializerMethodField()

    class Meta:
        model = Verdict
        fields: ClassVar = ["id", "label", "note", "by", "at", "revision", "sign_off"]

    def get_sign_off(self, verdict: Verdict) -> dict[str, Any] | None:
        given = getattr(verdict, "sign_off", None)
        return SignOffSerializer(given).data if given else None


class WaiverSerializer(serializers.ModelSerializer):
    by = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = Waiver
        fields: ClassVar = ["reason", "by", "at", "expires_at"]


class FigureLine(serializers.ModelSerializer):
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


class TaskLine(serializers.ModelSerializer):
    assignee = serializers.SlugRelatedField("username", read_only=True)

    class Meta:
        model = VerificationTask
        fields: ClassVar = ["id", "state", "assignee", "method", "due_at", "version"]


class EvidenceLine(serializers.ModelSerializer):
    source = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Evidence
        fields: ClassVar = ["id", "kind", "source", "stance", "source_use", "state", "version"]


class ClaimRow(serializers.ModelSerializer):
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


class ClaimSerializer(ActionsMixin, ClaimRow):
    words_changed_by = serializers.SlugRelatedField("username", read_only=True)
    anchor = serializers.SerializerMethodField()
    figures = FigureLine(many=True)
    verdicts = VerdictSerializer(many=True)
    evidence = EvidenceLine(many=True)
    origins = serializers.SerializerMethodField()
    verification_tasks = TaskLine(many=True)
    waivers = WaiverSerializer(many=True)

    class Meta(ClaimRow.Meta):
        fields: ClassVar = [
            *ClaimRow.Meta.fields,
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

    def get_anchor(self, claim: Claim) -> dict[str, Any] | None:
        """Where it stands in the current revision."""
        standing = claim.anchors.filter(revision=claim.document.current_revision).select_related("revision").first()
        return AnchorSerializer(standing).data if standing else None

    def get_origins(self, claim: Claim) -> int:
        """How many independent origins stand behind it: accepted evidence that supports it, copies counted once."""
        return len(claim.evidence.standing().filter(stance=Stance.SUPPORTS).origins())


class Span(Body):
    start = serializers.IntegerField(min_value=0, max_value=LAST_OFFSET)
    end = serializers.IntegerField(min_value=0, max_value=LAST_OFFSET)
    quote = serializers.CharField(trim_whitespace=False, max_length=20_000)


class NewClaim(Span):
    document = Visible(Document)
    claim_type = serializers.ChoiceField([str(kind) for kind in ClaimType], default=str(ClaimType.EVENT))


class VerdictBody(Note):
    label = serializers.ChoiceField(VerdictLabel.choices)


class SignOffBody(Body):
    attributed_in_copy = serializers.BooleanField(default=False)


class WaiverBody(Note):
    expires_at = Moment()


class Assignment(Body):
    assignee = Colleague()
    method = serializers.ChoiceField(Method.choices, default=Method.CHECK_FIGURE)
    due_at = Moment(required=False, allow_null=True)


class Parts(Body):
    parts = serializers.ListField(child=serializers.CharField(max_length=20_000), max_length=50)


class ClaimFilter(filters.FilterSet):
    document = Id(field_name="document")
    state = filters.ChoiceFilter(choices=ClaimState.choices)
    claim_type = filters.ChoiceFilter(choices=[(str(kind), str(kind)) for kind in ClaimType])
    assignee = filters.CharFilter(method="assigned_to")
    search = Search("text")
    checkworthiness = filters.NumberFilter(lookup_expr="gte", min_value=0, max_value=1)

    def assigned_to(self, rows: Any, name: str, value: str) -> Any:
        user = self.request.user
        username = user.get_username() if value == "me" else value
        mine = VerificationTask.objects.unfinished().filter(**{f"assignee__{user.USERNAME_FIELD}": username})
        return rows.filter(pk__in=mine.values("claim"))


class ClaimViewSet(RecordViewSet):
    queryset = Claim.objects.select_related("attribution__source")
    serializer_class = ClaimRow
    detail_serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    orderings: ClassVar = {
        "checkworthiness": ("checkworthiness", "id"),
        "-checkworthiness": ("-checkworthiness", "-id"),
    }
    record_actions: ClassVar = {
        "accept": ActionEndpoint(accept_claim),
        "assign": ActionEndpoint(assign_claim, Assignment),
        "split": ActionEndpoint(split_claim, Parts),
        "place": ActionEndpoint(place_claim, Span),
        "start": ActionEndpoint(start_claim),
        "submit": ActionEndpoint(submit_verdict, VerdictBody),
        "sign_off": ActionEndpoint(sign_off, SignOffBody),
        "return": ActionEndpoint(return_claim, Note),
        "recall": ActionEndpoint(recall_verdict),
        "challenge": ActionEndpoint(challenge_claim, Note),
        "dismiss": ActionEndpoint(dismiss_claim, Note),
        "waive": ActionEndpoint(waive_claim, WaiverBody),
        "reopen": ActionEndpoint(reopen_claim),
    }
    batches: ClassVar = ("accept", "dismiss", "assign")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.action == "list":
            return rows
        verdicts = Verdict.objects.select_related("by", "revision", "sign_off__by", "sign_off__revision")
        return rows.select_related("document__desk", "words_changed_by").prefetch_related(
            Prefetch("verdicts", verdicts), "figures", "evidence__source", "verification_tasks__assignee", "waivers__by"
        )

    @describe(201, body=NewClaim)
    def create(self, request: Request) -> Response:
        """Mark a statement the machine did not propose."""
        self.require_on(Document, "document", "add_claim")
        said = self.body(NewClaim)
        claim = add_claim(said.pop("document"), by=request.user, **said)
        return self.answer(self.get_queryset().get(pk=claim.pk), 201)
