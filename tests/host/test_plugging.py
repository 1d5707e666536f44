"""How the app is added to a host that has some of its libraries already: what is missing comes in, and nothing twice."""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings

import factcheck
from tests.host.test_wheel import code_of
from tests.live import ROOT

OWN = ["django.contrib.auth", "desk.stories"]
BY_CONFIG = {
    "rest_framework": "rest_framework.apps.RestFrameworkConfig",
    "drf_spectacular": "drf_spectacular.apps.SpectacularConfig",
    "drf_spectacular_sidecar": "drf_spectacular_sidecar.apps.SpectacularSidecarConfig",
    "drf_standardized_errors": "drf_standardized_errors.apps.StandardizedErrorsConfig",
    "django_celery_beat": "django_celery_beat.apps.BeatConfig",
    "factcheck": "factcheck.apps.FactcheckConfig",
}
STRANGERS = ["rest_framework.authtoken", "rest_framework.authtoken.apps.AuthTokenConfig", "knoxville", "desk.knox"]


def test_a_host_that_has_none_of_the_apps_gets_them_all_in_their_order():
    assert factcheck.missing(OWN) == factcheck.APPS
    assert factcheck.missing([]) == factcheck.APPS


@pytest.mark.parametrize("app", factcheck.APPS)
def test_an_app_that_the_host_lists_is_not_added_again(app):
    assert factcheck.missing([*OWN, app]) == [row for row in factcheck.APPS if row != app]
    assert factcheck.missing([app, app]) == [row for row in factcheck.APPS if row != app]


@pytest.mark.parametrize("app", BY_CONFIG)
def test_an_app_that_the_host_lists_by_its_config_is_not_added_again(app):
    assert factcheck.missing([BY_CONFIG[app], *OWN]) == [row for row in factcheck.APPS if row != app]


def test_the_configs_are_those_of_the_libraries():
    configs = {name: type(apps.get_app_config(name.rpartition(".")[2])) for name in BY_CONFIG}
    assert {name: f"{row.__module__}.{row.__qualname__}" for name, row in configs.items()} == BY_CONFIG


@pytest.mark.parametrize("stranger", STRANGERS)
def test_another_app_whose_name_only_resembles_one_keeps_none_out(stranger):
    assert factcheck.missing([stranger]) == factcheck.APPS


def test_a_host_that_lists_all_of_them_gets_nothing():
    assert factcheck.missing(factcheck.APPS) == []


def test_a_host_whose_apps_are_a_tuple_gets_a_tuple():
    assert factcheck.missing(("knox", *BY_CONFIG.values())) == ("django_filters",)


def test_the_list_of_the_host_is_left_as_it_was():
    listed = [*OWN, "knox"]
    factcheck.missing(listed)
    assert listed == [*OWN, "knox"]


def test_the_site_of_this_repository_has_each_app_once():
    assert [row for row in settings.INSTALLED_APPS if row in factcheck.APPS] == factcheck.APPS


HOSTS = {
    "filters its lists already": 'INSTALLED_APPS += ["django_filters"]',
    "has all of the apps": f"INSTALLED_APPS += {factcheck.APPS}",
    "names their configs, in a tuple": f"INSTALLED_APPS = (*INSTALLED_APPS, *{list(BY_CONFIG.values())})",
}
IMMEDIATE = '\nDATABASES["default"]["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 30}\n'
OWN_CONFIG = """
from django.apps import AppConfig

class Filters(AppConfig):
    name = "django_filters"
"""


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_starts_that(host, tmp_path):
    plug_into_a_new_project(tmp_path, HOSTS[host])
    assert "no issues" in run(tmp_path, "manage.py", "check")


def test_a_host_with_a_config_of_its_own_for_one_of_the_apps_starts_once_it_says_so(tmp_path):
    apps_expression = 'factcheck.missing([*INSTALLED_APPS, "django_filters"])'
    assert apps_expression in (ROOT / "docs" / "extending.md").read_text()
    plug_into_a_new_project(tmp_path, 'INSTALLED_APPS += ["desk.apps.Filters"]', apps_expression)
    (tmp_path / "desk" / "apps.py").write_text(OWN_CONFIG)
    assert "no issues" in run(tmp_path, "manage.py", "check")


def plug_into_a_new_project(folder, listed, apps_expression="factcheck.missing(INSTALLED_APPS)"):
    """As docs/extending.md says, below the apps that the project lists itself."""
    run(folder, "-m", "django", "startproject", "desk", ".")
    lines, urls, _ = code_of("extending.md", "Plugging into a site")[:3]
    usual = "factcheck.missing(INSTALLED_APPS)"
    assert usual in lines
    with (folder / "desk" / "settings.py").open("a") as file:
        file.write(f"\n{listed}\n{lines.replace(usual, apps_expression)}{IMMEDIATE}")
    (folder / "desk" / "urls.py").write_text(urls)


def run(folder, *command):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
