"""Nothing goes live unasked: the gate in the write of a page, and what its answer does to a publication.

``receivers`` calls ``ask_before_save`` and ``note_after_save`` around every write of a page by the ORM, whoever makes
it: the admin, the API, a workflow, a schedule, a copy, an alias, a script, a fixture.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import get_active_log_context, log
from wagtail.models import Page, Revision

from factcheck.gate import Blocker, FactcheckError, clearance, correct_document, publish_document
from factcheck.models import Correction, Document
from factcheck.smtp import mail_address_of
from factcheck.states import DocumentState

from .refusals import PageNotCleared
from .tables import SOURCE_APP, FiledPage, is_factchecked
from .texts import page_text

logger = logging.getLogger("factcheck.contrib.wagtail")
SCHEDULED = "wagtail.publish.scheduled"
"""What ``publish_scheduled`` says it does."""

HELD_BACK = "factcheck.held_back"
UPDATED = "The text was updated after publication."
publisher: ContextVar[Any] = ContextVar("publisher", default=None)
"""The person in whose name something is being published."""


def ask_before_save(page: Any, update_fields: Iterable[str] | None, *, raw: bool = False) -> None:
    """Ask the gate where a write of a page would change what readers see, and record what goes out.

    Raises:
        PageNotCleared: the page is or becomes live, with words that the gate did not answer yes for.
    """
    after = page_after_save(page, update_fields, raw=raw)
    admitted = None if after is None else admit(after)
    page._factcheck_admitted = admitted
    if admitted:  # the guard in the database looks before the flag turns
        FiledPage.objects.filter(pk=page.pk).update(live_sha256=admitted)


def note_after_save(page: Any) -> None:
    """Keep which words are live, where the write has changed that."""
    admitted = getattr(page, "_factcheck_admitted", None)
    if admitted is not None:
        page._factcheck_admitted = None
        FiledPage.objects.update_or_create(pk=page.pk, defaults={"live_sha256": admitted})


def page_after_save(page: Any, update_fields: Iterable[str] | None, *, raw: bool) -> Any:
    """The page with all its words as it will be in the database; None where the write does not touch what is asked of.

    A page may be saved as a plain ``Page``, with some of its fields only, or as a row of a fixture.
    """
    model = type(page) if is_factchecked(type(page)) else page.specific_class
    if not is_factchecked(model):
        return None
    if raw and is_factchecked(type(page)):  # a row of a fixture holds the fields of its own table alone
        row = Page._base_manager.filter(pk=page.pk).first()
        after = copy.copy(page)
        if row is not None:
            after.title, after.live, after.alias_of_id = row.title, row.live, row.alias_of_id
        return after
    asked = {"title", "live", *model.factcheck_fields}
    names = asked if update_fields is None else asked & set(update_fields)
    if not names:
        return None
    if update_fields is None and type(page) is model is page.specific_class:
        return page
    stored = model._base_manager.filter(pk=page.pk).first()
    if stored is None:
        return page if is_factchecked(page) else None
    own = {field.name for field in page._meta.concrete_fields}
    for name in names & own:
        setattr(stored, name, getattr(page, name))
    return stored


def admit(page: Any) -> str | None:
    """The digest of the words that go live by a write; empty where the page is not live; None where nothing changes.

    Raises:
        PageNotCleared: the gate is shut for them.
    """
    if page.live is False:
        return ""
    digest = page_text(page).digest
    with transaction.atomic():  # with whatever surrounds it: no revision comes between the answer and the write
        filed = FiledPage.objects.select_for_update().filter(pk=page.pk).first()
        if filed and filed.live_sha256 == digest and Page._base_manager.filter(pk=page.pk, live=True).exists():
            return None
        document = document_of_page(page, lock=True)
        found = blockers_of_document(page, document, digest)
        if document is None or found:
            raise PageNotCleared(found)
        record_publication(page, document, digest)
    return digest


def document_of_page(page: Any, *, lock: bool = False) -> Document | None:
    """The document of this page and of no other; that of its original for an alias."""
    pk, seen = page.pk, set()
    original = page.alias_of_id
    while original and original not in seen:
        seen.add(original)
        pk, original = original, Page._base_manager.filter(pk=original).values_list("alias_of_id", flat=True).first()
    filed = FiledPage.objects.filter(pk=pk).values_list("document", flat=True).first() if pk else None
    rows = Document.objects.select_for_update() if lock else Document.objects.all()
    return rows.filter(pk=filed, source_app=SOURCE_APP, source_id=str(pk)).first() if filed else None


def blockers_of_page(page: Any, digest: str) -> list[Blocker]:
    """What keeps these words of a page from going live now; nothing where they may."""
    return blockers_of_document(page, document_of_page(page), digest)


def blockers_of_document(page: Any, document: Document | None, digest: str) -> list[Blocker]:
    if document is None:
        filed = FiledPage.objects.filter(pk=page.pk).first() if page.pk else None
        why = filed.not_filed if filed else ""
        return [Blocker("not_filed", "page", page.pk, f"The page has not been filed for checking. {why}".strip())]
    answer = clearance(document, source_sha256=digest)
    found = [] if answer.clear else list(answer.blockers)
    if document.embargo_until and document.embargo_until > timezone.now():
        until = f"{document.embargo_until:%Y-%m-%d %H:%M}"
        found.append(Blocker("embargo", "document", document.pk, f"It is under embargo until {until} UTC."))
    return found


def record_publication(page: Any, document: Document, digest: str) -> None:
    """Record that words go out, the first time as a publication and then as a correction, in a person's name.

    Raises:
        PageNotCleared: nobody is named, or the person may not publish on the desk.
    """
    again = document.state == DocumentState.PUBLISHED
    if again and document.publications.latest("pk").revision == document.current_revision:
        return  # these words are out already: under an alias, or before it was taken offline
    by = person_who_publishes(page)
    if by is None:
        raise PageNotCleared([Blocker("nobody", "page", page.pk, "Nobody is named who publishes it.")])
    try:
        if again:
            kind, wording = wording_of_correction(page, document)
            correct_document(document, by=by, correction_class=kind, wording=wording)
        else:
            publish_document(document, by=by, source_sha256=digest)
    except FactcheckError as refusal:
        raise PageNotCleared([Blocker(refusal.code, "page", page.pk, refusal.message)]) from refusal


def wording_of_correction(page: Any, document: Document) -> tuple[str, str]:
    """The class and the words of a correction: those of the page's note, unless they told of an earlier one."""
    note = page.correction_note.strip()
    known = Correction.objects.filter(publication__document=document, wording=note).exists()
    return ("correction", note) if note and not known else ("update", UPDATED)


