"""The admin shows records to those who may see them, and lets nobody change or delete one."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck import models
from factcheck.workflow.transitions import log
from tests import factories
from tests.factories import PASSWORD, UserFactory
from tests.stories import person

MAKERS = {
    "document": lambda desk: factories.DocumentFactory(desk=desk),
    "claim": lambda desk: factories.ClaimFactory(document__desk=desk),
    "figure": lambda desk: factories.FigureFactory(document__desk=desk),
    "measure": lambda desk: factories.FigureFactory(document__desk=desk).measure,
    "verificationtask": lambda desk: factories.VerificationTaskFactory(claim__document__desk=desk),
    "evidence": lambda desk: factories.EvidenceFactory(claim__document__desk=desk),
    "source": lambda desk: factories.SourceFactory(),
    "job": lambda desk: factories.JobFactory(desk=desk),
    "crosscheck": lambda desk: factories.CrossCheckFactory(document__desk=desk),
    "report": lambda desk: factories.ReportFactory(desk=desk),
    "revision": lambda desk: factories.RevisionFactory(document__desk=desk),
    "topic": lambda desk: factories.TopicFactory(),
    "discrepancy": lambda desk: discrepancy(desk),
    "feed": lambda desk: factories.FeedFactory(desk=desk),
    "notification": lambda desk: factories.NotificationFactory(desk=desk, recipient=desk.memberships.first().user),
    "membership": lambda desk: factories.MembershipFactory(desk=desk),
    "desk": lambda desk: factories.MembershipFactory(user=desk.memberships.first().user).desk,
    "policy": lambda desk: models.Policy.objects.get_or_create(desk=desk)[0],
    "reportsubscription": lambda desk: factories.ReportSubscriptionFactory(desk=desk),
    "event": lambda desk: happened(desk),
}
MADE_HERE = {"crosscheck", "document", "report", "reportsubscription", "source", "topic"}
"""What an editor is led to a form for."""


def discrepancy(desk):
    """Two figures of the desk that do not go together."""
    row = factories.DiscrepancyFactory()
    for side in "ab":
        figure = factories.FigureFactory(document__desk=desk, measure=row.measure)
        factories.carry(row, **{side: figure})
    return row


def happened(desk):
    """An event with its reason."""
    note = "It is not ours to check."
    return log(factories.DocumentFactory(desk=desk), "withdraw", by=desk.memberships.first().user, note=note)


@pytest.fixture
def desk(db):
    return factories.DeskFactory()


@pytest.fixture
def editor(client, desk):
    user = person("editor", desk, is_staff=True)
    client.force_login(user)
    return user


def changelist(name):
    return reverse(f"admin:factcheck_{name}_changelist")


@pytest.mark.parametrize("name", MAKERS)
def test_a_list_asks_as_much_for_three_records_as_for_one(name, client, desk, editor):
    MAKERS[name](desk)
    client.get(changelist(name))
    counts = []
    for more in (0, 2):
        for _ in range(more):
            MAKERS[name](desk)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(changelist(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", MAKERS)
def test_a_record_is_shown_to_its_desk_and_cannot_be_changed_or_deleted(name, client, desk, editor):
    record = MAKERS[name](desk)
    page_html = client.get(reverse(f"admin:factcheck_{name}_change", args=[record.pk]))
    assert page_html.status_code == 200
    assert b"Delete" not in page_html.content
    assert b'name="_save"' not in page_html.content
    assert client.post(reverse(f"admin:factcheck_{name}_change", args=[record.pk]), {}).status_code == 403
    assert client.post(reverse(f"admin:factcheck_{name}_delete", args=[record.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse(f"admin:factcheck_{name}_add")).status_code == (200 if name in MADE_HERE else 403)


@pytest.mark.parametrize(
    "name",
    ["claim", "discrepancy", "document", "evidence", "feed", "figure", "job", "report", "reportsubscription"],
)
def test_another_desk_sees_nothing_of_it(name, client, desk):
    record = MAKERS[name](desk)
    client.force_login(person("editor", factories.DeskFactory(), is_staff=True))
    response = client.get(reverse(f"admin:factcheck_{name}_change", args=[record.pk]))
    assert response.status_code == 404, "the admin says that there is no such record"
    assert client.get(changelist(name)).context["cl"].result_count == 0


def test_a_superuser_without_a_desk_sees_no_record(client, desk):
    MAKERS["document"](desk)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(changelist("document")).status_code == 403


def test_every_record_is_registered_or_left_out_on_purpose():
    inner = {
        "Anchor",
        "Attribution",
        "Carrier",
        "Checkpoint",
        "Correction",
        "Delivery",
        "DiscrepancyFigure",
        "DiscrepancySide",
        "StoredObservation",
        "ErasedPerson",
        "Erasure",
        "EventNote",
        "TokenGrant",
        "FeedItem",
        "FigureProfile",
        "MatchingWeights",
        "TopicMatching",
        "IdempotencyKey",
        "NoticeChoice",
        "Preferences",
        "ReportDelivery",
        "SignOff",
        "Snapshot",
        "SourceDomain",
        "SourceName",
        "Waiver",
    }
    left_out = {model.__name__ for model in apps.get_app_config("factcheck").get_models()} - {
        model.__name__ for model in admin.site._registry
    }
    assert left_out == inner


def test_the_password_opens_the_admin(client, desk):
    user = person("auditor", desk, is_staff=True)
    words = {"username": user.username, "password": PASSWORD, "next": reverse("admin:index")}
    assert client.post(reverse("admin:login"), words).status_code == 302
    assert client.get(reverse("admin:index"))["Location"] == reverse("admin:factcheck_dashboard"), "lands on the desk"
    assert b"Discrepancies" in client.get(reverse("admin:index"), {"all": ""}).content
