"""Every known way to put a page of Wagtail live, tried on pages that are not cleared; runs inside the example site.

``python -c "from tests.hosts.wagtail_ways import try_ways; try_ways()"`` prints what came of each as JSON. Each way gets a
page of its own whose words were filed and read, and have a claim in them that nobody has looked at.
"""

import io
import itertools
import json
import uuid
from datetime import timedelta

import django

django.setup()


from articles.models import ArticlePage  # noqa: E402 - the apps must be there first
from django.conf import settings  # noqa: E402
from django.core import mail, serializers  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from wagtail.actions.convert_alias import ConvertAliasPageAction  # noqa: E402
from wagtail.actions.copy_for_translation import CopyPageForTranslationAction  # noqa: E402
from wagtail.actions.copy_page import CopyPageAction  # noqa: E402
from wagtail.actions.create_alias import CreatePageAliasAction  # noqa: E402
from wagtail.actions.edit_page import EditPageAction  # noqa: E402
from wagtail.actions.publish_page_revision import PublishPageRevisionAction  # noqa: E402
from wagtail.actions.publish_revision import PublishRevisionAction  # noqa: E402
from wagtail.actions.registry import action_registry  # noqa: E402
from wagtail.models import (  # noqa: E402
    Comment,
    DraftStateMixin,
    GroupApprovalTask,
    Locale,
    Page,
    PageLogEntry,
    Workflow,
    WorkflowTask,
)

from factcheck.contrib.wagtail.comments import sync_comments  # noqa: E402
from factcheck.contrib.wagtail.models import FactcheckTask  # noqa: E402
from factcheck.contrib.wagtail.tables import FiledPage  # noqa: E402
from factcheck.contrib.wagtail.texts import page_text  # noqa: E402
from factcheck.models import Correction, Desk, Document, Membership, Publication  # noqa: E402
from tests.factories import UserFactory  # noqa: E402
from tests.stories import Staff, clear_document, settle  # noqa: E402

WORDS = "The mayor of Oberfurt, Lena Brandt, said on Monday that 40 houses were flooded."
OTHER = "The mayor of Oberfurt, Lena Brandt, said on Monday that 90 houses were flooded."
NUMBERS = itertools.count(1)
WAYS = {}


def way(function):
    WAYS[function.__name__] = function
    return function


class Stage:
    """The people, the front page, and pages in each state."""

    def __init__(self):
        self.desk = Desk.objects.get(slug="news-desk")
        self.staff = Staff(self.desk)
        self.boss = UserFactory(is_superuser=True, is_staff=True, email="boss@desk.example")
        Membership.objects.create(user=self.boss, desk=self.desk, role="editor")
        self.home = Page.objects.get(depth=2)
        self.web = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
        self.web.force_login(self.boss)
        self.reader = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)

    def draft(self, words=WORDS, title="", parent=None, **values):
        """A page that was saved once, filed and read."""
        number = next(NUMBERS)
        page = ArticlePage(
            title=title or f"Flood {number}",
            slug=f"flood-{number}",
            introduction=f'<p data-block-key="a{number}">{words}</p>',
            live=False,
            owner=self.boss,
            **values,
        )
        self.parent(parent).add_child(instance=page)
        page.save_revision(user=self.boss)
        settle()
        return ArticlePage.objects.get(pk=page.pk)

    def parent(self, parent):
        return Page.objects.get(pk=(parent or self.home).pk)

    def cleared(self, **values):
        page = self.draft(**values)
        document = self.document(page)
        clear_document(document, self.staff)
        settle()
        return page

    def published(self, **values):
        page = self.cleared(**values)
        page.get_latest_revision().publish(user=self.boss)
        return ArticlePage.objects.get(pk=page.pk)

    def changed(self, page):
        """A later revision of a published page with other words, filed and read."""
        page = page.get_latest_revision_as_object()
        page.introduction = f'<p data-block-key="b">{OTHER}</p>'
        revision = page.save_revision(user=self.boss)
        settle()
        return revision

    def document(self, page):
        return Document.objects.get(source_app="wagtail", source_id=str(page.pk))


@way
def publish_of_the_revision(stage, page):
    page.get_latest_revision().publish(user=stage.boss)


@way
def publish_of_the_revision_by_nobody(stage, page):
    page.get_latest_revision().publish()


@way
def publish_without_permission_checks(stage, page):
    page.get_latest_revision().publish(user=stage.boss, skip_permission_checks=True, log_action=False)


@way
def publish_of_the_page(stage, page):
    page.publish(page.get_latest_revision(), user=stage.boss)


