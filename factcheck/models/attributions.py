"""To whom a text ascribes what it says."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext

from factcheck.intake.text_cleaning import with_directions_closed

from .desks import Desk
from .documents import Document


class AttributionQuerySet(models.QuerySet["Attribution"]):
    def visible_to(self, user: Any) -> AttributionQuerySet:
        return self.filter(document__desk__in=Desk.objects.visible_to(user))


class Attribution(models.Model):
    """To whom the copy attributes a statement: cue, party, relay, and the matching source."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="attributions")
    cue = models.CharField(max_length=200, blank=True)
    party = models.CharField(max_length=300)
    relay = models.CharField(max_length=300, blank=True)
    source = models.ForeignKey("factcheck.Source", models.PROTECT, null=True, blank=True, related_name="attributions")

    objects = AttributionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "cue", "party", "relay"], name="attribution_once")]

    def __str__(self) -> str:
        party = with_directions_closed(self.party)
        return (
            gettext("{party}, quoted by {relay}").format(party=party, relay=with_directions_closed(self.relay))
            if self.relay
            else party
        )
