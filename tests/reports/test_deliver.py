"""Reports by schedule: once per slot whatever fires twice, on the subscriber's own clock, to who may see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from factcheck.errors import Invalid
from factcheck.models import Job, Membership, Report, ReportDelivery, ReportSubscription
from factcheck.reports.deliver import request_due_reports
from factcheck.reports.schedules import check_schedule, coming_slots, due_slots
from factcheck.reports.subscriptions import change_subscription
from factcheck.tasks import work
from tests.factories import ReportSubscriptionFactory
from tests.stories import Staff, file_text, person

pytestmark = pytest.mark.django_db


def at(clock: str) -> datetime:
    return datetime.fromisoformat(clock).astimezone(UTC)


SLOTS = [  # what it shows; zone, schedule, looked at until, now, slots
    ("nothing before its time", "UTC", "0 7 * * *", "2026-03-10T06:00Z", "2026-03-10T06:59Z", []),
    ("its minute", "UTC", "0 7 * * *", "2026-03-10T06:59Z", "2026-03-10T07:00Z", ["2026-03-10T07:00"]),
    ("not its minute again", "UTC", "0 7 * * *", "2026-03-10T07:00:20Z", "2026-03-10T07:00:50Z", []),
    ("a tick that came late", "UTC", "0 7 * * *", "2026-03-10T06:58Z", "2026-03-10T07:03Z", ["2026-03-10T07:00"]),
    ("on its own clock", "Europe/Berlin", "0 7 * * *", "2026-03-10T05:59Z", "2026-03-10T06:00Z", ["2026-03-10T07:00"]),
    ("also west", "America/New_York", "0 7 * * *", "2026-01-10T11:59Z", "2026-01-10T12:00Z", ["2026-01-10T07:00"]),
    (
        "each slot of a short stop",
        "UTC",
        "*/10 * * * *",
        "2026-03-10T07:00Z",
        "2026-03-10T07:30Z",
        ["2026-03-10T07:10", "2026-03-10T07:20", "2026-03-10T07:30"],
    ),
    (
        "the newest after a long stop",
        "UTC",
        "0 * * * *",
        "2026-03-10T00:30Z",
        "2026-03-10T09:10Z",
        ["2026-03-10T09:00"],
    ),
    ("the newest after days", "UTC", "0 7 * * *", "2026-03-01T07:00Z", "2026-03-10T09:10Z", ["2026-03-10T07:00"]),
    ("nothing of last week after days", "UTC", "0 7 * * 1", "2026-03-08T07:00Z", "2026-03-12T09:10Z", []),
    ("on Sundays", "UTC", "0 7 * * 0", "2026-03-08T06:59Z", "2026-03-08T07:01Z", ["2026-03-08T07:00"]),
    ("on Sundays, as 7 too", "UTC", "0 7 * * 7", "2026-03-08T06:59Z", "2026-03-08T07:01Z", ["2026-03-08T07:00"]),
    ("on weekends by name", "UTC", "0 7 * * Sat-Sun", "2026-03-08T06:59Z", "2026-03-08T07:01Z", ["2026-03-08T07:00"]),
    ("not on a Monday then", "UTC", "0 7 * * 6-7", "2026-03-09T06:59Z", "2026-03-09T07:01Z", []),
    (
        "the tenth or a Friday: the tenth",
        "UTC",
        "0 7 10 * 5",
        "2026-03-10T06:59Z",
        "2026-03-10T07:01Z",
        ["2026-03-10T07:00"],
    ),
    (
        "the tenth or a Friday: a Friday",
        "UTC",
        "0 7 10 * 5",
        "2026-03-13T06:59Z",
        "2026-03-13T07:01Z",
        ["2026-03-13T07:00"],
    ),
    ("neither the tenth nor a Friday", "UTC", "0 7 10 * 5", "2026-03-11T06:59Z", "2026-03-11T07:01Z", []),
    ("the first of the month", "UTC", "30 6 1 * *", "2026-04-01T06:00Z", "2026-04-01T06:31Z", ["2026-04-01T06:30"]),
    (
        "a minute that Berlin skips",
        "Europe/Berlin",
        "30 2 * * *",
        "2026-03-29T00:59Z",
        "2026-03-29T01:00Z",
        ["2026-03-29T02:30"],
    ),
    (
        "a minute that New York skips",
        "America/New_York",
        "30 2 * * *",
        "2026-03-08T06:59Z",
        "2026-03-08T07:00Z",
        ["2026-03-08T02:30"],
    ),
    ("after the skipped hour once only", "Europe/Berlin", "30 2 * * *", "2026-03-29T01:00Z", "2026-03-29T01:31Z", []),
    (
        "the first of two in Berlin",
        "Europe/Berlin",
        "30 2 * * *",
        "2026-10-25T00:29Z",
        "2026-10-25T00:30Z",
        ["2026-10-25T02:30"],
    ),
    (
        "the first of two in New York",
        "America/New_York",
        "30 1 * * *",
        "2026-11-01T05:29Z",
        "2026-11-01T05:30Z",
        ["2026-11-01T01:30"],
    ),
]


@pytest.mark.parametrize(
    ("zone", "cron", "since", "now", "slots"), [row[1:] for row in SLOTS], ids=[row[0] for row in SLOTS]
)
def test_which_slots_are_due(zone, cron, since, now, slots):
    subscription = ReportSubscription(cron=cron, zone=zone, looked_at=at(since))
    assert due_slots(subscription, at(now)) == slots


@pytest.fixture
def digest(staff: Staff) -> ReportSubscription:
    """The digest of a desk at half past two, to its editor."""
    subscription = ReportSubscriptionFactory(
        desk=staff.desk, owner=staff.editor, cron="30 2 * * *", zone="Europe/Berlin"
    )
    subscription.recipients.add(staff.editor)
    return subscription


DAYS = {
    "an ordinary day": ("2026-03-10T00:00Z", "2026-03-10T04:00Z", "2026-03-10T02:30"),
    "the day the clock skips it": ("2026-03-29T00:00Z", "2026-03-29T04:00Z", "2026-03-29T02:30"),
    "the day the clock shows it twice": ("2026-10-25T00:00Z", "2026-10-25T04:00Z", "2026-10-25T02:30"),
}


@pytest.mark.parametrize("day", DAYS)
def test_minute_by_minute_there_is_one_report_and_one_mail_a_day(day, digest):
    start, end, slot = DAYS[day]
    now = at(start)
    ReportSubscription.objects.update(looked_at=now)
    while (now := now + timedelta(minutes=5)) <= at(end):
        for _ in range(2):  # two schedulers, or one that stutters
            if request_due_reports(now):
                work()
    assert [report.slot for report in Report.objects.all()] == [slot]
    assert len(mail.outbox) == 1


def test_a_job_that_runs_twice_builds_one_report_and_sends_one_mail(digest):
    ReportSubscription.objects.update(looked_at=at("2026-03-10T01:00Z"))
    request_due_reports(at("2026-03-10T01:31Z"))
    for _ in range(3):
        work()
        Job.objects.update(state="due")
    assert (Report.objects.count(), len(mail.outbox)) == (1, 1)


def test_a_subscription_that_is_off_is_silent(digest):
    ReportSubscription.objects.update(looked_at=at("2026-03-10T01:00Z"), active=False)
    assert request_due_reports(at("2026-03-10T01:31Z")) == 0


def send(subscription: ReportSubscription) -> Report:
    ReportSubscription.objects.update(looked_at=at("2026-03-10T01:00Z"))
    request_due_reports(at("2026-03-10T01:31Z"))
    work()
    return Report.objects.get()


def test_the_mail_has_a_page_and_plain_words(digest, staff):
    file_text(
        "The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor, title="The flood <b>"
    )
    send(digest)
    (message,) = mail.outbox
    page, kind = message.alternatives[0]
    assert (message.to, message.subject, kind) == ([staff.editor.email], f"Desk digest: {staff.desk}", "text/html")
    assert "The flood &lt;b&gt;" in page
    assert "The flood <b>" in message.body
    assert "<script" not in page


def test_a_report_goes_where_the_hosts_user_model_keeps_the_address(digest, staff, monkeypatch):
    monkeypatch.setattr(type(staff.editor), "EMAIL_FIELD", "last_name")
    type(staff.editor).objects.filter(pk=staff.editor.pk).update(email="", last_name="ed@desk.example")
    send(digest)
    assert [message.to for message in mail.outbox] == [["ed@desk.example"]]


def test_who_lost_the_right_or_has_no_address_gets_nothing_and_it_is_written_down(digest, staff):
    left, moved, mute = (person("editor", staff.desk) for _ in range(3))
    digest.recipients.add(left, moved, mute)
    left.is_active = False
    left.save()
    Membership.objects.filter(user=moved).delete()
    mute.email = ""
    mute.save()
    send(digest)
    assert [message.to for message in mail.outbox] == [[staff.editor.email]]
    refused = dict(ReportDelivery.objects.values_list("recipient", "refused"))
    assert (refused[left.pk], refused[moved.pk]) == ("may no longer see the whole of it",) * 2
    assert (refused[mute.pk], refused[staff.editor.pk]) == ("has no mail address", "")


def test_mail_that_could_not_be_handed_over_is_tried_again_for_whom_it_failed(digest, staff, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    report = send(digest)
    job = Job.objects.get(name="send_report")
    assert (job.state, "refused" in job.error, report.deliveries.get().sent_at) == ("due", True, None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    job.refresh_from_db()
    assert (job.state, len(mail.outbox), report.deliveries.get().sent_at is None) == ("done", 1, False)


BAD_SCHEDULES = [
    ("* * * *", "UTC", "cron_invalid"),
    ("61 * * * *", "UTC", "cron_invalid"),
    ("every morning at seven o'clock", "UTC", "cron_invalid"),
    ("0 7 * * 9", "UTC", "cron_invalid"),
    ("0 7 * * 8", "UTC", "cron_invalid"),
    ("*/999 * * * *", "UTC", "cron_invalid"),
    ("*/0 7 * * *", "UTC", "cron_invalid"),
    ("0 7 * * 5-1", "UTC", "cron_invalid"),
    ("0 7 0 * *", "UTC", "cron_invalid"),
    ("0 7 * 13 *", "UTC", "cron_invalid"),
    ("0 7 * mon *", "UTC", "cron_invalid"),
    ("0 7 5/10 * *", "UTC", "cron_invalid"),
    ("0 7 1, * *", "UTC", "cron_invalid"),
    ("0 7 L * *", "UTC", "cron_invalid"),
    ("٣ 7 * * *", "UTC", "cron_invalid"),
    ("1.5 * * * *", "UTC", "cron_invalid"),
    ("1-99999999999 * * * *", "UTC", "cron_invalid"),
    ("*/9999999999999999 * * * *", "UTC", "cron_invalid"),
    ("* * * * *", "UTC", "cron_too_often"),
    ("*/14 * * * *", "UTC", "cron_too_often"),
    ("0,50 7-8 * * *", "UTC", "cron_too_often"),
    ("0,59 0,23 * * *", "UTC", "cron_too_often"),
    ("0 7 * * *", "Mars/Olympus", "zone_unknown"),
]


@pytest.mark.parametrize(("cron", "zone", "code"), BAD_SCHEDULES)
def test_a_schedule_that_cannot_be_read_is_refused(cron, zone, code):
    with pytest.raises(Invalid) as refusal:
        check_schedule(cron, zone)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "cron", ["*/15 * * * *", "0,20,40 * * * *", "50 7 * * *", "10 8 1-7 * mon", "0 7 * jan-mar 0-7/2", "0 6 9-9/3 * *"]
)
def test_a_schedule_that_cron_reads_and_that_leaves_time_to_read_is_taken(cron):
    check_schedule(cron, "UTC")


def test_a_range_of_one_day_with_a_step_is_that_day():
    row = ReportSubscription(cron="0 6 9-9/3,28 * *", zone="UTC")
    assert [f"{slot:%d}" for slot in coming_slots(row, at("2026-03-01T00:00+00:00"))] == ["09", "28", "09"]


def test_a_refused_schedule_is_told_what_is_wrong_with_it():
    with pytest.raises(Invalid, match="“5-1” as day of week"):
        check_schedule("0 7 * * 5-1", "UTC")
    with pytest.raises(Invalid, match="“\\*/999” as minute"):
        check_schedule("*/999 * * * *", "UTC")


def test_a_schedule_stored_before_these_rules_stops_no_other_and_can_be_switched_off(digest, staff):
    old = ReportSubscriptionFactory(desk=staff.desk, owner=staff.editor, cron="*/999 7 * * 5-1")
    ReportSubscription.objects.update(looked_at=at("2026-03-10T01:00Z"))
    assert request_due_reports(at("2026-03-10T01:31Z")) == 1
    assert coming_slots(old, at("2026-03-10T01:31Z")) == []
    assert not change_subscription(old, by=staff.editor, active=False).active
