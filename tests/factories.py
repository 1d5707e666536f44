"""Records for tests, with no surprises: each factory makes one row and what it cannot be without."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from django.contrib.auth import get_user_model
from django.db import connection
from factory.django import DjangoModelFactory

from factcheck import models
from factcheck.workflow.carriers import figure_rows, placement_of

NOON = datetime(2024, 9, 1, 12, tzinfo=UTC)
PASSWORD = "a long enough password"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@desk.example")
    password = factory.django.Password(PASSWORD)


class DeskFactory(DjangoModelFactory):
    class Meta:
        model = models.Desk

    slug = factory.Sequence(lambda n: f"desk-{n}")
    name = factory.LazyAttribute(lambda desk: desk.slug.replace("-", " ").title())


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    desk = factory.SubFactory(DeskFactory)
    role = models.Role.EDITOR


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = models.Topic

    slug = factory.Sequence(lambda n: f"topic-{n}")
    title = factory.LazyAttribute(lambda topic: topic.slug)


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = models.Source

    slug = factory.Sequence(lambda n: f"source-{n}")
    name = factory.LazyAttribute(lambda source: source.slug.replace("-", " ").title())
    kind = models.SourceKind.MEDIA


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = models.Document

    desk = factory.SubFactory(DeskFactory)
    title = factory.Sequence(lambda n: f"Flood in Oberfurt, part {n}")
    state = "in_check"
    published_at = NOON
    arrival_key = factory.Sequence(lambda n: f"{n:064d}")


class RevisionFactory(DjangoModelFactory):
    class Meta:
        model = models.Revision

    document = factory.SubFactory(DocumentFactory)
    number = 1
    text = "The mayor of Oberfurt said 40 houses were flooded."
    text_sha256 = "0" * 64
    bytes_sha256 = "0" * 64
    engine_version = "test"


class AttributionFactory(DjangoModelFactory):
    class Meta:
        model = models.Attribution

    document = factory.SubFactory(DocumentFactory)
    party = factory.Sequence(lambda n: f"mayor {n}")


class ClaimFactory(DjangoModelFactory):
    class Meta:
        model = models.Claim

    document = factory.SubFactory(DocumentFactory)
    claim_type = "figure"
    text = "40 houses were flooded"
    checkworthiness = 0.8


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = models.Measure

    topic = factory.SubFactory(TopicFactory)
    key = factory.Sequence(lambda n: f"houses:{n}")
    counted = "houses flooded"
    dimension = "count"


class FigureFactory(DjangoModelFactory):
    class Meta:
        model = models.Figure

    document = factory.SubFactory(DocumentFactory)
    measure = factory.SubFactory(MeasureFactory)
    surface = "40"
    value = Decimal(40)
    unit = "count"
    dimension = "count"
    counted = "houses"


class AnchorFactory(DjangoModelFactory):
    class Meta:
        model = models.Anchor

    revision = factory.SubFactory(RevisionFactory)
    start = 0
    end = 10
    exact = "The mayor "
    anchor_state = "exact"


class VerificationTaskFactory(DjangoModelFactory):
    class Meta:
        model = models.VerificationTask

    claim = factory.SubFactory(ClaimFactory)
    state = "assigned"
    assignee = factory.SubFactory(UserFactory)


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = models.Evidence

    claim = factory.SubFactory(ClaimFactory)
    kind = "call"
    state = "captured"
    note = "Called the town hall."
    created_by = factory.SubFactory(UserFactory)


class DiscrepancyFactory(DjangoModelFactory):
    class Meta:
        model = models.Discrepancy

    measure = factory.SubFactory(MeasureFactory)
    kind = "conflict"
    a_key = factory.Sequence(lambda n: f"a{n}")
    b_key = factory.Sequence(lambda n: f"b{n}")
    reason = "40 houses against 60 houses."
    engine_version = "test"


def carry(discrepancy: models.Discrepancy, **sides: models.Figure) -> None:
    """Let figures carry the sides of a discrepancy: each an observation of its own, as ``a=`` or ``b=``."""
    for side, figure in sides.items():
        carrier = models.Carrier.objects.filter(figure=figure).first()
        observation = carrier.observation if carrier else observation_of(figure)
        models.DiscrepancySide.objects.create(discrepancy=discrepancy, observation=observation, side=side)


def observation_of(figure: models.Figure) -> models.StoredObservation:
    """An observation that one figure carries alone, whatever others say."""
    (row,) = figure_rows(models.Figure.objects.filter(pk=figure.pk))
    placement = placement_of(row)
    columns = placement.columns if placement else {}
    observation = models.StoredObservation.objects.create(
        measure=figure.measure, key=f"of figure {figure.pk}", first=figure, count=1, sample=[figure.pk], **columns
    )
    models.Carrier.objects.create(observation=observation, figure=figure)
    return observation


def many_discrepancies(figure: models.Figure, count: int, *, apart: bool = False) -> list[models.Discrepancy]:
    """Open conflicts of one figure with as many others, each of another document; written at once.

    All are of one measure, or each of another where they are to stand ``apart``. PostgreSQL is told of the rows, as it
    is of an archive's by its own worker: it may have counted tables that a test before left empty.
    """
    desk, measure = figure.document.desk, figure.measure
    measures = [MeasureFactory(topic=measure.topic) for _ in range(count)] if apart else [measure] * count
    first = models.Document.objects.count()
    documents = models.Document.objects.bulk_create(
        DocumentFactory.build(desk=desk, arrival_key=f"many{first + n:060d}") for n in range(count)
    )
    figures = models.Figure.objects.bulk_create(
        FigureFactory.build(document=document, measure=measure) for document in documents
    )
    rows = models.Discrepancy.objects.bulk_create(
        DiscrepancyFactory.build(measure=measures[n], a_key=f"a{n}", b_key=f"b{n}") for n in range(count)
    )
    carrier = figure.carriers.first()
    own = carrier.observation if carrier else observation_of(figure)
    observations = models.StoredObservation.objects.bulk_create(
        models.StoredObservation(measure=one.measure, key=f"of figure {one.pk}", first=one, count=1) for one in figures
    )
    models.Carrier.objects.bulk_create(
        models.Carrier(observation=observation, figure=one)
        for observation, one in zip(observations, figures, strict=True)
    )
    models.DiscrepancySide.objects.bulk_create(
        models.DiscrepancySide(discrepancy=row, observation=observation, side=side)
        for row, other in zip(rows, observations, strict=True)
        for side, observation in (("a", own), ("b", other))
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return rows


class JobFactory(DjangoModelFactory):
    class Meta:
        model = models.Job

    name = "crosscheck"
    key = factory.Sequence(lambda n: f"document:{n}")
    run_at = NOON


class CrossCheckFactory(DjangoModelFactory):
    class Meta:
        model = models.CrossCheck

    scope = "document"
    document = factory.SubFactory(DocumentFactory)
    job = factory.SubFactory(JobFactory)
    engine_version = "test"
    started_at = NOON


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = models.Report

    kind = "desk_digest"
    desk = factory.SubFactory(DeskFactory)
    title = "Desk digest"
    data = factory.LazyFunction(dict)
    sha256 = "0" * 64
    built_at = NOON


class ReportSubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = models.ReportSubscription

    kind = "desk_digest"
    desk = factory.SubFactory(DeskFactory)
    owner = factory.SubFactory(UserFactory)
    looked_at = NOON


class FeedFactory(DjangoModelFactory):
    class Meta:
        model = models.Feed

    desk = factory.SubFactory(DeskFactory)
    url = factory.Sequence(lambda n: f"https://feeds.example/{n}.xml")


class WebhookFactory(DjangoModelFactory):
    class Meta:
        model = models.Webhook

    desk = factory.SubFactory(DeskFactory)
    url = factory.Sequence(lambda n: f"https://hooks.example/{n}")
    events = factory.LazyFunction(lambda: ["document_published"])
    secret = "sealed"
    created_by = factory.SubFactory(UserFactory)


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = models.Notification

    recipient = factory.SubFactory(UserFactory)
    desk = factory.SubFactory(DeskFactory)
    kind = "assigned"
    key = factory.Sequence(lambda n: f"verification_task:{n}")
    record = "verification_task"
    record_id = 1
    text = "A piece of checking work is yours."
