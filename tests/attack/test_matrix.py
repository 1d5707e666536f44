"""Role × relation × action: who is kept from what by what they did, through the workflow and through the API.

``KEPT_FROM`` is the specification, by hand; the code has it as guards. Whoever is asked has every role of the desk, so
that only the relation can refuse them. A new action without a line here is open to every relation, and fails
``test_every_action_of_the_table_is_asked``.
"""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.contrib.auth import get_user_model

from factcheck.api.urls import router
from factcheck.models import Discrepancy, Document, Measure, Membership, Role, record_name
from factcheck.permissions import PERMISSIONS, refusal
from factcheck.workflow.evidence import link_evidence, record_evidence
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.verification import assign_claim, submit_verdict
from tests.api.conftest import Caller
from tests.factories import SourceFactory, TopicFactory
from tests.stories import Staff, bring_to, file_text, give_evidence, person, revise_text
from tests.test_states import MATRIX, STATES, for_the_moment, needed, put

pytestmark = pytest.mark.django_db

OURS = "The council of Torvik said 40 homes were flooded on Monday."
THEIRS = "The fire brigade said 60 homes were flooded on Monday."
DESK_ROLES = (Role.EDITOR, Role.CHECKER, Role.REVIEWER, Role.DESK_CHIEF)
DECIDES = {("claim", action) for action in ("sign_off", "countersign", "dismiss", "waive")}
AUTHOR = {
    *DECIDES,
    *(("document", action) for action in ("set_topic", "dismiss_idle", "dismiss_quiet", "waive")),
    *(("figure", action) for action in ("dismiss", "pin", "correct_reading", "confirm_as_of", "state_as_of")),
    *(("measure", action) for action in ("merge", "split", "set_general")),
    ("evidence", "assess"),
    ("discrepancy", "resolve"),
    ("judgement", "confirm"),
    ("judgement", "withdraw"),
}
OTHER_SIDE = {
    ("claim", "dismiss"),
    ("document", "revise"),
    ("document", "fetch"),
    ("document", "withdraw"),
    ("document", "erase"),
    *(("figure", action) for action in ("dismiss", "correct_reading", "confirm_as_of", "state_as_of")),
    *(("measure", action) for action in ("merge", "split", "set_general")),
    ("discrepancy", "resolve"),
    ("judgement", "confirm"),
    ("judgement", "withdraw"),
}
SIGNS = {("claim", "sign_off"), ("claim", "countersign"), ("figure", "confirm_as_of"), ("figure", "state_as_of")}
ANYBODY = {
    ("source", "open_name"),
    ("claim", "take_back"),
    ("figure", "take_back"),
    ("claim", "recall"),
    ("notification", "read"),
}  # theirs by what they did
KEPT_FROM: dict[str, set[tuple[str, str]]] = {
    "nothing to do with it": set(),
    "author": AUTHOR,
    "author of the other side": OTHER_SIDE,
    "submitter": SIGNS,
    "changed the words": SIGNS | {("claim", "dismiss"), ("claim", "waive"), ("figure", "dismiss")},
    "gave the evidence": {("evidence", "assess")},
    "judged it": {("judgement", "confirm")},
}
STRANGERS = ("of another desk", "removed", "deactivated", "superuser", "service account")
KINDS = ("document", "claim", "figure", "evidence", "measure", "discrepancy", "judgement", "verification_task")
ASKED = [key for key in PERMISSIONS if key[0] in KINDS]


def people_of(staff: Staff) -> dict:
    """One person for each relation, with every role of the desk, and the strangers with none of it."""
    people = {}
    for relation in KEPT_FROM:
        people[relation] = person(DESK_ROLES[0], staff.desk)
        for role in DESK_ROLES[1:]:
            Membership.objects.create(user=people[relation], desk=staff.desk, role=role)
    other = Staff()
    for role in DESK_ROLES[1:]:
        Membership.objects.create(user=other.editor, desk=other.desk, role=role)
    people["of another desk"] = other.editor
    people["removed"] = person(DESK_ROLES[0], staff.desk)
    Membership.objects.filter(user=people["removed"]).delete()
    people["deactivated"] = person(Role.DESK_CHIEF, staff.desk)
    get_user_model().objects.filter(pk=people["deactivated"].pk).update(is_active=False)
    people["deactivated"].refresh_from_db()
    people["superuser"], people["service account"] = staff.superuser, staff.service
    return people


def records_of(staff: Staff, everyone: dict) -> dict:
    """One record of each kind, with its relations to people."""
    topic = TopicFactory()
    ours = file_text("It rained.", desk=staff.desk, by=staff.editor, authors=(everyone["author"],), topic=topic)
    revise_text(ours, OURS, by=everyone["changed the words"])
    file_text(THEIRS, desk=staff.desk, by=staff.editor, authors=(everyone["author of the other side"],), topic=topic)
    claim = bring_to(ours.claims.get(), "in_verification", staff)
    evidence = record_evidence(
        claim, "call", by=everyone["gave the evidence"], source=SourceFactory(), note="So it is."
    )
    link_evidence(evidence, stance="supports", by=everyone["gave the evidence"])
    give_evidence(claim, by=staff.checker, use="primary")
    task = assign_claim(claim, staff.checker, by=staff.editor)
    claim.refresh_from_db()
    submit_verdict(claim, "supported", by=everyone["submitter"])
    figures = [document.figures.get() for document in Document.objects.order_by("pk")]
    judgement = judge_figures(*figures, False, by=everyone["judged it"])
    type(judgement).objects.filter(pk=judgement.pk).update(state="proposed")
    judgement.refresh_from_db()
    return {
        "document": ours,
        "claim": claim,
        "figure": ours.figures.get(),
        "evidence": evidence,
        "measure": Measure.objects.get(pk=ours.figures.get().measure_id),
        "discrepancy": Discrepancy.objects.get(),
        "judgement": judgement,
        "verification_task": task,
    }