@way
def publish_of_the_page_as_a_plain_page(stage, page):
    Page.objects.get(pk=page.pk).publish(page.get_latest_revision(), user=stage.boss)


@way
def publish_of_draft_state(stage, page):
    DraftStateMixin.publish(page, page.get_latest_revision())


@way
def save_revision_and_publish(stage, page):
    page.save_revision(user=stage.boss).publish(user=stage.boss)


@way
def action_for_pages(stage, page):
    PublishPageRevisionAction(page.get_latest_revision(), user=stage.boss).execute(skip_permission_checks=True)


@way
def action_for_any_object(stage, page):
    PublishRevisionAction(page.get_latest_revision()).execute(skip_permission_checks=True)


@way
def publish_scheduled(stage, page):
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision(user=stage.boss).publish(user=stage.boss)
    page.revisions.update(approved_go_live_at=timezone.now() - timedelta(hours=1))
    revision = page.get_latest_revision()
    revision.content["go_live_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
    revision.save()
    call_command("publish_scheduled")


@way
def approved_go_live_at_of_a_revision(stage, page):
    page.save_revision(user=stage.boss, approved_go_live_at=timezone.now() - timedelta(hours=1))
    call_command("publish_scheduled")


@way
def save_with_live(stage, page):
    page.live = True
    page.save()


@way
def save_with_live_only(stage, page):
    page.live = True
    page.save(update_fields=["live"], clean=False)


@way
def save_of_the_plain_page(stage, page):
    plain = Page.objects.get(pk=page.pk)
    plain.live = True
    plain.save()


@way
def save_base_of_the_plain_page(stage, page):
    plain = Page.objects.get(pk=page.pk)
    plain.live = True
    plain.save_base()


@way
def raw_save(stage, page):
    page.live = True
    page.save_base(raw=True)


@way
def update_of_the_page_type(stage, page):
    ArticlePage.objects.filter(pk=page.pk).update(live=True)


@way
def bulk_update_of_the_page_type(stage, page):
    page.live = True
    ArticlePage.objects.bulk_update([page], ["live"])


@way
def update_of_plain_pages(stage, page):
    Page.objects.filter(pk=page.pk).update(live=True)


@way
def sql(stage, page):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = %s WHERE id = %s", [True, page.pk])


@way
def offline_and_back_by_writes_in_bulk(stage, page):
    """Its words were cleared once; its sign-off is void by the time it comes back."""
    out = stage.published()
    Page.objects.filter(pk=out.pk).update(live=False)
    stage.changed(out)
    Page.objects.filter(pk=out.pk).update(live=True)
    raise AssertionError("it is back")


@way
def create_live(stage, page):
    stage.parent(None).add_child(instance=ArticlePage(title="Forty", slug=f"live-{page.pk}", introduction=WORDS))


@way
def copy_keeping_live_of_a_published_page(stage, page):
    stage.published().copy(to=stage.parent(None), update_attrs={"slug": f"copy-{page.pk}"}, user=stage.boss)


@way
def copy_of_a_published_page_with_other_words(stage, page):
    attrs = {"slug": f"copy-{page.pk}", "introduction": OTHER}
    action = CopyPageAction(stage.published(), to=stage.parent(None), update_attrs=attrs, keep_live=True)
    action.execute(skip_permission_checks=True)


@way
def copy_of_a_tree(stage, page):
    stage.published().copy(recursive=True, to=stage.parent(None), update_attrs={"slug": f"tree-{page.pk}"})


@way
def copy_as_a_draft_then_publish(stage, page):
    attrs = {"slug": f"copy-{page.pk}"}
    copied = stage.published().copy(to=stage.parent(None), update_attrs=attrs, keep_live=False, user=stage.boss)
    copied.get_latest_revision().publish(user=stage.boss)


@way
def alias_of_a_draft_made_live(stage, page):
    alias = CreatePageAliasAction(page, parent=stage.parent(None), update_slug=f"alias-{page.pk}").execute(True)
    alias.live = True
    alias.save()


@way
def alias_with_other_words(stage, page):
    source = stage.published()
    alias = source.create_alias(parent=stage.parent(None), update_slug=f"alias-{page.pk}")
    alias.introduction = OTHER
    alias.save()


@way
def alias_updated_from_other_content(stage, page):
    source = stage.published()
    source.create_alias(parent=stage.parent(None), update_slug=f"alias-{page.pk}")
    content = {**source.serializable_data(), "introduction": OTHER}
    source.update_aliases(_content=content)


@way
def alias_made_a_page_with_other_words(stage, page):
    alias = stage.published().create_alias(parent=stage.parent(None), update_slug=f"alias-{page.pk}")
    ConvertAliasPageAction(alias, user=stage.boss).execute(skip_permission_checks=True)
    own = ArticlePage.objects.get(pk=alias.pk)
    own.introduction = OTHER
    own.save_revision(user=stage.boss).publish(user=stage.boss)


@way
def page_that_says_it_is_an_alias(stage, page):
    page.alias_of = stage.published()
    page.live = True
    page.save()


@way
def translation_then_publish(stage, page):
    locale, _ = Locale.objects.get_or_create(language_code="fr")
    root = stage.parent(None)
    if not root.has_translation(locale):
        root.copy_for_translation(locale)
    copied = CopyPageForTranslationAction(stage.published(), locale).execute(skip_permission_checks=True)
    copied.save_revision(user=stage.boss).publish(user=stage.boss)


@way
def unpublish_change_publish(stage, page):
    out = stage.published()
    stage.changed(out)
    out.unpublish()
    out.get_latest_revision().publish(user=stage.boss)


@way
def change_of_a_published_page(stage, page):
    stage.changed(stage.published()).publish(user=stage.boss)


@way
def change_of_a_published_page_before_it_is_read(stage, page):
    out = stage.published()
    out.introduction = f"<p>{OTHER}</p>"
    out.save_revision(user=stage.boss).publish(user=stage.boss)


@way
def save_of_a_published_page_with_other_words(stage, page):
    out = stage.published()
    out.introduction = f"<p>{OTHER}</p>"
    out.save()


@way
def title_of_a_published_page_as_a_plain_page(stage, page):
    plain = Page.objects.get(pk=stage.published().pk)
    plain.title = OTHER
    plain.save(update_fields=["title"])


@way
def update_of_the_words_of_a_published_page(stage, page):
    ArticlePage.objects.filter(pk=stage.published().pk).update(introduction=OTHER)


@way
def sql_over_the_words_of_a_published_page(stage, page):
    out = stage.published()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_articlepage SET introduction = %s WHERE page_ptr_id = %s", [f"<p>{OTHER}</p>", out.pk]
        )


