"""Encrypt confidential names and webhook secrets anew under the newest key, so that an older one can be retired."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.actors import Machine
from factcheck.workflow.reencryption import count_key_use, reencrypt


class Command(BaseCommand):
    help = "Encrypt what older keys open anew under the newest of ENCRYPTION_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say which keys are still needed")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(f"{reencrypt(by=Machine('reencrypt'))} encrypted anew.")
        use = count_key_use()
        self.stdout.write(f"{use.newest} under the newest key, {use.older} under older ones.")
        if use.missing:
            raise CommandError(f"{use.missing} that no key of the site opens: put the missing key back.")
