"""A request sent again under its Idempotency-Key does nothing twice."""

import hashlib
import io
import json
import sqlite3
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.crypto import salted_hmac

from factcheck.api.docs import openapi_schema
from factcheck.api.idempotency import RequestInProgress, lock_key
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.models import Claim, Document, Event, IdempotencyKey, Membership, Report, Topic
from factcheck.tasks import work
from factcheck.workflow.history import erase_document
from tests import factories as f

from .conftest import BASE
from .records import make

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "a-key-1"}
TOPIC = {"desk": "metro", "title": "The flood"}


def code_of(response):
    return response.json()["errors"][0]["code"]


def test_the_same_request_gets_its_first_answer_and_does_nothing_more(api):
    first = api.editor.post("topics/", TOPIC, **KEY)
    again = api.editor.post("topics/", TOPIC, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["ETag"] == first["ETag"]
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Topic.objects.count() == 1


def test_an_act_is_done_once(api, desk, people):
    path = f"claims/{make(desk, people['editor'])['claims']}/accept/"
    first = api.editor.post(path, version=1, **KEY)
    again = api.editor.post(path, version=1, **KEY)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert Event.objects.filter(action="accept").count() == 1
    assert api.editor.post(path, version=1).status_code == 412, "without the key it is a second try"


def test_another_request_with_the_same_key_is_refused(api):
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201
    for path, body in (("topics/", {**TOPIC, "title": "Another"}), ("sources/", TOPIC)):
        response = api.editor.post(path, body, **KEY)
        assert (response.status_code, code_of(response)) == (422, "idempotency_key_reused")
    assert Topic.objects.count() == 1


def test_a_used_key_is_the_last_thing_a_request_is_refused_for(api, desk, people):
    claim = make(desk, people["editor"])["claims"]
    assert api.auditor.post(f"documents/{Document.objects.get().pk}/report/", **KEY).status_code == 201
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201
    path, events = f"claims/{claim}/", Event.objects.count()
    assert api.editor.post("claims/999999/accept/", **KEY).status_code == 404
    assert api.auditor.post(f"{path}accept/", **KEY).status_code == 403
    assert api.auditor.post("claims/", {"document": Document.objects.get().pk}, **KEY).status_code == 403
    assert api.editor.post(f"{path}accept/", version=None, **KEY).status_code == 428
    assert api.editor.post(f"{path}accept/", version=7, **KEY).status_code == 412
    assert api.editor.post(f"{path}recall/", **KEY).status_code == 409
    assert api.editor.post(f"{path}reopen/", **KEY).status_code == 409
    for wrong in (KEY, {"Idempotency-Key": "two words"}):
        assert api.editor.post("claims/999999/accept/", **wrong).status_code == 404
        assert api.editor.post(f"{path}accept/", **wrong).status_code == 422
        assert (
            api.editor.post("claims/batch/accept/", {"items": [{"id": claim, "version": 1}]}, **wrong).status_code
            == 422
        )
        assert api.editor.put("notice-choices/stale/", {"mail": False}, **wrong).status_code == 422
    assert Event.objects.count() == events
    assert Claim.objects.get(pk=claim).version == 1


def test_no_address_does_anything_under_a_key_that_cannot_be_used(api, desk, people):
    """Whatever the view is: it asks for its body before it acts, or is refused at once."""
    ids = make(desk, people["editor"])
    ids |= {"desks": desk.pk, "memberships": Membership.objects.get(user=people["auditor"]).pk}
    tried = 0
    for path, operations in openapi_schema()["paths"].items():
        noun = path.removeprefix("/").split("/")[0]
        for method in {"post", "put", "patch"} & operations.keys():
            place = path.removeprefix("/").replace("{id}", str(ids.get(noun, 1))).replace("{kind}", "stale")
            response = getattr(api.chief_editor, method)(place, {}, **{"Idempotency-Key": "two words"})
            if noun != "auth":
                assert 400 <= response.status_code < 500, (method, path, response.content)
            tried += 1
    assert tried > 60
    assert not Event.objects.exists()


def test_keys_are_each_persons_own(api):
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201
    other = api.desk_chief.post("topics/", {**TOPIC, "title": "Another"}, **KEY)
    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other


def test_a_refusal_is_not_kept_so_the_key_may_be_tried_again(api):
    assert api.editor.post("topics/", {"desk": "metro"}, **KEY).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "two words", "é", "x" * 201, "tab\there"])
def test_a_key_is_visible_ascii_of_some_length(api, key):
    response = api.editor.post("topics/", TOPIC, **{"Idempotency-Key": key})
    assert (response.status_code, code_of(response)) == (422, "idempotency_key_invalid")
    assert not Topic.objects.exists()


def test_a_file_sent_again_is_the_same_whatever_the_boundary_of_the_form(api):
    def send(content):
        file = SimpleUploadedFile("story.txt", content, "text/plain")
        return api.editor.post("documents/", {"desk": "metro", "file": file}, form="multipart", **KEY)

    first, again = send(b"Forty houses were flooded."), send(b"Forty houses were flooded.")
    assert (first.status_code, again.status_code) == (202, 202), again.content
    assert again.json() == first.json()
    assert code_of(send(b"Sixty houses were flooded.")) == "idempotency_key_reused"
    assert Document.objects.count() == 1


