"""Topics in the admin: entered and changed by an editor, with their documents, measures and discrepancies."""

import pytest
from django.urls import reverse

from factcheck.models import Measure, Topic
from tests.admin.pages import page
from tests.factories import DeskFactory, TopicFactory
from tests.stories import file_text, person

MINISTRY = "The ministry of Sarvenna said on Tuesday that about 1,200 homes were flooded in Larkmoor."


MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."


@pytest.fixture
def topic(db):
    return TopicFactory(title="The Larkmoor flood")


@pytest.fixture
def measure(people, topic):
    for title, text in (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR)):
        file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic)
    return Measure.objects.get(counted__contains="homes", topic=topic)


def do(client, record, action, **data):
    return client.post(page(record, action), {"version": record.version, **data})


def test_an_editor_enters_a_topic_and_changes_it(client, people):
    data = {"title": "The bridge of Ostermarle", "places": "Ostermarle\n\nLarkmoor", "desk": people.desk.pk}
    assert client.post(reverse("admin:factcheck_topic_add"), {**data, "starts_on": "2025-03-10"}).status_code == 302
    topic = Topic.objects.get(slug="the-bridge-of-ostermarle")
    assert topic.places == ["Ostermarle", "Larkmoor"]
    changed = {"title": "The bridge", "places": "Ostermarle", "starts_on": "2025-03-10", "ends_on": "2025-03-20"}
    assert do(client, topic, "change", **changed).status_code == 302
    topic.refresh_from_db()
    assert (topic.title, topic.places, str(topic.ends_on)) == ("The bridge", ["Ostermarle"], "2025-03-20")


def test_a_topic_that_ends_before_it_starts_is_refused_beside_what_was_typed(client, people, topic):
    response = do(client, topic, "change", title="A flood", starts_on="2025-03-10", ends_on="2025-03-01")
    assert response.status_code == 422
    assert "The topic ends before it starts." in response.content.decode()
    assert 'value="A flood"' in response.content.decode()


def test_a_checker_enters_no_topic(client, people, topic):
    client.force_login(people.checker)
    data = {"title": "A topic", "desk": people.desk.pk}
    assert client.post(reverse("admin:factcheck_topic_add"), data).status_code == 403
    assert do(client, topic, "change", title="Mine now").status_code == 403
    assert Topic.objects.get() == topic
    assert topic.title == "The Larkmoor flood"


def test_a_topic_shows_its_documents_measures_and_what_is_open(client, measure, topic):
    page_html = client.get(page(topic)).content.decode()
    assert "The mayor counts" in page_html
    assert page(measure) in page_html
    assert "conflict" in page_html
    client.force_login(person("editor", DeskFactory(), is_staff=True))
    assert "The mayor counts" not in client.get(page(topic)).content.decode(), "another desk's documents"
