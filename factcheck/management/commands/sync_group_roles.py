"""Give and take roles by Django's groups for everybody, as ``GROUP_ROLES`` and ``CHIEF_EDITOR_GROUPS`` say."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from factcheck.workflow.group_roles import (
    RoleChange,
    changes_by_groups,
    follow_groups_of,
    people_with_group_roles,
    unknown_desks,
)


class Command(BaseCommand):
    help = "Give and take roles as people's groups say; roles given by hand stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        people = list(people_with_group_roles())
        if options["dry_run"]:
            done = [change for user in people for change, _ in changes_by_groups(user)]
        else:
            done = follow_groups_of(people)
        for change in done:
            self.stdout.write(sentence_of(change))
        self.stdout.write("Nothing is changed." if options["dry_run"] or not done else f"{len(done)} changes.")
        if unknown := unknown_desks():
            raise CommandError(f"GROUP_ROLES names desks that are not there: {', '.join(unknown)}.")


def sentence_of(change: RoleChange) -> str:
    verb = "gets" if change.given else "loses"
    where = f"on {change.desk}" if change.desk else "on all desks"
    refused = f" – not done: {change.refused}" if change.refused else ""
    return f"{change.user} {verb} {change.role.replace('_', ' ')} {where}{refused}"
