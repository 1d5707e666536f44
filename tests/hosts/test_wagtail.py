"""The example site of Wagtail: no way puts uncleared words live, and a page is checked, published and corrected there."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from functools import partial

import pytest

from tests.hosts.journey import check_its_claim, open_page
from tests.hosts.projects import Host, Kind
from tests.live import ROOT, wait_until
from tests.marks import thorough

WAYS = re.findall(r"^@way\ndef (\w+)", (ROOT / "tests/hosts/wagtail_ways.py").read_text(), re.MULTILINE)
SQL_OVER_WORDS = "sql_over_the_words_of_a_published_page"
"""The one way that ends with a page flagged live whose words were not cleared; readers are shown nothing."""

STORY = "The mayor of Oberfurt, Lena Brandt, said on Sunday that 40 houses were flooded."
LATER = "The mayor of Oberfurt, Lena Brandt, said on Sunday that 55 houses were flooded."
STATE = """
import json
from articles.models import ArticlePage
from wagtail.models import Comment
page = ArticlePage.objects.get(pk={pk})
rows = Comment.objects.filter(page_id=page.pk)
print(json.dumps({{"live": page.live, "comments": [[row.contentpath, row.resolved_at is None] for row in rows]}}))
"""


class ExampleSite(Host):
    """The example as it is in the repository, in a folder of its own."""

    def make(self) -> None:
        self.folder.rmdir()
        ignored = shutil.ignore_patterns("__pycache__", "db.sqlite3*", "box", "mails")
        shutil.copytree(ROOT / "examples/wagtail", self.folder, ignore=ignored)

    def tried(self, entry: str):
        """What an entry of ``wagtail_ways`` prints, run in a process of this site."""
        self.env["DJANGO_SETTINGS_MODULE"] = "desk.settings"
        said = self.run("-W", "ignore", "-c", f"from tests.hosts.wagtail_ways import {entry}; {entry}()")
        return json.loads(next(line for line in said.splitlines() if line.startswith(("{", "["))))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A folder with the example and its empty database, to be copied."""
    site = ExampleSite(tmp_path_factory.mktemp("wagtail"), Kind())
    site.make()
    site.manage("migrate", "-v0")
    return site.folder


@pytest.fixture
def example(migrated, tmp_path):
    return copied(migrated, tmp_path)


def copied(migrated, folder):
    site = ExampleSite(folder, Kind())
    shutil.copytree(migrated, folder, dirs_exist_ok=True)
    return site


@pytest.fixture(scope="module")
def outcomes(migrated, tmp_path_factory):
    """What came of every way, each tried once in one process."""
    return copied(migrated, tmp_path_factory.mktemp("ways")).tried("try_ways")


@thorough
@pytest.mark.parametrize("name", WAYS)
def test_no_way_puts_uncleared_words_live(name, outcomes):
    found = outcomes[name]
    assert not found["raised"].startswith(("AssertionError", "AttributeError", "TypeError", "KeyError")), found
    assert not [row for row in found["live"] if row["own"]]
    assert not [row for row in found["live"] if row["shown"] and not row["cleared"]]
    if name != SQL_OVER_WORDS:
        assert all(row["cleared"] for row in found["live"])


@thorough
def test_every_way_is_tried(outcomes):
    assert len(WAYS) > 45
    assert set(outcomes) == set(WAYS)


@thorough
def test_the_schedule_holds_one_page_back_and_lets_the_others_out(example):
    found = example.tried("try_schedules")
    first, second, third = found["rounds"]
    assert first["live"] == second["live"] == [True, False, True]
    assert "has not been looked at" in first["held_back"]
    assert (first["history"], first["mails"]) == (second["history"], second["mails"]) == (1, 1), "told of once"
    assert third == {"live": [True, True, True], "held_back": "", "history": 1, "mails": 1}
    assert found["by"] == [True, True, True], "in the name of whoever scheduled them"
    assert found["mail"].startswith("Not published: ")


@thorough
def test_comments_follow_the_blockers(example):
    _, blocked, cleared, changed = example.tried("try_comments")
    assert [row["path"] for row in blocked] == ["introduction", "introduction"]
    assert json.loads(blocked[1]["at"]) == [{"key": "a1", "start": 56, "end": 58}]
    assert all(row["open"] for row in blocked)
    assert len(cleared) == 2
    assert not [row for row in cleared if row["open"]]
    (claim,) = [row for row in changed if row["open"]]
    assert "the words changed" in claim["text"]


@thorough
def test_a_correction_is_recorded_once_in_its_own_words(example):
    assert example.tried("try_corrections") == {
        "state": "published",
        "publications": [True, True],
        "corrections": [["correction", "There were 90 houses, not 40."]],
        "live": [True, True],
        "words": [True, True],
    }


@thorough
def test_what_cannot_be_filed_is_said_and_older_pages_are_taken_over(example):
    found = example.tried("try_unfiled")
    assert "nowhere" in found["said"][0]
    assert "save it as a person" in found["said"][1]
    assert found["seen"] == [404, 200]


@thorough
def test_migrations_are_complete_and_the_checks_are_silent(example):
    assert "No changes detected" in example.manage("makemigrations", "--check", "--dry-run")
    assert "no issues" in example.manage("check")


