"""The catalogue is whole, plurals are right, mails and reports are in their reader's language, and nothing stored is."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import ngettext
from pypdf import PdfReader

from factcheck.language import OPEN, made_from, moment_words, number_said, sentences, told
from factcheck.mailing import mail_notices
from factcheck.models import (
    Discrepancy,
    Event,
    Job,
    Notification,
    Preferences,
    Report,
    ReportSubscription,
    VerificationTask,
)
from factcheck.reports.deliver import build_desk_report, build_document_report, send_due_report
from factcheck.reports.render import render
from factcheck.workflow.clearance import clearance
from factcheck.workflow.disputes import resolve_dispute
from factcheck.workflow.preferences import choose_preferences, languages, written_for
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.verification import assign_claim, reschedule_task
from tests.catalogue import HOST, LOCALE, PLACE, compiled, templates
from tests.factories import TopicFactory
from tests.reading import english_in
from tests.stories import Staff, bring_to, clear_document, file_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday.\n\nThe mayor said 12 farms were cut off."
OTHER = "The ministry of Sarvenna said 90 homes were flooded in Torvik on Monday."
CATALOGUES = sorted(path for folder in (LOCALE, HOST / "stories" / "locale") for path in folder.glob("*/*/django.po"))
MARKUP = re.compile(r"</?\w+>")


@pytest.fixture(scope="module")
def to_translate():
    admin.autodiscover()
    return templates()


def catalogue_at(path):
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5] + " " + path.parts[-3])
class TestCatalogue:
    def test_it_holds_all_that_is_to_be_translated_and_nothing_else(self, path, to_translate):
        wanted = {(row.id, row.context) for row in to_translate[path] if row.id}
        assert {(row.id, row.context) for row in catalogue_at(path) if row.id} == wanted

    def test_every_text_has_a_translation_that_nobody_has_to_look_at_again(self, path):
        for row in catalogue_at(path):
            said = row.string if row.pluralizable else [row.string]
            assert all(said), row.id
            assert not row.fuzzy, row.id

    def test_a_place_to_fill_in_is_in_the_translation_too(self, path):
        for row in catalogue_at(path):
            if not row.id or row.context == "date format":
                continue
            texts = row.id if row.pluralizable else [row.id]
            for said in row.string if row.pluralizable else [row.string]:
                for kind in (PLACE, MARKUP):
                    wanted = sorted(one[0] for one in kind.finditer(texts[-1]))
                    assert sorted(one[0] for one in kind.finditer(said)) == wanted, row.id

    def test_the_compiled_file_is_made_of_it(self, path):
        assert path.with_suffix(".mo").read_bytes() == compiled(catalogue_at(path))


def test_plurals_in_ukrainian_follow_the_number():
    with translation.override("uk"):
        said = [ngettext("{n} claim open", "{n} claims open", n).format(n=n) for n in (1, 2, 5, 11, 21, 22, 112)]
    assert said == [
        "1 відкрите твердження",
        "2 відкриті твердження",
        "5 відкритих тверджень",
        "11 відкритих тверджень",
        "21 відкрите твердження",
        "22 відкриті твердження",
        "112 відкритих тверджень",
    ]


NOON = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)


def test_a_moment_is_said_in_the_readers_form_and_on_their_clock():
    assert moment_words(NOON) == "30 Nov 2026, 14:05 UTC"
    with translation.override("uk"), timezone.override("Europe/Kyiv"):
        assert moment_words(NOON) == "30 листопада 2026, 16:05 EET"


def test_a_number_that_was_read_is_said_in_the_readers_form():
    assert number_said(12345.5) == "12,345.5"
    with translation.override("uk"):
        assert number_said(12345.5).replace("\xa0", " ") == "12 345,5"


TOLD = [  # a sentence as it is stored, and as a Ukrainian in Kyiv reads it
    ("Please say why.", "Скажіть, будь ласка, чому."),
    ("The document is in check.", "Стан документа: на перевірці."),
    ("“40 homes were flooded” is being checked.", "«40 homes were flooded»: перевіряється."),
    (
        "“40 homes” was signed off, but the words changed: number.",
        "«40 homes»: було підписано, але слова змінилися: number.",
    ),
    (
        "This needs the role editor or desk chief on the desk.",
        "Для цього у відділі потрібна роль: редактор або керівник відділу.",
    ),
    (
        "You are asked to check, due 2026-11-30 14:05 UTC: “confirmed”",
        "Вас просять перевірити, термін 30 листопада 2026, 16:05 EET: “confirmed”",
    ),
    ("She spoke as mayor on Friday, of 40 of 50 homes.", "She spoke as mayor on Friday, of 40 of 50 homes."),
    ("Held to be of one measure because a person said so.", "Held to be of one measure because a person said so."),
    (
        "The document is under embargo until 2026-11-30 14:05 UTC.",
        "Документ під ембарго до 30 листопада 2026, 16:05 EET.",
    ),
    ("Nobody has written this sentence: 40.", "Nobody has written this sentence: 40."),
]


@pytest.mark.parametrize(("stored", "said"), TOLD)
def test_a_stored_sentence_is_told_and_the_copys_words_in_it_are_not(stored, said):
    assert told(stored) == stored
    with translation.override("uk"), timezone.override("Europe/Kyiv"):
        assert told(stored) == said


@pytest.fixture
def story(staff: Staff):
    topic = TopicFactory(title="Torvik", slug="torvik")
    file_text(OTHER, desk=staff.desk, by=staff.desk_chief, title="Elsewhere", topic=topic)
    return file_text(HOMES, desk=staff.desk, by=staff.desk_chief, title="The flood", topic=topic)


def in_ukrainian(user):
    return choose_preferences(by=user, language="uk", zone="Europe/Kyiv")


def test_a_report_is_read_in_the_readers_language_and_its_texts_stay_as_they_are(staff, story):
    report = build_document_report(story, by=staff.editor)
    in_ukrainian(staff.checker)
    english = render(report, "html").body.decode()
    with written_for(staff.checker):
        page, words = render(report, "html").body.decode(), render(report, "text").body.decode()
        printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(render(report, "pdf").body)).pages)
    assert "Not clear for publication." in english
    for told_one in (page, words, printed):
        assert "Звіт про перевірку: The flood" in told_one.replace("\n", " ")
        assert "The council of Torvik said 40 homes were flooded" in told_one.replace("\n", " ")
        assert "clear for publication" not in told_one
    assert "Не допущено до публікації." in page
    assert "Не допущено до публікації." in printed
    assert 'lang="uk"' in page
    assert "EET" in page


COPY = (
    HOMES,
    OTHER,
    "The flood Elsewhere Torvik Roads The council said 7 roads were shut. It was 8. They confirmed it.",
)


def test_no_report_says_an_english_word_of_the_app_to_a_ukrainian_reader(staff, story):
    other = file_text("The council said 7 roads were shut.", desk=staff.desk, by=staff.desk_chief, title="Roads")
    publish_document(clear_document(other, staff), by=staff.editor)
    correct_document(other, correction_class="correction", wording="It was 8.", by=staff.editor)
    claim = story.claims.order_by("pk")[0]
    bring_to(claim, "open", staff)
    assign_claim(claim, staff.checker, by=staff.editor, due_at=timezone.now() + timedelta(hours=1))
    VerificationTask.objects.update(due_at=timezone.now() - timedelta(hours=30))
    reports = [build_document_report(one, by=staff.editor) for one in (story, other)]
    reports += [
        build_desk_report(staff.desk, kind, by=staff.editor)
        for kind in ("desk_digest", "conflicts", "overdue", "corrections")
    ]
    in_ukrainian(staff.checker)
    wrong = []
    with written_for(staff.checker):
        for report in reports:
            for name in ("html", "text"):
                body = re.sub(r"SHA-256 \w+|\b\w+…", "", render(report, name).body.decode())
                wrong += [f"{report.kind} as {name}: {words}" for words in english_in(body, *COPY)]
    assert not wrong, "\n".join(wrong)


def test_the_day_of_a_figure_is_told_in_the_readers_form(staff, story):
    report = build_desk_report(staff.desk, "conflicts", by=staff.editor)
    in_ukrainian(staff.checker)
    assert "as of 2026-03-09" in render(report, "text").body.decode()
    with written_for(staff.checker):
        assert "станом на 9 березня 2026" in render(report, "text").body.decode()


def test_what_programs_read_of_a_report_is_the_same_for_everybody(staff, story):
    report = build_document_report(story, by=staff.editor)
    in_ukrainian(staff.checker)
    for name in ("json", "csv"):
        english = render(report, name).body
        with written_for(staff.checker):
            assert render(report, name).body == english


def test_two_recipients_of_one_report_get_it_each_in_their_language_and_on_their_clock(staff, story, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    in_ukrainian(staff.checker)
    choose_preferences(by=staff.reviewer, language="en", zone="America/New_York")
    subscription = ReportSubscription.objects.create(
        kind="desk_digest", desk=staff.desk, owner=staff.editor, formats=["html"], looked_at=timezone.now()
    )
    subscription.recipients.set([staff.checker, staff.reviewer])
    send_due_report(subscription, "2026-11-30T07:00", renew=lambda: None)
    letters = {letter.to[0]: letter for letter in mail.outbox}
    ukrainian, english = letters[staff.checker.email], letters[staff.reviewer.email]
    assert ukrainian.subject.startswith("Огляд відділу: ")
    assert english.subject.startswith("Desk digest: ")
    assert re.search(r" EES?T", ukrainian.body)
    assert re.search(r" E[SD]T", english.body)
    assert "Розбіжності" in ukrainian.body
    assert "Discrepancies" in english.body
    assert "Коротко" in str(ukrainian.attachments[0].content)
    assert "At a glance" in str(english.attachments[0].content)
    assert Report.objects.count() == 1


def test_a_mail_of_notices_is_in_its_readers_language(staff, story, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    in_ukrainian(staff.checker)
    claim = story.claims.order_by("pk")[0]
    bring_to(claim, "open", staff)
    task = assign_claim(claim, staff.checker, by=staff.editor, due_at=timezone.now() + timedelta(days=2))
    reschedule_task(task, timezone.now() + timedelta(days=3), by=staff.editor, version=task.version)
    mail_notices(staff.checker.pk, renew=lambda: None)
    (letter,) = mail.outbox
    assert letter.subject == "2 сповіщення від факт-чеку"
    assert "Вас просять перевірити, термін " in letter.body
    assert "40 homes were flooded" in letter.body
    assert " UTC" not in letter.body
    page = letter.alternatives[0][0]
    assert english_in(page, *COPY) == []
    assert 'lang="uk"' in page
    assert "You are asked" not in page


def cyrillic_stored():
    """Every text of the app's tables that holds a Cyrillic letter, but for what a person chose to be called."""
    for model in apps.get_app_config("factcheck").get_models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        ]
        for row in model._default_manager.values(*names) if names else ():
            for name, value in row.items():
                if re.search("[\u0400-\u04ff]", str(value)):
                    yield f"{model.__name__}.{name}: {value}"


