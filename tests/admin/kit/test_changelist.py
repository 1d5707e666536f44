"""Lists: narrowed by what stands beside them and nothing else; acts on several as the person saw each of them."""

import pytest
from django.contrib import admin
from django.urls import reverse

from factcheck.admin.claims import ClaimAdmin
from factcheck.models import Claim, Membership, Role
from factcheck.workflow.claims import accept_claim, dismiss_claim
from tests.factories import (
    DeskFactory,
    DocumentFactory,
    JobFactory,
    NotificationFactory,
    RevisionFactory,
    SourceFactory,
    TopicFactory,
)
from tests.stories import Staff, file_text

TEXT = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)
NOUNS = sorted(model._meta.model_name for model in admin.site._registry if model._meta.app_label == "factcheck")
HUGE = "9" * 30


@pytest.fixture
def document(people):
    return file_text(TEXT, desk=people.desk, by=people.editor, title="The flood")


def address(noun):
    return reverse(f"admin:factcheck_{noun}_changelist")


def narrowed(client, noun, query):
    """The list asked for with a query; where that sends the person, too."""
    response = client.get(f"{address(noun)}?{query}", follow=True)
    return response, [row.pk for row in response.context["cl"].result_list]


def several(client, claims, action, **data):
    rows = [f"{row.pk}.{row.version}" for row in claims]
    return client.post(address("claim"), {"action": action, "_selected_action": rows, "index": 0, **data}, follow=True)


@pytest.mark.parametrize(
    "by", ["documents", "documents__exact", "evidence", "evidence__exact", "people_with_access", "pk__gt"]
)
def test_a_list_answers_no_question_about_what_is_hidden(by, client, people):
    hidden = SourceFactory(name="Of a hidden text")
    text = DocumentFactory(desk=Staff().desk, publisher=hidden)
    other = SourceFactory(name="Of none")
    response, rows = narrowed(client, "source", f"{by}={text.pk}")
    assert {hidden.pk, other.pk} <= set(rows), "all of the list, whatever was asked"
    assert response.redirect_chain
    assert "This list cannot be narrowed in that way." in response.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "title__regex=(",
        "text__regex=(a%2B)%2B$",
        f"id__in={HUGE}",
        "id__in=1,x",
        f"desk={HUGE}",
        f"document={HUGE}",
        f"claim={HUGE}",
        f"topic__id__exact={HUGE}",
        "state__exact=%00",
        "record=%00",
        "grade=%00",
        "country=%00",
        "at__gte=0001-01-01",
        "at__gte=abc",
        f"at__year={HUGE}",
        "at__gte=9999-12-31",
        "built_at__gte=2026-99-99",
        "built_at__lt=2026-01-01+99:99",
        f"created_at__year={HUGE}",
        "checkworthiness__gt=1e999",
        "data__x=1",
        "active__exact=x",
        "clear__isnull=2",
        "number=" + HUGE,
        "published_at__gte=9999-12-31T23:59:59-12:00",
        "_to_field=password",
        "q=%00",
        "p=" + HUGE,
        "o=99.1",
        "desk=٣",
        "document=²",
        "document=x",
    ],
)
def test_a_wild_query_breaks_no_list(query, client, document, people):
    client.force_login(people.chief_editor)
    for noun in NOUNS:
        assert client.get(f"{address(noun)}?{query}", follow=True).status_code in (200, 400), noun


@pytest.mark.parametrize("noun", ["document", "report", "source", "measure", "discrepancy", "event", "job", "claim"])
def test_every_link_beside_a_list_narrows_it(noun, client, document, people):
    TopicFactory()
    links = [
        choice["query_string"]
        for spec in client.get(address(noun)).context["cl"].filter_specs
        for choice in spec.choices(client.get(address(noun)).context["cl"])
    ]
    assert links
    for link in links:
        assert client.get(address(noun) + link).status_code == 200, link


@pytest.mark.parametrize(
    "noun", ["job", "membership", "document", "feed", "notification", "report", "reportsubscription", "webhook"]
)
def test_a_list_names_no_desk_but_ones_own(noun, client, people):
    DeskFactory(name="The Zebra unit")
    mine = DeskFactory(name="The second desk")
    Membership.objects.create(user=people.desk_chief, desk=mine, role=Role.DESK_CHIEF)
    client.force_login(people.desk_chief)
    content = client.get(address(noun)).content.decode()
    assert "Zebra" not in content
    assert "The second desk" in content


