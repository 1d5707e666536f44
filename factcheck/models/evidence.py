"""Evidence for or against a claim, and how many independent origins it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext

from factcheck.states import EvidenceState

from .claims import Claim
from .desks import Desk
from .history import Event
from .policies import Assessment, Policy
from .snapshots import Snapshot
from .sources import Source, end_of_chain

GIVING = ("record", "attach", "link")
"""The actions by which somebody gives evidence; who did one of them does not assess it as a second person."""


class EvidenceKind(models.TextChoices):
    WEB = "web"
    UPLOAD = "upload"
    CALL = "call"
    INTERVIEW = "interview"
    OBSERVATION = "observation"


class Stance(models.TextChoices):
    SUPPORTS = "supports"
    REFUTES = "refutes"
    CONTEXT = "context"


class SourceUse(models.TextChoices):
    PRIMARY = "primary"
    SECONDARY = "secondary"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: Any) -> EvidenceQuerySet:
        return self.filter(claim__document__desk__in=Desk.objects.visible_to(user))

    def current(self) -> EvidenceQuerySet:
        """Accepted, and neither drifted nor withdrawn since: what a verdict may rest on."""
        return self.filter(state=EvidenceState.ACCEPTED)

    def offered(self) -> EvidenceQuerySet:
        """What a verdict is submitted on: accepted, or linked and not yet assessed."""
        return self.filter(state__in=[EvidenceState.ACCEPTED, EvidenceState.LINKED])

    def named_primary(self) -> EvidenceQuerySet:
        """First-hand evidence of a source that has a name, or a confidential one."""
        return self.filter(source_use=SourceUse.PRIMARY, source__isnull=False)

    def counting(self, policy: Policy) -> EvidenceQuerySet:
        """What carries a verdict by a policy: accepted, by somebody who gave nothing of it unless the policy lets them.

        Who gives evidence records, attaches or links it.
        """
        if policy.assessed_by == Assessment.SELF:
            return self.current()
        given = Event.objects.filter(record="evidence", record_id=OuterRef("pk"), actor=OuterRef("assessed_by"))
        return self.current().exclude(assessed_by=None).exclude(Exists(given.filter(action__in=GIVING)))

    def origins(self) -> set[str]:
        """The distinct origins behind these pieces of evidence.

        Each piece is followed to what it repeats (``derived_from``), to the party its copy attributes it
        to (``derived_from_source``), and from a source to its owner. Copies of one origin count once.
        A piece with no source has no origin, for nobody stands for it; a confidential source is one.
        """
        own = list(self)
        rows = with_repeated(own)
        repeats = {row.pk: row.derived_from_id for row in rows.values()}
        owners = Source.objects.ultimate_owners()
        return {origin for row in own if (origin := _origin(rows[end_of_chain(row.pk, repeats)], owners))}

    def sources(self) -> set[int]:
        """The sources named on these pieces, and on what they repeat."""
        rows = with_repeated(self).values()
        return {pk for row in rows for pk in (row.source_id, row.derived_from_source_id) if pk is not None}


def with_repeated(pieces: Iterable[Evidence]) -> dict[int, Evidence]:
    """Pieces of evidence by number, with all that they repeat."""
    rows = {row.pk: row for row in pieces}
    while missing := {pk for row in rows.values() if (pk := row.derived_from_id) is not None} - rows.keys():
        rows |= {row.pk: row for row in Evidence.objects.filter(pk__in=missing)}
    return rows


def _origin(row: Evidence, owners: dict[int, int]) -> str:
    source = row.derived_from_source_id or row.source_id
    return f"source:{owners[source]}" if source is not None else ""


class Evidence(models.Model):
    """What a source says of a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="evidence")
    kind = models.CharField(max_length=12, choices=EvidenceKind.choices)
    state = models.CharField(max_length=16, choices=EvidenceState.choices, default=EvidenceState.REQUESTED)
    stance = models.CharField(max_length=10, choices=Stance.choices, blank=True)
    source_use = models.CharField(max_length=10, choices=SourceUse.choices, default=SourceUse.SECONDARY)
    credibility = models.PositiveSmallIntegerField(null=True, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    excerpt = models.TextField(blank=True)
    excerpt_start = models.PositiveIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    derived_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")
    derived_from_source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, blank=True, related_name="evidence")
    error = models.CharField(max_length=500, blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who accepted or rejected it last",
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EvidenceState.values), name="evidence_state_known"),
            models.CheckConstraint(
                condition=Q(credibility=None) | Q(credibility__gte=1, credibility__lte=6),
                name="evidence_credibility_range",
            ),
            models.CheckConstraint(
                condition=Q(derived_from=None) | ~Q(derived_from=F("id")), name="evidence_not_from_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["linked", "accepted"]) | ~Q(stance=""), name="evidence_linked_has_stance"
            ),
        ]

    def __str__(self) -> str:
        return gettext("{kind} evidence {pk}").format(kind=self.get_kind_display(), pk=self.pk)
