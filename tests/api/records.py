"""One record of every noun that the API lists, on one desk, as many times as wanted."""

from datetime import timedelta

from django.utils import timezone

from factcheck import models
from tests import factories as f

NOUNS = (
    "documents",
    "claims",
    "figures",
    "measures",
    "discrepancies",
    "disputes",
    "verification-tasks",
    "evidence",
    "jobs",
    "crosschecks",
    "reports",
    "report-subscriptions",
    "anchors",
    "attributions",
    "verdicts",
    "sign-offs",
    "waivers",
    "publications",
    "corrections",
    "feeds",
)
SHARED = ("topics", "sources")


def make(desk, user):
    """A document with one of everything; returns noun → id."""
    source = f.SourceFactory()
    models.SourceName.objects.create(source=source, name=source.name, folded=models.folded(source.name))
    topic = f.TopicFactory()
    document = f.DocumentFactory(desk=desk, topic=topic, publisher=source)
    document.authors.add(f.UserFactory())
    revision = f.RevisionFactory(document=document)
    attribution = f.AttributionFactory(document=document, source=source)
    claim = f.ClaimFactory(document=document, attribution=attribution)
    measure = f.MeasureFactory(topic=topic)
    figures = [
        f.FigureFactory(document=document, measure=measure, claim=claim, attribution=attribution) for _ in range(2)
    ]
    anchor = f.AnchorFactory(revision=revision, claim=claim, start=0, end=len(revision.text), exact=revision.text)
    for figure in figures:
        f.AnchorFactory(revision=revision, figure=figure, start=27, end=29, exact="40")
    task = f.VerificationTaskFactory(claim=claim, assignee=user, due_at=timezone.now() - timedelta(hours=1))
    evidence = f.EvidenceFactory(claim=claim, source=source, created_by=user)
    verdict = models.Verdict.objects.create(
        claim=claim, label="supported", revision=revision, by=user, at=timezone.now()
    )
    decided = {"by": f.UserFactory(), "at": timezone.now()}
    signed = models.SignOff.objects.create(
        verdict=verdict, revision=revision, words_sha256="0", eyes="three", **decided
    )
    waiver = models.Waiver.objects.create(revision=revision, reason="Breaking.", expires_at=timezone.now(), **decided)
    models.Waiver.objects.create(claim=claim, reason="Breaking.", expires_at=timezone.now(), **decided)
    published = models.Publication.objects.create(
        document=document, revision=revision, clear=False, answer={"clear": False}, **decided
    )
    correction = models.Correction.objects.create(
        publication=published, claim=claim, correction_class="update", wording="Now 41.", **decided
    )
    discrepancy = f.DiscrepancyFactory(measure=measure)
    for side, figure in zip("ab", figures, strict=True):
        f.carry(discrepancy, **{side: figure})
    job = f.JobFactory(desk=desk, created_by=user, state="failed", error="It broke.")
    run = f.CrossCheckFactory(document=document, job=job)
    report = f.ReportFactory(desk=desk, created_by=user)
    subscription = f.ReportSubscriptionFactory(desk=desk, owner=user)
    subscription.recipients.add(user)
    made = (
        document,
        claim,
        figures[0],
        measure,
        discrepancy,
        discrepancy,
        task,
        evidence,
        job,
        run,
        report,
        subscription,
        anchor,
        attribution,
        verdict,
        signed,
        waiver,
        published,
        correction,
        f.FeedFactory(desk=desk, publisher=source),
    )
    return {**dict(zip(NOUNS, (row.pk for row in made), strict=True)), "topics": topic.pk, "sources": source.pk}
