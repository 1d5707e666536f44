"""Store the text read from a document's bytes as its next revision, and fill in metadata from the file."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from factcheck.actors import Actor
from factcheck.intake.addresses import FetchRefused, parse_public_target
from factcheck.intake.extracts import Extract
from factcheck.models import Document, Event, Revision, Snapshot, Source
from factcheck.permissions import NOT_AUTHOR, NOT_COMPARED_AUTHOR
from factcheck.states import DocumentState
from factcheck.text import bare_words

from .arrivals import EARLIEST, known_zones
from .transitions import change, log, move

LONGEST_ADDRESS = 2000
LONGEST_FIRST_LINE = 120

EDITABLE_METADATA = frozenset({"title", "byline", "language", "publisher", "published_at", "zone", "embargo_until"})
"""What a person may correct of a document (in ``metadata``)."""


DECIDES_COMPARISON = frozenset({"publisher", "publisher_name", "url", "published_at", "zone", "embargo_until"})
"""What an author may not say of a text that is filed, nor have a later file say."""


def store_revision(
    document: Document, snapshot: Snapshot, extract: Extract, *, by: Actor, editor: Any
) -> Revision | None:
    """The text that was read from a snapshot, as the document's next revision.

    None if it was stored before, or if a text that came in later was read first: the newest stays the current one.
    """
    if document.revisions.filter(snapshot__gte=snapshot.pk).exists():
        return None
    previous = document.current_revision
    fill_in(document, extract, fetched_from="" if snapshot.filename else snapshot.url, previous=previous, editor=editor)
    revision = Revision.objects.create(
        document=document,
        number=previous.number + 1 if previous else 1,
        text=extract.text,
        text_sha256=hashlib.sha256(extract.text.encode()).hexdigest(),
        words_sha256=words_digest(extract.text),
        bytes_sha256=snapshot.sha256,
        snapshot=snapshot,
        reader_notes=list(extract.notes),
        created_by=editor,
    )
    if previous is None:
        mark_reprint(document, revision)
        to = DocumentState.IN_CHECK if extract.plain else DocumentState.TO_CONFIRM
        move(document, "read", by=by, to=to, state_reason="", decision=lambda: revision)
    else:
        change(document)
        facts = {"revision": revision.number, "text_sha256": revision.text_sha256}
        log(document, "revised", by=by, facts=facts, decision=revision)
    return revision


def words_digest(text: str) -> str:
    """The hash of the words of a text without its typography; "" where it has none."""
    words = bare_words(text)
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "replace")).hexdigest() if words else ""


def first_line(text: str) -> str:
    """The first line of a text, by which one is called that has no title of its own."""
    line = " ".join(next((line for line in text.splitlines() if line.strip()), "").split())
    return line if len(line) <= LONGEST_FIRST_LINE else line[:LONGEST_FIRST_LINE].rsplit(" ", 1)[0] + "…"


def fill_in(
    document: Document,
    extract: Extract,
    *,
    fetched_from: str = "",
    previous: Revision | None = None,
    editor: Any = None,
) -> None:
    """What the file itself says of title, date, zone, byline and language, where the person said nothing.

    A later text by an author, of it or of what it is compared with, says nothing that decides the comparison.
    """
    found = {
        "title": extract.title[:500] or first_line(extract.text),
        "byline": ", ".join(extract.byline)[:500],
        "language": extract.language[:10],
    }
    if document.created_by_id is not None or fetched_from:  # nobody stands for what a file from a feed says it is
        found |= {
            "url": usable_address(extract.canonical_url),
            "publisher_name": (extract.publisher or extract.site_name)[:200],
        }
    changed: dict[str, Any] = {name: value for name, value in found.items() if value and not getattr(document, name)}
    latest = timezone.now() + timedelta(days=366)
    for name in ("published_at", "embargo_until"):
        moment = getattr(extract, name)
        if getattr(document, name) is None and moment and EARLIEST <= moment <= latest:
            changed[name] = moment
    if document.zone == "UTC" and (zone := parse_zone(extract.zone)):
        changed["zone"] = zone
    known_address = document.url if previous is None else ""  # the address of a publication names no publisher
    if document.publisher is None and (source := publisher_of(document, changed, known_address, fetched_from)):
        changed["publisher"] = source
    for name in edited_metadata(document):  # a person has said it, be it that there is none
        changed.pop(name, None)
    if previous is not None and editor is not None and is_concerned(editor, document):
        changed = {name: value for name, value in changed.items() if name not in DECIDES_COMPARISON}
    if changed:
        Document.objects.filter(pk=document.pk).update(**changed)
        document.refresh_from_db()


def edited_metadata(document: Document) -> set[str]:
    """The fields that a person has corrected."""
    rows = Event.objects.of(document).filter(action="update_metadata").values_list("facts", flat=True)
    return {name for facts in rows for name in facts["changed"]}


def usable_address(address: str) -> str:
    """An address that a text gives itself, if it is one that could be fetched; else ""."""
    try:
        return parse_public_target(address).url if len(address) <= LONGEST_ADDRESS else ""
    except FetchRefused:
        return ""


def parse_zone(name: str) -> str:
    """The zone by this name, or the one that always keeps this offset, such as "+03:00"; "" where there is none.

    The names of the latter count westward: Etc/GMT-3 is three hours ahead of universal time.
    """
    if matched := re.fullmatch(r"([+-])(\d\d):00", name):
        hours = int(matched[2])
        name = f"Etc/GMT{'-' if matched[1] == '+' else '+'}{hours}" if hours else "UTC"
    return name if name in known_zones() else ""


def is_concerned(person: Any, document: Document) -> bool:
    """Whether a person wrote the document, or one that it is compared with."""
    return not all(guard.allows(person, document) for guard in (NOT_AUTHOR, NOT_COMPARED_AUTHOR))


def publisher_of(
    document: Document, changed: dict[str, Any], known_address: str, fetched_from: str = ""
) -> Source | None:
    """The registered source behind a document: by the domain of its address, else by its name.

    A page that was fetched is known by where it was fetched from. The name it gives itself counts only for a source
    that has no domain of its own, and where a person filed the page: anybody's page may call itself an agency.
    """
    host = host_of(fetched_from or changed.get("url") or known_address)
    if by_host := Source.objects.at_host(host) if "." in host else None:
        return by_host
    named = Source.objects.named(changed.get("publisher_name") or document.publisher_name)
    own_word = fetched_from != "" and "publisher_name" in changed
    if named and own_word and (document.created_by_id is None or named.domains.exists()):
        return None
    return named


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def mark_reprint(document: Document, revision: Revision) -> None:
    """Note which earlier document of the desk has the same words, whatever the typography."""
    same = Revision.objects.exclude(words_sha256="")
    same = same.filter(words_sha256=revision.words_sha256, document__desk=document.desk)
    first = same.exclude(document=document).order_by("document_id").first()
    if first:
        original = first.document.same_text_as or first.document
        Document.objects.filter(pk=document.pk).update(same_text_as=original)
        document.refresh_from_db()
