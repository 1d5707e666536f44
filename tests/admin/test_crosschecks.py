"""Discrepancies in the admin: both sides beside each other, settled by an editor who wrote neither; runs asked for."""

import pytest
from django.urls import reverse

from factcheck.models import CrossCheck, Discrepancy, Job
from tests.factories import DeskFactory, TopicFactory
from tests.stories import do_jobs, file_text, person

MINISTRY = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."
MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."
ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")


@pytest.fixture
def people(staff, client):
    for role in ROLES:
        getattr(staff, role).is_staff = True
        getattr(staff, role).save()
    client.force_login(staff.editor)
    return staff


@pytest.fixture
def documents(people):
    topic = TopicFactory(title="The Larkmoor flood")
    texts = (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR))
    return [file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic) for title, text in texts]


@pytest.fixture
def conflict(documents):
    return Discrepancy.objects.get(kind="conflict")


def page(record, act=""):
    name = f"admin:factcheck_{record._meta.model_name}_{'act' if act else 'change'}"
    return reverse(name, args=[record.pk, act] if act else [record.pk])


def resolve(client, conflict, **said):
    said = {"resolution": "explained", "note": "They count other districts.", "version": conflict.version, **said}
    return client.post(page(conflict, "resolve"), said)


def test_both_sides_stand_beside_each_other_in_their_sentences(client, conflict):
    shown = client.get(page(conflict)).content.decode()
    assert conflict.reason in shown
    assert 'that <mark class="fc-figure">1,200</mark> homes were flooded' in shown
    assert 'that <mark class="fc-figure">700</mark> homes were flooded' in shown
    assert "The ministry counts" in shown
    assert "The mayor counts" in shown


def test_an_editor_settles_it_with_a_reason(client, people, conflict):
    assert resolve(client, conflict).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.state, conflict.resolution, conflict.resolved_by) == ("resolved", "explained", people.editor)
    assert "They count other districts." in client.get(page(conflict)).content.decode()


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor"])
def test_nobody_else_settles_it(client, people, conflict, role):
    client.force_login(getattr(people, role))
    assert "Resolve" not in client.get(page(conflict)).content.decode()
    assert resolve(client, conflict).status_code == 403
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_an_author_does_not_settle_what_speaks_against_the_own_text(client, people, documents, conflict):
    documents[1].authors.add(people.editor)
    answer = resolve(client, conflict)
    assert answer.status_code == 403
    assert "An author of the document may not decide this." in answer.content.decode()
    assert "They count other districts." in answer.content.decode(), "what was typed is still there"


def test_without_a_reason_it_stays_open(client, conflict):
    assert resolve(client, conflict, note=" ").status_code == 422
    assert resolve(client, conflict, resolution="forgotten").status_code == 422
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_who_saw_an_older_version_is_told_so(client, conflict):
    answer = resolve(client, conflict, version=conflict.version + 1)
    assert answer.status_code == 409
    assert "This has changed since you opened it." in answer.content.decode()


def test_a_desk_that_holds_one_side_only_is_not_shown_the_other(client, people, conflict):
    client.force_login(person("editor", DeskFactory(), is_staff=True))
    assert client.get(page(conflict)).status_code == 404
    assert client.get(reverse("admin:factcheck_discrepancy_changelist")).context["cl"].result_count == 0


def test_the_list_puts_open_ones_first_and_can_be_narrowed(client, people, conflict):
    file_text("On Tuesday 31 bridges were closed, the mayor said.", desk=people.desk, by=people.desk_chief)
    resolve(client, conflict)
    twin = Discrepancy.objects.create(
        measure=conflict.measure, kind="superseded", a_key="a", b_key="b", reason="One replaces the other."
    )
    for side in conflict.sides.all():
        twin.sides.create(figure=side.figure, side=side.side)
    address = reverse("admin:factcheck_discrepancy_changelist")
    rows = [row.pk for row in client.get(address).context["cl"].result_list]
    assert rows.index(twin.pk) < rows.index(conflict.pk), "the open one comes first, although its kind is milder"
    told = client.get(address, {"kind__exact": "conflict", "state__exact": "resolved"}).context["cl"].result_list
    assert [row.pk for row in told] == [conflict.pk]


def test_a_checker_has_a_topic_compared_and_is_led_to_the_work(client, people, documents):
    client.force_login(people.checker)
    said = {"scope": "topic", "topic": documents[0].topic_id, "desk": people.desk.pk}
    answer = client.post(reverse("admin:factcheck_crosscheck_add"), said)
    job = Job.objects.latest("pk")
    assert answer["Location"] == page(job)
    do_jobs()
    run = CrossCheck.objects.get(job=job)
    assert run.topic == documents[0].topic
    assert "Done." in client.get(page(run)).content.decode()


@pytest.mark.parametrize(
    ("role", "said", "status"),
    [
        ("editor", {"scope": "topic"}, 422),
        ("editor", {"scope": "moon"}, 422),
        ("auditor", {"scope": "everything"}, 403),
    ],
)
def test_a_run_that_cannot_be_is_refused_in_words(client, people, role, said, status):
    client.force_login(getattr(people, role))
    answer = client.post(reverse("admin:factcheck_crosscheck_add"), {"desk": people.desk.pk, **said})
    assert answer.status_code == status
    assert not Job.objects.filter(name="crosscheck").exists()
