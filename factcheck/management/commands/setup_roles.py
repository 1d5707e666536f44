"""Prepare a site: a desk, the source registry, and people in their roles."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from factcheck.actors import Machine
from factcheck.errors import FactcheckError
from factcheck.management.starter import starter_sources
from factcheck.models import Desk, Role, by_username
from factcheck.workflow.desks import give_role, set_up_desk, take_role
from factcheck.workflow.sources import load_registry

BY = Machine("setup_roles")


class Command(BaseCommand):
    help = "Make a desk, load the source registry, and give people roles: --role ann=editor --role bo=reviewer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        pairs: dict[str, Any] = {"action": "append", "default": [], "metavar": "USER=ROLE"}
        parser.add_argument("--desk", default="News desk", help="name of the desk; made if it is not there")
        parser.add_argument("--role", help=", ".join(Role.values), **pairs)
        parser.add_argument("--take", help="take this role from a person; the last chief stays", **pairs)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                self.set_up(options)
        except FactcheckError as error:
            raise CommandError(str(error)) from error

    def set_up(self, options: dict[str, Any]) -> None:
        desk, made = set_up_desk(slugify(options["desk"])[:50] or "desk", options["desk"], by=BY)
        added = load_registry(starter_sources(), by=BY)
        for pair in options["role"]:
            user, role = self.named(pair)
            give_role(user, role, desk=desk, by=BY)
            self.stdout.write(f"{user} is {role.replace('_', ' ')}.")
        for pair in options["take"]:
            self.take(*self.named(pair), desk)
        self.stdout.write(f"Desk “{desk}” {'made' if made else 'is there'}; {added} sources added.")

    def take(self, user: Any, role: str, desk: Desk) -> None:
        taken = take_role(user, role, desk=desk, by=BY)
        self.stdout.write(f"{user} {'is no longer' if taken else 'was not'} {role.replace('_', ' ')}.")

    def named(self, pair: str) -> tuple[Any, str]:
        name, _, role = pair.partition("=")
        if role not in Role.values:
            raise CommandError(f"“{role}” is not a role; there are {', '.join(Role.values)}.")
        user = get_user_model()._default_manager.filter(**by_username(name)).first()
        if user is None:
            raise CommandError(f"There is no user “{name}”; make one with createsuperuser or in the admin first.")
        return user, role
