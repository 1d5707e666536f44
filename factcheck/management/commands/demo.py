"""The main job, end to end, on a database of its own: ingest, read, cross-check, and say what was found."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from factcheck.management import demo_steps
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


class Command(BaseCommand):
    help = "Show the main job on the embedded default; stays with the site running until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="do the same without staying")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
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
            try:
                with Processes(folder) as processes:
                    self.play(processes, options)
            except RuntimeError as failure:
                raise CommandError(str(failure)) from None

    def start_apart(self) -> None:
        """Re-execute in an environment without database, broker and mail server settings."""
        folder = Path(settings.BASE_DIR) / "var" / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if key not in IGNORED}
        quiet = {"NEWSROOM_DATA": str(folder), OWN: str(folder), "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**inherited, **quiet})  # noqa: S606 - ourselves again

    def play(self, processes: Processes, options: dict[str, Any]) -> None:
        call_command("migrate", verbosity=0)
        people = demo_steps.create_people()
        self.stdout.write(f"Desk, roles and {demo_steps.count_sources()} sources are in place.")
        host = settings.WSGI_APPLICATION.split(".")[0]
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
        processes.wait_for_page(f"{address}/healthz/")
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
