"""Whoever reads Ukrainian finds no English on a page but what the copy says; an English reader finds what they found."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from factcheck.models import Desk, Discrepancy, Event, Figure, Job, Measure, Notification, Source
from factcheck.reports.deliver import build_document_report
from factcheck.workflow.claims import accept_claim
from factcheck.workflow.preferences import choose_preferences
from factcheck.workflow.verification import assign_claim
from tests.admin.pages import page
from tests.factories import TopicFactory
from tests.stories import bring_to, file_text, registered

MINISTRY = (
    "The ministry of Sarvenna said on Tuesday that 1,200 homes were flooded in Larkmoor.\n\n"
    "About 40 farms were cut off, the mayor said."
)
MAYOR = "The mayor of Larkmoor said on Tuesday that 700 homes were flooded in Larkmoor."
TECHNICAL = {
    "SHA", "UTC", "JSON", "PDF", "CSV", "XLSX", "RSS", "Atom", "Esc", "Ctrl", "ClaimReview", "Excel", "HTML", "HMAC",
    "Markdown", "Word", "ODT", "RTF", "cron", "EET", "EEST", "example", "org", "text", "plain", "http", "https", "English", "Newsroom",
    "Search", "crosscheck",  # what Django has in English, and the name of a job as it is filtered by
}  # fmt: skip
"""Names of formats and keys, which are the same in every language."""
SIDE = {"script", "style", "title", "option"}


class Visible(HTMLParser):
    """What a person reads on a page, or hears of it."""

    def __init__(self):
        super().__init__()
        self.words, self.inside = [], []

    def handle_starttag(self, tag, attrs):
        if tag in SIDE:
            self.inside.append(tag)
        known = dict(attrs)
        self.words += [known.get(name) or "" for name in ("aria-label", "placeholder", "alt")]
        if tag == "a" and "title" in known:
            self.words.append(known["title"])

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.words.append(data)


def visible(html):
    parser = Visible()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())


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


def said_by_others(people):
    """Every word that is not the app's: of texts, titles, names, and what the engine found out, which is English."""
    words = [MINISTRY, MAYOR, "The ministry counts The mayor counts The Larkmoor flood larkmoor They confirmed it."]
    words += [user.get_username() for user in get_user_model().objects.all()]
    words += list(Desk.objects.values_list("name", flat=True))
    words += list(Source.objects.values_list("name", flat=True))
    words += list(Discrepancy.objects.values_list("reason", flat=True))
    words += [note for row in Discrepancy.objects.all() for note in [*row.notes, row.why_one]]
    words += [str(row.key) for row in Measure.objects.all()] + [str(row) for row in Measure.objects.all()]
    return {word.casefold() for word in re.findall(r"[A-Za-z]+", " ".join(words))}


def english_in(html, people):
    known = said_by_others(people) | {word.casefold() for word in TECHNICAL}
    text = re.sub(
        r"\b[\w./-]*\.[\w/-]+\b|\b[0-9a-f]{12,}\b|[\w]+/[\w]+|\w+…|\b\w+_\w+|\w+ \w+:\d+|\w+:\d+", " ", visible(html)
    )
    found = re.finditer(r"[A-Za-z]{3,}", text)
    return [text[max(0, one.start() - 25) : one.end() + 25] for one in found if one[0].casefold() not in known]


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
        wrong += [f"{address}: {words}" for words in english_in(response.content.decode(), people)]
    assert not wrong, "\n".join(wrong)
