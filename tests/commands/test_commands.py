"""What a person types: each command does its work, and says clearly why where it cannot."""

import hashlib
import hmac
import json
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError

from factcheck.models import CrossCheck, Desk, Document, Event, EventNote, Job, Membership, Policy, Report, Source
from factcheck.tasks import work
from tests import factories
from tests.stories import clear_document, file_text, person


def run(name, *args):
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def editor(db):
    desk = factories.DeskFactory(slug="news-desk")
    return person("editor", desk, username="ann")


def test_setup_roles_makes_a_desk_the_registry_and_gives_roles_and_may_be_run_again(db):
    factories.UserFactory(username="bo")
    assert "made" in run("setup_roles", "--desk", "Night desk", "--role", "bo=reviewer")
    assert Source.objects.filter(names__folded="isw").exists()
    assert "is there; 0 sources added" in run("setup_roles", "--desk", "Night desk", "--role", "bo=reviewer")
    assert Membership.objects.get(user__username="bo").role == "reviewer"
    desk = Desk.objects.get(slug="night-desk")
    assert (Policy.of(desk).eyes, Event.objects.of(desk).get().machine) == ("three", "setup_roles")
    given = Event.objects.of(Membership.objects.get()).get()
    assert (given.action, given.machine, given.facts["role"]) == ("add", "setup_roles", "reviewer")


def test_setup_roles_makes_and_unmakes_chief_editors_and_keeps_the_last(db):
    for name in ("bo", "cy"):
        factories.UserFactory(username=name)
    run("setup_roles", "--role", "bo=chief_editor")
    with pytest.raises(CommandError, match="at least one chief editor"):
        run("setup_roles", "--take", "bo=chief_editor")
    output = run("setup_roles", "--role", "cy=chief_editor", "--take", "bo=chief_editor", "--take", "bo=editor")
    assert "bo is no longer chief editor" in output
    assert "bo was not editor" in output
    assert Membership.objects.get().user.username == "cy"
    gone = Event.objects.get(record="membership", action="remove")
    assert (gone.machine, gone.facts["role"]) == ("setup_roles", "chief_editor")


def test_setup_roles_keeps_the_last_chief_of_a_desk_and_writes_nothing_by_half(db):
    for name in ("bo", "cy"):
        factories.UserFactory(username=name)
    run("setup_roles", "--role", "bo=desk_chief")
    with pytest.raises(CommandError, match="at least one chief"):
        run("setup_roles", "--role", "cy=editor", "--take", "bo=desk_chief")
    assert Membership.objects.get().user.username == "bo"


def test_setup_roles_gives_a_service_account_no_other_role_anywhere(db):
    factories.UserFactory(username="cms")
    run("setup_roles", "--role", "cms=service")
    for desk, role in (("News desk", "editor"), ("Night desk", "desk_chief"), ("News desk", "chief_editor")):
        with pytest.raises(CommandError, match="no other role"):
            run("setup_roles", "--desk", desk, "--role", f"cms={role}")
    assert Membership.objects.get().role == "service"
    assert not Desk.objects.filter(slug="night-desk").exists()


def test_doctor_names_a_service_account_with_another_role(db):
    desk = factories.DeskFactory()
    cms = person("service", desk, username="cms")
    assert "nothing else" in run("doctor", "roles")
    Membership.objects.create(user=cms, desk=factories.DeskFactory(), role="editor")
    out = StringIO()
    with pytest.raises(CommandError, match="wrong"):
        call_command("doctor", "roles", stdout=out)
    assert "WRONG service accounts with another role, which does not count: cms" in out.getvalue()


@pytest.mark.parametrize(("pair", "says"), [("bo=king", "is not a role"), ("nobody=editor", "There is no user")])
def test_setup_roles_says_what_is_wrong(db, pair, says):
    with pytest.raises(CommandError, match=says):
        run("setup_roles", "--role", pair)


def test_ingest_takes_in_files_which_a_worker_reads(editor, tmp_path):
    story = tmp_path / "flood.md"
    story.write_text(
        "Title: Flood\nTopic: flood\nKind: story\n\nAt least 40 people were hurt in Oberfurt, the mayor said.\n"
    )
    assert "job" in run("ingest", str(story), "--desk", "news-desk", "--by", "ann")
    work()
    document = Document.objects.get()
    assert (document.title, document.state, document.topic.slug, document.kind) == (
        "Flood",
        "in_check",
        "flood",
        "story",
    )
    assert document.figures.get().counted
    assert "already read" in run("ingest", str(story), "--desk", "news-desk", "--by", "ann")


