"""The plug: registers its system checks, and its receivers where Wagtail is there."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db.models.signals import post_migrate


class FactcheckWagtailConfig(AppConfig):
    name = "factcheck.contrib.wagtail"
    label = "factcheck_wagtail"
    verbose_name = "Fact-check of Wagtail pages"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Without Wagtail there are no models, and the system check says why, in place of a failed import."""
        if wagtail_is_there():
            super().import_models()
        else:
            self.models = apps.all_models[self.label]

    def ready(self) -> None:
        register(check_wagtail_is_there)
        register(check_order_of_apps)
        if wagtail_is_there():
            from . import receivers, table_guards  # noqa: PLC0415 - they need the models

            receivers.connect()
            post_migrate.connect(table_guards.write_guard, sender=self, dispatch_uid="factcheck_wagtail.guard")


def wagtail_is_there() -> bool:
    """Whether Wagtail is installed and its core is among the site's apps."""
    return find_spec("wagtail") is not None and any(
        config.label == "wagtailcore" for config in apps.app_configs.values()
    )


def check_wagtail_is_there(**_: Any) -> Iterator[CheckMessage]:
    if not wagtail_is_there():
        hint = 'pip install "factcheck[wagtail]", and list wagtail, wagtail.admin and what they need in INSTALLED_APPS.'
        yield Error(
            "factcheck.contrib.wagtail is listed, and Wagtail is not there.", hint=hint, id="factcheck_wagtail.E001"
        )


def check_order_of_apps(**_: Any) -> Iterator[CheckMessage]:
    """Its tables refer to those of factcheck and of Wagtail, and its pages extend theirs."""
    labels = [config.label for config in apps.get_app_configs()]
    own = labels.index(FactcheckWagtailConfig.label)
    if "factcheck" not in labels or labels.index("factcheck") > own:
        listed = "factcheck.contrib.wagtail" in settings.INSTALLED_APPS
        words = (
            "stands before factcheck" if "factcheck" in labels and listed else "is listed without factcheck before it"
        )
        hint = "INSTALLED_APPS += factcheck.missing(INSTALLED_APPS), and factcheck.contrib.wagtail below that line."
        yield Error(f"factcheck.contrib.wagtail {words}.", hint=hint, id="factcheck_wagtail.E002")
