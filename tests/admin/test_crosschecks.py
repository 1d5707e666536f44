"""Cross-checks in the admin: asked for by a form, followed to the run."""

import pytest
from django.urls import reverse

from factcheck.models import CrossCheck, Job
from tests.admin.pages import page
from tests.factories import TopicFactory
from tests.stories import do_jobs, file_text

MINISTRY = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."


MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."


@pytest.fixture
def documents(people):
    topic = TopicFactory(title="The Larkmoor flood")
    texts = (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR))
    return [file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic) for title, text in texts]


def test_a_checker_has_a_topic_compared_and_is_led_to_the_work(client, people, documents):
    client.force_login(people.checker)
    data = {"scope": "topic", "topic": documents[0].topic_id, "desk": people.desk.pk}
    response = client.post(reverse("admin:factcheck_crosscheck_add"), data)
    job = Job.objects.latest("pk")
    assert response["Location"] == page(job)
    do_jobs()
    run = CrossCheck.objects.get(job=job)
    assert run.topic == documents[0].topic
    assert "Done." in client.get(page(run)).content.decode()


@pytest.mark.parametrize(
    ("role", "data", "status"),
    [
        ("editor", {"scope": "topic"}, 422),
        ("editor", {"scope": "moon"}, 422),
        ("auditor", {"scope": "everything"}, 403),
    ],
)
def test_a_run_that_cannot_be_is_refused_in_words(client, people, role, data, status):
    client.force_login(getattr(people, role))
    response = client.post(reverse("admin:factcheck_crosscheck_add"), {"desk": people.desk.pk, **data})
    assert response.status_code == status
    assert not Job.objects.filter(name="crosscheck").exists()
