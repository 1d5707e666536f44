"""Verification tasks (assign, take up, hand in), verdicts and sign-offs, waivers of claims.

The four-eyes rules are guards in ``permissions``; here are the actions and the rule of origins.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from factcheck.actors import Actor, Person, person_of
from factcheck.errors import Invalid, WrongState
from factcheck.models import (
    Claim,
    Desk,
    Method,
    Policy,
    SignOff,
    Verdict,
    VerdictLabel,
    VerificationTask,
    WaitingFor,
    Waiver,
)
from factcheck.states import ClaimState, EvidenceState, TaskState

from .evidence_rules import require_evidence
from .notices import notify_of_action
from .transitions import (
    can,
    change,
    check_permission,
    log,
    move,
    require_note,
    require_storable,
    words_sha256,
    write_sign_off,
    write_verdict,
)

REMINDERS_UNSENT: dict[str, Any] = {"due_soon_told": None, "overdue_told": None}
"""Columns to reset on a new assignee or deadline, so that reminders are sent again."""
LONGEST_WAIVER = timedelta(days=366)
"""How long one waiver lets a claim go unchecked; after that somebody decides again."""


def assign_claim(
    claim: Claim,
    assignee: Any,
    *,
    by: Person,
    method: str = Method.CHECK_FIGURE,
    due_at: datetime | None = None,
    version: int | None = None,
) -> VerificationTask:
    """Create a verification task on a claim and assign it; the assignee is notified.

    Raises:
        Invalid: the person cannot see the document, or the method is unknown.
        WrongState: the claim is not one that can be worked on.
    """
    check_permission(by, claim, "assign")
    if method not in Method.values:
        raise Invalid("That is not a method of checking.", code="method_unknown")
    if not Desk.objects.visible_to(assignee).filter(pk=claim.document.desk_id).exists():
        raise Invalid("That person is not on this desk.", code="assignee_not_on_desk")
    refuse_idle_claim(claim)
    with transaction.atomic():
        change(claim, version=version)
        task = VerificationTask.objects.create(claim=claim, method=method, due_at=due_at, created_by=by)
        move(task, "assign", by=by, assignee=assignee, facts={"assignee": assignee.pk})
    return task


def assign_task(task: VerificationTask, assignee: Any, *, by: Actor, version: int | None = None) -> None:
    """Assign an unassigned task; the assignee is notified.

    Raises:
        Invalid: the person is not on the desk.
    """
    check_permission(by, task, "assign")
    if not Desk.objects.visible_to(assignee).filter(pk=task.claim.document.desk_id).exists():
        raise Invalid("That person is not on this desk.", code="assignee_not_on_desk")
    move(task, "assign", by=by, version=version, assignee=assignee, facts={"assignee": assignee.pk}, **REMINDERS_UNSENT)


def reassign_task(task: VerificationTask, assignee: Any, *, by: Actor, version: int | None = None) -> None:
    """Assign a task to another person; the history keeps the previous assignee."""
    check_permission(by, task, "reassign")
    if not Desk.objects.visible_to(assignee).filter(pk=task.claim.document.desk_id).exists():
        raise Invalid("That person is not on this desk.", code="assignee_not_on_desk")
    facts = {"from": task.assignee_id, "assignee": assignee.pk}
    move(task, "reassign", by=by, version=version, assignee=assignee, waiting_for="", facts=facts, **REMINDERS_UNSENT)


def reschedule_task(task: VerificationTask, due_at: datetime | None, *, by: Actor, version: int | None = None) -> None:
    """Set or clear the deadline of a task; the assignee is notified, and reminders are reset.

    Raises:
        Invalid: the time has passed.
        WrongState: the work is finished.
    """
    check_permission(by, task, "reschedule")
    if task.state in (TaskState.DONE, TaskState.CANCELLED):
        raise WrongState("Finished work has no deadline.", state=task.state)
    if due_at is not None and due_at <= timezone.now():
        raise Invalid("A deadline must lie in the future.", code="deadline_in_past")
    before = task.due_at
    with transaction.atomic():
        change(task, version=version, due_at=due_at, **REMINDERS_UNSENT)
        facts = {"from": before and before.isoformat(), "due_at": due_at and due_at.isoformat()}
        log(task, "reschedule", by=by, facts=facts)
        notify_of_action(task, "reschedule", by=by)


def take_up(task: VerificationTask, *, by: Actor, version: int | None = None) -> None:
    """Start a task; the first one started moves its claim into verification."""
    with transaction.atomic():
        move(task, "take_up", by=by, version=version)
        if task.claim.state in (ClaimState.OPEN, ClaimState.STALE):
            start_claim(task.claim, by=by)


def block_task(task: VerificationTask, waiting_for: str, *, by: Actor, note: str, version: int | None = None) -> None:
    """Block a task that waits for a source, an author, an expert or a document."""
    check_permission(by, task, "block")
    if waiting_for not in WaitingFor.values:
        raise Invalid("Say what it waits for: source, author, expert or document.", code="waiting_for_unknown")
    move(task, "block", by=by, note=note, version=version, waiting_for=waiting_for)


def unblock_task(task: VerificationTask, *, by: Actor, version: int | None = None) -> None:
    """Unblock a task."""
    move(task, "unblock", by=by, version=version, waiting_for="")


def hand_in(task: VerificationTask, *, by: Actor, version: int | None = None) -> None:
    """Mark a task as done."""
    move(task, "hand_in", by=by, version=version)


def cancel_task(task: VerificationTask, *, by: Actor, note: str, version: int | None = None) -> None:
    """Cancel a task."""
    move(task, "cancel", by=by, note=note, version=version)


def reopen_task(task: VerificationTask, *, by: Actor, note: str = "", version: int | None = None) -> None:
    """Reopen a finished task; it goes back to its assignee.

    Raises:
        WrongState: the claim is not one that can be worked on.
    """
    check_permission(by, task, "reopen")
    refuse_idle_claim(task.claim)
    move(task, "reopen", by=by, note=note, version=version)


def refuse_idle_claim(claim: Claim) -> None:
    """Refuse work on a claim that is not being checked.

    Raises:
        WrongState: this is none.
    """
    if claim.state not in (ClaimState.OPEN, ClaimState.IN_VERIFICATION, ClaimState.STALE):
        raise WrongState(f"A claim that is {claim.state.replace('_', ' ')} is not being worked on.", state=claim.state)


def start_claim(claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Start verification of an open claim, or again of a stale one."""
    move(claim, "start", by=by, version=version, stale_reason="")


