"""A person is erased: nothing names them any more, they reach nothing, and what they decided stays and verifies."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models

from factcheck.api.authentication import create_token
from factcheck.errors import Invalid, NotAllowed, WrongState
from factcheck.jobs.keys import job_key
from factcheck.jobs.names import JobName
from factcheck.jobs.queue import enqueue
from factcheck.models import (
    ErasedPerson,
    Event,
    Job,
    Membership,
    NoticeChoice,
    Notification,
    ReportDelivery,
    ReportSubscription,
    Role,
    SignOff,
    TokenGrant,
)
from factcheck.reports.deliver import altered_reports, build_desk_report
from factcheck.reports.subscriptions import subscribe
from factcheck.smtp import MAY_HAVE_ARRIVED
from factcheck.workflow.erased_people import erase_person, nameless_values, what_remains
from factcheck.workflow.history_checks import verify_history
from factcheck.workflow.verification import assign_claim
from tests.factories import PASSWORD, UserFactory
from tests.stories import Staff, bring_to, file_text, person

pytestmark = pytest.mark.django_db

WHY = "they left and asked for it"


@pytest.fixture
def ann(staff: Staff):
    """A reviewer who signed off a claim, gets reports and notices, and has every trace a person leaves."""
    staff.reviewer = ann = person(Role.REVIEWER, staff.desk, username="ann", first_name="Ann", last_name="Holm")
    ann.email = "ann@desk.example"
    ann.groups.add(Group.objects.create(name="Night shift"))
    ann.save()
    story = file_text("The council of Torvik said 40 homes were flooded.", desk=staff.desk, by=staff.editor)
    bring_to(story.claims.first(), "signed_off", staff)
    create_token(ann, name="Ann's laptop")
    report = build_desk_report(staff.desk, "overdue", by=staff.desk_chief)
    ReportDelivery.objects.create(report=report, recipient=ann, refused="550 no such box: ann@desk.example")
    subscribe(staff.desk, by=staff.editor, kind="overdue", recipients=[ann])
    subscribe(staff.desk, by=staff.editor, kind="conflicts", recipients=[ann, staff.editor])
    notice = {"desk": staff.desk, "kind": "cleared", "record": "document", "record_id": story.pk}
    Notification.objects.create(recipient=ann, key="1", text="It is clear.", mail_refused="ann@desk.example", **notice)
    NoticeChoice.objects.create(user=ann, kind="cleared", mail=False)
    job = enqueue(JobName.SEND_NOTICES, job_key(ann), {"recipient": ann.pk})
    Job.objects.filter(pk=job.pk).update(error="refused: ann@desk.example")
    users = ContentType.objects.get_for_model(ann)
    LogEntry.objects.create(
        user=staff.superuser, content_type=users, object_id=ann.pk, object_repr="ann", action_flag=CHANGE
    )
    return ann


def rows_that_say(words: str) -> set[str]:
    """The tables of which a column of words or of JSON holds these words."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                lookup = {f"{field.name}__icontains": words}
                found |= (
                    {f"{model._meta.model_name}.{field.name}"} if model.objects.filter(**lookup).exists() else set()
                )
    return found


def test_nothing_in_the_database_names_an_erased_person(ann, staff):
    assert rows_that_say("ann@desk.example") > {"user.email", "notification.mail_refused", "job.error"}
    erased = erase_person(ann, by=staff.chief_editor, note=WHY)
    for word in ("ann@desk.example", "Holm", "Ann's laptop"):
        assert rows_that_say(word) == set()
    ann.refresh_from_db()
    assert (ann.username, ann.get_full_name(), ann.email, ann.last_login) == (str(erased), "", "", None)
    assert LogEntry.objects.get().object_repr == str(erased) == f"erased-{erased.pk}"


def test_an_erased_person_reaches_nothing(ann, staff, client):
    client.force_login(ann)
    erase_person(ann, by=staff.chief_editor, note=WHY)
    ann.refresh_from_db()
    assert not ann.is_active
    assert not ann.has_usable_password()
    assert not client.login(username=ann.username, password=PASSWORD)
    assert "_auth_user_id" not in client.session
    assert not Membership.objects.filter(user=ann).exists()
    assert not TokenGrant.objects.exists()
    assert not ann.auth_token_set.exists()
    assert not ann.groups.exists()


def test_no_report_and_no_notice_goes_to_an_erased_person(ann, staff):
    erase_person(ann, by=staff.chief_editor, note=WHY)
    alone, shared = ReportSubscription.objects.order_by("pk")
    assert (alone.active, list(alone.recipients.all())) == (False, [])
    assert (shared.active, list(shared.recipients.all())) == (True, [staff.editor])
    assert not Notification.objects.filter(recipient=ann).exists()
    assert not NoticeChoice.objects.filter(user=ann).exists()


def test_a_mail_that_may_have_arrived_keeps_that_it_may(ann, staff):
    ReportDelivery.objects.update(refused=f"broke off; {MAY_HAVE_ARRIVED}")
    erase_person(ann, by=staff.chief_editor, note=WHY)
    assert ReportDelivery.objects.get().refused == f"broke off; {MAY_HAVE_ARRIVED}"


