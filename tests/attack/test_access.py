"""Tokens and log-in: narrow tokens, their end for good, and guessing by many names or from many addresses."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from knox.models import AuthToken

from factcheck.api.authentication import create_token
from factcheck.api.scopes import CHECK, INGEST, scoped_name
from factcheck.api.urls import router
from factcheck.models import Membership, TokenGrant
from factcheck.tasks import tick
from tests.api.conftest import BASE, Caller
from tests.factories import PASSWORD, UserFactory
from tests.host.test_logins import LOGINS, is_logged_in, log_in
from tests.stories import bring_to, clear_document, file_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."


@pytest.fixture(autouse=True)
def guarded(settings):
    cache.clear()
    settings.AXES_ENABLED = True


def with_token(token: str) -> Caller:
    caller = Caller(None)
    caller.client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return caller


def logged_in(user, **body) -> Caller:
    answer = Caller(None).client.post(
        BASE + "auth/login/", {"username": user.username, "password": PASSWORD, **body}, format="json"
    )
    assert answer.status_code == 200, answer.content
    return with_token(answer.json()["token"])


# Scopes


@pytest.mark.parametrize("scope", ["read", "check", "review", "ingest"])
def test_a_token_does_what_its_scopes_say_and_nothing_else(staff, scope):
    chief = staff.desk_chief
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    claim = story.claims.get()
    caller = logged_in(chief, scopes=[scope])
    bring_to(claim, "open", staff)
    asked = {
        "read": caller.get(f"claims/{claim.pk}/").status_code,
        "check": caller.post(f"claims/{claim.pk}/start/").status_code,
        "review": caller.post(f"documents/{story.pk}/dismiss_idle/", {"note": "background"}).status_code,
        "ingest": caller.post("documents/", {"desk": staff.desk.slug, "text": "It rained."}).status_code,
    }
    assert {name for name, status in asked.items() if status < 300} == {scope}
    assert {status for name, status in asked.items() if name != scope} == {403}
    refused = caller.post(f"claims/{claim.pk}/waive/") if scope != "review" else None
    assert refused is None or refused.json()["errors"][0]["code"] == "scope_missing"


@pytest.mark.parametrize(("scopes", "status"), [(["read", "ingest"], 403), (["read", "review"], 200)])
def test_a_service_account_records_a_publication_with_a_token_that_decides(staff, scopes, status):
    story = file_text(HOMES, desk=staff.desk, by=staff.service, source_app="cms", source_id="1")
    clear_document(story, staff)
    answer = logged_in(staff.service, scopes=scopes).post(f"documents/{story.pk}/publish/")
    assert answer.status_code == status, answer.content
    assert status == 200 or answer.json()["errors"][0]["code"] == "scope_missing"


def test_a_log_in_without_scopes_gives_all_of_them(staff):
    caller = logged_in(staff.editor, name="the desk's script", hours=1)
    (row,) = caller.get("auth/tokens/").json()
    assert (row["name"], row["scopes"], row["current"]) == (
        "the desk's script",
        ["read", "check", "review", "ingest"],
        True,
    )


def test_every_unsafe_request_that_no_table_names_needs_the_scope_that_decides():
    named = INGEST | CHECK
    known = set()
    for _, view, _ in router.registry:
        for route in router.get_routes(view):
            for method, action in route.mapping.items():
                if method not in ("get", "head") and hasattr(view, action):
                    known.add(scoped_name(type("Asked", (), {"queryset": view.queryset, "action": action})()))
    assert named <= known
    deciding = known - named
    print(f"{len(known)} unsafe requests: {len(deciding)} decide, {len(CHECK)} check, {len(INGEST)} file")
    assert {"claim.sign_off", "discrepancy.resolve", "document.publish", "desk.set_policy"} <= deciding


def test_scopes_do_not_widen_what_a_role_may_do(staff):
    caller = logged_in(staff.auditor, scopes=["review", "read"])
    story = file_text(HOMES, desk=staff.desk, by=staff.editor)
    assert caller.post(f"claims/{story.claims.get().pk}/accept/").status_code == 403


@pytest.mark.parametrize("scopes", [[], ["everything"], "read", [1]])
def test_scopes_that_make_no_sense_are_refused(staff, scopes):
    body = {"username": staff.editor.username, "password": PASSWORD, "scopes": scopes}
    assert Caller(None).client.post(BASE + "auth/login/", body, format="json").status_code == 422


# The end of a token


def test_own_tokens_are_listed_with_their_last_use_and_revoked_one_by_one(staff):
    first, second = logged_in(staff.editor, name="first"), logged_in(staff.editor, name="second", scopes=["read"])
    rows = first.get("auth/tokens/").json()
    assert [(row["name"], row["current"], row["last_used_at"] is not None) for row in rows] == [
        ("second", False, False),
        ("first", True, True),
    ]
    assert first.post(f"auth/tokens/{rows[0]['id']}/revoke/").status_code == 204
    assert second.get("desks/").status_code == 401
    assert first.get("desks/").status_code == 200
    assert not TokenGrant.objects.filter(name="second").exists()


def test_nobody_revokes_or_sees_the_tokens_of_another(staff):
    own, others = logged_in(staff.editor), logged_in(staff.checker)
    key = others.get("auth/tokens/").json()[0]["id"]
    assert len(own.get("auth/tokens/").json()) == 1
    assert own.post(f"auth/tokens/{key}/revoke/").status_code == 404
    assert others.get("desks/").status_code == 200


def test_all_tokens_and_sessions_are_ended_at_once(staff):
    caller, other, browser = logged_in(staff.editor), logged_in(staff.editor), Client()
    browser.force_login(staff.editor)
    assert caller.post("auth/tokens/revoke_all/").status_code == 204
    assert (caller.get("desks/").status_code, other.get("desks/").status_code) == (401, 401)
    assert browser.get(BASE + "desks/").status_code == 401


def test_a_new_password_ends_every_token(staff):
    caller = logged_in(staff.editor)
    unlisted = with_token(AuthToken.objects.create(staff.editor)[1])
    assert (caller.get("desks/").status_code, unlisted.get("desks/").status_code) == (200, 200)
    staff.editor.set_password("another long password")
    staff.editor.save()
    assert (caller.get("desks/").status_code, unlisted.get("desks/").status_code) == (401, 401)
    staff.editor.set_password(PASSWORD)
    staff.editor.save()
    assert caller.get("desks/").status_code == 401  # for good, not until the old password returns


def test_a_deactivated_account_gets_neither_tokens_nor_sessions_back(staff):
    caller, browser = logged_in(staff.editor), Client()
    browser.force_login(staff.editor)
    assert browser.get(BASE + "desks/").status_code == 200
    staff.editor.is_active = False
    staff.editor.save()
    assert (caller.get("desks/").status_code, browser.get(BASE + "desks/").status_code) == (401, 401)
    staff.editor.is_active = True
    staff.editor.save()
    assert (caller.get("desks/").status_code, browser.get(BASE + "desks/").status_code) == (401, 401)
    assert not AuthToken.objects.filter(user=staff.editor).exists()


def test_nor_one_that_was_deactivated_behind_its_save(staff):
    used, unused = logged_in(staff.editor), logged_in(staff.editor)
    type(staff.editor).objects.filter(pk=staff.editor.pk).update(is_active=False)
    tick()
    type(staff.editor).objects.filter(pk=staff.editor.pk).update(is_active=True)
    assert (used.get("desks/").status_code, unused.get("desks/").status_code) == (401, 401)


def test_a_token_lasts_no_longer_than_it_was_asked_for_and_never_longer_than_the_host_lets_it(staff):
    with time_machine.travel("2026-03-10 12:00", tick=False) as clock:
        short, long = logged_in(staff.editor, hours=1), logged_in(staff.editor, hours=24 * 300)
        clock.shift(3700)
        assert (short.get("desks/").status_code, long.get("desks/").status_code) == (401, 200)
        clock.shift(10 * 3600)
        assert long.get("desks/").status_code == 401


def test_a_session_alone_changes_nothing_from_another_site(staff):
    story, browser = file_text(HOMES, desk=staff.desk, by=staff.editor), Client(enforce_csrf_checks=True)
    browser.force_login(staff.editor)
    accept = f"{BASE}claims/{story.claims.get().pk}/accept/"
    assert browser.get(BASE + "desks/").status_code == 200
    assert browser.post(accept, content_type="application/json", headers={"If-Match": "*"}).status_code == 403
    browser.post("/admin/logout/")
    assert browser.get(BASE + "desks/").status_code == 200  # the admin refuses it too: still logged in
    assert story.claims.get().state == "proposed"


def test_a_new_site_has_no_account(db):
    assert not get_user_model().objects.exists()
    assert not Membership.objects.exists()


def test_a_rotated_secret_key_keeps_tokens_while_the_old_one_is_named(staff, settings):
    _, token = create_token(staff.editor)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, long enough", [settings.SECRET_KEY]
    assert with_token(token).get("desks/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert with_token(token).get("desks/").status_code == 401


# Guessing


@pytest.mark.parametrize("login", LOGINS)
def test_many_names_from_one_address_close_the_address(login):
    user = UserFactory(is_staff=True)
    for turn in range(50):
        log_in(login, f"name{turn}", "wrong", REMOTE_ADDR="203.0.113.9")
        cache.clear()  # the API's own limit by the minute is another one
    assert log_in(login, user.username, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert is_logged_in(login, log_in(login, user.username, PASSWORD, REMOTE_ADDR="203.0.113.10"))


@pytest.mark.parametrize("login", LOGINS)
def test_many_addresses_for_one_name_close_the_name(login):
    user, other = UserFactory(is_staff=True), UserFactory(is_staff=True)
    for turn in range(30):
        log_in(login, user.username, "wrong", REMOTE_ADDR=f"203.0.113.{turn}")
        cache.clear()
    assert log_in(login, user.username, PASSWORD, REMOTE_ADDR="203.0.113.200").status_code == 429
    assert is_logged_in(login, log_in(login, other.username, PASSWORD, REMOTE_ADDR="203.0.113.200"))


def test_the_api_limits_guesses_for_one_name_in_any_host(settings):
    settings.AXES_ENABLED = False
    answers = [
        log_in("api", "nobody" if turn % 2 else " NOBODY", "wrong", REMOTE_ADDR=f"203.0.113.{turn}").status_code
        for turn in range(31)
    ]
    assert (set(answers[:30]), answers[30]) == ({401}, 429)
