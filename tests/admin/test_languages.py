"""Whoever reads Ukrainian finds no English on a page but what the copy says; an English reader finds what they found."""

import re
from datetime import UTC, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from factcheck.models import Discrepancy, Event, Figure, Job, Measure, Notification, Source
from factcheck.reports.deliver import build_document_report
from factcheck.workflow.claims import accept_claim
from factcheck.workflow.preferences import choose_preferences
from factcheck.workflow.verification import assign_claim
from tests.admin.pages import html_of, page
from tests.factories import TopicFactory
from tests.reading import english_in
from tests.stories import bring_to, file_text, registered

MINISTRY = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)
MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."
COPY = (
    MINISTRY,
    MAYOR,
    "The ministry counts The mayor counts The Larkmoor flood larkmoor They confirmed it.",
)


@pytest.fixture
def stories(people):
    for user in get_user_model().objects.all():
        choose_preferences(by=user, language="uk", zone="Europe/Kyiv")
    registered("Ministry of Sarvenna", domains=("sarvenna.example",))
    topic = TopicFactory(title="The Larkmoor flood", slug="larkmoor-flood")
    rows = [
        file_text(text, desk=people.desk, by=people.desk_chief, title=title, topic=topic)
        for title, text in (("The ministry counts", MINISTRY), ("The mayor counts", MAYOR))
    ]
    first, second = rows[0].claims.order_by("-checkworthiness", "pk")
    bring_to(first, "in_review", people)
    accept_claim(second, by=people.editor)
    assign_claim(second, people.checker, by=people.editor, due_at=timezone.now() + timedelta(hours=3))
    return rows


def admin(name, *args):
    return reverse(f"admin:factcheck_{name}", args=args)


LISTS = (
    "document", "claim", "figure", "measure", "discrepancy", "source", "evidence", "verificationtask", "report",
    "reportsubscription", "notification", "desk", "topic", "job", "event", "feed", "webhook", "membership", "judgement",
    "crosscheck", "verdict", "publication", "policy", "revision",
)  # fmt: skip
FORMS = ("document", "source", "topic", "report", "reportsubscription", "crosscheck", "feed", "webhook")


def addresses(people, stories):
    story = stories[0]
    first, second = story.claims.order_by("-checkworthiness", "pk")
    yield people.editor, admin("dashboard")
    yield people.editor, page(story)
    yield people.editor, page(first)
    yield people.editor, page(Discrepancy.objects.get(kind="conflict"))
    yield people.editor, page(Measure.objects.order_by("-pk")[0])
    yield people.editor, page(Figure.objects.order_by("pk")[0])
    yield people.editor, admin("figure_card", Figure.objects.order_by("pk")[0].pk)
    yield people.editor, page(story.topic)
    yield people.editor, page(Source.objects.all()[0])
    yield people.editor, admin("preferences")
    yield people.editor, admin("notices_choices")
    yield people.editor, admin("document_history", story.pk)
    yield people.reviewer, admin("review", first.pk)
    yield people.reviewer, admin("dashboard")
    yield people.checker, admin("check", second.verification_tasks.get().pk)
    yield people.checker, page(second.verification_tasks.get())
    yield people.checker, page(Notification.objects.filter(recipient=people.checker)[0])
    yield people.desk_chief, page(people.desk)
    yield people.desk_chief, page(Event.objects.order_by("pk")[0])
    yield people.desk_chief, page(Job.objects.order_by("pk")[0])
    for name in LISTS:
        yield people.desk_chief, admin(f"{name}_changelist")
    for name in FORMS:
        yield people.desk_chief, admin(f"{name}_add")
    for record, actions in (
        (story, ("publish", "waive", "revise", "set_topic", "update_metadata", "add_claim", "dismiss_idle", "erase")),
        (second, ("assign", "dismiss", "split", "waive", "record_evidence", "submit")),
        (first, ("sign_off", "return")),
        (Discrepancy.objects.get(kind="conflict"), ("resolve", "same", "not_same")),
        (Figure.objects.order_by("pk")[0], ("dismiss", "correct_reading", "link")),
        (people.desk, ("add_member", "set_policy")),
    ):
        for action in actions:
            yield people.desk_chief, page(record, action)


def test_a_ukrainian_reader_finds_no_english_word_of_the_app_on_any_page(client, people, stories):
    build_document_report(stories[0], by=people.editor)
    wrong = []
    for user, address in addresses(people, stories):
        client.force_login(user)
        response = client.get(address)
        if response.status_code == 302:
            continue
        assert response.status_code == 200, address
        wrong += [f"{address}: {words}" for words in english_in(response.content.decode(), *COPY)]
    assert not wrong, "\n".join(wrong)


