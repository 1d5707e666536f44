"""What the actions on a document ask of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.timezone import make_aware

from factcheck.models import Claim, CorrectionClass, Desk, Source, Topic, colleagues_of
from factcheck.text import ClaimType
from factcheck.workflow.arrivals import known_zones
from factcheck.workflow.transitions import can

from .actions import ActionForm, Several

EARLIEST = 1400
CLOCKS = ("published_at", "embargo_until")
NEVER_CHECKABLE = "idle", "background", "not checkable"


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class Moment(forms.DateTimeField):
    """A date and time as a clock shows it; which clock, the form says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs)


def on_the_clock(at: datetime, zone: ZoneInfo) -> datetime:
    """A moment as a clock of that zone shows it; a year that no text of a newsroom has is refused."""
    if not EARLIEST <= at.year <= timezone.now().year + 1:
        raise forms.ValidationError(f"The year must lie between {EARLIEST} and next year.")
    return at.replace(tzinfo=zone)


def put_on_the_clock(form: forms.Form, said: dict[str, Any], names: list[str], zone: ZoneInfo) -> None:
    """The moments of a form in their zone, each with its own refusal."""
    for name in names:
        try:
            said[name] = on_the_clock(said[name], zone)
        except forms.ValidationError as refusal:
            form.add_error(name, refusal)


class NewDocumentForm(ActionForm):
    """A text by one of three ways, and what is known of it."""

    text = forms.CharField(label="Paste the text", required=False, strip=False, widget=text_area(12))
    file = forms.FileField(
        label="or choose a file", required=False, help_text="Text, Markdown, HTML, PDF, DOCX or ninjs."
    )
    address = forms.URLField(label="or give its address", required=False, max_length=2000, assume_scheme="https")
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        choices=[
            ("story", "story: ours, to be checked"),
            ("coverage", "coverage: of another outlet"),
            ("reference", "reference: a source's own text"),
        ],
    )
    title = forms.CharField(max_length=500, required=False, help_text="Left empty, it is taken from the text.")
    topic = forms.ModelChoiceField(
        Topic.objects.none(), required=False, help_text="Figures are compared inside a topic."
    )
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False)
    byline = forms.CharField(max_length=500, required=False)
    authors = Several(
        get_user_model().objects.none(),
        required=False,
        help_text="Colleagues who wrote it: they will not decide on it. Filing a text is not writing it.",
    )
    zone = forms.ChoiceField(label="Time zone of the dateline", choices=[], initial="UTC")
    published_at = Moment(label="Published", required=False, help_text="On the clock of that zone.")
    embargo_until = Moment(label="Embargo until", required=False, help_text="On the clock of that zone.")

    def fit(self) -> None:
        desks = Desk.objects.visible_to(self.user)
        self.fields["desk"].queryset = desks
        self.fields["desk"].initial = next((desk.pk for desk in desks if can(self.user, desk, "ingest")), None)
        self.fields["topic"].queryset = Topic.objects.visible_to(self.user)
        self.fields["publisher"].queryset = Source.objects.visible_to(self.user)
        self.fields["authors"].queryset = colleagues_of(self.user)
        self.fields["zone"].choices = [(name, name) for name in sorted(known_zones())]

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        given = [name for name in ("text", "file", "address") if said.get(name)]
        if len(given) != 1:
            raise forms.ValidationError("Paste a text, choose a file or give an address: one of the three.")
        zone = ZoneInfo(said["zone"]) if said.get("zone") else ZoneInfo("UTC")
        put_on_the_clock(self, said, [name for name in CLOCKS if said.get(name)], zone)
        return said


class ReviseForm(ActionForm):
    text = forms.CharField(label="The new text", required=False, strip=False, widget=text_area(20))
    file = forms.FileField(label="or a file", required=False)

    def fit(self) -> None:
        revision = self.record.current_revision
        if revision is not None and len(revision.text) < 200_000:
            self.fields["text"].initial = revision.text

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if not said.get("text") and not said.get("file"):
            raise forms.ValidationError("Give the new text, or a file.")
        return said


