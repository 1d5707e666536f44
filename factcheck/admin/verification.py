"""Verification: the queue of tasks, the page from which a task is done, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.errors import FactcheckError
from factcheck.language import ENGLISH, gettext_lazy, name_words, told, zoned
from factcheck.models import Desk, Membership, Role, Verdict, VerificationTask, WaitingFor, colleagues_of
from factcheck.states import ClaimState, TaskState
from factcheck.workflow.verification import (
    assign_task,
    block_task,
    cancel_task,
    hand_in,
    reassign_task,
    reopen_task,
    reschedule_task,
    take_up,
    unblock_task,
)

from .checking import CheckForm, checked_by, keep_check
from .evidence import evidence_context
from .figures import compare_figures
from .kit.access import belongs_to_a_desk, person
from .kit.actions import ActionForm, NoteForm, RecordAction
from .kit.claim_context import claim_context, with_claim_context
from .kit.fields import ReaderDateTimeField
from .kit.filters import AssigneeFilter, ClaimDeskFilter, TaskProgressFilter
from .kit.formatting import badge, humanize, timestamp
from .kit.links import admin_url, link
from .kit.records import RecordAdmin, http_status_of

FINISHED = (TaskState.DONE, TaskState.CANCELLED)
CHECKED = (ClaimState.OPEN, ClaimState.IN_VERIFICATION, ClaimState.STALE)
MAY_CHECK = (Role.CHECKER, Role.EDITOR, Role.DESK_CHIEF)


def eligible_checkers(user: Any, desk: Desk | None = None) -> QuerySet[Any]:
    """Colleagues who may take up verification tasks: on this desk, or on any visible desk."""
    desks = Desk.objects.visible_to(user) if desk is None else [desk]
    able = Membership.objects.filter(Q(role__in=MAY_CHECK, desk__in=desks) | Q(role=Role.CHIEF_EDITOR))
    return colleagues_of(user).filter(pk__in=able.values("user"))


def is_overdue(task: VerificationTask) -> bool:
    return task.due_at is not None and task.due_at < timezone.now() and task.state not in FINISHED


def format_deadline(due_at: datetime | None, late: bool) -> SafeString | str:
    """A deadline, with a badge if it has passed."""
    return format_html("{} {}", badge("overdue"), timestamp(due_at)) if late else timestamp(due_at)


class AssignTaskForm(ActionForm):
    assignee = forms.ModelChoiceField(get_user_model().objects.none(), empty_label=gettext_lazy("Choose a colleague"))

    def setup_fields(self) -> None:
        self.set_records(
            "assignee", eligible_checkers(self.user, self.record.claim.document.desk if self.record else None)
        )


class RescheduleTaskForm(ActionForm):
    due_at = ReaderDateTimeField(
        label=gettext_lazy("Due"), required=False, help_text=zoned("In {zone}. Empty for no deadline.")
    )

    def setup_fields(self) -> None:
        self.fields["due_at"].initial = self.record.due_at if self.record else None


WAITED_FOR: dict[str, str] = {
    WaitingFor.SOURCE: gettext_lazy("the source"),
    WaitingFor.AUTHOR: gettext_lazy("the author"),
    WaitingFor.EXPERT: gettext_lazy("the expert"),
    WaitingFor.DOCUMENT: gettext_lazy("the document"),
}


def waited_for(name: str) -> str:
    """Who or what blocked work waits for, as a choice."""
    return WAITED_FOR[name]


class BlockTaskForm(ActionForm):
    waiting_for = forms.ChoiceField(
        label=gettext_lazy("It waits for"),
        widget=forms.RadioSelect,
        choices=[(name, waited_for(name)) for name in WaitingFor.values],
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}))


@admin.register(VerificationTask)
class VerificationTaskAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "take_up": RecordAction(take_up, success_message=gettext_lazy("The work is yours now.")),
        "hand_in": RecordAction(hand_in, success_message=gettext_lazy("The work is handed in.")),
        "unblock": RecordAction(
            unblock_task, label=gettext_lazy("Go on"), success_message=gettext_lazy("The work goes on.")
        ),
        "assign": RecordAction(assign_task, AssignTaskForm, success_message=gettext_lazy("The work is given to them.")),
        "block": RecordAction(
            block_task, BlockTaskForm, gettext_lazy("It has to wait"), gettext_lazy("The work waits.")
        ),
        "reassign": RecordAction(
            reassign_task,
            AssignTaskForm,
            gettext_lazy("Give to somebody else"),
            gettext_lazy("The work is given to them."),
        ),
        "reschedule": RecordAction(
            reschedule_task, RescheduleTaskForm, gettext_lazy("Set a deadline"), gettext_lazy("The deadline is set.")
        ),
        "reopen": RecordAction(
            reopen_task, label=gettext_lazy("Open again"), success_message=gettext_lazy("The work is open again.")
        ),
        "cancel": RecordAction(
            cancel_task, NoteForm, success_message=gettext_lazy("The work is cancelled."), destructive=True
        ),
    }
    bulk_actions = ("take_up", "cancel")
    record_template = "factcheck/admin/verificationtask.html"
    list_display = ["claim_text", "state_badge", "due", "assignee", "method_label", "worth", "document"]
    list_filter: ClassVar = [AssigneeFilter, TaskProgressFilter, "state", "method", ClaimDeskFilter]
    list_select_related = ["claim__document", "assignee"]
    search_fields: ClassVar = ["claim__text", "claim__document__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("claim__document__desk", "assignee", "created_by")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("check/", wrap(self.check_next), name="factcheck_check_next"),
            path("<str:object_id>/check/", wrap(self.check_one), name="factcheck_check"),
        ]
        return [*own, *super().get_urls()]

    def check_next(self, request: HttpRequest) -> HttpResponse:
        """The first claim of this person's own work; the desk where there is none left."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        task = checked_by(request.user).exclude(state=TaskState.BLOCKED).first()
        if task is not None:
            return HttpResponseRedirect(reverse("admin:factcheck_check", args=[task.pk]))
        messages.info(request, gettext("Nothing is left for you to check."))
        return HttpResponseRedirect(reverse("admin:factcheck_dashboard"))

    def check_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The checker's page of one piece of work: evidence is added, or the verdict handed in with it."""
        task = self.get_record(request, object_id)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = CheckForm(*posted, user=request.user, record=task.claim)
        status = 200
        if request.method == "POST" and form.is_valid():
            submits = "submit" in request.POST
            try:
                with translation.override(ENGLISH):  # what is stored is English
                    keep_check(task, form.cleaned_data, by=person(request), submit=submits)
            except FactcheckError as refusal:
                form.add_error(None, told(refusal.message))
                status = http_status_of(refusal)
                task.refresh_from_db()
            else:
                done = gettext("The verdict waits for a sign-off.") if submits else gettext("The evidence is recorded.")
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:factcheck_check_next") if submits else request.path)
        elif request.method == "POST":
            status = 422
        return TemplateResponse(
            request, "factcheck/admin/check.html", self.check_context(request, task, form), status=status
        )

    def check_context(self, request: HttpRequest, task: VerificationTask, form: CheckForm) -> dict[str, Any]:
        queue = list(checked_by(request.user)[:20])
        return self.base_context(
            request,
            title=gettext("Check: {claim}").format(claim=task.claim),
            original=task,
            record=task,
            task=task,
            form=form,
            queue=[row for row in queue if row.pk != task.pk],
            buttons=[row for row in self.buttons(request.user, task) if row.name in ("block", "unblock")],
            now=timezone.now(),
            **self.page_context(request, task),
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("due_at").asc(nulls_last=True), "-claim__checkworthiness", "id"]

    @admin.display(description=gettext_lazy("claim"), ordering="claim__text")
    def claim_text(self, task: VerificationTask) -> str:
        return str(task.claim)

    @admin.display(description=gettext_lazy("method"), ordering="method")
    def method_label(self, task: VerificationTask) -> str:
        return humanize(task.method)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, task: VerificationTask) -> SafeString:
        waits = task.state == TaskState.BLOCKED and task.waiting_for
        return badge(
            task.state,
            gettext("waits for the {waiting_for}").format(waiting_for=name_words(task.waiting_for)) if waits else "",
        )

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, task: VerificationTask) -> SafeString | str:
        return format_deadline(task.due_at, is_overdue(task))

    @admin.display(description=gettext_lazy("document"), ordering="claim__document")
    def document(self, task: VerificationTask) -> SafeString | str:
        return link(task.claim.document)

    @admin.display(description=gettext_lazy("worth checking"), ordering="claim__checkworthiness")
    def worth(self, task: VerificationTask) -> str:
        return f"{task.claim.checkworthiness:.2f}"

    def is_offered(self, record: VerificationTask, name: str) -> bool:
        if name == "reschedule":
            return record.state not in FINISHED
        return name != "reopen" or record.claim.state in CHECKED

    def facts(self, record: VerificationTask) -> Iterable[tuple[str, Any, str]]:
        yield gettext("claim"), link(record.claim), ""
        yield gettext("state of the claim"), badge(record.claim.state), ""
        yield gettext("document"), self.document(record), ""
        yield gettext("method"), humanize(record.method), ""
        yield gettext("assignee"), record.assignee or gettext("nobody yet"), ""
        yield gettext("due"), self.due(record), ""
        if record.state == TaskState.BLOCKED:
            yield gettext("waits for"), waited_for(record.waiting_for), ""
        yield gettext("given out by"), record.created_by or gettext("the machine"), ""
        yield gettext("given out"), timestamp(record.created_at), ""

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return with_claim_context(super().action_view(request, object_id, action))

    def page_context(self, request: HttpRequest, record: VerificationTask) -> dict[str, Any]:
        claim, user = record.claim, request.user
        figures = claim.figures.anchored().select_related("document__publisher", "attribution__source", "measure")
        return {
            "claim": claim,
            "claim_context": claim_context(claim),
            "rows": compare_figures(figures, user),
            "page_url": admin_url(record),
            **evidence_context(claim, user),
        }


@admin.register(Verdict)
class VerdictAdmin(RecordAdmin):
    list_display = ["claim", "label", "by", "at"]
    list_filter = ["label"]
    list_select_related = ["claim", "by"]
    detail_fields = ("claim", "label", "note", "by", "at", "revision")
