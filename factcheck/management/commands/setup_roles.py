"""Prepare a site: a desk, the source registry, and people in their roles."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from factcheck.management.starter import registry
from factcheck.models import Desk, Membership, Policy, Role
from factcheck.permissions import MACHINE
from factcheck.workflow.sources import load_registry


class Command(BaseCommand):
    help = "Make a desk, load the source registry, and give people roles: --role ann=editor --role bo=reviewer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--desk", default="News desk", help="name of the desk; made if it is not there")
        parser.add_argument("--role", action="append", default=[], metavar="USER=ROLE", help=", ".join(Role.values))

    def handle(self, *args: Any, **options: Any) -> None:
        desk, made = Desk.objects.get_or_create(
            slug=slugify(options["desk"]) or "desk", defaults={"name": options["desk"]}
        )
        Policy.objects.get_or_create(desk=desk)
        added = load_registry(registry(), by=MACHINE("setup_roles"))
        for pair in options["role"]:
            self.give(pair, desk)
        self.stdout.write(f"Desk “{desk}” {'made' if made else 'is there'}; {added} sources added.")

    def give(self, pair: str, desk: Desk) -> None:
        name, _, role = pair.partition("=")
        if role not in Role.values:
            raise CommandError(f"“{role}” is not a role; there are {', '.join(Role.values)}.")
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user “{name}”; make one with createsuperuser or in the admin first.")
        Membership.objects.get_or_create(user=user, desk=None if role == Role.CHIEF_EDITOR else desk, role=role)
        self.stdout.write(f"{name} is {role.replace('_', ' ')}.")
