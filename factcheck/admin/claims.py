"""Claims: the queue, and the page of a claim with its sentence, comparable figures, evidence and decisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.errors import Invalid, WrongState
from factcheck.language import gettext_lazy, told
from factcheck.models import Claim, Document, Verdict, VerificationTask
from factcheck.models.claims import ClaimQuerySet
from factcheck.permissions import refusal
from factcheck.states import UNSIGNED, ClaimState, rows_of
from factcheck.text import AnchorState
from factcheck.workflow.claims import (
    accept_claim,
    dismiss_claim,
    figures_in,
    place_claim,
    reopen_claim,
    split_claim,
    take_back,
)
from factcheck.workflow.clearance import CLEARS_IF_ATTRIBUTED
from factcheck.workflow.verification import (
    assign_claim,
    challenge_claim,
    countersign,
    recall_verdict,
    return_claim,
    sign_off,
    start_claim,
    submit_verdict,
    waive_claim,
)

from .claim_forms import AssignClaimForm, PlaceClaimForm, SignOffForm, SplitClaimForm, SubmitVerdictForm, WaiveClaimForm
from .evidence import evidence_context, record_with_file
from .evidence_forms import NewEvidenceForm
from .figures import compare_figures
from .kit.access import belongs_to_a_desk
from .kit.actions import NoteForm, RecordAction
from .kit.claim_context import claim_context, with_claim_context
from .kit.filters import ClaimWorkFilter, DeskFilter, OneDocumentFilter
from .kit.formatting import badge, humanize
from .kit.links import admin_url, link, links
from .kit.navigation import waiting_for
from .kit.pagination import TwoPartPaginator, is_ordered_by_reader
from .kit.quotes import find_once, match_line_endings
from .kit.records import RecordAdmin
from .verification import CHECKED, format_deadline, is_overdue

LOST = (AnchorState.AMBIGUOUS, AnchorState.ORPHANED)
DECIDED = (ClaimState.SIGNED_OFF, ClaimState.DISMISSED, ClaimState.WAIVED)
STEP_REFUSALS = {
    "submit": gettext_lazy("You may not submit a verdict here"),
    "sign_off": gettext_lazy("You may not sign this off"),
}


def place_claim_at(claim: Claim, *, by: Person, version: int | None, where: str, quote: str) -> None:
    """Place a lost claim at one of its candidates, or at words that occur in the text once."""
    revision = claim.document.current_revision
    if revision is None:
        raise WrongState(gettext("The document has no text yet."), state=claim.document.state)
    if where:
        number, start, end = map(int, where.split("-"))
        if number != revision.number:
            raise Invalid(gettext("The text has changed; please look again."), code="quote_mismatch")
        quote = revision.text[start:end]
    else:
        quote = match_line_endings(quote, revision.text)
        start, end = find_once(quote, revision.text)
    place_claim(claim, start, end, quote=quote, by=by, version=version)


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "accept": RecordAction(accept_claim, success_message=gettext_lazy("The claim is accepted.")),
        "start": RecordAction(
            start_claim,
            label=gettext_lazy("Start checking"),
            success_message=gettext_lazy("The claim is being checked."),
        ),
        "submit": RecordAction(
            submit_verdict,
            SubmitVerdictForm,
            gettext_lazy("Submit a verdict"),
            gettext_lazy("The verdict waits for a sign-off."),
        ),
        "sign_off": RecordAction(
            sign_off, SignOffForm, gettext_lazy("Sign off"), gettext_lazy("The verdict is signed off.")
        ),
        "countersign": RecordAction(
            countersign,
            SignOffForm,
            gettext_lazy("Sign as second person"),
            gettext_lazy("It is signed by a second person."),
        ),
        "return": RecordAction(return_claim, NoteForm, success_message=gettext_lazy("The verdict is returned.")),
        "recall": RecordAction(
            recall_verdict,
            label=gettext_lazy("Take my verdict back"),
            success_message=gettext_lazy("Your verdict is taken back."),
        ),
        "assign": RecordAction(assign_claim, AssignClaimForm, success_message=gettext_lazy("The work is given out.")),
        "place": RecordAction(
            place_claim_at,
            PlaceClaimForm,
            gettext_lazy("Say where it stands"),
            gettext_lazy("The claim has its place in the text."),
        ),
        "split": RecordAction(
            split_claim, SplitClaimForm, success_message=gettext_lazy("Each part is a claim of its own.")
        ),
        "challenge": RecordAction(
            challenge_claim, NoteForm, success_message=gettext_lazy("The claim must be checked again.")
        ),
        "take_back": RecordAction(
            take_back,
            label=gettext_lazy("Take it back"),
            success_message=gettext_lazy("It is taken back."),
            versioned=False,
        ),
        "reopen": RecordAction(
            reopen_claim, label=gettext_lazy("Open again"), success_message=gettext_lazy("The claim is open again.")
        ),
        "dismiss": RecordAction(
            dismiss_claim, NoteForm, success_message=gettext_lazy("The claim is dismissed."), destructive=True
        ),
        "waive": RecordAction(
            waive_claim, WaiveClaimForm, success_message=gettext_lazy("The claim is waived."), destructive=True
        ),
        "record_evidence": RecordAction(
            record_with_file,
            NewEvidenceForm,
            gettext_lazy("Add evidence"),
            gettext_lazy("The evidence is recorded."),
            versioned=False,
        ),
    }
    bulk_actions = ("accept", "dismiss", "assign")
    record_template = "factcheck/admin/claim.html"
    list_display = ["__str__", "state_badge", "worth", "due", "assignees", "document"]
    list_filter: ClassVar = ["state", ClaimWorkFilter, "claim_type", DeskFilter, OneDocumentFilter]
    list_select_related = ["document"]
    search_fields: ClassVar = ["text", "document__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        work = VerificationTask.objects.unfinished().select_related("assignee")
        dated = work.filter(claim=OuterRef("pk"), due_at__isnull=False).order_by("due_at")
        rows = super().get_queryset(request).select_related("document__desk", "attribution__source")
        rows = rows.prefetch_related(Prefetch("verification_tasks", work, to_attr="work"))
        annotated: QuerySet[Any] = rows.annotate(deadline=Subquery(dated.values("due_at")[:1]))
        return annotated

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("review/", wrap(self.review_next), name="factcheck_review_next"),
            path("<str:object_id>/review/", wrap(self.review_one), name="factcheck_review"),
        ]
        return [*own, *super().get_urls()]

    def review_next(self, request: HttpRequest) -> HttpResponse:
        """The first claim that waits for this person's sign-off; the desk where none does."""
        if not belongs_to_a_desk(request):
            raise PermissionDenied
        claim = waiting_for(request.user).first()
        if claim is not None:
            return HttpResponseRedirect(reverse("admin:factcheck_review", args=[claim.pk]))
        messages.info(request, gettext("Nothing waits for your sign-off."))
        return HttpResponseRedirect(reverse("admin:factcheck_dashboard"))

    def review_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One claim of the stack; its buttons are the actions of the claim, which lead to the next."""
        claim = self.get_record(request, object_id)
        verdict = claim.verdicts.select_related("by").last()
        context = self.base_context(
            request,
            title=gettext("Review: {claim}").format(claim=claim),
            original=claim,
            record=claim,
            verdict=verdict,
            figures=compare_figures(figures_in(claim).select_related("document__publisher", "measure"), request.user),
            claim=claim,
            claim_context=claim_context(claim),
            queue=[row for row in waiting_for(request.user)[:20] if row.pk != claim.pk],
            may_sign=self.is_available(request.user, claim, "sign_off"),
            may_return=self.is_available(request.user, claim, "return"),
            refused=self.refusal_message(request.user, claim, "sign_off"),
            asks_attribution=verdict is not None and verdict.label in CLEARS_IF_ATTRIBUTED,
            **evidence_context(claim, request.user),
        )
        return TemplateResponse(request, "factcheck/admin/review.html", context)

    def search_index(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> QuerySet[Any]:
        return cast(ClaimQuerySet, queryset).search(words, Document.objects.visible_to(request.user))

    def get_paginator(self, request: HttpRequest, queryset: QuerySet[Any], per_page: int, *more: Any) -> Any:
        """Claims with a deadline first, by it; the database need not look for a deadline of each claim there is."""
        if is_ordered_by_reader(request):
            return super().get_paginator(request, queryset, per_page, *more)
        dated = VerificationTask.objects.unfinished().filter(due_at__isnull=False).values("claim")
        return TwoPartPaginator(queryset, per_page, first=dated, order=("-checkworthiness", "id"))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("deadline").asc(nulls_last=True), "-checkworthiness", "id"]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, claim: Any) -> SafeString:
        return badge(claim.state)

    @admin.display(description=gettext_lazy("worth checking"), ordering="checkworthiness")
    def worth(self, claim: Any) -> str:
        return number_format(claim.checkworthiness, 2)

    @admin.display(description=gettext_lazy("who works on it"))
    def assignees(self, claim: Any) -> str:
        return ", ".join(sorted({str(task.assignee) for task in claim.work if task.assignee})) or "–"

    @admin.display(description=gettext_lazy("next deadline"), ordering="deadline")
    def due(self, claim: Any) -> SafeString | str:
        late = claim.deadline is not None and claim.deadline < timezone.now() and claim.state not in DECIDED
        return format_deadline(claim.deadline, late)

    def is_offered(self, record: Any, name: str) -> bool:
        """Conditions that the table of transitions does not hold. Evidence is added by the form on the page."""
        has_position = record.anchor_state not in LOST
        offered = {
            "assign": record.state in CHECKED,
            "split": record.state in UNSIGNED and has_position,
            "place": not has_position,
            "record_evidence": False,
        }
        return offered.get(name, True)

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield gettext("document"), link(record.document), ""
        yield gettext("type"), humanize(record.claim_type), ""
        why = f" ({', '.join(map(told, record.reasons))})" if record.reasons else ""
        yield gettext("worth checking"), f"{self.worth(record)}{why}", ""
        if attribution := record.attribution:
            yield (
                gettext("ascribed to"),
                f"{attribution.party} (“{attribution.cue}”)" if attribution.cue else attribution.party,
                "",
            )
            if attribution.relay:
                yield gettext("quoted by"), attribution.relay, ""
            yield (
                gettext("who that is"),
                link(attribution.source) if attribution.source else gettext("nobody in the registry"),
                "",
            )
        if record.anchor_state != AnchorState.EXACT:
            yield gettext("in the text"), badge(record.anchor_state), ""
        yield gettext("marked by"), gettext("the machine") if record.proposed_by_engine else gettext("a person"), ""
        if record.words_changed_by:
            yield gettext("words last changed by"), record.words_changed_by, ""
        if record.split_from:
            yield gettext("part of"), link(record.split_from), ""
        if parts := list(record.parts.all()):
            yield gettext("split into"), links(parts), ""

    def action_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        return with_claim_context(super().action_view(request, object_id, action))

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        user = request.user
        rows = figures_in(record) if record.state == ClaimState.PROPOSED else record.figures
        figures = rows.select_related("document__publisher", "attribution__source", "measure")
        return {
            "claim": record,
            "claim_context": claim_context(record),
            "rows": compare_figures(figures, user),
            "refusals": refusals(user, record),
            "page_url": admin_url(record),
            **evidence_context(record, user),
            **decisions_context(record),
        }


def refusals(user: Any, claim: Claim) -> list[tuple[str, str]]:
    """Why the user may not take the next step of the claim (four eyes, or the role), as title and reason."""
    return [
        (title, told(refused.message))
        for action, title in STEP_REFUSALS.items()
        if rows_of("claim", action, claim.state) and (refused := refusal(user, claim, "claim", action))
    ]


def decisions_context(claim: Claim) -> dict[str, Any]:
    """Verdicts with their sign-offs, waivers and verification tasks, newest first."""
    verdicts = Verdict.objects.select_related("by", "revision").prefetch_related("sign_offs__by", "sign_offs__revision")
    work: list[Any] = list(claim.verification_tasks.select_related("assignee").order_by("-pk"))
    for task in work:
        task.late = is_overdue(task)
    return {
        "verdicts": verdicts.filter(claim=claim).order_by("-pk"),
        "waivers": claim.waivers.select_related("by").order_by("-pk"),
        "tasks": work,
        "now": timezone.now(),
    }