def test_what_is_stored_does_not_depend_on_the_language_of_whoever_did_it(staff):
    with translation.override("uk"), timezone.override("Europe/Kyiv"):
        topic = TopicFactory(title="Torvik", slug="torvik")
        file_text(OTHER, desk=staff.desk, by=staff.desk_chief, title="Elsewhere", topic=topic)
        story = file_text(HOMES, desk=staff.desk, by=staff.desk_chief, title="The flood", topic=topic)
        clearance(story)
        conflict = Discrepancy.objects.filter(kind="conflict")[0]
        resolve_dispute(conflict, resolution="explained", note="They count other towns.", by=staff.editor)
        first, second = story.claims.order_by("pk")
        bring_to(first, "signed_off", staff)
        bring_to(second, "open", staff)
        assign_claim(second, staff.checker, by=staff.editor, due_at=timezone.now() + timedelta(hours=2))
        other = file_text("The council said 7 roads were shut.", desk=staff.desk, by=staff.desk_chief, title="Roads")
        publish_document(clear_document(other, staff), by=staff.editor)
        correct_document(other, correction_class="correction", wording="It was 8.", by=staff.editor)
        build_document_report(other, by=staff.editor)
        build_document_report(story, by=staff.editor)
        for kind in ("desk_digest", "conflicts", "overdue", "corrections"):
            build_desk_report(staff.desk, kind, by=staff.editor)
    assert Event.objects.exists()
    assert Notification.objects.exists()
    assert Job.objects.exists()
    assert list(cyrillic_stored()) == []


