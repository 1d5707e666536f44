"""The health checks of the ``doctor`` command and ``/readyz/``: each returns whether it passed, and a message."""

from __future__ import annotations

import importlib
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from typing import Any

from celery import current_app
from django.contrib.auth import get_user_model
from django.core import checks
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from factcheck.jobs.checkpoints import last_covered_event
from factcheck.models import Event, Job, Membership, Role, Source
from factcheck.states import JobState
from factcheck.workflow.group_roles import unknown_desks
from factcheck.workflow.reencryption import count_key_use

CheckResult = tuple[bool, str]
PING_SECONDS = 1.0
DEADLINE_SECONDS = 2.5
"""After how long a check that asks something outside counts as failed."""
LEAST_FREE = 20 * 1024 * 1024
"""How many bytes free are too few."""
USERNAME = get_user_model().USERNAME_FIELD
BEAT_MINUTES = 10  # beat writes down its ticks every three minutes
CHECKPOINT_MINUTES = 10
GUARDING = ("0002_append_only", "0003_checkpoints")
"""The migrations that create guards."""
MAY_CHANGE = "SELECT bool_or(has_table_privilege(%s, way)) FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS way"


def check_database_answers() -> CheckResult:
    """Whether the database answers a question that reads nothing but the beginning of it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA schema_version" if connection.vendor == "sqlite" else "SELECT 1")
        cursor.fetchone()
    return True, "the database answers"


def check_disk() -> CheckResult:
    """Whether there is room where this machine writes: uploads, SQLite, the broker's folders."""
    folders = {Path(tempfile.gettempdir()), *broker_folders()}
    if connection.vendor == "sqlite" and Path(name := str(connection.settings_dict["NAME"])).is_file():
        folders.add(Path(name).parent)
    full = [str(folder) for folder in sorted(folders) if folder.is_dir() and disk_usage(folder).free < LEAST_FREE]
    return not full, f"the disk is full at {len(full)} places" if full else "there is room on the disk"


def broker_folders() -> list[Path]:
    """The folders of a broker that is one; none where it is a server."""
    options = current_app.conf.broker_transport_options or {}
    names = {options[name] for name in ("data_folder_in", "data_folder_out", "control_folder") if name in options}
    return [Path(name) for name in sorted(names)]


def check_migrations() -> CheckResult:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return (
        not missing,
        f"{len(missing)} migrations are missing: run migrate" if missing else "all migrations are applied",
    )


def check_append_only_triggers() -> CheckResult:
    migrations = [importlib.import_module(f"factcheck.migrations.{name}") for name in GUARDING]
    wanted = {f"factcheck_{name}" for row in migrations for name, *_ in row.guards(connection.vendor)}
    missing = wanted - standing_triggers()
    return (
        not missing,
        f"append-only guards are missing: {', '.join(sorted(missing))}" if missing else "the history is guarded",
    )


def check_search_index() -> CheckResult:
    """Whether the triggers stand that keep the index of search: without them new texts are not found."""
    keeping = importlib.import_module("factcheck.migrations.0005_search_words").triggers(connection.vendor)
    missing = keeping - standing_triggers()
    return (
        not missing,
        f"what keeps the index of search is missing: {', '.join(sorted(missing))}"
        if missing
        else "the index of search is kept",
    )


def standing_triggers() -> set[str]:
    """The names of the triggers of the database that are switched on."""
    names = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    )
    with connection.cursor() as cursor:
        cursor.execute(names)
        return {name for (name,) in cursor.fetchall()}


def check_table_owner() -> CheckResult:
    """On PostgreSQL: the app's role owns no guarded table, and may not change what is append-only."""
    if connection.vendor != "postgresql":
        return True, "the database is a file, and its owner may take the guards away: keep checkpoints elsewhere"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE relname = 'factcheck_event'")
        if any(owns for (owns,) in cursor.fetchall()):
            return (
                False,
                "the app runs as the owner of its tables, who may take the guards away: see docs/operations.md",
            )
        loose = [table for table in sorted(guarded_tables()) if may_change(cursor, table)]
    return (
        not loose,
        f"the app's role may change what is append-only: {', '.join(loose)}"
        if loose
        else "the app's role may not change what is append-only",
    )


def guarded_tables() -> set[str]:
    """The tables of which rows may be neither changed nor deleted."""
    migrations = [importlib.import_module(f"factcheck.migrations.{name}") for name in GUARDING]
    return {f"factcheck_{table}" for row in migrations for table in row.GUARDED}


