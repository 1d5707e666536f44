"""The settings of the app: one dict ``FACTCHECK`` in the host's settings, every key optional.

``settings()`` gives them typed and with defaults; the system check refuses unknown keys and bad values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error
from django.core.signals import setting_changed
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Settings:
    """What a host may set in ``FACTCHECK``; the docstrings of docs/settings.md are tested against it."""

    CHECKWORTHINESS_THRESHOLD: float = 0.5
    """At or above this a claim or figure blocks publication until it is dealt with (0 to 1)."""

    MINIMUM_ORIGINS: int = 2
    """How many independent origins ``supported`` needs where no primary source supports."""

    DOCUMENT_WAIVER_HOURS: int = 24
    """The longest a waiver of a whole document may run."""

    FRESH_FOR_HOURS: int = 72
    """How long the as-of of a running figure counts as good before publication."""

    LEASE_SECONDS: int = 120
    """After how long without a sign of life a job is taken from its worker."""

    MAX_ATTEMPTS: int = 3
    """How often a failing job is tried before it stays failed; webhooks and pages have pauses of their own."""

    RELAY_SECONDS: float = 1.0
    """How often the relay looks for jobs that are due."""

    READER_SECONDS: int = 30
    """How long the child process that reads a file may take."""

    READER_MEMORY_MIB: int = 1024
    """How much memory that child may use."""

    FETCH_SECONDS: int = 20
    """How long fetching one web page may take, redirects included."""

    FEED_FOLDER: str = ""
    """The folder under which drop folders of feeds lie; empty allows none."""

    DUE_SOON_HOURS: int = 4
    """How long before its deadline the assignee of a piece of checking work is reminded."""

    NOTICE_MINUTES: int = 5
    """How long notices are gathered before they go out as one mail."""

    IDEMPOTENCY_HOURS: int = 24
    """How long the answer to a request with an ``Idempotency-Key`` is kept."""

    SITE_URL: str = ""
    """The address of the site, for links in mails, such as ``https://desk.example``; empty leaves links out."""

    VERDICT_LABELS: dict[str, str] = field(default_factory=dict)
    """What verdicts are called on pages and in reports, by their name: ``{"supported": "Confirmed"}``."""

    READERS: dict[str, str] = field(default_factory=dict)
    """Readers of further file formats: dotted path by file suffix, such as ``{".odt": "desk.readers.read_odt"}``."""

    RENDERERS: dict[str, str] = field(default_factory=dict)
    """Further formats of reports: dotted path by name, such as ``{"markdown": "desk.reports.as_markdown"}``."""

    REPORT_FROM: str = ""
    """The sender of reports; empty takes Django's ``DEFAULT_FROM_EMAIL``."""

    SEAL_KEYS: list[str] = field(default_factory=list)
    """Fernet keys for confidential names, newest first; empty derives one from ``SECRET_KEY``."""


@cache
def settings() -> Settings:
    """The host's settings over the defaults.

    Raises:
        TypeError: for a key that does not exist (the system check says so more kindly).
    """
    return Settings(**getattr(django_settings, "FACTCHECK", {}))


def verdict_words(label: str) -> str:
    """What the host calls a verdict; its own name in words where the host says nothing."""
    return str(settings().VERDICT_LABELS.get(label, label.replace("_", " ")))


def forget(*, setting: str, **_: Any) -> None:
    if setting == "FACTCHECK":
        settings.cache_clear()


setting_changed.connect(forget)


def check_settings(**_: Any) -> list[CheckMessage]:
    """System check: every key of ``FACTCHECK`` is known and of the right type."""
    given = getattr(django_settings, "FACTCHECK", {})
    known = {row.name: type(getattr(Settings(), row.name)) for row in fields(Settings)}
    found: list[CheckMessage] = []
    for name, value in given.items():
        if name not in known:
            found.append(
                Error(f"FACTCHECK has no setting {name!r}.", hint=f"Known: {', '.join(known)}.", id="factcheck.E001")
            )
        elif not isinstance(value, known[name]) and not (known[name] is float and isinstance(value, int)):
            found.append(Error(f"FACTCHECK[{name!r}] must be a {known[name].__name__}.", id="factcheck.E002"))
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
            found.append(Error(f"FACTCHECK[{name!r}] must not be negative.", id="factcheck.E003"))
    return [*found, *check_paths("READERS", given), *check_paths("RENDERERS", given)]


def check_paths(setting: str, given: dict[str, Any]) -> Iterator[CheckMessage]:
    """What a host adds by dotted path is there, and a format has a name that an address can hold."""
    paths = given.get(setting, {})
    for name, path in paths.items() if isinstance(paths, dict) else ():
        if setting == "RENDERERS" and not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", str(name)):
            words = "is a name of letters, digits, - and _"
            yield Error(f"FACTCHECK[{setting!r}]: {name!r} must not stand here; a format {words}.", id="factcheck.E004")
        try:
            import_string(str(path))
        except ImportError as error:
            yield Error(f"FACTCHECK[{setting!r}][{name!r}] leads nowhere: {error}", id="factcheck.E005")
