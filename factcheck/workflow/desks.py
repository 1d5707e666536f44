"""Desks, memberships and policies. Desk chiefs manage their own desk.

Chief editors, whose role spans all desks, are managed with the command ``setup_roles`` only; ``set_up_desk``,
``give_role`` and ``take_role`` are its actions.
"""

from __future__ import annotations

import math
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.text import slugify

from factcheck.actors import Actor, Machine, Person
from factcheck.conf import MOST_ORIGINS
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.jobs.queue import enqueue_crosscheck
from factcheck.models import (
    Assessment,
    Desk,
    Document,
    Eyes,
    Membership,
    Policy,
    Publication,
    Revision,
    Role,
    Scope,
    Topic,
    VerificationTask,
)
from factcheck.permissions import NOT_AUTHOR
from factcheck.states import DocumentState

from .matching import weights_in_use
from .transitions import change, check_permission, log, require_storable

KEEP: Any = object()
"""Leaves a score as it is, where None means that of the weights."""


def record_desk(slug: str, name: str, *, by: Actor) -> Desk:
    """Create a desk; a chief editor's action.

    Raises:
        Invalid: no name, a slug that is not in plain letters, or one that another desk has.
    """
    desk = Desk(slug=slug, name=name.strip()[:200])
    check_permission(by, desk, "record")
    return create_desk(desk, by=by)


def create_desk(desk: Desk, *, by: Actor) -> Desk:
    require_storable(desk.slug, desk.name)
    if not desk.name or not desk.slug or slugify(desk.slug) != desk.slug or len(desk.slug) > 50:
        raise Invalid("A desk needs a name, and a slug in plain small letters.", code="name_missing")
    try:
        with transaction.atomic():
            desk.save(force_insert=True)
            log(desk, "record", by=by)
    except IntegrityError:
        raise Invalid("Another desk has this slug.", code="desk_known") from None
    return desk


def set_up_desk(slug: str, name: str, *, by: Machine) -> tuple[Desk, bool]:
    """Get or create the desk of this slug; returns it and whether it was created."""
    known = Desk.objects.filter(slug=slug).first()
    return (known, False) if known else (create_desk(Desk(slug=slug, name=name.strip()[:200]), by=by), True)


def add_member(desk: Desk, user: Any, role: str, *, by: Person) -> Membership:
    """Give another person a role on the desk.

    Raises:
        NotAllowed: it is the person's own.
        Invalid: an unknown role, the chief editor's, a person who may not log in, a role they have already, or
        that of a service account beside another.
    """
    check_permission(by, desk, "arrange")
    if role == Role.CHIEF_EDITOR:
        raise Invalid("Chief editors are made with the command setup_roles.", code="role_of_all_desks")
    if by.pk == user.pk:
        raise NotAllowed("A role is given by somebody else.", code="own_role")
    return create_membership(desk, user, role, by=by)


def give_role(user: Any, role: str, *, desk: Desk, by: Machine) -> bool:
    """Give a person a role from the command line, also the chief editor's; False where they have it.

    Raises:
        Invalid: as for ``add_member``.
    """
    where = None if role == Role.CHIEF_EDITOR else desk
    if Membership.objects.filter(user=user, desk=where, role=role).exists():
        return False
    create_membership(where, user, role, by=by)
    return True


def create_membership(desk: Desk | None, user: Any, role: str, *, by: Actor) -> Membership:
    if role not in Role.values:
        raise Invalid("That is not a role.", code="role_unknown")
    if not user.is_active:
        raise Invalid("That account is switched off.", code="user_inactive")
    try:
        with transaction.atomic():
            type(user)._default_manager.select_for_update(no_key=True).get(pk=user.pk)  # two chiefs take turns
            refuse_service_account_with_role(user, role)
            membership = Membership.objects.create(user=user, desk=desk, role=role)
            log(membership, "add", by=by, facts={"user": user.pk, "role": role})
    except IntegrityError:
        raise Invalid(f"{user} has this role on the desk already.", code="member_known") from None
    return membership


def refuse_service_account_with_role(user: Any, role: str) -> None:
    """Refuse a second role to a service account, and the service role to anybody with another role.

    Raises:
        Invalid: it would.
    """
    memberships = Membership.objects.filter(user=user)
    if (
        memberships.exclude(role=Role.SERVICE) if role == Role.SERVICE else memberships.filter(role=Role.SERVICE)
    ).exists():
        raise Invalid(
            "A service account has no other role, on any desk; make an account of its own for it.", code="service_alone"
        )


