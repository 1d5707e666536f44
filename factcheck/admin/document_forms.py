"""Forms of the actions on a document."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.timezone import make_aware
from django.utils.translation import gettext, ngettext

from factcheck.language import gettext_lazy, lazy_words, zoned
from factcheck.models import Claim, CorrectionClass, Desk, DocumentKind, Source, Topic, WrittenBy, colleagues_of
from factcheck.models.labels import translated
from factcheck.text import ClaimType
from factcheck.workflow.arrivals import known_zones
from factcheck.workflow.claims import figures_going_with, quiet_claims
from factcheck.workflow.transitions import can

from .kit.actions import ActionForm
from .kit.fields import LocalDateTimeField, ReaderDateTimeField, RecordsField, textarea

EARLIEST = 1400
CLOCK_FIELDS = ("published_at", "embargo_until")
NEVER_CHECKABLE = "idle", "background", "not checkable"
MOST_NAMED = 12


def in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    """A naive time in this zone. Raises ValidationError for a year that no news text has."""
    if not EARLIEST <= at.year <= timezone.now().year + 1:
        raise forms.ValidationError(
            gettext("The year must lie between {earliest} and next year.").format(earliest=EARLIEST)
        )
    return at.replace(tzinfo=zone)


def put_in_zone(form: forms.Form, cleaned_data: dict[str, Any], names: list[str], zone: ZoneInfo) -> None:
    """Put times of a form into their zone. Errors are added to the fields of the form."""
    for name in names:
        try:
            cleaned_data[name] = in_zone(cleaned_data[name], zone)
        except forms.ValidationError as refusal:
            form.add_error(name, refusal)


class NewDocumentForm(ActionForm):
    """A text (pasted, as a file or by its address) and its metadata."""

    text = forms.CharField(label=gettext_lazy("Paste the text"), required=False, strip=False, widget=textarea(12))
    file = forms.FileField(
        label=gettext_lazy("or choose a file"),
        required=False,
        help_text=gettext_lazy("Text, page, PDF, Word, ODT, RTF, e-mail, table or wire story."),
    )
    address = forms.URLField(
        label=gettext_lazy("or give its address"), required=False, max_length=2000, assume_scheme="https"
    )
    desk = forms.ModelChoiceField(Desk.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        choices=[
            ("story", gettext_lazy("story: ours, to be checked")),
            ("coverage", gettext_lazy("coverage: of another outlet")),
            ("reference", gettext_lazy("reference: a source's own text")),
        ],
    )
    title = forms.CharField(
        max_length=500, required=False, help_text=gettext_lazy("Left empty, it is taken from the text.")
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), required=False, help_text=gettext_lazy("Figures are compared inside a topic.")
    )
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False)
    byline = forms.CharField(max_length=500, required=False)
    written_by = forms.ChoiceField(
        label=gettext_lazy("Who wrote it"), widget=forms.RadioSelect, choices=translated(WrittenBy.choices)
    )
    authors = RecordsField(
        get_user_model().objects.none(),
        required=False,
        help_text=gettext_lazy("Colleagues who wrote it: they will not decide on it. Filing a text is not writing it."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of the dateline"), choices=[], initial="UTC")
    published_at = LocalDateTimeField(
        label=gettext_lazy("Published"), required=False, help_text=gettext_lazy("On the clock of that zone.")
    )
    embargo_until = LocalDateTimeField(
        label=gettext_lazy("Embargo until"), required=False, help_text=gettext_lazy("On the clock of that zone.")
    )

    def setup_fields(self) -> None:
        desks = Desk.objects.visible_to(self.user)
        self.set_records("desk", desks)
        self.fields["desk"].initial = next((desk.pk for desk in desks if can(self.user, desk, "ingest")), None)
        self.set_records("topic", Topic.objects.visible_to(self.user))
        self.set_records("publisher", Source.objects.visible_to(self.user))
        self.set_records("authors", colleagues_of(self.user))
        self.set_choices("zone", [(name, name) for name in sorted(known_zones())])

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        origins = [name for name in ("text", "file", "address") if cleaned_data.get(name)]
        if len(origins) != 1:
            raise forms.ValidationError(gettext("Paste a text, choose a file or give an address: one of the three."))
        zone = ZoneInfo(cleaned_data["zone"]) if cleaned_data.get("zone") else ZoneInfo("UTC")
        put_in_zone(self, cleaned_data, [name for name in CLOCK_FIELDS if cleaned_data.get(name)], zone)
        self.clean_writer(cleaned_data)
        return cleaned_data

    def clean_writer(self, cleaned_data: dict[str, Any]) -> None:
        """Hold who is said to have written it against who is named."""
        wrote = cleaned_data.get("written_by")
        if wrote == WrittenBy.COLLEAGUE and not cleaned_data.get("authors"):
            self.add_error("authors", gettext("Say which colleague."))
        if wrote == WrittenBy.SOMEONE_ELSE and not cleaned_data.get("byline"):
            self.add_error("byline", gettext("Say who: a name as it is printed."))
        if wrote == WrittenBy.OUTLET and cleaned_data.get("kind") == DocumentKind.STORY:
            self.add_error("kind", gettext("What another outlet wrote is coverage, or a reference."))


class StrikeAuthorForm(ActionForm):
    author = forms.ModelChoiceField(get_user_model().objects.none(), empty_label=gettext_lazy("Choose a name"))
    note = forms.CharField(label=gettext_lazy("Why"), max_length=2000, widget=textarea(3))

    def setup_fields(self) -> None:
        self.set_records("author", self.record.authors.exclude(pk=self.user.pk))


class ReviseDocumentForm(ActionForm):
    text = forms.CharField(label=gettext_lazy("The new text"), required=False, strip=False, widget=textarea(20))
    file = forms.FileField(label=gettext_lazy("or a file"), required=False)

    def setup_fields(self) -> None:
        revision = self.record.current_revision
        if revision is not None and len(revision.text) < 200_000:
            self.fields["text"].initial = revision.text

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        if not cleaned_data.get("text") and not cleaned_data.get("file"):
            raise forms.ValidationError(gettext("Give the new text, or a file."))
        return cleaned_data


class ConfirmDocumentForm(ActionForm):
    title = forms.CharField(
        max_length=500, required=False, help_text=gettext_lazy("As it should be called; empty leaves it.")
    )

    def setup_fields(self) -> None:
        self.fields["title"].initial = self.record.title


class MarkClaimForm(ActionForm):
    """A claim by its words, or by the offsets of a selection."""

    quote = forms.CharField(
        label=gettext_lazy("The words, as they stand in the text"),
        strip=False,
        max_length=20_000,
        widget=textarea(3),
        required=False,
    )
    revision = forms.IntegerField(min_value=1, max_value=10_000_000, required=False, widget=forms.HiddenInput)
    claim_type = forms.ChoiceField(
        label=gettext_lazy("Type"), choices=[(str(kind), lazy_words(kind)) for kind in ClaimType]
    )
    start = forms.IntegerField(min_value=0, max_value=10_000_000, required=False, widget=forms.HiddenInput)
    end = forms.IntegerField(min_value=0, max_value=10_000_000, required=False, widget=forms.HiddenInput)


class PublishDocumentForm(ActionForm):
    uncleared_reason = forms.CharField(
        label=gettext_lazy("If it is not clear: why it goes out all the same"),
        required=False,
        max_length=2000,
        widget=textarea(3),
        help_text=gettext_lazy("Needed only where something blocks it. It is printed with the publication for ever."),
    )
    url = forms.URLField(
        label=gettext_lazy("Where it stands on the web"),
        required=False,
        max_length=2000,
        assume_scheme="https",
        help_text=gettext_lazy("If that is not known yet. Feeds and ClaimReview give this address."),
    )


class CorrectDocumentForm(ActionForm):
    correction_class = forms.ChoiceField(label=gettext_lazy("What it is"), choices=translated(CorrectionClass.choices))
    wording = forms.CharField(label=gettext_lazy("What the reader is told"), max_length=2000, widget=textarea(4))
    claim = forms.ModelChoiceField(Claim.objects.none(), required=False)
    uncleared_reason = forms.CharField(
        label=gettext_lazy("If the corrected text is not clear: why it goes out"),
        required=False,
        max_length=2000,
        widget=textarea(2),
    )

    def setup_fields(self) -> None:
        self.set_records("claim", self.record.claims.anchored())


class DescribeDocumentForm(ActionForm):
    """The metadata of a document. Only changed fields are returned."""

    title = forms.CharField(max_length=500, required=False)
    publisher = forms.ModelChoiceField(Source.objects.none(), required=False, empty_label=gettext_lazy("none known"))
    byline = forms.CharField(max_length=500, required=False)
    language = forms.CharField(max_length=10, required=False, help_text=gettext_lazy("A code, such as en or en-GB."))
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of the dateline"), choices=[])
    published_at = LocalDateTimeField(
        label=gettext_lazy("Published"), required=False, help_text=gettext_lazy("On the clock of that zone.")
    )
    embargo_until = LocalDateTimeField(
        label=gettext_lazy("Embargo until"), required=False, help_text=gettext_lazy("On the clock of that zone.")
    )
    authors = RecordsField(
        get_user_model().objects.none(),
        required=False,
        help_text=gettext_lazy("Colleagues who wrote it too: they will not decide on it. Nobody is taken away."),
    )

    def setup_fields(self) -> None:
        record = self.record
        self.set_records("publisher", Source.objects.visible_to(self.user))
        self.set_records("authors", colleagues_of(self.user))
        self.set_choices("zone", [(name, name) for name in sorted({*known_zones(), record.zone})])
        for name in ("title", "publisher", "byline", "language", "zone"):
            self.fields[name].initial = getattr(record, name)
        for name in ("published_at", "embargo_until"):
            value = getattr(record, name)
            clock = value.astimezone(ZoneInfo(record.zone)) if value else None
            local = clock.replace(tzinfo=None, second=0, microsecond=0) if clock else None
            self.fields[name].initial = make_aware(local) if local else None

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        zone = ZoneInfo(cleaned_data.get("zone") or self.record.zone)
        changed = [name for name in CLOCK_FIELDS if cleaned_data.get(name) and {name, "zone"} & {*self.changed_data}]
        put_in_zone(self, cleaned_data, changed, zone)
        clocks = set(CLOCK_FIELDS) if "zone" in self.changed_data else set()
        cleaned_data["authors"] = tuple(cleaned_data.get("authors") or ())
        return {name: value for name, value in cleaned_data.items() if name in {*self.changed_data, *clocks, "authors"}}


class SetTopicForm(ActionForm):
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False, empty_label=gettext_lazy("none"))

    def setup_fields(self) -> None:
        self.set_records("topic", Topic.objects.visible_to(self.user))
        self.fields["topic"].initial = self.record.topic_id


class WaiveDocumentForm(ActionForm):
    note = forms.CharField(label=gettext_lazy("Why it goes out unchecked"), max_length=2000, widget=textarea(3))
    expires_at = ReaderDateTimeField(
        label=gettext_lazy("Until"), required=False, help_text=zoned("In {zone}; 24 hours at most.")
    )

    def clean_expires_at(self) -> datetime | None:
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        return expires_at


class DismissIdleForm(ActionForm):
    note = forms.ChoiceField(label=gettext_lazy("Why"), choices=[(why, gettext_lazy(why)) for why in NEVER_CHECKABLE])


class DismissQuietForm(ActionForm):
    """All proposals below the desk's threshold at once, with what goes with them said first."""

    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, initial="below the threshold of the desk", widget=forms.TextInput
    )

    @property
    def warning(self) -> str:
        claims = list(quiet_claims(self.record))
        figures = figures_going_with(claims)
        named = ", ".join(f"“{figure}”" for figure in figures[:MOST_NAMED])
        more = gettext(" and {count} more").format(count=len(figures) - MOST_NAMED) if len(figures) > MOST_NAMED else ""
        goes = ngettext(
            "{count} figure go with them: {named}{more}.", "{count} figures go with them: {named}{more}.", len(figures)
        ).format(count=len(figures), named=named, more=more)
        return (
            ngettext("{count} proposals are dismissed.", "{count} proposals are dismissed.", len(claims)).format(
                count=len(claims)
            )
            + f" {goes if figures else gettext('No figure goes with them.')}"
        )
