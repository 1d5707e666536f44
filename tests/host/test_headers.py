"""Every address of the site answers with the security headers, whoever asks and whatever comes of it."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import UserFactory

INTERACTIVE_PAGE = "/factcheck/api/v1/docs/"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def addresses(patterns=None, before=""):
    """An address for every pattern of the site, with 1 in the place of each argument."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            plain = re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)(?=[^)]|$)", "1", route)
            yield "/" + re.sub(r"[\^$?\\]|\(|\)|\.\*", "", plain).replace("//", "/")


def directives(answer):
    rows = answer.headers["Content-Security-Policy"].split(";")
    return {name: values.strip() for name, _, values in (row.strip().partition(" ") for row in rows)}


def wrong_with(answer, address):
    found = [
        f"{name}: {answer.headers.get(name)}" for name, value in EXACTLY.items() if answer.headers.get(name) != value
    ]
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    if "Content-Security-Policy" not in answer.headers:
        return [*found, "Content-Security-Policy"]
    policy = directives(answer)
    if address == INTERACTIVE_PAGE:  # its own style policy, and nothing else of its own
        assert "unsafe" not in policy["script-src"]
        assert policy["style-src"] in ("'self' 'unsafe-inline'", "'self'")
        policy = {**policy, "style-src": POLICY["style-src"], "frame-src": policy.get("frame-src", POLICY["frame-src"])}
    return found + [f"{name}: {policy.get(name)}" for name, value in POLICY.items() if policy.get(name) != value]


@pytest.mark.parametrize("who", ["nobody", "a superuser"])
def test_every_address_of_the_site_carries_the_headers(db, who):
    client = Client(raise_request_exception=False)
    if who != "nobody":
        client.force_login(UserFactory(is_staff=True, is_superuser=True))
    every = sorted(set(addresses()))
    assert len(every) > 80
    answers = {address: client.get(address) for address in every}
    wrong = {address: found for address, answer in answers.items() if (found := wrong_with(answer, address))}
    assert not wrong
    assert {200, 302} <= {answer.status_code for answer in answers.values()}


def test_what_is_not_there_carries_the_headers_too(client, db):
    for address in ("/nothing/", "/factcheck/api/v1/nothing/", "/static/nothing.css"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert not wrong_with(answer, address)


def test_static_files_carry_the_headers(client):
    for address in ("/static/factcheck/favicon.svg", "/static/admin/css/base.css", "/static/newsroom/site.css"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not wrong_with(answer, address)


def test_the_way_to_https_carries_the_headers(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/login/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/login/")
    assert not wrong_with(answer, "/login/")


def test_the_api_is_not_led_to_https_but_refuses_plain_http(client, settings, db):
    settings.SECURE_SSL_REDIRECT = True
    address = "/factcheck/api/v1/desks/"
    plain = client.get(address, headers={"authorization": "Token a-token"})
    assert (plain.status_code, plain.json()["errors"][0]["code"]) == (403, "https_only")
    assert not wrong_with(plain, address)
    assert client.get(address, secure=True).status_code == 401


@pytest.mark.parametrize("https", [False, True])
def test_what_is_said_to_a_wrong_host_carries_the_headers(db, settings, https):
    settings.SECURE_SSL_REDIRECT = https
    answer = Client(raise_request_exception=False).get("/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert not wrong_with(answer, "/login/")


def test_a_page_that_fails_carries_the_headers_and_says_nothing_of_the_failure(db, monkeypatch):
    monkeypatch.setattr("newsroom.stories.views.render", lambda *_: 1 / 0)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert not wrong_with(answer, "/")
    assert b"ZeroDivision" not in answer.content


@pytest.mark.parametrize(
    "address", ["/", "/login/", "/factcheck/api/v1/desks/", "/healthz/", "/static/newsroom/site.css"]
)
def test_nobody_gets_their_request_back(client, db, address):
    """TRACE, where it is served, would show a script what its browser keeps from it."""
    answer = client.trace(address, headers={"x-kept-from-scripts": "a-session-key"})
    assert "a-session-key" not in str(answer.headers)
    assert b"a-session-key" not in answer.getvalue()


def test_a_missing_header_would_be_seen(client, settings):
    settings.MIDDLEWARE = [row for row in settings.MIDDLEWARE if "csp" not in row]
    assert wrong_with(Client().get("/healthz/"), "/healthz/") == ["Content-Security-Policy"]


def test_browsers_find_an_icon(client):
    answer = client.get("/favicon.ico", follow=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