def test_what_one_may_not_see_any_more_is_not_told_again(api, desk, people):
    path = f"claims/{make(desk, people['editor'])['claims']}/accept/"
    assert api.editor.post(path, **KEY).status_code == 200
    Membership.objects.filter(user=people["editor"]).delete()
    assert api.editor.post(path, **KEY).status_code == 404


def test_a_document_of_a_desk_one_left_is_not_told_again(api, desk, people):
    story = {"desk": "metro", "text": "Forty houses were flooded in Oberfurt."}
    first = api.editor.post("documents/", story, **KEY)
    again = api.editor.post("documents/", story, **KEY)
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (202, 202, "true")
    assert again.json() == first.json()
    path = f"documents/{first.json()['document']['id']}/report/"
    report = {"Idempotency-Key": "report"}
    assert api.editor.post(path, **report).json() == api.editor.post(path, **report).json()
    assert Report.objects.count() == 1
    Membership.objects.filter(user=people["editor"]).delete()
    assert api.editor.post("documents/", story, **KEY).status_code == 404
    assert api.editor.post(path, **report).status_code == 404


def test_a_record_is_answered_again_as_it_is_now(api, desk, people):
    path = f"claims/{make(desk, people['editor'])['claims']}/"
    first = api.editor.post(f"{path}accept/", **KEY)
    api.checker.post(f"{path}start/")
    again = api.editor.post(f"{path}accept/", **KEY)
    assert (first.json()["state"], again.json()["state"], again.status_code) == ("open", "in_verification", 200)
    assert again["ETag"] == api.editor.get(path)["ETag"] != first["ETag"]


def test_of_a_batch_no_state_is_told_to_who_may_not_see_it_any_more(api, desk, people):
    body = {"items": [{"id": make(desk, people["editor"])["claims"], "version": 1}]}
    assert api.editor.post("claims/batch/accept/", body, **KEY).json()["results"][0]["state"] == "open"
    Membership.objects.filter(user=people["editor"]).delete()
    (row,) = api.editor.post("claims/batch/accept/", body, **KEY).json()["results"]
    assert (row["status"], row["state"], row["version"]) == (200, None, None)


def test_what_is_kept_is_small_and_holds_no_words(api, run_jobs):
    long = "The mayor of Oberfurt said 40 houses were flooded. " * 4000
    filed = api.editor.post("documents/", {"desk": "metro", "text": long}, **KEY)
    path = f"documents/{filed.json()['document']['id']}/set_topic/"
    for turn in range(3):
        assert api.editor.post(path, {"topic": None}, **{"Idempotency-Key": f"k{turn}"}).status_code == 200
    api.editor.post(
        "sources/",
        {"desk": "metro", "name": "Anna Oberfurt", "kind": "official", "confidential": True},
        **{"Idempotency-Key": "source"},
    )
    kept = str(list(IdempotencyKey.objects.values()))
    assert IdempotencyKey.objects.count() == 5
    assert len(kept) < 5 * 500
    assert "Oberfurt" not in kept


def test_what_was_sent_cannot_be_guessed_from_its_digest(api, settings):
    """A body may hold the name of a confidential source: the digest is made with the secret of the site."""
    source = {"desk": "metro", "name": "Anna Oberfurt", "kind": "official", "confidential": True}
    api.editor.post("sources/", source, **KEY)
    whole = json.dumps(["POST", BASE + "sources/", source], sort_keys=True)
    kept = IdempotencyKey.objects.get().request_hmac
    assert kept != hashlib.sha256(whole.encode()).hexdigest()
    assert kept == salted_hmac("factcheck.idempotency", whole, algorithm="sha256").hexdigest()
    assert kept != salted_hmac("factcheck.idempotency", whole, secret="another", algorithm="sha256").hexdigest()


def test_a_key_kept_by_somebody_outlives_the_erasing_of_a_document(api, run_jobs):
    filed = api.editor.post("documents/", {"desk": "metro", "text": "Anna of Oberfurt spoke."}, **KEY)
    api.desk_chief.post("topics/", TOPIC, **KEY)
    document = Document.objects.get(pk=filed.json()["document"]["id"])
    run_jobs()
    erase_document(document, by=api.desk_chief.user, note="a court said so")
    assert IdempotencyKey.objects.count() == 2
    again = api.editor.post("documents/", {"desk": "metro", "text": "Anna of Oberfurt spoke."}, **KEY)
    assert again["Idempotency-Replayed"] == "true"
    assert "Oberfurt" not in again.content.decode()


class Dripping(io.BytesIO):
    """A body that comes slowly: it notes how deep in transactions the reader was."""

    def __init__(self, content):
        super().__init__(content)
        self.depths = []

    def read(self, *args):
        self.depths.append(len(connection.savepoint_ids))
        return super().read(*args)


