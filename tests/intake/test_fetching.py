"""Fetching a page for an editor: only from the public web, and never for longer or more than agreed."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from factcheck.intake import guarded_transport
from factcheck.intake.fetching import FetchFailed, FetchRefused, Hop, fetch
from tests.intake.hostile import ALSO_PUBLIC, PUBLIC


def refusal(web, url, **limits):
    with pytest.raises(FetchRefused) as refused:
        web.fetch(url, **limits)
    return refused.value.code


def failure(web, url, **limits):
    with pytest.raises(FetchFailed) as failed:
        web.fetch(url, **limits)
    return failed.value.code


def test_a_public_page_is_fetched_with_all_that_evidence_needs(web):
    page = web.fetch("http://news.example/page?x=1#part")
    assert page.body == b"<p>Twelve bridges are closed.</p>"
    assert (page.status, page.reason, page.media_type, page.charset) == (200, "OK", "text/html", "windows-1251")
    assert (page.requested_url, page.url) == ("http://news.example/page?x=1#part", "http://news.example/page?x=1")
    assert page.remote_address == PUBLIC
    assert web.dialled == [(PUBLIC, 80)]
    assert datetime.now(UTC) - page.fetched_at < timedelta(minutes=1)
    assert ("User-Agent", "factcheck") in page.request_headers
    assert any(name == "Content-Type" for name, _ in page.headers)


def test_the_request_tells_nothing_of_the_machine(web, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    web.fetch("http://news.example/page")
    _, headers = web.seen[0]
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["Host"] == "news.example"


def test_a_page_one_has_already_is_not_sent_again(web):
    web.put("/feed", "<rss/>", ETag='"one"')
    assert failure_of_known(web, etag='"one"') == ("not_modified", 304)
    assert web.seen[-1][1]["If-None-Match"] == '"one"'
    assert fetch("http://news.example/feed", etag='"two"', resolve=web.resolve, dial=web.dial).body == b"<rss/>"


def failure_of_known(web, **known):
    with pytest.raises(FetchFailed) as failed:
        fetch("http://news.example/feed", resolve=web.resolve, dial=web.dial, **known)
    return failed.value.code, failed.value.status


def test_what_cannot_stand_in_a_header_is_not_sent(web):
    web.put("/feed", "<rss/>")
    fetch("http://news.example/feed", etag="a\r\nX-Evil: 1", last_modified="märz", resolve=web.resolve, dial=web.dial)
    assert not {"If-None-Match", "If-Modified-Since", "X-Evil"} & set(web.seen[-1][1])


def test_a_server_that_was_not_asked_whether_a_page_changed_may_not_say_so(web):
    assert failure(web, "http://news.example/status?code=304") == "http_status"


INSIDE = [["127.0.0.1"], ["10.0.0.8"], ["::1"], [PUBLIC, "192.168.0.4"], ["::ffff:10.0.0.1"]]


@pytest.mark.parametrize("answers", INSIDE)
def test_a_name_that_leads_inside_is_refused_and_never_dialled(web, answers):
    web.names["inside.example"] = answers
    assert refusal(web, "http://inside.example/page") == "private_address"
    assert web.dialled == []
    assert web.seen == []


def test_a_private_address_is_refused_and_never_looked_up_or_dialled(web):
    assert refusal(web, f"http://127.0.0.1:{web.port}/page") == "port"
    assert refusal(web, "http://127.0.0.1/page") == "private_address"
    assert refusal(web, "http://[::1]/page") == "private_address"
    assert web.dialled == []
    assert web.looked_up == []


def test_a_second_answer_of_the_name_server_changes_nothing(web):
    """The name is public when it is vetted and private when asked again: it is not asked again."""
    web.names["rebind.example"] = [PUBLIC]
    first = web.resolve

    def only_once(host, port, seconds):
        found = first(host, port, seconds)
        web.names[host] = ["127.0.0.1"]
        return found

    web.resolve = only_once
    page = web.fetch("http://rebind.example/hops?left=2")
    assert page.status == 200
    assert web.looked_up == ["rebind.example"]
    assert {address for address, _ in web.dialled} == {PUBLIC}


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://127.0.0.1/page", "private_address"),
        ("//169.254.169.254/latest", "private_address"),
        ("http://inside.example/", "private_address"),
        ("http://[::ffff:127.0.0.1]/", "private_address"),
        ("http://2130706433/", "bad_host"),
        ("http://news.example:6379/", "port"),
        ("file:///etc/hosts", "scheme"),
        ("gopher://news.example/", "scheme"),
        ("http://desk:pw@news.example/", "credentials"),
        ("http://news.example\\@inside.example/", "bad_url"),
    ],
)
@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_passes_the_same_guard(web, to, code, status):
    web.names["inside.example"] = ["10.1.2.3"]
    assert refusal(web, f"http://news.example/redirect?code={status}&to={quote(to)}") == code
    assert web.dialled == [(PUBLIC, 80)]
    assert len(web.seen) == 1


def test_a_short_chain_is_followed_and_recorded(web):
    page = web.fetch("http://news.example/hops?left=2")
    assert page.url == "http://news.example/page"
    assert page.hops[0] == Hop("http://news.example/hops?left=2", 301, "/hops?left=1", PUBLIC)
    assert len(page.hops) == 3


def test_four_redirects_are_followed_and_a_fifth_is_not(web):
    assert web.fetch("http://news.example/hops?left=3").status == 200
    assert refusal(web, "http://news.example/hops?left=4") == "too_many_redirects"
    assert refusal(web, "http://news.example/loop") == "too_many_redirects"


def test_a_redirect_that_says_not_where_is_a_failure(web):
    assert failure(web, "http://news.example/nowhere") == "redirect"


def test_no_cookie_is_carried_from_hop_to_hop(web):
    web.fetch("http://news.example/cookie")
    assert [path for path, _ in web.seen] == ["/cookie", "/page"]
    assert "Cookie" not in web.seen[1][1]


@pytest.mark.parametrize("path", ["drip", "headdrip"])
def test_a_server_that_drips_is_left_at_the_deadline(web, path):
    began = time.monotonic()
    assert refusal(web, f"http://news.example/{path}", seconds=0.4) == "too_slow"
    assert time.monotonic() - began < 2


def test_a_server_that_never_answers_is_left_at_the_deadline(web):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        web.dial = lambda address, port, seconds: socket.create_connection(silent.getsockname(), seconds)
        assert refusal(web, "http://news.example/", seconds=0.3) == "too_slow"
        assert refusal(web, "https://news.example/", seconds=0.3) == "too_slow"


def test_a_name_server_that_never_answers_is_left_at_the_deadline(monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(guarded_transport.socket, "getaddrinfo", lambda *_, **__: [][: stop.wait(5)])
    with pytest.raises(TimeoutError):
        guarded_transport.resolve_host("slow.example", 80, 0.1)
    stop.set()


def test_an_endless_page_is_cut_off(web):
    assert refusal(web, "http://news.example/endless", body_bytes=500_000) == "too_large"
    assert refusal(web, "http://news.example/endless", wire_bytes=500_000) == "too_large"


def test_a_bomb_is_refused_before_it_unpacks(web):
    assert refusal(web, "http://news.example/bomb") == "bomb"


def test_a_packed_page_is_unpacked(web):
    assert web.fetch("http://news.example/gzip").body == b"Twelve bridges."


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "nonsense"])
def test_a_page_packed_otherwise_is_a_failure(web, coding):
    assert failure(web, f"http://news.example/coded?as={coding.replace(' ', '+')}") == "encoding"


def test_a_page_shorter_than_promised_is_a_failure_and_not_half_a_page(web):
    assert failure(web, "http://news.example/short") == "incomplete"


def test_what_is_no_http_is_a_failure(web):
    assert failure(web, "http://news.example/garbage") == "protocol"
    assert failure(web, "http://news.example/flood") == "protocol"


@pytest.mark.parametrize("status", [204 + 100, 400, 401, 403, 404, 410, 429, 500, 503])
def test_a_status_that_brings_no_page_is_a_failure_with_that_status(web, status):
    with pytest.raises(FetchFailed) as failed:
        web.fetch(f"http://news.example/status?code={status}")
    assert (failed.value.code, failed.value.status) == ("http_status", status)
    assert len(web.seen) == 1


def test_an_unknown_name_is_a_failure(web):
    assert failure(web, "http://nowhere.example/") == "dns"


def test_where_one_address_is_dead_the_next_vetted_one_is_tried(web):
    web.names["news.example"] = [ALSO_PUBLIC, PUBLIC]
    web.dead = {PUBLIC}
    assert web.fetch("http://news.example/page").remote_address == ALSO_PUBLIC
    web.dead = {PUBLIC, ALSO_PUBLIC}
    assert failure(web, "http://news.example/page") == "connect"


def test_a_lying_content_type_is_handed_on_as_said(web):
    page = web.fetch("http://news.example/liar")
    assert page.media_type == "text/html"
    assert page.body.startswith(b"%PDF")


def test_plain_words_where_tls_was_promised_are_a_failure(web):
    assert failure(web, "https://news.example/page") == "tls"


def test_certificates_and_names_are_verified():
    assert guarded_transport._tls().verify_mode is ssl.CERT_REQUIRED
    assert guarded_transport._tls().check_hostname


@pytest.fixture
def secure(web, tmp_path, monkeypatch):
    """The same server behind TLS, with a certificate for news.example that the client is made to trust."""
    trusted = certificate(tmp_path, "news.example")
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    web._server.socket = inside.wrap_socket(web._server.socket, server_side=True)
    context = ssl.create_default_context(cafile=str(trusted))
    monkeypatch.setattr(guarded_transport, "_tls", lambda: context)
    return web


def certificate(folder, name):
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, who = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem"


def test_a_secure_page_is_fetched_from_the_vetted_address_under_its_own_name(secure):
    page = secure.fetch("https://news.example/page")
    assert page.status == 200
    assert secure.dialled == [(PUBLIC, 443)]


def test_a_certificate_of_another_name_is_refused(secure):
    secure.names["other.example"] = [PUBLIC]
    assert failure(secure, "https://other.example/page") == "tls"


def test_by_default_the_real_resolver_and_dialler_are_used():
    with pytest.raises(FetchRefused) as refused:
        fetch("http://127.0.0.1/")
    assert refused.value.code == "private_address"
