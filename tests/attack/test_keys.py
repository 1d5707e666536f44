"""Keys lost, changed and retired: nothing is a 500, nothing is logged as opened that was not, and someone says so."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import override_settings

from factcheck.errors import WrongState
from factcheck.management.health_checks import run_check, warn_of_missing_keys
from factcheck.models import Event
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.sources import open_name, record_source
from factcheck.workflow.webhooks import record_webhook
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def keys(*names: str):
    return override_settings(FACTCHECK={"ENCRYPTION_KEYS": list(names)})


@pytest.fixture
def sealed(staff):
    """A confidential name and a webhook's secret under the old key."""
    with keys(OLD):
        source = record_source("Olena Hrytsenko", "eyewitness", desk=staff.desk, by=staff.desk_chief, confidential=True)
        record_webhook(staff.desk, "https://hooks.example/x", ["document_cleared"], by=staff.desk_chief)
    return source


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("reencrypt", *arguments, stdout=out)
    return out.getvalue()


def test_a_key_is_retired_after_everything_was_encrypted_anew(sealed, staff):
    with keys(NEW, OLD):
        assert "0 under the newest key, 2 under older ones" in said("--check")
        assert "2 of them under an older key" in run_check("keys")[1]
        assert [row.id for row in warn_of_missing_keys()] == ["factcheck.W030"]
        assert "2 encrypted anew" in said()
        assert "0 encrypted anew" in said()
    with keys(NEW):
        sealed.refresh_from_db()
        assert open_name(sealed, by=staff.desk_chief) == "Olena Hrytsenko"
        assert (run_check("keys")[0], warn_of_missing_keys()) == (True, [])
    assert {row.machine for row in Event.objects.filter(action="reencrypt")} == {"reencrypt"}
    assert not list(verify_history())


@pytest.mark.parametrize("lost", ["the key", "the secret key of the site"])
def test_without_its_key_a_name_stays_closed_with_a_sentence_and_is_not_logged_as_opened(staff, sealed, settings, lost):
    if lost != "the key":
        sealed = record_source("Ihor Koval", "eyewitness", desk=staff.desk, by=staff.desk_chief, confidential=True)
        settings.SECRET_KEY = "another secret key that is long enough for it"
    with keys(NEW):
        with pytest.raises(WrongState) as refusal:
            open_name(sealed, by=staff.desk_chief)
        assert (refusal.value.code, "ENCRYPTION_KEYS" in str(refusal.value)) == ("key_missing", True)
        answer = Caller(staff.desk_chief).post(f"sources/{sealed.pk}/open_name/")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "key_missing")
        assert not Event.objects.filter(action="open_name").exists()
        assert run_check("keys")[0] is False
        assert "factcheck.E030" in [row.id for row in warn_of_missing_keys()]
        with pytest.raises(CommandError, match="put the missing key back"):
            said("--check")