def may_change(cursor: Any, table: str) -> bool:
    """Whether the role of this connection may change whole rows of a table, or take them away."""
    cursor.execute(MAY_CHANGE, [table])
    return bool(cursor.fetchone()[0])


def check_encryption_keys() -> CheckResult:
    """Whether every encrypted name and secret can be opened, and whether an older key is still needed for one."""
    use = count_key_use()
    if use.missing:
        return False, f"{use.missing} encrypted names or secrets open with none of the site's keys: put the key back"
    older = f", {use.older} of them under an older key: run reencrypt before it is retired" if use.older else ""
    return True, f"{use.newest + use.older} encrypted names and secrets open{older}"


def warn_of_missing_keys(**_: Any) -> list[CheckMessage]:
    """The same as a system check, for ``check --database default``."""
    try:
        use = count_key_use()
    except DatabaseError:  # not migrated yet
        return []
    found: list[CheckMessage] = []
    if use.missing:
        words = f"{use.missing} encrypted names or secrets open with none of the site's keys."
        found.append(checks.Error(words, hint="Put the key back into ENCRYPTION_KEYS.", id="factcheck.E030"))
    if use.older:
        words = f"{use.older} encrypted names or secrets need an older key."
        found.append(checks.Warning(words, hint="Run reencrypt before you retire it.", id="factcheck.W030"))
    return found


def warn_of_unknown_desks(**_: Any) -> list[CheckMessage]:
    """For ``check --database default``: whether each desk that groups give roles on is there."""
    try:
        unknown = unknown_desks()
    except (DatabaseError, ImproperlyConfigured):  # not migrated yet; told by the check of the settings
        return []
    words = f"GROUP_ROLES names desks that are not there: {', '.join(unknown)}."
    hint = "It takes the slug of a desk, as the API and the address of its page show it."
    return [checks.Warning(words, hint=hint, id="factcheck.W031")] if unknown else []


def check_checkpoints() -> CheckResult:
    long_ago = timezone.now() - timedelta(minutes=CHECKPOINT_MINUTES)
    covered = last_covered_event()
    waiting = Event.objects.filter(id__gt=covered, at__lt=long_ago).count()
    return (
        not waiting,
        f"{waiting} events wait for a checkpoint: no worker runs, or a transaction has been open for long"
        if waiting
        else f"checkpoints cover the history up to event {covered}",
    )


def broker_connection() -> Any:
    """A broker connection with a timeout of a few seconds."""
    patience = {"socket_timeout": PING_SECONDS, "socket_connect_timeout": PING_SECONDS}
    return current_app.connection_for_write(transport_options=patience)


def check_broker() -> CheckResult:
    for folder in broker_folders():
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return False, f"the broker's folder {folder.name} cannot be written ({type(error).__name__})"
    try:
        with broker_connection() as link:
            link.ensure_connection(max_retries=1, timeout=PING_SECONDS)
    except Exception as error:
        return False, f"the broker does not answer ({type(error).__name__})"
    return True, "the broker answers"


def check_worker() -> CheckResult:
    """One answer is enough. The broker's URL may hold a password, so no message contains it."""
    try:
        with broker_connection() as link:  # asking a broker that is away would wait for it for ever
            link.ensure_connection(max_retries=1, timeout=PING_SECONDS)
            answers = current_app.control.ping(timeout=PING_SECONDS, limit=1, connection=link)
    except Exception as error:
        return False, f"no worker could be asked ({type(error).__name__})"
    return bool(answers), "a worker answers" if answers else "no worker answers: start one, or nothing is read"


def check_mail() -> CheckResult:
    """Whether the mail server greets. Nothing is sent, not even a log-in."""
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        return True, "mails go to no server"
    try:
        with socket.create_connection((backend.host, backend.port), timeout=PING_SECONDS) as link:
            if not backend.use_ssl and not link.recv(1):
                return False, "the mail server hangs up"
    except OSError as error:
        return False, f"the mail server does not answer ({type(error).__name__})"
    return True, "the mail server answers"


