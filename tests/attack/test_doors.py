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
from django.urls import reverse

from factcheck.api.urls import router
from factcheck.models import Document, Event, Source, record_name
from factcheck.permissions import ANYONE, PERMISSIONS, RECIPIENT
from tests.api.conftest import BASE, Caller
from tests.attack import declared
from tests.attack.test_outputs import Browser, World, model_of, paths_of, routes
from tests.factories import FigureFactory, carry
from tests.marks import thorough
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


@thorough
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


@thorough
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


@thorough
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("key", MATRIX, ids=" ".join)
def test_no_page_offers_what_would_be_refused(key, door, story, desk):
    entry = Door(door, desk.desk_chief)
    for state in STATES[key[0]].values:
        if state not in MATRIX[key][0].split():
            with for_the_moment():
                record = standing(key, state, story, desk, desk.desk_chief)
                assert not entry.offers(key, record), state


@thorough
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


# Every address


def kinds() -> dict[str, str]:
    """What the records of each noun of the API and of each page of the admin are called in the permissions."""
    nouns = {prefix: record_name(view.queryset.model()) for prefix, view, _ in router.registry}
    return nouns | {model._meta.model_name: record_name(model()) for model in admin.site._registry}


def rules() -> dict[str, str]:
    return declared.declared(kinds())


def doors() -> Iterator[tuple[str, str]]:
    """(address as it is declared, route) of everything the site answers: methods of the API, pages, buttons."""
    for route, pattern in routes():
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda part: f"<{part[1] or part[2]}>", route)
        path = re.sub(r"[\^$]", "", path)
        if path.startswith("factcheck/api/v1/"):
            view = pattern.callback
            bound = getattr(view, "actions", None)
            methods = [name for name in METHODS if (name in bound if bound else hasattr(view.cls, name))]
            yield from ((f"{name.upper()} {path.removeprefix('factcheck/api/v1/') or '/'}", route) for name in methods)
        elif path.endswith("/action/<action>/"):
            model = model_of(route)
            for name in actions_of(admin.site._registry[model]):
                yield f"PAGE {path.replace('<action>', name)}", route.replace("<slug:action>", name)
        else:
            yield f"PAGE {path or '/'}", route


METHODS = ("get", "post", "put", "patch", "delete")


def test_every_route_action_and_page_has_a_rule_and_no_rule_is_for_none():
    known, found = rules(), {address for address, _ in doors()}
    missing = sorted(found - set(known))
    assert missing == [], f"Say in tests/attack/declared.py who may ask for {missing}."
    assert sorted(set(known) - found) == [], "a rule for an address that there is not"


def test_every_rule_is_a_row_of_the_permissions_or_one_of_the_words():
    unknown = {
        rule for rule in rules().values() if rule not in declared.WORDS and tuple(rule.split()) not in PERMISSIONS
    }
    assert unknown == set(), "Write a row in permissions.PERMISSIONS."


def test_every_row_of_the_permissions_has_a_door():
    """Whatever a person may do is done through some address; what has none is asked by another action."""
    used = {tuple(rule.split()) for rule in rules().values() if rule not in declared.WORDS}
    within = {
        ("desk", "file_for_host"),  # asked while a text is filed
        ("document", "publish_uncleared"),  # asked while a text goes out
        ("erased_person", "erase"),  # by a command alone
    }
    assert set(PERMISSIONS) - used == within


NAMING = {
    "POST memberships/": "desk",
    "POST topics/": "desk",
    "POST documents/": "desk",
    "POST sources/": "desk",
    "POST feeds/": "desk",
    "POST crosschecks/": "desk",
    "POST report-subscriptions/": "desk",
    "POST webhooks/": "desk",
    "POST claims/": "document",
    "POST evidence/": "claim",
}
"""What the body of a new record names, on which the right is needed."""
SEEN_BY_ALL_DESKS = {"topics", "sources", "topic", "source"}


@thorough
def test_nobody_passes_a_door_that_is_not_theirs(desk):
    """Every address as somebody without a log-in, without a desk, of another desk, as an auditor and a superuser."""
    other, superuser = Staff(), desk.superuser
    other.desk_chief.is_staff = True
    other.desk_chief.save()
    people = {
        "nobody": None,
        "outsider": desk.outsider,
        "superuser": superuser,
        "stranger": other.desk_chief,
        "auditor": desk.auditor,
    }
    world, known, every = World(desk, [], 0).build(), rules(), list(doors())
    world.made["source"] = list(Source.objects.filter(confidential=True).values_list("pk", flat=True))
    before, cells, faults = (Event.objects.count(), Document.objects.count()), 0, []
    for who, person in people.items():
        caller, browser = Caller(person), Browser()
        if person is not None:
            browser.force_login(person)
        for address, route in every:
            rule = known[address]
            if (
                rule in (declared.ANYBODY, declared.SUPERUSERS)
                or address == "POST auth/logout/"
                or "revoke_all" in address
            ):
                continue
            if who == "auditor" and is_for_auditors(rule):
                continue
            for path in paths_of(route, world.made)[:2]:
                cells += 1
                status = asked(address, path, caller, browser, world)
                if not is_refused(status, rule, who, address, world, path):
                    faults.append(f"{who} at {address}: {status}, though it is for {rule}")
    print(f"{cells} requests at {len(known)} addresses as {len(people)} people; {len(faults)} passed")
    assert faults == [], "\n".join(faults)
    assert (Event.objects.count(), Document.objects.count()) == before


def asked(address: str, path: str, caller: Caller, browser: Any, world: World) -> int:
    method = address.split()[0]
    if method == "PAGE":
        posts = "/action/" in path or path.endswith(("/publish/", "/read-all/"))
        return int((browser.post(path, {"version": 1}) if posts else browser.get(path)).status_code)
    body: dict[str, Any] = {}
    if named := NAMING.get(address):
        body = {named: world.staff.desk.slug if named == "desk" else world.made[named][0]}
    send = {"GET": caller.get, "POST": caller.post, "PUT": caller.put, "PATCH": caller.patch}[method]
    return int(send(path.removeprefix(BASE), *([body] if method != "GET" else [])).status_code)


def is_refused(status: int, rule: str, who: str, address: str, world: World, path: str) -> bool:
    """Whether an answer is the one that the rule gives this person."""
    page, one = address.startswith("PAGE"), "<" in address
    if who == "nobody":
        return status in ((302, 403, 404) if page else (302, 401))  # the description of the API leads to the log-in
    if status >= 500:
        return False
    if rule in (declared.LOGGED_IN, declared.OWN):
        return True
    if rule == declared.NO_ONE:
        return status in (302, 403, 404)
    if rule == declared.MEMBERS:
        shared = bool(set(re.split(r"[ /]", address)) & SEEN_BY_ALL_DESKS)
        return who == "auditor" or not one or shared or status in (302, 403, 404)
    if who == "stranger" and (rule == "topic change" or address.endswith("/add/")):
        return True  # topics are all desks'; and a form for a new record is for their own desk
    return status in ((302, 403, 404) if page else (403, 404)) or (status == 422 and "<pk>" not in address)


def is_for_auditors(rule: str) -> bool:
    """Whether each member of a desk may do it, auditors too."""
    return rule not in declared.WORDS and all(
        guard in (ANYONE, RECIPIENT) for guard in PERMISSIONS[tuple(rule.split())]
    )
