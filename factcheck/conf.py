"""The settings of the app: one dict ``FACTCHECK`` in the host's settings, every key optional.

``settings()`` gives them typed and with defaults. The system check reports unknown keys and invalid
values; a web server, a worker and beat refuse to start with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Annotated, Any, get_type_hints

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from factcheck.setting_validators import (
    EntriesValidator,
    ValueValidator,
    is_absolute_path,
    is_dotted_path,
    is_encryption_key,
    is_group_name,
    is_history_key,
    is_host_or_network,
    is_mail_sender,
    is_role_on_desk,
    is_site_url,
    keys_matching,
    number_between,
    or_empty,
)

MOST_ORIGINS = 10
ROLES_BY_GROUP = ("editor", "checker", "reviewer", "desk_chief", "auditor")
"""The roles a group may give: those of people on one desk."""
VERDICTS = ("supported", "refuted", "conflicting_evidence", "not_enough_evidence", "outdated")
ADDRESS = or_empty("an address that begins with `https://` or `http://`, without a query", is_site_url)
SENDER = or_empty("one mail address, with or without a name before it", is_mail_sender)
LABELS = EntriesValidator(
    f"words by the name of a verdict: {', '.join(VERDICTS)}",
    lambda key, words: key in VERDICTS and isinstance(words, str) and bool(words.strip()),
)
RATING_SCALE = {"refuted": 1, "outdated": 2, "conflicting_evidence": 3, "supported": 5}
RATINGS = EntriesValidator(
    f"whole numbers from 1 to 100 by the name of a verdict: {', '.join(VERDICTS)}",
    lambda key, value: key in VERDICTS and isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100,
)
READERS_FORM = keys_matching("functions by suffix, a dot and small letters or digits", r"\.[a-z0-9]{1,20}")
HOSTS_FORM = EntriesValidator("names of hosts, with a port where it is not 80 or 443, or networks", is_host_or_network)
KEYS_FORM = EntriesValidator("Fernet keys", is_encryption_key)
HISTORY_KEYS_FORM = EntriesValidator("texts of 32 to 200 characters", is_history_key)
GROUP_ROLES_FORM = EntriesValidator(
    f"the slug of a desk and a role by the name of a group: {', '.join(ROLES_BY_GROUP)}",
    lambda group, value: is_group_name(0, group) and is_role_on_desk(value, ROLES_BY_GROUP),
)
GROUPS_FORM = EntriesValidator("names of groups", is_group_name)
RENDERERS_FORM = keys_matching("functions by a name of at most 40 letters, digits, `-` and `_`", r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Settings:
    """What a host may set in ``FACTCHECK``; the docstrings of docs/settings.md are tested against it."""

    CHECKWORTHINESS_THRESHOLD: Annotated[float, number_between(0, 1)] = 0.5
    """At or above this a claim or figure blocks publication until it is dealt with."""

    MINIMUM_ORIGINS: Annotated[int, number_between(1, MOST_ORIGINS)] = 2
    """How many independent origins ``supported`` needs where no primary source supports."""

    DOCUMENT_WAIVER_HOURS: Annotated[int, number_between(1, 24)] = 24
    """The longest a waiver of a whole document may run."""

    FRESH_FOR_HOURS: Annotated[int, number_between(1, 8760)] = 72
    """How long the as-of of a running figure counts as good before publication."""

    LEASE_SECONDS: Annotated[int, number_between(2, 86400)] = 20
    """After how long without a sign of life a job is taken from its worker."""

    MAX_ATTEMPTS: Annotated[int, number_between(1, 100)] = 3
    """How often a failing job is tried before it stays failed; webhooks and pages have pauses of their own."""

    DISPATCH_SECONDS: Annotated[float, number_between(0.1, 60)] = 0.25
    """How often the dispatcher looks for jobs that are due."""

    READER_SECONDS: Annotated[int, number_between(1, 600)] = 30
    """Computing time of the child process that reads a file; by the clock it may take four times as long."""

    READER_MEMORY_MIB: Annotated[int, number_between(128, 65536)] = 1024
    """How much memory that child may use."""

    FETCH_SECONDS: Annotated[int, number_between(1, 600)] = 20
    """How long fetching one web page may take, redirects included."""

    FEED_FOLDER: Annotated[str, or_empty("an absolute path", is_absolute_path)] = ""
    """The folder under which drop folders of feeds lie; empty allows none."""

    DUE_SOON_HOURS: Annotated[int, number_between(1, 720)] = 4
    """How long before its deadline the assignee of a piece of checking work is reminded."""

    NOTICE_MINUTES: Annotated[int, number_between(0, 1440)] = 5
    """How long notices are gathered before they go out as one mail."""

    IDEMPOTENCY_HOURS: Annotated[int, number_between(1, 720)] = 24
    """How long the answer to a request with an ``Idempotency-Key`` is kept."""

    SITE_URL: Annotated[str, ADDRESS] = ""
    """The address of the site, for links in mails, such as ``https://desk.example``; empty leaves links out."""

    VERDICT_LABELS: Annotated[dict[str, str], LABELS] = field(default_factory=dict)
    """What verdicts are called on pages and in reports, by their name: ``{"supported": "Confirmed"}``."""

    VERDICT_RATINGS: Annotated[dict[str, int], RATINGS] = field(default_factory=RATING_SCALE.copy)
    """What verdicts are worth in ClaimReview, the highest the truest; one that is not named has words alone."""

    READERS: Annotated[dict[str, str], READERS_FORM] = field(default_factory=dict)
    """Readers of further file formats: dotted path by file suffix, such as ``{".odt": "desk.readers.read_odt"}``."""

    RENDERERS: Annotated[dict[str, str], RENDERERS_FORM] = field(default_factory=dict)
    """Further formats of reports: dotted path by name, such as ``{"markdown": "desk.reports.as_markdown"}``."""

    MATCHING_SCORER: Annotated[str, or_empty("a dotted path to a function", is_dotted_path)] = ""
    """The function that says how likely two figures are of one measure, by dotted path; empty takes the app's own."""

    GROUP_ROLES: Annotated[dict[str, Any], GROUP_ROLES_FORM] = field(default_factory=dict)
    """Roles from Django's groups, by name: ``{"Desk editors": ["news-desk", "editor"]}``; a desk's first row counts."""

    CHIEF_EDITOR_GROUPS: Annotated[list[str], GROUPS_FORM] = field(default_factory=list)
    """The groups whose people are chief editors, such as ``["Chiefs"]``; no row of ``GROUP_ROLES`` makes one."""

    REPORT_FROM: Annotated[str, SENDER] = ""
    """The sender of reports; empty takes Django's ``DEFAULT_FROM_EMAIL``."""

    WEBHOOK_HOSTS: Annotated[list[str], HOSTS_FORM] = field(default_factory=list)
    """Where webhooks may go besides the public web, such as ``["hooks.desk.internal:8443", "10.20.0.0/16"]``."""

    ENCRYPTION_KEYS: Annotated[list[str], KEYS_FORM] = field(default_factory=list)
    """Fernet keys for confidential names and webhook secrets, newest first; one made of ``SECRET_KEY`` opens too."""

    HISTORY_KEYS: Annotated[list[str], HISTORY_KEYS_FORM] = field(default_factory=list)
    """Keys of the checkpoints over the history, newest first; one made of ``SECRET_KEY`` verifies too."""