def check_beat_runs() -> CheckResult:
    """When beat last sent the tick or was started, by the row of its periodic task."""
    rows = PeriodicTask.objects.filter(task="factcheck.tick", enabled=True)
    times = [at for row in rows.values_list("last_run_at", "date_changed") for at in row if at]
    if not times:
        return False, "beat has never ticked: start it, or no report is sent"
    minutes = int((timezone.now() - max(times)).total_seconds() // 60)
    if minutes >= BEAT_MINUTES:
        return False, f"beat has not ticked for {minutes} minutes"
    return True, "beat ticks"


def check_jobs() -> CheckResult:
    late = Job.objects.filter(state=JobState.DUE, run_at__lt=timezone.now() - timedelta(minutes=10)).count()
    failed = Job.objects.filter(state=JobState.FAILED).count()
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=Now()).count()
    return (
        not late and not lost,
        f"{late} jobs wait for more than ten minutes, {lost} have lost their worker, {failed} failed",
    )


def check_failed_jobs() -> CheckResult:
    """For the doctor alone: a site with a failed job can do its work, and somebody must look all the same."""
    failed = Job.objects.filter(state=JobState.FAILED).count()
    return not failed, f"{failed} jobs failed: look at each, and try it again" if failed else "no job failed"


def check_source_registry() -> CheckResult:
    count = Source.objects.count()
    return count > 0, f"{count} sources are registered" if count else "the source registry is empty: run setup_roles"


def check_roles() -> CheckResult:
    """No service account has another role; the message says whether there is a chief editor."""
    service_accounts_with_other_roles = (
        Membership.objects.service_accounts_with_other_roles()
        .order_by("user")
        .values_list(f"user__{USERNAME}", flat=True)
        .distinct()
    )
    if names := list(service_accounts_with_other_roles):
        return False, f"service accounts with another role, which does not count: {', '.join(names)}"
    chiefs = Membership.objects.filter(role=Role.CHIEF_EDITOR, user__is_active=True)
    return True, "every service account is nothing else" + ("" if chiefs.exists() else "; there is no chief editor")


CHECKS: dict[str, Callable[[], CheckResult]] = {
    "database": check_database_answers,
    "disk": check_disk,
    "migrations": check_migrations,
    "guards": check_append_only_triggers,
    "search": check_search_index,
    "owner": check_table_owner,
    "checkpoints": check_checkpoints,
    "keys": check_encryption_keys,
    "registry": check_source_registry,
    "roles": check_roles,
    "jobs": check_jobs,
    "failed": check_failed_jobs,
    "broker": check_broker,
    "worker": check_worker,
    "beat": check_beat_runs,
    "mail": check_mail,
}


APART = ("database", "disk", "broker", "worker", "mail")
"""The checks that are made at the same time as others, each in a thread of its own, and not waited for for long."""


class Inquiry(threading.Thread):
    """One check in a thread with a connection of its own; the thread dies with the process where it never ends."""

    def __init__(self, name: str, run: Callable[[str], CheckResult]) -> None:
        super().__init__(name=f"factcheck check of {name}", daemon=True)
        self.check, self.function, self.until = name, run, time.monotonic() + DEADLINE_SECONDS
        self.found: CheckResult = (False, f"{name} did not answer within {DEADLINE_SECONDS} seconds")
        self.start()

    def run(self) -> None:
        try:
            self.found = self.function(self.check)
        finally:
            connections.close_all()

    def result(self) -> CheckResult:
        """What was found, once it is, and by the deadline at the latest."""
        self.join(max(0.0, self.until - time.monotonic()))
        return self.found


def run_checks_in_time(
    names: Iterable[str],
    run: Callable[[str], CheckResult] | None = None,
    *,
    meanwhile: Callable[[], None] | None = None,
) -> dict[str, CheckResult]:
    """The result of each check, within seconds whatever is down: no other asks a database that does not answer.

    ``meanwhile`` is done while the answers of others are waited for.
    """
    look, wanted = run or run_check, list(names)
    inquiries = {name: Inquiry(name, look) for name in APART if name in wanted}
    if meanwhile:
        meanwhile()
    database_answers = "database" not in inquiries or inquiries["database"].result()[0]
    asked = [name for name in wanted if name not in APART]
    found = {name: look(name) if database_answers else (False, f"{name} could not be checked") for name in asked}
    found |= {name: inquiry.result() for name, inquiry in inquiries.items()}
    return {name: found[name] for name in wanted}


def run_check(name: str) -> CheckResult:
    """Run a check by name; an exception counts as failed."""
    try:
        return CHECKS[name]()
    except Exception as error:
        return False, f"{name} could not be checked ({type(error).__name__})"
