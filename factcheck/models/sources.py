"""The registry of sources: people and bodies that say things, their names, domains and owners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from factcheck.intake.text_cleaning import with_directions_closed

from .topics import Topic


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


def end_of_chain(start: int, parents: dict[int, int | None]) -> int:
    """The end of a chain of parents; a circle has one end too, its smallest member."""
    path: list[int] = []
    at: int | None = start
    while at is not None and at not in path:
        path.append(at)
        at = parents.get(at)
    return path[-1] if at is None else min(path[path.index(at) :])


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
        return {source: end_of_chain(source, owners) for source in owners}

    def under_owners_of(self, sources: Iterable[int]) -> set[int]:
        """The sources that have an ultimate owner in common with one of these, themselves among them."""
        owners = self.ultimate_owners()
        wanted = {owners[pk] for pk in sources}
        return {pk for pk, owner in owners.items() if owner in wanted}


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
        return with_directions_closed(self.name)


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
