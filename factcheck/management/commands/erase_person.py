"""Make an account nameless on a chief editor's word, and say what still tells of the person."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.errors import FactcheckError
from factcheck.management.people import person_named
from factcheck.workflow.erased_people import check_erasing, erase_person, what_goes, what_remains


class Command(BaseCommand):
    help = "Erase who a person was: their account loses name, address, roles and access; what they decided stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="by what they log in with")
        parser.add_argument("--reason", required=True, help="why; kept in the history, so do not name the person")
        parser.add_argument("--by", required=True, metavar="CHIEF", help="the chief editor who decided it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go and what would stay")

    def handle(self, *args: Any, **options: Any) -> None:
        user, chief = person_named(options["user"]), person_named(options["by"])
        try:
            check_erasing(user, by=chief, note=options["reason"])
            goes, remains = what_goes(user), what_remains(user)
            called = "" if options["dry_run"] else str(erase_person(user, by=chief, note=options["reason"]))
        except FactcheckError as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(f"{name} {count}" for name, count in goes.items())
        self.stdout.write(f"{options['user']} {'is ' + called + ' now' if called else 'would be erased'}: {counts}.")
        self.stdout.write("What stays:")
        self.stdout.writelines(f"- {row}\n" for row in remains)
        if not called:
            self.stdout.write("Nothing is changed.")
