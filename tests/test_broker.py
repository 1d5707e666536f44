"""The broker that is a folder: an unreadable file in it is dropped, and ends neither a worker nor the messages."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu import Connection

from factcheck.broker import Transport, drop_unreadable
from tests.live import Site, wait_until

BROKEN = {
    "empty": b"",
    "half a message": b'{"body": "bnVsbA==", "prop',
    "an empty object": b"{}",
    "a list": b"[1, 2]",
    "null": b"null",
    "no UTF-8": b"\xff\xfe\x00",
    "a body that is no base64": (
        b'{"body": "abc", "content-type": "application/json", "content-encoding": "utf-8", "headers": {},'
        b' "properties": {"delivery_tag": "1", "body_encoding": "base64",'
        b' "delivery_info": {"exchange": "work", "routing_key": "work"}}}'
    ),
    "nothing said of where it goes": b'{"body": "bnVsbA==", "properties": {"delivery_tag": "1"}, "headers": {}}',
}
BROKEN_LISTS = {"empty": b"", "half": b'[["work", "", "wo', "no list": b'{"a": 1}', "odd rows": b"[[1, 2], [3]]"}


def options(folder: Path) -> dict[str, str]:
    inbox, control = str(folder / "broker"), str(folder / "control")
    return {"data_folder_in": inbox, "data_folder_out": inbox, "control_folder": control}


@pytest.fixture
def broker(tmp_path):
    """A queue of a broker in a folder of its own."""
    with (
        Connection("filesystem://", transport=Transport, transport_options=options(tmp_path)) as link,
        link.SimpleQueue("work") as queue,
    ):
        queue.put("before")
        assert queue.get(block=False).payload == "before"
        yield queue


def read(queue) -> list[str]:
    found = []
    while True:
        try:
            message = queue.get(block=False)
        except queue.Empty:
            return found
        message.ack()
        found.append(message.payload)


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_that_cannot_be_read_is_dropped_and_the_next_one_comes(name, broker, tmp_path, caplog):
    (tmp_path / "broker" / "0_first.work.msg").write_bytes(BROKEN[name])
    broker.put("after")
    assert read(broker) == ["after"]
    assert list((tmp_path / "broker").iterdir()) == []
    assert "0_first.work.msg" in caplog.text
    assert "dropped" in caplog.text


def test_a_folder_a_dead_link_or_a_pipe_in_the_place_of_a_message_stops_nothing(broker, tmp_path):
    inbox = tmp_path / "broker"
    (inbox / "0_a.work.msg").mkdir()
    (inbox / "0_b.work.msg").symlink_to(inbox / "nowhere")
    os.mkfifo(inbox / "0_c.work.msg")
    broker.put("after")
    assert read(broker) == ["after"]
    assert not [path for path in inbox.iterdir() if path.suffix == ".msg"]


@pytest.mark.parametrize("name", BROKEN_LISTS)
def test_a_list_of_queues_that_cannot_be_read_is_made_anew_from_what_the_process_has_bound(name, broker, tmp_path):
    (tmp_path / "control" / "work.exchange").write_bytes(BROKEN_LISTS[name])
    broker.put("after")
    assert read(broker) == ["after"]
    assert json.loads((tmp_path / "control" / "work.exchange").read_bytes()) == [["work", "", "work"]]


@pytest.mark.parametrize("name", BROKEN_LISTS)
def test_a_new_process_starts_over_a_list_of_queues_that_cannot_be_read(name, tmp_path):
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "work.exchange").write_bytes(BROKEN_LISTS[name])
    with (
        Connection("filesystem://", transport=Transport, transport_options=options(tmp_path)) as link,
        link.SimpleQueue("work") as queue,
    ):
        queue.put("first")
        assert read(queue) == ["first"]


@pytest.mark.parametrize("kind", ["folder", "dead link", "pipe"])
def test_what_stands_in_the_place_of_the_lock_keeps_nobody_from_starting(kind, tmp_path):
    (tmp_path / "control").mkdir()
    lock = tmp_path / "control" / "lock"
    {"folder": lock.mkdir, "dead link": lambda: lock.symlink_to("nowhere"), "pipe": lambda: os.mkfifo(lock)}[kind]()
    with (
        Connection("filesystem://", transport=Transport, transport_options=options(tmp_path)) as link,
        link.SimpleQueue("work") as queue,
    ):
        queue.put("first")
        assert read(queue) == ["first"]


def test_the_folders_may_vanish(broker, tmp_path):
    (tmp_path / "broker").rmdir()
    assert read(broker) == []
    broker.put("after")
    assert read(broker) == ["after"]


def test_at_the_start_of_a_process_the_folders_are_emptied_of_what_cannot_be_read(broker, tmp_path):
    broker.put("good")
    inbox, control = tmp_path / "broker", tmp_path / "control"
    (inbox / "0_bad.work.msg").touch()
    (inbox / "0_dead.work.msg.1.taken").touch()
    (inbox / "0_new.work.msg.1.half").touch()
    os.utime(inbox / "0_dead.work.msg.1.taken", (time.time() - 3600,) * 2)
    (control / "bad.exchange").touch()
    drop_unreadable(inbox)
    drop_unreadable(control)
    assert sorted(path.suffix for path in inbox.iterdir()) == [".half", ".msg"]
    assert {path.name for path in control.iterdir()} == {"lock", "work.exchange"}
    assert read(broker) == ["good"]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_whatever_keep_a_message_from_coming(tmp_path_factory, one, other):
    folder = tmp_path_factory.mktemp("broker")
    with (
        Connection("filesystem://", transport=Transport, transport_options=options(folder)) as link,
        link.SimpleQueue("work") as queue,
    ):
        queue.put("before")
        (folder / "broker" / "0_first.work.msg").write_bytes(one)
        (folder / "control" / "work.exchange").write_bytes(other)
        queue.put("after")
        assert read(queue) == ["before", "after"]


def alive(site: Site) -> bool:
    return site.children["worker"].poll() is None


def test_a_worker_outlives_damaged_files_and_does_its_work_without_any_message(tmp_path):
    with Site("embedded", tmp_path) as site:
        token = site.token("editor")

        def read_one(number: int) -> None:
            body = {"desk": "news-desk", "kind": "story", "text": f"Inspectors counted {number} goats in Vellmar."}
            status, made = site.call("POST", "documents/", body, token)
            assert status == 202, made
            address = f"documents/{made['document']['id']}/"
            wait_until(
                lambda: site.call("GET", address, token=token)[1]["state"] == "in_check", 60, f"not read\n{site.logs()}"
            )

        read_one(211)
        (tmp_path / "broker" / "0_bad.celery.msg").touch()
        for exchange in (tmp_path / "broker-control").glob("*.exchange"):
            exchange.write_bytes(b"")
        read_one(212)
        time.sleep(2)
        assert alive(site), site.logs()
        site.kill("worker", signal.SIGTERM)
        for exchange in (tmp_path / "broker-control").glob("*.exchange"):
            exchange.write_bytes(b"")
        site.start_worker()
        read_one(213)
        assert alive(site), site.logs()
        for folder in ("broker", "broker-control"):  # no message can be written or read any more
            (tmp_path / folder).rename(tmp_path / f"{folder}.gone")
            (tmp_path / folder).write_text("a file, and no folder")
        read_one(214)
        assert alive(site), site.logs()
        assert not re.search("Unrecoverable", site.logs())
