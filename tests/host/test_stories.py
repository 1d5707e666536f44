"""The living example: a site that prints nothing which was not cleared, whichever way it is written."""

import re

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factcheck.errors import NotAllowed
from factcheck.models import Document, Membership, Publication, Role
from factcheck.workflow.claims import dismiss_claim
from newsroom.stories.actions import print_story, save_story
from newsroom.stories.models import NotCleared, Story, digest
from tests.factories import DeskFactory, UserFactory
from tests.stories import clear_document, committed, do_jobs, settle

HEADLINE = "Flood in Oberfurt"
BODY = "The mayor of Oberfurt, Lena Brandt, said on Monday that 40 houses were flooded."


@pytest.fixture
def writer(staff):
    client = Client()
    client.force_login(staff.editor)
    client.staff = staff
    return client


def write(client, body=BODY, headline=HEADLINE, story=None):
    """Open the page, type, and save."""
    address = reverse("story", args=[story.pk]) if story else reverse("new_story")
    return save(client, address, opened(client, address), body, headline)


def opened(client, address):
    """What the form of the page says of the text one began with."""
    return re.search(r'name="seen" value="(\w*)"', client.get(address).content.decode())[1]


def save(client, address, seen, body=BODY, headline=HEADLINE):
    return client.post(address, {"headline": headline, "body": body, "desk": client.staff.desk.pk, "seen": seen})


def publish(client, story, **words):
    return client.post(reverse("publish_story", args=[story.pk]), words)


def refused(client, story, **words):
    """The page of the story after a refusal, which says that it was one."""
    answer = publish(client, story, **words)
    assert answer.headers["Location"] == reverse("story", args=[story.pk])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Not published" in page
    return page


def written(client, **words):
    assert write(client, **words).status_code == 302
    story = Story.objects.get()
    do_jobs(story.document)
    return story


def cleared(client, **words):
    """A story checked by people who did not write it."""
    story = written(client, **words)
    clear(client, story)
    return story


def clear(client, story):
    """By another editor, for the writer is an author of the text and may dismiss nothing in it."""
    second = UserFactory()
    Membership.objects.create(user=second, desk=client.staff.desk, role="editor")
    people = client.staff
    writer, people.editor = people.editor, second
    with committed():
        clear_document(story.document, people)
    settle()
    people.editor = writer
    story.refresh_from_db()


def test_a_saved_story_is_filed_under_its_own_number_with_its_writer_as_author(writer):
    story = written(writer)
    document = Document.objects.get(source_app="newsroom", source_id=str(story.pk))
    assert document == story.document
    assert list(document.authors.all()) == [writer.staff.editor]
    assert document.current_revision.text == f"{HEADLINE}\n\n{BODY}"
    assert document.state == "in_check"


def test_a_story_saved_again_is_a_revision_of_the_same_document(writer):
    story = written(writer)
    assert write(writer, BODY.replace("40", "45"), story=story).status_code == 302
    do_jobs()
    assert Document.objects.count() == 1
    assert story.document.revisions.count() == 2


def test_an_unchecked_story_is_refused_and_the_page_lists_what_blocks_it(writer):
    story = written(writer)
    page = refused(writer, story)
    assert "not cleared" in page
    assert "claim_unchecked" in page
    assert "has not been looked at" in page
    assert Client().get(reverse("read", args=[story.pk])).status_code == 404
    assert not Publication.objects.exists()


def test_a_cleared_story_is_printed_and_everybody_can_read_it(writer):
    story = cleared(writer)
    assert story.cleared
    assert "This text is cleared" in writer.get(reverse("story", args=[story.pk])).content.decode()
    assert publish(writer, story).status_code == 302
    page = Client().get(reverse("read", args=[story.pk])).content.decode()
    assert "40 houses were flooded" in page
    assert HEADLINE in Client().get("/").content.decode()
    assert Publication.objects.get().clear
    assert Publication.objects.get().by == writer.staff.editor


@pytest.mark.parametrize("read_again", [False, True])
def test_a_text_changed_after_its_clearance_is_refused(writer, read_again):
    story = cleared(writer)
    write(writer, BODY.replace("40", "400"), story=story)
    if read_again:
        do_jobs()
    codes = set(re.findall(r"<code>(\w+)</code>", refused(writer, story)))
    assert codes & ({"claim_stale"} if read_again else {"not_this_revision"})
    assert not Publication.objects.exists()


