"""Hooks of Wagtail: people are told why a page does not go live, and a page whose words were not let out is not shown.

None of them is the gate: that is asked in the write itself.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Page

from .comments import sync_comments
from .publishing import HELD_BACK, blockers_of_page, document_of_page, is_admitted
from .tables import is_factchecked
from .texts import page_text

logger = logging.getLogger("factcheck.contrib.wagtail")
SAVED_AS_DRAFT = "The page is saved as a draft and filed for checking. Publish it once it is cleared."
COPY_AS_DRAFT = "A copy is another page and has not been checked: copy it without publishing the copies."


@hooks.register("before_publish_page")
def say_why_not(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Back to the editor, with what blocks the page; what was typed is saved already."""
    waits = page.go_live_at is not None and page.go_live_at > timezone.now()
    if waits or not is_factchecked(page):
        return None
    found = blockers_of_page(page, page_text(page).digest)
    for row in found:
        messages.error(request, f"Not published: {row.message}")
    return redirect("wagtailadmin_pages:edit", page.pk) if found else None


@hooks.register("before_create_page")
def create_as_draft(request: HttpRequest, _parent: Any, page_class: Any) -> None:
    """A new page is kept as a draft and filed; Wagtail would put it live before there is anything to ask about."""
    if is_factchecked(page_class) and "action-publish" in request.POST:
        drop_action(request, "action-publish")
        messages.warning(request, SAVED_AS_DRAFT)


@hooks.register("before_edit_page")
def save_in_place_of_approval(request: HttpRequest, page: Any) -> None:
    """The last approval of a workflow publishes: while the gate is shut the page is saved, and stays at its step."""
    if "action-workflow-action" not in request.POST or request.POST.get("workflow-action-name") != "approve":
        return
    state = page.current_workflow_state
    if not is_factchecked(page) or state is None or not state.is_at_final_task:
        return
    if found := blockers_of_page(page, page_text(page).digest):
        drop_action(request, "action-workflow-action")
        for row in found:
            messages.error(request, f"Saved and not approved: {row.message}")


@hooks.register("after_edit_page")
def comment_again(_request: HttpRequest, page: Any) -> None:
    """A form that was opened before a comment was made removes it with what it saves."""
    document = document_of_page(page) if is_factchecked(page) else None
    if document is not None:
        sync_comments(document)


def drop_action(request: HttpRequest, name: str) -> None:
    """Make what was sent a plain save, so that nothing that was typed is lost."""
    sent = request.POST.copy()
    del sent[name]
    request.POST = sent  # type: ignore[assignment] # Django lets it be set


@hooks.register("before_copy_page")
def say_copy_as_draft(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Before a copy is made live with pages in it that are checked; else it would break off in the middle."""
    if request.method != "POST" or not request.POST.get("publish_copies") or request.POST.get("alias"):
        return None
    pages = page.get_descendants(inclusive=True) if request.POST.get("copy_subpages") else [page]
    if not any(row.live and is_factchecked(row.specific_class) for row in pages):
        return None
    messages.error(request, COPY_AS_DRAFT)
    return redirect("wagtailadmin_pages:copy", page.pk)


@hooks.register("before_bulk_action")
def say_which_not(request: HttpRequest, action: str, objects: list[Any], _view: Any) -> HttpResponse | None:
    """Before pages are published together: all of them, or those that may not are named."""
    if action != "publish":
        return None
    pages = {row.pk: row for row in objects}
    if request.POST.get("include_descendants"):
        pages |= {row.pk: row for page in objects for row in page.get_descendants().not_live()}
    refused = []
    for page in pages.values():
        newest = page.specific.get_latest_revision_as_object()
        if is_factchecked(newest) and blockers_of_page(newest, page_text(newest).digest):
            refused.append(newest.title)
    if not refused:
        return None
    messages.error(request, f"Nothing was published, for these pages are not cleared: {', '.join(refused)}")
    return redirect("wagtailadmin_explore", objects[0].get_parent().pk)


@hooks.register("before_serve_page")
def hide_what_was_not_let_out(page: Any, request: HttpRequest, *_: Any) -> None:
    """A live page shows the words that the gate let out, or nothing: SQL writes past every question."""
    if isinstance(page, Page) and is_factchecked(page) and not is_admitted(page):
        logger.error("page %s is live with words that the gate did not let out; it is not shown", page.pk)
        raise Http404


@hooks.register("register_log_actions")
def name_action(actions: Any) -> None:
    actions.register_action(HELD_BACK, "Hold back", "Was due and not cleared, so it did not go live")
