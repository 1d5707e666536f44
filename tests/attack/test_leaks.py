"""Leaks: words and numbers planted in records of another desk, and under embargo, are seen by nobody of this one.

Every text column of the hidden records holds a word of its own. Seven people then ask every list, record, search, order,
action and form of the API and of the admin, and the site's own pages; nothing of what comes back, of headers, and of
what is logged meanwhile holds a planted word or number.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from factcheck.api.urls import router
from factcheck.models import (
    Desk,
    Evidence,
    Figure,
    Measure,
    Publication,
    Report,
    Revision,
    Snapshot,
    Verdict,
    Waiver,
)
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.deliver import build_desk_report
from factcheck.reports.render import formats_of, render
from factcheck.workflow.sources import record_source
from tests import factories as f
from tests.api.conftest import BASE, Caller
from tests.api.records import make
from tests.marks import thorough
from tests.stories import Staff

pytestmark = pytest.mark.django_db

MARK = "zqw"
PEOPLE = ("editor", "checker", "reviewer", "desk_chief", "auditor", "service", "superuser")
SHARED = {"source", "sourcename", "sourcedomain", "topic", "desk", "membership", "policy", "matchingweights"}
"""What all desks see: the registry of sources, the topics, and who works where as far as one's own desks."""
LONGEST = 40


