"""Editors correct a document's metadata: date, publisher, authors, embargo.

What the machine reads into these fields of a document that arrives is in ``documents``; a person's word stays.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from factcheck.actors import Actor, Person
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.jobs.queue import enqueue_crosscheck, enqueue_regroup
from factcheck.models import Document, Event, Scope
from factcheck.permissions import NOT_AUTHOR, NOT_COMPARED_AUTHOR
from factcheck.states import DocumentState

from .arrivals import Arrival, check_arrival_metadata, name_authors, request_reading
from .grouping import regroup_in_topic
from .revisions import EDITABLE_METADATA
from .transitions import change, check_permission, log, require_note

COMPARED = frozenset({"publisher", "published_at", "zone"})
"""Fields that decide which figures the document's are compared with, and under whose name."""

READ_ANEW = frozenset({"published_at", "zone", "language"})
"""Fields by which the engine reads: the day of "on Monday", and the language."""

LANGUAGE = re.compile(r"([A-Za-z]{2,3}(-[A-Za-z0-9]{2,6})?)?")
LENGTHS = {"title": 500, "byline": 500, "language": 10}


def update_metadata(
    document: Document, *, by: Actor, version: int | None = None, authors: tuple[Any, ...] = (), **values: Any
) -> None:
    """Correct what is known of a document: its title, byline, language, publisher, date, zone of the dateline, embargo.

    ``authors`` are added to those named; ``strike_author`` takes one away. A new date, zone or language has the text
    read again, for it tells which day the figures are of and how they are written. An author of the document, or of one
    that it is compared with, does not change date, zone, language, publisher and embargo.

    Raises:
        NotAllowed, StaleRevision: as for any action.
        WrongState: it is withdrawn, or its texts were erased.
        Invalid: nothing would change, or what was said makes no sense.
    """
    check_permission(by, document, "update_metadata")
    if unknown := values.keys() - EDITABLE_METADATA:
        raise TypeError(f"a document has no {', '.join(sorted(unknown))} to describe")
    if document.state == DocumentState.WITHDRAWN:
        raise WrongState("The document is withdrawn.", state=document.state)
    if Event.objects.of(document).filter(action="erase").exists():
        raise WrongState("The texts of the document were erased.", state=document.state)
    changed = {name: value for name, value in values.items() if getattr(document, name) != value}
    if changed.keys() & (COMPARED | READ_ANEW | {"embargo_until"}):
        refuse_those_concerned(by, document)
    check_description(changed)
    known = set(document.authors.values_list("pk", flat=True))
    if not changed and all(person.pk in known for person in authors):
        raise Invalid("Nothing of this would change.", code="nothing_to_change")
    with transaction.atomic():
        change(document, version=version, **changed)
        name_authors(document, authors, by=by)
        if changed:
            log(document, "update_metadata", by=by, facts=facts_of(changed))
        reread_or_crosscheck(document, changed.keys(), by=by)


def strike_author(document: Document, person: Any, *, by: Person, note: str, version: int | None = None) -> None:
    """Take somebody from the authors who was named by mistake, or to keep them from deciding; with a reason.

    Raises:
        NotAllowed: it is the person's own name.
        Invalid: they are no author of it, or no reason is given.
    """
    check_permission(by, document, "strike_author")
    if person.pk == by.pk:
        raise NotAllowed("Nobody strikes their own name; another chief does.", code="own_name")
    note = require_note(note)
    with transaction.atomic():
        change(document, version=version)
        if not document.authors.filter(pk=person.pk).exists():
            raise Invalid("That person is not named as an author.", code="not_an_author")
        document.authors.remove(person)
        log(document, "strike_author", by=by, note=note, facts={"author": person.pk})


def refuse_those_concerned(by: Actor, document: Document) -> None:
    """Refuse an author of either side of a comparison to change what decides it.

    Raises:
        NotAllowed: they wrote the document, or one that it is compared with.
    """
    for guard in (NOT_AUTHOR, NOT_COMPARED_AUTHOR):
        if not guard.allows(by, document):
            raise NotAllowed(guard.message, code=guard.code)


def check_description(changed: dict[str, Any]) -> None:
    """Refuse what makes no sense, as for a document that arrives.

    Raises:
        Invalid: with a sentence for the person.
    """
    check_arrival_metadata(Arrival(**{name: value for name, value in changed.items() if name != "language"}))
    for name, most in LENGTHS.items():
        if len(changed.get(name, "")) > most:
            raise Invalid(f"The {name} is longer than {most} characters.", code=f"{name}_too_long")
    if not LANGUAGE.fullmatch(changed.get("language", "")):
        raise Invalid("A language is a code such as en or en-GB.", code="language_unknown")
    if changed.get("zone") == "":
        raise Invalid("Say which time zone.", code="zone_unknown")


def facts_of(changed: dict[str, Any]) -> dict[str, Any]:
    """The facts for the history: changed fields, and the new values that are not text."""
    facts = {name: changed[name].isoformat() for name in ("published_at", "embargo_until") if changed.get(name)}
    if "publisher" in changed:
        facts["publisher"] = changed["publisher"].pk if changed["publisher"] else None
    if "zone" in changed:
        facts["zone"] = changed["zone"]
    return {"changed": sorted(changed), **facts}


def reread_or_crosscheck(document: Document, changed: Any, *, by: Actor) -> None:
    """A new date, zone or language: the text is read, then its figures compared; a new publisher: compared only."""
    revision = document.current_revision
    if changed & READ_ANEW and revision is not None and revision.snapshot is not None:
        request_reading(document, revision.snapshot, by=by, pasted=False)
    elif changed & COMPARED:
        enqueue_crosscheck(Scope.DOCUMENT, document, desk=document.desk)
    if "embargo_until" in changed and document.topic:
        regroup_in_topic(document)
        enqueue_regroup(document.topic)
