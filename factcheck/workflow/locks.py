"""What an action keeps as it is until it is committed, so that nothing it rests on changes beside it.

SQLite has one writer at a time and needs no lock. On PostgreSQL they are taken in one order, and of one table by key,
so that no two people wait for each other: memberships, document, claims, topic, figures, evidence.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from factcheck.actors import Actor, person_of
from factcheck.models import Claim, Document, Membership


def lock_roles(*actors: Actor | None) -> None:
    """Whoever takes a role from these people waits until what is done now in their name is done. Nobody else waits."""
    people = [person.pk for actor in actors if actor is not None and (person := person_of(actor)) is not None]
    if not people or connection.vendor != "postgresql":
        return
    sql, values = Membership.objects.filter(user__in=people).order_by("pk").values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR SHARE", values)


def lock_document(document: Document) -> None:
    """The document and its claims stay as they are, and it gets no further ones, while the gate is asked."""
    list(Document.objects.select_for_update().filter(pk=document.pk).values_list("pk"))
    lock_claims_of(document)


def lock_claims_of(document: Document) -> None:
    """No claim of the document is decided while its text is read, or the gate is asked."""
    list(Claim.objects.select_for_update(no_key=True).filter(document=document).order_by("pk").values_list("pk"))


def lock_claims(claims: Iterable[int | None]) -> None:
    """None of these claims is signed off while its figures change: it is signed before, and voided, or after."""
    wanted = {pk for pk in claims if pk is not None}
    if wanted:
        list(Claim.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
