"""What the actions on a claim ask of a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone

from factcheck.conf import verdict_words
from factcheck.models import Method, SourceUse, Stance, VerdictLabel

from .kit.actions import ActionForm
from .kit.fields import Lines, Moment, text_area
from .kit.formatting import words
from .verification import workers

MEANT = {
    VerdictLabel.SUPPORTED: "independent origins or a primary source bear it out; clears it",
    VerdictLabel.REFUTED: "evidence speaks against it; never clears it",
    VerdictLabel.CONFLICTING_EVIDENCE: "evidence on both sides; clears only what the copy attributes",
    VerdictLabel.NOT_ENOUGH_EVIDENCE: "too little either way; clears only what the copy attributes",
    VerdictLabel.OUTDATED: "it was so, and is no more; never clears it",
}
ELSEWHERE = "elsewhere"


class AssignForm(ActionForm):
    assignee = forms.ModelChoiceField(get_user_model().objects.none(), empty_label="Choose a colleague")
    method = forms.ChoiceField(choices=[(name, words(name)) for name in Method.values], initial=Method.CHECK_FIGURE)
    due_at = Moment(label="Due", required=False, help_text="In UTC.")

    def fit(self) -> None:
        self.fields["assignee"].queryset = workers(self.user, self.record.document.desk if self.record else None)


class SplitForm(ActionForm):
    parts = Lines(label="Parts", help_text="One in a line, each in the words of the claim. Each is checked on its own.")

    def fit(self) -> None:
        self.fields["parts"].initial = [self.record.text]


class PlaceForm(ActionForm):
    """Where a lost claim stands: one of the places found, or words that stand in the text once."""

    where = forms.ChoiceField(label="It stands here", widget=forms.RadioSelect, required=False)
    quote = forms.CharField(
        label="or at these words",
        required=False,
        strip=False,
        max_length=20_000,
        widget=text_area(3),
        help_text="As they stand in the text now, once.",
    )

    def fit(self) -> None:
        revision = self.record.document.current_revision
        anchor = self.record.anchors.filter(revision=revision).first() if revision else None
        choices = []
        for start, end in anchor.candidates if anchor else []:
            ahead, behind = revision.text[max(0, start - 60) : start], revision.text[end : end + 60]
            said = " ".join(f"… {ahead}»{revision.text[start:end]}«{behind} …".split())
            choices.append((f"{revision.number}-{start}-{end}", said))
        self.fields["where"].choices = [*choices, (ELSEWHERE, "at the words below")] if choices else []
        if not choices:
            del self.fields["where"]
            self.fields["quote"].label = "It stands at these words"

    def clean(self) -> dict[str, Any]:
        said = {"where": "", **(super().clean() or {})}
        chosen = said["where"] not in ("", ELSEWHERE)
        if chosen == bool(said.get("quote", "").strip()) and not self.errors:
            raise forms.ValidationError("Choose one of the places, or give the words at which it stands.")
        return {"where": said["where"] if chosen else "", "quote": said.get("quote", "")}


class SubmitForm(ActionForm):
    label = forms.ChoiceField(label="Verdict", widget=forms.RadioSelect)
    note = forms.CharField(label="What speaks for it", required=False, max_length=2000, widget=text_area(3))

    def fit(self) -> None:
        self.fields["label"].choices = [(str(name), f"{verdict_words(name)}: {MEANT[name]}") for name in MEANT]
        standing = self.record.evidence.standing().filter(stance=Stance.SUPPORTS)
        origins, primary = len(standing.origins()), standing.filter(source_use=SourceUse.PRIMARY).exists()
        many = "origin supports" if origins == 1 else "origins support"
        also = ", with a primary source among them" if primary else ""
        self.fields["label"].help_text = f"By the accepted evidence, {origins} independent {many} it{also}."


class SignOffForm(ActionForm):
    attributed_in_copy = forms.BooleanField(
        label="The copy says who says it",
        required=False,
        help_text="Tick it only where you have read it so. A verdict of conflicting or not enough evidence clears "
        "nothing without it.",
    )

    def fit(self) -> None:
        verdict = self.record.verdicts.select_related("by").last()
        if verdict is not None:
            said = f"You approve “{verdict_words(verdict.label)}”, submitted by {verdict.by}. "
            self.fields["attributed_in_copy"].help_text = said + str(self.fields["attributed_in_copy"].help_text)


class WaiveForm(ActionForm):
    note = forms.CharField(label="Why it goes out unchecked", max_length=2000, widget=text_area(3))
    expires_at = Moment(label="Until", help_text="In UTC. After that it blocks again.")

    def fit(self) -> None:
        self.fields["expires_at"].initial = timezone.now() + timedelta(hours=24)