@way
def revert_to_an_earlier_revision(stage, page):
    """The earlier words were cleared once; the newest are what was filed since, and the earlier are filed anew."""
    out = stage.draft(words=OTHER)
    first = out.get_latest_revision()
    later = first.as_object()
    later.introduction = WORDS
    later.save_revision(user=stage.boss)
    settle()
    clear_document(stage.document(out), stage.staff)
    settle()
    first.publish(user=stage.boss, previous_revision=first)


@way
def revision_with_words_written_into_it(stage, page):
    out = stage.cleared()
    revision = out.get_latest_revision()
    revision.content["introduction"] = f"<p>{OTHER}</p>"
    revision.save()
    revision.publish(user=stage.boss)


@way
def document_of_another_page(stage, page):
    other = stage.cleared()
    filed = FiledPage.objects.get(pk=page.pk)
    cleared = FiledPage.objects.get(pk=other.pk)
    document = cleared.document
    FiledPage.objects.filter(pk=other.pk).update(document=None)
    FiledPage.objects.filter(pk=filed.pk).update(document=document)
    page.title, page.introduction = other.title, other.introduction
    page.live = True
    page.save()


@way
def words_that_are_markup(stage, page):
    out = stage.published()
    out.body = [("markup", f"<div>{OTHER}</div>")]
    out.save()


@way
def fixture(stage, page):
    """The rows of the page as a dump has them, with the flag set."""
    page.live = True
    plain = Page.objects.get(pk=page.pk)
    plain.live = True
    rows = serializers.deserialize("json", serializers.serialize("json", [plain, page]))
    for row in rows:
        row.save()


@way
def end_of_a_workflow(stage, page):
    state = workflow(stage, GroupApprovalTask).start(page, stage.boss)
    state.current_task_state.approve(user=stage.boss)


@way
def finish_of_a_workflow(stage, page):
    workflow(stage, GroupApprovalTask).start(page, stage.boss).finish(user=stage.boss)


@way
def approval_of_the_fact_check_task(stage, page):
    state = workflow(stage, FactcheckTask).start(page, stage.boss)
    task = state.current_task_state.task.specific
    assert [row[0] for row in task.get_actions(page, stage.boss)] == ["reject"]
    task.on_action(state.current_task_state.specific, stage.boss, "approve")


@way
def edit_action_that_publishes(stage, page):
    page.introduction = f"<p>{OTHER}</p>"
    EditPageAction(page, user=stage.boss, publish=True).execute(skip_permission_checks=True)