def submit_verdict(claim: Claim, label: str, *, by: Actor, note: str = "", version: int | None = None) -> Verdict:
    """Submit a verdict on a claim, for another person to sign off; linked evidence counts before it is assessed.

    Raises:
        Invalid: the label is unknown, or the evidence does not carry it.
    """

    def write() -> Verdict:
        require_storable(note)
        if label not in VerdictLabel.values:
            raise Invalid("That is not a verdict.", code="verdict_unknown")
        require_evidence(label, claim.evidence.offered(), Policy.for_document(claim.document))
        return write_verdict(
            claim=claim, label=label, revision=claim.document.current_revision, note=note.strip(), by=by
        )

    verdict: Verdict = move(claim, "submit", by=by, version=version, facts={"label": label}, decision=write)
    return verdict


def assess_offered(claim: Claim, label: str, policy: Policy, *, by: Actor) -> int:
    """Accept, as part of a sign-off, what has not been assessed as the policy asks; returns the origins that count.

    What the signer gave themselves waits for somebody else, and does not count.

    Raises:
        Invalid: what is assessed does not carry the verdict.
    """
    list(claim.evidence.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # none is withdrawn meanwhile
    for evidence in claim.evidence.offered().exclude(pk__in=claim.evidence.counting(policy).values("pk")):
        if can(by, evidence, "assess"):
            move(evidence, "assess", to=EvidenceState.ACCEPTED, by=by, assessed_by=by)
    try:
        return require_evidence(label, claim.evidence.counting(policy), policy)
    except Invalid:
        require_evidence(label, claim.evidence.offered(), policy)
    raise Invalid(
        "The evidence that carries this verdict is still to be assessed by somebody who did not record it.",
        code="evidence_unassessed",
    )


def recall_verdict(claim: Claim, *, by: Actor, version: int | None = None) -> None:
    """Recall one's own verdict before it is signed off."""
    move(claim, "recall", by=by, version=version)


def return_claim(claim: Claim, *, by: Actor, note: str, version: int | None = None) -> None:
    """Return a verdict with a reason; finished tasks of the claim reopen; submitter and assignees are notified."""
    with transaction.atomic():
        move(claim, "return", by=by, note=note, version=version)
        for task in claim.verification_tasks.filter(state=TaskState.DONE):
            move(task, "reopen", by=by, note=note)


def sign_off(claim: Claim, *, by: Actor, attributed_in_copy: bool = False, version: int | None = None) -> SignOff:
    """Approve a verdict that another person submitted, on the words and figures as they stand.

    What nobody has assessed of its evidence is accepted with it; a signer who does not accept it returns the claim.

    ``attributed_in_copy``: the signer confirms that the copy says who says it.

    Raises:
        NotAllowed: four eyes; Invalid: the evidence no longer carries the verdict; WrongState.
    """

    def write() -> SignOff:
        return make_sign_off(claim, by=by, attributed_in_copy=attributed_in_copy)

    signed: SignOff = move(claim, "sign_off", by=by, version=version, decision=write)
    return signed


def countersign(claim: Claim, *, by: Actor, attributed_in_copy: bool = False, version: int | None = None) -> SignOff:
    """Sign off a claim once more, where one person submitted and signed and the desk asks for a second again.

    Raises:
        NotAllowed: four eyes; WrongState.
        Invalid: they signed it already, or the evidence no longer carries the verdict.
    """

    def write() -> SignOff:
        if SignOff.objects.filter(verdict=claim.verdicts.last(), by=person_of(by)).exists():
            raise Invalid("You signed this verdict already.", code="signed_already")
        return make_sign_off(claim, by=by, attributed_in_copy=attributed_in_copy)

    signed: SignOff = move(claim, "countersign", by=by, version=version, decision=write)
    return signed


def make_sign_off(claim: Claim, *, by: Actor, attributed_in_copy: bool) -> SignOff:
    verdict, policy = claim.verdicts.last(), Policy.for_document(claim.document)
    if verdict is None:
        raise WrongState("There is no verdict to sign off.", state=claim.state)
    return write_sign_off(
        verdict=verdict,
        revision=claim.document.current_revision,
        words_sha256=words_sha256(claim),
        by=by,
        eyes=policy.eyes,
        attributed_in_copy=attributed_in_copy,
        origins=assess_offered(claim, verdict.label, policy, by=by),
    )


def challenge_claim(claim: Claim, *, by: Actor, note: str, version: int | None = None) -> None:
    """Challenge a sign-off: the claim becomes stale, submitter, signer and chiefs are notified."""
    move(claim, "challenge", by=by, note=note, version=version, stale_reason=note.strip()[:300] or "challenged")


def waive_claim(claim: Claim, *, by: Person, note: str, expires_at: datetime, version: int | None = None) -> Waiver:
    """Waive a claim: it does not block publication until a time, for a reason.

    Raises:
        Invalid: the time has passed, or is more than a year away.
    """
    check_permission(by, claim, "waive")
    if expires_at <= timezone.now():
        raise Invalid("A waiver must end in the future.", code="expiry_in_past")
    if expires_at > timezone.now() + LONGEST_WAIVER:
        raise Invalid(f"A waiver of a claim lasts at most {LONGEST_WAIVER.days} days.", code="expiry_too_far")

    def write() -> Waiver:
        values = {"reason": require_note(note), "expires_at": expires_at, "by": by, "at": timezone.now()}
        return Waiver.objects.create(claim=claim, **values)

    facts = {"until": expires_at.isoformat()}
    waiver: Waiver = move(claim, "waive", by=by, note=note, version=version, facts=facts, decision=write)
    return waiver
