"""The checker's one page: the claim in its text, what others say, evidence, verdict, and "Submit and next"."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from factcheck.actors import Person
from factcheck.conf import verdict_words
from factcheck.language import gettext_lazy
from factcheck.models import Claim, EvidenceKind, SourceUse, Stance, VerdictLabel, VerificationTask
from factcheck.states import ClaimState, TaskState
from factcheck.workflow.transitions import can
from factcheck.workflow.verification import hand_in, start_claim, submit_verdict, take_up

from .evidence import record_with_file
from .evidence_forms import NewEvidenceForm

NO_EVIDENCE = ""
KINDS = [
    (NO_EVIDENCE, gettext_lazy("Nothing more")),
    (EvidenceKind.WEB, gettext_lazy("Link")),
    (EvidenceKind.UPLOAD, gettext_lazy("File")),
    (EvidenceKind.CALL, gettext_lazy("Call")),
    (EvidenceKind.INTERVIEW, gettext_lazy("Interview")),
    (EvidenceKind.OBSERVATION, gettext_lazy("Seen")),
]
STANCES = [
    (Stance.SUPPORTS, gettext_lazy("Supports")),
    (Stance.REFUTES, gettext_lazy("Speaks against")),
    (Stance.CONTEXT, gettext_lazy("Context")),
]
EVIDENCE_FIELDS = (
    "kind",
    "source",
    "url",
    "note",
    "file",
    "source_use",
    "stance",
    "quote",
    "derived_from",
    "derived_from_source",
)


class CheckForm(NewEvidenceForm):
    """A piece of evidence that grows by its kind, and the verdict; either may be left out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Add what you have"), choices=KINDS, required=False, widget=forms.RadioSelect
    )
    source_use = forms.ChoiceField(
        label=gettext_lazy("They know it"),
        choices=[
            (SourceUse.PRIMARY, gettext_lazy("At first hand")),
            (SourceUse.SECONDARY, gettext_lazy("From others")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    stance = forms.ChoiceField(
        label=gettext_lazy("What it makes of the claim"), choices=STANCES, widget=forms.RadioSelect, required=False
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=(),  # their words are the host's, and settings are not read while modules load
        widget=forms.RadioSelect,
        required=False,
    )
    remark = forms.CharField(
        label=gettext_lazy("For the reviewer, if it needs a word"), required=False, max_length=2000
    )

    def setup_fields(self) -> None:
        super().setup_fields()
        labels = [(str(label), gettext(verdict_words(label)).capitalize()) for label in VerdictLabel]
        self.set_choices("verdict", labels)
        self.fields["kind"].initial = NO_EVIDENCE if self.record.evidence.offered().exists() else EvidenceKind.CALL
        self.fields["source_use"].initial = SourceUse.PRIMARY
        self.fields["stance"].initial = Stance.SUPPORTS
        self.fields["verdict"].initial = VerdictLabel.SUPPORTED
        self.fields["source"].help_text = gettext("By its name; a link's is found by its domain.")

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("kind") == EvidenceKind.WEB:  # what a page says is linked once it has been kept
            self.cleaned_data["stance"] = ""
        return super().clean()


def checked_by(user: Any) -> QuerySet[VerificationTask]:
    """The unfinished work of a person, the earliest due first, then the most check-worthy."""
    rows = VerificationTask.objects.visible_to(user).unfinished().filter(assignee=user.pk)  # type: ignore[attr-defined]
    rows = rows.exclude(claim__state__in=[ClaimState.SIGNED_OFF, ClaimState.DISMISSED, ClaimState.WAIVED])
    ordered: QuerySet[VerificationTask] = rows.select_related("claim__document__desk", "assignee", "created_by")
    return ordered.order_by(F("due_at").asc(nulls_last=True), "-claim__checkworthiness", "pk")


def keep_check(task: VerificationTask, data: dict[str, Any], *, by: Person, submit: bool) -> None:
    """Record the evidence of a filled form, and where ``submit``, hand in the verdict: all of it or nothing.

    Raises:
        NotAllowed, WrongState, Invalid: as the actions it is made of.
    """
    claim: Claim = task.claim
    with transaction.atomic():
        if task.state == TaskState.ASSIGNED:
            take_up(task, by=by)
            claim.refresh_from_db()
        if claim.state in (ClaimState.OPEN, ClaimState.STALE):
            start_claim(claim, by=by)
        if data["kind"]:
            record_with_file(claim, by=by, **{name: data[name] for name in EVIDENCE_FIELDS})
        if submit:
            submit_verdict(claim, data["verdict"], by=by, note=data["remark"])
            if can(by, task, "hand_in"):
                hand_in(task, by=by)
