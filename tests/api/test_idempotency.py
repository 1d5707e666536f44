"""A request sent again under its Idempotency-Key does nothing twice."""

import sqlite3
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from factcheck.api.idempotency import UnderWay, wait_for_nobody
from factcheck.models import Claim, Document, Event, IdempotencyKey, Membership, Topic
from factcheck.queue import JobName, enqueue
from factcheck.tasks import work
from tests import factories as f

from .records import make

pytestmark = pytest.mark.django_db

KEY = {"Idempotency-Key": "a-key-1"}
TOPIC = {"desk": "metro", "title": "The flood"}


def code_of(answer):
    return answer.json()["errors"][0]["code"]


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
    assert Event.objects.filter(act="accept").count() == 1
    assert api.editor.post(path, version=1).status_code == 412, "without the key it is a second try"


def test_another_request_with_the_same_key_is_refused(api):
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201
    for path, body in (("topics/", {**TOPIC, "title": "Another"}), ("sources/", TOPIC)):
        answer = api.editor.post(path, body, **KEY)
        assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_reused")
    assert Topic.objects.count() == 1


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
    answer = api.editor.post("topics/", TOPIC, **{"Idempotency-Key": key})
    assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_invalid")
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


def test_a_crash_between_act_and_answer_leaves_neither(api, monkeypatch):
    """The row of the key and the act stand or fall together."""

    def crash(row, answer):
        raise RuntimeError("the power went")

    monkeypatch.setattr("factcheck.api.idempotency.keep_answer", crash)
    with pytest.raises(RuntimeError):
        api.editor.post("topics/", TOPIC, **KEY)
    assert not Topic.objects.exists()
    assert not IdempotencyKey.objects.exists()
    monkeypatch.undo()
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201


def test_a_batch_is_kept_with_the_result_of_each_item(api, desk, people):
    claim = make(desk, people["editor"])["claims"]
    said = {"items": [{"id": claim, "version": 1}, {"id": 99_999, "version": 1}]}
    first = api.editor.post("claims/batch/accept/", said, **KEY)
    again = api.editor.post("claims/batch/accept/", said, **KEY)
    assert again.json() == first.json()
    assert [row["status"] for row in again.json()["results"]] == [200, 404]
    assert Claim.objects.get(pk=claim).version == 2


def test_an_answer_with_a_secret_is_never_kept(api, people):
    said = {"username": "editor", "password": f.PASSWORD}
    for _ in range(2):
        answer = api.nobody.client.post("/factcheck/api/v1/auth/login/", said, format="json", headers=KEY)
        assert "Idempotency-Replayed" not in answer
    hook = {"desk": "metro", "url": "https://desk.example/hook", "events": []}
    answer = api.desk_chief.post("webhooks/", hook, **KEY)
    assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_refused")
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
        answer = api.editor.post("topics/", TOPIC, **KEY)
    assert (answer.status_code, code_of(answer)) == (503, "busy")
    assert answer["Retry-After"] == "1"
    assert api.editor.post("topics/", TOPIC, **KEY).status_code == 201


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time: the second waits")
def test_while_the_first_is_under_way_the_second_is_told_so(people):
    """The first holds its key until its transaction ends; the second does not wait for it."""
    told = []

    def second():
        try:
            with transaction.atomic():
                wait_for_nobody(people["editor"], "a-key-1")
        except UnderWay as refusal:
            told.append(refusal.status_code)
        finally:
            connections.close_all()

    with transaction.atomic():
        wait_for_nobody(people["editor"], "a-key-1")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert told == [409]
