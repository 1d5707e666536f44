"""Figures: as written and as read, beside what others say of the same measure; linked, dismissed, pinned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from factcheck.models import Claim, Discrepancy, DiscrepancyFigure, Figure, Measure
from factcheck.permissions import wrote_one_compared
from factcheck.states import ClaimState, FigureState
from factcheck.text import AnchorState, Basis
from factcheck.workflow.claims import dismiss_figure, link_figure, reopen_figure
from factcheck.workflow.clearance import OUT_OF_DATE, expired_figures
from factcheck.workflow.disputes import Dispute, disputes
from factcheck.workflow.figures import confirm_as_of, state_as_of
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.measures import pin_figure
from factcheck.workflow.observations import states_of
from factcheck.workflow.speakers import speaker_name_of

from .actions import ActionForm, RecordAction, words
from .base import RecordAdmin
from .crosschecks import as_of_words, carriers
from .filters import DeskFilter
from .measures import Told, told_to_person
from .shown import link, pill

SHOWN = 12
OTHER = "other"
REASONS = [
    ("idle", "idle: nothing hangs on it"),
    ("background", "background: known and not in question"),
    ("not checkable", "not checkable"),
    (OTHER, "for the reason below"),
]


def number(value: Decimal | None) -> str:
    return "–" if value is None else f"{value.normalize():,f}"


def normal_form(figure: Figure) -> str:
    """The value a figure was read as, whatever way it was written."""
    if figure.value is not None:
        return number(figure.value)
    if figure.low is not None:
        return f"{number(figure.low)} to {number(figure.high)}"
    return "too long to be kept as a value"


@dataclass(frozen=True)
class Compared:
    """A figure beside the other states of its measure that a person may see, and what is open between them."""

    figure: Figure
    others: list[Told]
    more: int
    copies: list[Figure]
    discrepancies: list[Dispute]

    @property
    def normal(self) -> str:
        return normal_form(self.figure)

    @property
    def as_of(self) -> str:
        return as_of_words(self.figure)

    @property
    def says(self) -> str:
        return speaker_name_of(self.figure)


def compared(figures: Iterable[Figure], user: Any) -> list[Compared]:
    """Each figure with what is comparable to it, the newest first."""
    told: dict[int, list[Told]] = {}
    made = []
    for figure in figures:
        if figure.measure is not None and figure.measure.pk not in told:
            rows = told_to_person(states_of(figure.measure), user)
            told[figure.measure.pk] = sorted(rows, key=lambda row: row.day, reverse=True)
        rows = told.get(figure.measure_id or 0, [])
        own = [row for row in rows if figure in row.figures]
        others = [row for row in rows if figure not in row.figures]
        copies = [copy for row in own for copy in row.figures if copy != figure]
        made.append(Compared(figure, others[:SHOWN], max(0, len(others) - SHOWN), copies, open_between(figure, user)))
    return made


def open_between(figure: Figure, user: Any) -> list[Dispute]:
    """What stands open against a figure, by the pair in which it stands itself."""
    rows = Discrepancy.objects.visible_to(user).open()
    own = DiscrepancyFigure.objects.filter(figure=figure).values("discrepancy")
    return disputes(rows.filter(pk__in=own), most=SHOWN)


class LinkForm(ActionForm):
    claim = forms.ModelChoiceField(
        Claim.objects.none(),
        empty_label="Choose the claim",
        help_text="Claims of the same document that are being checked.",
    )

    @property
    def warning(self) -> str:
        return "Where the claim is signed off, linking a figure to it, or away from it, voids that sign-off."

    def fit(self) -> None:
        checked = Claim.objects.filter(document=self.record.document).anchored()
        self.fields["claim"].queryset = checked.exclude(state__in=[ClaimState.PROPOSED, ClaimState.DISMISSED])


class DismissForm(ActionForm):
    reason = forms.ChoiceField(label="Why it need not be checked", choices=REASONS, widget=forms.RadioSelect)
    note = forms.CharField(label="In words", required=False, max_length=1900, widget=forms.Textarea({"rows": 2}))

    @property
    def warning(self) -> str:
        """What dismissing takes away besides, said before it does."""
        if self.record is None:
            return "Where the claim of one of them is signed off, dismissing it voids the sign-off."
        claim = self.record.claim
        if claim is None or claim.state != ClaimState.SIGNED_OFF:
            return ""
        return (
            f"Its claim “{claim}” was signed off with this figure. Dismissing it voids that sign-off: the claim has to "
            "be checked and signed off again."
        )

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        reason, note = said.get("reason"), said.get("note", "")
        if reason == OTHER and not note:
            raise forms.ValidationError({"note": "Please say why."})
        return {"note": note if reason == OTHER else f"{reason}: {note}" if note else reason}


class ReopenForm(ActionForm):
    @property
    def warning(self) -> str:
        """What taking a figure back takes away besides."""
        claim = self.record.claim if self.record else None
        if claim is None or claim.state != ClaimState.SIGNED_OFF:
            return ""
        return f"Its claim “{claim}” was signed off without this figure. Taking it back voids that sign-off."


class DayForm(ActionForm):
    day = forms.DateField(
        label="The day it is of",
        widget=forms.DateInput({"type": "date"}),
        help_text="As the copy tells it. Where the copy tells none, write the day into the copy instead.",
    )


class MeasureChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(filter(None, (str(obj), obj.place, obj.party, "compared everywhere" if obj.general else "")))


class PinForm(ActionForm):
    measure = MeasureChoice(
        Measure.objects.none(),
        empty_label=None,
        label="It belongs to",
        help_text="Measures of the same topic and dimension. No later reading undoes what you say here.",
    )

    def fit(self) -> None:
        figure = self.record
        near = Q(topic=figure.document.topic_id) if figure.document.topic_id else Q(figures__document=figure.document)
        alike = Measure.objects.visible_to(self.user).filter(merged_into=None, dimension=figure.dimension)
        self.fields["measure"].queryset = alike.filter(near | Q(general=True)).distinct().order_by("counted", "pk")
        self.fields["measure"].initial = figure.measure_id


class OtherFigure(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} — {obj.document}"


class JudgeForm(ActionForm):
    other = OtherFigure(
        Figure.objects.none(),
        empty_label="Choose the other figure",
        help_text="Figures of the same topic and dimension.",
    )
    same = forms.TypedChoiceField(
        label="Do both count the same thing?",
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
        choices=[("yes", "yes, the same thing"), ("no", "no, two things")],
    )
    note = forms.CharField(label="Why", required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))

    def fit(self) -> None:
        figure = self.record
        near = Q(document__topic=figure.document.topic_id) if figure.document.topic_id else Q(document=figure.document)
        alike = Figure.objects.visible_to(self.user).compared().filter(near, dimension=figure.dimension)
        rows = alike.exclude(pk=figure.pk).select_related("document").order_by("document_id", "pk")
        self.fields["other"].queryset = rows

    @property
    def warning(self) -> str:
        if self.record and wrote_one_compared(self.user, self.record):
            return "You wrote a text that is compared here: what you say waits until a second person confirms it."
        return ""


def judge(figure: Figure, **said: Any) -> None:
    judge_figures(figure, said.pop("other"), said.pop("same"), **said)


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "link": RecordAction(link_figure, LinkForm, "Link to a claim", "The figure is linked."),
        "dismiss": RecordAction(dismiss_figure, DismissForm, done="The figure is dismissed."),
        "reopen": RecordAction(reopen_figure, ReopenForm, "Take back", "The figure is to be checked again."),
        "confirm_as_of": RecordAction(confirm_as_of, label="It holds today", done="It is as of today."),
        "state_as_of": RecordAction(state_as_of, DayForm, "Say of which day", "The day is noted."),
        "judge": RecordAction(
            judge, JudgeForm, "The same as another?", "That is noted; the figures are grouped again."
        ),
        "pin": RecordAction(pin_figure, PinForm, "Pin to a measure", "It belongs to that measure now."),
    }
    bulk_actions = ("dismiss",)
    record_template = "factcheck/admin/figure.html"
    list_display: ClassVar = ["name", "shown_state", "normal", "hedge", "as_of", "says", "document", "worth"]
    list_filter: ClassVar = ["state", "modality", "hedge", DeskFilter]
    list_select_related: ClassVar = ["document__publisher", "attribution__source"]
    search_fields: ClassVar = ["surface", "counted", "place", "document__title"]
    ordering: ClassVar = ["-checkworthiness", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "document__publisher", "attribution__source", "claim", "measure", "pinned_by", "dated_by"
        )

    @admin.display(description="figure", ordering="surface")
    def name(self, figure: Figure) -> str:
        return str(figure)

    @admin.display(description="read as", ordering="value")
    def normal(self, figure: Figure) -> str:
        return normal_form(figure) if figure.unit == "count" else f"{normal_form(figure)} {words(figure.unit)}"

    @admin.display(description="as of", ordering="as_of_start")
    def as_of(self, figure: Figure) -> str:
        """The day alone, on the clock of the document; its page says how it was found."""
        start = figure.as_of_start
        return f"{start.astimezone(ZoneInfo(figure.document.zone)):%-d %b %Y}" if start else "not known"

    @admin.display(description="who says it")
    def says(self, figure: Figure) -> str:
        return speaker_name_of(figure) or "nobody named"

    @admin.display(description="state", ordering="state")
    def shown_state(self, figure: Figure) -> SafeString:
        return pill(figure.state)

    @admin.display(description="worth checking", ordering="checkworthiness")
    def worth(self, figure: Figure) -> str:
        return f"{figure.checkworthiness:.2f}"

    def offers(self, record: Figure, name: str) -> bool:
        standing = record.state != FigureState.DISMISSED and record.anchor_state != AnchorState.ORPHANED
        if name == "confirm_as_of":
            return standing and record.as_of_basis == Basis.PUBLICATION
        return standing or name not in ("pin", "state_as_of")

    def facts(self, record: Figure) -> Iterable[tuple[str, Any, str]]:
        yield "document", link(record.document), ""
        yield "claim", link(record.claim), ""
        yield "read as", normal_form(record), ""
        yield "unit", words(record.unit), ""
        for label in ("counted", "definition", "scope", "place", "party"):
            if value := getattr(record, label):
                yield label, value, ""
        yield "hedge", words(record.hedge), ""
        yield "modality", words(record.modality), ""
        yield "as of", as_of_words(record) or "not known", ""
        yield "who says it", self.says(record), ""
        if record.attribution:
            yield "ascribed to", str(record.attribution), ""
        yield "measure", link(record.measure) if record.measure else "not grouped", ""
        if record.dated_by:
            yield "day said by", record.dated_by, ""
        if record.pinned_by:
            yield "pinned there by", record.pinned_by, ""
        yield "worth checking", self.worth(record), ""
        if record.flags:
            yield "noted", ", ".join(words(flag) for flag in record.flags), ""
        if record.anchor_state not in (AnchorState.EXACT, AnchorState.MOVED):
            yield "in the text", pill(record.anchor_state), ""

    def page(self, request: HttpRequest, record: Figure) -> dict[str, Any]:
        expired = expired_figures(Figure.objects.filter(pk=record.pk).anchored(), timezone.now()).exists()
        rows = compared([record], request.user)
        return {"carrier": carriers([record])[record.pk], "rows": rows, "expired": expired, "out_of_date": OUT_OF_DATE}
