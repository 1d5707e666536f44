"""The desks of the user, with the user's roles on each, and the policy of each desk."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.conf import MOST_ORIGINS
from factcheck.models import Assessment, Desk, Eyes, Membership, Policy
from factcheck.reports.deliver import build_desk_report
from factcheck.workflow.desks import record_desk, set_policy

from .base import RecordViewSet, etag_of
from .permissions import check_right
from .reports import DeskReportSerializer, ReportSerializer
from .schema import describe
from .serializers import BodySerializer


class DeskSerializer(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Desk
        fields: ClassVar = ["id", "slug", "name", "roles"]

    def get_roles(self, desk: Desk) -> list[str]:
        roles_by_desk = self.context["roles"]
        return sorted(roles_by_desk.get(desk.pk, set()) | roles_by_desk.get(None, set()))


class NewDeskSerializer(BodySerializer):
    slug = serializers.SlugField(max_length=50)
    name = serializers.CharField(max_length=200)


class PolicySerializer(serializers.ModelSerializer):
    """The rules of a desk for checking; the defaults, if it has set none."""

    desk = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Policy
        fields: ClassVar = [
            "desk",
            "eyes",
            "assess",
            "threshold",
            "minimum_origins",
            "reliability_floor",
            "conflict_score",
            "differs_score",
            "version",
        ]


class PolicyBodySerializer(BodySerializer):
    """The whole policy: every rule is required."""

    eyes = serializers.ChoiceField(Eyes.choices)
    assess = serializers.ChoiceField(
        Assessment.choices,
        required=False,
        default=Assessment.BY_EYES,
        help_text="Who may assess evidence; empty follows the pairs of eyes.",
    )
    threshold = serializers.FloatField(min_value=0, max_value=1)
    minimum_origins = serializers.IntegerField(min_value=1, max_value=MOST_ORIGINS)
    reliability_floor = serializers.ChoiceField([(grade, grade) for grade in "ABCDEF"])
    conflict_score = serializers.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="From which score on figures that differ are a conflict; null takes the border of the weights.",
    )
    differs_score = serializers.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        help_text="From which score on they are listed as differing; null takes the border of the weights.",
    )


class DeskViewSet(RecordViewSet):
    queryset = Desk.objects.all()
    serializer_class = DeskSerializer
    ordering = ("id",)

    def get_serializer_context(self) -> dict[str, Any]:
        roles_by_desk: dict[int | None, set[str]] = {}
        for desk, role in Membership.objects.filter(user=self.request.user).values_list("desk", "role"):
            roles_by_desk.setdefault(desk, set()).add(role)
        return {**super().get_serializer_context(), "roles": roles_by_desk}

    @describe(201, request=NewDeskSerializer)
    def create(self, request: Request) -> Response:
        """Create a desk. Only a chief editor may."""
        check_right(request.user, Desk(), "record")
        return self.record_response(record_desk(by=request.user, **self.validated_body(NewDeskSerializer)), 201)

    @describe(200, response=PolicySerializer)
    @action(detail=True, url_path="policy")
    def policy(self, request: Request, pk: str) -> Response:
        """The policy of the desk."""
        return self.policy_response(Policy.of(self.get_object()))

    @describe(200, request=PolicyBodySerializer, response=PolicySerializer, versioned=True)
    @policy.mapping.put
    def set_policy(self, request: Request, pk: str) -> Response:
        """Replace the policy of the desk."""
        desk = self.get_object()
        check_right(request.user, desk, "arrange")
        version = self.expected_version(Policy.of(desk))
        return self.policy_response(
            set_policy(desk, by=request.user, version=version, **self.validated_body(PolicyBodySerializer))
        )

    @describe(201, request=DeskReportSerializer, response=ReportSerializer)
    @action(detail=True, methods=["post"], url_path="report", response_serializer_class=ReportSerializer)
    def report(self, request: Request, pk: str) -> Response:
        """Build a report of the desk in its present state and store it."""
        desk = self.get_object()
        check_right(request.user, desk, "build_report")
        return self.record_response(
            build_desk_report(desk, by=request.user, **self.validated_body(DeskReportSerializer)), 201
        )

    def policy_response(self, policy: Policy) -> Response:
        data = PolicySerializer(policy).data
        return Response(data, headers={"ETag": etag_of(policy, data)})
