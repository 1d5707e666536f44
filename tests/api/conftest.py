"""People with their roles on one desk, and a client that speaks for one of them with a token."""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from factcheck.api.authentication import create_token
from factcheck.models import Job, TokenGrant
from factcheck.tasks import work
from tests import factories

SOON = timedelta(seconds=10)
BASE = "/factcheck/api/v1/"
ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "service")


@dataclass
class Caller:
    """A person at the API: ``post("claims/1/accept/", version=1)`` sends the If-Match that actions need."""

    user: object
    client: APIClient = field(default_factory=APIClient)

    def __post_init__(self):
        if self.user:
            _, token = create_token(self.user)
            TokenGrant.objects.update(last_used_at=timezone.now())  # as after a first request, which writes that down
            self.client.credentials(HTTP_AUTHORIZATION=f"Token {token}")

    def get(self, path, **headers):
        return self.client.get(BASE + path, headers=headers)

    def post(self, path, body=None, *, version="*", form="json", **headers):
        if version is not None:
            headers["If-Match"] = "*" if version == "*" else f'"{version}"'
        return self.client.post(BASE + path, {} if body is None else body, format=form, headers=headers)

    def patch(self, path, body, *, version="*", **headers):
        if version is not None:
            headers["If-Match"] = "*" if version == "*" else f'"{version}"'
        return self.client.patch(BASE + path, body, format="json", headers=headers)

    def put(self, path, body, *, version="*", **headers):
        if version is not None:
            headers["If-Match"] = "*" if version == "*" else f'"{version}"'
        return self.client.put(BASE + path, body, format="json", headers=headers)

    def raw(self, path, data, content_type="application/json", **headers):
        return self.client.generic(
            "POST", BASE + path, data, content_type=content_type, headers={"If-Match": "*", **headers}
        )


@pytest.fixture(autouse=True)
def _fresh_throttle():
    cache.clear()


@pytest.fixture
def desk(db):
    return factories.DeskFactory(slug="metro")


@pytest.fixture
def people(desk):
    """One person for each role on the desk, a chief editor, a stranger of another desk, and a mere superuser."""
    found = {role: factories.MembershipFactory(desk=desk, role=role, user__username=role).user for role in ROLES}
    found["chief_editor"] = factories.MembershipFactory(
        desk=None, role="chief_editor", user__username="chief_editor"
    ).user
    found["stranger"] = factories.MembershipFactory(role="desk_chief", user__username="stranger").user
    found["superuser"] = get_user_model().objects.create_superuser("superuser", password=factories.PASSWORD)
    return found


@pytest.fixture
def api(people):
    """The callers: ``api.editor.get("desks/")``."""
    return SimpleNamespace(nobody=Caller(None), **{name: Caller(user) for name, user in people.items()})


@pytest.fixture
def run_jobs():
    """Do all due work now, in this process, as a worker would; there is no broker here. What is put off stays."""

    def run():
        until = time.monotonic() + 60
        while Job.objects.unfinished().filter(run_at__lt=timezone.now() + SOON).exists() and time.monotonic() < until:
            work()
            time.sleep(0.005)

    return run