VALIDATORS: dict[str, ValueValidator | EntriesValidator] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}
SETTING_TYPES = {row.name: type(getattr(Settings(), row.name)) for row in fields(Settings)}


@cache
def settings() -> Settings:
    """The host's settings over the defaults.

    Raises:
        ImproperlyConfigured: for an unknown key and for a value that is not allowed, in the words of the system check.
    """
    raise_if_faulty(list(setting_errors(host_settings())))
    return Settings(**host_settings())


def host_settings() -> Any:
    return getattr(django_settings, "FACTCHECK", {})


def verdict_words(label: str) -> str:
    """What the host calls a verdict; its own name in words where the host says nothing."""
    return str(settings().VERDICT_LABELS.get(label, label.replace("_", " ")))


def clear_settings_cache(*, setting: str, **_: Any) -> None:
    if setting == "FACTCHECK":
        settings.cache_clear()


setting_changed.connect(clear_settings_cache)


def check_settings(**_: Any) -> list[CheckMessage]:
    """System check: every key of ``FACTCHECK`` is known, its value is allowed, and what it names is there."""
    return [*setting_errors(host_settings()), *path_errors("READERS"), *path_errors("RENDERERS"), *scorer_path_errors()]


def refuse_bad_settings() -> None:
    """Run the settings check in a process that runs no system checks.

    Raises:
        ImproperlyConfigured: with all that the check would say.
    """
    raise_if_faulty(check_settings())


