"""When two addresses are one: what leads to the same article is the same, and nothing else is."""

import pytest

from factcheck.intake.address_identity import address_identity

HERE = "https://post.example/flood/day-2"
SAME = [
    "http://post.example/flood/day-2",
    "https://www.post.example/flood/day-2",
    "HTTPS://Post.Example/flood/day-2",
    "https://post.example:443/flood/day-2",
    "https://post.example/flood/day-2/",
    "https://post.example/flood/day-2#comments",
    "https://post.example/flood/day-2#:~:text=twelve",
    "https://post.example/flood/day-2?utm_source=x",
    "https://post.example/flood/day-2?utm_source=x&utm_medium=mail#top",
    "https://post.example/flood/day-2?UTM_Source=x",
    "https://post.example/flood/day-2?fbclid=abc&gclid=1",
    "https://post.example/flood/day-2?mc_cid=1&mc_eid=2",
    "https://post.example/flood/day-2?at_medium=RSS&at_campaign=KARANGA",
    "https://post.example/flood/day-2?ref=rss",
    "https://post.example/flood/day-2?",
    "https://post.example/flood/day%2D2",
    "https://post.example/flood/./day-2",
    "  https://post.example/flood/day-2 ",
    "https://post.example./flood/day-2",
]


@pytest.mark.parametrize("url", SAME)
def test_another_way_to_write_an_address_is_the_same(url):
    assert address_identity(url) == address_identity(HERE)


OTHERS = [
    "https://post.example/flood/day-3",
    "https://post.example/Flood/day-2",
    "https://news.post.example/flood/day-2",
    "https://post.example/flood/day-2?id=7",
    "https://post.example/flood/day-2?page=2",
    "https://post.example/flood/day-2?ref=12345",
    "https://post.example/flood/day-2#!/story/9",
    "https://post.example:8443/flood/day-2",
    "ftp://post.example/flood/day-2",
    "https://www.example/flood/day-2",
    "post.example/flood/day-2 (printed)",
    "",
]


@pytest.mark.parametrize("url", OTHERS)
def test_what_may_be_another_article_stays_another(url):
    assert address_identity(url) != address_identity(HERE)


def test_the_order_of_what_is_asked_does_not_matter():
    assert address_identity(HERE + "?a=1&b=2&utm_id=3") == address_identity(HERE + "?b=2&a=1")
    assert address_identity(HERE + "?a=1&b=") != address_identity(HERE + "?a=1")


@pytest.mark.parametrize(
    "url", ["http://[", "http://", "https://post.example:99999/", "\ud800", "//x", "http://%zz/?%zz&=&"]
)
def test_what_is_no_address_is_itself(url):
    assert isinstance(address_identity(url), str)
