"""``move``: the only way a record changes its state, and the writes that go with it.

Permission, conditional update, Event and signal happen here in one transaction. Decisions (verdicts,
sign-offs) and anchors are written here too, so that no other module can write them otherwise.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone

from factcheck import signals
from factcheck.actors import Actor, Machine, person_of
from factcheck.errors import Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.intake.text_cleaning import UNUSABLE, strip_unusable
from factcheck.models import (
    Anchor,
    Claim,
    Discrepancy,
    Event,
    EventNote,
    Figure,
    SignOff,
    Verdict,
    both_sides_of,
    record_name,
)
from factcheck.permissions import MACHINE_ACTIONS, NOT_COMPARED_AUTHOR, NOT_LAST_EDITOR, PERMISSIONS, refusal
from factcheck.relations import are_compared_with_own, brought_in_words_of, desks_of
from factcheck.states import ClaimState, FigureState, TaskState, Transition, rows_of
from factcheck.text import AnchorState, bare_words

from .decided import decided_of, json_value
from .locks import lock_roles
from .notices import notify_of_action, occasion_key
from .rechecks import recheck_after_action, recheck_documents
from .webhook_events import emit_webhook_event

MOST_AT_ONCE = 500
OF_ANOTHER_DESK = "A figure of another desk differs from one in this text; ask the chief editor."


def check_permission(by: Actor, record: Model, action: str) -> None:
    """Refuse whoever may not do this action on this record.

    Raises:
        NotAllowed: with the sentence of the guard that refuses.
    """
    if by is None:
        raise TypeError("every action needs an actor: a user, or Machine(job name)")
    if isinstance(by, Machine):
        listed = any(row.machine for row in rows_of(record_name(record), action))
        if not listed and (record_name(record), action) not in MACHINE_ACTIONS:
            raise NotAllowed("The machine never decides this.", code="machine_may_not")
        return
    if guard := refusal(by, record, record_name(record), action):
        raise NotAllowed(guard.message, code=guard.code)


def require_note(note: str) -> str:
    """The reason an action needs, trimmed.

    Raises:
        Invalid: when it is empty, or too long to be a reason.
    """
    if not note.strip():
        raise Invalid("Please say why.", code="reason_missing")
    if len(note) > 2000:
        raise Invalid("Please keep the reason under 2,000 characters.", code="reason_too_long")
    return note.strip()


def require_storable(*texts: Any) -> None:
    """Refuse text that the database or a report file cannot hold: controls, lone surrogates, noncharacters.

    Raises:
        Invalid: naming no text, for it could not be shown.
    """
    for text in texts:
        if isinstance(text, str) and UNUSABLE.search(text):
            raise Invalid("The text holds characters that cannot be kept.", code="text_unusable")


def without_unusable_characters(by: Actor, note: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The note and values of a machine's action without unusable characters; those of a person unchanged."""
    if not isinstance(by, Machine):
        return note, values
    return strip_unusable(note), {
        key: strip_unusable(value) if isinstance(value, str) else value for key, value in values.items()
    }


def transition_for(record: Any, action: str, by: Actor) -> Transition:
    rows = rows_of(record_name(record), action, record.state)
    rows = [row for row in rows if (row.machine if isinstance(by, Machine) else row.person)]
    if not rows:
        raise WrongState(
            f"“{action.replace('_', ' ')}” is not possible while the {record_name(record).replace('_', ' ')} is "
            f"{record.state.replace('_', ' ')}.",
            state=record.state,
        )
    return rows[0]


def can(by: Actor, record: Any, action: str) -> bool:
    """Whether this person may do this action on this record in its present state, as pages show buttons."""
    try:
        if rows_of(record_name(record), action):
            transition_for(record, action, by)
        check_permission(by, record, action)
    except (NotAllowed, WrongState):
        return False
    return True


