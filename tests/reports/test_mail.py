"""A report in the post: over a real mail server that takes some addresses and refuses others."""

from __future__ import annotations

import io
import json

import pytest
from django.utils import timezone
from pypdf import PdfReader

from factcheck.jobs.leases import reclaim_expired
from factcheck.jobs.names import most_lost_workers
from factcheck.models import Job, Membership, Notification, Report, ReportDelivery, ReportSubscription
from factcheck.reports import mailing
from factcheck.reports.deliver import request_due_reports
from factcheck.reports.mailing import note_interrupted, payload_of, report_message
from factcheck.reports.subscriptions import change_subscription, subscribe
from factcheck.smtp import send
from factcheck.tasks import work
from tests.stories import Staff, file_text, person

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
TITLE = "The flood\r\nBcc: everyone@evil.example"


def post(staff: Staff, *people, kind: str = "document", **values) -> ReportSubscription:
    """Subscribe these people and let the hour come."""
    document = None
    if kind == "document":
        document = file_text(HOMES, desk=staff.desk, by=staff.editor, title=TITLE)
    row = subscribe(staff.desk, by=staff.editor, kind=kind, document=document, recipients=people, **values)
    deliver(row)
    return row


def deliver(row: ReportSubscription) -> None:
    since = timezone.now() - timezone.timedelta(minutes=2)
    ReportSubscription.objects.filter(pk=row.pk).update(looked_at=since, cron="* * * * *")
    ReportSubscription.objects.exclude(pk=row.pk).update(active=False)
    request_due_reports()
    again()


def again() -> None:
    Job.objects.filter(name="send_report").update(run_at=timezone.now() - timezone.timedelta(seconds=1))
    work()


def jobs() -> list[Job]:
    return list(Job.objects.filter(name="send_report"))


def refusals() -> dict[int, str]:
    return dict(ReportDelivery.objects.values_list("recipient", "refused"))


def test_the_mail_holds_plain_words_a_page_and_the_files_asked_for(mailroom, staff):
    post(staff, staff.editor, formats=["pdf", "xlsx", "json"])
    to, message = mailroom.mails[0]
    assert to == [staff.editor.email]
    assert HOMES[:20] in message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert '<p class="kicker" style=' in page
    assert "prefers-color-scheme: dark" in page
    assert "<script" not in page
    files = {part.get_filename().split(".")[-1]: part for part in message.iter_attachments()}
    assert list(files) == ["pdf", "xlsx", "json"]
    assert files["pdf"].get_content_type() == "application/pdf"
    assert HOMES in PdfReader(io.BytesIO(files["pdf"].get_content())).pages[0].extract_text().replace("\n", " ")
    assert json.loads(files["json"].get_content())["desk"] == staff.desk.name


def test_a_pdf_comes_with_the_mail_unless_told_otherwise_and_none_is_a_choice_too(mailroom, staff):
    post(staff, staff.editor, kind="desk_digest")
    post(staff, staff.editor, kind="desk_digest", formats=[])
    counts = [[part.get_content_type() for part in message.iter_attachments()] for _, message in mailroom.mails]
    assert all(set(row) == {"application/pdf"} for row in counts[:1])
    assert counts[-1] == []


def test_a_title_with_line_breaks_adds_no_header_and_no_recipient(mailroom, staff):
    post(staff, staff.editor)
    (to, message), *_ = mailroom.mails
    assert to == [staff.editor.email]
    assert message["Bcc"] is None
    assert message["Subject"] == "Verification report: The flood Bcc: everyone@evil.example"
    assert all("\n" not in (part.get_filename() or "") for part in message.walk())


