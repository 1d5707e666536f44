"""Background work and the history in the admin: how far it is, what failed, tried again; who did what and why."""

import pytest
from django.urls import reverse

from factcheck.models import Job
from factcheck.workflow.documents import withdraw_document
from tests.admin.pages import html_of, page
from tests.factories import DeskFactory, DocumentFactory, JobFactory
from tests.stories import in_hours


def listed(client, name, **narrowed):
    return list(client.get(reverse(f"admin:factcheck_{name}_changelist"), narrowed).context["cl"].result_list)


def running(desk, **values):
    return JobFactory(desk=desk, state="running", lease_until=in_hours(1), **values)


def test_work_under_way_shows_how_far_it_is_and_looks_again_by_itself(client, people):
    page_html = html_of(client.get(page(running(people.desk, done=3, total=12))))
    assert '<progress class="fc-progress" max="12" value="3"' in page_html
    assert 'aria-live="polite" data-fc-poll="' in page_html
    assert "factcheck/progress_polling.js" in page_html
    assert "Look again" in page_html, "without script there is a link"


def test_work_that_has_ended_stands_still(client, people):
    page_html = client.get(page(JobFactory(desk=people.desk, state="done", done=3, total=3))).content.decode()
    assert "data-fc-poll" not in page_html
    assert "progress_polling.js" not in page_html


def waiting(record):
    return reverse(f"admin:factcheck_{record._meta.model_name}_progress", args=[record.pk])


def test_how_far_work_is_is_asked_at_an_address_of_a_few_rows(client, people, django_assert_max_num_queries):
    job = running(people.desk, done=3, total=12)
    client.get(waiting(job))
    with django_assert_max_num_queries(8):
        page_html = client.get(waiting(job)).content.decode()
    assert 'value="3"' in page_html
    assert waiting(job) in page_html, "it says where to ask again"
    ended = client.get(waiting(JobFactory(desk=people.desk, state="done"))).content.decode()
    assert "Done." in ended
    assert "data-fc-poll" not in ended


def test_how_far_work_of_another_desk_is_nobody_is_told(client, people):
    assert client.get(waiting(JobFactory(desk=DeskFactory()))).status_code == 404
    assert client.get(reverse("admin:factcheck_document_parts", args=[DocumentFactory().pk])).status_code == 404


def test_the_list_leaves_out_the_small_work_unless_it_failed_or_is_asked_for(client, people):
    wanted = JobFactory(desk=people.desk)
    small = JobFactory(desk=people.desk, name="recheck_clearance", state="done")
    failed = JobFactory(desk=people.desk, name="recheck_clearance", state="failed", error="It broke.")
    assert set(listed(client, "job")) == {wanted, failed}
    assert set(listed(client, "job", small="shown")) == {wanted, small, failed}


def test_an_editor_tries_failed_work_again(client, people):
    job = JobFactory(desk=people.desk, state="failed", error="The address answered 503.", failures=5)
    assert "The address answered 503." in client.get(page(job)).content.decode()
    assert client.post(page(job, "retry"), {"version": job.version}).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.failures) == ("due", 0)
    response = client.post(page(job, "retry"), {"version": job.version})
    assert response.status_code == 409
    assert "not possible while the job is due" in response.content.decode()


@pytest.mark.parametrize("role", ["checker", "auditor"])
def test_nobody_else_tries_it_again(client, people, role):
    client.force_login(getattr(people, role))
    job = JobFactory(desk=people.desk, state="failed", error="It broke.")
    assert not client.get(page(job)).context["buttons"]
    assert client.post(page(job, "retry"), {"version": job.version}).status_code == 403
    assert Job.objects.get().state == "failed"


def test_many_are_tried_again_each_by_itself(client, people):
    jobs = [JobFactory(desk=people.desk, state=state) for state in ("failed", "failed", "done")]
    data = {"action": "retry", "_selected_action": [f"{job.pk}.{job.version}" for job in jobs], "index": "0"}
    page_html = client.post(reverse("admin:factcheck_job_changelist"), data, follow=True).content.decode()
    assert "Try again: 2 done." in page_html
    assert "Try again: 1 refused." in page_html


def test_the_history_says_who_did_what_to_which_record_and_why(client, people):
    document = DocumentFactory(desk=people.desk)
    withdraw_document(document, by=people.editor, note="It was filed twice.")
    page_html = client.get(reverse("admin:factcheck_event_changelist")).content.decode()
    assert "It was filed twice." in page_html
    assert f'href="{page(document)}"' in page_html
    event = listed(client, "event", record="document", action="withdraw", who="people")[0]
    assert (event.actor, event.to_state) == (people.editor, "withdrawn")
    content = client.get(page(event)).content.decode()
    assert "It was filed twice." in content
    assert event.digest in content


@pytest.mark.parametrize("narrowed", [{"record": "claim"}, {"action": "publish"}, {"who": "machine"}, {"q": "nobody"}])
def test_the_history_is_narrowed(client, people, narrowed):
    withdraw_document(DocumentFactory(desk=people.desk), by=people.editor, note="It was filed twice.")
    assert listed(client, "event", who="me")
    assert not listed(client, "event", **narrowed)


def test_what_a_wider_comparison_found_is_not_told_for_it_tells_of_other_desks(client, people):
    narrow = JobFactory(desk=people.desk, state="done", args={"scope": "document"}, result={"conflict": 7})
    wide = JobFactory(desk=people.desk, state="done", args={"scope": "topic"}, result={"conflict": 7})
    assert "<dd>7</dd>" in client.get(page(narrow)).content.decode()
    assert "<dd>7</dd>" not in client.get(page(wide)).content.decode()
