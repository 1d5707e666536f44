"""What was received is kept so that anyone can check it later."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from factcheck.intake.fetching import Fetched, Hop
from factcheck.intake.snapshots import response_of, sha256_of, warc_of, warc_of_upload

AT = datetime(2025, 3, 4, 7, 30, 15, 250000, tzinfo=UTC)
HOP = Hop("http://news.example/", 302, "/flood", "93.184.215.14")


def fetched(body=b"<p>Twelve bridges.</p>", hops=(HOP,)):
    return Fetched(
        requested_url="http://news.example/",
        url="https://news.example/flood?page=2",
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")),
        body=body,
        remote_address="93.184.215.14",
        hops=hops,
        fetched_at=AT,
        request_headers=(("Host", "news.example"), ("User-Agent", "factcheck")),
        media_type="text/html",
        charset="",
    )


def records(warc):
    found = []
    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        found.append((record, record.content_stream().read()))
    return found


def test_a_snapshot_holds_answer_question_and_way():
    (response, body), (request, _), (way, via) = records(warc_of(fetched()))
    assert [each.rec_type for each in (response, request, way)] == ["response", "request", "metadata"]
    assert response.rec_headers["WARC-Target-URI"] == "https://news.example/flood?page=2"
    assert response.rec_headers["WARC-IP-Address"] == "93.184.215.14"
    assert response.rec_headers["WARC-Date"] == "2025-03-04T07:30:15.250000Z"
    assert response.rec_headers["WARC-Payload-Digest"].startswith("sha256:")
    assert response.http_headers["X-Archive-Orig-Content-Encoding"] == "gzip"
    assert response.http_headers["Content-Length"] == str(len(body))
    assert request.rec_headers["WARC-Concurrent-To"] == response.rec_headers["WARC-Record-ID"]
    assert request.http_headers.statusline == "GET /flood?page=2 HTTP/1.1" or "/flood?page=2" in str(
        request.http_headers
    )
    assert via == b"via: 302 http://news.example/ 93.184.215.14\r\n"


def test_the_same_page_gives_the_same_bytes_and_another_page_others():
    assert warc_of(fetched()) == warc_of(fetched())
    first, second = (records(warc_of(fetched(body)))[0][0].rec_headers["WARC-Record-ID"] for body in (b"a", b"b"))
    assert first != second


@given(st.binary(max_size=2000))
def test_the_page_comes_back_byte_for_byte(body):
    assert response_of(warc_of(fetched(body, ()))) == body
    assert response_of(warc_of_upload(body, "a.txt", "text/plain", AT)) == body


def test_an_upload_keeps_its_name_without_tricks():
    ((resource, body),) = records(
        warc_of_upload(b"HTTP/1.1 200 OK\r\n\r\nx", "a\r\nX-Evil: y\udc80.txt", "text/plain\r\nX: y", AT)
    )
    assert body == b"HTTP/1.1 200 OK\r\n\r\nx"
    assert resource.rec_headers["X-Upload-Filename"] == "a%0D%0AX-Evil%3A%20y%3F.txt"
    assert resource.rec_headers["Content-Type"] == "application/octet-stream"
    assert resource.rec_headers["WARC-Target-URI"] == f"urn:sha256:{sha256_of(body)}"
    assert resource.rec_headers["X-Evil"] is None


def test_a_time_without_zone_is_no_time_of_a_snapshot():
    with pytest.raises(ValueError, match="aware"):
        warc_of_upload(b"x", "", "", datetime(2025, 3, 4))


def test_a_file_without_a_response_has_none():
    with pytest.raises(ValueError, match="no response"):
        response_of(b"")


def test_the_digest_is_the_usual_one():
    assert sha256_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
