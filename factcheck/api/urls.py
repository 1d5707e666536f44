"""The URLs of the API, one line per resource. Any other path is 404 in the error format of the API."""

from __future__ import annotations

from django.apps import apps
from django.urls import path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter

from .anchors import AnchorViewSet, AttributionViewSet
from .base import BaseView
from .claims import ClaimViewSet
from .crosschecks import CrossCheckViewSet
from .decisions import SignOffViewSet, VerdictViewSet, WaiverViewSet
from .desks import DeskViewSet
from .discrepancies import DiscrepancyViewSet, DisputeViewSet
from .docs import DOCS_APPS, DocsView, SchemaView
from .documents import DocumentViewSet
from .evidence import EvidenceViewSet
from .feeds import FeedViewSet
from .figures import FigureViewSet
from .history import EventViewSet
from .jobs import JobViewSet
from .judgements import JudgementViewSet
from .logins import LoginView, LogoutView
from .measures import MeasureViewSet
from .memberships import MembershipViewSet
from .notices import NoticeChoiceViewSet, NotificationViewSet
from .publications import CorrectionViewSet, PublicationViewSet
from .reports import ReportViewSet, SubscriptionViewSet
from .sources import SourceViewSet
from .syndication import AtomView, RssView
from .tokens import RevokeAllView, RevokeView, TokensView
from .topics import TopicViewSet
from .verification import TaskViewSet
from .webhooks import DeliveryViewSet, WebhookViewSet


class RootView(BaseView, APIRootView):
    """The resources of this API."""

    schema = None


class ApiRouter(DefaultRouter):
    APIRootView = RootView
    include_format_suffixes = False


class NotFoundView(BaseView):
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound("There is no such address.")

    def get(self, request: Request) -> Response:
        raise NotFound


router = ApiRouter()
router.register("desks", DeskViewSet)
router.register("memberships", MembershipViewSet)
router.register("topics", TopicViewSet)
router.register("documents", DocumentViewSet)
router.register("claims", ClaimViewSet)
router.register("figures", FigureViewSet)
router.register("anchors", AnchorViewSet)
router.register("attributions", AttributionViewSet)
router.register("measures", MeasureViewSet)
router.register("discrepancies", DiscrepancyViewSet)
router.register("disputes", DisputeViewSet, basename="dispute")
router.register("judgements", JudgementViewSet)
router.register("verification-tasks", TaskViewSet)
router.register("verdicts", VerdictViewSet)
router.register("sign-offs", SignOffViewSet)
router.register("waivers", WaiverViewSet)
router.register("publications", PublicationViewSet)
router.register("corrections", CorrectionViewSet)
router.register("sources", SourceViewSet)
router.register("evidence", EvidenceViewSet)
router.register("feeds", FeedViewSet)
router.register("jobs", JobViewSet)
router.register("crosschecks", CrossCheckViewSet)
router.register("reports", ReportViewSet)
router.register("report-subscriptions", SubscriptionViewSet)
router.register("events", EventViewSet)
router.register("notifications", NotificationViewSet)
router.register("notice-choices", NoticeChoiceViewSet)
router.register("webhooks", WebhookViewSet)
router.register("deliveries", DeliveryViewSet)

urlpatterns = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("auth/tokens/", TokensView.as_view(), name="tokens"),
    path("auth/tokens/revoke_all/", RevokeAllView.as_view(), name="tokens-revoke-all"),
    re_path(r"auth/tokens/(?P<token_key>[0-9A-Za-z]{1,40})/revoke/$", RevokeView.as_view(), name="token-revoke"),
    path("schema/", SchemaView.as_view(), name="schema"),
    *([path("docs/", DocsView.as_view(), name="docs")] if all(map(apps.is_installed, DOCS_APPS)) else []),
    path("publications/rss/", RssView.as_view(), name="publications-rss"),
    path("publications/atom/", AtomView.as_view(), name="publications-atom"),
    *router.urls,
    re_path(r"", NotFoundView.as_view()),
]
