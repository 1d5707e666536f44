"""What no careful client sends: each gets a clear message, nothing is half-written, and never a 500."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factcheck.models import Document, Event, Job

from .records import make

pytestmark = pytest.mark.django_db

STORY = {"desk": "metro", "text": "Forty houses were flooded."}


def code_of(response):
    return response.json()["errors"][0]["code"]


BODIES = [
    ({"text": "half \ud800 a pair"}, 422, "character_unusable"),
    ({"title": "NUL \x00 byte"}, 422, "character_unusable"),
    ({"kind": "\udc00"}, 422, "character_unusable"),
    ({"title": "Flood\uffff"}, 422, "character_unusable"),
    ({"text": "Forty\ufffe houses"}, 422, "character_unusable"),
    ({"byline": "Orr\ufdd0"}, 422, "character_unusable"),
    ({"title": "beyond the plane \U0001fffe"}, 422, "character_unusable"),
    ({"title": "a bell \x07"}, 422, "character_unusable"),
    ({"title": "a new page\f"}, 422, "character_unusable"),
    ({"\uffff": 1}, 422, "character_unusable"),
    ({"\ud800": 1}, 422, "character_unusable"),
    ({"text": ""}, 422, "empty"),
    ({"text": " \n\t "}, 422, "empty"),
    ({"text": None}, 422, "null"),
    ({"text": ["Forty"]}, 422, "invalid"),
    ({"text": {"$gt": ""}}, 422, "invalid"),
    ({"text": True}, 422, "invalid"),
    ({"desk": "no such desk"}, 422, "does_not_exist"),
    ({"desk": None}, 422, "null"),
    ({"desk": []}, 422, "invalid"),
    ({"desk": 10**400}, 422, "does_not_exist"),
    ({"topic": "no-such-topic"}, 422, "does_not_exist"),
    ({"publisher": {"slug": "x"}}, 422, "invalid"),
    ({"kind": "gossip"}, 422, "invalid_choice"),
    ({"kind": []}, 422, "invalid_choice"),
    ({"url": "javascript:alert(1)"}, 422, "invalid"),
    ({"zone": "Mars/Olympus"}, 422, "zone_unknown"),
    ({"zone": "../etc/passwd"}, 422, "zone_unknown"),
    ({"published_at": "2999-01-01T00:00:00Z"}, 422, "date_in_future"),
    ({"published_at": "9999-12-31T23:59:59-14:00"}, 422, "overflow"),
    ({"published_at": "0001-01-01T00:00:00+14:00"}, 422, "overflow"),
    ({"published_at": "2024-09-01T08:30:00"}, 422, "naive"),
    ({"published_at": "yesterday"}, 422, "invalid"),
    ({"published_at": "2024-13-45T99:00:00Z"}, 422, "invalid"),
    ({"published_at": 20240901}, 422, "invalid"),
    ({"authors": "editor"}, 422, "not_a_list"),
    ({"authors": ["stranger"]}, 422, "does_not_exist"),
    ({"authors": [1]}, 422, "does_not_exist"),
    ({"title": "x" * 501}, 422, "max_length"),
    ({"state": "published"}, 422, "unknown_field"),
    ({"version": 9}, 422, "unknown_field"),
    ({"created_by": 1}, 422, "unknown_field"),
    ({"arrival_key": "x"}, 422, "unknown_field"),
    ({"__proto__": {}}, 422, "unknown_field"),
]


@pytest.mark.parametrize(("change", "status", "code"), BODIES)
def test_a_document_that_makes_no_sense_is_refused(api, change, status, code):
    response = api.editor.raw("documents/", json.dumps({**STORY, **change}))
    assert (response.status_code, code_of(response)) == (status, code), response.content
    assert not Document.objects.exists()
    assert not Job.objects.exists()
    assert not Event.objects.exists()


RAW = [
    (b"", 422),
    (b"null", 422),
    (b"[]", 422),
    (b'"words"', 422),
    (b"1", 422),
    (b"{", 400),
    (b"{'desk': 1}", 400),
    (b'{"desk": NaN}', 400),
    (b'{"desk": ' + b"9" * 5000 + b"}", 400),
    (b"\xff\xfe{}", 400),
    (b"\xef\xbb\xbf{}", 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 30 + b"1" + b"}" * 30, 400),
]


@pytest.mark.parametrize(("data", "status"), RAW)
def test_a_body_that_is_not_an_object_is_refused(api, data, status):
    response = api.editor.raw("documents/", data)
    assert response.status_code == status, response.content
    assert response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    "kind", ["application/json; charset=klingon", "application/json; charset=utf-16", "application/json; charset=rot13"]
)
def test_json_is_utf8_whatever_the_header_says(api, kind):
    assert api.editor.raw("documents/", json.dumps(STORY).encode(), kind).status_code == 202


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"])
def test_other_kinds_of_body_are_refused(api, kind):
    assert api.editor.raw("documents/", b"desk=metro", kind).status_code == 415


def test_ten_million_bytes_are_accepted_and_one_more_is_not(api):
    assert api.editor.post("documents/", {"desk": "metro", "text": "a" * 10_000_000}).status_code == 202
    response = api.editor.post("documents/", {"desk": "metro", "text": "a" * 9_999_999 + "é"})
    assert (response.status_code, code_of(response)) == (413, "too_large")
    file = SimpleUploadedFile("a.txt", b"a" * 10_000_001, "text/plain")
    response = api.editor.post("documents/", {"desk": "metro", "file": file}, form="multipart")
    assert (response.status_code, code_of(response)) == (413, "too_large")
    assert Document.objects.count() == 1


def test_a_request_far_too_large_is_refused_unread(api):
    response = api.editor.raw("documents/", b" " * 40_000_001)
    assert (response.status_code, code_of(response)) == (413, "too_large")
    response = api.editor.post("documents/", {"desk": "metro", "text": "a" * 17_000_000}, form="multipart")
    assert (response.status_code, code_of(response)) == (413, "too_large")


FORMS = [
    ({"desk": "metro"}, "text_or_file"),
    ({"desk": "metro", "text": "a", "file": "b"}, "invalid"),
    ({"desk": "metro", "file": SimpleUploadedFile("empty.txt", b"")}, "empty"),
]


@pytest.mark.parametrize(("body", "code"), FORMS)
def test_a_form_that_makes_no_sense_is_refused(api, body, code):
    response = api.editor.post("documents/", body, form="multipart")
    assert (response.status_code, code_of(response)) == (422, code)


FIELDS = ("desk", "topic", "publisher", "authors", "title", "zone", "source_id", "text", "kind", "no_such_field")


@pytest.mark.parametrize("text", ["Forty houses were flooded.\fAnd nine barns.", "Forty\x07 houses were flooded."])
def test_a_text_may_hold_the_controls_that_reading_takes_out(api, text):
    assert api.editor.post("documents/", {**STORY, "text": text}).status_code == 202
    assert api.editor.post("documents/", {**STORY, "text": text + "!"}, form="multipart").status_code == 202
    item = {"uri": "urn:x:1", "headline": "Flood", "body_text": text}
    assert api.editor.post("documents/", {"desk": "metro", "ninjs": item}).status_code == 202


@pytest.mark.parametrize("char", ["\0", "\uffff"])
@pytest.mark.parametrize("field", FIELDS)
def test_a_form_holds_no_character_that_cannot_be_kept_either(api, field, char):
    response = api.editor.post("documents/", {**STORY, field: f"a{char}b"}, form="multipart")
    assert (response.status_code, code_of(response), response.json()["errors"][0]["attr"]) == (
        422,
        "character_unusable",
        field,
    )
    assert not Document.objects.exists()


@pytest.mark.parametrize("field", ["source", "derived_from_source", "claim", "note", "url"])
def test_nor_does_a_form_with_evidence(api, desk, people, field):
    body = {"claim": make(desk, people["editor"])["claims"], "kind": "call", "note": "He said so.", field: "a\0b"}
    response = api.checker.post("evidence/", body, form="multipart")
    assert (response.status_code, code_of(response)) == (422, "character_unusable")


@pytest.mark.parametrize(
    "head",
    [
        b'name="de\0sk"\r\n\r\nmetro',
        b'name="file"; filename="a.txt"\r\nContent-Type: text/pl\0ain\r\n\r\nForty.',
        b'name="file"; filename="a.txt"\r\nContent-Type: text/plain; charset=a\0b\r\n\r\nForty.',
    ],
)
def test_nor_do_the_names_of_fields_kinds_and_encodings(api, head):
    parts = b'--x\r\nContent-Disposition: form-data; name="desk"\r\n\r\nmetro\r\n'
    body = parts + b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n--x--\r\n"
    response = api.editor.raw("documents/", body, "multipart/form-data; boundary=x")
    assert (response.status_code, code_of(response)) == (422, "character_unusable")
    assert not Document.objects.exists()


def test_a_broken_form_is_refused(api):
    for kind, refused in (("multipart/form-data", 400), ("multipart/form-data; boundary=x", 422)):
        assert api.editor.raw("documents/", b"--nothing", kind).status_code == refused


def test_binary_and_odd_names_of_files_are_taken_as_they_come(api):
    file = SimpleUploadedFile("../../\u202e\x00.txt", b"\x00\xff\xfe", "x" * 300)
    assert api.editor.post("documents/", {"desk": "metro", "file": file}, form="multipart").status_code == 202


QUERIES = [
    ("claims/?document=99999999999999999999999", 422),
    ("claims/?document=1e3", 200),
    ("claims/?document=-1", 422),
    ("claims/?document=null", 422),
    ("claims/?document=NaN", 422),
    ("claims/?checkworthiness=Infinity", 422),
    ("claims/?state=gone", 422),
    ("claims/?state[]=open", 422),
    ("claims/?stat=open", 422),
    ("claims/?document__desk__slug=x", 422),
    ("claims/?ordering=document__created_by__password", 422),
    ("claims/?cursor=AAAA", 200),
    ("claims/?cursor=A", 404),
    ("claims/?cursor=cD1hYmM=", 404),
    ("claims/?cursor=cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ==", 200),
    ("verification-tasks/?cursor=cD1hYmM=", 404),
    ("claims/?page_size=100000", 200),
    ("claims/?page_size=-1", 200),
    ("documents/?search=%00", 422),
    ("documents/?search=%ff%fe", 200),
    ("documents/?search=" + "a" * 5000, 200),
    ("documents/?desk=%00", 422),
    ("verification-tasks/?overdue=perhaps", 200),
    ("verification-tasks/?assignee=%00", 422),
    ("sources/?search=%27%20OR%201=1", 200),
    ("events/?record=claim&record_id=99999999999999999999", 422),
    ("events/?record=claim&record_id=%D9%A1", 422),
    ("claims/99999999999999999999/", 404),
    ("claims/999999999999999/", 404),
    ("claims/%D9%A1/", 404),
    ("claims/null/", 404),
    ("claims/-1/", 404),
]


@pytest.mark.parametrize(("path", "status"), QUERIES)
def test_an_odd_question_gets_a_plain_answer(api, desk, people, path, status):
    make(desk, people["editor"])
    response = api.editor.get(path)
    assert response.status_code == status, response.content


ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    10**400,
    "",
    " ",
    "1 OR 1=1",
    "0x1",
    "1e3",
    "\u0661",
    "None",
    "../1",
    [],
    {},
    {"$gt": ""},
    [1],
    "\ud800",
    "\x00",
]
FIELDS = {
    "claims/": "document start quote claim_type",
    "evidence/": "claim kind credibility derived_from source",
    "crosschecks/": "measure scope desk",
    "figures/dismiss/": "ids",
    "claims/{claims}/assign/": "assignee due_at",
    "claims/{claims}/split/": "parts",
    "claims/{claims}/place/": "end",
    "figures/{figures}/pin/": "measure",
    "measures/{measures}/split/": "figures",
    "topics/": "starts_on places",
    "sources/": "country domains aliases",
    "report-subscriptions/": "cron document recipients",
    "documents/{documents}/waive/": "expires_at",
    "documents/{documents}/set_topic/": "topic",
    "auth/login/": "password",
}
PLACES = [(path, field) for path, fields in FIELDS.items() for field in fields.split()]
WHOLE = {
    "claims/": {"document": "{documents}", "start": 0, "end": 9, "quote": "The mayor"},
    "evidence/": {"claim": "{claims}", "kind": "call", "note": "Rang them."},
    "crosschecks/": {"desk": "metro", "scope": "everything"},
    "topics/": {"desk": "metro", "title": "A topic"},
    "sources/": {"desk": "metro", "name": "Someone", "kind": "official"},
    "report-subscriptions/": {"desk": "metro", "kind": "desk_digest", "recipients": ["auditor"]},
    "auth/login/": {"username": "editor", "password": "x"},
}


@pytest.mark.parametrize(("path", "field"), PLACES)
def test_no_value_in_any_place_breaks_the_server(api, desk, people, settings, path, field):
    ids = make(desk, people["editor"])
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"login": "1000/minute"}}
    whole = {
        key: value.format(**ids) if isinstance(value, str) else value for key, value in WHOLE.get(path, {}).items()
    }
    for odd in ODD:
        response = api.chief_editor.raw(path.format(**ids), json.dumps({**whole, field: odd}))
        assert response.status_code < 500, (odd, response.content)
        if response.status_code >= 400:
            assert response.json()["errors"][0]["detail"], odd


def test_a_cross_check_names_just_its_own_record(api, desk, people):
    ids = make(desk, people["editor"])
    for body in (
        {"scope": "document"},
        {"scope": "measure", "document": ids["documents"], "desk": "metro"},
        {"scope": "measure", "measure": ids["measures"]},
        {"scope": "everything"},
        {"scope": "everything", "desk": "metro", "measure": ids["measures"]},
    ):
        assert api.checker.post("crosschecks/", body).status_code == 422
    assert api.checker.post("crosschecks/", {"scope": "document", "document": ids["documents"]}).status_code == 202
    assert (
        api.checker.post("crosschecks/", {"scope": "measure", "measure": ids["measures"], "desk": "metro"}).status_code
        == 202
    )
