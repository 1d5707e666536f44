"""System checks of what the app needs from its host: zones, the database, beat, groups and the cache, each with a hint.

The checks of the app's own settings are in ``conf``. None of them opens a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from factcheck import conf

TICK = "factcheck.tick"
VENDORS = ("postgresql", "sqlite")
PER_PROCESS = (
    "django.core.cache.backends.locmem.LocMemCache",
    "django.core.cache.backends.dummy.DummyCache",
)


def register_host_checks() -> None:
    register(check_time_zones)
    register(check_database)
    register(check_beat)
    register(check_groups)
    register(check_cache, Tags.caches, deploy=True)


def check_time_zones(**_: Any) -> Iterator[CheckMessage]:
    """Every time is stored with its offset: deadlines, embargoes and what a text says of today hang on it."""
    if not settings.USE_TZ:
        yield Error("factcheck needs times with their zone.", hint="Set USE_TZ = True.", id="factcheck.E008")


def check_database(**_: Any) -> Iterator[CheckMessage]:
    """PostgreSQL or SQLite: rules are kept by what is unique under a condition, and MySQL has no such thing."""
    link = connections["default"]
    if link.vendor not in VENDORS:
        name = link.display_name
        words = "it has no constraints under a condition, and factcheck keeps its rules by them"
        hint = "Give the app a database of PostgreSQL, or of SQLite on one machine."
        yield Error(f"factcheck does not run on {name}: {words}.", hint=hint, id="factcheck.E009")
    elif link.vendor == "sqlite" and str(options_of(link).get("transaction_mode", "")).upper() != "IMMEDIATE":
        words = "two processes that write will fail each other with “database is locked”"
        hint = 'DATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 30}'
        yield Warning(f"SQLite begins its transactions late: {words}.", hint=hint, id="factcheck.W001")


def options_of(link: Any) -> dict[str, Any]:
    return dict(link.settings_dict.get("OPTIONS") or {})


def check_beat(**_: Any) -> Iterator[CheckMessage]:
    """Without the tick no report is sent, no deadline told of and no lost job taken up again."""
    schedules = [getattr(settings, name) for name in dir(settings) if name.upper().endswith("BEAT_SCHEDULE")]
    for schedule in (*schedules, current_app.conf.beat_schedule):
        if isinstance(schedule, dict) and any(
            isinstance(row, dict) and row.get("task") == TICK for row in schedule.values()
        ):
            return
    words = f"no schedule of beat holds the task {TICK}: no report, reminder or feed will come by itself"
    hint = "CELERY_BEAT_SCHEDULE = {**factcheck.BEAT_SCHEDULE, …}, or silence this where the row is in the admin."
    yield Warning(f"factcheck is not called: {words}.", hint=hint, id="factcheck.W002")


def check_groups(**_: Any) -> Iterator[CheckMessage]:
    """Roles can come from groups only where the host's users have groups."""
    given = conf.host_settings()
    wanted = [name for name in ("GROUP_ROLES", "CHIEF_EDITOR_GROUPS") if isinstance(given, dict) and given.get(name)]
    if wanted and not hasattr(get_user_model(), "groups"):
        words = f"FACTCHECK[{wanted[0]!r}] is set, and the user model has no groups."
        hint = "Give it PermissionsMixin of django.contrib.auth, or leave the setting out."
        yield Error(words, hint=hint, id="factcheck.E010")


def check_cache(**_: Any) -> Iterator[CheckMessage]:
    """Requests are counted in the cache: one for each process lets a guesser try as often as there are processes."""
    backend = settings.CACHES.get("default", {}).get("BACKEND", "")
    if backend in PER_PROCESS:
        words = "each process counts log-ins and requests by itself, so the limits are as many times as high"
        hint = "Name a cache that all processes share in CACHES, such as Redis; or silence this with one process."
        yield Warning(f"The cache is not shared: {words}.", hint=hint, id="factcheck.W003")