@pytest.fixture(scope="module")
def written(db_of_module) -> tuple[dict, dict]:
    """The people and the records; the same rows for all tests."""
    staff = Staff()
    people = people_of(staff)
    return people, records_of(staff, people)


@pytest.fixture
def everyone(written, db) -> dict:
    return deepcopy(written[0])


@pytest.fixture
def records(written, db) -> dict:
    return deepcopy(written[1])


def test_every_action_of_the_table_is_asked():
    known = {kind for kind, _ in PERMISSIONS}
    others = {"desk", "report_subscription", "membership", "feed", "webhook", "source", "topic", "job", "notification"}
    others |= {"erased_person"}
    assert known == {*KINDS, *others}
    assert {key for keys in KEPT_FROM.values() for key in keys} <= set(ASKED)
    print(f"{len(ASKED)} actions × {len(KEPT_FROM) + len(STRANGERS)} relations")


@pytest.mark.parametrize("relation", KEPT_FROM)
def test_what_somebody_did_keeps_them_from_this_and_from_nothing_else(relation, everyone, records):
    refused = set()
    for kind, action in ASKED:
        guard = refusal(everyone[relation], records[kind], kind, action)
        if guard is not None and guard.code not in THEIR_OWN:
            assert guard.code.startswith("four_eyes"), (kind, action, guard.code)
            refused.add((kind, action))
    assert refused == KEPT_FROM[relation]


THEIR_OWN = {"not_assignee", "not_submitter", "not_last_actor"}
"""What is asked of whoever takes up, hands in or takes back; not a relation to the story."""


BROUGHT_BACK: dict[str, set[tuple[str, str, str]]] = {
    **{relation: set() for relation in KEPT_FROM},
    "author of the other side": {("figure", "link", "dismissed"), ("figure", "reopen", "dismissed")},
}
"""Refused from one of the states alone: what is brought back stands in the comparison again."""


def in_each_state(record, kind: str):
    """(action, state) for each action of the kind and each state it exists from, with the record standing in it."""
    of_kind = [(action, row[0].split()) for (of, action), row in MATRIX.items() if of == kind]
    others = {"claim": getattr(record, "claim", None), "assignee": getattr(record, "created_by", None)}
    for state in STATES[kind]:
        with for_the_moment():
            put(record, state, **needed(kind, state, **others))
            yield from ((action, state) for action, states in of_kind if state in states)
        record.refresh_from_db()


@pytest.mark.parametrize("relation", [*KEPT_FROM, *STRANGERS])
def test_a_relation_keeps_the_same_people_from_an_action_in_whichever_state_it_is_possible(relation, everyone, records):
    cells = 0
    for kind, record in records.items():
        for action, state in in_each_state(record, kind) if kind in STATES else ():
            cells += 1
            guard = refusal(everyone[relation], record, kind, action)
            code = guard.code if guard and guard.code not in THEIR_OWN else ""
            if relation in STRANGERS:
                assert guard is not None, (kind, action, state)
            else:
                expected = (kind, action) in KEPT_FROM[relation] or (kind, action, state) in BROUGHT_BACK[relation]
                assert (code.startswith("four_eyes"), code != "") == (expected, expected), (kind, action, state, code)
    print(f"{cells} actions × states for {relation}")


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_may_do_nothing_whatever_they_are_elsewhere(stranger, everyone, records):
    allowed = {key for key in ASKED if refusal(everyone[stranger], records[key[0]], *key) is None}
    filing = {("document", "fetch"), ("document", "read_clearance")}
    assert allowed == (filing if stranger == "service account" else set())


def endpoints() -> list[tuple[str, str, str]]:
    """(path, kind, action) of every action that the API has for these kinds."""
    found = []
    for prefix, view, _ in router.registry:
        kind = record_name(view.queryset.model())
        found += [(prefix, kind, action) for action in getattr(view, "record_actions", {}) if kind in KINDS]
    return found


@pytest.mark.parametrize("relation", [*KEPT_FROM, *STRANGERS])
def test_the_api_refuses_the_same_people_before_it_looks_at_state_or_body(relation, everyone, records):
    caller, cells = Caller(everyone[relation]), 0
    if relation == "deactivated":
        assert caller.get("desks/").status_code == 401
        return
    for prefix, kind, action in endpoints():
        status = caller.post(f"{prefix}/{records[kind].pk}/{action}/", {"no such field": 1}).status_code
        cells += 1
        if relation in STRANGERS and relation != "service account":
            assert status == 404, (prefix, action, status)
        elif relation == "service account":
            assert status == 403 or (kind, action) == ("document", "fetch"), (prefix, action)
        elif (kind, action) in KEPT_FROM[relation]:
            assert status == 403, (prefix, action, status)
        elif (kind, action) not in ANYBODY and kind != "verification_task":
            assert status != 403, (prefix, action, status)
    assert cells == len(endpoints())


def test_no_refused_request_leaves_a_trace(everyone, records):
    before = Document.objects.count(), records["claim"].evidence.count()
    caller = Caller(everyone["author"])
    for kind, action in KEPT_FROM["author"]:
        prefix = next((path for path, k, a in endpoints() if (k, a) == (kind, action)), None)
        if prefix:
            caller.post(f"{prefix}/{records[kind].pk}/{action}/", {"note": "because", "accepted": True})
    records["claim"].refresh_from_db()
    assert (records["claim"].state, Document.objects.count(), records["claim"].evidence.count()) == (
        "in_review",
        *before,
    )
