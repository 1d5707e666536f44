"""How often one may ask: counted for each person and each address, reads and writes apart."""

import pytest

from .conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def rates(settings):
    def put(**rates):
        calm = dict.fromkeys(["read", "write", "address_read", "address_write"])
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {**calm, **rates}}

    return put


def test_a_person_who_asks_too_often_waits(api, rates):
    rates(read="3/minute")
    assert [api.editor.get("desks/").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = api.editor.get("claims/")
    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert response.json()["errors"][0]["code"] == "throttled"
    assert set(response.json()["errors"][0]) == {"code", "detail", "attr", "extra"}
    assert api.checker.get("desks/").status_code == 200, "another person at the same address"


def test_writes_are_counted_apart(api, rates):
    rates(write="2/minute")
    body = {"desk": "metro", "title": "A topic"}
    assert [api.editor.post("topics/", body).status_code for _ in range(3)][2] == 429
    assert api.editor.get("topics/").status_code == 200


def test_an_address_is_counted_whoever_asks_and_with_any_token(api, rates):
    rates(address_read="3/minute")
    guess = Caller(None)
    guess.client.credentials(HTTP_AUTHORIZATION="Token wrong")
    assert [guess.get("desks/").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert api.editor.get("desks/").status_code == 429
    assert api.editor.client.get("/factcheck/api/v1/desks/", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_a_header_names_no_other_address_unless_proxies_are_known(api, rates, settings):
    rates(address_read="1/minute")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": None}
    assert api.editor.get("desks/", **{"X-Forwarded-For": "1.2.3.4"}).status_code == 200
    assert api.editor.get("desks/", **{"X-Forwarded-For": "5.6.7.8"}).status_code == 429


def test_log_ins_are_counted_by_address(api, rates):
    rates(login="2/minute")
    body = {"username": "editor", "password": "wrong"}
    responses = [api.nobody.client.post("/factcheck/api/v1/auth/login/", body, format="json") for _ in range(3)]
    assert [response.status_code for response in responses] == [401, 401, 429]


def test_a_rate_holds_where_the_host_says_nothing(api, settings, monkeypatch):
    settings.REST_FRAMEWORK = {
        key: value for key, value in settings.REST_FRAMEWORK.items() if key != "DEFAULT_THROTTLE_RATES"
    }
    monkeypatch.setitem(__import__("factcheck.api.throttling", fromlist=["RATES"]).RATES, "read", "1/minute")
    assert [api.editor.get("desks/").status_code for _ in range(2)] == [200, 429]
