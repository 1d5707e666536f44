"""Forms of the actions on a claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from factcheck.conf import verdict_words
from factcheck.language import gettext_lazy, lazy_words, zoned
from factcheck.models import Method, Policy, Stance, VerdictLabel

from .kit.actions import ActionForm
from .kit.fields import LinesField, ReaderDateTimeField, textarea
from .verification import eligible_checkers

VERDICT_MEANINGS = {
    VerdictLabel.SUPPORTED: gettext_lazy("independent origins or a primary source bear it out; clears it"),
    VerdictLabel.REFUTED: gettext_lazy("evidence speaks against it; never clears it"),
    VerdictLabel.CONFLICTING_EVIDENCE: gettext_lazy("evidence on both sides; clears only what the copy attributes"),
    VerdictLabel.NOT_ENOUGH_EVIDENCE: gettext_lazy("too little either way; clears only what the copy attributes"),
    VerdictLabel.OUTDATED: gettext_lazy("it was so, and is no more; never clears it"),
}
ELSEWHERE = "elsewhere"


class AssignClaimForm(ActionForm):
    assignee = forms.ModelChoiceField(get_user_model().objects.none(), empty_label=gettext_lazy("Choose a colleague"))
    method = forms.ChoiceField(
        choices=[(name, lazy_words(name)) for name in Method.values], initial=Method.CHECK_FIGURE
    )
    due_at = ReaderDateTimeField(label=gettext_lazy("Due"), required=False, help_text=zoned("In {zone}."))

    def setup_fields(self) -> None:
        self.set_records("assignee", eligible_checkers(self.user, self.record.document.desk if self.record else None))


class SplitClaimForm(ActionForm):
    parts = LinesField(
        label=gettext_lazy("Parts"),
        help_text=gettext_lazy("One in a line, each in the words of the claim. Each is checked on its own."),
    )

    def setup_fields(self) -> None:
        self.fields["parts"].initial = [self.record.text]


class PlaceClaimForm(ActionForm):
    """Position of a claim that was lost in the text: one of the candidates, or words that occur once."""

    where = forms.ChoiceField(label=gettext_lazy("It stands here"), widget=forms.RadioSelect, required=False)
    quote = forms.CharField(
        label=gettext_lazy("or at these words"),
        required=False,
        strip=False,
        max_length=20_000,
        widget=textarea(3),
        help_text=gettext_lazy("As they stand in the text now, once."),
    )

    def setup_fields(self) -> None:
        revision = self.record.document.current_revision
        anchor = self.record.anchors.filter(revision=revision).first() if revision else None
        choices = []
        for start, end in anchor.candidates if anchor else []:
            before, after = revision.text[max(0, start - 60) : start], revision.text[end : end + 60]
            snippet = " ".join(f"… {before}»{revision.text[start:end]}«{after} …".split())
            choices.append((f"{revision.number}-{start}-{end}", snippet))
        self.set_choices("where", [*choices, (ELSEWHERE, gettext("at the words below"))] if choices else [])
        if not choices:
            del self.fields["where"]
            self.fields["quote"].label = gettext("It stands at these words")

    def clean(self) -> dict[str, Any]:
        cleaned_data = {"where": "", **(super().clean() or {})}
        chosen = cleaned_data["where"] not in ("", ELSEWHERE)
        if chosen == bool(cleaned_data.get("quote", "").strip()) and not self.errors:
            raise forms.ValidationError(gettext("Choose one of the places, or give the words at which it stands."))
        return {"where": cleaned_data["where"] if chosen else "", "quote": cleaned_data.get("quote", "")}


class SubmitVerdictForm(ActionForm):
    label = forms.ChoiceField(label=gettext_lazy("Verdict"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("What speaks for it"), required=False, max_length=2000, widget=textarea(3)
    )

    def setup_fields(self) -> None:
        self.set_choices(
            "label",
            [(str(name), f"{gettext(verdict_words(name))}: {meaning}") for name, meaning in VERDICT_MEANINGS.items()],
        )
        standing = self.record.evidence.offered().filter(stance=Stance.SUPPORTS)
        origins, primary = len(standing.origins()), standing.named_primary().exists()
        also = gettext(", with a primary source among them") if primary else ""
        self.fields["label"].help_text = ngettext(
            "By the linked evidence, {count} independent origin supports it{also}.",
            "By the linked evidence, {count} independent origins support it{also}.",
            origins,
        ).format(count=origins, also=also)


class SignOffForm(ActionForm):
    attributed_in_copy = forms.BooleanField(
        label=gettext_lazy("The copy says who says it"),
        required=False,
        help_text=gettext_lazy(
            "Tick it only where you have read it so. A verdict of conflicting or not enough evidence clears "
            "nothing without it."
        ),
    )

    def setup_fields(self) -> None:
        verdict = self.record.verdicts.select_related("by").last()
        if verdict is not None:
            offered, policy = self.record.evidence.offered(), Policy.for_document(self.record.document)
            unassessed = offered.exclude(pk__in=self.record.evidence.counting(policy).values("pk")).count()
            rest = (
                gettext("You accept {count} of its evidence that nobody else has assessed. ").format(count=unassessed)
                if unassessed
                else ""
            )
            summary = gettext("You approve “{label}”, submitted by {by}. {rest}").format(
                label=gettext(verdict_words(verdict.label)), by=verdict.by, rest=rest
            )
            self.fields["attributed_in_copy"].help_text = summary + str(self.fields["attributed_in_copy"].help_text)


class WaiveClaimForm(ActionForm):
    note = forms.CharField(label=gettext_lazy("Why it goes out unchecked"), max_length=2000, widget=textarea(3))
    expires_at = ReaderDateTimeField(
        label=gettext_lazy("Until"), help_text=zoned("In {zone}. After that it blocks again.")
    )

    def setup_fields(self) -> None:
        self.fields["expires_at"].initial = timezone.now() + timedelta(hours=24)
