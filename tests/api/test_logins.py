"""Logging in and out with a token."""

import pytest

from tests.factories import PASSWORD, UserFactory

from .conftest import BASE, Caller

pytestmark = pytest.mark.django_db


def log_in(client, **body):
    return client.post(BASE + "auth/login/", body, format="json")


def test_name_and_password_give_a_token_that_works_until_log_out(api, people):
    response = log_in(api.nobody.client, username="editor", password=PASSWORD)
    assert response.status_code == 200
    assert set(response.json()) == {"token", "expiry", "scopes"}
    caller = Caller(None)
    caller.client.credentials(HTTP_AUTHORIZATION=f"Token {response.json()['token']}")
    assert caller.get("desks/").status_code == 200
    assert caller.post("auth/logout/").status_code == 204
    assert caller.get("desks/").status_code == 401


@pytest.mark.parametrize(("username", "password"), [("editor", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)])
def test_a_wrong_pair_and_an_inactive_user_get_the_same_refusal(api, username, password):
    UserFactory(username="gone", is_active=False)
    response = log_in(api.nobody.client, username=username, password=password)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    assert response.json()["errors"][0]["code"] == "wrong_credentials"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "editor"},
        {"username": ["editor"], "password": {}},
        {"username": "a", "password": "b", "is_staff": True},
    ],
)
def test_a_log_in_that_makes_no_sense_is_refused(api, body):
    assert log_in(api.nobody.client, **body).status_code == 422


def test_guessing_is_slowed_down(api):
    status_codes = []
    for turn in range(31):
        api.nobody.client.credentials(HTTP_X_FORWARDED_FOR=f"203.0.113.{turn}")
        status_codes.append(log_in(api.nobody.client, username="editor", password="wrong").status_code)
    assert status_codes[:30] == [401] * 30
    assert status_codes[30] == 429


def test_a_made_up_token_is_refused(api):
    api.nobody.client.credentials(HTTP_AUTHORIZATION="Token " + "a" * 64)
    assert api.nobody.get("desks/").status_code == 401
