"""Notices by mail: gathered, sent once, only to whoever may still see the desk, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import resolve
from django.utils import timezone

from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.mailing import link_to, mail_notices, request_due_mails
from factcheck.models import Job, Membership, Notification
from factcheck.smtp import subject_line
from factcheck.tasks import work
from factcheck.workflow.inbox import choose_notices
from factcheck.workflow.notices import notify
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(staff):
    """Tell the checker something."""
    document = DocumentFactory(desk=staff.desk)

    def make_notice(key, text="Something happened.", who=None):
        people = [(who or staff.checker).pk]
        notify("stale", people, desk=staff.desk.pk, about=document, key=key, text=text)
        Notification.objects.update(created_at=timezone.now() - timedelta(minutes=6))

    return make_notice


class Refusing(EmailBackend):
    error: Exception

    def open(self):
        raise self.error


class Picky(EmailBackend):
    def send_messages(self, messages):
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such user")})


def refusing(settings, error):
    Refusing.error = error
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


def test_what_is_gathered_goes_out_as_one_mail_once(tell, staff):
    tell("1", "First <thing>.")
    tell("2", "Second thing.")
    assert request_due_mails() == 1
    work()
    (sent,) = mail.outbox
    assert sent.to == [staff.checker.email]
    assert sent.subject == "2 notices from the fact-check"
    assert "First <thing>." in sent.body
    assert "/admin/" not in sent.body
    page = sent.alternatives[0][0]
    assert "First &lt;thing&gt;." in page
    assert 'style="' in page
    assert request_due_mails() == 0
    assert mail_notices(staff.checker.pk, renew=lambda: None) == {"mailed": 0}
    assert Notification.objects.exclude(mailed_at=None).count() == 2


def test_the_address_may_stand_in_another_column_of_the_hosts_user_model(tell, staff, monkeypatch):
    monkeypatch.setattr(type(staff.checker), "EMAIL_FIELD", "last_name")
    type(staff.checker).objects.filter(pk=staff.checker.pk).update(email="", last_name="cy@desk.example")
    tell("1")
    assert request_due_mails() == 1
    work()
    assert mail.outbox[0].to == ["cy@desk.example"]


def test_a_fresh_notice_waits_for_others(tell, staff):
    tell("1")
    Notification.objects.update(created_at=timezone.now())
    assert request_due_mails() == 0
    assert request_due_mails(timezone.now() + timedelta(minutes=6)) == 1


def test_links_lead_to_the_admin_where_the_site_is_known(tell, staff, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "SITE_URL": "https://desk.example/"}
    tell("1")
    mail_notices(staff.checker.pk, renew=lambda: None)
    row = Notification.objects.get()
    assert f"https://desk.example/admin/factcheck/document/{row.record_id}/change/" in mail.outbox[0].body


@pytest.mark.parametrize("record", ["document", "claim", "verification_task", "discrepancy", "evidence"])
def test_every_link_of_a_mail_is_a_page_of_the_admin(record, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "SITE_URL": "https://desk.example/"}
    path = link_to(Notification(record=record, record_id=7)).removeprefix("https://desk.example")
    assert resolve(path).url_name == f"factcheck_{record.replace('_', '')}_change"


def test_who_left_the_desk_gets_no_mail_of_it(tell, staff):
    tell("1")
    Membership.objects.filter(user=staff.checker).delete()
    assert mail_notices(staff.checker.pk, renew=lambda: None) == {"mailed": 0}
    assert (mail.outbox, Notification.objects.get().mail_refused) == ([], "may no longer see the desk")


def test_who_has_no_address_and_who_wants_no_mail_gets_none(tell, staff):
    staff.checker.email = ""
    staff.checker.save()
    tell("1")
    mail_notices(staff.checker.pk, renew=lambda: None)
    choose_notices("stale", by=staff.editor, mail=False)
    tell("2", who=staff.editor)
    mail_notices(staff.editor.pk, renew=lambda: None)
    assert mail.outbox == []
    assert sorted(Notification.objects.values_list("mail_refused", flat=True)) == ["", "has no mail address"]


def test_an_address_the_server_refuses_is_written_down_and_not_tried_again(tell, staff, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Picky"
    tell("1")
    assert mail_notices(staff.checker.pk, renew=lambda: None) == {"mailed": 0, "refused": 1}
    assert "550" in Notification.objects.get().mail_refused
    assert request_due_mails() == 0


def test_a_mail_server_that_breaks_off_with_the_mail_in_hand_is_not_given_it_again(tell, staff, mailroom):
    mailroom.breaks_off = True
    choose_notices("stale", by=staff.checker, inbox=False)
    tell("1")
    assert mail_notices(staff.checker.pk, renew=lambda: None) == {"mailed": 0, "refused": 1}
    mailroom.breaks_off = False
    assert mail_notices(staff.checker.pk, renew=lambda: None) == {"mailed": 0}
    row = Notification.objects.get()
    assert (len(mailroom.mails), row.inbox, row.mailed_at) == (1, True, None)
    assert "may have arrived" in row.mail_refused


def test_who_wants_mail_only_finds_in_the_inbox_what_could_not_be_mailed(tell, staff):
    choose_notices("stale", by=staff.checker, inbox=False)
    staff.checker.email = ""
    staff.checker.save()
    tell("1")
    assert not Notification.objects.visible_to(staff.checker).exists()
    mail_notices(staff.checker.pk, renew=lambda: None)
    assert Notification.objects.visible_to(staff.checker).unread().count() == 1


def test_what_a_worker_began_to_mail_when_it_was_killed_comes_into_the_inbox(tell, staff):
    choose_notices("stale", by=staff.checker, inbox=False)
    for key in ("1", "2", "3"):
        tell(key)
    long_ago = timezone.now() - timedelta(hours=2)
    Notification.objects.filter(key="1").update(mail_started_at=long_ago)
    Notification.objects.filter(key="2").update(mail_started_at=long_ago, mailed_at=long_ago)
    Notification.objects.filter(key="3").update(mail_started_at=timezone.now())
    enqueue(JobName.SWEEP, "now", {})
    work()
    (row,) = Notification.objects.visible_to(staff.checker)
    assert (row.key, "worker stopped" in row.mail_refused) == ("1", True)


def test_a_server_that_is_away_costs_no_mail_and_is_left_alone_after_it_failed(tell, staff, settings):
    refusing(settings, SMTPServerDisconnected("gone"))
    tell("1")
    request_due_mails()
    work()
    assert Notification.objects.get().mail_started_at is None
    Job.objects.filter(name="send_notices").update(state="failed", finished_at=timezone.now())
    assert request_due_mails() == 0, "for an hour"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.filter(name="send_notices").update(finished_at=timezone.now() - timedelta(hours=2))
    assert request_due_mails() == 1
    work()
    assert len(mail.outbox) == 1


def test_after_a_day_it_is_given_up(tell, staff):
    tell("1")
    Notification.objects.update(created_at=timezone.now() - timedelta(days=2))
    mail_notices(staff.checker.pk, renew=lambda: None)
    assert "for a day" in Notification.objects.get().mail_refused
    assert mail.outbox == []


def test_a_title_cannot_write_headers(tell, staff):
    tell("1", "Flood\r\nBcc: everyone@desk.example")
    mail_notices(staff.checker.pk, renew=lambda: None)
    assert mail.outbox[0].subject == "Flood Bcc: everyone@desk.example"
    assert mail.outbox[0].recipients() == [staff.checker.email]


def test_a_long_subject_ends_with_the_sign_of_a_cut():
    assert subject_line("Flood " * 40, 120).endswith("Flood…")
    assert subject_line("Flood", 120) == "Flood"