def person_who_publishes(page: Any) -> Any:
    """Whoever publishes; where nobody is said to, whoever is logged in, wrote the newest revision, or owns the page."""
    context = get_active_log_context()
    latest = page.latest_revision
    return publisher.get() or (context.user if context else None) or (latest.user if latest else None) or page.owner


def publish_revision(
    page: Any, publish: Callable[..., Any], revision: Revision, user: Any, *args: Any, **kwargs: Any
) -> None:
    """Publish a revision by ``publish``, the page's own way; hold it back where it is due by schedule and not cleared.

    Raises:
        PageNotCleared: it is not due by schedule, and the gate is shut.
    """
    filed, _ = FiledPage.objects.get_or_create(pk=page.pk)
    scheduled = SCHEDULED in (*args, kwargs.get("log_action"))
    token = publisher.set(user or (filed.scheduled_by if scheduled else None))
    try:
        with transaction.atomic():
            publish(revision, user, *args, **kwargs)
            waits = revision.approved_go_live_at is not None and revision.approved_go_live_at > timezone.now()
            scheduled_by = {"scheduled_by": user} if waits else {}
            FiledPage.objects.filter(pk=page.pk).update(held_back="", told_of="", **scheduled_by)
    except PageNotCleared as refusal:
        if not scheduled:
            raise
        hold_back(page, revision, filed, refusal)
    finally:
        publisher.reset(token)


def hold_back(page: Any, revision: Revision, filed: FiledPage, refusal: PageNotCleared) -> None:
    """Leave a page that is due unpublished, and tell of it: the log each time, its history and its people once.

    It stays due, and goes out at the first run after the gate has opened.
    """
    logger.warning("page %s was due and is not cleared, so it did not go live: %s", page.pk, refusal.message)
    occasion = f"{revision.pk}:{revision.approved_go_live_at}"
    news = filed.told_of != occasion
    with transaction.atomic():
        FiledPage.objects.filter(pk=page.pk).update(held_back=refusal.message, told_of=occasion)
        if news:
            reasons = {"reasons": [row.message for row in refusal.blockers]}
            log(instance=page, action=HELD_BACK, revision=revision, data=reasons)
    if news:
        tell_people(page, {filed.scheduled_by, revision.user, page.owner}, refusal)


def tell_people(page: Any, people: set[Any], refusal: PageNotCleared) -> None:
    """Mail those who scheduled and wrote a page; a mail server that is away is logged and hinders nothing."""
    to = sorted({mail_address_of(row) for row in people if row is not None and row.is_active} - {""})
    reasons = "\n".join(f"- {row.message}" for row in refusal.blockers)
    text = f"“{page.title}” was due to go live and did not, because it is not cleared:\n\n{reasons}\n\n"
    text += "It goes live by itself at the first run after it is cleared."
    try:
        if to:
            send_mail(f"Not published: {page.title}".replace("\n", " "), text, None, to)
    except OSError:
        logger.exception("nobody could be mailed that page %s did not go live", page.pk)


def refuse_bulk_write(model: Any, values: Iterable[str]) -> None:
    """Refuse a write that reaches many pages past the gate, where it would put words before readers.

    Raises:
        PageNotCleared: it names what readers see.
    """
    asked = {"title", "live", *getattr(model, "factcheck_fields", ())} & set(values)
    if asked:
        names = ", ".join(sorted(asked))
        message = f"Pages go live and change one by one, by save(): {names} cannot be written in bulk."
        raise PageNotCleared([Blocker("not_asked", "page", None, message)])


def is_admitted(page: Any) -> bool:
    """Whether the words that a live page shows now are those the gate let out. Raw SQL may have written others."""
    return FiledPage.objects.filter(pk=page.pk, live_sha256=page_text(page).digest).exists()