def test_the_claims_of_one_document_are_listed_by_themselves(client, document, people):
    other = file_text(TEXT.replace("1,200", "7,700"), desk=people.desk, by=people.editor, title="Another")
    _, rows = narrowed(client, "claim", f"document={document.pk}")
    assert set(rows) == set(document.claims.values_list("pk", flat=True))
    hidden = file_text(TEXT, desk=(far := Staff()).desk, by=far.editor, title="Zebra")
    response, rows = narrowed(client, "claim", f"document={hidden.pk}")
    assert "Zebra" not in response.content.decode()
    assert set(other.claims.values_list("pk", flat=True)) <= set(rows)


@pytest.mark.parametrize("chosen", ["abc", "", "\0", "9" * 23, "-1", "0", "1.x", "1." + HUGE, "²", "1,2"])
def test_what_is_no_record_is_not_chosen(chosen, client, document, people):
    for action in ("accept", "dismiss", "assign", "nothing"):
        data = {"action": action, "_selected_action": chosen, "index": "0"}
        assert client.post(address("claim"), data).status_code == 302
    assert set(document.claims.values_list("state", flat=True)) == {"proposed"}


def test_a_claim_that_changed_meanwhile_is_refused_by_itself(client, document, people):
    content = list(document.claims.all())
    other = Claim.objects.get(pk=content[0].pk)
    accept_claim(other, by=people.desk_chief)
    dismiss_claim(other, by=people.desk_chief, note="Not ours.")
    data = several(client, content, "dismiss", confirmed=1, note="Idle.").content.decode()
    assert f"Dismiss: {len(content) - 1} done." in data
    assert "1 refused. This has changed since you opened it." in data


def test_the_page_that_asks_why_keeps_what_was_seen(client, document, people):
    content = list(document.claims.all())
    asked = several(client, content, "dismiss").content.decode()
    for claim in content:
        assert f'value="{claim.pk}.{claim.version}"' in asked
    accept_claim(Claim.objects.get(pk=content[0].pk), by=people.desk_chief)
    assert f'value="{content[0].pk}.{content[0].version}"' in several(client, content, "dismiss").content.decode()


def test_an_act_on_several_that_names_no_version_is_refused(client, document):
    data = {"action": "accept", "_selected_action": document.claims.first().pk, "index": 0}
    assert "it did not say which version you saw" in client.post(address("claim"), data, follow=True).content.decode()
    assert document.claims.first().state == "proposed"


def test_more_than_two_hundred_at_once_are_refused_in_a_sentence(client, document):
    rows = [f"{pk}.1" for pk in range(1, 202)]
    data = {"action": "accept", "_selected_action": rows, "index": 0}
    response = client.post(address("claim"), data, follow=True)
    assert response.status_code == 200
    assert "Choose at most 200 at once. Nothing was done." in response.content.decode()
    assert set(document.claims.values_list("state", flat=True)) == {"proposed"}


def test_only_what_was_chosen_is_acted_on_never_all_pages(client, document, monkeypatch):
    monkeypatch.setattr(ClaimAdmin, "list_per_page", 1)
    first = document.claims.first()
    several(client, [first], "accept", select_across=1)
    assert document.claims.filter(state="open").count() == 1
    assert document.claims.count() > 1
    assert "across all pages" not in client.get(address("claim")).content.decode()


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("editor", {"accept", "dismiss", "assign"}),
        ("desk_chief", {"accept", "dismiss", "assign"}),
        ("chief_editor", {"accept", "dismiss", "assign"}),
        ("checker", set()),
        ("reviewer", set()),
        ("auditor", set()),
    ],
)
def test_a_list_offers_the_acts_that_ones_role_allows(role, offered, client, document, people):
    client.force_login(getattr(people, role))
    form = client.get(address("claim")).context["action_form"]
    page_html = {name for name, _ in form.fields["action"].choices if name} if form else set()
    assert page_html == offered


def test_ones_own_notices_are_put_aside_together(client, people):
    row = NotificationFactory(recipient=people.auditor, desk=people.desk)
    client.force_login(people.auditor)
    client.post(address("notification"), {"action": "read", "_selected_action": row.pk, "index": 0})
    row.refresh_from_db()
    assert row.read_at is not None


def test_the_workbench_tells_of_its_own_work_only(client, people):
    one = DocumentFactory(desk=people.desk, pk=1)
    RevisionFactory(document=one)
    other = DocumentFactory(desk=people.desk, pk=12)
    JobFactory(name="read_document", key=f"document:{other.pk}:5", desk=people.desk, state="due")
    own = JobFactory(name="read_document", key=f"document:{one.pk}:4", desk=people.desk, state="due")
    page_html = client.get(reverse("admin:factcheck_document_change", args=[one.pk]))
    assert page_html.context["jobs"] == [own]