def remove_member(membership: Membership, *, by: Actor) -> None:
    """Take a role from a person. The history keeps the role and the person's open tasks.

    Raises:
        Invalid: the membership is a chief editor's.
        WrongState: the desk would be left without a chief, or the role was taken from them already.
    """
    check_permission(by, membership, "remove")
    if membership.desk is None:
        raise Invalid("Chief editors are made and unmade with the command setup_roles.", code="role_of_all_desks")
    delete_membership(membership, by=by)


def take_role(user: Any, role: str, *, desk: Desk, by: Machine) -> bool:
    """Take a role from the command line, also the chief editor's; False where the person does not have it.

    Raises:
        WrongState: the desk would be left without a chief, or the newsroom without a chief editor.
    """
    where = None if role == Role.CHIEF_EDITOR else desk
    membership = Membership.objects.filter(user=user, desk=where, role=role).first()
    if membership is not None:
        delete_membership(membership, by=by)
    return membership is not None


def delete_membership(membership: Membership, *, by: Actor) -> None:
    desk = membership.desk
    with transaction.atomic():
        around = Desk.objects.all() if desk is None else Desk.objects.filter(pk=desk.pk)
        around.update(name=F("name"))  # one at a time: two chiefs may remove each other
        list(Membership.objects.select_for_update().filter(pk=membership.pk))  # what is decided by it is decided before
        refuse_last_chief(membership)
        work = VerificationTask.objects.unfinished().filter(assignee=membership.user)
        work = work.filter(claim__document__desk=desk) if desk else work
        facts = {
            "user": membership.user_id,
            "role": membership.role,
            "open_work": list(work.values_list("pk", flat=True)),
        }
        log(membership, "remove", by=by, facts=facts)
        if not Membership.objects.filter(pk=membership.pk).delete()[0]:
            raise WrongState("Someone else was faster; please look again.")


def refuse_last_chief(membership: Membership) -> None:
    """Refuse to take the role of the only chief of a desk, or of the only chief editor.

    Raises:
        WrongState: it is.
    """
    left = Membership.objects.filter(desk=membership.desk, role=membership.role, user__is_active=True)
    if membership.role in (Role.DESK_CHIEF, Role.CHIEF_EDITOR) and not left.exclude(pk=membership.pk).exists():
        whose = "A desk keeps at least one chief" if membership.desk else "A newsroom keeps at least one chief editor"
        raise WrongState(f"{whose}; name another first.", code="last_chief")


def set_policy(
    desk: Desk,
    *,
    by: Person,
    version: int | None = None,
    eyes: str | None = None,
    assess: str | None = None,
    threshold: float | None = None,
    minimum_origins: int | None = None,
    reliability_floor: str | None = None,
    conflict_score: float | None = KEEP,
    differs_score: float | None = KEEP,
) -> Policy:
    """Change the policy of a desk; None leaves a rule as it is. New scores queue cross-checks.

    A looser rule holds for what is filed from now on, a stricter one for all.

    ``conflict_score`` and ``differs_score``: from which score on figures that differ are a conflict, and are listed as
    differing; None takes the borders of the weights. What stands open is compared again by them.

    An author of a text in check may not loosen the rules.

    Raises:
        NotAllowed: a looser rule, from an author of a text that is not out yet.
        Invalid: a value outside its range. StaleRevision: the policy has changed since ``version``.
    """
    check_permission(by, desk, "arrange")
    rules: dict[str, Any] = {
        "eyes": eyes,
        "assess": assess,
        "threshold": threshold,
        "minimum_origins": minimum_origins,
    }
    values: dict[str, Any] = {
        name: value for name, value in {**rules, "reliability_floor": reliability_floor}.items() if value is not None
    }
    scores = {"conflict_score": conflict_score, "differs_score": differs_score}
    values |= {name: value for name, value in scores.items() if value is not KEEP}
    check_policy(values)
    with transaction.atomic():
        policy = Policy.objects.filter(desk=desk).first() or _first_policy(desk)
        if scores.keys() & values.keys() and any(values.get(name) != getattr(policy, name) for name in scores):
            check_score_thresholds({name: values.get(name, getattr(policy, name)) for name in scores})
        if loosens(policy, values) and texts_under_check(desk).filter(authors=by).exists():
            raise NotAllowed(NOT_AUTHOR.message, code=NOT_AUTHOR.code)
        facts = {name: {"from": getattr(policy, name), "to": value} for name, value in values.items()}
        change(policy, version=version, **values)
        log(policy, "set", by=by, facts=facts)
        if scores.keys() & values.keys():
            topics = Topic.objects.filter(documents__in=texts_under_check(desk)).distinct()
            for topic in topics:
                enqueue_crosscheck(Scope.TOPIC, topic)
    return policy


