"""Notices by mail: gathered, sent once, only to whoever may still see the desk, and not for ever."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from factcheck.mailing import ask_for_mail, mail_notices
from factcheck.models import Job, Membership, Notification
from factcheck.tasks import work
from factcheck.workflow.inbox import choose_notices
from factcheck.workflow.notices import notify
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(staff):
    """Tell the checker something."""
    document = DocumentFactory(desk=staff.desk)

    def told(key, text="Something happened.", who=None):
        people = [(who or staff.checker).pk]
        notify("stale", people, desk=staff.desk.pk, about=document, key=key, text=text)
        Notification.objects.update(created_at=timezone.now() - timedelta(minutes=6))

    return told


class Refusing(EmailBackend):
    error: Exception

    def send_messages(self, messages):
        raise self.error


def refusing(settings, error):
    Refusing.error = error
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"


def test_what_is_gathered_goes_out_as_one_mail_once(tell, staff):
    tell("1", "First <thing>.")
    tell("2", "Second thing.")
    assert ask_for_mail() == 1
    work()
    (sent,) = mail.outbox
    assert sent.to == [staff.checker.email] and sent.subject == "2 notices from the fact-check"
    assert "First <thing>." in sent.body and "/admin/" not in sent.body
    page = sent.alternatives[0][0]
    assert "First &lt;thing&gt;." in page and 'style="' in page
    assert ask_for_mail() == 0 and mail_notices(staff.checker.pk, hold=lambda: None) == {"mailed": 0}
    assert Notification.objects.exclude(mailed_at=None).count() == 2


def test_a_fresh_notice_waits_for_others(tell, staff):
    tell("1")
    Notification.objects.update(created_at=timezone.now())
    assert ask_for_mail() == 0
    assert ask_for_mail(timezone.now() + timedelta(minutes=6)) == 1


def test_links_lead_to_the_admin_where_the_site_is_known(tell, staff, settings):
    settings.FACTCHECK = {**settings.FACTCHECK, "SITE_URL": "https://desk.example/"}
    tell("1")
    mail_notices(staff.checker.pk, hold=lambda: None)
    row = Notification.objects.get()
    assert f"https://desk.example/admin/factcheck/document/{row.record_id}/change/" in mail.outbox[0].body


def test_who_left_the_desk_gets_no_mail_of_it(tell, staff):
    tell("1")
    Membership.objects.filter(user=staff.checker).delete()
    assert mail_notices(staff.checker.pk, hold=lambda: None) == {"mailed": 0}
    assert (mail.outbox, Notification.objects.get().mail_refused) == ([], "may no longer see the desk")


def test_who_has_no_address_and_who_wants_no_mail_gets_none(tell, staff):
    staff.checker.email = ""
    staff.checker.save()
    tell("1")
    mail_notices(staff.checker.pk, hold=lambda: None)
    choose_notices("stale", by=staff.editor, mail=False)
    tell("2", who=staff.editor)
    mail_notices(staff.editor.pk, hold=lambda: None)
    assert mail.outbox == []
    assert sorted(Notification.objects.values_list("mail_refused", flat=True)) == ["", "has no mail address"]


def test_an_address_the_server_refuses_is_written_down_and_not_tried_again(tell, staff, settings):
    refusing(settings, SMTPRecipientsRefused({staff.checker.email: (550, b"no such user")}))
    tell("1")
    assert mail_notices(staff.checker.pk, hold=lambda: None) == {"mailed": 0, "refused": 1}
    assert "550" in Notification.objects.get().mail_refused
    assert ask_for_mail() == 0


def test_a_server_that_is_away_costs_no_mail_and_is_left_alone_after_it_failed(tell, staff, settings):
    refusing(settings, SMTPServerDisconnected("gone"))
    tell("1")
    ask_for_mail()
    work()
    assert Notification.objects.get().mail_started_at is None
    Job.objects.filter(name="send_notices").update(state="failed", finished_at=timezone.now())
    assert ask_for_mail() == 0, "for an hour"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.filter(name="send_notices").update(finished_at=timezone.now() - timedelta(hours=2))
    assert ask_for_mail() == 1
    work()
    assert len(mail.outbox) == 1


def test_after_a_day_it_is_given_up(tell, staff):
    tell("1")
    Notification.objects.update(created_at=timezone.now() - timedelta(days=2))
    mail_notices(staff.checker.pk, hold=lambda: None)
    assert "for a day" in Notification.objects.get().mail_refused and mail.outbox == []


def test_a_title_cannot_write_headers(tell, staff):
    tell("1", "Flood\r\nBcc: everyone@desk.example")
    mail_notices(staff.checker.pk, hold=lambda: None)
    assert mail.outbox[0].subject == "Flood Bcc: everyone@desk.example"
    assert mail.outbox[0].recipients() == [staff.checker.email]
