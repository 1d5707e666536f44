"""Which addresses on the web the newsroom's server may visit."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.intake.addresses import FetchRefused, is_public, parse_target, vetted

NOT_PUBLIC = {
    "0.0.0.0": "this host",
    "0.1.2.3": "this network",
    "10.20.30.40": "private",
    "100.64.0.1": "shared by a carrier",
    "100.100.100.200": "a cloud's metadata service",
    "127.0.0.1": "this machine",
    "127.255.255.254": "this machine",
    "169.254.169.254": "a cloud's metadata service",
    "172.31.255.255": "private",
    "192.0.0.8": "protocol assignments",
    "192.0.2.55": "documentation",
    "192.88.99.1": "6to4 relay",
    "192.168.1.1": "private",
    "198.19.255.255": "benchmarks",
    "198.51.100.7": "documentation",
    "203.0.113.9": "documentation",
    "224.0.0.251": "multicast",
    "239.1.2.3": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "168.63.129.16": "a cloud's control address",
    "::": "unspecified",
    "::1": "this machine",
    "::10.0.0.1": "IPv4-compatible",
    "::8.8.8.8": "IPv4-compatible, even of a public address",
    "::ffff:10.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped, even of a public address",
    "::ffff:0:10.0.0.1": "translated",
    "64:ff9b::10.0.0.1": "NAT64",
    "64:ff9b:1::1": "NAT64, local",
    "100::1": "discard",
    "2001::1": "Teredo",
    "2001:10::1": "ORCHID",
    "2001:20::1": "ORCHID, second",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation, second",
    "2002:0a00:0001::1": "6to4 of a private address",
    "2002:0808:0808::1": "6to4",
    "2606:4700::5efe:10.0.0.1": "ISATAP",
    "fc00::1": "unique local",
    "fd00:ec2::254": "a cloud's metadata service",
    "fe80::1": "link local",
    "fe80::1%eth0": "link local with a zone",
    "2606:4700::1%eth0": "public, but with a zone",
    "fec0::1": "site local",
    "ff02::1": "multicast",
    "ff0e::1": "multicast, global",
    "4000::1": "not given to anyone",
}


@pytest.mark.parametrize("address", NOT_PUBLIC, ids=lambda address: f"{NOT_PUBLIC[address]} {address}")
def test_an_address_of_a_private_or_special_network_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "192.0.1.1", "2606:4700::1111", "2a00:1450::5"])
def test_an_ordinary_address_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("answers", [["93.184.215.14", "10.0.0.5"], ["not an address"], ["fe80::1%eth0"]])
def test_one_bad_answer_of_the_name_server_refuses_the_host(answers):
    with pytest.raises(FetchRefused) as refused:
        vetted(answers)
    assert refused.value.code == "private_address"


def test_good_answers_come_back_once_and_old_internet_first():
    assert vetted(["2606:4700::1", "8.8.8.8", "8.8.8.8"]) == ("8.8.8.8", "2606:4700::1")


REFUSED = {
    "": "bad_url",
    "news.example": "scheme",
    "file:///etc/hosts": "scheme",
    "ftp://news.example/": "scheme",
    "javascript:alert(1)": "scheme",
    "http:news.example": "bad_url",
    "http:/news.example": "bad_url",
    "http://news.example/" + "a" * 5000: "bad_url",
    "http://news.example/a b": "bad_url",
    " http://news.example/": "bad_url",
    "http://news.example/\r\nX: y": "bad_url",
    "http://news.example\\@evil.example/": "bad_url",
    "http://news\u202eelpmaxe.example/": "bad_url",
    "http://news.example\x00.evil.example/": "bad_url",
    "http://desk@news.example/": "credentials",
    "http://desk:secret@news.example/": "credentials",
    "http://@news.example/": "credentials",
    "http://news.example:8080/": "port",
    "http://news.example:22/": "port",
    "http://news.example:0/": "port",
    "http://news.example:-80/": "port",
    "http://news.example:65616/": "port",
    "http://news.example:\uff18\uff10/": "port",
    "http://news.example:8_0/": "port",
    "http:///page": "bad_host",
    "http://news.example./": "bad_host",
    "http://.news.example/": "bad_host",
    "http://news..example/": "bad_host",
    "http://newsroom/": "bad_host",
    "http://localhost/": "bad_host",
    "http://LOCALHOST/": "bad_host",
    "http://printer.local/": "bad_host",
    "http://metadata.google.internal/": "bad_host",
    "http://router.home.arpa/": "bad_host",
    "http://hidden.onion/": "bad_host",
    "http://2130706433/": "bad_host",
    "http://0x7f000001/": "bad_host",
    "http://0x7f.0.0.1/": "bad_host",
    "http://0177.0.0.1/": "bad_host",
    "http://127.1/": "bad_host",
    "http://1.2.3.4.5/": "bad_host",
    "http://256.1.1.1/": "bad_host",
    "http://127.0.0.1./": "bad_host",
    "http://127\u30020\u30020\u30021/": "bad_host",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/": "bad_host",
    "http://[::1/": "port",
    "http://[fe80::1%25eth0]/": "bad_host",
    "http://[::1%eth0]/": "bad_host",
    "http://[::1]evil.example/": "port",
    "http://[v1.a]/": "bad_host",
    "http://news%2eexample/": "bad_host",
    "http://news,example/": "bad_host",
    "http://-news.example/": "bad_host",
    f"http://{'a' * 64}.example/": "bad_host",
    f"http://{'a.' * 130}example/": "bad_host",
}


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url[:40]))
def test_an_odd_url_is_refused_with_its_reason(url):
    with pytest.raises(FetchRefused) as refused:
        parse_target(url)
    assert refused.value.code == REFUSED[url]
    assert refused.value.message == str(refused.value)


def test_an_ordinary_url_passes_and_loses_its_fragment():
    target = parse_target("https://News.Example/flood?page=2#comments")
    assert (target.url, target.host, target.port) == ("https://news.example/flood?page=2", "news.example", 443)
    assert target.literal is None


def test_a_name_in_another_alphabet_becomes_its_ascii_form():
    assert parse_target("http://новости.example/").host == "xn--b1amnebsh.example"


def test_a_plain_address_in_the_usual_form_is_taken_as_one():
    assert str(parse_target("http://8.8.8.8/").literal) == "8.8.8.8"
    assert str(parse_target("https://[2606:4700::1]:443/").literal) == "2606:4700::1"


@given(st.text(max_size=60).map(lambda tail: "http://" + tail) | st.text(max_size=80))
def test_whatever_is_typed_is_a_target_or_refused(url):
    try:
        target = parse_target(url)
    except FetchRefused:
        return
    assert target.scheme in ("http", "https")
    assert target.port in (80, 443)
    assert target.host.isascii()
