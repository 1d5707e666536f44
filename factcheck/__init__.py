"""Fact-checking for a newsroom: claims, typed figures, evidence, sign-off, and a gate before publication."""

import re
from importlib.util import find_spec
from typing import TypeVar

Listed = TypeVar("Listed", list[str], tuple[str, ...])

APPS = [
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "knox",
    "django_celery_beat",
    "factcheck",
]
"""What must be in ``INSTALLED_APPS``, each once; ``missing`` says what of it a host does not have."""

OF_THE_PAGE = "drf_spectacular_sidecar"

BEAT_SCHEDULE = {"factcheck tick": {"task": "factcheck.tick", "schedule": 60.0, "options": {"expires": 55}}}
"""What beat sends: one tick a minute. What it asks for is in the database."""


def missing(installed: Listed) -> Listed:
    """What a host is still to add to its ``INSTALLED_APPS``, a list or a tuple, in the order of ``APPS``.

    An app is there by its name, or by a config in its own ``apps`` such as ``rest_framework.apps.RestFrameworkConfig``.
    The files of the interactive page (``drf_spectacular_sidecar``) are left out where they are not installed. Nothing
    is imported, for the settings of the host are only being read; so a config that the host has written for one
    of the apps cannot be told from any other app. Such a host says what it stands for:
    ``INSTALLED_APPS += factcheck.missing([*INSTALLED_APPS, "knox"])``.
    """
    there = {re.sub(r"(\.apps)?\.[A-Z]\w*$", "", entry) for entry in installed}
    if find_spec(OF_THE_PAGE) is None:
        there.add(OF_THE_PAGE)
    return type(installed)(app for app in APPS if app not in there)