def test_an_address_that_bounces_is_written_down_and_the_others_have_theirs(mailroom, staff):
    gone = person("editor", staff.desk, email="gone@paper.example")
    post(staff, gone, staff.editor, staff.auditor, kind="desk_digest")
    assert {tuple(to) for to, _ in mailroom.mails} == {(staff.editor.email,), (staff.auditor.email,)}
    assert refusals()[gone.pk] == "refused by the mail server: 550 5.1.1 No such person here"
    assert (refusals()[staff.editor.pk], refusals()[staff.auditor.pk]) == ("", "")
    assert {job.state for job in jobs()} == {"done"}
    taken = len(mailroom.mails)
    Job.objects.filter(name="send_report").update(state="due")
    again()
    assert len(mailroom.mails) == taken, "a bounced address is not tried again, and nobody gets two"


def test_an_address_that_is_put_off_is_tried_again_but_not_for_ever(mailroom, staff):
    late = person("editor", staff.desk, email="late@paper.example")
    post(staff, late, staff.editor, kind="desk_digest")
    assert {job.state for job in jobs()} == {"due"}
    for _ in range(10):
        again()
    assert {job.state for job in jobs()} == {"failed"}
    assert "Come back later" in jobs()[0].error
    assert refusals()[late.pk] == ""
    assert {tuple(to) for to, _ in mailroom.mails} == {(staff.editor.email,)}
    assert len(mailroom.mails) == Report.objects.count()


def test_a_mail_server_that_will_not_have_the_mail_is_written_down(mailroom, staff):
    mailroom.refuses_content = True
    post(staff, staff.editor, kind="desk_digest")
    assert refusals()[staff.editor.pk] == "refused by the mail server: 552 5.3.4 Too large for us"
    assert {job.state for job in jobs()} == {"done"}


def test_a_mail_server_that_breaks_off_with_the_mail_in_hand_is_not_given_it_again(mailroom, staff):
    mailroom.breaks_off = True
    post(staff, staff.editor, kind="desk_digest")
    sent = len(mailroom.mails)
    again()
    mailroom.breaks_off = False
    again()
    assert len(mailroom.mails) == sent == Report.objects.count()
    delivery = ReportDelivery.objects.first()
    assert delivery.started_at
    assert not delivery.sent_at
    assert "may have arrived" in delivery.refused
    assert {job.state for job in jobs()} == {"done"}


class Killed(BaseException):
    """Ends a worker where it stands, as SIGKILL does: nothing after it is written."""


@pytest.mark.parametrize("arrived", [True, False])
def test_a_mail_that_a_killed_worker_had_begun_may_have_arrived_and_three_places_say_so(
    arrived, mailroom, staff, monkeypatch
):
    def killed(message):
        if arrived:
            send(message)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "send", killed)
        with pytest.raises(Killed):
            post(staff, staff.editor, kind="desk_digest")
    Job.objects.filter(name="send_report").update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    reclaim_expired()
    work()
    delivery = ReportDelivery.objects.earliest("pk")
    job = next(row for row in jobs() if row.result["report"] == delivery.report_id)
    assert delivery.refused == "its worker stopped while mailing it; the mail may have arrived"
    assert (job.state, job.result["sent"], job.result["refused"], job.result["may_have_arrived"]) == ("done", 0, 0, 1)
    notice = Notification.objects.visible_to(staff.editor).get()
    assert (notice.record, notice.record_id) == ("report", delivery.report_id)
    assert "may have arrived" in notice.text
    others = Report.objects.exclude(pk=delivery.report_id).count()
    assert len(mailroom.mails) == arrived + others, "nobody is mailed twice"
    again()
    assert Notification.objects.count() == 1


def test_a_mail_of_a_worker_that_was_only_thought_dead_counts_as_sent(mailroom, staff, monkeypatch):
    def frozen(message):
        for report in Report.objects.all():
            note_interrupted(report)  # another worker has taken over meanwhile
        send(message)

    monkeypatch.setattr(mailing, "send", frozen)
    post(staff, staff.editor, kind="desk_digest")
    rows = ReportDelivery.objects.all()
    assert {(bool(row.sent_at), row.refused) for row in rows} == {(True, "")}
    assert len(mailroom.mails) == len(rows)


