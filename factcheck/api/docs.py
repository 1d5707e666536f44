"""The OpenAPI schema at ``schema/`` and Swagger UI at ``docs/``."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.settings import patched_settings
from drf_spectacular.views import SpectacularSwaggerSplitView, _get_sidecar_url
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from factcheck.text import ENGINE_VERSION

from .base import BaseView
from .schema import OperationSchema

DOCS_APPS = ("drf_spectacular", "drf_spectacular_sidecar")
"""Apps that a host installs for ``docs/``; without them there is only ``schema/``."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
"""Swagger UI needs inline styles, which the policy of the site forbids on every other page."""


def only_this_api(endpoints: list[Any], **_: Any) -> list[Any]:
    """Of all endpoints of the host, those of this API."""
    return [row for row in endpoints if isinstance(getattr(row[3].cls, "schema", None), OperationSchema)]


TAGS = {
    "anchors": "Where a claim or figure stands in each revision.",
    "attributions": "To whom a text ascribes a claim or figure.",
    "auth": "Logging in and out.",
    "claims": "Statements that can be checked, and their way to a sign-off.",
    "corrections": "What was corrected after publication, and in which words.",
    "crosschecks": "Runs that compare figures.",
    "deliveries": "Messages to webhooks, and what was answered.",
    "desks": "Departments of the newsroom, and their policies.",
    "discrepancies": "Pairs of statements of one measure that do not go together.",
    "disputes": "The discrepancies of one measure as one.",
    "documents": "Stories, coverage and references, their revisions and the gate.",
    "events": "Who did what to a record, and why.",
    "evidence": "What was recorded for or against a claim.",
    "feeds": "Where documents come from by themselves.",
    "figures": "Numbers that a text states.",
    "jobs": "Background work, and why it failed.",
    "judgements": "People's word that two figures count the same thing, or do not.",
    "measures": "What figures count that are compared.",
    "memberships": "Who has which role on which desk.",
    "notice-choices": "Of what a person is told, and how.",
    "notifications": "A person's inbox.",
    "publications": "What went out, and what the gate said of it.",
    "report-subscriptions": "Who is mailed which report, and when.",
    "reports": "Frozen reports, and their files.",
    "sign-offs": "Verdicts approved by another person.",
    "sources": "The registry of who says things.",
    "topics": "Running stories whose texts are compared.",
    "verdicts": "What checking found.",
    "verification-tasks": "Pieces of checking work.",
    "waivers": "Leave to publish unchecked.",
    "webhooks": "Addresses that other systems are told at.",
}
"""What each noun of the API is, in the order of the page."""

SETTINGS: dict[str, Any] = {
    "TITLE": "Fact-check API",
    "DESCRIPTION": "Documents, claims, figures and evidence of a newsroom, and what may be done with them.",
    "VERSION": f"1 (engine {ENGINE_VERSION})",
    "CONTACT": {"name": "Whoever runs this site"},
    "POSTPROCESSING_HOOKS": [
        "factcheck.api.webhook_messages.add_webhooks",
        "factcheck.api.enums.name_enums",
        "factcheck.api.enums.name_nulls",
    ],
    "PREPROCESSING_HOOKS": ["factcheck.api.docs.only_this_api"],
    "TAGS": [{"name": name, "description": words} for name, words in TAGS.items()],
    "SERVERS": [{"url": "/factcheck/api/v1", "description": "Where the API is if it is plugged in as documented."}],
}
"""Also for ``manage.py spectacular --urlconf factcheck.api.urls --custom-settings factcheck.api.docs.SETTINGS``."""


@cache
def openapi_schema() -> dict[str, Any]:
    """The whole schema, its paths below the address of the API. The same for all, so each process makes it once."""
    with patched_settings(SETTINGS):
        return dict(SchemaGenerator(urlconf="factcheck.api.urls").get_schema(request=None, public=True))


class SchemaView(BaseView):
    """The schema of this API in OpenAPI 3, as JSON."""

    schema = None
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer)

    def get(self, request: Request) -> Response:
        """Where this host has plugged the API in is the one server, names in its prefix filled in."""
        return Response({**openapi_schema(), "servers": [{"url": request.path.removesuffix("/schema/")}]})


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI with the session of the logged-in user. Anonymous users are redirected to the login page."""

    schema = None
    authentication_classes = (SessionAuthentication,)
    permission_classes = ()
    throttle_classes = ()
    versioning_class = None
    title = SETTINGS["TITLE"]
    url = "../schema/"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if not getattr(request.user, "is_authenticated", False):  # a host may have no user at all where nobody is known
            return redirect_to_login(request.get_full_path(), login_url())
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    @staticmethod
    def _swagger_ui_resource(filename: str) -> str:
        """From drf-spectacular-sidecar, whatever the host's settings: nothing is loaded from another site."""
        return str(_get_sidecar_url(f"swagger-ui-dist/{filename}"))

    @staticmethod
    def _swagger_ui_favicon() -> str:
        return str(_get_sidecar_url("swagger-ui-dist/favicon-32x32.png"))


def login_url() -> str:
    """The host's own page where it names one, or else that of the admin."""
    host: Any = settings  # its stubs know its settings alone
    if host.is_overridden("LOGIN_URL"):
        return resolve_url(settings.LOGIN_URL)
    try:
        return reverse("admin:login")
    except NoReverseMatch:
        return resolve_url(settings.LOGIN_URL)