def test_ingest_takes_in_addresses_which_a_worker_fetches(editor, news_web):
    news_web.put("/flood", "<html><body><article><p>Forty homes were flooded in Torvik.</p></article></body></html>")
    assert "job" in run("ingest", "http://news.example/flood", "--desk", "news-desk", "--by", "ann")
    work()
    document = Document.objects.get()
    assert (document.state, document.kind, document.url) == ("to_confirm", "coverage", "http://news.example/flood")
    with pytest.raises(CommandError, match="1 of 1"):
        run("ingest", "http://localhost/flood", "--desk", "news-desk", "--by", "ann")


def test_ingest_goes_on_after_a_bad_file_and_says_which(editor, tmp_path):
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text("Twelve boats sank.")
    empty.write_text("  ")
    with pytest.raises(CommandError, match="1 of 3 files"):
        run("ingest", str(empty), str(good), str(good), "--desk", "news-desk", "--by", "ann")
    assert Document.objects.count() == 1


def test_crosscheck_is_queued_and_done_by_a_worker(db):
    run("crosscheck")
    work()
    assert CrossCheck.objects.get().finished_at is not None
    with pytest.raises(CommandError, match="no topic"):
        run("crosscheck", "--topic", "nowhere")
    with pytest.raises(CommandError, match="no document"):
        run("crosscheck", "--document", "77")


def test_crosscheck_waits_until_it_is_done_or_says_why_not(db, monkeypatch):
    monkeypatch.setattr("factcheck.management.commands.crosscheck.time.sleep", lambda _: work())
    assert run("crosscheck", "--wait").rstrip().endswith("is done.")

    def cancel(_):
        Job.objects.filter(state="due").update(state="failed", error="The weights cannot be read.")

    monkeypatch.setattr("factcheck.management.commands.crosscheck.time.sleep", cancel)
    with pytest.raises(CommandError, match=r"is failed. The weights cannot be read."):
        run("crosscheck", "--wait")


def test_crosscheck_waits_no_longer_than_it_is_told(db):
    with pytest.raises(CommandError, match=r"is due after 0.1 seconds; it goes on."):
        run("crosscheck", "--wait", "--timeout", "0.1")
    assert Job.objects.get().state == "due"


# Sources from a table

TABLE = """name,kind,country,aliases,domains,owner
Torvik Council,official,NO,Council of Torvik;TC,torvik.example,
Torvik Harbour Office,official,NO,,harbour.torvik.example,Torvik Council
"""


def from_table(tmp_path, table, *more):
    path = tmp_path / "sources.csv"
    path.write_bytes(table if isinstance(table, bytes) else table.encode())
    return run("import_sources", str(path), "--desk", "news-desk", "--by", "ann", *more)


def test_sources_are_entered_from_a_table_by_a_person(editor, tmp_path):
    assert "2 of 2 sources are entered." in from_table(tmp_path, TABLE)
    office = Source.objects.get(name="Torvik Harbour Office")
    assert office.owner.name == "Torvik Council"
    assert Source.objects.named("tc").name == "Torvik Council"
    assert [(row.action, row.actor) for row in Event.objects.of(office)] == [("record", editor)]


def test_a_dry_run_says_what_would_be_entered_and_enters_nothing(editor, tmp_path):
    assert "2 of 2 sources would be entered." in from_table(tmp_path, TABLE, "--dry-run")
    assert not Source.objects.exists()
    assert not Event.objects.exists()


def test_a_row_that_cannot_be_entered_is_told_by_its_line_and_the_others_are_entered(editor, tmp_path, capsys):
    table = TABLE + "Torvik Council,official,,,,\nX,gossip,,,,\n,official,,,,\nY,official,,,x.com,\nZ,media,,,,Nobody\n"
    with pytest.raises(CommandError, match="5 of 7 rows are left out"):
        from_table(tmp_path, table)
    assert Source.objects.count() == 2


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("", "no column “kind”"),
        ("name\nA\n", "no column “kind”"),
        ("name,kind,grade\nA,media,B\n", "no column “grade”"),
        ("name,kind\nA,media,extra\n", "more fields"),
        ('name,kind\n"A,media\n', "no CSV"),
        (b"name,kind\nG\xe9n,media\n", "not UTF-8"),
        (b"PK\x03\x04\xff", "not UTF-8"),
        ("name;kind\nA;media\n" + "x" * 10_000_001, "larger than"),
    ],
)
def test_what_is_no_table_of_sources_is_refused_whole(table, says, editor, tmp_path):
    with pytest.raises(CommandError, match=says):
        from_table(tmp_path, table)
    assert not Source.objects.exists()