def raise_if_faulty(found: list[CheckMessage]) -> None:
    if found:
        raise ImproperlyConfigured(" ".join(f"{row.msg} ({row.id})" for row in found))


IN_THE_DOCS = "The page of settings lists each with what it takes."
A_PATH = "The path is imported as it stands: a module that Python finds, a dot, and the name of a function."
HINTS = {
    "ENCRYPTION_KEYS": "Make one with cryptography.fernet.Fernet.generate_key().decode(), and keep it out of the code.",
    "HISTORY_KEYS": "Make one with secrets.token_urlsafe(40), and keep it out of the code and the database.",
    "SITE_URL": "The address of the site without a page: https://desk.example",
    "VERDICT_LABELS": 'The names are those of the verdicts, the values what you call them: {"supported": "Confirmed"}',
}
"""What helps with the settings that are set most often, and wrongly."""


def hint_for(setting: str) -> str:
    return HINTS.get(setting, IN_THE_DOCS)


def setting_errors(values: Any) -> Iterator[CheckMessage]:
    """The errors in a host's ``FACTCHECK`` that show without importing what it names."""
    if not isinstance(values, dict):
        yield Error("FACTCHECK must be a dict.", hint="FACTCHECK = {}, or leave it out.", id="factcheck.E006")
        return
    wrong = [fault for name, value in values.items() for fault in errors_of_setting(name, value)]
    yield from wrong
    if wrong:
        return
    site = Settings(**values)
    if site.LEASE_SECONDS <= site.DISPATCH_SECONDS:
        words = "must be more than DISPATCH_SECONDS, or a job is lost before anybody looks"
        hint = f"It is {site.LEASE_SECONDS:g}, and DISPATCH_SECONDS {site.DISPATCH_SECONDS:g}."
        yield Error(f"FACTCHECK['LEASE_SECONDS'] {words}.", hint=hint, id="factcheck.E007")


def errors_of_setting(name: Any, value: Any) -> Iterator[CheckMessage]:
    """The errors of one setting."""
    if name not in SETTING_TYPES:
        yield Error(
            f"FACTCHECK has no setting {name!r}.", hint=f"Known: {', '.join(SETTING_TYPES)}.", id="factcheck.E001"
        )
        return
    kind, allowed = SETTING_TYPES[name], VALIDATORS[name]
    if not isinstance(value, (int, float) if kind is float else kind) or isinstance(value, bool):
        yield Error(f"FACTCHECK[{name!r}] must be a {kind.__name__}.", hint=IN_THE_DOCS, id="factcheck.E002")
    elif isinstance(allowed, EntriesValidator):
        for entry in allowed.refused(value):
            words = f"{entry} must not stand here; it takes {allowed.description}"
            yield Error(f"FACTCHECK[{name!r}]: {words}.", hint=hint_for(name), id="factcheck.E004")
    elif not allowed.is_valid(value):
        yield Error(f"FACTCHECK[{name!r}] must be {allowed.description}.", hint=hint_for(name), id="factcheck.E003")


def scorer_path_errors() -> Iterator[CheckMessage]:
    """An error where the scorer's dotted path cannot be imported or is no function."""
    path = host_settings().get("MATCHING_SCORER") if isinstance(host_settings(), dict) else None
    try:
        if path and isinstance(path, str) and not callable(import_string(path)):
            raise ImportError(f"{path} is no function")
    except Exception as error:  # a module may fail in any way when it is loaded
        yield Error(f"FACTCHECK['MATCHING_SCORER'] leads nowhere: {error}", hint=A_PATH, id="factcheck.E005")


def path_errors(setting: str) -> Iterator[CheckMessage]:
    """Errors for readers or renderers whose dotted path cannot be imported or is no function."""
    paths = host_settings().get(setting) if isinstance(host_settings(), dict) else None
    for name, path in paths.items() if isinstance(paths, dict) else ():
        try:
            if not callable(import_string(path)):
                raise ImportError(f"{path} is no function")
        except Exception as error:  # a module may fail in any way when it is loaded
            yield Error(f"FACTCHECK[{setting!r}][{name!r}] leads nowhere: {error}", hint=A_PATH, id="factcheck.E005")