class Garden:
    """What was planted: words by their column, and numbers."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.numbers: list[str] = []
        self.count = 0

    def word(self, where: str) -> str:
        self.count += 1
        found = f"{MARK}{self.count:05d}e"
        self.words[found] = where
        return found

    def number(self) -> int:
        found = 918_270_000 + 37 * len(self.numbers)
        self.numbers.append(str(found))
        return found

    def found_in(self, text: str) -> list[str]:
        words = [f"{word} ({where})" for word, where in self.words.items() if word in text] if MARK in text else []
        bare = text.replace(",", "").replace("\u202f", "")
        return words + [number for number in self.numbers if number in bare]


def is_words(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices and field.editable


def plant(garden: Garden, desk: Desk, user: Any, *, embargo: bool) -> None:
    """One record of everything on a desk, each text column with a word of its own, and figures with planted numbers."""
    before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in app_models()}
    ids = make(desk, user)
    document = apps.get_model("factcheck", "Document").objects.get(pk=ids["documents"])
    if embargo:
        type(document).objects.filter(pk=document.pk).update(embargo_until=timezone.now() + timedelta(days=3))
    claim = document.claims.get()
    plant_guarded(garden, document, claim, user)
    f.WebhookFactory(desk=desk)
    for _ in range(20):
        measure = Measure.objects.get(pk=ids["measures"])
        f.FigureFactory(document=document, measure=measure, claim=claim, value=Decimal(garden.number()))
    for model in app_models():
        if model._meta.model_name not in SHARED:
            for row in model._base_manager.exclude(pk__in=before[model]):
                plant_in(garden, row)


def plant_guarded(garden: Garden, document: Any, claim: Any, user: Any) -> None:
    """Words in rows that are written once and never changed."""
    text = f"{garden.word('revision.text')} said {garden.number()} homes."
    revision = Revision.objects.create(
        document=document, number=7, text=text, text_sha256="7" * 64, bytes_sha256="7" * 64
    )
    by = {"by": user, "at": timezone.now()}
    Verdict.objects.create(claim=claim, label="supported", revision=revision, note=garden.word("verdict.note"), **by)
    later = timezone.now() + timedelta(hours=1)
    Waiver.objects.create(claim=claim, reason=garden.word("waiver.reason"), expires_at=later, **by)
    answer = {"blockers": [{"code": "x", "record": "claim", "record_id": 1, "message": garden.word("answer")}]}
    Publication.objects.create(document=document, revision=revision, clear=False, answer=answer, **by)
    Snapshot.objects.create(
        desk=document.desk,
        url=f"https://{garden.word('snapshot.url')}.example/",
        text=garden.word("snapshot.text"),
        sha256="7" * 64,
        size=1,
        warc=b"",
        taken_at=timezone.now(),
    )
    f.ReportFactory(
        desk=document.desk, created_by=user, title=garden.word("report.title"), data={"a": garden.word("report.data")}
    )
    Evidence.objects.filter(claim=claim).update(stance="supports")
    record_source(garden.word("sealed name"), "eyewitness", desk=document.desk, by=user, confidential=True)


def plant_in(garden: Garden, row: Any) -> None:
    for field in row._meta.fields:
        if not is_words(field) or field.unique or getattr(field, "max_length", None) in range(1, 12):
            continue
        try:
            with transaction.atomic():
                word = garden.word(f"{row._meta.model_name}.{field.name}")
                type(row)._base_manager.filter(pk=row.pk).update(**{field.name: word})
        except IntegrityError:
            del garden.words[word]


def app_models() -> list[Any]:
    return [model for model in apps.get_app_config("factcheck").get_models() if model._meta.managed]


@pytest.fixture
def hidden() -> tuple[Staff, Garden, dict[str, list[int]]]:
    """Another desk with one of everything, and once more under embargo."""
    owner = Staff()
    before = {model._meta.model_name: set(model._base_manager.values_list("pk", flat=True)) for model in app_models()}
    garden = Garden()
    for embargo in (False, True):
        plant(garden, owner.desk, owner.desk_chief, embargo=embargo)
    made = {
        model._meta.model_name: sorted(
            set(model._base_manager.values_list("pk", flat=True)) - before[model._meta.model_name]
        )
        for model in app_models()
        if model._meta.model_name not in SHARED
    }
    return owner, garden, made


def api_paths(made: dict[str, list[int]]) -> list[tuple[str, str]]:
    """(method, path) of everything the API offers, with the numbers of the hidden records."""
    paths = [("get", "schema/"), ("get", "auth/tokens/")]
    for prefix, view, _ in router.registry:
        paths += [("get", f"{prefix}/{query}") for query in ("", f"?search={MARK}")]
        paths += [("get", f"{prefix}/?ordering={name}") for name in getattr(view, "orderings", {})]
        fields = getattr(getattr(view, "filterset_class", None), "base_filters", {})
        for pk in made.get(view.queryset.model._meta.model_name, [])[:2]:
            paths += [("get", f"{prefix}/{pk}/")]
            paths += [("post", f"{prefix}/{pk}/{action}/") for action in getattr(view, "record_actions", {})]
            paths += [("get", f"{prefix}/{pk}/{name}/") for name in extra_pages(view)]
        for name in fields:
            for pk in made.get(name.replace("_", ""), [])[:2]:
                paths.append(("get", f"{prefix}/?{name}={pk}"))
    return paths


def extra_pages(view: Any) -> list[str]:
    extra = [row for row in view.get_extra_actions() if "get" in row.mapping and row.detail]
    return [row.url_path for row in extra if "(" not in row.url_path]


def admin_paths(made: dict[str, list[int]]) -> list[str]:
    paths = ["/", "/admin/", "/admin/factcheck/", "/stories/new/", "/admin/stories/story/"]
    for model in admin.site._registry:
        if model._meta.app_label != "factcheck":
            continue
        name = f"admin:factcheck_{model._meta.model_name}"
        listed = reverse(f"{name}_changelist")
        paths += [listed, f"{listed}?q={MARK}", f"{listed}add/"]
        for pk in made.get(model._meta.model_name, [])[:2]:
            paths.append(reverse(f"{name}_change", args=[pk]))
            for suffix in ("history", "delete", "original", "download"):
                try:
                    paths.append(reverse(f"{name}_{suffix}", args=[pk]))
                except NoReverseMatch:
                    continue
            actions = getattr(admin.site._registry[model], "record_actions", {})
            paths += [reverse(f"{name}_action", args=[pk, action]) for action in actions]
    return paths


def said(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + "\n".join(f"{key}: {value}" for key, value in response.headers.items())


@thorough
def test_nothing_planted_is_seen_by_seven_people_through_any_door(staff, hidden, caplog):
    owner, garden, made = hidden
    assert len(garden.words) >= 200
    assert len(garden.numbers) >= 20
    own = Caller(owner.desk_chief).get("documents/")
    assert garden.found_in(said(own)), "the owner sees them"
    asked, leaks = 0, []
    caplog.set_level(logging.INFO)
    for role in PEOPLE:
        user = getattr(staff, role)
        user.is_staff = True
        user.save()
        caller, browser = Caller(user), Client(raise_request_exception=False)
        browser.force_login(user)
        answers = [(path, getattr(caller, method)(path)) for method, path in api_paths(made)]
        answers += [(path, browser.get(path)) for path in admin_paths(made)]
        for path, response in answers:
            asked += 1
            assert response.status_code < 500, (role, path)
            leaks += [(role, path, what) for what in garden.found_in(said(response))]
    anonymous = Client(raise_request_exception=False)
    for path in [*admin_paths(made), *(BASE + path for method, path in api_paths(made) if method == "get")]:
        asked += 1
        leaks += [("nobody", path, what) for what in garden.found_in(said(anonymous.get(path)))]
    leaks += [("log", "", what) for what in garden.found_in(caplog.text)]
    print(f"{asked} requests, {len(garden.words)} words and {len(garden.numbers)} numbers planted, {len(leaks)} seen")
    assert leaks == []


def test_no_report_of_this_desk_holds_them_in_any_format(staff, hidden):
    _, garden, _ = hidden
    for kind in OF_A_DESK:
        report = build_desk_report(staff.desk, kind, by=staff.desk_chief)
        for name in formats_of(kind):
            assert garden.found_in(render(report, name).body.decode("latin-1")) == []
    assert Report.objects.filter(desk=staff.desk).count() == len(OF_A_DESK)
    assert Figure.objects.filter(value__gte=918_270_000).exists()
