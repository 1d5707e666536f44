"""Discrepancies: a list by dispute, and the page with both sides next to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, Max, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext

from factcheck.language import gettext_lazy, told
from factcheck.models import (
    DISPUTED_KINDS,
    MOST_SHOWN,
    MOST_TELLING_FIRST,
    SUREST_FIRST,
    Claim,
    Desk,
    Discrepancy,
    DiscrepancyQuerySet,
    DocumentKind,
    ResolutionKind,
    figures_on_sides,
    sides_shown,
)
from factcheck.relations import wrote_one_compared
from factcheck.reports.builders.charts import chart_of
from factcheck.reports.render.measure_chart import measure_chart
from factcheck.states import DiscrepancyState, DocumentState
from factcheck.workflow.disputes import Dispute, Statement, disputes, disputes_led_by, resolve_dispute
from factcheck.workflow.judgements import judge_pair

from .kit.actions import ActionForm, Button, RecordAction
from .kit.differences import sentences_compared
from .kit.figure_context import FigureContext, as_of_text, figure_contexts
from .kit.formatting import badge, paragraphs, timestamp
from .kit.links import link
from .kit.records import RecordAdmin

OPEN_FIRST = Case(
    When(state=DiscrepancyState.OPEN, then=Value(0)), When(state=DiscrepancyState.RESOLVED, then=Value(1)), default=2
)
MAX_NAMED = 3
MAX_PAIRS = 100
MAX_ON_REQUEST = 1000


class ResolveDisputeForm(ActionForm):
    resolution = forms.ChoiceField(
        label=gettext_lazy("How it is settled"),
        widget=forms.RadioSelect,
        choices=[
            (ResolutionKind.EXPLAINED, gettext_lazy("explained: both may stand, and the note says why")),
            (ResolutionKind.CORRECTED, gettext_lazy("corrected: the text was or will be changed")),
            (ResolutionKind.ACCEPTED_RISK, gettext_lazy("accepted risk: it goes out as it is")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "It is said of all pairs of the dispute, and covers later copies too, until a statement changes."
        ),
    )
    newest = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def setup_fields(self) -> None:
        """Remember the newest pair at the time the form is opened: later pairs stay open."""
        pairs = Discrepancy.objects.visible_to(self.user)
        pairs = pairs if self.record is None else pairs.in_same_dispute(self.record)
        self.fields["newest"].initial = pairs.aggregate(newest=Max("pk"))["newest"]


def carriers_not_shown(sides: Iterable[Any]) -> dict[str, int]:
    """How many more figures stand on each side than are shown."""
    found: dict[str, int] = {}
    for row in sides:
        found[row.side] = found.get(row.side, row.total) - 1
    return found


class JudgePairForm(ActionForm):
    note = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("What you say binds both figures and their copies, and no machine undoes it."),
    )

    @property
    def warning(self) -> str:
        if isinstance(self.record, Discrepancy) and wrote_one_compared(self.user, figures_on_sides(self.record)):
            return gettext(
                "You wrote a text that is compared here: what you say waits until a second person confirms it."
            )
        return ""


def judge_same(pair: Discrepancy, **arguments: Any) -> None:
    """Judge that both sides count the same thing."""
    judge_pair(pair, True, **arguments)


def judge_different(pair: Discrepancy, **arguments: Any) -> None:
    """Judge that the two sides count different things."""
    judge_pair(pair, False, **arguments)


class DisputeChangeList(ChangeList):
    """One row for each dispute among the filtered pairs: its leading pair."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = cast(DiscrepancyQuerySet, super().get_queryset(request, exclude_parameters))
        return rows.filter(pk__in=rows.leading().values("pk"))