WRONG = {
    "factcheck_wagtail.E001": """
INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "articles" and not app.startswith("wagtail")]
ROOT_URLCONF = "desk.plain_urls"
""",
    "factcheck_wagtail.E002": """
INSTALLED_APPS = ["factcheck.contrib.wagtail", *(app for app in INSTALLED_APPS if app != "factcheck.contrib.wagtail")]
""",
    "factcheck_wagtail.E003": 'INSTALLED_APPS = [*INSTALLED_APPS, "wrong"]',
    "factcheck_wagtail.E004": 'INSTALLED_APPS = [*INSTALLED_APPS, "wrong"]',
    "factcheck_wagtail.E005": 'INSTALLED_APPS = [*INSTALLED_APPS, "wrong"]',
    "factcheck_wagtail.E006": 'INSTALLED_APPS = [*INSTALLED_APPS, "wrong"]',
}
WRONG_PAGES = """
from wagtail.models import Page, PageManager
from factcheck.contrib.wagtail.models import FactcheckedMixin

class After(Page, FactcheckedMixin):
    factcheck_fields = ["title"]

class NoSuchField(FactcheckedMixin, Page):
    factcheck_fields = ["lead"]

class NoFields(FactcheckedMixin, Page):
    pass

class OwnManager(FactcheckedMixin, Page):
    factcheck_fields = ["title"]
    objects = PageManager()
"""


@thorough
@pytest.mark.parametrize("number", WRONG)
def test_the_system_check_names_what_is_wrong(number, example):
    (example.folder / "desk/wrong.py").write_text(f"from desk.settings import *\n{WRONG[number]}")
    (example.folder / "desk/plain_urls.py").write_text("urlpatterns = []\n")
    (example.folder / "wrong").mkdir()
    (example.folder / "wrong/__init__.py").write_text("")
    (example.folder / "wrong/models.py").write_text(WRONG_PAGES)
    example.env["DJANGO_SETTINGS_MODULE"] = "desk.wrong"
    command = [example.python, "manage.py", "check"]
    done = subprocess.run(command, cwd=example.folder, env=example.env, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"({number})" in done.stderr, done.stderr
    assert "HINT: " in done.stderr


def edit(site, browser, address, words, *, action="", title="Flood", note=""):
    """Send the form of the editor as a browser does; the page that comes back, and its address."""
    block = {"text": words, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": [], "key": "aaaaa"}
    page = open_page(browser, site, address)
    form = {
        "csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1],
        "title": title,
        "slug": "flood",
        "introduction": json.dumps({"entityMap": {}, "blocks": [block]}),
        "body-count": "0",
        "correction_note": note,
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        **({f"action-{action}": "1"} if action else {}),
    }
    asked = urllib.request.Request(
        f"{site.site}{address}", urllib.parse.urlencode(form).encode(), {"Referer": f"{site.site}{address}"}
    )
    with browser.open(asked) as answer:
        return answer.read().decode(), answer.url


@thorough
def test_a_page_is_checked_published_and_corrected(example):
    """Over HTTP alone: the editor of Wagtail, the API of factcheck, and what a reader sees."""
    example.set_up()
    with example:
        browser = example.browser("editor")
        new = "/cms/pages/add/articles/articlepage/2/"
        shown, address = edit(example, browser, new, STORY, action="publish")
        assert "saved as a draft" in shown
        pk = int(re.search(r"/pages/(\d+)/edit/", address + shown)[1])
        page = f"/cms/pages/{pk}/edit/"
        send = partial(edit, example, browser, page)
        (document,) = example.did("GET", "documents/")["results"]
        wait_until(partial(is_read, example, document["id"]), 60, example.logs())
        assert status_of_reader(example) == 404

        shown, _ = send(STORY, action="publish")
        assert "Not published: " in shown
        assert status_of_reader(example) == 404
        send(STORY)  # without the comments, as a form that was open before they were made
        made = comments(example, pk)
        assert made
        assert all(row == ["introduction", True] for row in made)
        panel = open_page(browser, example, page)
        assert 'data-light="red"' in panel
        assert re.search(r'href="/admin/factcheck/claim/\d+/change/"', panel)

        check_its_claim(example, document["id"])
        assert 'data-light="green"' in open_page(browser, example, page)
        wait_until(lambda: all(not still_open for _, still_open in comments(example, pk)), 30, "a comment is open")
        send(STORY, action="publish")
        assert STORY in reader(example)
        (out,) = example.did("GET", "publications/")["results"]
        assert (out["by"], out["clear"]) == ("editor", True)

        send(LATER, note="It was 55 houses.")
        wait_until(lambda: is_stale(example, document["id"]), 60, example.logs())
        shown, _ = send(LATER, action="publish", note="It was 55 houses.")
        assert "Not published: " in shown
        assert STORY in reader(example)
        assert len(example.did("GET", "publications/")["results"]) == 1
        example.manage("verify_history")


def is_read(site, document) -> bool:
    codes = {row["code"] for row in site.did("GET", f"documents/{document}/clearance/")["blockers"]}
    return bool(codes) and not codes & {"not_in_check", "reading_pending", "not_read", "crosscheck_pending"}


def is_stale(site, document) -> bool:
    return "claim_stale" in {row["code"] for row in site.did("GET", f"documents/{document}/clearance/")["blockers"]}


def comments(site, pk):
    return json.loads(site.manage("shell", "-v0", "-c", STATE.format(pk=pk)).splitlines()[-1])["comments"]


def reader(site) -> str:
    with urllib.request.urlopen(f"{site.site}/flood/") as answer:
        return answer.read().decode()


def status_of_reader(site) -> int:
    return site.call("GET", f"{site.site}/flood/")[0]
