"""The wheel, put into an empty project as a stranger would: five lines of settings, and an article is checked there."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from factcheck.management.supervisor import free_port
from tests.live import ROOT, wait_until
from tests.marks import thorough

ARTICLES = {
    "ours": "The mayor of Oberfurt, Lena Brandt, said on Monday that 40 houses were flooded in Oberfurt.",
    "theirs": "The fire service said on Monday that 90 houses were flooded in Oberfurt.",
}
SET_UP = """
from django.core.management import call_command
call_command("check")
call_command("makemigrations", "--check", "--dry-run")
call_command("migrate", verbosity=0)
call_command("setup_roles")
from django.contrib.auth import get_user_model
from factcheck.models import Desk, Membership
desk = Desk.objects.get(slug="news-desk")
Membership.objects.create(user=get_user_model().objects.create_user("ann", password="a long password"), desk=desk, role="editor")
"""


def code_of(page: str, heading: str) -> list[str]:
    """The blocks of code under a heading of a page of the docs."""
    text = (ROOT / "docs" / page).read_text().split(f"## {heading}")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built_wheel(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel"))


def built_wheel(copy: Path, out: Path) -> Path:
    """Built from a copy, so that nothing is left in the checkout."""
    for name in ("factcheck", "newsroom", "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(copy)], check=True)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return next(out.glob("factcheck-*.whl"))


def test_the_wheel_holds_all_that_the_app_needs_and_nothing_of_the_host(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "factcheck").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert {
        "factcheck/py.typed",
        "factcheck/migrations/0001_records.py",
        "factcheck/static/factcheck/favicon.svg",
    } <= held
    assert any(name.startswith("factcheck/starter/") for name in held)
    assert any(name.startswith("factcheck/templates/factcheck/") for name in held)
    assert "factcheck/locale/uk/LC_MESSAGES/django.mo" in held
    assert not wanted - held
    assert not [name for name in held if not name.startswith(("factcheck/", "factcheck-"))]


def imported(package: str) -> set[str]:
    """The distributions that the modules of a package import."""
    modules = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {row.name.split(".")[0] for row in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    named = packages_distributions()
    outside = modules - set(sys.stdlib_module_names) - {"factcheck", "newsroom", "asgiref"}  # the last is Django's own
    return {named[module][0].casefold() for module in outside}


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(row for extra in extras for row in project["optional-dependencies"][extra])]
    own = [line for line in lines if line.startswith("factcheck[")]
    parts = {part for line in own for part in declared(*line.partition("[")[2].rstrip("]").split(","))}
    return parts | {re.split(r"[\[<>=!~ ]", line)[0].casefold() for line in lines if line not in own}


def test_the_app_declares_exactly_what_it_imports():
    # an older pip leaves the first out, where a library of trafilatura asks for it; the second holds files alone
    not_imported = {"lxml_html_clean", "drf-spectacular-sidecar"}
    assert imported("factcheck") | not_imported == declared("all", "wagtail")


def test_the_host_declares_what_it_imports_beside_the_app():
    not_imported = {"psycopg", "gunicorn", "django-permissions-policy"}  # loaded by Django, a command, a middleware
    assert imported("newsroom") | declared("all") | not_imported == declared("host")


class Project:
    """An empty Django project in a virtual environment that holds the wheel and what it asks for, and nothing else."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.venv, self.root = folder / "venv", folder / "desk"
        self.python = self.venv / "bin" / "python"
        self.env = {"PATH": f"{self.venv / 'bin'}:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
        self.run(sys.executable, "-m", "venv", str(self.venv), cwd=folder)
        self.install(wheel)
        self.root.mkdir()
        self.run(str(self.python), "-m", "django", "startproject", "desk", ".")

    def install(self, wheel: Path) -> None:
        """As a stranger does: by the pip that came with Python, which brings all that the wheel asks for.

        It finds its index, its certificates and its patience where this machine keeps them.
        """
        env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
        command = [str(self.python), "-m", "pip", "install", "--quiet", str(wheel)]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]

    def run(self, *command: str, cwd: Path | None = None, data: str = "") -> str:
        done = subprocess.run(command, cwd=cwd or self.root, env=self.env, input=data, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
        return done.stdout

    def plug_in(self) -> None:
        """As docs/extending.md says."""
        settings, urls, celery = code_of("extending.md", "Plugging into a site")[:3]
        assert len([line for line in settings.splitlines() if line.strip()]) == 5
        (self.root / "desk/settings.py").open("a").write(
            f"\n{settings.replace('redis://127.0.0.1:6379/0', 'filesystem://')}"
        )
        (self.root / "desk/urls.py").write_text(urls)
        box = f"app.conf.broker_transport_options = dict.fromkeys(('data_folder_in', 'data_folder_out', 'control_folder'), {str(self.root / 'box')!r})\n"
        (self.root / "box").mkdir()
        (self.root / "desk/celery.py").write_text(celery + box)


@pytest.fixture(scope="module")
def project(wheel, tmp_path_factory):
    made = Project(tmp_path_factory.mktemp("stranger"), wheel)
    made.plug_in()
    return made


@thorough
@pytest.mark.xdist_group("wheel")  # one environment for both
def test_factcheck_comes_from_the_wheel_there_and_the_host_is_not_there(project):
    output = project.run(
        str(project.python),
        "-c",
        "import factcheck, importlib.util as u; print(factcheck.__file__, u.find_spec('newsroom'))",
    )
    assert output.startswith(str(project.venv))
    assert output.strip().endswith("None")


@thorough
@pytest.mark.xdist_group("wheel")  # one environment for both
def test_an_article_is_checked_in_an_empty_project_with_five_lines_of_settings(project):
    project.run(str(project.python), "manage.py", "shell", "-v0", "-c", SET_UP)
    port = free_port(20000 + os.getpid() % 20000)
    worker = ("-m", "celery", "-A", "desk", "worker", "-P", "threads", "-c", "1", "-l", "WARNING")
    children = [
        start(project, "web", "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"),
        start(project, "worker", *worker),
    ]
    try:
        check_an_article(f"http://127.0.0.1:{port}/factcheck/api/v1", project, children)
    finally:
        for child in children:
            child.kill()
            child.wait(20)


def start(project, name, *command):
    with (project.root / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            [str(project.python), *command], cwd=project.root, env=project.env, stdout=log, stderr=log
        )


def check_an_article(base, project, children):
    def call(path, body=None, token=""):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Token {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{base}/{path}", data, headers), timeout=20) as answer:
            return json.loads(answer.read())

    def answers():
        assert [child.poll() for child in children] == [None, None], logs()
        try:
            call("documents/")
        except urllib.error.HTTPError as refused:
            return refused.code == 401
        except OSError:
            return False

    def logs():
        return "\n".join(path.read_text()[-3000:] for path in project.root.glob("*.log"))

    wait_until(answers, 60, "the site did not answer")
    token = call("auth/login/", {"username": "ann", "password": "a long password"})["token"]
    call("topics/", {"slug": "flood", "title": "Flood in Oberfurt", "desk": "news-desk"}, token)
    for name, text in ARTICLES.items():
        particulars = {
            "desk": "news-desk",
            "title": name,
            "publisher_name": name,
            "published_at": "2026-03-10T12:00:00Z",
            "topic": "flood",
        }
        call("documents/", {**particulars, "text": text}, token)
    wait_until(lambda: call("discrepancies/", token=token)["results"], 60, logs())
    (found,) = call("discrepancies/", token=token)["results"]
    assert found["kind"] == "conflict"
    assert "40" in found["reason"]
    assert "90" in found["reason"]
    ours = next(row for row in call("documents/", token=token)["results"] if row["title"] == "ours")
    gate = call(f"documents/{ours['id']}/clearance/", token=token)
    assert not gate["clear"]
    assert {"claim_unchecked", "discrepancy_open"} <= {row["code"] for row in gate["blockers"]}