@pytest.mark.parametrize("who", ["editor", "nobody"])
@pytest.mark.parametrize("noun", ["topics/", "evidence/", "auth/login/"])
@pytest.mark.parametrize("key", [KEY, {}])
def test_nobody_waits_for_a_body_that_comes_slowly(api, desk, people, who, noun, key):
    """On SQLite a transaction is the only writer there is: none begins while a body is being read."""
    claim = make(desk, people["editor"])["claims"]
    bodies = {
        "topics/": TOPIC,
        "evidence/": {"claim": claim, "kind": "call", "note": "He said so."},
        "auth/login/": {"username": "editor", "password": f.PASSWORD},
    }
    body = json.dumps(bodies[noun]).encode()
    stream, before = Dripping(body), len(connection.savepoint_ids)
    with CaptureQueriesContext(connection) as seen:
        response = getattr(api, who).client.generic(
            "POST", BASE + noun, body, content_type="application/json", headers=key, **{"wsgi.input": stream}
        )
    refused = who == "nobody" and noun != "auth/login/"
    assert response.status_code == (401 if refused else 200 if noun == "auth/login/" else 201), response.content
    assert set(stream.depths) == (set() if refused else {before})
    asked = [row["sql"] for row in seen if "SAVEPOINT" in row["sql"] or "knox_authtoken" in row["sql"]]
    if not refused and noun != "auth/login/":
        assert "knox_authtoken" in asked[0], "who asks is known first"


def test_a_crash_between_act_and_answer_leaves_neither(api, monkeypatch):
    """The row of the key and the action stand or fall together."""

    def crash(*_):
        raise RuntimeError("the power went")

    monkeypatch.setattr("factcheck.api.idempotency.store_response", crash)
    with pytest.raises(RuntimeError):
        api.editor.post("topics/", TOPIC, **KEY)
    assert not Topic.objects.exists()
    assert not IdempotencyKey.objects.exists()
    monkeypatch.undo()
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201


def test_a_batch_is_kept_with_the_result_of_each_item(api, desk, people):
    claim = make(desk, people["editor"])["claims"]
    body = {"items": [{"id": claim, "version": 1}, {"id": 99_999, "version": 1}]}
    first = api.editor.post("claims/batch/accept/", body, **KEY)
    again = api.editor.post("claims/batch/accept/", body, **KEY)
    assert again.json() == first.json()
    assert [row["status"] for row in again.json()["results"]] == [200, 404]
    assert Claim.objects.get(pk=claim).version == 2


def test_an_answer_with_a_secret_is_never_kept(api, people):
    body = {"username": "editor", "password": f.PASSWORD}
    for _ in range(2):
        response = api.nobody.client.post("/factcheck/api/v1/auth/login/", body, format="json", headers=KEY)
        assert "Idempotency-Replayed" not in response
    hook = {"desk": "metro", "url": "https://desk.example/hook", "events": []}
    response = api.desk_chief.post("webhooks/", hook, **KEY)
    assert (response.status_code, code_of(response)) == (422, "idempotency_key_refused")
    assert not IdempotencyKey.objects.exists()


def test_reads_take_no_notice_of_a_key(api):
    for _ in range(2):
        assert "Idempotency-Replayed" not in api.editor.get("topics/", **KEY)
    assert not IdempotencyKey.objects.exists()


def test_a_key_is_forgotten_after_its_hours_and_the_sweep_removes_it(api, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "IDEMPOTENCY_HOURS": 1}
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201
    api.editor.post("topics/", {**TOPIC, "title": "Newer"}, **{"Idempotency-Key": "newer"})
    IdempotencyKey.objects.filter(key="a-key-1").update(created_at=timezone.now() - timedelta(hours=1, minutes=1))
    assert api.editor.post("topics/", {**TOPIC, "title": "Again"}, **KEY).status_code == 201
    IdempotencyKey.objects.filter(key="a-key-1").update(created_at=timezone.now() - timedelta(hours=2))
    enqueue(JobName.SWEEP, "now", {}, priority=9)
    work()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["newer"]


def test_a_transaction_that_cannot_begin_is_told_to_try_again(api, monkeypatch):
    """SQLite lets one writer in at a time, and this one waited in vain."""

    def locked(self):
        refusal = sqlite3.OperationalError("database is locked")
        refusal.sqlite_errorname = "SQLITE_BUSY"
        raise OperationalError("database is locked") from refusal

    api.editor.client.raise_request_exception = False
    with monkeypatch.context() as patched:
        patched.setattr("django.db.transaction.Atomic.__enter__", locked)
        response = api.editor.post("topics/", TOPIC, **KEY)
    assert (response.status_code, code_of(response)) == (503, "busy")
    assert response["Retry-After"] == "1"
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time: the second waits")
def test_while_the_first_is_under_way_the_second_is_told_so(people):
    """The first holds its key until its transaction ends; the second does not wait for it."""
    status_codes = []

    def second():
        try:
            with transaction.atomic():
                lock_key(people["editor"], "a-key-1")
        except RequestInProgress as refusal:
            status_codes.append(refusal.status_code)
        finally:
            connections.close_all()

    with transaction.atomic():
        lock_key(people["editor"], "a-key-1")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert status_codes == [409]
