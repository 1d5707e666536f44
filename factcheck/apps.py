"""The plug: registers the system check and loads the tasks and the relay into a Celery process."""

from django.apps import AppConfig
from django.core.checks import register


class FactcheckConfig(AppConfig):
    name = "factcheck"
    label = "factcheck"
    verbose_name = "Fact-check"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from factcheck import conf, relay, tasks  # noqa: F401, PLC0415 - loads the tasks once the models are ready

        register(conf.check_settings)