def test_a_table_that_a_spreadsheet_parts_by_semicolons_is_read_too(editor, tmp_path):
    assert "1 of 1 sources are" in from_table(tmp_path, "\ufeffName;Kind;Country\r\nGén Info;media;FR\r\n")
    assert Source.objects.get().name == "Gén Info"


def test_who_may_not_enter_sources_does_not_by_a_table_either(editor, tmp_path):
    person("auditor", Desk.objects.get(), username="bo")
    (tmp_path / "sources.csv").write_text(TABLE)
    with pytest.raises(CommandError, match="2 of 2 rows are left out"):
        run("import_sources", str(tmp_path / "sources.csv"), "--desk", "news-desk", "--by", "bo")
    assert not Source.objects.exists()


# People from a table

PEOPLE = """login,email,first_name,last_name,desk,roles
mia,mia@torvik.example,Mia,Berg,news-desk,editor;reviewer
tom,tom@torvik.example,Tom,Lund,news-desk,checker
"""


def people_from(tmp_path, table, *more):
    (tmp_path / "people.csv").write_text(table)
    return run("import_people", str(tmp_path / "people.csv"), "--by", "cleo", *more)


@pytest.fixture
def cleo(editor):
    return person("desk_chief", Desk.objects.get(), username="cleo")


def test_people_are_entered_from_a_table_with_their_roles_by_a_chief(cleo, tmp_path):
    assert "2 of 2 people are entered." in people_from(tmp_path, PEOPLE)
    mia = get_user_model().objects.get(username="mia")
    assert (mia.email, mia.first_name, mia.has_usable_password()) == ("mia@torvik.example", "Mia", False)
    roles = Membership.objects.filter(user=mia)
    assert sorted(roles.values_list("role", flat=True)) == ["editor", "reviewer"]
    assert {Event.objects.of(row).get().actor for row in roles} == {cleo}


def test_a_table_entered_twice_changes_nothing_the_second_time(cleo, tmp_path):
    people_from(tmp_path, PEOPLE)
    before = (get_user_model().objects.count(), Membership.objects.count(), Event.objects.count())
    people_from(tmp_path, PEOPLE.replace("Mia,Berg", "Mina,Bergen"))
    assert (get_user_model().objects.count(), Membership.objects.count(), Event.objects.count()) == before
    assert get_user_model().objects.get(username="mia").first_name == "Mia"


def test_a_dry_run_says_which_people_would_be_entered_and_makes_no_account(cleo, tmp_path):
    assert "2 of 2 people would be entered." in people_from(tmp_path, PEOPLE, "--dry-run")
    assert not get_user_model().objects.filter(username__in=["mia", "tom"]).exists()


@pytest.mark.parametrize(
    "row",
    [
        "ola,ola@torvik.example,Ola,Lie,sports,checker",
        "ola,no address,Ola,Lie,news-desk,checker",
        "ola,ola@torvik.example,Ola,Lie,news-desk,boss",
        "ola,ola@torvik.example,Ola,Lie,news-desk,chief editor",
        "ola,ola@torvik.example,Ola,Lie,news-desk,",
        "ola,ola@torvik.example,Ola,Lie,news-desk,service;editor",
        "cleo,,,,news-desk,editor",
        ",ola@torvik.example,Ola,Lie,news-desk,checker",
    ],
)
def test_a_person_who_cannot_be_entered_is_left_out_with_their_account(row, cleo, tmp_path):
    with pytest.raises(CommandError, match="1 of 3 rows are left out"):
        people_from(tmp_path, PEOPLE + row + "\n")
    assert not get_user_model().objects.filter(username__in=["ola", ""]).exists()
    assert Membership.objects.filter(user=cleo).count() == 1


