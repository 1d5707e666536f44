"""A person asks what is held about them, or to be forgotten: the two commands that answer."""

from __future__ import annotations

import json
import stat
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command

from factcheck.api.authentication import create_token
from factcheck.models import ErasedPerson, Event
from tests.factories import PASSWORD, UserFactory
from tests.stories import Staff, bring_to, file_text, person

pytestmark = pytest.mark.django_db


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def ann(staff: Staff):
    staff.reviewer = person("reviewer", staff.desk, username="ann", last_name="Holm")
    staff.chief_editor.username = "chief"
    staff.chief_editor.save()
    story = file_text(
        "The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, authors=(staff.auditor,)
    )
    bring_to(story.claims.first(), "signed_off", staff)
    return staff.reviewer


def test_a_person_is_handed_what_is_held_about_them_and_no_secret(ann, staff, tmp_path, client):
    row, token = create_token(ann, name="laptop", scopes=["read"])
    client.force_login(ann)
    said = run("export_person", "ann", "--out", str(tmp_path / "ann.json"))
    words = (tmp_path / "ann.json").read_text()
    data = json.loads(words)
    assert data["profile"]["username"] == "ann"
    assert data["profile"]["last_name"] == "Holm"
    assert [row["role"] for row in data["memberships"]] == ["reviewer"]
    assert data["memberships"][0]["desk__slug"] == staff.desk.slug
    assert [(row["name"], row["scopes"]) for row in data["tokens"]] == [("laptop", ["read"])]
    assert len(data["sessions"]) == 1
    assert "sign_off" in {row["action"] for row in data["actions"]}
    assert ("sign_off", "by") in {(row["kind"], row["as"]) for row in data["references"]}
    assert all(row["at"] for row in data["references"] if row["kind"] == "sign_off")
    assert f"{len(data['actions'])} actions" in said
    for secret in (token, row.digest, ann.password, client.session.session_key):
        assert secret not in words
    assert "40 homes" not in words


def test_whose_text_it_is_is_a_reference_by_number(staff, ann, tmp_path):
    run("export_person", staff.auditor.username, "--out", str(tmp_path / "them.json"))
    (row,) = json.loads((tmp_path / "them.json").read_text())["references"]
    assert (row["kind"], row["as"]) == ("document", "authors")


def test_only_its_owner_may_read_the_file_and_none_is_written_over(ann, tmp_path):
    path = tmp_path / "ann.json"
    run("export_person", "ann", "--out", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_person", "ann", "--out", str(path))


def test_an_erasing_is_tried_first_and_then_done(ann, staff):
    command = ("erase_person", "ann", "--reason", "they asked for it", "--by", "chief")
    tried = run(*command, "--dry-run")
    assert "ann would be erased: roles 1" in tried
    assert "Nothing is changed." in tried
    assert not ErasedPerson.objects.exists()
    done = run(*command)
    erased = ErasedPerson.objects.get()
    assert f"ann is erased-{erased.pk} now: roles 1" in done
    assert "frozen reports" in done
    assert Event.objects.of(erased).get().actor == staff.chief_editor
    assert "events verify" in run("verify_history")


@pytest.mark.parametrize(
    ("user", "by", "reason", "words"),
    [
        ("nobody", "chief", "why", "no user “nobody”"),
        ("ann", "nobody", "why", "no user “nobody”"),
        ("ann", "ann", "why", "chief editor"),
        ("ann", "chief", " ", "say why"),
        ("chief", "chief", "why", "Somebody else"),
    ],
)
def test_an_erasing_that_may_not_be_says_why_also_when_it_is_tried(ann, user, by, reason, words):
    for more in ((), ("--dry-run",)):
        with pytest.raises(CommandError, match=words):
            run("erase_person", user, "--reason", reason, "--by", by, *more)
    assert not ErasedPerson.objects.exists()


def test_the_failed_log_ins_of_an_erased_person_are_forgotten(
    ann, staff, settings, client, django_capture_on_commit_callbacks
):
    settings.AXES_ENABLED = True
    UserFactory(username="bo")
    for name in ("ann", "bo"):
        client.post("/login/", {"username": name, "password": PASSWORD[:-1]})
    assert AccessAttempt.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        run("erase_person", "ann", "--reason", "they asked for it", "--by", "chief")
    assert AccessAttempt.objects.get().username == "bo"
