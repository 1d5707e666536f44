"""A desk in the admin: its chief gives and takes roles, sets the policy, keeps feeds and webhooks."""

import re

import pytest
from django.urls import reverse

from factcheck.models import Desk, Event, Feed, Job, Membership, Policy, Webhook
from tests.factories import DeskFactory, FeedFactory, UserFactory
from tests.stories import person

ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")
POLICY = {"eyes": "two", "threshold": "0.6", "minimum_origins": "3", "reliability_floor": "B", "version": "1"}
PUBLIC = "https://93.184.216.34/hook"


@pytest.fixture
def people(staff, client):
    for role in ROLES:
        getattr(staff, role).is_staff = True
        getattr(staff, role).save()
    client.force_login(staff.desk_chief)
    return staff


def page(record, action=""):
    name = f"admin:factcheck_{record._meta.model_name}_{'action' if action else 'change'}"
    return reverse(name, args=[record.pk, action] if action else [record.pk])


def do(client, record, action, **said):
    return client.post(page(record, action), {"version": getattr(record, "version", ""), **said})


def test_a_chief_gives_a_role_and_takes_it_away(client, people):
    newcomer = UserFactory()
    assert do(client, people.desk, "add_member", user=newcomer.username, role="checker").status_code == 302
    membership = Membership.objects.get(user=newcomer, role="checker", desk=people.desk)
    assert newcomer.username in client.get(page(people.desk)).content.decode()
    answer = do(client, membership, "remove")
    assert answer["Location"] == page(people.desk)
    assert not Membership.objects.filter(user=newcomer).exists()
    assert list(Event.objects.filter(record="membership").values_list("action", flat=True)) == ["add", "remove"]


def test_the_last_chief_stays(client, people):
    own = Membership.objects.get(user=people.desk_chief)
    answer = do(client, own, "remove")
    assert answer.status_code == 409
    assert "A desk keeps at least one chief" in answer.content.decode()


@pytest.mark.parametrize("said", [{"user": "nobody-of-this-name"}, {"role": "chief_editor"}, {"role": "king"}])
def test_a_role_that_cannot_be_given_is_refused_in_words(client, people, said):
    before = Membership.objects.count()
    answer = do(client, people.desk, "add_member", **{"user": people.outsider.username, "role": "editor", **said})
    assert answer.status_code in (409, 422)
    assert "errornote" in answer.content.decode()
    assert Membership.objects.count() == before


@pytest.mark.parametrize("role", ["editor", "checker", "reviewer", "auditor"])
def test_nobody_else_arranges_the_desk(client, people, role):
    client.force_login(getattr(people, role))
    before = Membership.objects.count()
    assert not client.get(page(people.desk)).context["buttons"]
    for user in (people.outsider.username, "nobody-of-this-name"):
        answer = do(client, people.desk, "add_member", user=user, role="editor")
        assert answer.status_code == 403, "and who logs in here is not told to everybody"
    assert do(client, Membership.objects.get(user=people.checker), "remove").status_code == 403
    assert client.post(page(people.desk, "set_policy"), POLICY).status_code == 403
    assert Membership.objects.count() == before
    assert not Policy.objects.exists()


def test_a_chief_sets_the_policy_and_an_older_version_is_refused(client, people):
    assert "these are the defaults" in client.get(page(people.desk)).content.decode()
    assert client.post(page(people.desk, "set_policy"), POLICY).status_code == 302
    policy = Policy.objects.get(desk=people.desk)
    assert (policy.eyes, policy.threshold, policy.minimum_origins, policy.reliability_floor) == ("two", 0.6, 3, "B")
    answer = client.post(page(people.desk, "set_policy"), {**POLICY, "eyes": "three"})
    assert answer.status_code == 409
    assert "This has changed since you opened it." in answer.content.decode()
    policy.refresh_from_db()
    assert policy.eyes == "two"


@pytest.mark.parametrize("wrong", [{"threshold": "nan"}, {"threshold": "2"}, {"minimum_origins": "0"}, {"eyes": "one"}])
def test_a_policy_outside_its_range_is_refused(client, people, wrong):
    assert client.post(page(people.desk, "set_policy"), {**POLICY, **wrong}).status_code == 422
    assert not Policy.objects.exists()