def test_what_the_person_decided_stays_and_the_history_verifies(ann, staff):
    before = list(Event.objects.order_by("pk").values_list("digest", flat=True))
    erased = erase_person(ann, by=staff.chief_editor, note=WHY)
    assert list(Event.objects.order_by("pk").values_list("digest", flat=True))[: len(before)] == before
    assert [*verify_history(), *altered_reports()] == []
    assert SignOff.objects.get().by == ann
    event = Event.objects.of(erased).get()
    assert (event.action, event.actor, event.note.text) == ("erase", staff.chief_editor, WHY)
    assert event.facts == {"roles": 1, "tokens": 1, "sessions": 0, "subscriptions": 2, "notices": 1}
    removed = Event.objects.get(record="membership", action="remove")
    assert (removed.actor, removed.facts["user"]) == (staff.chief_editor, ann.pk)


def test_every_chief_editor_sees_who_erased_whom_and_why_and_nobody_else_does(ann, staff, client):
    event = Event.objects.of(erase_person(ann, by=staff.chief_editor, note=WHY)).get()
    another = person(Role.CHIEF_EDITOR, is_staff=True)
    assert event in Event.objects.visible_to(another)
    for role in ("editor", "desk_chief", "auditor", "service", "outsider", "superuser"):
        assert event not in Event.objects.visible_to(getattr(staff, role)), role
    client.force_login(another)
    page = client.get("/admin/factcheck/event/?record=erased_person").content.decode()
    assert WHY in page
    assert f"erased person {event.record_id}" in page


@pytest.mark.parametrize("role", ["editor", "desk_chief", "auditor", "service", "outsider", "superuser"])
def test_nobody_but_a_chief_editor_erases(ann, staff, role):
    with pytest.raises(NotAllowed):
        erase_person(ann, by=getattr(staff, role), note=WHY)
    assert not ErasedPerson.objects.exists()


def test_nobody_erases_themselves(staff):
    person(Role.CHIEF_EDITOR)
    with pytest.raises(NotAllowed) as refusal:
        erase_person(staff.chief_editor, by=staff.chief_editor, note=WHY)
    assert refusal.value.code == "own_account"


def test_the_only_chief_of_a_desk_is_not_erased_and_nothing_is_half_done(staff):
    chief = staff.desk_chief
    Membership.objects.create(user=chief, desk=staff.desk, role=Role.EDITOR)
    with pytest.raises(WrongState) as refusal:
        erase_person(chief, by=staff.chief_editor, note=WHY)
    assert refusal.value.code == "last_chief"
    assert Membership.objects.filter(user=chief).count() == 2
    assert not ErasedPerson.objects.exists()


def test_a_person_is_erased_once(ann, staff):
    erase_person(ann, by=staff.chief_editor, note=WHY)
    with pytest.raises(WrongState) as refusal:
        erase_person(ann, by=staff.chief_editor, note=WHY)
    assert refusal.value.code == "erased_already"


@pytest.mark.parametrize("note", ["", "  ", "a\x00b"])
def test_an_erasing_has_a_reason(ann, staff, note):
    with pytest.raises(Invalid):
        erase_person(ann, by=staff.chief_editor, note=note)


def test_a_pseudonym_that_somebody_else_has_is_said_and_nothing_is_half_done(ann, staff):
    last = ErasedPerson.objects.create(user=UserFactory())
    UserFactory(username=f"erased-{last.pk + 1}")
    with pytest.raises(WrongState, match=f"erased-{last.pk + 1}"):
        erase_person(ann, by=staff.chief_editor, note=WHY)
    assert get_user_model().objects.filter(username="ann", is_active=True).exists()
    assert Membership.objects.filter(user=ann).exists()


def test_what_somebody_must_still_do_is_said(ann, staff):
    story = file_text("The mill of Velmora lost 12 horses.", desk=staff.desk, by=staff.editor)
    claim = bring_to(story.claims.first(), "open", staff)
    assign_claim(claim, by=staff.editor, assignee=staff.checker)
    assert "1 piece of checking work" in what_remains(staff.checker)[-1]
    assert "date_joined" in what_remains(ann)[-1]


class Colleague(AbstractBaseUser):
    """A user model as another newsroom has it: a UUID for a key, e-mail for a log-in, columns of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    address = models.EmailField(unique=True)
    telephone = models.CharField(max_length=30)
    born = models.DateField(null=True)
    badge = models.CharField(max_length=20, unique=True, null=True)
    shift = models.CharField(max_length=5, choices=[("day", "day"), ("night", "night")], default="day")
    hired = models.DateField()
    USERNAME_FIELD = EMAIL_FIELD = "address"

    class Meta:
        app_label = "elsewhere"
        managed = False


def test_what_names_somebody_goes_from_a_user_model_of_another_shape():
    became = {field.name: value for field, value in nameless_values(Colleague, "erased-7").items()}
    assert became == {
        "address": "erased-7@erased.invalid",
        "telephone": "",
        "born": None,
        "badge": "erased-7",
        "last_login": None,
    }
