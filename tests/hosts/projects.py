"""A host: a project made by ``django-admin startproject``, plugged in as docs/extending.md says, driven over HTTP."""

import contextlib
import http.cookiejar
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from factcheck.management.supervisor import free_port
from tests.host.test_wheel import code_of
from tests.live import ROOT, wait_until

ROLES = ("editor", "checker", "reviewer", "desk_chief", "chief_editor")
PASSWORD = "a long password"
PEOPLE = """
from django.contrib.auth import get_user_model
User = get_user_model()
for role in {roles}:
    User.objects.create_superuser(**{{User.USERNAME_FIELD: f"{name}"}}, password="{password}", **{{key: "{{}}@desk.example".format(role) for key in User.REQUIRED_FIELDS}})
"""
SQLITE = """
DATABASES["default"]["OPTIONS"] = {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""
BROKER = """
CELERY_BROKER_TRANSPORT_OPTIONS = dict.fromkeys(("data_folder_in", "data_folder_out", "control_folder"), str(BASE_DIR / "box"))
(BASE_DIR / "box").mkdir(exist_ok=True)
"""


@dataclass(frozen=True)
class Kind:
    """What sets a host apart from the project that the tool makes."""

    settings: str = ""
    """Lines before the five of the docs."""
    after: str = ""
    """Lines below them."""
    files: dict[str, str] = field(default_factory=dict)
    urls: str = ""
    """The whole of ``urls.py``; empty takes that of the docs."""
    celery: str = ""
    """The whole of ``celery.py``; empty takes that of the docs."""
    prefix: str = "/factcheck"
    admin: str = "/admin"
    migrate: tuple[str, ...] = ()
    """Apps of the host whose first migration is made by ``makemigrations``."""
    names: str = "{role}"
    """By what a person logs in, with the role in it."""

    scheme: str = "Token"
    """What stands before a token."""

    def name_of(self, role: str) -> str:
        return self.names.format(role=role)


class Host:
    """One project, its database, its worker and its web server, all ended with it."""

    python = sys.executable

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.folder, self.kind = folder, kind
        self.children: dict[str, subprocess.Popen] = {}
        self.port = free_port(20000 + secrets.randbelow(20000))
        self.site = f"http://127.0.0.1:{self.port}"
        self.base = f"{self.site}{kind.prefix}/api/v1"
        self.env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONWARNINGS": "ignore"}
        self.tokens: dict[str, str] = {}

    def make(self) -> None:
        self.run("-m", "django", "startproject", "desk", ".")
        settings, urls, celery = code_of("extending.md", "Plugging into a site")[:3]
        settings = settings.replace("redis://127.0.0.1:6379/0", "filesystem://localhost")
        with (self.folder / "desk/settings.py").open("a") as file:
            file.write("\n".join(["", SQLITE, self.kind.settings, settings, BROKER, self.kind.after]))
        (self.folder / "desk/urls.py").write_text(self.kind.urls or urls)
        (self.folder / "desk/celery.py").write_text(self.kind.celery or celery)
        for name, text in self.kind.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def set_up(self) -> str:
        """The database and one person for each role; what ``setup_roles`` said."""
        if self.kind.migrate:
            self.manage("makemigrations", *self.kind.migrate, "-v0")
        self.manage("migrate", "-v0")
        code = PEOPLE.format(roles=ROLES, name=self.kind.names, password=PASSWORD)
        self.manage("shell", "-v0", "-c", code)
        return self.manage("setup_roles", *(f"--role={self.kind.name_of(role)}={role}" for role in ROLES))

    def run(self, *command: str) -> str:
        done = subprocess.run([self.python, *command], cwd=self.folder, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done.stdout + done.stderr

    def manage(self, *command: str) -> str:
        return self.run("manage.py", *command)

    def __enter__(self) -> "Host":
        self.start("web", "manage.py", "runserver", "--noreload", f"127.0.0.1:{self.port}")
        self.start("worker", "-m", "celery", "-A", "desk", "worker", "-P", "threads", "-c", "1", "-l", "WARNING")
        try:
            wait_until(self.answers, 90, f"the site did not answer\n{self.logs()}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in self.children.values():
            child.kill()
            child.wait(20)

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self.children[name] = subprocess.Popen(
                [self.python, *command], cwd=self.folder, env=self.env, stdout=log, stderr=log
            )

    def answers(self) -> bool:
        gone = {name for name, child in self.children.items() if child.poll() is not None}
        assert not gone, self.logs()
        with contextlib.suppress(OSError):
            return self.call("GET", "documents/")[0] == 401
        return False

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-6000:]}" for path in self.folder.glob("*.log"))

    def call(self, method: str, path: str, body: object = None, role: str = "", **headers: str):
        """One call of the API: status and JSON. An address that begins with http is taken as it stands."""
        sent = {"Content-Type": "application/json", **headers}
        if method != "GET":
            sent.setdefault("If-Match", "*")
        if role:
            sent["Authorization"] = f"{self.kind.scheme} {self.token(role)}"
        data = None if body is None else json.dumps(body).encode()
        address = path if path.startswith("http") else f"{self.base}/{path}"
        asked = urllib.request.Request(address, data, sent, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read()
        assert status < 500, f"{method} {path}: {status}\n{self.logs()}"
        try:
            return status, json.loads(text or b"null")
        except ValueError:
            return status, text

    def did(self, method: str, path: str, body: object = None, role: str = "editor"):
        status, answer = self.call(method, path, body, role)
        assert status < 300, (method, path, status, answer)
        return answer

    def token(self, role: str) -> str:
        if role not in self.tokens:
            name = self.kind.name_of(role)
            status, answer = self.call("POST", "auth/login/", {"username": name, "password": PASSWORD})
            assert status == 200, (answer, self.logs())
            self.tokens[role] = answer["token"]
        return self.tokens[role]

    def browser(self, role: str) -> urllib.request.OpenerDirector:
        """A browser that has logged into the admin."""
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        address = f"{self.site}{self.kind.admin}/login/"
        page = browser.open(address).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {"username": self.kind.name_of(role), "password": PASSWORD}
        form |= {"csrfmiddlewaretoken": token[1], "next": f"{self.kind.admin}/"}
        asked = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), {"Referer": address})
        answer = browser.open(asked)
        assert not answer.url.startswith(address), "the log-in was refused"
        return browser
