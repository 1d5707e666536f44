"""Who gets which report, when and in which files: entered and changed by editors, with every mistake refused."""

from __future__ import annotations

import pytest
from django.core import mail

from factcheck.errors import Invalid, NotAllowed, StaleRevision
from factcheck.models import Event, ReportKind, ReportSubscription
from factcheck.reports.subscriptions import change_subscription, send_now, subscribe
from tests.stories import Staff, do_jobs, file_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def digest(staff) -> ReportSubscription:
    return subscribe(staff.desk, by=staff.editor, kind="desk_digest", recipients=[staff.auditor])


@pytest.mark.parametrize("kind", ReportKind.values)
def test_every_kind_can_be_had_by_schedule(kind, staff):
    document = file_text("Nine houses burned.", desk=staff.desk, by=staff.editor) if kind == "document" else None
    row = subscribe(staff.desk, by=staff.editor, kind=kind, recipients=[staff.auditor], document=document)
    assert (row.kind, row.formats, row.version) == (kind, ["pdf"], 1)
    other = None if document else file_text("Nine houses burned.", desk=staff.desk, by=staff.editor)
    with pytest.raises(Invalid) as refusal:
        subscribe(staff.desk, by=staff.editor, kind=kind, recipients=[staff.auditor], document=other)
    assert refusal.value.code == "scope_mismatch"


WRONG = [
    ({"kind": "gossip"}, "kind_unknown"),
    ({"formats": ["docx"]}, "format_unknown"),
    ({"formats": ["pdf", ""]}, "format_unknown"),
    ({"formats": ["claimreview"]}, "format_unknown"),
    ({"recipients": []}, "recipients_missing"),
    ({"cron": "@daily"}, "cron_invalid"),
    ({"zone": "Mars/Base"}, "zone_unknown"),
]


@pytest.mark.parametrize(("values", "code"), WRONG)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(values, code, staff):
    with pytest.raises(Invalid) as refusal:
        subscribe(staff.desk, by=staff.editor, **{"kind": "overdue", "recipients": [staff.auditor], **values})
    assert refusal.value.code == code
    assert not ReportSubscription.objects.exists()


def test_formats_are_kept_once_each_in_the_order_given(staff, settings):
    settings.FACTCHECK = {"RENDERERS": {"shout": "tests.reports.test_formats.as_shouting"}}
    row = subscribe(
        staff.desk, by=staff.editor, kind="overdue", recipients=[staff.auditor], formats=["csv", "pdf", "csv", "shout"]
    )
    assert row.formats == ["csv", "pdf", "shout"]


def test_a_change_counts_up_the_version_and_stays_in_the_history(digest, staff):
    change_subscription(digest, by=staff.editor, formats=["html", "csv"], cron="0 8 * * 1", version=1)
    digest.refresh_from_db()
    assert (digest.formats, digest.cron, digest.version) == (["html", "csv"], "0 8 * * 1", 2)
    change_subscription(digest, by=staff.editor, recipients=[staff.reviewer])
    digest.refresh_from_db()
    assert (list(digest.recipients.all()), digest.version) == ([staff.reviewer], 3)
    facts = Event.objects.of(digest).filter(action="change").values_list("facts", flat=True)
    assert [row["changed"] for row in facts] == [["cron", "formats"], ["recipients"]]


def test_who_acts_on_an_older_version_is_told_and_changes_nothing(digest, staff):
    change_subscription(digest, by=staff.editor, active=False, version=1)
    with pytest.raises(StaleRevision):
        change_subscription(digest, by=staff.editor, cron="0 9 * * *", recipients=[staff.reviewer], version=1)
    digest.refresh_from_db()
    assert (digest.cron, digest.active, list(digest.recipients.all())) == ("0 7 * * *", False, [staff.auditor])


@pytest.mark.parametrize(("values", "code"), [row for row in WRONG if "kind" not in row[0]])
def test_a_change_is_checked_like_a_new_one(values, code, digest, staff):
    with pytest.raises(Invalid) as refusal:
        change_subscription(digest, by=staff.editor, **values)
    assert refusal.value.code == code
    digest.refresh_from_db()
    assert digest.version == 1


def test_slots_from_before_a_change_of_schedule_are_not_made_up_for_but_files_change_nothing(digest, staff):
    before = digest.looked_at
    change_subscription(digest, by=staff.editor, formats=["csv"])
    digest.refresh_from_db()
    assert digest.looked_at == before
    change_subscription(digest, by=staff.editor, cron="0 6 * * *")
    digest.refresh_from_db()
    assert digest.looked_at > before


def test_only_editors_of_the_desk_may_change_who_gets_what(digest, staff):
    for user in (staff.checker, staff.auditor, staff.outsider, staff.superuser, Staff().editor):
        with pytest.raises(NotAllowed):
            change_subscription(digest, by=user, active=False)
    stranger = Staff().editor
    with pytest.raises(Invalid) as refusal:
        change_subscription(digest, by=staff.editor, recipients=[stranger])
    assert refusal.value.code == "recipient_not_on_desk"


def test_one_may_be_sent_now_besides_the_schedule(staff):
    row = subscribe(staff.desk, by=staff.editor, kind="desk_digest", recipients=[staff.chief_editor])
    first, again = send_now(row, by=staff.editor), send_now(row, by=staff.editor)
    assert first == again, "once a minute"
    do_jobs()
    assert [message.to for message in mail.outbox] == [[staff.chief_editor.email]]
    with pytest.raises(NotAllowed):
        send_now(row, by=staff.auditor)
