"""Every way a document comes in over HTTP: a file, an address, a news item, a feed; and what a hostile one is told."""

import json
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from factcheck.conf import settings as app_settings
from factcheck.models import Document, Event, Feed, Job
from tests import factories as f
from tests.intake.made import SENTENCE, docx_file, locked, page, pdf_file, rezipped
from tests.stories import registered

pytestmark = pytest.mark.django_db

ITEM = {
    "uri": "urn:agency:2026:7",
    "version": "1",
    "versioncreated": "2026-03-10T08:30:00+03:00",
    "headline": "Flood in Velmora",
    "byline": "By Ana Brook and Jon Vale",
    "language": "en-GB",
    "provider": "The Agency",
    "body_text": SENTENCE,
}


def upload(api, run_jobs, name, data, media_type="application/octet-stream"):
    """File an upload, read it as a worker would, and show the document with its job."""
    file = SimpleUploadedFile(name, data, media_type)
    response = api.editor.post("documents/", {"desk": "metro", "kind": "coverage", "file": file}, form="multipart")
    assert response.status_code == 202, response.content
    run_jobs()
    return shown(api, response.json())


def shown(api, filed):
    return (
        api.editor.get(f"documents/{filed['document']['id']}/").json(),
        api.editor.get(f"jobs/{filed['job']}/").json(),
    )


# Hostile files


def bomb():
    return rezipped(docx_file(SENTENCE), "word/document.xml", lambda xml: xml + b" " * 40_000_000)


def nested():
    """Ten megabytes of a page, a hundred thousand tags deep."""
    text = page("<div>" * 100_000 + SENTENCE + "</div>" * 100_000)
    return text.encode() + b"<p>" + b"x" * (9_900_000 - len(text))


