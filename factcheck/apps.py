"""The plug: registers the system checks, loads the tasks and the dispatcher into a Celery process, follows groups.

Where no system check runs, in a web server, a worker and beat, it refuses bad settings itself.
"""

import traceback
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core.checks import Tags, register
from django.core.management import ManagementUtility
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from factcheck.language import gettext_lazy


class FactcheckConfig(AppConfig):
    name = "factcheck"
    label = "factcheck"
    verbose_name = gettext_lazy("Fact-check")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from factcheck import conf, host_checks, tasks  # noqa: F401, PLC0415 - loads the tasks once the models are ready
        from factcheck.jobs import dispatcher  # noqa: F401, PLC0415 - connects to the signals of workers
        from factcheck.management.health_checks import (  # noqa: PLC0415 - needs the models
            warn_of_missing_keys,
            warn_of_unknown_desks,
        )
        from factcheck.models.labels import translate_labels  # noqa: PLC0415 - needs the models

        for model in self.get_models():
            translate_labels(model)
        register(conf.check_settings)
        register(warn_of_missing_keys, Tags.database)
        register(warn_of_unknown_desks, Tags.database)
        post_save.connect(end_access_when_deactivated, dispatch_uid="factcheck.end_access")
        connect_groups()
        host_checks.register_host_checks()
        if not started_by_a_command():
            conf.refuse_bad_settings()


def end_access_when_deactivated(sender: type[Model], instance: Any, **_: Any) -> None:
    """A deactivated account loses its tokens and sessions, so that switching it on again gives none of them back."""
    if sender is get_user_model() and not instance.is_active:
        from factcheck.workflow.access import end_access  # noqa: PLC0415 - needs the models

        end_access(instance)


def connect_groups() -> None:
    """Roles follow the groups of people as they change, also where a group is renamed or deleted."""
    user = get_user_model()
    if not hasattr(user, "groups"):
        return
    m2m_changed.connect(groups_changed, sender=user.groups.through, dispatch_uid="factcheck.groups")
    group = user._meta.get_field("groups").related_model
    for signal in (post_save, pre_delete, post_delete):
        signal.connect(group_changed, sender=group, dispatch_uid="factcheck.group")


def groups_changed(instance: Any, action: str, reverse: bool, pk_set: set[Any] | None, **_: Any) -> None:
    """People came into groups or left them, from either side."""
    if not reverse:
        people = [instance.pk] if action in ("post_add", "post_remove", "post_clear") else []
    elif action == "pre_clear":
        instance.members_before, people = members_of(instance), []
    else:
        cleared = instance.__dict__.pop("members_before", []) if action == "post_clear" else []
        people = sorted(pk_set or (), key=str) if action in ("post_add", "post_remove") else cleared
    follow_groups_of_people(people)


def group_changed(signal: Any, instance: Any, **_: Any) -> None:
    """A group was renamed or deleted; whoever was in it is known only before it is gone."""
    if signal is pre_delete:
        instance.members_before = members_of(instance)
    else:
        people = instance.__dict__.pop("members_before", []) if signal is post_delete else members_of(instance)
        follow_groups_of_people(people)


def members_of(group: Any) -> list[Any]:
    return list(get_user_model()._default_manager.filter(groups=group.pk).values_list("pk", flat=True))


def follow_groups_of_people(keys: list[Any]) -> None:
    from factcheck.workflow.group_roles import follow_groups_of, groups_with_roles  # noqa: PLC0415 - needs the models

    if keys and groups_with_roles():
        follow_groups_of(get_user_model()._default_manager.filter(pk__in=keys).order_by("pk"))


def started_by_a_command() -> bool:
    """Whether Django is being set up for ``manage.py``: its commands run the system checks and print them kindly."""
    command = ManagementUtility.execute.__code__
    return any(frame.f_code is command for frame, _ in traceback.walk_stack(None))