def test_a_person_chooses_a_language_and_a_time_zone_and_the_next_page_has_both(client, people, stories):
    choose_preferences(by=people.editor, language="", zone="")
    assert "Your next thing" in html_of(client.get(admin("dashboard")))
    response = client.post(admin("preferences"), {"language": "uk", "zone": "Europe/Kyiv"}, follow=True)
    assert "Вашу мову й часовий пояс збережено." in html_of(response)
    home = client.get(admin("dashboard"))
    assert "Ваша наступна справа" in html_of(home)
    assert home["Content-Language"] == "uk"
    client.post(admin("preferences"), {"language": "en", "zone": ""})
    assert "Your next thing" in html_of(client.get(admin("dashboard"), headers={"accept-language": "uk"}))


def test_whoever_chose_nothing_is_answered_as_their_browser_asks(client, people):
    choose_preferences(by=people.editor, language="", zone="")
    assert "Ваша наступна справа" in html_of(client.get(admin("dashboard"), headers={"accept-language": "uk"}))
    assert "Your next thing" in html_of(client.get(admin("dashboard"), headers={"accept-language": "fr"}))


def test_a_language_or_a_zone_that_is_not_offered_is_refused_beside_its_field(client, people):
    assert client.post(admin("preferences"), {"language": "xx", "zone": ""}).status_code == 422
    assert client.post(admin("preferences"), {"language": "", "zone": "Here/There"}).status_code == 422


def test_a_deadline_is_entered_and_shown_on_the_clock_of_whoever_enters_it(client, people, stories):
    task = stories[0].claims.order_by("-checkworthiness", "pk")[1].verification_tasks.get()
    due = (timezone.now() + timedelta(days=30)).replace(month=1, day=15, hour=10, minute=0, second=0, microsecond=0)
    due = due.replace(year=timezone.now().year + 1)
    form = client.get(page(task, "reschedule"))
    assert "За часом Europe/Kyiv." in html_of(form)
    client.post(page(task, "reschedule"), {"due_at": f"{due:%Y-%m-%dT12:00}", "version": task.version})
    task.refresh_from_db()
    assert (task.due_at.astimezone(UTC).month, task.due_at.astimezone(UTC).hour) == (1, 10)
    assert "15 січня" in html_of(client.get(page(task)))
    assert "12:00 EET" in html_of(client.get(page(task)))
    told = Notification.objects.filter(recipient=people.checker).order_by("-pk")[0]
    assert f"{due:%Y}-01-15 10:00 UTC" in told.text, "what is stored is in UTC"


def test_an_action_asked_for_in_ukrainian_leaves_english_in_the_history_and_is_refused_in_ukrainian(
    client, people, stories
):
    claim = stories[1].claims.order_by("pk")[0]
    response = client.post(page(claim, "dismiss"), {"note": "", "version": claim.version})
    assert response.status_code == 422
    client.post(page(claim, "accept"), {"version": claim.version})
    response = client.post(page(claim, "accept"), {"version": claim.version})
    assert "This has changed since you opened it." not in html_of(response)
    assert re.search("Це змінилося, відколи ви його відкрили.|неможлива", html_of(response))
    event = Event.objects.of(claim).order_by("-pk")[0]
    assert (event.action, event.to_state) == ("accept", "open")


def test_the_api_answers_programs_in_english_whoever_asks(client, people, stories):
    documents = client.get("/factcheck/api/v1/documents/", headers={"accept-language": "uk"})
    assert documents["Content-Language"] == "en"
    assert all(row["created_at"].endswith("Z") for row in documents.json()["results"])
    refused = client.get("/factcheck/api/v1/documents/999999/", headers={"accept-language": "uk"})
    assert not re.search("[\u0400-\u04ff]", refused.content.decode())


def test_numbers_that_were_read_are_in_the_readers_form_and_those_of_the_copy_are_not(client, people, stories):
    figure = Figure.objects.get(surface="1,200")
    content = html_of(client.get(page(figure))).replace("\xa0", " ")
    assert "1 200" in content
    assert "that 1,200 homes" in re.sub("<[^>]+>", "", content)


def test_what_a_scripts_says_is_in_the_head_of_the_page_for_a_ukrainian_and_nothing_for_an_english_reader(
    client, people
):
    choose_preferences(by=people.editor, language="uk", zone="")
    assert "Спершу виділіть слова в тексті." in client.get(admin("dashboard")).content.decode()
    choose_preferences(by=people.editor, language="en", zone="")
    assert '<meta name="fc-words" content="{}">' in client.get(admin("dashboard")).content.decode()


def test_the_same_page_takes_one_query_more_for_what_the_person_chose(client, people, stories):
    address = admin("preferences")
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    asked = [row for row in queries if "factcheck_preferences" in row["sql"]]
    assert len(asked) <= 2, "the middleware asks once, and the form of this page once more"


def test_how_many_a_list_holds_is_said_without_a_plural_that_does_not_fit(client, people, stories):
    client.force_login(people.editor)
    assert "документи: 2" in html_of(client.get(admin("document_changelist")))