def move(
    record: Any,
    action: str,
    *,
    by: Actor,
    note: str = "",
    to: str = "",
    version: int | None = None,
    facts: dict[str, Any] | None = None,
    decision: Callable[[], Model] | None = None,
    **values: Any,
) -> Any:
    """Take a record through one action of the table, or refuse, writing nothing.

    ``values`` are columns that change with the state. ``version`` is the one the person saw, where known.
    ``to`` picks the target where an action has several. ``decision`` writes the row that the action decides, which
    its event then holds; it is returned.

    Raises:
        NotAllowed: the actor may not do this, whatever the state.
        WrongState: the action does not exist from here, or someone else was faster.
        StaleRevision: the record has changed since ``version``.
        Invalid: the reason is missing, or cannot be kept.
    """
    check_permission(by, record, action)
    if version is not None and version != record.version:
        raise StaleRevision("This has changed since you opened it.", version=record.version)
    row = transition_for(record, action, by)
    note, values = without_unusable_characters(by, note, values)
    require_storable(note, *values.values())
    target = to or row.targets[0]
    if target not in row.targets:
        raise LookupError(f"{action} does not lead to {target}")
    if target in row.reason:
        note = require_note(note)
    before = record.state
    with transaction.atomic():
        if decision:
            lock_roles(by)
        current = type(record)._default_manager.filter(pk=record.pk, state=before, version=record.version)
        if not current.update(state=target, version=F("version") + 1, **values):
            raise WrongState("Someone else was faster; please look again.", state=before)
        record.refresh_from_db()
        if decision:
            check_permission(by, record, action)  # the role may have been taken since it was asked for
        decided = decision() if decision else None
        log(record, action, by=by, note=note, from_state=before, to_state=target, facts=facts, decision=decided)
        notify_of_action(record, action, by=by)
        if isinstance(record, Claim):
            _announce(record, action, by)
    return decided