HOSTILE = [
    ("a PDF without a text layer", "scan.pdf", lambda: pdf_file("", ""), "no text layer"),
    ("an encrypted PDF", "closed.pdf", lambda: locked(pdf_file(SENTENCE), "secret"), "protected by a password"),
    ("a zip bomb in a Word document", "flood.docx", bomb, "unpacks to far more"),
    ("ten megabytes of nested tags", "flood.html", nested, "nests its tags"),
    (
        "an item without a body",
        "item.json",
        lambda: json.dumps({"uri": "urn:7", "headline": "Flood"}).encode(),
        "no body text",
    ),
    ("a picture", "flood.txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "This is a picture"),
]


@pytest.mark.parametrize(("name", "made", "reason"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_file_is_kept_and_says_in_words_why_it_cannot_be_read(api, run_jobs, name, made, reason):
    data, began = made(), time.monotonic()
    document, job = upload(api, run_jobs, name, data)
    assert (document["state"], job["state"]) == ("unreadable", "failed")
    assert reason in document["state_reason"]
    assert job["error"] == document["state_reason"]
    assert time.monotonic() - began < app_settings().READER_SECONDS
    assert api.editor.get(f"documents/{document['id']}/original/").content == data  # nothing is lost


def test_a_page_in_windows_1251_comes_right(api, run_jobs):
    text = "В Вельморе затоплены 1204 дома, сообщила речная служба во вторник."
    data = f"<html><head><meta charset='windows-1251'><title>Паводок</title></head><body><article><p>{text}</p></article></body></html>"
    document, _ = upload(api, run_jobs, "flood.html", data.encode("cp1251"), "text/html")
    assert (document["state"], document["title"]) == ("to_confirm", "Паводок")
    assert document["revision"]["text"].strip() == text


def test_a_file_in_a_form_is_read_in_the_encoding_it_names(api, run_jobs):
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="desk"\r\n\r\nmetro\r\n--x\r\nContent-Disposition: form-data; '
    )
    head = b'name="file"; filename="a.txt"\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n'
    body = parts + head + "Сорок домов".encode("windows-1251") + b"\r\n--x--\r\n"
    filed = api.editor.raw("documents/", body, "multipart/form-data; boundary=x").json()
    run_jobs()
    revision = api.editor.get(f"documents/{filed['document']['id']}/").json()["revision"]
    assert (revision["text"], revision["reader_notes"]) == ("Сорок домов", [])


def test_a_script_in_a_title_is_only_characters(api, run_jobs):
    data = page(f"<p>{SENTENCE}</p>").replace("<head>", "<head><title>&lt;/script&gt;&lt;b&gt;Flood</title>")
    document, _ = upload(api, run_jobs, "flood.html", data.encode(), "text/html")
    assert document["title"] == "</script><b>Flood"
    assert document["state"] == "to_confirm"


def test_a_reader_that_takes_too_much_memory_or_time_costs_one_child(api, run_jobs, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "READER_SECONDS": 1, "READER_MEMORY_MIB": 400}
    document, job = upload(api, run_jobs, "flood.html", page("<p>" + "a <b>b</b> " * 700_000).encode(), "text/html")
    assert (document["state"], job["state"]) == ("unreadable", "failed")
    assert api.editor.get("documents/").status_code == 200


# By address


def test_a_document_is_filed_by_its_address(api, run_jobs, news_web):
    news_web.put("/flood", page(f"<p>{SENTENCE}</p>"))
    filed = api.editor.post("documents/", {"desk": "metro", "kind": "coverage", "address": "http://news.example/flood"})
    assert filed.status_code == 202
    assert filed.json()["document"]["state"] == "arriving"
    assert filed.json()["document"]["reading"]["id"] == filed.json()["job"]
    run_jobs()
    document, job = shown(api, filed.json())
    assert (document["state"], document["url"], job["name"]) == (
        "to_confirm",
        "http://news.example/flood",
        "fetch_document",
    )
    news_web.put("/flood", page(f"<p>{SENTENCE} Two more followed.</p>"))
    again = api.service.post(f"documents/{document['id']}/fetch/")
    assert again.status_code == 202
    assert "fetch" in document["actions"]
    run_jobs()
    assert api.editor.get(f"documents/{document['id']}/").json()["revision"]["number"] == 2


def test_a_page_that_cannot_be_had_is_unreadable_and_can_be_fetched_again(api, run_jobs, news_web):
    filed = api.editor.post("documents/", {"desk": "metro", "address": "http://news.example/status?code=500"})
    run_jobs()
    document, job = shown(api, filed.json())
    assert (document["state"], job["state"]) == ("unreadable", "due"), "a server that fails today is asked again"
    assert "500" in document["state_reason"]
    assert "fetch" in document["actions"]
    assert api.editor.get(f"documents/{document['id']}/original/").status_code == 404


NOT_ONE = [
    ({}, "text_or_file"),
    ({"text": "Flood.", "address": "http://news.example/"}, "text_or_file"),
    ({"text": "Flood.", "ninjs": ITEM}, "text_or_file"),
    ({"address": "http://news.example/", "url": "http://news.example/"}, "invalid"),
    ({"address": ""}, "blank"),
    ({"address": "file:///etc/passwd"}, "address_scheme"),
    ({"address": "http://127.0.0.1:6379/"}, "address_port"),
    ({"address": "http://desk:pw@news.example/"}, "address_credentials"),
    ({"address": "http://intranet/"}, "address_host"),
    ({"address": ["http://news.example/"]}, "invalid"),
    ({"ninjs": "{}"}, "invalid"),
    ({"ninjs": []}, "invalid"),
    ({"ninjs": {}}, "invalid"),
    ({"ninjs": None}, "null"),
]


@pytest.mark.parametrize(("body", "code"), NOT_ONE)
def test_a_body_that_says_nothing_usable_is_refused_and_nothing_is_filed(api, body, code):
    response = api.editor.post("documents/", {"desk": "metro", **body})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, code)
    assert not Document.objects.exists()
    assert not Job.objects.exists()
    assert not Event.objects.exists()


# News items


def send(api, item, expected=202, **more):
    response = api.service.post("documents/", {"desk": "metro", "kind": "coverage", "ninjs": item, **more})
    assert response.status_code == expected, response.content
    return response.json()


def test_a_news_item_is_filed_with_all_it_says_of_itself(api, run_jobs):
    agency = registered("The Agency", domains=("agency.example",))
    filed = send(api, ITEM)
    run_jobs()
    document, _ = shown(api, filed)
    assert (document["state"], document["title"], document["language"]) == ("in_check", "Flood in Velmora", "en-GB")
    assert (document["byline"], document["publisher"]) == ("Ana Brook, Jon Vale", agency.slug)
    assert (document["published_at"], document["zone"]) == ("2026-03-10T05:30:00Z", "Etc/GMT-3")
    assert (document["source_app"], document["source_id"]) == ("ninjs", ITEM["uri"])
    assert document["revision"]["text"] == SENTENCE


def test_a_later_version_of_an_item_is_a_revision_and_the_same_is_nothing(api, run_jobs):
    first = send(api, ITEM)["document"]["id"]
    run_jobs()
    assert send(api, dict(reversed(ITEM.items())), expected=200)["job"] is None
    later = send(api, ITEM | {"version": "2", "body_text": SENTENCE.replace("1,204", "1,300")})
    run_jobs()
    assert later["document"]["id"] == first
    assert Document.objects.count() == 1
    assert "1,300" in api.editor.get(f"documents/{first}/").json()["revision"]["text"]


def test_an_item_without_a_body_says_so_and_its_next_version_mends_it(api, run_jobs):
    bare = {key: value for key, value in ITEM.items() if key != "body_text"}
    filed = send(api, bare)
    run_jobs()
    document, job = shown(api, filed)
    assert (document["state"], document["state_reason"]) == ("unreadable", "The ninjs item has no body text.")
    assert job["error"] == document["state_reason"]
    send(api, ITEM)
    run_jobs()
    assert api.editor.get(f"documents/{document['id']}/").json()["state"] == "in_check"


def test_markup_of_somebody_else_s_item_waits_to_be_confirmed(api, run_jobs):
    bare = {key: value for key, value in ITEM.items() if key != "body_text"}
    filed = send(api, bare | {"body_xhtml": f"<p>{SENTENCE}</p><script>alert(1)</script>"})
    run_jobs()
    document, _ = shown(api, filed)
    assert (document["state"], document["revision"]["text"]) == ("to_confirm", SENTENCE)


def test_an_embargo_and_newer_names_of_fields_are_read(api, run_jobs):
    item = {
        "uri": "urn:agency:8",
        "headlines": [{"value": "Flood"}],
        "bodies": [{"contenttype": "text/plain", "value": SENTENCE}],
        "embargoed": "2026-03-11T05:00:00Z",
        "infosources": [{"name": "The Agency"}],
    }
    filed = send(api, item)
    run_jobs()
    document, _ = shown(api, filed)
    assert (document["title"], document["publisher_name"]) == ("Flood", "The Agency")
    assert document["embargo_until"] == "2026-03-11T05:00:00Z"


def test_an_item_with_an_endless_uri_is_still_known_by_it(api, run_jobs):
    first = send(api, ITEM | {"uri": "urn:" + "7" * 3000})
    assert (
        send(api, ITEM | {"uri": "urn:" + "7" * 3000, "body_text": "Other."})["document"]["id"]
        == first["document"]["id"]
    )


# The original


def test_the_original_is_saved_and_never_shown_by_a_browser(api, run_jobs):
    data = page(f"<p>{SENTENCE}</p><script>alert(1)</script>").encode()
    document, _ = upload(api, run_jobs, "</script>.html", data, "text/html")
    response = api.auditor.get(f"documents/{document['id']}/original/")
    assert (response.status_code, response.content) == (200, data)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    for caller, status in ((api.stranger, 404), (api.superuser, 404), (api.nobody, 401)):
        assert caller.get(f"documents/{document['id']}/original/").status_code == status


# Feeds


def test_a_chief_keeps_feeds_and_an_editor_looks_at_one_now(api, desk):
    made = api.desk_chief.post("feeds/", {"desk": "metro", "url": "https://news.example/feed", "minutes": 30})
    assert made.status_code == 201, made.content
    path = f"feeds/{made.json()['id']}/"
    assert (made.json()["active"], made.json()["items"], made.json()["actions"]) == (True, [], ["poll"])
    assert api.editor.post("feeds/", {"desk": "metro", "url": "https://news.example/2"}).status_code == 403
    assert api.editor.patch(path, {"minutes": 5}).status_code == 403
    changed = api.desk_chief.client.patch(
        f"/factcheck/api/v1/{path}", {"minutes": 5, "active": True}, format="json", headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json()["minutes"], changed.json()["version"]) == (200, 5, 2)
    assert api.editor.post(path + "poll/").status_code == 202
    assert api.auditor.post(path + "poll/").status_code == 403
    assert Job.objects.get().key == f"feed:{made.json()['id']}"


def test_a_feed_shows_what_it_brought_last_and_why_an_entry_became_nothing(api, desk):
    feed = f.FeedFactory(desk=desk, error="The server news.example answered '500'.")
    document = f.DocumentFactory(desk=desk)
    feed.items.create(guid="1", title="Flood", document=document)
    feed.items.create(guid="2", title="Fire", error="Only the web ports 80 and 443 are fetched.")
    items = api.auditor.get(f"feeds/{feed.pk}/").json()["items"]
    assert [(row["title"], row["document"], bool(row["error"])) for row in items] == [
        ("Fire", None, True),
        ("Flood", document.pk, False),
    ]
    assert api.auditor.get("feeds/?active=true&desk=metro").json()["results"][0]["error"] == feed.error


BAD_FEEDS = [
    ({}, "url_or_folder"),
    ({"url": "file:///etc/passwd"}, "address_scheme"),
    ({"folder": "../../etc"}, "folder_outside"),
    ({"folder": "drop"}, "no_folder"),
    ({"url": "https://news.example/", "minutes": 0}, "min_value"),
    ({"url": "https://news.example/", "minutes": 10**9}, "max_value"),
    ({"url": "https://news.example/", "etag": "x"}, "unknown_field"),
]


@pytest.mark.parametrize(("body", "code"), BAD_FEEDS)
def test_a_feed_that_makes_no_sense_is_refused(api, body, code):
    response = api.desk_chief.post("feeds/", {"desk": "metro", **body})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, code)
    assert not Feed.objects.exists()