def test_a_chief_editor_founds_a_desk_and_a_chief_does_not(client, people):
    said = {"name": "Foreign desk", "slug": "foreign"}
    assert client.post(reverse("admin:factcheck_desk_add"), said).status_code == 403
    client.force_login(people.chief_editor)
    assert client.post(reverse("admin:factcheck_desk_add"), said).status_code == 302
    assert Desk.objects.get(slug="foreign").name == "Foreign desk"
    assert "Another desk has this slug." in client.post(reverse("admin:factcheck_desk_add"), said).content.decode()


def test_a_chief_keeps_a_feed_and_an_editor_has_it_looked_at(client, people):
    said = {"desk": people.desk.pk, "url": "https://feeds.example.org/world.xml", "minutes": 30}
    assert client.post(reverse("admin:factcheck_feed_add"), said).status_code == 302
    feed = Feed.objects.get()
    assert do(client, feed, "change", minutes=60, active="on").status_code == 302
    feed.refresh_from_db()
    assert (feed.minutes, feed.active) == (60, True)
    client.force_login(people.editor)
    answer = do(client, feed, "poll")
    assert answer["Location"] == page(Job.objects.get(name="poll_feed"))
    assert do(client, feed, "change", minutes=1).status_code == 403


@pytest.mark.parametrize(
    "said",
    [{}, {"url": "https://a.example/x", "folder": "x"}, {"url": "ftp://feeds.example.org/x"}, {"folder": "../etc"}],
)
def test_a_feed_that_leads_nowhere_is_refused_in_words(client, people, said):
    answer = client.post(reverse("admin:factcheck_feed_add"), {"desk": people.desk.pk, "minutes": 15, **said})
    assert answer.status_code == 409
    assert not Feed.objects.exists()


def test_a_feed_shows_what_it_brought_and_what_went_wrong(client, people):
    feed = FeedFactory(desk=people.desk, error="The address answered 503.")
    feed.items.create(guid="a", title="Sports results", error="The page has no text.")
    shown = client.get(page(feed)).content.decode()
    assert "The address answered 503." in shown
    assert "The page has no text." in shown


def test_the_secret_of_a_webhook_is_shown_once(client, people):
    said = {"desk": people.desk.pk, "url": PUBLIC, "events": ["claim_stale"]}
    answer = client.post(reverse("admin:factcheck_webhook_add"), said)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(r'id="fc-secret" value="([^"]{20,})"', answer.content.decode())[1]
    hook = Webhook.objects.get()
    assert secret not in client.get(page(hook)).content.decode()
    renewed = do(client, hook, "change", url=PUBLIC, events=["claim_stale"], active="on", renew_secret="on")
    assert 'id="fc-secret"' in renewed.content.decode()
    assert secret not in renewed.content.decode()
    hook.refresh_from_db()
    quiet = do(client, hook, "change", url=PUBLIC, events=["document_published"])
    assert quiet.status_code == 302
    hook.refresh_from_db()
    assert (hook.events, hook.active) == (["document_published"], False)


def test_a_webhook_into_the_house_is_refused(client, people):
    said = {"desk": people.desk.pk, "url": "http://127.0.0.1/hook", "events": ["claim_stale"]}
    assert client.post(reverse("admin:factcheck_webhook_add"), said).status_code == 409
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("role", ["editor", "checker", "auditor"])
@pytest.mark.parametrize("noun", ["feed", "webhook"])
def test_nobody_else_is_led_to_the_forms(client, people, noun, role):
    client.force_login(getattr(people, role))
    assert client.get(reverse(f"admin:factcheck_{noun}_add")).status_code == 403
    assert "New feed" not in client.get(page(people.desk)).content.decode()


@pytest.mark.parametrize("role", ["checker", "chief_editor"])
def test_the_list_counts_everybody_who_works_on_the_desk(client, people, role):
    client.force_login(getattr(people, role))
    Membership.objects.create(user=people.checker, desk=people.desk, role="reviewer")
    rows = client.get(reverse("admin:factcheck_desk_changelist")).context["cl"].result_list
    assert [row.held for row in rows] == [6], "each person once"


def test_another_desk_has_its_own_page(client, people):
    other = DeskFactory()
    assert client.get(page(other)).status_code == 404
    client.force_login(person("desk_chief", other, is_staff=True))
    assert client.get(page(people.desk)).status_code == 404