def loosens(policy: Policy, values: dict[str, Any]) -> bool:
    """Whether a policy would let something through that it holds back now."""
    now = {name: getattr(policy, name) for name in values}
    wanted = Policy(eyes=values.get("eyes", policy.eyes), assess=values.get("assess", policy.assess))
    return (
        values.get("threshold", 0) > now.get("threshold", 1)
        or values.get("minimum_origins", MOST_ORIGINS) < now.get("minimum_origins", 1)
        or (values.get("eyes"), now.get("eyes")) == (Eyes.TWO, Eyes.THREE)
        or (wanted.assessed_by, policy.assessed_by) == (Assessment.SELF, Assessment.SECOND)
        or values.get("reliability_floor", "F") < now.get("reliability_floor", "A")  # fewer sources void a sign-off
        or raises_conflict_threshold(policy.conflict_score, values.get("conflict_score", policy.conflict_score))
    )


def raises_conflict_threshold(now: float | None, wanted: float | None) -> bool:
    """Whether a conflict would need a higher score to block than now."""
    return wanted != now and conflict_threshold(wanted) > conflict_threshold(now)


def conflict_threshold(score: float | None) -> float:
    """From which score on a conflict blocks; that of the weights in use where a desk names none."""
    return weights_in_use().conflict if score is None else score


def check_score_thresholds(values: dict[str, Any]) -> None:
    """Validate both score thresholds of a desk.

    Raises:
        Invalid: one of them is no score, or what is listed would begin above what blocks.
    """
    for score in values.values():
        if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 < score <= 1):
            raise Invalid("A score is a number above 0, and 1 at most.", code="score_range")
    weights = weights_in_use()
    conflict, differs = values["conflict_score"], values["differs_score"]
    if (weights.differs if differs is None else differs) > (weights.conflict if conflict is None else conflict):
        raise Invalid("What is listed as differing begins below what is a conflict.", code="scores_out_of_order")


def texts_under_check(desk: Desk) -> QuerySet[Document]:
    """The texts of a desk that are still to pass the gate, also the corrected ones of what is out already."""
    newest = Revision.objects.filter(document=OuterRef(OuterRef("pk"))).order_by("-number").values("pk")[:1]
    out = Publication.objects.filter(document=OuterRef("pk"), revision=Subquery(newest))
    waiting = [DocumentState.ARRIVING, DocumentState.TO_CONFIRM, DocumentState.IN_CHECK]
    return Document.objects.filter(Q(state__in=waiting) | (Q(state=DocumentState.PUBLISHED) & ~Exists(out)), desk=desk)


def _first_policy(desk: Desk) -> Policy:
    try:
        with transaction.atomic():
            return Policy.objects.create(desk=desk)
    except IntegrityError:
        raise StaleRevision("This has changed since you opened it.") from None


def check_policy(values: dict[str, Any]) -> None:
    """Validate the values of a policy.

    Raises:
        Invalid: naming the first that is outside.
    """
    threshold, origins = values.get("threshold", 0.5), values.get("minimum_origins", 1)
    if not values:
        raise Invalid("Name at least one rule to change.", code="nothing_to_change")
    if values.get("eyes", Eyes.THREE) not in Eyes.values:
        raise Invalid("A desk checks with three or with two pairs of eyes.", code="eyes_unknown")
    if values.get("assess", Assessment.SECOND) not in Assessment.values:
        raise Invalid("Evidence is assessed by a second person, or by whoever recorded it.", code="assess_unknown")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not math.isfinite(threshold):
        raise Invalid("The threshold is a number from 0 to 1.", code="threshold_range")
    if not 0 <= threshold <= 1:
        raise Invalid("The threshold is a number from 0 to 1.", code="threshold_range")
    if isinstance(origins, bool) or not isinstance(origins, int) or not 1 <= origins <= MOST_ORIGINS:
        raise Invalid(f"A verdict needs 1 to {MOST_ORIGINS} origins.", code="origins_range")
    if values.get("reliability_floor", "C") not in tuple("ABCDEF"):
        raise Invalid("Reliability is graded A to F.", code="reliability_unknown")
