"""Discrepancies in the admin: both sides beside each other, settled by an editor who wrote neither."""

import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck.models import Carrier, Discrepancy
from factcheck.workflow.claims import accept_claim
from tests.admin.pages import html_of, page
from tests.factories import DeskFactory, DocumentFactory, FigureFactory, TopicFactory
from tests.stories import do_jobs, file_text, person

MINISTRY = "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor."
MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."
ROLES = ("editor", "checker", "reviewer", "desk_chief", "auditor", "chief_editor")


@pytest.fixture
def documents(people):
    topic = TopicFactory(title="The Larkmoor flood")
    texts = (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR))
    return [file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic) for title, text in texts]


@pytest.fixture
def conflict(documents):
    return Discrepancy.objects.get(kind="conflict")


def resolve(client, conflict, **data):
    data = {"resolution": "explained", "note": "They count other districts.", "version": conflict.version, **data}
    return client.post(page(conflict, "resolve"), data)


def test_both_sides_stand_beside_each_other_in_their_sentences(client, conflict):
    page_html = client.get(page(conflict)).content.decode()
    assert conflict.reason in page_html
    assert 'that <mark class="fc-figure">1,200</mark> homes were flooded' in page_html
    assert 'that <mark class="fc-figure">700</mark> homes were flooded' in page_html
    assert "The ministry counts" in page_html
    assert "The mayor counts" in page_html


def test_beside_both_sides_stands_what_may_be_done_about_them(client, people, documents, conflict):
    labels = [button.label for button in client.get(page(conflict)).context["buttons"]]
    assert labels[:3] == ["Resolve", "The same thing", "Not the same thing"]
    assert set(labels[3:]) == {"Correct the reading of 1,200", "Correct the reading of 700"}
    accept_claim(documents[0].claims.get(), by=people.editor)
    labels = [button.label for button in client.get(page(conflict)).context["buttons"]]
    assert "Make a task of 1,200" in labels
    client.force_login(people.auditor)
    assert client.get(page(conflict)).context["buttons"] == []


def test_nobody_is_led_to_correct_what_they_wrote_or_what_is_settled(client, people, documents, conflict):
    documents[1].authors.add(people.editor)
    labels = [button.label for button in client.get(page(conflict)).context["buttons"]]
    assert not [label for label in labels if label.startswith("Correct")], "an author of either side corrects neither"
    documents[1].authors.clear()
    resolve(client, conflict)
    assert not [b.label for b in client.get(page(conflict)).context["buttons"] if b.label.startswith("Correct")]


def test_it_says_which_claims_it_holds_up_and_draws_both_numbers(client, people, documents, conflict):
    for document in documents:
        accept_claim(document.claims.get(), by=people.editor)
    context = client.get(page(conflict)).context
    assert {claim.document for claim in context["blocked"]} == set(documents)
    assert context["chart"].count("fc-chart-bad") == 2


def test_an_editor_settles_it_with_a_reason(client, people, conflict):
    assert resolve(client, conflict).status_code == 302
    conflict.refresh_from_db()
    assert (conflict.state, conflict.resolution, conflict.resolved_by) == ("resolved", "explained", people.editor)
    assert "They count other districts." in client.get(page(conflict)).content.decode()


@pytest.mark.parametrize("role", ["checker", "reviewer", "auditor"])
def test_nobody_else_settles_it(client, people, conflict, role):
    client.force_login(getattr(people, role))
    assert "Resolve" not in client.get(page(conflict)).content.decode()
    assert resolve(client, conflict).status_code == 403
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_an_author_does_not_settle_what_speaks_against_the_own_text(client, people, documents, conflict):
    documents[1].authors.add(people.editor)
    response = resolve(client, conflict)
    assert response.status_code == 403
    assert "An author of the document may not decide this." in response.content.decode()
    assert "They count other districts." in response.content.decode(), "what was typed is still there"


def test_without_a_reason_it_stays_open(client, conflict):
    assert resolve(client, conflict, note=" ").status_code == 422
    assert resolve(client, conflict, resolution="forgotten").status_code == 422
    conflict.refresh_from_db()
    assert conflict.state == "open"


def test_who_saw_an_older_version_is_told_so(client, conflict):
    response = resolve(client, conflict, version=conflict.version + 1)
    assert response.status_code == 409
    assert "This has changed since you opened it." in response.content.decode()


def test_a_desk_that_holds_one_side_only_is_not_shown_the_other(client, people, conflict):
    client.force_login(person("editor", DeskFactory(), is_staff=True))
    assert client.get(page(conflict)).status_code == 404
    assert client.get(reverse("admin:factcheck_discrepancy_changelist")).context["cl"].result_count == 0


def test_the_list_puts_open_ones_first_and_can_be_narrowed(client, people, conflict):
    file_text("On Tuesday 31 bridges were closed, the mayor said.", desk=people.desk, by=people.desk_chief)
    resolve(client, conflict)
    twin = Discrepancy.objects.create(
        measure=conflict.measure, kind="superseded", a_key="a", b_key="b", reason="One replaces the other."
    )
    for side in conflict.stored_sides.all():
        twin.stored_sides.create(observation=side.observation, side=side.side)
    address = reverse("admin:factcheck_discrepancy_changelist")
    rows = [row.pk for row in client.get(address).context["cl"].result_list]
    assert rows.index(twin.pk) < rows.index(conflict.pk), "the open one comes first, although its kind is milder"
    rows = client.get(address, {"kind__exact": "conflict", "state__exact": "resolved"}).context["cl"].result_list
    assert [row.pk for row in rows] == [conflict.pk]