def move_all(
    records: Sequence[Any],
    action: str,
    *,
    by: Actor,
    note: str = "",
    facts: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Take many figures, or many discrepancies, through one action for one reason, all or none.

    What ``move`` does for each is done for all, in as many queries for many as for few; the right to it rests on
    their documents, and is asked for once of each.

    Raises:
        NotAllowed, WrongState, Invalid: as for one.
    """
    touched = touched_by(records)
    check_permission_on_all(by, records, action, touched)
    require_storable(note, *values.values())
    rows = [(record, transition_for(record, action, by)) for record in records]
    if any(row.targets[0] in row.reason for _, row in rows):
        note = require_note(note)
    groups: dict[tuple[str, int, str], list[Any]] = {}
    for record, row in rows:
        groups.setdefault((record.state, record.version, row.targets[0]), []).append(record)
    with transaction.atomic():
        for (before, version, target), some in groups.items():
            for part in batched(some):
                alike = type(part[0])._default_manager.filter(pk__in=[record.pk for record in part])
                current = alike.filter(state=before, version=version)
                if current.update(state=target, version=F("version") + 1, **values) != len(part):
                    raise WrongState("Someone else was faster; please look again.", state=before)
                log_all(part, action, touched, by=by, note=note, from_state=before, to_state=target, facts=facts)
    for (_, version, target), some in groups.items():
        for record in some:
            record.state, record.version = target, version + 1


def touched_by(records: Sequence[Any]) -> dict[int, dict[int, int]]:
    """The documents that each of many figures or discrepancies touches, and their desks."""
    found: dict[int, dict[int, int]] = {record.pk: {} for record in records}
    for part in batched(records):
        path = "document" if isinstance(part[0], Figure) else "figures__document"
        rows = type(part[0])._default_manager.filter(pk__in=[record.pk for record in part])
        for pk, document, desk in rows.order_by().values_list("pk", path, f"{path}__desk").distinct():
            if document is not None:
                found[pk][document] = desk
    return found


def check_permission_on_all(by: Actor, records: Sequence[Any], action: str, touched: dict[int, dict[int, int]]) -> None:
    """Refuse whoever may not do this action on one of the records: asked once for each document they touch.

    Raises:
        NotAllowed: with the sentence of the guard that refuses.
    """
    asked: set[int] = set()
    for record in records:
        if not touched[record.pk].keys() <= asked or not asked:
            check_permission(by, record, action)
            asked |= touched[record.pk].keys()
    if records and NOT_COMPARED_AUTHOR in PERMISSIONS[record_name(records[0]), action] and not isinstance(by, Machine):
        refuse_the_other_side(by, records)
        if NOT_LAST_EDITOR in PERMISSIONS[record_name(records[0]), action]:
            refuse_last_editor(by, records)


def refuse_the_other_side(by: Actor, figures: Sequence[Figure]) -> None:
    """Refuse an author of a text that one of these figures is compared with.

    Raises:
        NotAllowed: one of them is.
    """
    for part in batched(figures):
        if are_compared_with_own(by, Figure.objects.filter(pk__in=[row.pk for row in part])):
            raise NotAllowed(NOT_COMPARED_AUTHOR.message, code=NOT_COMPARED_AUTHOR.code)


def refuse_last_editor(by: Actor, figures: Sequence[Figure]) -> None:
    """Refuse whoever brought the words of one of these figures into its text by revising it.

    Raises:
        NotAllowed: they did.
    """
    if any(brought_in_words_of(by, part) for part in batched(figures)):
        raise NotAllowed(NOT_LAST_EDITOR.message, code=NOT_LAST_EDITOR.code)


def batched(records: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (records[start : start + MOST_AT_ONCE] for start in range(0, len(records), MOST_AT_ONCE))


def change(record: Any, *, version: int | None = None, **values: Any) -> None:
    """Change columns of a record that has a version, where no state changes; the caller logs the action.

    Raises:
        StaleRevision: another change was faster than that of the person who acted on ``version``.
    """
    require_storable(*values.values())
    rows = type(record)._default_manager.filter(pk=record.pk)
    if not (rows if version is None else rows.filter(version=version)).update(version=F("version") + 1, **values):
        raise StaleRevision("This has changed since you opened it.", version=record.version)
    record.refresh_from_db()


def _announce(claim: Claim, action: str, by: Actor) -> None:
    person = person_of(by)
    signals.announce(signals.claim_moved, Claim, claim=claim, action=action, by=person)
    if claim.state == ClaimState.STALE:
        summary = {"id": claim.pk, "state": claim.state}
        emit_webhook_event("claim_stale", claim.document, key=occasion_key(claim), claim=summary)
        signals.announce(signals.claim_stale, Claim, claim=claim, reason=claim.stale_reason)


def mark_stale(claim: Claim, reason: str, *, by: Actor) -> bool:
    """Void the sign-off of a claim, if it has one. False when there was none to void."""
    if claim.state != ClaimState.SIGNED_OFF:
        return False
    move(claim, "mark_stale", by=by, note=reason, stale_reason=reason[:300])
    return True


def reason_for_desk(row: Discrepancy, desk: int) -> str:
    """The reason of a discrepancy, or only that there is one, to a desk that holds no figure of the other side."""
    visible = Discrepancy.objects.filter(both_sides_of(figure__document__desk=desk), pk=row.pk)
    return row.reason if visible.exists() else OF_ANOTHER_DESK


def void_decisions(claim: Claim, why: str, *, by: Machine) -> bool:
    """Void the decisions on a claim whose words changed; True if its sign-off was voided.

    Accepted evidence drifts, a verdict in review is returned, finished tasks and dismissed or waived claims reopen.
    """
    for evidence in claim.evidence.current():  # it was accepted for other words; a person assesses it again
        move(evidence, "drift", by=by, note=why)
    if claim.state == ClaimState.IN_REVIEW:
        move(claim, "return", by=by, note=why)
        for task in claim.verification_tasks.filter(state=TaskState.DONE):
            move(task, "reopen", by=by, note=why)
    elif claim.state in (ClaimState.DISMISSED, ClaimState.WAIVED) and not claim.parts.exists():  # else the parts do
        move(claim, "reopen", by=by, note=why)
    return mark_stale(claim, why, by=by)


def log(
    record: Model,
    action: str,
    *,
    by: Actor,
    note: str = "",
    from_state: str = "",
    to_state: str = "",
    facts: dict[str, Any] | None = None,
    decision: Model | None = None,
) -> Event:
    """Append one Event to the record's chain, in the caller's transaction; it holds what the record is decided to be.

    ``decision``: the row that was written with the action, which the event then holds too.
    """
    if by is None:
        raise TypeError("every action needs an actor: a user, or Machine(job name)")
    note, _ = without_unusable_characters(by, note, {})
    require_storable(note)
    for _ in range(5):
        try:
            with transaction.atomic():
                event = _append(record, action, by, note, from_state, to_state, facts or {}, decision)
            recheck_after_action(record, action, by_machine=isinstance(by, Machine))
            return event
        except IntegrityError:
            continue  # another action on this record took the sequence number
    raise WrongState("Someone else was faster; please look again.")


def log_all(
    records: Sequence[Any],
    action: str,
    touched: dict[int, dict[int, int]],
    *,
    by: Actor,
    note: str,
    from_state: str,
    to_state: str,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append one Event to the chain of each of many records of one kind, in the caller's transaction."""
    name, keys = record_name(records[0]), [record.pk for record in records]
    decided = decided_of(records)
    last = {row.record_id: row for row in Event.objects.filter(record=name, record_id__in=keys).order_by("sequence")}
    made = []
    for record in records:
        desk = min(touched[record.pk].values(), default=None)
        row = decided[record.pk]
        made.append(_event(record, last.get(record.pk), desk, action, by, note, from_state, to_state, facts or {}, row))
    try:
        with transaction.atomic():
            Event.objects.bulk_create([event for event, _ in made])
    except IntegrityError:  # another action on one of them took the sequence number
        raise WrongState("Someone else was faster; please look again.") from None
    for event, words in made:
        if words:
            words.event = event
    EventNote.objects.bulk_create([words for _, words in made if words])
    recheck_documents({document for pk in keys for document in touched[pk]})


def desk_of(record: Model) -> int | None:
    """The desk in whose history an action is shown."""
    return next(iter(sorted(pk for pk in desks_of(record) if pk)), None)


def _append(
    record: Model,
    action: str,
    by: Actor,
    note: str,
    from_state: str,
    to_state: str,
    facts: dict[str, Any],
    decision: Model | None,
) -> Event:
    last, decided = Event.objects.of(record).last(), decided_of([record], decision)[record.pk]
    event, words = _event(record, last, desk_of(record), action, by, note, from_state, to_state, facts, decided)
    event.save(force_insert=True)
    if words:
        words.event = event
        words.save(force_insert=True)
    return event


def _event(
    record: Model,
    last: Event | None,
    desk: int | None,
    action: str,
    by: Actor,
    note: str,
    from_state: str,
    to_state: str,
    facts: dict[str, Any],
    decided: dict[str, Any],
) -> tuple[Event, EventNote | None]:
    """The next link of a record's chain, and the words that go beside it; not yet written."""
    event = Event(
        at=timezone.now(),
        actor=person_of(by),
        machine=by.name if isinstance(by, Machine) else "",
        desk_id=desk,
        record=record_name(record),
        record_id=record.pk,
        sequence=last.sequence + 1 if last else 1,
        action=action,
        from_state=from_state,
        to_state=to_state,
        facts={name: json_value(value) for name, value in facts.items()},
        decided=decided,
        previous=last.digest if last else "",
    )
    words = EventNote(salt=secrets.token_hex(16), text=note) if note else None
    if words:
        event.note_digest = words.computed_digest()
    event.digest = event.computed_digest()
    return event, words


def words_sha256(claim: Claim) -> str:
    """The hash a sign-off is bound to: the claim's present sentences without typography, and its figures.

    Prefetch ``anchors`` and ``figures`` to ask this of many claims.
    """
    anchor = max(claim.anchors.all(), key=lambda row: row.revision_id, default=None)
    words = bare_words((anchor.exact if anchor else "") or claim.text)  # a lost anchor holds no words
    figures = sorted(
        f"{row.value}|{row.low}|{row.high}|{row.unit}|{row.hedge}"
        for row in claim.figures.all()
        if row.anchor_state != AnchorState.ORPHANED and row.state != FigureState.DISMISSED
    )
    return hashlib.sha256("\x1f".join([*words, "", *figures]).encode("utf-8", "replace")).hexdigest()


def write_verdict(**values: Any) -> Verdict:
    """A verdict row; called by ``verification.submit_verdict`` beside its move."""
    return Verdict.objects.create(at=timezone.now(), **values)


def write_sign_off(**values: Any) -> SignOff:
    """A sign-off row; called by ``verification.sign_off`` beside its move."""
    return SignOff.objects.create(at=timezone.now(), **values)


def write_anchors(anchors: Iterable[Anchor]) -> None:
    """Anchors of one revision, and on each claim and figure how it now stands in the text."""
    rows = Anchor.objects.bulk_create(anchors, ignore_conflicts=True, batch_size=200)
    for model, field in ((Claim, "claim_id"), (Figure, "figure_id")):
        by_state: dict[str, list[int]] = {}
        for row in rows:
            if pk := getattr(row, field):
                by_state.setdefault(row.anchor_state, []).append(pk)
        for anchor_state, keys in by_state.items():
            for start in range(0, len(keys), 500):
                model._default_manager.filter(pk__in=keys[start : start + 500]).exclude(
                    anchor_state=anchor_state
                ).update(anchor_state=anchor_state)
