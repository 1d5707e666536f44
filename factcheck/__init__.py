"""Fact-checking for a newsroom: claims, typed figures, evidence, sign-off, and a gate before publication."""

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
"""What a host adds to ``INSTALLED_APPS``."""

BEAT_SCHEDULE = {"factcheck tick": {"task": "factcheck.tick", "schedule": 60.0, "options": {"expires": 55}}}
"""What beat sends: one tick a minute. What it asks for is in the database."""
