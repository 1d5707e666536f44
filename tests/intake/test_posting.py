"""Posting a message to another system: through the same guard as fetching, and no further than the first answer."""

import pytest

from factcheck.intake.fetching import FetchFailed, FetchRefused
from tests.intake.hostile import PUBLIC

BODY = b'{"event": "claim_stale"}'
SIGNED = {"X-Factcheck-Signature": "sha256=00"}


def test_a_message_arrives_with_its_body_and_headers(web):
    assert web.post("http://news.example/page", BODY, SIGNED) == 200
    ((path, headers, body),) = web.posted
    assert (path, body) == ("/page", BODY)
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Factcheck-Signature"] == "sha256=00"
    assert web.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.0.0.8"], ["::1"], [PUBLIC, "192.168.0.4"]])
def test_a_name_that_leads_inside_is_refused_and_never_dialled(answers, web):
    web.names["inside.example"] = answers
    with pytest.raises(FetchRefused) as refused:
        web.post("http://inside.example/", BODY, SIGNED)
    assert refused.value.code == "private_address"
    assert web.dialled == []
    assert web.posted == []


def test_a_redirect_is_not_followed(web):
    assert web.post("http://news.example/redirect?to=http://127.0.0.1/", BODY, SIGNED) == 302
    assert len(web.dialled) == 1


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_refusal_of_the_other_side_is_its_status(status, web):
    assert web.post(f"http://news.example/status?code={status}", BODY, SIGNED) == status


def test_an_endless_answer_is_not_read_and_a_slow_one_is_given_up(web):
    assert web.post("http://news.example/endless", BODY, SIGNED) == 200
    with pytest.raises(FetchRefused) as refused:
        web.post("http://news.example/headdrip", BODY, SIGNED, seconds=0.5)
    assert refused.value.code == "too_slow"


def test_an_answer_whose_head_never_ends_is_cut_off(web):
    with pytest.raises((FetchRefused, FetchFailed)):
        web.post("http://news.example/flood", BODY, SIGNED, wire_bytes=50_000)


INSIDE = ["10.0.0.8"]


@pytest.mark.parametrize(
    ("allowed", "url", "dialled"),
    [
        (["hooks.desk.internal"], "http://hooks.desk.internal/page", ("10.0.0.8", 80)),
        (["Hooks.Desk.Internal:8443"], "http://hooks.desk.internal:8443/page", ("10.0.0.8", 8443)),
        (["web-1"], "http://web-1/page", ("10.0.0.8", 80)),
        (["10.0.0.0/16"], "http://hooks.example/page", ("10.0.0.8", 80)),
        (["10.0.0.8/32"], "http://10.0.0.8/page", ("10.0.0.8", 80)),
    ],
)
def test_the_settings_let_messages_into_the_house(allowed, url, dialled, web):
    web.names |= {"hooks.desk.internal": INSIDE, "web-1": INSIDE, "hooks.example": INSIDE}
    assert web.post(url, BODY, SIGNED, allowed) == 200
    assert web.dialled == [dialled]


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        (["hooks.desk.internal"], "http://other.desk.internal/"),
        (["hooks.desk.internal"], "http://x.hooks.desk.internal/"),
        (["hooks.desk.internal"], "http://hooks.desk.internal:8443/"),
        (["hooks.desk.internal:8443"], "http://hooks.desk.internal/"),
        (["hooks.desk.internal"], "http://10.0.0.8/"),
        (["hooks.example:8443"], "http://hooks.example/"),
        (["hooks.example:8443"], "https://hooks.example/"),
        (["10.1.0.0/16"], "http://hooks.example/"),
        (["10.1.0.0/16"], "http://10.0.0.8/"),
        (["10.0.0.0/16"], "http://hooks.example:8443/"),
        (["10.0.0.0/16"], "http://two.example/"),
    ],
)
def test_and_no_further_than_they_say(allowed, url, web):
    web.names |= dict.fromkeys(("hooks.desk.internal", "other.desk.internal", "hooks.example"), INSIDE)
    web.names |= {"x.hooks.desk.internal": INSIDE, "two.example": [*INSIDE, "192.168.0.4"]}
    with pytest.raises(FetchRefused):
        web.post(url, BODY, SIGNED, allowed)
    assert web.dialled == []


def test_nothing_is_fetched_from_where_messages_may_go(web):
    web.names["hooks.desk.internal"] = INSIDE
    with pytest.raises(FetchRefused):
        web.fetch("http://hooks.desk.internal/")
