"""Forms of the actions on evidence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from factcheck.language import gettext_lazy
from factcheck.models import Evidence, EvidenceKind, SourceUse, Stance

from .kit.actions import ActionForm
from .kit.fields import SourceField, suggest_sources, textarea

CREDIBILITY = {
    1: gettext_lazy("1: confirmed by others"),
    2: gettext_lazy("2: probably true"),
    3: gettext_lazy("3: possibly true"),
    4: gettext_lazy("4: doubtful"),
    5: gettext_lazy("5: improbable"),
    6: gettext_lazy("6: cannot be judged"),
}
KINDS = [
    (EvidenceKind.WEB, gettext_lazy("a page on the web")),
    (EvidenceKind.UPLOAD, gettext_lazy("a file")),
    (EvidenceKind.CALL, gettext_lazy("a call")),
    (EvidenceKind.INTERVIEW, gettext_lazy("an interview")),
    (EvidenceKind.OBSERVATION, gettext_lazy("what we saw ourselves")),
]
STANCES = [
    (Stance.SUPPORTS, gettext_lazy("it supports the claim")),
    (Stance.REFUTES, gettext_lazy("it refutes the claim")),
    (Stance.CONTEXT, gettext_lazy("it gives context")),
]
USES = [
    (SourceUse.SECONDARY, gettext_lazy("secondary: it repeats what others know")),
    (SourceUse.PRIMARY, gettext_lazy("primary: it knows at first hand")),
]


class NewEvidenceForm(ActionForm):
    """Evidence for a claim. A web page is fetched by a job afterwards."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=KINDS)
    source = SourceField(help_text=gettext_lazy("By its name. Left empty, a page's source is found by its address."))
    url = forms.URLField(label=gettext_lazy("Address"), required=False, max_length=2000, assume_scheme="https")
    note = forms.CharField(
        label=gettext_lazy("What was said or seen"),
        required=False,
        max_length=2000,
        widget=textarea(3),
        help_text=gettext_lazy("Needed for a call, an interview or what we saw."),
    )
    file = forms.FileField(required=False, help_text=gettext_lazy("For a file: 10 MB at most."))
    source_use = forms.ChoiceField(label=gettext_lazy("Used as"), choices=USES)
    stance = forms.ChoiceField(
        label=gettext_lazy("What it makes of the claim"),
        required=False,
        choices=[("", gettext_lazy("said later")), *STANCES],
        help_text=gettext_lazy("For a page this is said once it has been fetched."),
    )
    derived_from = forms.ModelChoiceField(
        Evidence.objects.none(),
        label=gettext_lazy("It repeats other evidence"),
        required=False,
        empty_label=gettext_lazy("no"),
        help_text=gettext_lazy("Copies of one origin count once."),
    )
    derived_from_source = SourceField(
        label=gettext_lazy("It quotes"),
        help_text=gettext_lazy("Whom the copy names for it: a report that quotes a ministry is the ministry's."),
    )

    def setup_fields(self) -> None:
        suggest_sources(self, "source", "derived_from_source")
        near = Evidence.objects.filter(claim__document=self.record.document_id).select_related("source")
        self.set_records("derived_from", near.order_by("pk"))

    def clean(self) -> dict[str, Any]:
        cleaned_data = {"quote": "", **(super().clean() or {})}
        kind = cleaned_data.get("kind")
        if cleaned_data.get("file") is not None and kind != EvidenceKind.UPLOAD:
            self.add_error("file", gettext("Only a file comes with a file; choose that above, or leave this empty."))
        if kind == EvidenceKind.UPLOAD and cleaned_data.get("file") is None and "file" not in self.errors:
            self.add_error("file", gettext("Choose the file."))
        if kind == EvidenceKind.WEB and cleaned_data.get("stance"):
            self.add_error(
                "stance", gettext("Link a page to the claim once it has been fetched; leave this for later.")
            )
        return cleaned_data


class LinkEvidenceForm(ActionForm):
    stance = forms.ChoiceField(
        label=gettext_lazy("What it makes of the claim"), choices=STANCES, widget=forms.RadioSelect
    )
    quote = forms.CharField(
        label=gettext_lazy("The words it rests on"),
        required=False,
        strip=False,
        max_length=20_000,
        widget=textarea(3),
        help_text=gettext_lazy("As they stand in what was captured; select them there, or paste them."),
    )


class AssessEvidenceForm(ActionForm):
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("Assessment"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "accepted",
        choices=[
            ("accepted", gettext_lazy("accepted: a verdict may rest on it")),
            ("rejected", gettext_lazy("rejected, for the reason below")),
        ],
    )
    credibility = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[("", gettext_lazy("not given")), *CREDIBILITY.items()]
    )
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=2000, widget=textarea(3))

    def setup_fields(self) -> None:
        self.fields["credibility"].initial = self.record.credibility


class AttachEvidenceForm(ActionForm):
    file = forms.FileField(required=False, help_text=gettext_lazy("10 MB at most."))
    note = forms.CharField(label=gettext_lazy("or a note"), required=False, max_length=2000, widget=textarea(3))

    def clean(self) -> dict[str, Any]:
        cleaned_data = dict(super().clean() or {})
        if not cleaned_data.get("file") and not cleaned_data.get("note"):
            raise forms.ValidationError(gettext("Attach a file or a note."))
        return cleaned_data
