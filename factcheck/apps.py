"""The plug: registers the system checks and loads the tasks and the dispatcher into a Celery process.

Where no system check runs, in a web server, a worker and beat, it refuses bad settings itself.
"""

import traceback
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core.checks import Tags, register
from django.core.management import ManagementUtility
from django.db.models import Model
from django.db.models.signals import post_save


class FactcheckConfig(AppConfig):
    name = "factcheck"
    label = "factcheck"
    verbose_name = "Fact-check"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from factcheck import conf, host_checks, tasks  # noqa: F401, PLC0415 - loads the tasks once the models are ready
        from factcheck.jobs import dispatcher  # noqa: F401, PLC0415 - connects to the signals of workers
        from factcheck.management.health_checks import warn_of_missing_keys  # noqa: PLC0415 - needs the models

        register(conf.check_settings)
        register(warn_of_missing_keys, Tags.database)
        post_save.connect(end_access_when_deactivated, dispatch_uid="factcheck.end_access")
        host_checks.register_host_checks()
        if not started_by_a_command():
            conf.refuse_bad_settings()


def end_access_when_deactivated(sender: type[Model], instance: Any, **_: Any) -> None:
    """A deactivated account loses its tokens and sessions, so that switching it on again gives none of them back."""
    if sender is get_user_model() and not instance.is_active:
        from factcheck.workflow.access import end_access  # noqa: PLC0415 - needs the models

        end_access(instance)


def started_by_a_command() -> bool:
    """Whether Django is being set up for ``manage.py``: its commands run the system checks and print them kindly."""
    command = ManagementUtility.execute.__code__
    return any(frame.f_code is command for frame, _ in traceback.walk_stack(None))
