"""Every door: each action through the API and through the admin, from right and from wrong states, and every address.

``tests/test_states.py`` says from which state who may do what; here the same table is walked through both doors, with
the button hidden and with fields forged. Below, every address of the site has a line that says who may: a new route,
action or page without one fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from factcheck.api.urls import router
from factcheck.models import Document, Event, Membership, Role, record_name
from factcheck.permissions import PERMISSIONS
from tests.api.conftest import BASE, Caller
from tests.factories import FigureFactory, carry
from tests.stories import Staff, file_text, in_hours
from tests.test_states import MATRIX, STATES, for_the_moment, make_it_theirs, put, record_in

pytestmark = pytest.mark.django_db

NOTE = {"note": "because"}
FORGED = {"state": "signed_off", "by": 1, "actor": 1, "created_by": 1, "clear": True, "signed_by": 1, "pk": 1, "id": 1}


@pytest.fixture
def story(staff: Staff) -> Document:
    """A story with one claim and one figure in it."""
    return file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)


@pytest.fixture
def desk(staff: Staff) -> Staff:
    """The people of a desk, each of whom may log in to the admin."""
    for role in ("desk_chief", "auditor", "outsider", "checker"):
        person = getattr(staff, role)
        person.is_staff = True
        person.save()
    return staff


def body_of(key: tuple[str, str], record: Any, staff: Staff, *, form: bool) -> dict[str, Any]:
    """What an action is sent: as JSON, or as a form of the admin."""
    later = in_hours(2)
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("document", "correct"): {"correction_class": "update", "wording": "We wrote 40."},
        ("claim", "submit"): {"label": "not_enough_evidence"},
        ("claim", "waive"): {**NOTE, "expires_at": later.strftime("%Y-%m-%dT%H:%M") if form else later.isoformat()},
        ("verification_task", "block"): {**NOTE, "waiting_for": "source"},
        ("evidence", "attach"): {"note": "a letter"},
        ("evidence", "link"): {"stance": "supports"},
        ("evidence", "assess"): {"accepted": "accepted" if form else True},
        ("discrepancy", "resolve"): {**NOTE, "resolution": "explained"},
        ("figure", "dismiss"): {"reason": "background", "note": "idle"} if form else NOTE,
    }
    if key == ("figure", "link"):
        return {"claim": record.document.claims.get().pk}
    if key in (("verification_task", "assign"), ("verification_task", "reassign")):
        return {"assignee": staff.checker.pk if form else staff.checker.username}
    return bodies.get(key, NOTE if key in WITH_A_REASON else {})


WITH_A_REASON = {
    ("document", "withdraw"),
    ("claim", "return"),
    ("claim", "challenge"),
    ("claim", "dismiss"),
    ("verification_task", "cancel"),
    ("evidence", "drift"),
    ("evidence", "supersede"),
    ("evidence", "withdraw"),
    ("judgement", "withdraw"),
}
PREFIXES = {record_name(view.queryset.model()): prefix for prefix, view, _ in reversed(router.registry)}


class Door:
    """One way in: the address of an action, what it is sent, and what its answers mean."""

    def __init__(self, name: str, person: Any) -> None:
        self.name, self.form = name, name == "admin"
        self.caller, self.browser = Caller(person), Client()
        self.browser.force_login(person)

    def send(self, key: tuple[str, str], record: Any, staff: Staff, **more: Any) -> Any:
        body = {**body_of(key, record, staff, form=self.form), **more}
        if self.form:
            body["version"] = getattr(record, "version", "")
            return self.browser.post(self.address(key, record), body)
        return self.caller.post(self.address(key, record), body)

    def address(self, key: tuple[str, str], record: Any) -> str:
        if self.form:
            return reverse(f"admin:factcheck_{record._meta.model_name}_action", args=[record.pk, key[1]])
        return f"{PREFIXES[key[0]]}/{record.pk}/{key[1]}/"

    def offers(self, key: tuple[str, str], record: Any) -> bool:
        """Whether the page or the record itself offers the action."""
        if self.form:
            page = self.browser.get(reverse(f"admin:factcheck_{record._meta.model_name}_change", args=[record.pk]))
            return f'"{self.address(key, record)}"' in page.content.decode()
        answer = self.caller.get(f"{PREFIXES[key[0]]}/{record.pk}/").json()
        return key[1] in answer["actions"]


def traces(record: Any) -> tuple[Any, ...]:
    """What an action would have changed: the record itself, its history, and all that is decided."""
    row = type(record)._default_manager.filter(pk=record.pk).values().get()
    return row, Event.objects.count()


def standing(key: tuple[str, str], state: str, story: Document, staff: Staff, actor: Any) -> Any:
    record = record_in(key[0], state, story, staff, actor)
    if key[0] == "job":
        type(record).objects.filter(pk=record.pk).update(name="crosscheck", args={"document": story.pk})
    if key[0] == "discrepancy":  # both sides, or nobody sees it
        carry(record, b=FigureFactory(document=story, measure=record.measure))
    make_it_theirs(record, key, actor)
    record.refresh_from_db()
    return record


DOORS = ("API", "admin")


def test_every_action_of_the_states_has_both_doors():
    api = {(record_name(view.queryset.model()), name) for _, view, _ in router.registry for name in actions_of(view)}
    pages = {
        (record_name(model()), page.permission_action(name))
        for model, page in admin.site._registry.items()
        for name in getattr(page, "record_actions", {})
    }
    assert (set(MATRIX) - api, set(MATRIX) - pages) == (set(), set())
    cells = sum(len(STATES[kind].values) for kind, _ in MATRIX) * len(DOORS)
    print(f"{len(MATRIX)} actions × their states × {len(DOORS)} doors: {cells} cells; each refused to two people,")
    print(f"each with {len(FORGED)} forged fields, and each from a page that was old")


def actions_of(view: Any) -> dict[str, Any]:
    found: dict[str, Any] = getattr(view, "record_actions", {})
    return found


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_an_action_is_done_from_its_states_and_refused_from_every_other(key, door, story, desk):
    """From each right state it is done and written down under the person's name; from a wrong one nothing changes."""
    sources, target, _ = MATRIX[key]
    chief = desk.desk_chief
    entry = Door(door, chief)
    for state in STATES[key[0]].values:
        with for_the_moment():
            record = standing(key, state, story, desk, chief)
            before = traces(record)
            answer = entry.send(key, record, desk)
            after = traces(record)
            if state in sources.split():
                assert answer.status_code in (200, 201, 202, 302), (state, answer.status_code, answer.content[-800:])
                assert after[0]["state"] == target, state
                assert Event.objects.of(record).last().actor_id == chief.pk
            else:
                refused = (409,) if door == "API" else (409, 422)
                assert answer.status_code in refused, (state, answer.status_code)
                assert after == before, f"something was written from {state}"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_whoever_may_not_is_refused_from_a_right_state_too_with_the_button_hidden(key, door, story, desk):
    state = MATRIX[key][0].split()[0]
    record = standing(key, state, story, desk, desk.desk_chief)
    for role, status in (("auditor", 403), ("outsider", 404 if door == "API" else 403)):
        entry = Door(door, getattr(desk, role))
        if role == "auditor":
            assert not entry.offers(key, record), role
        before = traces(record)
        assert entry.send(key, record, desk).status_code == status, role
        assert traces(record) == before, role


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_no_page_offers_what_would_be_refused(key, door, story, desk):
    entry = Door(door, desk.desk_chief)
    for state in STATES[key[0]].values:
        if state not in MATRIX[key][0].split():
            with for_the_moment():
                record = standing(key, state, story, desk, desk.desk_chief)
                assert not entry.offers(key, record), state


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_forged_fields_change_nothing(key, door, story, desk):
    """The API refuses a field it does not know; a form of the admin does what it does without it."""
    sources, target, _ = MATRIX[key]
    chief = desk.desk_chief
    record = standing(key, sources.split()[0], story, desk, chief)
    before = traces(record)
    answer = Door(door, chief).send(key, record, desk, **FORGED)
    after = traces(record)
    if door == "API":
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_field")
        assert after == before
    else:
        assert (answer.status_code, after[0]["state"]) == (302, target)
        assert Event.objects.of(record).last().actor_id == chief.pk
        kept = {name: value for name, value in before[0].items() if name in ("id", "created_by_id", "clear", "by_id")}
        assert {name: after[0][name] for name in kept} == kept


@pytest.mark.parametrize("door", DOORS)
def test_an_old_page_decides_nothing(door, story, desk):
    """What was opened before somebody else acted is refused, whatever the state."""
    for key in MATRIX:
        with for_the_moment():
            record = standing(key, MATRIX[key][0].split()[0], story, desk, desk.desk_chief)
            if not hasattr(record, "version") or key == ("claim", "take_back"):
                continue
            entry = Door(door, desk.desk_chief)
            put(record, record.state, version=record.version + 5)
            before = traces(record)
            body = body_of(key, record, desk, form=entry.form)
            if entry.form:
                answer = entry.browser.post(entry.address(key, record), {**body, "version": record.version - 1})
            else:
                answer = entry.caller.post(entry.address(key, record), body, version=record.version - 1)
            assert answer.status_code == (409 if entry.form else 412), key
            assert traces(record) == before, key
