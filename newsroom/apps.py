"""Django's admin app, with the site's own front page; forgets the failed log-ins of people who were erased."""

from django.contrib.admin.apps import AdminConfig


class DeskFirstConfig(AdminConfig):
    default_site = "newsroom.admin_site.DeskFirstSite"

    def ready(self) -> None:
        from factcheck.signals import person_erased  # noqa: PLC0415 - needs the settings
        from newsroom.lockout import forget_failures_of  # noqa: PLC0415 - needs the models

        super().ready()
        person_erased.connect(forget_failures_of, dispatch_uid="newsroom.forget_failures")