def test_who_is_no_chief_gives_no_roles_by_a_table(cleo, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    with pytest.raises(CommandError, match="2 of 2 rows are left out"):
        run("import_people", str(tmp_path / "people.csv"), "--by", "ann")
    assert not get_user_model().objects.filter(username="mia").exists()


def test_a_bar_on_a_terminal_tells_how_many_rows_are_done(cleo, tmp_path):
    class Terminal(StringIO):
        def isatty(self):
            return True

    (tmp_path / "people.csv").write_text(PEOPLE)
    terminal = Terminal()
    call_command("import_people", str(tmp_path / "people.csv"), "--by", "cleo", stdout=StringIO(), stderr=terminal)
    assert terminal.getvalue().endswith(f"[{'#' * 30}] 2 of 2\n")


def test_send_reports_builds_and_mails_what_is_due(db, mailoutbox):
    desk = factories.DeskFactory()
    chief = person("desk_chief", desk)
    subscription = factories.ReportSubscriptionFactory(desk=desk, cron="* * * * *", looked_at=factories.NOON)
    subscription.recipients.add(chief)
    assert "1 report due" in run("send_reports")
    work()
    assert Report.objects.get().subscription == subscription
    assert [mail.to for mail in mailoutbox] == [[chief.email]]


def test_verify_history_holds_until_a_reason_is_tampered_with(editor, tmp_path):
    story = tmp_path / "story.txt"
    story.write_text("Nine houses burned.")
    run("ingest", str(story), "--desk", "news-desk", "--by", "ann")
    work()
    assert f"All {Event.objects.count()} events verify" in run("verify_history")
    event = Event.objects.first()
    EventNote.objects.create(event=event, salt="s", text="another reason")
    out = StringIO()
    with pytest.raises(CommandError, match="1 finding"):
        call_command("verify_history", stdout=out)
    assert "not the one that was given" in out.getvalue()


def test_doctor_names_what_is_wrong_in_plain_words(db):
    out = StringIO()
    with pytest.raises(CommandError, match="wrong"):
        call_command("doctor", stdout=out)
    output = out.getvalue()
    assert "ok    all migrations are applied" in output
    assert "ok    the history is guarded" in output
    assert "WRONG the source registry is empty" in output
    assert "WRONG no worker answers" in output


def test_a_failed_job_is_counted_by_the_doctor(db):
    Job.objects.create(name="sweep", key="x", state="failed", run_at=factories.NOON, error="why")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("doctor", stdout=out)
    assert "1 failed" in out.getvalue()


@pytest.fixture
def filed(staff):
    story = file_text("The council of Torvik said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor)
    Document.objects.filter(pk=story.pk).update(source_app="cms", source_id="article-9")
    return story


def status_of(*args):
    """The exit status of a command, and what it printed."""
    out = StringIO()
    try:
        call_command("clearance", *args, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_clearance_tells_scripts_by_exit_status_what_the_gate_says(filed, staff, tmp_path):
    status, printed = status_of(str(filed.pk))
    assert (status, "claim_open" in printed or "claim_unchecked" in printed, "is not cleared" in printed) == (
        1,
        True,
        True,
    )
    clear_document(filed, staff)
    assert status_of("cms:article-9") == (0, "Clear for publication.\n")
    assert json.loads(status_of("cms:article-9", "--json")[1])["clear"] is True
    (tmp_path / "page").write_bytes(filed.current_revision.text.encode())
    (tmp_path / "other").write_bytes(b"The council said 45 homes.")
    assert status_of("cms:article-9", "--file", str(tmp_path / "page"))[0] == 0
    status, printed = status_of("cms:article-9", "--file", str(tmp_path / "other"))
    assert (status, "not_this_revision" in printed) == (1, True)


@pytest.mark.parametrize("name", ["999", "cms:nothing", "x", "²", "9" * 30, ":", "-1", "12\0", "cms:\0"])
def test_clearance_of_what_is_not_there_is_no_answer(name, db):
    assert status_of("--", name)[0] == 2


def test_clearance_of_bytes_that_cannot_be_read_is_no_answer(filed, tmp_path):
    assert status_of(str(filed.pk), "--file", str(tmp_path))[0] == 2


def test_a_sample_of_a_webhook_verifies_with_its_secret(db):
    head, _, body = run("webhook_sample", "document_published", "--secret", "s3cret").partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    over = headers["X-Factcheck-Timestamp"] + "." + body.rstrip("\n")
    assert (
        headers["X-Factcheck-Signature"] == "sha256=" + hmac.new(b"s3cret", over.encode(), hashlib.sha256).hexdigest()
    )
    assert json.loads(body)["publication"]["clear"] is True