@way
def action_of_the_registry(stage, page):
    """The way of the API: the action is looked up by its name."""
    action = action_registry.get_action_class(Page, "publish")
    action(page.get_latest_revision(), user=stage.boss).execute()


@way
def plain_page_made_in_bulk(stage, page):
    plain = Page.objects.get(pk=page.pk)
    plain.pk = plain.id = None
    plain.path, plain.slug, plain.url_path = "0001000100ZZ", f"bulk-{page.pk}", f"/home/bulk-{page.pk}/"
    plain.live, plain.translation_key = True, uuid.uuid4()
    (made,) = Page.objects.bulk_create([plain])
    page.page_ptr_id = page.pk = page.id = made.pk
    page.save_base(raw=True, force_insert=True)


@way
def approval_in_the_list_of_a_moderator(stage, page):
    state = workflow(stage, GroupApprovalTask).start(page, stage.boss)
    task = state.current_task_state.pk
    stage.web.post(f"/cms/pages/workflow/action/{page.pk}/approve/{task}/", {}, follow=True)
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS


@way
def publish_in_the_editor(stage, page):
    form = {"action-publish": "1", **form_of(page)}
    answer = stage.web.post(f"/cms/pages/{page.pk}/edit/", form, follow=True)
    assert "Not published" in answer.content.decode(), answer.content.decode()[-3000:]


@way
def publish_of_a_new_page(stage, page):
    form = {"action-publish": "1", **form_of(page), "slug": f"new-{page.pk}"}
    answer = stage.web.post(f"/cms/pages/add/articles/articlepage/{stage.home.pk}/", form, follow=True)
    assert "saved as a draft" in answer.content.decode()
    assert ArticlePage.objects.filter(slug=f"new-{page.pk}").exists()


@way
def bulk_publish_in_the_admin(stage, page):
    answer = stage.web.post(f"/cms/bulk/wagtailcore/page/publish/?id={page.pk}", {"next": "/cms/"}, follow=True)
    assert "are not cleared" in answer.content.decode(), answer.content.decode()[-3000:]


@way
def copy_in_the_admin(stage, page):
    out = stage.published()
    form = {
        "new_title": "Copy",
        "new_slug": f"copied-{page.pk}",
        "new_parent_page": stage.home.pk,
        "publish_copies": "on",
    }
    answer = stage.web.post(f"/cms/pages/{out.pk}/copy/", form, follow=True)
    assert "has not been checked" in answer.content.decode()


@way
def approval_of_a_workflow_in_the_admin(stage, page):
    workflow(stage, GroupApprovalTask).start(page, stage.boss)
    form = {"action-workflow-action": "1", "workflow-action-name": "approve", **form_of(page)}
    answer = stage.web.post(f"/cms/pages/{page.pk}/edit/", form, follow=True)
    assert "Saved and not approved" in answer.content.decode()


def form_of(page):
    """What the editor sends of a page."""
    empty = {
        f"{name}-{key}": value
        for name in ("comments",)
        for key, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""}.items()
    }
    rich = json.dumps(
        {
            "entityMap": {},
            "blocks": [
                {
                    "key": "aaaaa",
                    "text": WORDS,
                    "type": "unstyled",
                    "depth": 0,
                    "inlineStyleRanges": [],
                    "entityRanges": [],
                }
            ],
        }
    )
    return {
        "title": page.title,
        "slug": page.slug,
        "introduction": rich,
        "body-count": "0",
        "correction_note": "",
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comment_notifications": "",
        **empty,
    }


def workflow(stage, kind):
    flow = Workflow.objects.create(name=f"flow {next(NUMBERS)}")
    task = kind.objects.create(name=f"step {next(NUMBERS)}")
    WorkflowTask.objects.create(workflow=flow, task=task)
    return flow


def try_way(stage, name):
    """What came of one way: who refused it, and of each page that is live since whether its words were cleared."""
    page = stage.draft()
    before = set(ArticlePage.objects.live().values_list("pk", flat=True))
    raised = ""
    try:
        WAYS[name](stage, page)
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"[:300]
    live = []
    for row in ArticlePage.objects.live().exclude(pk__in=before):
        answer = stage.reader.get(f"/{row.slug}/")
        cleared = Publication.objects.filter(clear=True, revision__bytes_sha256=page_text(row).digest).exists()
        shown = any(words in answer.content.decode() for words in ("40 houses", "90 houses"))
        live.append({"page": row.pk, "own": row.pk == page.pk, "cleared": cleared, "shown": shown})
    return {"raised": raised, "live": live}


