"""The plug: registers the system checks and loads the tasks and the dispatcher into a Celery process.

Where no system check runs, in a web server, a worker and beat, it refuses bad settings itself.
"""

import traceback

from django.apps import AppConfig
from django.core.checks import register
from django.core.management import ManagementUtility


class FactcheckConfig(AppConfig):
    name = "factcheck"
    label = "factcheck"
    verbose_name = "Fact-check"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from factcheck import conf, host_checks, tasks  # noqa: F401, PLC0415 - loads the tasks once the models are ready
        from factcheck.jobs import dispatcher  # noqa: F401, PLC0415 - connects to the signals of workers

        register(conf.check_settings)
        host_checks.register_host_checks()
        if not started_by_a_command():
            conf.refuse_bad_settings()


def started_by_a_command() -> bool:
    """Whether Django is being set up for ``manage.py``: its commands run the system checks and print them kindly."""
    command = ManagementUtility.execute.__code__
    return any(frame.f_code is command for frame, _ in traceback.walk_stack(None))
