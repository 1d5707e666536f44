"""Feeds in the admin: kept by the chief of their desk, polled by an editor."""

import pytest
from django.urls import reverse

from factcheck.models import Feed, Job
from tests.admin.pages import page
from tests.factories import FeedFactory

ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")


PUBLIC = "https://93.184.216.34/hook"


@pytest.fixture
def people(staff, client):
    for role in ROLES:
        getattr(staff, role).is_staff = True
        getattr(staff, role).save()
    client.force_login(staff.desk_chief)
    return staff


def do(client, record, action, **data):
    return client.post(page(record, action), {"version": getattr(record, "version", ""), **data})


def test_a_chief_keeps_a_feed_and_an_editor_has_it_looked_at(client, people):
    data = {"desk": people.desk.pk, "url": "https://feeds.example.org/world.xml", "minutes": 30}
    assert client.post(reverse("admin:factcheck_feed_add"), data).status_code == 302
    feed = Feed.objects.get()
    assert do(client, feed, "change", minutes=60, active="on").status_code == 302
    feed.refresh_from_db()
    assert (feed.minutes, feed.active) == (60, True)
    client.force_login(people.editor)
    response = do(client, feed, "poll")
    assert response["Location"] == page(Job.objects.get(name="poll_feed"))
    assert do(client, feed, "change", minutes=1).status_code == 403


@pytest.mark.parametrize(
    "data",
    [{}, {"url": "https://a.example/x", "folder": "x"}, {"url": "ftp://feeds.example.org/x"}, {"folder": "../etc"}],
)
def test_a_feed_that_leads_nowhere_is_refused_in_words(client, people, data):
    response = client.post(reverse("admin:factcheck_feed_add"), {"desk": people.desk.pk, "minutes": 15, **data})
    assert response.status_code == 422
    assert not Feed.objects.exists()


def test_a_feed_shows_what_it_brought_and_what_went_wrong(client, people):
    feed = FeedFactory(desk=people.desk, error="The address answered 503.")
    feed.items.create(guid="a", title="Sports results", error="The page has no text.")
    page_html = client.get(page(feed)).content.decode()
    assert "The address answered 503." in page_html
    assert "The page has no text." in page_html