def opened():
    call_command("setup_roles", stdout=io.StringIO())
    return Stage()


def try_ways(*names):
    stage = opened()
    print(json.dumps({name: try_way(stage, name) for name in names or WAYS}))


def schedule(page, stage):
    """Have a page go live an hour from now, and let that hour pass."""
    page = page.get_latest_revision_as_object()
    page.go_live_at = timezone.now() + timedelta(hours=1)
    revision = page.save_revision(user=stage.boss)
    revision.publish(user=stage.boss)
    assert not ArticlePage.objects.get(pk=page.pk).live
    past = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()


def try_schedules():
    """Three pages are due, of which the one in the middle is not cleared; then it is cleared, and due again."""
    stage = opened()
    pages = [stage.cleared(), stage.draft(), stage.cleared()]
    for page in pages:
        schedule(page, stage)
    mail.outbox = []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    rounds = []
    for number in range(3):
        call_command("publish_scheduled")
        flags = [ArticlePage.objects.get(pk=page.pk).live for page in pages]
        held = FiledPage.objects.get(pk=pages[1].pk).held_back
        told = PageLogEntry.objects.filter(page=pages[1].pk, action="factcheck.held_back").count()
        rounds.append({"live": flags, "held_back": held, "history": told, "mails": len(mail.outbox)})
        if number == 1:
            clear_document(stage.document(pages[1]), stage.staff)
            settle()
    by = [Publication.objects.get(document=stage.document(page)).by == stage.boss for page in pages]
    print(json.dumps({"rounds": rounds, "by": by, "mail": mail.outbox[0].subject}))


def try_comments():
    """The comments of a page while it is blocked, when asked for twice, once it is cleared, and when words change."""
    stage = opened()
    page = stage.draft()
    document = stage.document(page)
    rounds = [comments_of(page)]
    sync_comments(document)
    rounds.append(comments_of(page))
    clear_document(document, stage.staff)
    settle()
    sync_comments(stage.document(page))
    rounds.append(comments_of(page))
    stage.changed(page)
    sync_comments(stage.document(page))
    rounds.append(comments_of(page))
    print(json.dumps(rounds))


def comments_of(page):
    rows = Comment.objects.filter(page_id=page.pk).order_by("pk")
    return [{"path": r.contentpath, "at": r.position, "text": r.text, "open": r.resolved_at is None} for r in rows]


def try_corrections():
    """A page goes out, is changed, cleared anew and goes out again with a note; its alias follows; offline and out again is no news."""
    stage = opened()
    page = stage.published()
    alias = page.create_alias(parent=stage.parent(None), update_slug="an-alias")
    page = page.get_latest_revision_as_object()
    page.introduction = f'<p data-block-key="b">{OTHER}</p>'
    page.correction_note = "There were 90 houses, not 40."
    revision = page.save_revision(user=stage.boss)
    settle()
    document = stage.document(page)
    clear_document(document, stage.staff)
    settle()
    revision.publish(user=stage.boss)
    words = [OTHER in stage.reader.get(f"/{slug}/").content.decode() for slug in (page.slug, "an-alias")]
    page = ArticlePage.objects.get(pk=page.pk)
    page.unpublish()
    page.get_latest_revision().publish(user=stage.boss)
    document.refresh_from_db()
    said = [[row.correction_class, row.wording] for row in Correction.objects.filter(publication__document=document)]
    live = [ArticlePage.objects.get(pk=row.pk).live for row in (page, alias)]
    out = [row.clear for row in document.publications.order_by("pk")]
    print(json.dumps({"state": document.state, "publications": out, "corrections": said, "live": live, "words": words}))


def try_unfiled():
    """A page whose desk is not there, one of nobody, and one that was live before the plug was."""
    stage = opened()
    page = stage.draft()
    ArticlePage.factcheck_desk = "nowhere"
    FiledPage.objects.filter(pk=page.pk).update(document=None)
    page.save_revision(user=stage.boss)
    said = [FiledPage.objects.get(pk=page.pk).not_filed]
    ArticlePage.factcheck_desk = "news-desk"
    page.owner = None
    page.save_revision()
    said.append(FiledPage.objects.get(pk=page.pk).not_filed)
    old = stage.published()
    FiledPage.objects.filter(pk=old.pk).delete()
    seen = [stage.reader.get(f"/{old.slug}/").status_code]
    call_command("adopt_live_pages", stdout=io.StringIO())
    seen.append(stage.reader.get(f"/{old.slug}/").status_code)
    print(json.dumps({"said": said, "seen": seen}))
