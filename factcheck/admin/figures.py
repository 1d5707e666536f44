"""Figures: as written and as read, compared with other figures of the measure; linked, dismissed, pinned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from factcheck.language import gettext_lazy, lazy_words, number_said, short_date_words, told
from factcheck.models import Carrier, Claim, Discrepancy, DiscrepancyFigure, Figure, Measure
from factcheck.relations import wrote_one_compared
from factcheck.states import ClaimState, FigureState
from factcheck.text import AnchorState, Basis, Hedge, Modality, known_units
from factcheck.workflow.claims import dismiss_figure, link_figure, reopen_figure
from factcheck.workflow.clearance import OUT_OF_DATE, expired_figures
from factcheck.workflow.disputes import Dispute, disputes
from factcheck.workflow.figures import NUMBERS, confirm_as_of, correct_reading, part_of, state_as_of
from factcheck.workflow.judgements import judge_figures
from factcheck.workflow.measures import pin_figure
from factcheck.workflow.observations import observations_of
from factcheck.workflow.speakers import speaker_name_of

from .kit.actions import ActionForm, RecordAction
from .kit.figure_context import as_of_text, figure_contexts
from .kit.filters import DeskFilter
from .kit.formatting import badge, humanize
from .kit.links import link
from .kit.records import RecordAdmin
from .measures import StateOnPage, states_on_page

MAX_OTHERS = 12
MAX_COPIES = 8
OTHER = "other"
WORDS_CORRECTED = ("unit", "hedge", "modality", "counted", "place", "says")
REASONS = [
    ("idle", gettext_lazy("idle: nothing hangs on it")),
    ("background", gettext_lazy("background: known and not in question")),
    ("not checkable", gettext_lazy("not checkable")),
    (OTHER, gettext_lazy("for the reason below")),
]


def format_decimal(value: Decimal | None) -> str:
    return "–" if value is None else number_said(value.normalize())


def normalized_value(figure: Figure) -> str:
    """The value a figure was read as, independent of how it was written."""
    if figure.value is not None:
        return format_decimal(figure.value)
    if figure.low is not None:
        return gettext("{low} to {high}").format(low=format_decimal(figure.low), high=format_decimal(figure.high))
    return gettext("too long to be kept as a value")


@dataclass(frozen=True)
class ComparedFigure:
    """A figure, the other visible states of its measure, and the open disputes."""

    figure: Figure
    others: list[StateOnPage]
    more: int
    copies: list[Figure]
    more_copies: int
    discrepancies: list[Dispute]

    @property
    def normal(self) -> str:
        return normalized_value(self.figure)

    @property
    def as_of(self) -> str:
        return as_of_text(self.figure)

    @property
    def says(self) -> str:
        return speaker_name_of(self.figure)


def compare_figures(figures: Iterable[Figure], user: Any) -> list[ComparedFigure]:
    """Each figure with the states comparable to it, newest first."""
    figures = list(figures)
    states: dict[int, list[StateOnPage]] = {}
    carried = Carrier.objects.filter(figure__in=figures, current=True)
    observation_of = dict(carried.values_list("figure", "observation"))
    compared = []
    for figure in figures:
        if figure.measure is not None and figure.measure.pk not in states:
            rows = states_on_page(observations_of(figure.measure), user)
            states[figure.measure.pk] = sorted(rows, key=lambda row: row.day, reverse=True)
        rows = states.get(figure.measure_id or 0, [])
        own = [row for row in rows if observation_of.get(figure.pk) in row.seen.state.ids]
        others = [row for row in rows if row not in own]
        copies = [copy for row in own for copy in row.figures if copy != figure]
        compared.append(
            ComparedFigure(
                figure,
                others[:MAX_OTHERS],
                max(0, len(others) - MAX_OTHERS),
                copies[:MAX_COPIES],
                max(0, sum(row.seen.count for row in own) - 1 - len(copies[:MAX_COPIES])),
                open_disputes(figure, user),
            )
        )
    return compared


def open_disputes(figure: Figure, user: Any) -> list[Dispute]:
    """Open disputes by the pairs that contain the figure itself."""
    rows = Discrepancy.objects.visible_to(user).open()
    own = DiscrepancyFigure.objects.filter(figure=figure).values("discrepancy")
    return disputes(rows.filter(pk__in=own), most=MAX_OTHERS)


class LinkFigureForm(ActionForm):
    claim = forms.ModelChoiceField(
        Claim.objects.none(),
        empty_label=gettext_lazy("Choose the claim"),
        help_text=gettext_lazy("Claims of the same document that are being checked."),
    )

    @property
    def warning(self) -> str:
        return gettext("Where the claim is signed off, linking a figure to it, or away from it, voids that sign-off.")

    def setup_fields(self) -> None:
        checked = Claim.objects.filter(document=self.record.document).anchored()
        self.set_records("claim", checked.exclude(state__in=[ClaimState.PROPOSED, ClaimState.DISMISSED]))


class DismissFigureForm(ActionForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it need not be checked"), choices=REASONS, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("In words"), required=False, max_length=1900, widget=forms.Textarea({"rows": 2})
    )

    @property
    def warning(self) -> str:
        """Consequences of dismissing, shown before it is done."""
        if self.record is None:
            return gettext("Where the claim of one of them is signed off, dismissing it voids the sign-off.")
        claim = self.record.claim
        if claim is None or claim.state != ClaimState.SIGNED_OFF:
            return ""
        return gettext(
            "Its claim “{claim}” was signed off with this figure. Dismissing it voids that sign-off: "
            "the claim has to be checked and signed off again."
        ).format(claim=claim)

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        reason, note = cleaned_data.get("reason"), cleaned_data.get("note", "")
        if reason == OTHER and not note:
            raise forms.ValidationError({"note": gettext("Please say why.")})
        return {"note": note if reason == OTHER else f"{reason}: {note}" if note else reason}


class ReopenFigureForm(ActionForm):
    @property
    def warning(self) -> str:
        """Consequences of reopening, shown before it is done."""
        claim = self.record.claim if self.record else None
        if claim is None or claim.state != ClaimState.SIGNED_OFF:
            return ""
        return gettext(
            "Its claim “{claim}” was signed off without this figure. Taking it back voids that sign-off."
        ).format(claim=claim)


class StateDayForm(ActionForm):
    day = forms.DateField(
        label=gettext_lazy("The day it is of"),
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("As the copy tells it. Where the copy tells none, write the day into the copy instead."),
    )


class CorrectReadingForm(ActionForm):
    """The parts of a figure as they are read; what is left as it is stays."""

    number = forms.CharField(
        max_length=70, help_text=gettext_lazy("One number, or a range: 40 to 50. In digits; 3.2 million is 3200000.")
    )
    unit = forms.ChoiceField()
    hedge = forms.ChoiceField(choices=[(row.value, lazy_words(row.value)) for row in Hedge])
    modality = forms.ChoiceField(
        label=gettext_lazy("Said as"), choices=[(row.value, lazy_words(row.value)) for row in Modality]
    )
    counted = forms.CharField(label=gettext_lazy("What is counted"), required=False, max_length=300)
    place = forms.CharField(required=False, max_length=200)
    says = forms.CharField(
        label=gettext_lazy("Who says it"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("As the copy names them; empty where it names nobody."),
    )
    note = forms.CharField(label=gettext_lazy("Why"), max_length=1900, widget=forms.Textarea({"rows": 2}))

    def setup_fields(self) -> None:
        figure = self.record
        units = dict.fromkeys([figure.unit, *known_units()])
        self.set_choices(
            "unit", [(unit, gettext("things counted") if unit == "count" else humanize(unit)) for unit in units]
        )
        for name in WORDS_CORRECTED:
            self.fields[name].initial = part_of(figure, name)
        self.fields["number"].initial = number_typed(figure)

    @property
    def warning(self) -> str:
        claim = self.record.claim if self.record else None
        if claim is None or claim.state != ClaimState.SIGNED_OFF:
            return ""
        return gettext(
            "Its claim “{claim}” is signed off. Another number, unit, hedge, modality or speaker voids that "
            "sign-off; what is counted and the place do not."
        ).format(claim=claim)

    def clean_number(self) -> str:
        self.numbers = [decimal_typed(part) for part in self.cleaned_data["number"].split(" to ", 1)]
        if None in self.numbers:
            raise forms.ValidationError(gettext("Write it in digits: 40, 3.5 or 40 to 50."))
        return str(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        if self.errors:
            return cleaned_data
        changed = set(self.changed_data) & set(WORDS_CORRECTED)
        said = {name: cleaned_data[name] for name in ("note", *changed) if name in cleaned_data}
        if "number" in self.changed_data:
            said |= dict(zip(NUMBERS, self.numbers if len(self.numbers) == 1 else (None, *self.numbers), strict=False))
        return said


def decimal_typed(words: str) -> Decimal | None:
    """A number as a person types it: commas between thousands, a point before the fraction; None where it is none."""
    try:
        number = Decimal(words.strip().replace(",", "").replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number_typed(figure: Figure) -> str:
    """The number of a figure as its form shows it."""
    rows = [figure.value] if figure.value is not None else [figure.low, figure.high]
    return " to ".join(f"{row.normalize():f}" for row in rows if row is not None)


class MeasureChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return ", ".join(filter(None, (str(obj), obj.place, obj.party, "compared everywhere" if obj.general else "")))


class PinFigureForm(ActionForm):
    measure = MeasureChoiceField(
        Measure.objects.none(),
        empty_label=None,
        label=gettext_lazy("It belongs to"),
        help_text=gettext_lazy("Measures of the same topic and dimension. No later reading undoes what you say here."),
    )

    def setup_fields(self) -> None:
        figure = self.record
        near = Q(topic=figure.document.topic_id) if figure.document.topic_id else Q(figures__document=figure.document)
        alike = Measure.objects.visible_to(self.user).filter(merged_into=None, dimension=figure.dimension)
        self.set_records("measure", alike.filter(near | Q(general=True)).distinct().order_by("counted", "pk"))
        self.fields["measure"].initial = figure.measure_id


class FigureChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} — {obj.document}"


class JudgeFigureForm(ActionForm):
    other = FigureChoiceField(
        Figure.objects.none(),
        label=gettext_lazy("The other figure"),
        empty_label=gettext_lazy("Choose the other figure"),
        help_text=gettext_lazy("Figures of the same topic and dimension."),
    )
    same = forms.TypedChoiceField(
        label=gettext_lazy("Do both count the same thing?"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("yes, the same thing")), ("no", gettext_lazy("no, two things"))],
    )
    note = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )

    def setup_fields(self) -> None:
        figure = self.record
        near = Q(document__topic=figure.document.topic_id) if figure.document.topic_id else Q(document=figure.document)
        alike = Figure.objects.visible_to(self.user).compared().filter(near, dimension=figure.dimension)
        rows = alike.exclude(pk=figure.pk).select_related("document").order_by("document_id", "pk")
        self.set_records("other", rows)

    @property
    def warning(self) -> str:
        if self.record and wrote_one_compared(self.user, Figure.objects.filter(pk=self.record.pk)):
            return gettext(
                "You wrote a text that is compared here: what you say waits until a second person confirms it."
            )
        return ""


def judge_figure(figure: Figure, **arguments: Any) -> None:
    judge_figures(figure, arguments.pop("other"), arguments.pop("same"), **arguments)


def card_parts(figure: Figure) -> list[tuple[str, str]]:
    """The parts of a figure in words, as its card lists them."""
    read_as = normalized_value(figure)
    unit = "" if figure.unit == "count" else f" {humanize(figure.unit)}"
    return [
        (gettext("Read as"), f"{read_as}{unit}, {humanize(figure.hedge)}"),
        (gettext("Counted"), figure.counted or gettext("nothing named")),
        (gettext("Place"), figure.place or gettext("none named")),
        (gettext("As of"), as_of_text(figure) or gettext("not known")),
        (gettext("Who says it"), speaker_name_of(figure) or gettext("nobody named")),
        (gettext("Said as"), humanize(figure.modality)),
        (gettext("Measure"), str(figure.measure) if figure.measure else gettext("not grouped yet")),
    ]


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
    record_actions: ClassVar = {
        "link": RecordAction(
            link_figure, LinkFigureForm, gettext_lazy("Link to a claim"), gettext_lazy("The figure is linked.")
        ),
        "dismiss": RecordAction(
            dismiss_figure, DismissFigureForm, success_message=gettext_lazy("The figure is dismissed.")
        ),
        "reopen": RecordAction(
            reopen_figure,
            ReopenFigureForm,
            gettext_lazy("Take back"),
            gettext_lazy("The figure is to be checked again."),
        ),
        "confirm_as_of": RecordAction(
            confirm_as_of, label=gettext_lazy("It holds today"), success_message=gettext_lazy("It is as of today.")
        ),
        "state_as_of": RecordAction(
            state_as_of, StateDayForm, gettext_lazy("Say of which day"), gettext_lazy("The day is noted.")
        ),
        "correct_reading": RecordAction(
            correct_reading,
            CorrectReadingForm,
            gettext_lazy("Correct the reading"),
            gettext_lazy("The figure is read so now, and compared anew."),
        ),
        "judge": RecordAction(
            judge_figure,
            JudgeFigureForm,
            gettext_lazy("Judge with another figure"),
            gettext_lazy("That is noted; the figures are grouped again."),
        ),
        "pin": RecordAction(
            pin_figure, PinFigureForm, gettext_lazy("Pin to a measure"), gettext_lazy("It belongs to that measure now.")
        ),
    }
    bulk_actions = ("dismiss",)
    record_template = "factcheck/admin/figure.html"
    list_display = ["name", "state_badge", "normal", "hedge", "as_of", "says", "document", "worth"]
    list_filter: ClassVar = ["state", "modality", "hedge", DeskFilter]
    list_select_related = ["document__publisher", "attribution__source"]
    search_fields: ClassVar = ["surface", "counted", "place", "document__title"]
    ordering: ClassVar = ["-checkworthiness", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "document__publisher", "attribution__source", "claim", "measure", "pinned_by", "dated_by", "corrected_by"
        )

    def get_urls(self) -> list[Any]:
        card = self.admin_site.admin_view(self.card)
        return [path("<str:object_id>/card/", card, name="factcheck_figure_card"), *super().get_urls()]

    def card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The card of a figure, to be shown beside the line it stands in."""
        record = self.get_record(request, object_id)
        context = {"record": record, "buttons": self.buttons(request.user, record), "parts": card_parts(record)}
        return TemplateResponse(
            request, "factcheck/admin/figure_card.html", context | self.page_context(request, record)
        )

    @admin.display(description=gettext_lazy("figure"), ordering="surface")
    def name(self, figure: Figure) -> str:
        return str(figure)

    @admin.display(description=gettext_lazy("read as"), ordering="value")
    def normal(self, figure: Figure) -> str:
        return (
            normalized_value(figure)
            if figure.unit == "count"
            else f"{normalized_value(figure)} {humanize(figure.unit)}"
        )

    @admin.display(description=gettext_lazy("as of"), ordering="as_of_start")
    def as_of(self, figure: Figure) -> str:
        """The day in the time zone of the document; the figure's page says how it was found."""
        start = figure.as_of_start
        return (
            short_date_words(start.astimezone(ZoneInfo(figure.document.zone)), with_year=True)
            if start
            else gettext("not known")
        )

    @admin.display(description=gettext_lazy("who says it"))
    def says(self, figure: Figure) -> str:
        return speaker_name_of(figure) or gettext("nobody named")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, figure: Figure) -> SafeString:
        return badge(figure.state)

    @admin.display(description=gettext_lazy("worth checking"), ordering="checkworthiness")
    def worth(self, figure: Figure) -> str:
        return number_format(figure.checkworthiness, 2)

    def is_offered(self, record: Figure, name: str) -> bool:
        standing = record.state != FigureState.DISMISSED and record.anchor_state != AnchorState.ORPHANED
        if name == "confirm_as_of":
            return standing and record.as_of_basis == Basis.PUBLICATION
        return standing or name not in ("pin", "state_as_of", "correct_reading")

    def facts(self, record: Figure) -> Iterable[tuple[str, Any, str]]:
        yield gettext("document"), link(record.document), ""
        yield gettext("claim"), link(record.claim), ""
        yield gettext("read as"), normalized_value(record), ""
        yield gettext("unit"), humanize(record.unit), ""
        for label in ("counted", "definition", "scope", "place", "party"):
            if value := getattr(record, label):
                yield humanize(label), value, ""
        yield gettext("hedge"), humanize(record.hedge), ""
        yield gettext("modality"), humanize(record.modality), ""
        yield gettext("as of"), as_of_text(record) or gettext("not known"), ""
        yield gettext("who says it"), self.says(record), ""
        if record.attribution:
            yield gettext("ascribed to"), str(record.attribution), ""
        yield gettext("measure"), link(record.measure) if record.measure else gettext("not grouped"), ""
        if record.dated_by:
            yield gettext("day said by"), record.dated_by, ""
        if record.corrected_by:
            read = ", ".join(f"{name} {value or gettext('none')}" for name, value in record.machine_reading.items())
            yield gettext("reading corrected by"), record.corrected_by, ""
            yield gettext("the machine had read"), read, ""
        if record.pinned_by:
            yield gettext("pinned there by"), record.pinned_by, ""
        yield gettext("worth checking"), self.worth(record), ""
        if record.flags:
            yield gettext("noted"), ", ".join(humanize(flag) for flag in record.flags), ""
        if record.anchor_state not in (AnchorState.EXACT, AnchorState.MOVED):
            yield gettext("in the text"), badge(record.anchor_state), ""

    def page_context(self, request: HttpRequest, record: Figure) -> dict[str, Any]:
        expired = expired_figures(Figure.objects.filter(pk=record.pk).anchored(), timezone.now()).exists()
        rows = compare_figures([record], request.user)
        return {
            "figure_context": figure_contexts([record])[record.pk],
            "rows": rows,
            "expired": expired,
            "out_of_date": gettext("It {out_of_date}").format(out_of_date=told(OUT_OF_DATE)),
        }