@pytest.fixture
def three(people, conflict):
    """Three more parties who say otherwise: ten pairs, one dispute."""
    topic = conflict.measure.topic
    for who, homes in (("The farmers' union", 800), ("A bishop", 950), ("Police", 990)):
        text = f"{who} said on Tuesday that {homes} homes were flooded in Larkmoor."
        file_text(text, desk=people.desk, by=people.desk_chief, topic=topic, title=f"What {who} says")
    do_jobs()
    assert Discrepancy.objects.filter(kind="conflict").count() == 10
    return Discrepancy.objects.filter(kind="conflict").leading().get()


def test_a_dispute_is_one_line_of_the_list_with_how_many_more_statements_there_are(client, three):
    response = client.get(reverse("admin:factcheck_discrepancy_changelist"), {"kind__exact": "conflict"})
    assert [row.pk for row in response.context["cl"].result_list] == [three.pk]
    assert f"{three.reason} (and 3 more statements of it)" in html.unescape(response.content.decode())


def test_the_page_shows_two_side_by_side_and_under_them_the_others_by_who_says_them(client, three):
    response = client.get(page(three))
    assert [len(side) for side in response.context["sides"]] == [1, 1]
    speakers = [says for says, _ in response.context["others"]]
    assert len(speakers) == 3
    assert speakers == sorted(speakers, key=str.casefold)
    content = html.unescape(html_of(response))
    for says, ((statement, as_of),) in response.context["others"]:
        assert says in content
        assert str(statement.first) in content
        assert as_of in content
    assert content.count("conflict</span> <a") == 9, "every other pair is reachable"


def test_another_pair_of_it_leads_to_the_most_telling_one(client, three):
    other = Discrepancy.objects.filter(kind="conflict").exclude(pk=three.pk).first()
    content = client.get(page(other)).content.decode()
    assert "The most telling one is" in content
    assert f'href="{page(three)}"' in content


def test_the_form_settles_the_pairs_that_were_there_when_it_was_opened(client, people, three):
    newest = client.get(page(three, "resolve")).context["form"]["newest"].value()
    assert newest == Discrepancy.objects.filter(kind="conflict").latest("pk").pk
    file_text(
        "The mill said on Tuesday that 600 homes were flooded in Larkmoor.",
        desk=people.desk,
        by=people.desk_chief,
        topic=three.measure.topic,
    )
    do_jobs()
    assert resolve(client, three, newest=newest).status_code == 302
    rows = Discrepancy.objects.filter(kind="conflict")
    assert set(rows.filter(pk__lte=newest).values_list("state", flat=True)) == {"resolved"}
    assert set(rows.filter(pk__gt=newest).values_list("state", flat=True)) == {"open"}


def test_so_does_the_form_for_many(client, people, three):
    address = reverse("admin:factcheck_discrepancy_changelist")
    data = {"action": "resolve", "_selected_action": f"{three.pk}.{three.version}", "index": 0}
    newest = client.post(address, data).context["form"]["newest"].value()
    file_text(
        "The mill said on Tuesday that 600 homes were flooded in Larkmoor.",
        desk=people.desk,
        by=people.desk_chief,
        topic=three.measure.topic,
    )
    do_jobs()
    data |= {"confirmed": 1, "resolution": "explained", "note": "They count other districts.", "newest": newest}
    client.post(address, data)
    rows = Discrepancy.objects.filter(kind="conflict")
    assert set(rows.filter(pk__lte=newest).values_list("state", flat=True)) == {"resolved"}
    assert set(rows.filter(pk__gt=newest).values_list("state", flat=True)) == {"open"}


@pytest.mark.parametrize("where", ["desk", "workbench", "topic", "measure"])
def test_every_page_tells_a_dispute_once(where, client, documents, three):
    address = {
        "desk": reverse("admin:factcheck_dashboard"),
        "workbench": page(documents[0]),
        "topic": page(three.measure.topic),
        "measure": page(three.measure),
    }[where]
    response = client.get(address)
    disputes = response.context["disputes" if where == "desk" else "discrepancies"]
    assert [(row.leading.kind, row.more) for row in disputes if row.leading.kind == "conflict"] == [("conflict", 3)]
    content = html_of(response)
    told = "against </span>" if where == "desk" else '<span class="fc-badge fc-conflict">conflict</span>'
    assert content.count(told) == 1
    assert "3 more statements" in content


def copied(conflict, desk, count) -> None:
    """Further documents that carry the first side."""
    side = conflict.stored_sides.filter(side="a").get()
    for _ in range(count):
        figure = FigureFactory(document=DocumentFactory(desk=desk), measure=conflict.measure)
        Carrier.objects.create(observation=side.observation, figure=figure)


def test_of_many_that_carry_a_side_twenty_are_shown_and_the_others_on_request(client, people, conflict):
    counts = []
    for more in (1, 2, 30):
        copied(conflict, people.desk, more)
        with CaptureQueriesContext(connection) as asked:
            context = client.get(page(conflict)).context
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]
    assert [len(side) for side in context["sides"]] == [20, 1]
    assert "And 14 more." in client.get(page(conflict)).content.decode()
    assert [len(side) for side in client.get(page(conflict) + "?carriers=all").context["sides"]] == [34, 1]
