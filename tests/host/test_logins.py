"""Wrong passwords lock the login for a while, on each page that asks for a password."""

import json

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse

from newsroom.lockout import address_of
from tests.factories import PASSWORD, UserFactory

LOGINS = ("site", "admin", "api")


@pytest.fixture(autouse=True)
def guarded(settings, db):
    cache.clear()
    settings.AXES_ENABLED = True


def log_in(login, username, password, **headers):
    client, words = Client(), {"username": username, "password": password}
    if login == "api":
        return client.post(
            "/factcheck/api/v1/auth/login/", json.dumps(words), content_type="application/json", **headers
        )
    return client.post(reverse("login" if login == "site" else "admin:login"), words, **headers)


def is_logged_in(login, answer):
    return answer.status_code == (200 if login == "api" else 302)


@pytest.mark.parametrize("login", LOGINS)
def test_five_wrong_passwords_lock_the_login_even_for_the_right_one(login):
    user = UserFactory(is_staff=True)
    for _ in range(4):
        assert log_in(login, user.username, "wrong").status_code != 429
    assert log_in(login, user.username, "wrong").status_code == 429
    closed = log_in(login, user.username, PASSWORD)
    assert closed.status_code == 429
    assert closed.headers["Retry-After"] == "900"
    assert "15 minutes" in closed.content.decode()
    assert (closed.headers["Content-Type"] == "application/json") == (login == "api")


def test_a_key_for_sending_twice_forgets_no_wrong_password():
    user = UserFactory()
    answers = [log_in("api", user.username, "wrong", headers={"Idempotency-Key": f"k{turn}"}) for turn in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    assert log_in("api", user.username, PASSWORD, headers={"Idempotency-Key": "new"}).status_code == 429


def test_a_lock_out_in_the_api_has_the_one_shape_of_errors():
    for _ in range(6):
        answer = log_in("api", "nobody", "wrong")
    assert answer.json()["type"] == "client_error"
    assert answer.json()["errors"][0]["code"] == "locked_out"


@pytest.mark.parametrize("login", LOGINS)
def test_a_locked_login_is_locked_at_every_other_one(login):
    user = UserFactory(is_staff=True)
    for _ in range(5):
        log_in(login, user.username, "wrong")
    assert {log_in(other, user.username, PASSWORD).status_code for other in LOGINS} == {429}


@pytest.mark.parametrize("login", LOGINS)
def test_after_a_quarter_of_an_hour_the_login_is_open_again(login):
    user = UserFactory(is_staff=True)
    with time_machine.travel("2026-03-10 12:00", tick=False) as clock:
        for _ in range(6):
            log_in(login, user.username, "wrong")
        clock.shift(14 * 60)
        assert not is_logged_in(login, log_in(login, user.username, PASSWORD))
        clock.shift(2 * 60)
        assert is_logged_in(login, log_in(login, user.username, PASSWORD))


def test_others_are_not_shut_out_with_them():
    user, other = UserFactory(is_staff=True), UserFactory(is_staff=True)
    for _ in range(5):
        log_in("site", user.username, "wrong")
    assert is_logged_in("site", log_in("site", other.username, PASSWORD))
    assert is_logged_in("site", log_in("site", user.username, PASSWORD, REMOTE_ADDR="192.0.2.7"))


def test_a_right_password_forgets_the_wrong_ones():
    user = UserFactory(is_staff=True)
    for _ in range(3):
        for _ in range(4):
            log_in("site", user.username, "wrong")
        assert is_logged_in("site", log_in("site", user.username, PASSWORD))


def test_a_header_cannot_move_the_address_that_is_counted():
    user = UserFactory(is_staff=True)
    for last in range(5):
        log_in("site", user.username, "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{last}")
    assert log_in("site", user.username, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.99").status_code == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "203.0.113.5, 192.0.2.1", "192.0.2.1"),
        (2, "203.0.113.5, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "192.0.2.1"),
        (1, "", "127.0.0.1"),
        (1, "not an address", "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_behind_known_proxies_the_address_they_saw_is_counted(settings, proxies, forwarded, counted):
    settings.PROXIES = proxies
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == counted


def test_a_connection_without_an_address_is_no_failure():
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) is None
    for _ in range(6):
        answer = log_in("site", "nobody", "wrong", REMOTE_ADDR="")
    assert answer.status_code == 429


@pytest.mark.parametrize("name", ["", "x" * 5000, "a\x00b", "😀", "<script>alert(1)</script>"])
@pytest.mark.parametrize("login", LOGINS)
def test_odd_names_are_refused_and_never_a_failure(login, name):
    for _ in range(6):
        answer = log_in(login, name, "wrong")
        assert answer.status_code < 500
        assert b"<script>alert" not in answer.content


def test_no_password_is_kept_with_the_failures():
    log_in("site", "ann", "the-secret-word")
    log_in("api", "ann", "the-secret-word")
    kept = str(list(AccessAttempt.objects.values()))
    assert "ann" in kept
    assert "the-secret-word" not in kept


def test_a_person_let_in_lands_on_the_front_page_and_can_leave():
    user = UserFactory()
    client = Client()
    answer = client.post(reverse("login"), {"username": user.username, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert f"Log out {user.username}" in answer.content.decode()
    assert client.post(reverse("logout"), follow=True).status_code == 200
    assert "Log in" in client.get("/").content.decode()


def test_a_password_is_changed_by_who_knows_it_and_ends_the_other_sessions():
    user = UserFactory(is_staff=True)
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.force_login(user)
    address, new = reverse("admin:password_change"), "quite another 12 words"
    for old, kept in (("wrong", True), (PASSWORD, False)):
        here.post(address, {"old_password": old, "new_password1": new, "new_password2": new})
        user.refresh_from_db()
        assert user.check_password(PASSWORD) is kept
    assert here.get(reverse("admin:index")).status_code == 200
    assert elsewhere.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("password", ["short", "q1w2e3r4t5y6", "password1234"])
def test_a_short_or_a_common_password_is_not_taken(password):
    with pytest.raises(ValidationError):
        validate_password(password, UserFactory(username="ann"))


@pytest.mark.parametrize(
    "password", ["x" * 64 + " of the mayor", "no digits no capitals", " ends and begins with a space "]
)
def test_a_long_password_of_whatever_signs_is_taken_as_it_is(password):
    validate_password(password, UserFactory(username="ann"))
    user = UserFactory(is_staff=True)
    user.set_password(password)
    user.save()
    assert is_logged_in("site", log_in("site", user.username, password))
    assert not is_logged_in("site", log_in("site", user.username, password.strip()[:-1]))


def test_no_log_in_leads_to_another_site():
    user = UserFactory()
    answer = Client().post(
        reverse("login"), {"username": user.username, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer.headers["Location"] == "/"