def test_words_changed_behind_the_back_of_factcheck_are_not_this_revision(writer):
    story = cleared(writer)
    Story.objects.filter(pk=story.pk).update(body="Nothing of the kind was ever said.")
    assert "not_this_revision" in refused(writer, story)


def test_a_printed_story_goes_out_again_only_when_its_new_words_are_cleared(writer):
    story = cleared(writer)
    publish(writer, story)
    write(writer, BODY.replace("40", "45"), story=story)
    do_jobs()
    refused(writer, story, wording="The number of houses.")
    assert "40 houses" in Client().get(reverse("read", args=[story.pk])).content.decode()
    clear(writer, story)
    assert publish(writer, story, wording="The number of houses was 45.").status_code == 302
    assert "45 houses" in Client().get(reverse("read", args=[story.pk])).content.decode()
    assert (
        story.document.publications.get(revision__number=1).corrections.get().wording == "The number of houses was 45."
    )


def test_of_two_writers_the_second_is_told_and_loses_nothing(writer):
    story = written(writer)
    address = reverse("story", args=[story.pk])
    mine = theirs = opened(writer, address)
    assert save(writer, address, theirs, BODY.replace("40", "45")).status_code == 302
    answer = save(writer, address, mine, BODY.replace("flooded", "lost"))
    page = answer.content.decode()
    assert "Somebody else has changed this story" in page
    assert "40 houses were lost" in page
    assert "45 houses were flooded" in page
    story.refresh_from_db()
    assert story.body == BODY.replace("40", "45")
    seen = re.search(r'name="seen" value="(\w*)"', page)[1]
    assert save(writer, address, seen, BODY.replace("40 houses were flooded", "45 houses were lost")).status_code == 302
    story.refresh_from_db()
    assert "45 houses were lost" in story.body


def test_who_does_not_say_what_they_saw_changes_nothing(writer):
    story = written(writer)
    assert save(writer, reverse("story", args=[story.pk]), "", "Other words.").status_code == 200
    story.refresh_from_db()
    assert story.body == BODY


def test_a_story_that_is_printed_while_somebody_writes_stays_printed(writer):
    story = cleared(writer)
    address = reverse("story", args=[story.pk])
    seen, stale = opened(writer, address), Story.objects.get(pk=story.pk)
    publish(writer, story)
    stale.body = BODY.replace("40", "45")
    save_story(stale, by=writer.staff.editor, opened_digest=seen)
    story.refresh_from_db()
    assert ("40 houses" in story.printed, "45 houses" in story.body) == (True, True)


@pytest.mark.parametrize("action", ["save", "print"])
def test_the_story_is_always_held_before_its_document(writer, action):
    story = cleared(writer)
    seen = digest(story.text)
    with CaptureQueriesContext(connection) as asked:
        if action == "save":
            story.body = BODY.replace("40", "45")
            save_story(story, by=writer.staff.editor, opened_digest=seen)
        else:
            print_story(story, by=writer.staff.editor)
    tables = [name for row in asked for name in re.findall(r'(?:FROM|UPDATE) "(\w+)"', row["sql"])]
    assert next(name for name in tables if name in ("stories_story", "factcheck_document")) == "stories_story"
    if connection.vendor == "postgresql":
        held = [row["sql"] for row in asked if "FOR UPDATE" in row["sql"] or "FOR NO KEY" in row["sql"]]
        assert 'FROM "stories_story"' in held[0]


def test_no_shell_prints_round_the_gate(writer):
    story = written(writer)
    story.printed = story.text
    for attempt in (
        story.save,
        lambda: story.save(update_fields=["printed"]),
        lambda: Story.objects.filter(pk=story.pk).update(printed="x"),
        lambda: Story.objects.bulk_update([story], ["printed"]),
        lambda: Story.objects.create(headline="x", body="y", printed="x\n\ny", author=story.author, desk=story.desk),
        lambda: Story.objects.bulk_create([Story(headline="x", printed="x", author=story.author, desk=story.desk)]),
    ):
        with pytest.raises(NotCleared), transaction.atomic():
            attempt()
    assert not Story.objects.exclude(printed="").exists()


