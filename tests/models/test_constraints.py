"""Rows that make no sense are refused by the database, whoever writes them."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from factcheck import models
from factcheck.models import (
    Anchor,
    Attribution,
    Carrier,
    Checkpoint,
    Delivery,
    DiscrepancySide,
    Erasure,
    Event,
    Evidence,
    Feed,
    FeedItem,
    IdempotencyKey,
    Judgement,
    Measure,
    Membership,
    NoticeChoice,
    Notification,
    Policy,
    ReportDelivery,
    ReportSubscription,
    Source,
    StoredObservation,
    Topic,
    Waiver,
    Webhook,
)
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    """One sound row of each kind, made when asked for."""

    class Rows:
        user = property(lambda self: make.UserFactory())
        desk = property(lambda self: make.DeskFactory())
        document = property(lambda self: make.DocumentFactory())
        claim = property(lambda self: make.ClaimFactory())
        figure = property(lambda self: make.FigureFactory())
        revision = property(lambda self: make.RevisionFactory())

    return Rows()


def changed(factory, **values):
    """A sound row that somebody tries to change."""
    made = factory()
    type(made)._default_manager.filter(pk=made.pk).update(**values)


def twice(model, **values):
    for _ in range(2):
        model.objects.create(**values)


def event(**values):
    known = {
        "at": timezone.now(),
        "record": "claim",
        "record_id": 1,
        "sequence": 1,
        "action": "accept",
        "digest": "0" * 64,
    }
    return Event.objects.create(**{**known, **values})


def checkpoint(**values):
    known = {"number": 1, "at": timezone.now(), "first_event": 1, "last_event": 1, "count": 1, "marks": []}
    return Checkpoint.objects.create(**{**known, **values})


def verdict(label: str):
    claim = make.ClaimFactory()
    models.Verdict.objects.create(
        claim=claim,
        label=label,
        revision=make.RevisionFactory(document=claim.document),
        by=make.UserFactory(),
        at=timezone.now(),
    )


def judged(row, **values):
    """A judgement of two figures; what makes no sense in it is said."""
    values = {"a_fingerprint": "a", "b_fingerprint": "b", "same": True, "by": make.UserFactory(), **values}
    return Judgement.objects.create(a=row.figure, b=make.FigureFactory(), **values)


def signed_twice():
    by, revision = {"by": make.UserFactory(), "at": timezone.now()}, make.RevisionFactory()
    verdict = models.Verdict.objects.create(claim=make.ClaimFactory(), label="supported", revision=revision, **by)
    twice(models.SignOff, verdict=verdict, revision=revision, words_sha256="0" * 64, eyes="three", **by)


def waiver(**values):
    Waiver.objects.create(
        **{"reason": "breaking", "expires_at": timezone.now(), "by": make.UserFactory(), "at": timezone.now(), **values}
    )


def correction():
    revision = make.RevisionFactory()
    user, now = make.UserFactory(), timezone.now()
    published = models.Publication.objects.create(
        document=revision.document, revision=revision, clear=True, answer={}, by=user, at=now
    )
    models.Correction.objects.create(publication=published, correction_class="update", wording="", by=user, at=now)


def anchor(**values):
    Anchor.objects.create(
        **{"revision": make.RevisionFactory(), "claim": make.ClaimFactory(), "anchor_state": "exact", **values}
    )


def subscription(**values):
    known = {
        "kind": "desk_digest",
        "desk": make.DeskFactory(),
        "owner": make.UserFactory(),
        "looked_at": timezone.now(),
    }
    return ReportSubscription.objects.create(**{**known, **values})


def report(**values):
    make.ReportFactory(**values)


def feed(row):
    return Feed.objects.create(desk=row.desk, folder="in")


def notification(person, kind="stale"):
    desk = make.DeskFactory()
    return Notification.objects.create(
        recipient=person, desk=desk, kind=kind, key="1", record="claim", record_id=1, text="It is stale."
    )


def webhook(row):
    return Webhook.objects.create(desk=row.desk, url="https://example.com/", secret="sealed", created_by=row.user)


BAD_ROWS = {
    "membership_once": lambda row: (
        twice(Membership, user=(user := row.user), desk=(desk := row.desk), role="editor") or (user, desk)
    ),
    "chief_editor_once": lambda row: twice(Membership, user=row.user, desk=None, role="chief_editor"),
    "membership_desk_unless_chief_editor": lambda row: Membership.objects.create(
        user=row.user, desk=None, role="editor"
    ),
    "policy_threshold_range": lambda row: Policy.objects.create(desk=row.desk, threshold=1.1),
    "policy_scores_range": lambda row: Policy.objects.create(desk=row.desk, conflict_score=0),
    "judgement_of_two": lambda row: judged(row, b_fingerprint="a"),
    "judgement_state_known": lambda row: judged(row, state="sure"),
    "policy_origins_positive": lambda row: Policy.objects.create(desk=row.desk, minimum_origins=0),
    "topic_dates_in_order": lambda row: Topic.objects.create(
        slug="a", title="a", starts_on="2026-03-02", ends_on="2026-03-01"
    ),
    "measure_once_in_topic": lambda row: twice(
        Measure, topic=make.TopicFactory(), key="homes", counted="homes", dimension="count"
    ),
    "measure_once_without_topic": lambda row: twice(Measure, key="homes", counted="homes", dimension="count"),
    "measure_not_into_itself": lambda row: Measure.objects.filter(pk=(pk := make.MeasureFactory().pk)).update(
        merged_into=pk
    ),
    "document_state_known": lambda row: changed(make.DocumentFactory, state="lost"),
    "document_kind_known": lambda row: changed(make.DocumentFactory, kind="poem"),
    "document_host_object_once": lambda row: [
        make.DocumentFactory(desk=desk, source_app="cms", source_id="7") for desk in [row.desk] for _ in range(2)
    ],
    "document_unreadable_says_why": lambda row: changed(make.DocumentFactory, state="unreadable"),
    "revision_number_once": lambda row: [
        make.RevisionFactory(document=document) for document in [row.document] for _ in range(2)
    ],
    "revision_number_positive": lambda row: make.RevisionFactory(number=0),
    "attribution_once": lambda row: twice(Attribution, document=row.document, party="the council"),
    "claim_state_known": lambda row: changed(make.ClaimFactory, state="true"),
    "claim_checkworthiness_range": lambda row: changed(make.ClaimFactory, checkworthiness=1.1),
    "claim_stale_says_why": lambda row: changed(make.ClaimFactory, state="stale"),
    "figure_state_known": lambda row: changed(make.FigureFactory, state="true"),
    "figure_value_or_range_or_words": lambda row: changed(make.FigureFactory, low=40),
    "figure_as_of_in_order": lambda row: changed(
        make.FigureFactory, as_of_start="2026-03-02T00:00Z", as_of_end="2026-03-01T00:00Z"
    ),
    "figure_linked_has_claim": lambda row: changed(make.FigureFactory, state="linked"),
    "anchor_claim_once": lambda row: twice(Anchor, revision=row.revision, claim=row.claim, anchor_state="exact"),
    "anchor_figure_once": lambda row: twice(Anchor, revision=row.revision, figure=row.figure, anchor_state="exact"),
    "anchor_of_one_record": lambda row: anchor(figure=row.figure),
    "anchor_span_in_order": lambda row: anchor(start=9, end=3),
    "verification_task_state_known": lambda row: changed(make.VerificationTaskFactory, state="true"),
    "verification_task_has_assignee": lambda row: changed(make.VerificationTaskFactory, assignee=None),
    "verification_task_blocked_says_why": lambda row: changed(make.VerificationTaskFactory, state="blocked"),
    "verdict_label_known": lambda row: verdict("true"),
    "sign_off_once_by_a_person": lambda row: signed_twice(),
    "waiver_of_one_record": lambda row: waiver(),
    "waiver_says_why": lambda row: waiver(claim=row.claim, reason=""),
    "source_kind_known": lambda row: changed(make.SourceFactory, kind="rumour"),
    "source_not_its_own_owner": lambda row: Source.objects.filter(pk=(pk := make.SourceFactory().pk)).update(owner=pk),
    "source_grade_has_reason": lambda row: changed(make.SourceFactory, reliability="A"),
    "source_confidential_is_encrypted": lambda row: changed(make.SourceFactory, confidential=True),
    "evidence_state_known": lambda row: changed(make.EvidenceFactory, state="true"),
    "evidence_credibility_range": lambda row: changed(make.EvidenceFactory, credibility=7),
    "evidence_not_from_itself": lambda row: Evidence.objects.filter(pk=(pk := make.EvidenceFactory().pk)).update(
        derived_from=pk
    ),
    "evidence_linked_has_stance": lambda row: changed(make.EvidenceFactory, state="linked"),
    "crosscheck_scope_matches": lambda row: changed(make.CrossCheckFactory, scope="topic"),
    "discrepancy_once": lambda row: [
        make.DiscrepancyFactory(measure=m, a_key="a", b_key="b") for m in [make.MeasureFactory()] * 2
    ],
    "discrepancy_of_two_states": lambda row: make.DiscrepancyFactory(a_key="a", b_key="a"),
    "discrepancy_state_known": lambda row: changed(make.DiscrepancyFactory, state="true"),
    "discrepancy_resolved_says_how": lambda row: changed(make.DiscrepancyFactory, state="resolved"),
    "discrepancy_side_once": lambda row: twice(
        DiscrepancySide,
        discrepancy=make.DiscrepancyFactory(),
        observation=make.observation_of(make.FigureFactory()),
        side="a",
    ),
    "observation_once": lambda row: twice(StoredObservation, measure=make.MeasureFactory(), key="a"),
    "carrier_once": lambda row: twice(
        Carrier, observation=make.observation_of(make.FigureFactory()), figure=make.FigureFactory(), current=False
    ),
    "carrier_of_one_observation": lambda row: [
        Carrier.objects.create(observation=make.observation_of(make.FigureFactory()), figure=figure)
        for figure in [make.FigureFactory()] * 2
    ],
    "event_sequence_once": lambda row: [event(machine="sweep") for _ in range(2)],
    "event_has_one_actor": lambda row: event(),
    "job_due_once": lambda row: [make.JobFactory(key="now") for _ in range(2)],
    "job_state_known": lambda row: changed(make.JobFactory, state="true"),
    "job_running_has_lease": lambda row: changed(make.JobFactory, state="running"),
    "correction_has_wording": lambda row: correction(),
    "feed_url_or_folder": lambda row: Feed.objects.create(desk=row.desk),
    "feed_minutes_positive": lambda row: Feed.objects.create(desk=row.desk, folder="in", minutes=0),
    "checkpoint_covers_events": lambda row: checkpoint(count=0),
    "erasure_once": lambda row: twice(Erasure, event=event(machine="sweep"), record="verdict", record_id=1),
    "feed_item_once": lambda row: twice(FeedItem, feed=feed(row), guid="a"),
    "notification_once": lambda row: [notification(person) for person in [row.user] * 2],
    "notification_kind_known": lambda row: notification(row.user, kind="gossip"),
    "notice_choice_once": lambda row: twice(NoticeChoice, user=row.user, kind="stale"),
    "notice_choice_kind_known": lambda row: NoticeChoice.objects.create(user=row.user, kind="gossip"),
    "delivery_once": lambda row: twice(Delivery, webhook=webhook(row), event="claim_stale", key="1", payload={}),
    "idempotency_key_once": lambda row: twice(IdempotencyKey, user=row.user, key="a", request_hmac="0" * 64),
    "report_subscription_scope_matches": lambda row: subscription(kind="document"),
    "report_scope_matches": lambda row: report(kind="document"),
    "report_slot_of_subscription": lambda row: report(slot="2026-03-10T07:00"),
    "report_once_per_slot": lambda row: [
        report(subscription=one, desk=one.desk, slot="2026-03-10T07:00") for one in [subscription()] * 2
    ],
    "report_delivery_once": lambda row: twice(ReportDelivery, report=make.ReportFactory(), recipient=row.user),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_the_database_refuses(name, row):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        BAD_ROWS[name](row)
    message = str(refusal.value)
    by_a_guard = "is append-only" in message  # on SQLite a guard sees the insert before the constraint does
    assert name in message or "UNIQUE constraint failed" in message or (by_a_guard and connection.vendor == "sqlite")


def test_no_constraint_is_untested():
    named = {
        constraint.name
        for model in apps.get_app_config("factcheck").get_models()
        for constraint in model._meta.constraints
    }
    assert named - set(BAD_ROWS) == set()


def test_a_sound_row_of_each_kind_is_taken():
    for factory in (
        make.DocumentFactory,
        make.ClaimFactory,
        make.FigureFactory,
        make.VerificationTaskFactory,
        make.EvidenceFactory,
        make.DiscrepancyFactory,
        make.JobFactory,
        make.CrossCheckFactory,
        make.SourceFactory,
        make.ReportFactory,
        make.MeasureFactory,
        make.RevisionFactory,
    ):
        assert factory().pk
