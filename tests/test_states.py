"""Every role × every action × every state, through the real acts: allowed, not allowed, or not from here.

The table below is the specification, written by hand from the editors' own; it is not read off the code's.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.db import transaction
from django.utils import timezone

from factcheck.actors import Machine
from factcheck.errors import FactcheckError, NotAllowed, WrongState
from factcheck.models import (
    Claim,
    Discrepancy,
    Document,
    Evidence,
    Figure,
    FigureProfile,
    Job,
    Judgement,
    Measure,
    Publication,
    Verdict,
    VerificationTask,
)
from factcheck.permissions import PERMISSIONS
from factcheck.states import (
    TRANSITIONS,
    ClaimState,
    DiscrepancyState,
    DocumentState,
    EvidenceState,
    FigureState,
    JobState,
    JudgementState,
    TaskState,
    rows_of,
)
from factcheck.workflow.claims import (
    accept_claim,
    dismiss_claim,
    dismiss_figure,
    link_figure,
    reopen_claim,
    reopen_figure,
    take_back,
)
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.documents import confirm_document, withdraw_document
from factcheck.workflow.evidence import (
    assess_evidence,
    attach_evidence,
    link_evidence,
    retire_evidence,
    retry_capture,
)
from factcheck.workflow.jobs import cancel_job, retry_job
from factcheck.workflow.judgements import confirm_judgement, withdraw_judgement
from factcheck.workflow.matching import PROFILE_COLUMNS
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.transitions import log, mark_stale, move
from factcheck.workflow.verification import (
    block_task,
    cancel_task,
    challenge_claim,
    countersign,
    hand_in,
    reassign_task,
    recall_verdict,
    return_claim,
    sign_off,
    start_claim,
    submit_verdict,
    take_up,
    unblock_task,
    waive_claim,
)
from tests.factories import FigureFactory, UserFactory, carry
from tests.stories import Staff, file_text, in_hours

ACTORS = (
    "editor",
    "checker",
    "reviewer",
    "desk_chief",
    "auditor",
    "service",
    "chief_editor",
    "outsider",
    "superuser",
)
STATES = {
    "document": DocumentState,
    "claim": ClaimState,
    "figure": FigureState,
    "verification_task": TaskState,
    "evidence": EvidenceState,
    "discrepancy": DiscrepancyState,
    "judgement": JudgementState,
    "job": JobState,
}

EDITORS = "editor desk_chief chief_editor"
CHECKERS = "checker editor desk_chief chief_editor"
REVIEWERS = "reviewer desk_chief chief_editor"
WORKERS = "checker reviewer editor desk_chief chief_editor"
CHIEFS = "desk_chief chief_editor"
UNSIGNED = "proposed open in_verification in_review stale"

# (record, action): from which states, to which, by whom
MATRIX = {
    ("document", "confirm"): ("to_confirm", "in_check", EDITORS),
    ("document", "publish"): ("in_check", "published", EDITORS),
    ("document", "correct"): ("published", "published", EDITORS),
    ("document", "withdraw"): ("arriving to_confirm unreadable in_check published", "withdrawn", EDITORS),
    ("claim", "accept"): ("proposed", "open", EDITORS),
    ("claim", "start"): ("open stale", "in_verification", CHECKERS),
    ("claim", "submit"): ("in_verification", "in_review", CHECKERS),
    ("claim", "sign_off"): ("in_review", "signed_off", REVIEWERS),
    ("claim", "countersign"): ("signed_off", "signed_off", REVIEWERS),
    ("claim", "return"): ("in_review", "in_verification", REVIEWERS),
    ("claim", "recall"): ("in_review", "in_verification", CHECKERS),
    ("claim", "challenge"): ("signed_off", "stale", WORKERS),
    ("claim", "dismiss"): (UNSIGNED, "dismissed", EDITORS),
    ("claim", "waive"): (UNSIGNED, "waived", CHIEFS),
    ("claim", "reopen"): ("dismissed waived", "open", EDITORS),
    ("claim", "take_back"): ("open dismissed", "proposed", EDITORS),
    ("figure", "link"): ("found dismissed", "linked", CHECKERS),
    ("figure", "dismiss"): ("found linked", "dismissed", EDITORS),
    ("figure", "reopen"): ("dismissed", "found", EDITORS),
    ("verification_task", "assign"): ("unassigned", "assigned", EDITORS),
    ("verification_task", "reassign"): ("assigned in_progress blocked", "assigned", EDITORS),
    ("verification_task", "take_up"): ("assigned", "in_progress", CHECKERS),
    ("verification_task", "block"): ("in_progress", "blocked", CHECKERS),
    ("verification_task", "unblock"): ("blocked", "in_progress", CHECKERS),
    ("verification_task", "hand_in"): ("in_progress", "done", CHECKERS),
    ("verification_task", "cancel"): ("unassigned assigned in_progress blocked", "cancelled", EDITORS),
    ("verification_task", "reopen"): ("done", "in_progress", REVIEWERS),
    ("evidence", "capture"): ("capture_failed", "requested", CHECKERS),
    ("evidence", "attach"): ("requested capture_failed", "captured", CHECKERS),
    ("evidence", "link"): ("captured drifted", "linked", CHECKERS),
    ("evidence", "assess"): ("linked accepted rejected drifted", "accepted", WORKERS),
    ("evidence", "drift"): ("accepted", "drifted", CHECKERS),
    ("evidence", "supersede"): ("accepted", "superseded", CHECKERS),
    ("evidence", "withdraw"): ("accepted", "withdrawn", CHECKERS),
    ("discrepancy", "resolve"): ("open", "resolved", EDITORS),
    ("judgement", "confirm"): ("proposed", "active", EDITORS),
    ("judgement", "withdraw"): ("proposed active", "withdrawn", EDITORS),
    ("job", "retry"): ("failed cancelled", "due", EDITORS),
    ("job", "cancel"): ("due running", "cancelled", EDITORS),
}

# what a job may do by itself: from which states, to which
MACHINE_MATRIX = {
    ("document", "read"): ("arriving unreadable", "to_confirm in_check unreadable"),
    ("claim", "mark_stale"): ("signed_off", "stale"),
    ("claim", "return"): ("in_review", "in_verification"),
    ("claim", "reopen"): ("dismissed waived", "open"),
    ("verification_task", "reopen"): ("done", "in_progress"),
    ("figure", "link"): ("found dismissed", "linked"),
    ("evidence", "capture"): ("requested", "captured capture_failed"),
    ("evidence", "drift"): ("accepted", "drifted"),
    ("discrepancy", "close"): ("open", "closed"),
    ("discrepancy", "reopen"): ("resolved closed", "open"),
}

ACTS = {
    ("document", "confirm"): confirm_document,
    ("document", "publish"): publish_document,
    ("document", "correct"): lambda row, by: correct_document(
        row, by=by, correction_class="update", wording="We wrote 40."
    ),
    ("document", "withdraw"): lambda row, by: withdraw_document(row, by=by, note="a hoax"),
    ("claim", "accept"): accept_claim,
    ("claim", "start"): start_claim,
    ("claim", "submit"): lambda row, by: submit_verdict(row, "not_enough_evidence", by=by),
    ("claim", "sign_off"): sign_off,
    ("claim", "countersign"): countersign,
    ("claim", "return"): lambda row, by: return_claim(row, by=by, note="ring them again"),
    ("claim", "recall"): recall_verdict,
    ("claim", "challenge"): lambda row, by: challenge_claim(row, by=by, note="a reader wrote in"),
    ("claim", "dismiss"): lambda row, by: dismiss_claim(row, by=by, note="idle"),
    ("claim", "waive"): lambda row, by: waive_claim(row, by=by, note="breaking", expires_at=in_hours(2)),
    ("claim", "reopen"): reopen_claim,
    ("claim", "take_back"): take_back,
    ("figure", "link"): lambda row, by: link_figure(row, row.document.claims.first(), by=by),
    ("figure", "dismiss"): lambda row, by: dismiss_figure(row, by=by, note="idle"),
    ("figure", "reopen"): reopen_figure,
    ("verification_task", "assign"): lambda row, by: move(row, "assign", by=by, assignee=row.created_by),
    ("verification_task", "reassign"): lambda row, by: reassign_task(row, row.created_by, by=by),
    ("verification_task", "take_up"): take_up,
    ("verification_task", "block"): lambda row, by: block_task(row, "source", by=by, note="asleep"),
    ("verification_task", "unblock"): unblock_task,
    ("verification_task", "hand_in"): hand_in,
    ("verification_task", "cancel"): lambda row, by: cancel_task(row, by=by, note="cut from the story"),
    ("verification_task", "reopen"): lambda row, by: move(row, "reopen", by=by),
    ("evidence", "capture"): retry_capture,
    ("evidence", "attach"): lambda row, by: attach_evidence(row, by=by, note="a letter"),
    ("evidence", "link"): lambda row, by: link_evidence(row, stance="supports", by=by),
    ("evidence", "assess"): lambda row, by: assess_evidence(row, accepted=True, by=by),
    ("evidence", "drift"): lambda row, by: retire_evidence(row, "drift", by=by, note="the page changed"),
    ("evidence", "supersede"): lambda row, by: retire_evidence(row, "supersede", by=by, note="a newer count"),
    ("evidence", "withdraw"): lambda row, by: retire_evidence(row, "withdraw", by=by, note="they took it back"),
    ("discrepancy", "resolve"): lambda row, by: resolve_dispute(row, "explained", by=by, note="two districts"),
    ("judgement", "confirm"): confirm_judgement,
    ("judgement", "withdraw"): lambda row, by: withdraw_judgement(row, by=by, note="a slip"),
    ("job", "retry"): retry_job,
    ("job", "cancel"): cancel_job,
}


@pytest.fixture(scope="module")
def written(db_of_module) -> tuple[Staff, Document]:
    """A story with one claim and one figure in it, and the people of its desk; the same rows for all tests."""
    staff = Staff()
    text = "The council of Torvik said 40 homes were flooded on Monday."
    return staff, file_text(text, desk=staff.desk, by=staff.editor)


@pytest.fixture
def staff(written, db) -> Staff:
    return deepcopy(written[0])


@pytest.fixture
def story(written, db) -> Document:
    return deepcopy(written[1])


def needed(kind: str, state: str, *, claim=None, assignee=None) -> dict:
    """What a record of a kind must have besides to stand in a state."""
    if kind == "document":
        return {"state_reason": "no text in it" if state == "unreadable" else ""}
    if kind == "claim":
        return {"stale_reason": "the words changed" if state == "stale" else ""}
    if kind == "figure":
        return {"claim": claim if state == "linked" else None}
    if kind == "verification_task":
        return {"assignee": assignee, "waiting_for": "author" if state == "blocked" else ""}
    if kind == "evidence":
        return {"stance": "" if state in ("requested", "capture_failed", "captured") else "supports"}
    return {"resolution": "explained", "resolution_note": "two districts"} if kind == "discrepancy" else {}


def record_in(kind: str, state: str, story: Document, staff: Staff, actor):
    """A record of a kind standing in a state, with all that this state must have."""
    claim = story.claims.get()
    if kind == "document":
        story.claims.update(state="dismissed")
        story.figures.update(state="dismissed")
        Publication.objects.create(
            document=story, revision=story.current_revision, clear=True, answer={}, by=staff.editor, at=timezone.now()
        )
        return put(story, state, **needed("document", state))
    if kind == "claim":
        Verdict.objects.create(
            claim=claim,
            label="not_enough_evidence",
            revision=story.current_revision,
            by=staff.service,
            at=timezone.now(),
        )
        return put(claim, state, **needed("claim", state))
    if kind == "figure":
        put(claim, "open")
        return put(story.figures.get(), state, **needed("figure", state, claim=claim))
    if kind == "verification_task":
        Claim.objects.filter(pk=claim.pk).update(state="open")
        task = VerificationTask.objects.create(claim=claim, created_by=staff.checker)
        return put(task, state, **needed("verification_task", state, assignee=actor))
    if kind == "evidence":
        url = "https://torvik.example/notice"
        row = Evidence.objects.create(claim=claim, kind="web", url=url, created_by=UserFactory())
        return put(row, state, **needed("evidence", state))
    if kind == "discrepancy":
        return put(discrepancy_of(story), state, **needed("discrepancy", state))
    if kind == "judgement":
        return put(judgement_of(story), state)
    return put(
        Job.objects.create(name="sweep", key="now", desk=staff.desk, run_at=timezone.now()),
        state,
        lease_until=timezone.now(),
    )


def discrepancy_of(story: Document) -> Discrepancy:
    figure = story.figures.get()
    measure = Measure.objects.create(key="count|house", counted="homes", dimension="count")
    row = Discrepancy.objects.create(
        measure=measure, kind="conflict", a_key="a", b_key="b", reason="40 and 45 conflict."
    )
    carry(row, a=figure)
    return row


def judgement_of(story: Document) -> Judgement:
    """What somebody else said of the figure of the story and of another in it."""
    figure, other = story.figures.get(), FigureFactory(document=story)
    prepared = {name: getattr(figure.profile, name) for name in PROFILE_COLUMNS}
    FigureProfile.objects.create(figure=other, **{**prepared, "fingerprint": "another"})
    prints = {"a_fingerprint": figure.profile.fingerprint, "b_fingerprint": "another"}
    return Judgement.objects.create(a=figure, b=other, same=True, by=UserFactory(), **prints)


def put(record, state: str, **values):
    """Stand a record in a state, as if the actions before had happened."""
    type(record)._default_manager.filter(pk=record.pk).update(state=state, **values)
    record.refresh_from_db()
    return record


def outcome(action, record, by) -> str:
    """What came of it: the new state, or the kind of refusal."""
    try:
        with transaction.atomic():
            action(record, by=by)
            record.refresh_from_db()
            return record.state
    except (NotAllowed, WrongState) as refusal:
        return type(refusal).__name__
    except FactcheckError as refusal:
        return f"{type(refusal).__name__}: {refusal}"


class Undo(Exception):
    """Thrown to take back all that was done since."""


@contextmanager
def for_the_moment():
    """Whatever is written inside is taken back."""
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


def tried(key, state: str, story: Document, staff: Staff) -> dict[str, str]:
    """The outcome, for each actor, of one act on a record in one state; nothing of it stays."""
    found = {}
    with for_the_moment():
        record = record_in(key[0], state, story, staff, staff.checker)
        for role in ACTORS:
            with for_the_moment():
                actor = getattr(staff, role)
                make_it_theirs(record, key, actor)
                found[role] = outcome(ACTS.get(key) or by_name(key[1]), record, actor)
            record.refresh_from_db()
    story.refresh_from_db()
    return found


def make_it_theirs(record, key, actor) -> None:
    """Some acts belong to whoever holds the work, or submitted it."""
    if key[0] == "verification_task":
        put(record, record.state, assignee=actor)
    if key == ("claim", "recall"):
        revision = record.document.current_revision
        Verdict.objects.create(claim=record, label="supported", revision=revision, by=actor, at=timezone.now())
    if key == ("claim", "take_back"):
        done = "dismiss" if record.state == "dismissed" else "accept"
        log(record, done, by=actor, from_state="proposed", to_state=record.state)


def by_name(action: str):
    return lambda row, by: move(row, action, by=by, note="because")


@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_each_role_may_do_each_act_from_its_states_and_no_other(key, story, staff):
    sources, target, roles = MATRIX[key]
    for state in STATES[key[0]].values:
        from_here = target if state in sources.split() else "WrongState"
        expected = {role: from_here if role in roles.split() else "NotAllowed" for role in ACTORS}
        assert tried(key, state, story, staff) == expected, f"from {state}"


@pytest.mark.parametrize("key", sorted({*MATRIX, *MACHINE_MATRIX}), ids=" ".join)
def test_the_machine_does_its_own_acts_and_decides_nothing(key, story, staff):
    sources, targets = MACHINE_MATRIX.get(key, ("", ""))
    for state in STATES[key[0]].values:
        for target in targets.split() or [""]:
            expected = "NotAllowed" if not targets else target if state in sources.split() else "WrongState"
            assert moved_by_machine(key, state, target, story, staff) == expected, f"{state} to {target}"


def moved_by_machine(key, state: str, target: str, story: Document, staff: Staff) -> str:
    """The outcome of one action of a job; nothing of it stays."""
    values = {"stale_reason": "the words changed"} if key[1] == "mark_stale" else {}
    values |= {"state_reason": "no text in it"} if target == "unreadable" else {}
    values |= {"claim": story.claims.get()} if key == ("figure", "link") else {}
    with for_the_moment():
        record = record_in(key[0], state, story, staff, staff.checker)
        found = outcome(
            lambda row, by: move(row, key[1], by=by, to=target, note="because", **values), record, Machine("sweep")
        )
    story.refresh_from_db()
    return found


@pytest.mark.parametrize("key", [key for key in MACHINE_MATRIX if key not in MATRIX], ids=" ".join)
def test_no_person_may_do_what_only_the_machine_does(key, story, staff):
    for state in STATES[key[0]].values:
        assert set(tried(key, state, story, staff).values()) == {"NotAllowed"}, f"from {state}"


def test_every_act_needs_an_actor(story, staff):
    for key, (sources, _, _) in MATRIX.items():
        with for_the_moment():
            record = record_in(key[0], sources.split()[0], story, staff, staff.checker)
            with pytest.raises(TypeError, match="actor"):
                ACTS[key](record, by=None)
        story.refresh_from_db()


def test_the_table_of_the_code_is_the_table_of_this_specification():
    persons = {(row.record, row.action): (set(row.sources), set(row.targets)) for row in TRANSITIONS if row.person}
    expected = {key: (set(sources.split()), set(target.split())) for key, (sources, target, _) in MATRIX.items()}
    expected["evidence", "assess"] = (expected["evidence", "assess"][0], {"accepted", "rejected"})
    expected["claim", "take_back"] = (expected["claim", "take_back"][0], set(UNSIGNED.split()))
    assert {key: (set(map(str, a)), set(map(str, b))) for key, (a, b) in persons.items()} == expected

    machine = {(row.record, row.action): (set(row.sources), set(row.targets)) for row in TRANSITIONS if row.machine}
    expected = {key: (set(sources.split()), set(targets.split())) for key, (sources, targets) in MACHINE_MATRIX.items()}
    assert {key: (set(map(str, a)), set(map(str, b))) for key, (a, b) in machine.items()} == expected


def test_whatever_a_person_may_do_has_a_row_in_the_permissions():
    actions = {(row.record, row.action) for row in TRANSITIONS if row.person}
    assert actions - set(PERMISSIONS) == set()


NEEDS_A_REASON = (
    ("document", "correct"),
    ("document", "withdraw"),
    ("claim", "return"),
    ("claim", "challenge"),
    ("claim", "dismiss"),
    ("claim", "waive"),
    ("figure", "dismiss"),
    ("verification_task", "block"),
    ("verification_task", "cancel"),
    ("evidence", "drift"),
    ("evidence", "supersede"),
    ("evidence", "withdraw"),
    ("discrepancy", "resolve"),
    ("judgement", "withdraw"),
)


@pytest.mark.parametrize("empty", ["", "  \n"])
def test_these_acts_need_a_reason(empty, story, staff):
    for key in NEEDS_A_REASON:
        with for_the_moment():
            record = record_in(key[0], MATRIX[key][0].split()[0], story, staff, staff.desk_chief)
            before = record.state
            with pytest.raises(FactcheckError) as refusal:
                move(record, key[1], by=staff.desk_chief, note=empty)
            record.refresh_from_db()
            assert (refusal.value.code, record.state) == ("reason_missing", before), key
        story.refresh_from_db()


def test_rejecting_evidence_needs_a_reason_and_accepting_it_does_not(story, staff):
    evidence = record_in("evidence", "linked", story, staff, staff.checker)
    with pytest.raises(FactcheckError, match="say why"):
        assess_evidence(evidence, accepted=False, by=staff.checker)
    assess_evidence(evidence, accepted=True, by=staff.checker)
    assert evidence.state == "accepted"


def test_a_reason_longer_than_a_page_is_refused(story, staff):
    claim = story.claims.get()
    dismissed = "x" * 2000
    with pytest.raises(FactcheckError, match="2,000"):
        dismiss_claim(claim, by=staff.editor, note=dismissed + "x")
    dismiss_claim(claim, by=staff.editor, note=dismissed)
    assert claim.state == "dismissed"


def test_of_two_editors_who_act_at_once_the_slower_is_told(story, staff):
    first, second = Claim.objects.get(), Claim.objects.get()
    accept_claim(first, by=staff.editor)
    with pytest.raises(WrongState, match="faster"):
        dismiss_claim(second, by=staff.desk_chief, note="idle")
    assert Claim.objects.get().state == "open"


def test_who_acts_on_a_page_that_has_changed_is_told(story, staff):
    claim = story.claims.get()
    seen = claim.version
    accept_claim(claim, by=staff.editor, version=seen)
    with pytest.raises(FactcheckError) as refusal:
        dismiss_claim(claim, by=staff.editor, note="idle", version=seen)
    assert (refusal.value.code, refusal.value.details) == ("stale_revision", {"version": seen + 1})


def test_marking_stale_what_is_not_signed_off_does_nothing(story, staff):
    claim = story.claims.get()
    assert mark_stale(claim, "a new conflict", by=Machine("crosscheck")) is False
    assert claim.state == "proposed"


def test_a_figure_is_dismissed_and_taken_back_as_often_as_wanted(story, staff):
    figure = Figure.objects.get()
    for _ in range(2):
        dismiss_figure(figure, by=staff.editor, note="background")
        reopen_figure(figure, by=staff.editor)
    assert figure.state == "found"


def test_from_each_state_an_action_leads_one_way_for_a_person_and_one_way_for_the_machine():
    for row in TRANSITIONS:
        for state in row.sources:
            same = [other for other in rows_of(row.record, row.action, state) if other != row]
            assert not any(other.person and row.person for other in same), row
            assert not any(other.machine and row.machine for other in same), row