def test_the_admin_shows_stories_and_prints_none(writer, client):
    story = written(writer)
    superuser = UserFactory(is_staff=True, is_superuser=True)
    Membership.objects.create(user=superuser, desk=story.desk, role=Role.AUDITOR)
    client.force_login(superuser)
    address = reverse("admin:stories_story_change", args=[story.pk])
    assert HEADLINE in client.get(address).content.decode()
    assert client.post(address, {"printed": "x"}).status_code == 403


def test_a_superuser_without_a_desk_sees_no_story_of_one_in_the_admin(writer, client):
    story = written(writer)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    words = client.get(reverse("admin:stories_story_changelist"), {"q": HEADLINE[:5]}).content.decode()
    assert HEADLINE not in words
    detail = client.get(reverse("admin:stories_story_change", args=[story.pk]))
    assert HEADLINE not in detail.content.decode()


def test_the_flag_of_a_list_follows_what_factcheck_tells(writer):
    story = cleared(writer)
    assert "cleared" in writer.get("/").content.decode()
    with committed():
        write(writer, BODY.replace("40", "45"), story=story)
    settle()
    story.refresh_from_db()
    assert not story.cleared


def test_the_writer_clears_nothing_of_their_own(writer):
    story = written(writer)
    with pytest.raises(NotAllowed, match="author"):
        dismiss_claim(story.document.claims.first(), by=writer.staff.editor, note="mine")


def test_nobody_writes_or_prints_without_a_log_in(writer):
    story = written(writer)
    stranger = Client()
    for address in (reverse("new_story"), reverse("story", args=[story.pk])):
        assert stranger.get(address).headers["Location"].startswith("/login/")
    assert publish(stranger, story).headers["Location"].startswith("/login/")
    assert HEADLINE not in stranger.get("/").content.decode()


def test_a_story_of_another_desk_is_not_there(writer, client):
    story = written(writer)
    client.force_login(writer.staff.outsider)
    assert client.get(reverse("story", args=[story.pk])).status_code == 404
    assert publish(client, story).status_code == 404
    answer = client.post(reverse("new_story"), {"headline": "x", "body": "y", "desk": writer.staff.desk.pk})
    assert "errorlist" in answer.content.decode()
    assert Story.objects.count() == 1


def test_a_person_who_may_not_file_is_told_so_and_nothing_is_kept(writer, client):
    client.force_login(writer.staff.auditor)
    client.staff = writer.staff
    answer = write(client)
    assert answer.status_code == 200
    assert "needs the role" in answer.content.decode()
    assert not Story.objects.exists()


def test_a_checker_cannot_press_publish(writer, client):
    story = cleared(writer)
    client.force_login(writer.staff.checker)
    assert "needs the role" in refused(client, story)
    story.refresh_from_db()
    assert not story.published


@pytest.mark.parametrize("body", ["", "   ", "\x00", "x" * 11_000_000], ids=["none", "blank", "a null byte", "11 MB"])
def test_a_body_that_cannot_be_filed_is_refused_with_a_sentence(writer, body):
    answer = write(writer, body)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not Story.objects.exists()


def test_markup_in_a_story_is_shown_as_letters(writer):
    evil = "<script>alert(1)</script>"
    story = cleared(writer, headline=evil, body=f"{BODY} </script><img src=x onerror=alert(1)>")
    assert publish(writer, story).status_code == 302
    for page in (
        writer.get("/"),
        writer.get(reverse("story", args=[story.pk])),
        writer.get(reverse("read", args=[story.pk])),
    ):
        assert b"<script>" not in page.content
        assert b"<img" not in page.content
        assert b"&lt;script&gt;" in page.content


def test_lines_ended_as_a_browser_ends_them_are_the_same_text(writer):
    story = cleared(writer, body="One line.\r\nThe mayor said 40 houses were flooded.")
    assert publish(writer, story).status_code == 302


def test_another_site_cannot_press_publish(writer):
    story = cleared(writer)
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer.staff.editor)
    assert publish(client, story).status_code == 403
    story.refresh_from_db()
    assert not story.published


def test_the_front_page_asks_the_database_as_often_for_three_stories_as_for_one(writer):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert writer.get("/").status_code == 200
        return len(asked)

    write(writer)
    one = questions()
    write(writer, headline="Second")
    write(writer, headline="Third")
    assert questions() == one


def test_the_desks_to_choose_from_are_ones_own(writer):
    other = DeskFactory(name="Sports")
    page = writer.get(reverse("new_story")).content.decode()
    assert writer.staff.desk.name in page
    assert other.name not in page