def test_a_report_that_is_given_up_leaves_no_mail_in_the_dark(mailroom, staff, monkeypatch):
    def killed(message):
        raise Killed

    monkeypatch.setattr(mailing, "send", killed)
    with pytest.raises(Killed):
        post(staff, staff.editor, kind="desk_digest")
    ends = {"state": "due", "failures": most_lost_workers("send_report")}
    Job.objects.filter(name="send_report").update(**ends)
    work()
    assert {job.state for job in jobs()} == {"failed"}
    assert "may have arrived" in ReportDelivery.objects.get().refused


def test_a_mail_server_that_is_not_there_is_tried_again(mailroom, staff, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    post(staff, staff.editor, kind="desk_digest")
    assert ({job.state for job in jobs()}, refusals()) == ({"due"}, {staff.editor.pk: ""})
    settings.EMAIL_PORT = port
    again()
    assert len(mailroom.mails) == Report.objects.count()
    assert {job.state for job in jobs()} == {"done"}


@pytest.mark.parametrize("address", ["ann\r\nBcc: x@evil.example", "näme@paper.example", "ann@@"])
def test_an_address_no_header_can_hold_fails_nobody_else(address, mailroom, staff):
    odd = person("editor", staff.desk, email=address)
    post(staff, odd, staff.editor, kind="desk_digest")
    assert (staff.editor.email,) in {tuple(to) for to, _ in mailroom.mails}
    assert not any("evil.example" in str(to) for to, _ in mailroom.mails)
    assert {job.state for job in jobs()} == {"done"}
    if "\n" in address:
        assert refusals()[odd.pk].startswith("has an address that cannot be written to")


def test_who_left_the_desk_gets_nothing_and_it_is_written_down(mailroom, staff):
    gone = person("reviewer", staff.desk)
    post(staff, gone, staff.editor, kind="conflicts")
    before = len(mailroom.mails)
    Membership.objects.filter(user=gone).delete()
    other = subscribe(staff.desk, by=staff.editor, kind="conflicts", recipients=[staff.editor])
    other.recipients.add(gone)
    deliver(other)
    assert {tuple(to) for to, _ in mailroom.mails[before:]} == {(staff.editor.email,)}
    left = ReportDelivery.objects.filter(recipient=gone, report__subscription=other)
    assert {row.refused for row in left} == {"may no longer see the whole of it"}


def test_files_too_large_for_a_mail_stay_on_the_site_and_the_mail_says_so(mailroom, staff, monkeypatch):
    monkeypatch.setattr(mailing, "LARGEST_MAIL", 10_000)
    post(staff, staff.editor, kind="desk_digest", formats=["pdf", "csv"])
    _, message = mailroom.mails[0]
    assert [part.get_content_type() for part in message.iter_attachments()] == ["text/csv"]
    for kind in ("plain", "html"):
        assert "too large for a mail" in message.get_body((kind,)).get_content()


def test_a_mail_of_a_long_report_is_short_and_says_where_the_rest_is(staff):
    post(staff, staff.editor)
    report = Report.objects.filter(kind="document").first()
    claim = report.data["documents"][0]["claims"][0]
    report.data["documents"][0]["claims"] = [claim] * 10_000
    message = report_message(payload_of(report, []), "ann@paper.example")
    assert "Only 20 of 10,000 claims are shown here." in message.body
    assert len(message.alternatives[0][0]) < 60_000


def test_a_changed_choice_of_files_counts_from_the_next_mail_on(mailroom, staff):
    row = post(staff, staff.editor, kind="overdue", formats=["csv"])
    change_subscription(row, by=staff.editor, formats=["text"])
    assert [part.get_content_type() for _, message in mailroom.mails[-1:] for part in message.iter_attachments()] == [
        "text/csv"
    ]
    payload = payload_of(Report.objects.first(), ReportSubscription.objects.get(pk=row.pk).formats)
    assert [file.media_type for file in payload.files] == ["text/plain; charset=utf-8"]