def test_only_languages_that_the_app_has_words_in_are_offered(settings):
    settings.LANGUAGES = [("en-gb", "British English"), ("fr", "Français"), ("uk", "Українська")]
    assert languages() == {"en-gb": "British English", "uk": "Українська"}


def test_a_language_the_site_does_not_have_and_a_zone_that_is_none_are_refused(staff):
    from factcheck.errors import Invalid

    with pytest.raises(Invalid):
        choose_preferences(by=staff.editor, language="xx", zone="")
    with pytest.raises(Invalid):
        choose_preferences(by=staff.editor, language="", zone="Here/There")
    assert not Preferences.objects.exists()


def test_a_text_too_long_for_a_sentence_of_the_app_is_left_as_it_stands():
    with translation.override("uk"):
        assert told("“40 homes” was signed off on other words.") != "“40 homes” was signed off on other words."
        long = f"“{'40 homes ' * 150}” was signed off on other words."
        assert told(long) == long


def test_no_two_stored_sentences_are_taken_for_each_other():
    """Each of them, filled with a word of nobody's, is found as itself."""
    for _, sentence in sentences(False):
        filled = OPEN.sub("Torvikvelmora", sentence)
        found = [OPEN.sub("{}", other) for other, _ in made_from(filled, False)]
        assert found[0] == OPEN.sub("{}", sentence), (filled, found)