class ConfirmForm(ActionForm):
    title = forms.CharField(max_length=500, required=False, help_text="As it should be called; empty leaves it.")

    def fit(self) -> None:
        self.fields["title"].initial = self.record.title


class ClaimForm(ActionForm):
    """A statement by its words, or by what was selected in the text."""

    quote = forms.CharField(
        label="The words, as they stand in the text", strip=False, max_length=20_000, widget=text_area(3)
    )
    claim_type = forms.ChoiceField(label="Type", choices=[(str(kind), str(kind)) for kind in ClaimType])
    start = forms.IntegerField(min_value=0, max_value=10_000_000, required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(min_value=0, max_value=10_000_000, required=False, widget=forms.HiddenInput)


class PublishForm(ActionForm):
    uncleared_reason = forms.CharField(
        label="If it is not clear: why it goes out all the same",
        required=False,
        max_length=2000,
        widget=text_area(3),
        help_text="Needed only where something blocks it. It is printed with the publication for ever.",
    )


class CorrectForm(ActionForm):
    correction_class = forms.ChoiceField(label="What it is", choices=CorrectionClass.choices)
    wording = forms.CharField(label="What the reader is told", max_length=2000, widget=text_area(4))
    claim = forms.ModelChoiceField(Claim.objects.none(), required=False)
    uncleared_reason = forms.CharField(
        label="If the corrected text is not clear: why it goes out",
        required=False,
        max_length=2000,
        widget=text_area(2),
    )

    def fit(self) -> None:
        self.fields["claim"].queryset = self.record.claims.anchored()


class MetadataForm(ActionForm):
    """What is known of a document besides its text. Only what was changed here is changed."""

    title = forms.CharField(max_length=500, required=False)
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label="none known")
    byline = forms.CharField(max_length=500, required=False)
    language = forms.CharField(max_length=10, required=False, help_text="A code, such as en or en-GB.")
    zone = forms.ChoiceField(label="Time zone of the dateline", choices=[])
    published_at = Moment(label="Published", required=False, help_text="On the clock of that zone.")
    embargo_until = Moment(label="Embargo until", required=False, help_text="On the clock of that zone.")
    authors = Several(
        get_user_model().objects.none(),
        required=False,
        help_text="Colleagues who wrote it too: they will not decide on it. Nobody is taken away.",
    )

    def fit(self) -> None:
        record = self.record
        self.fields["publisher"].queryset = Source.objects.visible_to(self.user)
        self.fields["authors"].queryset = colleagues_of(self.user)
        self.fields["zone"].choices = [(name, name) for name in sorted({*known_zones(), record.zone})]
        for name in ("title", "publisher", "byline", "language", "zone"):
            self.fields[name].initial = getattr(record, name)
        for name in ("published_at", "embargo_until"):
            at = getattr(record, name)
            clock = at.astimezone(ZoneInfo(record.zone)) if at else None
            shown = clock.replace(tzinfo=None, second=0, microsecond=0) if clock else None
            self.fields[name].initial = make_aware(shown) if shown else None

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        zone = ZoneInfo(said.get("zone") or self.record.zone)
        moved = [name for name in CLOCKS if said.get(name) and {name, "zone"} & {*self.changed_data}]
        put_on_the_clock(self, said, moved, zone)
        clocks = set(CLOCKS) if "zone" in self.changed_data else set()
        said["authors"] = tuple(said.get("authors") or ())
        return {name: value for name, value in said.items() if name in {*self.changed_data, *clocks, "authors"}}


class TopicForm(ActionForm):
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False, empty_label="none")

    def fit(self) -> None:
        self.fields["topic"].queryset = Topic.objects.visible_to(self.user)
        self.fields["topic"].initial = self.record.topic_id


class WaiveForm(ActionForm):
    note = forms.CharField(label="Why it goes out unchecked", max_length=2000, widget=text_area(3))
    expires_at = Moment(label="Until", required=False, help_text="In UTC; 24 hours at most.")

    def clean_expires_at(self) -> datetime | None:
        return self.cleaned_data["expires_at"]


class IdleForm(ActionForm):
    note = forms.ChoiceField(label="Why", choices=[(why, why) for why in NEVER_CHECKABLE])
