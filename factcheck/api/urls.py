"""The addresses of the API: one line per noun. Whatever is no address answers 404 in the one shape of errors."""

from __future__ import annotations

from django.urls import path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.views import APIView

from .base import Face
from .claims import ClaimViewSet
from .crosschecks import CrossCheckViewSet
from .desks import DeskViewSet
from .discrepancies import DiscrepancyViewSet
from .documents import DocumentViewSet
from .evidence import EvidenceViewSet
from .figures import FigureViewSet
from .history import EventViewSet
from .jobs import JobViewSet
from .logins import LoginView, LogoutView
from .measures import MeasureViewSet
from .reports import ReportViewSet, SubscriptionViewSet
from .sources import SourceViewSet
from .topics import TopicViewSet
from .verification import TaskViewSet


class Root(Face, APIRootView):
    """The nouns of this API."""


class Router(DefaultRouter):
    APIRootView = Root
    include_format_suffixes = False


class Nowhere(Face, APIView):
    permission_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound("There is no such address.")

    def get(self, request: Request) -> Response:
        raise NotFound


router = Router()
router.register("desks", DeskViewSet)
router.register("topics", TopicViewSet)
router.register("documents", DocumentViewSet)
router.register("claims", ClaimViewSet)
router.register("figures", FigureViewSet)
router.register("measures", MeasureViewSet)
router.register("discrepancies", DiscrepancyViewSet)
router.register("verification-tasks", TaskViewSet)
router.register("sources", SourceViewSet)
router.register("evidence", EvidenceViewSet)
router.register("jobs", JobViewSet)
router.register("crosschecks", CrossCheckViewSet)
router.register("reports", ReportViewSet)
router.register("report-subscriptions", SubscriptionViewSet)
router.register("events", EventViewSet)

urlpatterns = [
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    *router.urls,
    re_path(r"", Nowhere.as_view()),
]
