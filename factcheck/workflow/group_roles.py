"""Roles from Django's groups, as single sign-on fills them: by ``GROUP_ROLES`` and ``CHIEF_EDITOR_GROUPS``.

Groups give one role for each desk, and only where nobody gave the person one by hand. Whether a membership came from
groups is said by the event that added it; only those are ever taken away again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet

from factcheck.actors import Machine
from factcheck.conf import settings
from factcheck.errors import FactcheckError
from factcheck.models import Desk, Event, Membership, Role

from .desks import create_membership, delete_membership

logger = logging.getLogger(__name__)
BY = Machine("group_roles")


class RoleChange(NamedTuple):
    """A role that groups give to a person or take from them; ``refused`` says why it was not done."""

    user: Any
    role: str
    desk: Desk | None
    given: bool
    refused: str = ""


def groups_with_roles() -> set[str]:
    """The names of the groups that give a role."""
    return {*settings().GROUP_ROLES, *settings().CHIEF_EDITOR_GROUPS}


def memberships_from_groups() -> QuerySet[Membership]:
    """The memberships that were given by groups, and by nobody's hand."""
    added = Event.objects.filter(record="membership", action="add", machine=BY.name)
    return Membership.objects.filter(pk__in=added.values("record_id"))


def people_with_group_roles() -> QuerySet[Any]:
    """Whoever is in a group that gives a role, or has one from a group."""
    wanted = Q(groups__name__in=groups_with_roles()) | Q(pk__in=memberships_from_groups().values("user"))
    return get_user_model()._default_manager.filter(wanted).order_by("pk").distinct()


def roles_from_groups(user: Any) -> dict[Desk | None, str]:
    """The role that a person's groups give on each desk, and under None the chief editor's on all."""
    groups = set(user.groups.values_list("name", flat=True))
    by_desk: dict[str, str] = {}
    for group, (slug, role) in settings().GROUP_ROLES.items():
        if group in groups:
            by_desk.setdefault(slug, role)
    wanted: dict[Desk | None, str] = {desk: by_desk[desk.slug] for desk in Desk.objects.filter(slug__in=by_desk)}
    if groups & set(settings().CHIEF_EDITOR_GROUPS):
        wanted[None] = Role.CHIEF_EDITOR
    return wanted


def changes_by_groups(user: Any) -> Iterator[tuple[RoleChange, Membership | None]]:
    """What a person's groups would change, first what they take; with the membership that goes."""
    held = list(Membership.objects.filter(user=user).select_related("desk"))
    if any(row.role == Role.SERVICE for row in held):  # an account of a machine is in nobody's groups
        return
    wanted = roles_from_groups(user)
    ours = set(memberships_from_groups().filter(user=user).values_list("pk", flat=True))
    gone = [row for row in held if row.pk in ours and wanted.get(row.desk) != row.role]
    for row in gone:
        yield RoleChange(user, row.role, row.desk, given=False), row
    there = {row.desk for row in held if row not in gone}
    if user.is_active:
        for desk, role in wanted.items():
            if desk not in there:
                yield RoleChange(user, role, desk, given=True), None


def follow_groups(user: Any) -> list[RoleChange]:
    """Give and take a person's roles by their groups; what a rule refuses is told, logged and left as it is."""
    done: list[RoleChange] = []
    with transaction.atomic():
        type(user)._default_manager.select_for_update(no_key=True).get(pk=user.pk)
        for change, membership in list(changes_by_groups(user)):
            kept = {row.desk for row in done if row.refused}
            if change.given and change.desk in kept:  # never two roles on one desk
                continue
            try:
                if membership is None:
                    create_membership(change.desk, user, change.role, by=BY)
                else:
                    delete_membership(membership, by=BY)
            except FactcheckError as error:
                logger.warning("a role was not changed by groups: %s", error, extra={"user": user.pk})
                change = change._replace(refused=str(error))  # noqa: PLW2901 - the same, with what came of it
            done.append(change)
    return done


def follow_groups_of(people: Iterable[Any]) -> list[RoleChange]:
    """The same for many; whoever a rule kept in a role is asked for again when the others have theirs."""
    done: list[RoleChange] = []
    for user in people:
        done += follow_groups(user)
    refused = [row for row in done if row.refused]
    if not refused or len(refused) == len(done):
        return done
    done = [row for row in done if not row.refused]
    for user in dict.fromkeys(row.user for row in refused):
        done += follow_groups(user)
    return done


def unknown_desks() -> list[str]:
    """The slugs of ``GROUP_ROLES`` that no desk has."""
    wanted = {slug for slug, _ in settings().GROUP_ROLES.values()}
    return sorted(wanted - set(Desk.objects.filter(slug__in=wanted).values_list("slug", flat=True)))
