"""Sources (who evidence comes from), snapshots (the bytes kept), and evidence (what a source says of a claim).

Counting independent origins lives here too, on the queryset of Evidence.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from factcheck.states import EvidenceState

from .claims import Claim
from .desks import Desk
from .measures import Topic


class SourceKind(models.TextChoices):
    WIRE_AGENCY = "wire_agency"
    THINK_TANK = "think_tank"
    MINISTRY = "ministry"
    MILITARY = "military"
    OFFICIAL = "official"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    NGO = "ngo"
    MEDIA = "media"
    DOCUMENT = "document"
    EYEWITNESS = "eyewitness"
    SOCIAL_MEDIA = "social_media"


def folded(name: str) -> str:
    """A name as names are compared: lower case, one space, no leading article, plain apostrophes."""
    words = name.replace("’", "'").casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


class SourceQuerySet(models.QuerySet["Source"]):
    def visible_to(self, user: Any) -> SourceQuerySet:
        """The registry is shared by the desks: whoever belongs to one sees it all."""
        from_a_desk = getattr(user, "is_active", False) and user.pk and user.factcheck_memberships.exists()
        return self if from_a_desk else self.none()

    def named(self, name: str) -> Source | None:
        """The source known under this name or alias."""
        return self.filter(names__folded=folded(name)).first() if name.strip() else None

    def at_host(self, host: str) -> Source | None:
        """The source whose domain is this host, or ends it at a dot; the longest domain wins."""
        labels = host.casefold().rstrip(".").split(".")
        tails = [".".join(labels[i:]) for i in range(len(labels))]
        found = SourceDomain.objects.filter(domain__in=tails).select_related("source")
        return max(found, key=lambda row: len(row.domain)).source if found else None

    def ultimate_owners(self) -> dict[int, int]:
        """For each source, who owns it in the end; itself where nobody does."""
        owners = dict(self.values_list("pk", "owner"))
        return {source: ultimate_owner_of(source, owners) for source in owners}


class Source(models.Model):
    """An organisation or person that evidence comes from. Grades are entered by people only."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=SourceKind.choices)
    country = models.CharField(max_length=2, blank=True)
    owner = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="owned")
    party_to = models.ManyToManyField(Topic, blank=True, related_name="parties")
    reliability = models.CharField(max_length=1, blank=True, choices=[(grade, grade) for grade in "ABCDEF"])
    reliability_reason = models.CharField(max_length=500, blank=True)
    confidential = models.BooleanField(default=False)
    encrypted_name = models.TextField(blank=True)
    people_with_access = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_known"),
            models.CheckConstraint(condition=Q(owner=None) | ~Q(owner=F("id")), name="source_not_its_own_owner"),
            models.CheckConstraint(
                condition=Q(reliability="") | ~Q(reliability_reason=""), name="source_grade_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(confidential=False, encrypted_name="") | (Q(confidential=True) & ~Q(encrypted_name="")),
                name="source_confidential_is_encrypted",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceName(models.Model):
    """A name or alias under which copy refers to a source; each names one source only."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="names")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class SourceDomain(models.Model):
    """A domain of a source, matched exactly or at a dot. Platforms are never a source."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain


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

    def origins(self) -> set[str]:
        """The distinct origins behind these pieces of evidence.

        Each piece is followed to what it repeats (``derived_from``), to the party its copy attributes it
        to (``derived_from_source``), and from a source to its owner. Copies of one origin count once.
        A piece with no source is an origin of its own only where somebody heard or saw it first-hand.
        """
        own = list(self)
        rows = {row.pk: row for row in own}
        while missing := {pk for row in rows.values() if (pk := row.derived_from_id) is not None} - rows.keys():
            rows |= {row.pk: row for row in Evidence.objects.filter(pk__in=missing)}
        repeats = {row.pk: row.derived_from_id for row in rows.values()}
        owners = Source.objects.ultimate_owners()
        return {origin for row in own if (origin := _origin(rows[ultimate_owner_of(row.pk, repeats)], owners))}


def _origin(row: Evidence, owners: dict[int, int]) -> str:
    source = row.derived_from_source_id or row.source_id
    if source is None:
        return f"evidence:{row.pk}" if row.source_use == SourceUse.PRIMARY else ""
    return f"source:{owners[source]}"


def ultimate_owner_of(start: int, parents: dict[int, int | None]) -> int:
    """The end of a chain of parents; a circle has one end too, its smallest member."""
    path: list[int] = []
    at: int | None = start
    while at is not None and at not in path:
        path.append(at)
        at = parents.get(at)
    return path[-1] if at is None else min(path[path.index(at) :])


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def visible_to(self, user: Any) -> SnapshotQuerySet:
        return self.filter(desk__in=Desk.objects.visible_to(user))


class Snapshot(models.Model):
    """Bytes as they arrived: WARC record, SHA-256 of the payload, and the text read from it. Immutable."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    charset = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    warc = models.BinaryField()
    text = models.TextField(blank=True)
    taken_at = models.DateTimeField()

    objects = SnapshotQuerySet.as_manager()

    def __str__(self) -> str:
        return self.url or self.filename or self.sha256[:12]


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
        return f"{self.get_kind_display()} evidence {self.pk}"
