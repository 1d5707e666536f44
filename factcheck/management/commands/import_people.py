"""People from a table: an account for each who has none, and their roles, each given as a chief would give it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, models, transaction

from factcheck.actors import Person
from factcheck.errors import Invalid
from factcheck.management.people import person_named
from factcheck.management.tables import enter_rows, parted, table_rows
from factcheck.models import Desk, Role, by_username
from factcheck.workflow.desks import add_member

COLUMNS = ("login", "email", "first_name", "last_name", "desk", "roles")
NEEDED = ("login", "desk", "roles")
ACCOUNT = ("email", "first_name", "last_name")


class Command(BaseCommand):
    help = (
        f"Enter people from a CSV file with the columns {', '.join(COLUMNS)}; login, desk (its slug) and roles (parted "
        f"by “;”) are needed. Who has no account gets one without a password: they ask for a new one, or come by "
        f"single sign-on. Roles: {', '.join(role for role in Role.values if role != Role.CHIEF_EDITOR)}; chief editors "
        f"are made by setup_roles."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="chief who gives the roles")
        parser.add_argument("--dry-run", action="store_true", help="say what would be entered, and enter nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by = person_named(options["by"])
        if missing := columns_nobody_fills():
            raise CommandError(f"The accounts of this site need “{missing}”, which the table does not have.")
        rows = list(table_rows(options["file"], COLUMNS, NEEDED))
        enter_rows(self, "people", rows, lambda row: enter_person(row, by), dry_run=options["dry_run"])


def columns_nobody_fills() -> str:
    """A field that the host's accounts require and that is no column of the table; empty where there is none."""
    model = get_user_model()
    mail = model.get_email_field_name()
    return next((name for name in model.REQUIRED_FIELDS if name not in (*ACCOUNT, mail, model.USERNAME_FIELD)), "")


def enter_person(row: dict[str, str], by: Person) -> None:
    """Give one person their roles, and an account where they have none. Roles they have stay.

    Raises:
        FactcheckError: as ``add_member`` does; Invalid too where there is no such desk, or no account can be made.
    """
    desk = Desk.objects.filter(slug=row["desk"]).first()
    if desk is None:
        raise Invalid(f"There is no desk “{row['desk']}”.", code="desk_unknown")
    if not (roles := [role.casefold().replace(" ", "_") for role in parted(row["roles"])]):
        raise Invalid("No role is given.", code="role_unknown")
    user = account_of(row)
    known = set(desk.memberships.filter(user=user).values_list("role", flat=True))
    for role in roles:
        if role not in known:
            add_member(desk, user, role, by=by)


def account_of(row: dict[str, str]) -> Any:
    """The account of a row; what it says of a person who has one already is left as that person has it.

    Raises:
        Invalid: the host's accounts are not made of such values.
    """
    model = get_user_model()
    if user := model._default_manager.filter(**by_username(row["login"])).first():
        return user
    fields = {field.name for field in model._meta.concrete_fields if isinstance(field, models.CharField)}
    said = {model.get_email_field_name() if name == "email" else name: row.get(name, "") for name in ACCOUNT}
    user = model(**{name: value for name, value in said.items() if name in fields}, **by_username(row["login"]))
    user.set_unusable_password()
    try:
        user.full_clean()
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="account_invalid") from None
    except IntegrityError:
        raise Invalid("Another account has this address already.", code="account_known") from None
    return user