@admin.register(Discrepancy)
class DiscrepancyAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "resolve": RecordAction(resolve_dispute, ResolveDisputeForm, success_message=gettext_lazy("It is resolved.")),
        "same": RecordAction(
            judge_same,
            JudgePairForm,
            gettext_lazy("The same thing"),
            gettext_lazy("That is noted; the figures are grouped again."),
        ),
        "not_same": RecordAction(
            judge_different,
            JudgePairForm,
            gettext_lazy("Not the same thing"),
            gettext_lazy("That is noted; the figures are grouped again."),
        ),
    }
    bulk_actions = ("resolve",)
    record_template = "factcheck/admin/discrepancy.html"
    list_display = ["kind_and_state", "summary", "found_in"]
    list_display_links = ["summary"]
    list_filter: ClassVar = ["kind", "state", "measure__topic"]
    list_select_related = ["measure"]
    search_fields: ClassVar = ["reason", "measure__counted"]
    ordering: ClassVar = [OPEN_FIRST, *SUREST_FIRST]
    detail_fields = ("measure", "created_at", "resolution", "resolution_note", "resolved_by", "resolved_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        most = MAX_ON_REQUEST if request.GET.get("carriers") == "all" else MOST_SHOWN
        shown = sides_shown(Desk.objects.visible_to(request.user), most=most)
        sides = Prefetch("sides", shown, to_attr="visible_sides")
        return super().get_queryset(request).select_related("measure__topic", "resolved_by").prefetch_related(sides)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DisputeChangeList

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Add the dispute of each row on the page, in one query for all rows."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        found = disputes_led_by(changelist.result_list, Discrepancy.objects.visible_to(request.user))
        for row, dispute in zip(changelist.result_list, found, strict=True):
            row.dispute = dispute
        return changelist

    @admin.display(description=gettext_lazy("what differs"), ordering="reason")
    def summary(self, row: Any) -> str:
        dispute: Dispute = row.dispute
        return told(dispute.message)

    @admin.display(description=gettext_lazy("kind, state"), ordering=OPEN_FIRST)
    def kind_and_state(self, row: Any) -> SafeString:
        return paragraphs([badge(row.kind), badge(row.state)])

    @admin.display(description=gettext_lazy("stands in"), ordering="measure__counted")
    def found_in(self, row: Any) -> SafeString:
        """The measure, and the first few visible documents by name."""
        documents = list({side.figure.document_id: side.figure.document for side in row.visible_sides}.values())
        names = [link(row.measure), *(link(one, Truncator(one).chars(40)) for one in documents[:MAX_NAMED])]
        more = len(documents) - MAX_NAMED + sum(carriers_not_shown(row.visible_sides).values())
        return paragraphs(
            names + ([gettext("and {count} more").format(count=more)] if len(documents) > MAX_NAMED else [])
        )

    def permission_action(self, name: str) -> str:
        return "judge" if name in ("same", "not_same") else name

    def facts(self, record: Any) -> Iterable[tuple[str, Any, str]]:
        yield gettext("kind"), badge(record.kind), ""
        if record.why_one:
            sure = f" ({record.score:.2f})" if record.score is not None else ""
            yield gettext("one measure"), f"{record.why_one}{sure}", ""
        if record.measure.topic:
            yield gettext("topic"), link(record.measure.topic), ""
        for label, value, url in super().facts(record):
            yield (
                {"created at": "found"}.get(label, label),
                timestamp(value) if label.endswith(" at") else value,
                url,
            )

    def buttons(self, user: Any, record: Any) -> list[Button]:
        """Those of the dispute, and of what may have to be put right on either side of it."""
        return [*super().buttons(user, record), *buttons_of_sides(user, record)]

    def page_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        contexts = figure_contexts(side.figure for side in record.visible_sides)
        sides = [[contexts[row.figure_id] for row in record.visible_sides if row.side == side] for side in "ab"]
        not_shown = carriers_not_shown(record.visible_sides)
        compared = sentences_compared(*(side[0].sentence for side in sides)) if all(sides) else ([], [])
        rows = Discrepancy.objects.visible_to(request.user).in_same_dispute(record)
        (dispute,) = disputes(rows, desks=Desk.objects.visible_to(request.user), statements=True)
        others = dispute.besides(record)
        pairs = list(rows.exclude(pk=record.pk).order_by(*MOST_TELLING_FIRST)[: MAX_PAIRS + 1])
        return {
            "sides": sides,
            "compared": compared,
            "blocked": claims_held_up(sides),
            "chart": drawn_dispute(dispute),
            "sides_and_more": list(zip(sides, [not_shown.get(side, 0) for side in "ab"], compared, strict=True)),
            "dispute": dispute,
            "pairs": pairs[:MAX_PAIRS],
            "more_pairs": len(pairs) > MAX_PAIRS,
            "others": [(says, [(row, as_of_text(row.first)) for row in statements]) for says, statements in others],
            "plain_text": as_plain_text(record, sides, others),
        }


def buttons_of_sides(user: Any, record: Any) -> list[Button]:
    """To correct the reading of the first figure of each side, and to give out work on the claim it stands in."""
    found, seen = [], set()
    for row in record.visible_sides:
        if row.side in seen or record.state != DiscrepancyState.OPEN:
            continue
        seen.add(row.side)
        for target, name, label in (
            (
                row.figure,
                "correct_reading",
                gettext("Correct the reading of {surface}").format(surface=row.figure.surface),
            ),
            (row.figure.claim, "assign", gettext("Make a task of {surface}").format(surface=row.figure.surface)),
        ):
            page = target and cast(RecordAdmin, admin.site.get_model_admin(type(target)))
            if page and page.is_offered(target, name) and page.is_available(user, target, name):
                url = reverse(f"admin:factcheck_{page.opts.model_name}_action", args=[target.pk, name])
                found.append(Button(name, label, url, True, False))
    return found


def claims_held_up(sides: list[list[FigureContext]]) -> list[Claim]:
    """The claims of stories in check that state a figure of either side, each with its document."""
    found: dict[int, Claim] = {}
    for figure in (context.figure for side in sides for context in side):
        story = figure.document.kind == DocumentKind.STORY and figure.document.state == DocumentState.IN_CHECK
        if figure.claim and story:
            figure.claim.document = figure.document
            found[figure.claim.pk] = figure.claim
    return [found[pk] for pk in sorted(found)]


def drawn_dispute(dispute: Dispute) -> str:
    """The statements of a dispute over time; empty where there are no two to compare."""
    disputed = dispute.leading.kind in DISPUTED_KINDS
    told = [(row.says, row.first, disputed) for row in dispute.statements]
    chart = chart_of(dispute.leading.measure.name, told)
    return measure_chart(asdict(chart)) if chart else ""


def as_plain_text(row: Discrepancy, sides: list[list[FigureContext]], others: list[tuple[str, list[Statement]]]) -> str:
    """The dispute as plain text for a mail: this pair with its sentences, the other statements in a line each."""
    texts = [row.reason]
    for side in sides:
        for carrier in side:
            document = carrier.figure.document
            where = f"{document}, {document.publisher or document.publisher_name}".rstrip(", ")
            texts.append(
                f"{carrier.says or gettext('Nobody named')}: “{' '.join(str(carrier.sentence).split())}” ({where})"
            )
    for says, statements in others:
        figures = ", ".join(
            f"“{one.first}” ({' and '.join(map(str, one.documents[:MAX_NAMED]))})" for one in statements
        )
        texts.append(gettext("Also {says}: {figures}").format(says=says or gettext("nobody named"), figures=figures))
    return "\n\n".join(texts + [str(note) for note in row.notes])
