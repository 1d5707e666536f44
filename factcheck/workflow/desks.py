"""Desks: who works on them in which role, and by which policy they check. Desk chiefs arrange their own desk.

Chief editors, whose role spans all desks, are made with the command ``setup_roles`` only.
"""

from __future__ import annotations

import math
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.text import slugify

from factcheck.errors import Invalid, StaleRevision, WrongState
from factcheck.models import Desk, Eyes, Membership, Policy, Role, VerificationTask

from .transitions import change, log, require, require_storable

MOST_ORIGINS = 10


def record_desk(slug: str, name: str, *, by: Any) -> Desk:
    """Found a desk; a chief editor's act.

    Raises:
        Invalid: no name, a slug that is not in plain letters, or one that another desk has.
    """
    desk = Desk(slug=slug, name=name.strip()[:200])
    require(by, desk, "record")
    require_storable(slug, name)
    if not desk.name or not slug or slugify(slug) != slug or len(slug) > 50:
        raise Invalid("A desk needs a name, and a slug in plain small letters.", code="name_missing")
    try:
        with transaction.atomic():
            desk.save(force_insert=True)
            log(desk, "record", by=by)
    except IntegrityError:
        raise Invalid("Another desk has this slug.", code="desk_known") from None
    return desk


def add_member(desk: Desk, user: Any, role: str, *, by: Any) -> Membership:
    """Give a person a role on the desk.

    Raises:
        Invalid: an unknown role, the chief editor's, a person who may not log in, or a role they have already.
    """
    require(by, desk, "arrange")
    if role not in Role.values:
        raise Invalid("That is not a role.", code="role_unknown")
    if role == Role.CHIEF_EDITOR:
        raise Invalid("Chief editors are made with the command setup_roles.", code="role_of_all_desks")
    if not user.is_active:
        raise Invalid("That account is switched off.", code="user_inactive")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(user=user, desk=desk, role=role)
            log(membership, "add", by=by, facts={"user": user.pk, "role": role})
    except IntegrityError:
        raise Invalid(f"{user} has this role on the desk already.", code="member_known") from None
    return membership


def remove_member(membership: Membership, *, by: Any) -> None:
    """Take a role from a person. The history keeps that they had it, and which open work is in their name.

    Raises:
        Invalid: the membership is a chief editor's.
        WrongState: the desk would be left without a chief, or the role was taken from them already.
    """
    require(by, membership, "remove")
    desk = membership.desk
    if desk is None:
        raise Invalid("Chief editors are made and unmade with the command setup_roles.", code="role_of_all_desks")
    with transaction.atomic():
        Desk.objects.filter(pk=desk.pk).update(name=F("name"))  # one at a time: two chiefs may remove each other
        chiefs = Membership.objects.filter(desk=desk, role=Role.DESK_CHIEF, user__is_active=True)
        if membership.role == Role.DESK_CHIEF and not chiefs.exclude(pk=membership.pk).exists():
            raise WrongState("A desk keeps at least one chief; name another first.", code="last_chief")
        work = VerificationTask.objects.unfinished().filter(claim__document__desk=desk, assignee=membership.user)
        facts = {
            "user": membership.user_id,
            "role": membership.role,
            "open_work": list(work.values_list("pk", flat=True)),
        }
        log(membership, "remove", by=by, facts=facts)
        if not Membership.objects.filter(pk=membership.pk).delete()[0]:
            raise WrongState("Someone else was faster; please look again.")


def set_policy(
    desk: Desk, *, by: Any, version: int | None = None, eyes: str | None = None, threshold: float | None = None,
    minimum_origins: int | None = None, reliability_floor: str | None = None,
) -> Policy:  # fmt: skip
    """Say by which rules a desk checks; what is not named stays. A desk without a policy has version 1 of the defaults.

    Raises:
        Invalid: a value outside its range. StaleRevision: the policy has changed since ``version``.
    """
    require(by, desk, "arrange")
    said = {"eyes": eyes, "threshold": threshold, "minimum_origins": minimum_origins}
    values = {
        name: value for name, value in {**said, "reliability_floor": reliability_floor}.items() if value is not None
    }
    check_policy(values)
    with transaction.atomic():
        policy = Policy.objects.filter(desk=desk).first() or _first_policy(desk)
        facts = {name: {"from": getattr(policy, name), "to": value} for name, value in values.items()}
        change(policy, version=version, **values)
        log(policy, "set", by=by, facts=facts)
    return policy


def _first_policy(desk: Desk) -> Policy:
    try:
        with transaction.atomic():
            return Policy.objects.create(desk=desk)
    except IntegrityError:
        raise StaleRevision("This has changed since you opened it.") from None


def check_policy(values: dict[str, Any]) -> None:
    """Hold the values of a policy to their ranges.

    Raises:
        Invalid: naming the first that is outside.
    """
    threshold, origins = values.get("threshold", 0.5), values.get("minimum_origins", 1)
    if not values:
        raise Invalid("Name at least one rule to change.", code="nothing_to_change")
    if values.get("eyes", Eyes.THREE) not in Eyes.values:
        raise Invalid("A desk checks with three or with two pairs of eyes.", code="eyes_unknown")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not math.isfinite(threshold):
        raise Invalid("The threshold is a number from 0 to 1.", code="threshold_range")
    if not 0 <= threshold <= 1:
        raise Invalid("The threshold is a number from 0 to 1.", code="threshold_range")
    if isinstance(origins, bool) or not isinstance(origins, int) or not 1 <= origins <= MOST_ORIGINS:
        raise Invalid(f"A verdict needs 1 to {MOST_ORIGINS} origins.", code="origins_range")
    if values.get("reliability_floor", "C") not in tuple("ABCDEF"):
        raise Invalid("Reliability is graded A to F.", code="reliability_unknown")
