"""The append-only history: who did what to which record, from, to, why, when.

An Event holds ids and digests, never text, and is chained to the one before it of the same record. The
words of a reason live beside it and can be blanked; the chain still verifies, for it holds their digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext

from .desks import Desk, Membership, Role
from .names import record_name
from .sources import Source
from .webhooks import desks_with_webhook_access

ERASED = "The text was erased."
"""Replaces erased text where a column must not be empty."""
CONFIDENTIAL_ACTIONS = ("grant_access", "open_name")
"""The actions on the name of a confidential source."""


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> EventQuerySet:
        """The history of one's desks; what belongs to no desk is seen by whoever did it.

        That a person was erased is seen by every chief editor.
        """
        chief = Exists(Membership.objects.of(user).filter(role=Role.CHIEF_EDITOR, user__is_active=True))
        own = Q(desk_id=None, actor=user.pk) | (Q(record="erased_person") & chief)
        rows = self.filter(Q(desk_id__in=Desk.objects.visible_to(user)) | own)
        webhooks = Q(record="webhook") & ~Q(desk_id__in=desks_with_webhook_access(user))  # as the webhooks themselves
        return rows.without_confidential_access(user).exclude(webhooks)

    def without_confidential_access(self, user: Any) -> EventQuerySet:
        """Without events of access to confidential names, except for people who have that access.

        These are the chiefs of the desk that entered the source, and the people with access. Each sees their own.
        """
        desks = Membership.objects.of(user).filter(role=Role.DESK_CHIEF).values_list("desk", flat=True)
        entered = Event.objects.filter(record="source", action="record", facts__desk__in=list(desks))
        visible = Q(record_id__in=entered.values("record_id")) | Q(
            record_id__in=Source.objects.filter(people_with_access=user.pk)
        )
        return self.exclude(Q(record="source", action__in=CONFIDENTIAL_ACTIONS) & ~visible & ~Q(actor=user.pk))

    def of(self, record: models.Model) -> EventQuerySet:
        return self.filter(record=record_name(record), record_id=record.pk).order_by("sequence")


class Event(models.Model):
    """One action on one record, by one person or one job of the machine."""

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    machine = models.CharField(max_length=60, blank=True)
    desk_id = models.BigIntegerField(null=True, db_index=True)
    record = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    facts = models.JSONField(default=dict)
    decided = models.JSONField(null=True, help_text="the decided columns of its records, as the action left them")
    note_digest = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["record", "record_id", "sequence"], name="event_sequence_once"),
            models.CheckConstraint(
                condition=Q(actor__isnull=False, machine="") | (Q(actor=None) & ~Q(machine="")),
                name="event_has_one_actor",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        return f"{gettext(self.record)} {self.record_id}: {gettext(self.action)}"

    def computed_digest(self) -> str:
        """SHA-256 over the event's own fields and the digest of the event before it."""
        payload = [
            self.at.isoformat(),
            self.actor_id,
            self.machine,
            self.desk_id,
            self.record,
            self.record_id,
            self.sequence,
            self.action,
            self.from_state,
            self.to_state,
            self.facts,
            self.decided,
            self.note_digest,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()


class EventNote(models.Model):
    """The words of a reason, apart from the chain, so that a court can have them blanked."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="note")
    salt = models.CharField(max_length=32)
    text = models.TextField()
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.text

    def computed_digest(self) -> str:
        return hashlib.sha256(f"{self.salt}{self.text}".encode()).hexdigest()


class Erasure(models.Model):
    """One record whose words an erasing blanked. Append-only; what is blank and has no such row was tampered with."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="erasures")
    record = models.CharField(max_length=40)
    record_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["record", "record_id", "event"], name="erasure_once")]

    def __str__(self) -> str:
        return f"the words of {self.record} {self.record_id}"


def erasures_digest(rows: Iterable[tuple[str, int]]) -> str:
    """What the event of an erasing holds of the list of what it blanked."""
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()
