"""What a host is told before it starts: by a check with an id and a hint, which says what is wrong and what to do."""

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.checks import run_checks
from django.db import connection

from factcheck import conf, host_checks

pytestmark = pytest.mark.django_db  # a check of the app asks the database for its keys


def told(check):
    found = list(check())
    assert all(row.hint for row in found), found
    return {row.id: row.msg for row in found}


def told_of_settings(settings, given):
    settings.FACTCHECK = given
    return told(conf.check_settings)


def test_a_host_as_documented_is_told_nothing(settings):
    assert not [row for row in run_checks() if row.id.startswith("factcheck.")]


def test_times_without_zones_are_refused(settings):
    settings.USE_TZ = False
    assert "zone" in told(host_checks.check_time_zones)["factcheck.E008"]


@pytest.mark.parametrize(("vendor", "name"), [("mysql", "MySQL"), ("oracle", "Oracle")])
def test_a_database_whose_constraints_do_not_suffice_is_refused_in_words(monkeypatch, vendor, name):
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(connection, "display_name", name)
    assert f"does not run on {name}" in told(host_checks.check_database)["factcheck.E009"]


def test_sqlite_that_begins_its_transactions_late_is_told_of(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "sqlite")
    for options in ({}, None, {"transaction_mode": "DEFERRED"}):
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
        assert "database is locked" in told(host_checks.check_database)["factcheck.W001"]
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"transaction_mode": "immediate"})
    assert not told(host_checks.check_database)


def test_postgresql_is_told_nothing(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert not told(host_checks.check_database)


@pytest.mark.parametrize(
    "given", [{"GROUP_ROLES": {"Editors": ["news-desk", "editor"]}}, {"CHIEF_EDITOR_GROUPS": ["A"]}]
)
def test_roles_by_groups_need_users_that_have_groups(settings, monkeypatch, given):
    settings.FACTCHECK = given
    assert not told(host_checks.check_groups)
    monkeypatch.setattr(host_checks, "get_user_model", lambda: AbstractBaseUser)
    assert "has no groups" in told(host_checks.check_groups)["factcheck.E010"]


@pytest.mark.parametrize("schedule", [{}, {"other": {"task": "desk.tick", "schedule": 60}}, None])
def test_a_beat_that_never_calls_is_told_of(settings, schedule):
    settings.CELERY_BEAT_SCHEDULE = schedule
    assert "factcheck.tick" in told(host_checks.check_beat)["factcheck.W002"]


def test_a_schedule_under_another_prefix_of_celery_is_seen(settings):
    settings.CELERY_BEAT_SCHEDULE = {}
    settings.DESK_BEAT_SCHEDULE = {"any name": {"task": "factcheck.tick", "schedule": 60}}
    assert not told(host_checks.check_beat)


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_that_each_process_has_for_itself_is_told_of_before_it_goes_out(settings, backend):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    assert "each process" in told(host_checks.check_cache)["factcheck.W003"]
    assert "factcheck.W003" not in {row.id for row in run_checks()}
    assert "factcheck.W003" in {row.id for row in run_checks(include_deployment_checks=True)}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x"}}
    assert not told(host_checks.check_cache)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"ENCRYPTION_KEYS": ["short"]}, "factcheck.E004"),
        ({"HISTORY_KEYS": ["short"]}, "factcheck.E004"),
        ({"SITE_URL": "desk.example"}, "factcheck.E003"),
        ({"VERDICT_LABELS": {"true": "True"}}, "factcheck.E004"),
        ({"SITE": "https://desk.example"}, "factcheck.E001"),
        ({"LEASE_SECONDS": "long"}, "factcheck.E002"),
        ({"READERS": {".odt": "nowhere.reader"}}, "factcheck.E005"),
        ({"MATCHING_SCORER": "nowhere.scorer"}, "factcheck.E005"),
        ({"LEASE_SECONDS": 2, "DISPATCH_SECONDS": 5}, "factcheck.E007"),
        (["SITE_URL"], "factcheck.E006"),
    ],
)
def test_a_wrong_key_address_or_label_is_told_with_what_would_do(settings, given, wanted):
    assert set(told_of_settings(settings, given)) == {wanted}


def test_a_secret_that_is_wrong_is_not_repeated(settings):
    (words,) = told_of_settings(settings, {"ENCRYPTION_KEYS": ["a secret that was cut"]}).values()
    assert "secret" not in words
    assert "entry 1" in words
