"""Reports in the admin: built now, read on a page that can do nothing, taken as files, mailed by schedule."""

import time
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from factcheck.models import Report, ReportDelivery, ReportFormat, ReportSubscription
from factcheck.reports.schedules import coming_slots
from tests.admin.pages import page
from tests.factories import DeskFactory, DocumentFactory, ReportFactory, ReportSubscriptionFactory
from tests.stories import file_text, person

ADD = "admin:factcheck_report_add"
SCHEDULE = {"cron": "30 6 * * 1-5", "zone": "Europe/Berlin", "formats": ["pdf", "csv"], "active": "on"}


def build(client, people, **data):
    response = client.post(reverse(ADD), {"kind": "desk_digest", "desk": people.desk.pk, **data})
    assert response.status_code == 302, response.content.decode()
    return Report.objects.latest("pk")


def subscribe(client, people, **data):
    data = {"kind": "desk_digest", "desk": people.desk.pk, "recipients": [people.checker.pk], **SCHEDULE, **data}
    return client.post(reverse("admin:factcheck_reportsubscription_add"), data)


@pytest.mark.parametrize("kind", ["desk_digest", "conflicts", "overdue", "corrections"])
def test_a_report_of_a_desk_is_built_now(client, people, kind):
    report = build(client, people, kind=kind)
    assert (report.kind, report.desk, report.created_by) == (kind, people.desk, people.editor)
    assert report.sha256 in client.get(page(report)).content.decode()


def test_the_report_of_a_document_is_built_and_needs_its_document(client, people):
    document = file_text("The mayor said 40 homes were flooded.", desk=people.desk, by=people.editor, title="The flood")
    assert build(client, people, kind="document", document=document.pk).document == document
    response = client.post(reverse(ADD), {"kind": "document", "desk": people.desk.pk})
    assert response.status_code == 422
    assert "Choose the document." in response.content.decode()


def test_another_desks_document_is_not_there_to_choose(client, people):
    data = {"kind": "document", "desk": people.desk.pk, "document": DocumentFactory().pk}
    assert client.post(reverse(ADD), data).status_code == 422
    assert not Report.objects.exists()


def test_the_page_of_a_report_can_do_nothing(client, people):
    response = client.get(reverse("admin:factcheck_report_read", args=[build(client, people).pk]))
    assert response["Content-Type"].startswith("text/html")
    policy = response["Content-Security-Policy"]
    assert "sandbox; default-src 'none'; style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize("name", [name for name in ReportFormat.values if name != "claimreview"])
def test_a_report_is_taken_as_a_file(client, people, name):
    response = client.get(reverse("admin:factcheck_report_download", args=[build(client, people).pk, name]))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response.content


@pytest.mark.parametrize("name", ["claimreview", "docx"])
def test_a_format_it_does_not_have_is_not_there(client, people, name):
    assert (
        client.get(reverse("admin:factcheck_report_download", args=[build(client, people).pk, name])).status_code == 404
    )


def test_it_says_to_whom_it_was_mailed_and_to_whom_not(client, people):
    report = build(client, people)
    ReportDelivery.objects.create(report=report, recipient=people.checker, refused="has no mail address")
    assert "has no mail address" in client.get(page(report)).content.decode()


def test_another_desk_reads_none_of_it(client, people):
    report = ReportFactory(desk=people.desk)
    client.force_login(person("editor", DeskFactory(), is_staff=True))
    for name, more in (("read", []), ("download", ["json"])):
        assert client.get(reverse(f"admin:factcheck_report_{name}", args=[report.pk, *more])).status_code == 404


def test_an_editor_subscribes_and_sees_when_it_comes(client, people):
    assert subscribe(client, people).status_code == 302
    row = ReportSubscription.objects.get()
    assert (row.cron, row.zone, row.formats, row.owner) == (
        "30 6 * * 1-5",
        "Europe/Berlin",
        ["pdf", "csv"],
        people.editor,
    )
    page_html = client.get(page(row))
    assert len(page_html.context["coming"]) == 3
    assert all("06:30 (Europe/Berlin)" in at for at in page_html.context["coming"])
    assert people.checker.username in page_html.content.decode()


def test_a_subscription_is_changed_and_switched_off(client, people):
    subscribe(client, people)
    row = ReportSubscription.objects.get()
    data = {"cron": "0 8 * * *", "zone": "UTC", "recipients": [people.auditor.pk], "version": row.version}
    assert client.post(page(row, "change"), data).status_code == 302
    row.refresh_from_db()
    assert (row.cron, row.formats, row.active, list(row.recipients.all())) == ("0 8 * * *", [], False, [people.auditor])
    assert "It is switched off." in client.get(page(row)).content.decode()
    stale = client.post(page(row, "change"), data)
    assert stale.status_code == 409
    assert "This has changed since you opened it." in stale.content.decode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"cron": "every morning"}, "A schedule has five fields"),
        ({"cron": "61 7 * * *"}, "The schedule cannot be read"),
        ({"cron": "* * * * *"}, "every 15 minutes at most"),
        ({"formats": ["claimreview"]}, "is no format of this report"),
        ({"recipients": []}, "This field is required."),
        ({"recipients": ["9" * 30]}, "is not one of the available choices"),
        ({"kind": "document"}, "Choose the document."),
    ],
)
def test_a_subscription_that_cannot_be_is_refused_beside_what_was_typed(client, people, data, reason):
    response = subscribe(client, people, **data)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert not ReportSubscription.objects.exists()


