"""The main job, end to end, on a database of its own: ingest, read, cross-check, and say what was found."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from celery.app.utils import find_app
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from factcheck.management import demo_steps
from factcheck.management.health_checks import broker_folders
from factcheck.management.supervisor import Processes, exclusive_lock, free_port

OWN = "FACTCHECK_DEMO_FOLDER"
IGNORED = (
    "DATABASE_URL",
    "REDIS_URL",
    "FACTCHECK",
    "EMAIL_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "HTTPS",
    "DEBUG",
    "PROXIES",
)


def demo_folder() -> Path:
    """Where the demo keeps everything: beside the settings of the site, or where the command is given."""
    return Path(getattr(settings, "BASE_DIR", ".")).resolve() / "var" / "demo"


def not_apart(folder: Path) -> str:
    """Why the demo may not run with these settings, in a sentence; empty where it has all for itself."""
    if not getattr(settings, "WSGI_APPLICATION", None) or find_spec("gunicorn") is None:
        return "The demo serves its pages by gunicorn and WSGI_APPLICATION: install the one, and set the other."
    database = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else ""
    places = [Path(place).resolve() for place in (database, *broker_folders_of(site_name()))]
    if len(places) < 2 or not all(place.is_relative_to(folder) for place in places):
        return (
            "The demo writes only into a database and a broker of its own, and these settings name the site's. "
            "Run it in a checkout of factcheck, or let the settings put SQLite and a folder as broker under the "
            "variable NEWSROOM_DATA where that is set."
        )
    return demo_steps.missing_for_people()


def site_name() -> str:
    """The package of the site, in which its Celery app and its WSGI application are."""
    return str(settings.WSGI_APPLICATION).split(".")[0]


def broker_folders_of(site: str) -> list[Path]:
    """The folders that the Celery app of a site has as its broker; none where it has another, or there is no app."""
    try:
        find_app(site)  # it is the current app from now on
    except (AttributeError, ImportError):
        return []
    return broker_folders()


class Command(BaseCommand):
    help = "Show the main job on the embedded default; stays with the site running until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="do the same without staying")
        parser.add_argument("--remove", action="store_true", help="take away all that the demo made, and end")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["remove"]:
                self.remove(demo_folder())
            else:
                self.show(options)
        except KeyboardInterrupt:
            self.stdout.write("\nEvery process of the demo has ended.")

    def show(self, options: dict[str, Any]) -> None:
        if OWN not in os.environ:
            self.start_apart()
        folder = Path(os.environ[OWN])
        with exclusive_lock(folder / "lock") as alone:
            if not alone:
                raise CommandError("Another demo is running here; stop it first.")
            if missing := not_apart(folder):
                raise CommandError(missing)
            try:
                with Processes(folder) as processes:
                    self.play(processes, options)
            except RuntimeError as failure:
                raise CommandError(str(failure)) from None

    def start_apart(self) -> None:
        """Re-execute in an environment without database, broker and mail server settings."""
        folder = demo_folder()
        folder.mkdir(parents=True, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if key not in IGNORED}
        quiet = {"NEWSROOM_DATA": str(folder), OWN: str(folder), "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**inherited, **quiet})  # noqa: S606 - ourselves again

    def remove(self, folder: Path) -> None:
        """Delete the folder of the demo, which holds all that it made; not while a demo runs."""
        if folder.is_symlink() or folder.parent.is_symlink():
            raise CommandError(f"{folder} is a link: what it leads to is left alone.")
        if not folder.is_dir():
            self.stdout.write("There is no demo here.")
            return
        with exclusive_lock(folder / "lock") as alone:
            if not alone:
                raise CommandError("The demo is running; stop it first.")
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise CommandError(f"{folder} cannot be removed: {error.strerror or error}.") from error
        self.stdout.write(f"{folder} is removed: the demo's database, its broker and its logs.")

    def play(self, processes: Processes, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        people = demo_steps.create_people()
        self.stdout.write(f"Desk, roles and {demo_steps.count_sources()} sources are in place.")
        host = site_name()
        port = free_port(options["port"])
        address = f"http://127.0.0.1:{port}"
        worker = ("worker", "-B", "-P", "threads", "-c", "2", "-l", "WARNING", "-s", str(processes.folder / "beat"))
        processes.start("worker", "-m", "celery", "-A", host, *worker)
        web = ("--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "warning", "--no-control-socket")
        processes.start("web", "-m", "gunicorn", f"{host}.wsgi:application", *web)
        demo_steps.file_articles(self.stdout)
        demo_steps.wait_for_jobs(processes.check, "Reading and cross-checking")
        demo_steps.request_full_crosscheck()
        demo_steps.wait_for_jobs(processes.check, "Cross-checking everything")
        found = demo_steps.print_findings(self.stdout)
        processes.wait_for_page(f"{address}{demo_steps.first_page()}")
        demo_steps.print_people(self.stdout, address, people)
        if options["check"]:
            self.check_findings(found)
            return
        self.stdout.write("\nCtrl-C ends the demo and every process it started.")
        while True:
            processes.check()
            demo_steps.pause(1)

    def check_findings(self, found: dict[str, list[str]]) -> None:
        if missing := demo_steps.missing_findings(found):
            raise CommandError(f"The demo found no {', and no '.join(missing)}.")
        self.stdout.write("\nThe demo's main job is done; every process it started has been told to end.")