@pytest.mark.parametrize("role", ["checker", "auditor"])
def test_only_who_edits_subscribes(client, people, role):
    client.force_login(getattr(people, role))
    assert subscribe(client, people).status_code == 403
    row = ReportSubscriptionFactory(desk=people.desk)
    assert not client.get(page(row)).context["buttons"]
    data = {"cron": "0 8 * * *", "zone": "UTC", "recipients": [people.auditor.pk], "version": row.version}
    assert client.post(page(row, "change"), data).status_code == 403


WORDED = {"repeats": "* * 1-5", "at": "06:30", "cron": ""}


@pytest.mark.parametrize(
    ("data", "cron"),
    [
        (WORDED, "30 6 * * 1-5"),
        ({**WORDED, "repeats": "1 * *", "at": "7:00"}, "0 7 1 * *"),
        ({"repeats": "", "cron": "0 7,19 * * *"}, "0 7,19 * * *"),
        ({"repeats": "* * *", "at": "07:00", "cron": "0 7,19 * * *"}, "0 7,19 * * *"),
        ({"cron": "0 8 * * *"}, "0 8 * * *"),
    ],
    ids=["in words", "once a month", "in fields", "fields filled in beside the words as they were", "fields alone"],
)
def test_a_schedule_is_said_in_words_or_in_fields(data, cron, client, people):
    address = reverse("admin:factcheck_reportsubscription_add")
    base = {
        "kind": "desk_digest",
        "desk": people.desk.pk,
        "zone": "UTC",
        "recipients": [people.editor.pk],
        "active": "on",
    }
    assert client.post(address, {**base, **data}).status_code == 302
    assert ReportSubscription.objects.get().cron == cron


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"repeats": "* * 1-5", "at": ""}, "Say at what time."),
        ({"repeats": "", "cron": ""}, "Say when, in words above or in five fields."),
        ({"repeats": "* * 1-5", "at": "half past"}, "Enter a valid time."),
        ({"repeats": "* * 9", "at": "07:00"}, "Select a valid choice."),
    ],
)
def test_a_schedule_that_says_nothing_is_asked_for_again(data, word, client, people):
    address = reverse("admin:factcheck_reportsubscription_add")
    base = {
        "kind": "desk_digest",
        "desk": people.desk.pk,
        "zone": "UTC",
        "recipients": [people.editor.pk],
        "active": "on",
    }
    response = client.post(address, {**base, **data})
    assert response.status_code == 422
    assert word in response.content.decode()
    assert not ReportSubscription.objects.exists()


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 7 * * *", "every day at 07:00"),
        ("30  6 * *  1-5", "every weekday at 06:30"),
        ("5 23 * * 0", "every Sunday at 23:05"),
        ("0 7 1 * *", "on the first of each month at 07:00"),
        ("0 7,19 * * *", "0 7,19 * * *"),
        ("*/15 * * * *", "*/15 * * * *"),
        ("0 7 * * 1,3", "0 7 * * 1,3"),
        ("", ""),
    ],
)
def test_a_schedule_is_told_in_words_where_there_are_some(cron, words):
    assert ReportSubscription(cron=cron).schedule == words


def coming(cron, after, zone="Europe/Berlin", count=3):
    row = ReportSubscription(cron=cron, zone=zone)
    return [f"{at:%Y-%m-%d %H:%M}" for at in coming_slots(row, after, count)]


def test_the_next_times_are_those_of_the_subscriptions_own_clock():
    friday = datetime(2026, 3, 6, 5, 30, tzinfo=UTC)  # 06:30 in Berlin: that one has come
    assert coming("30 6 * * 1-5", friday) == ["2026-03-09 06:30", "2026-03-10 06:30", "2026-03-11 06:30"]
    assert coming("0,30 7 * * *", friday) == ["2026-03-06 07:00", "2026-03-06 07:30", "2026-03-07 07:00"]
    assert coming("0 7 29 2 *", friday, count=1) == ["2028-02-29 07:00"]


def test_a_day_of_the_month_or_one_of_the_week_as_in_every_cron():
    monday = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert coming("0 7 4 * 1", monday) == ["2026-03-04 07:00", "2026-03-09 07:00", "2026-03-16 07:00"]


def test_a_day_that_never_comes_is_told_at_once():
    begun = time.monotonic()
    assert coming("* * 31 2 *", datetime(2026, 3, 6, tzinfo=UTC)) == []
    assert len(coming("* * 29 2 *", datetime(2026, 3, 6, tzinfo=UTC))) == 3
    assert time.monotonic() - begun < 1
