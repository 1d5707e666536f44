"""Documents arrive: the same ones once, others' copies marked, hostile ones refused with a clear message."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factcheck.errors import FactcheckError, Invalid, NotAllowed, StaleRevision, WrongState
from factcheck.intake.extracts import Extract
from factcheck.intake.snapshots import response_of
from factcheck.jobs.leases import claim_job as take_job
from factcheck.models import Document, Event, Job, Snapshot
from factcheck.tasks import run_job, work
from factcheck.workflow import documents
from factcheck.workflow.arrivals import Arrival, known_zones
from factcheck.workflow.clearance import clearance
from factcheck.workflow.documents import confirm_document, ingest_document, revise_document, withdraw_document
from factcheck.workflow.revisions import fill_in
from factcheck.workflow.verification import sign_off
from tests.factories import SourceFactory
from tests.intake.made import docx_file
from tests.stories import Staff, bring_to, do_jobs, file_text, registered, revise_text

pytestmark = pytest.mark.django_db

TEXT = "The council of Torvik said 40 homes were flooded on Monday."
PAGE = f"<html><head><title>Flood in Torvik</title></head><body><article><p>{TEXT}</p></article></body></html>"

LARGEST = 10_000_000
BAD_ARRIVALS = [  # what it is, the bytes, what comes with them, the code of the refusal
    ("empty", b"", {}, "empty"),
    ("only blanks", b" \r\n\t", {}, "empty"),
    ("one byte too large", b"a" * (LARGEST + 1), {}, "too_large"),
    ("a zone nobody knows", b"Rain.", {"zone": "Mars/Olympus"}, "zone_unknown"),
    ("far in the future", b"Rain.", {"published_at": timezone.now() + timedelta(days=400)}, "date_in_future"),
    ("long before there was print", b"Rain.", {"published_at": datetime(1, 1, 1, tzinfo=UTC)}, "date_too_early"),
    ("the clock of whatever machine", b"Rain.", {"zone": "localtime"}, "zone_unknown"),
    ("the clock of no place", b"Rain.", {"zone": "Factory"}, "zone_unknown"),
    ("the rules of a file", b"Rain.", {"zone": "posixrules"}, "zone_unknown"),
    ("neither story nor coverage", b"Rain.", {"kind": "poem"}, "kind_unknown"),
    ("half a character in the title", b"Rain.", {"title": "Rain \ud83d"}, "text_unusable"),
    ("NUL in the title", b"Rain.", {"title": "Rain\0"}, "text_unusable"),
    ("a character that no XML can hold in the title", b"Rain.", {"title": "Rain\uffff"}, "text_unusable"),
    ("the mirror of the byte order mark in the byline", b"Rain.", {"byline": "Orr\ufffe"}, "text_unusable"),
    ("a character given to nobody in the publisher", b"Rain.", {"publisher_name": "Ost\ufdd0"}, "text_unusable"),
    ("a bell in the title", b"Rain.", {"title": "Rain\x07"}, "text_unusable"),
    ("a form feed in the title", b"Rain.", {"title": "Rain\f"}, "text_unusable"),
    ("NUL in the address", b"Rain.", {"url": "https://torvik.example/\0"}, "text_unusable"),
    ("half a character in the byline", b"Rain.", {"byline": "\udc00"}, "text_unusable"),
    ("NUL in the name of the file", b"Rain.", {"filename": "a\0.txt"}, "text_unusable"),
    ("NUL in the host's name for it", b"Rain.", {"source_id": "\0"}, "text_unusable"),
    ("an endless name of the host's", b"Rain.", {"source_id": "7" * 201}, "source_id_too_long"),
]


@pytest.mark.parametrize(
    ("data", "values", "code"), [row[1:] for row in BAD_ARRIVALS], ids=[row[0] for row in BAD_ARRIVALS]
)
def test_what_is_unusable_is_refused_before_anything_is_stored(data, values, code, staff):
    with pytest.raises(Invalid) as refusal:
        ingest_document(data, Arrival(**values), desk=staff.desk, by=staff.editor)
    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
    assert not any(model.objects.exists() for model in (Document, Snapshot, Job, Event))


def test_ten_megabytes_exactly_are_taken(staff):
    document, job = ingest_document(b"a" * LARGEST, Arrival(), desk=staff.desk, by=staff.editor)
    assert (document.state, job.state, Snapshot.objects.get().size) == ("arriving", "due", LARGEST)


def test_nothing_is_read_while_the_person_waits(staff):
    document, job = ingest_document(TEXT.encode(), Arrival(pasted=True), desk=staff.desk, by=staff.editor)
    assert (document.state, document.revisions.count(), job.state) == ("arriving", 0, "due")
    assert response_of(bytes(Snapshot.objects.get().warc)) == TEXT.encode()
    assert [event.action for event in Event.objects.of(document)] == ["arrive"]


ODD_TEXTS = [
    ("NUL bytes inside", "Rain\0fell in Torvik. 40 homes were lost."),
    ("characters given to nobody", "Rain\uffff fell in Torvik.\ufffe 40 homes were lost."),
    ("form feeds", "Rain fell in Torvik.\f40 homes were lost."),
    ("marks from right to left", "\u202eRain fell\u202c in Torvik. 40 homes were lost."),
    ("a byte order mark", "\ufeffRain fell in Torvik. 40 homes were lost."),
    ("a number of three hundred digits", f"The council counted {'9' * 300} homes in Torvik."),
    ("a date that is none", "On 31 February 9999 the council counted 40 homes."),
    ("one endless word", "a" * 50_000),
    ("no letters at all", "… — … 12 … 13"),
]


@pytest.mark.parametrize("text", [row[1] for row in ODD_TEXTS], ids=[row[0] for row in ODD_TEXTS])
def test_odd_texts_are_read_or_refused_and_never_half(text, staff):
    document = file_text(text, desk=staff.desk, by=staff.editor, read=False)
    work()
    document.refresh_from_db()
    failed = Job.objects.filter(state="failed").count()
    assert (document.state, failed, document.revisions.count()) in [("in_check", 0, 1), ("unreadable", 1, 0)]
    if document.revisions.exists():
        revision = document.current_revision
        assert "\0" not in revision.text
        assert revision.text_sha256 == hashlib.sha256(revision.text.encode()).hexdigest()


# The same document, and another's copy


def test_the_same_bytes_twice_are_one_document(staff):
    values = {"publisher_name": "The Sundby Post", "url": "https://post.example/1"}
    one = file_text(TEXT, desk=staff.desk, by=staff.editor, **values)
    two = file_text(TEXT, desk=staff.desk, by=staff.desk_chief, **values)
    assert (one, Document.objects.count(), one.revisions.count()) == (two, 1, 1)


@pytest.mark.parametrize("tail", ["?utm_source=x", "#top", "/", "?fbclid=1"])
def test_the_same_bytes_from_another_way_to_write_the_address_are_one_document(tail, staff):
    one = file_text(TEXT, desk=staff.desk, by=staff.editor, url="https://post.example/1")
    two = file_text(TEXT, desk=staff.desk, by=staff.editor, url=f"http://www.post.example/1{tail}")
    assert (one, Document.objects.count(), one.url) == (two, 1, "https://post.example/1")


def test_the_same_bytes_from_another_address_are_two_documents(staff):
    one = file_text(TEXT, desk=staff.desk, by=staff.editor, url="https://post.example/1")
    two = file_text(TEXT, desk=staff.desk, by=staff.editor, url="https://post.example/2")
    assert (one != two, two.same_text_as) == (True, one)


def test_the_same_bytes_before_they_are_read_ask_for_one_reading(staff):
    for _ in range(2):
        document, job = ingest_document(TEXT.encode(), Arrival(pasted=True), desk=staff.desk, by=staff.editor)
    assert (Job.objects.get(), Document.objects.get()) == (job, document)


def test_another_outlet_s_reprint_is_a_document_of_its_own_marked_as_the_same_text(staff):
    one = file_text(TEXT, desk=staff.desk, by=staff.editor, publisher=SourceFactory())
    two = file_text(TEXT, desk=staff.desk, by=staff.editor, publisher=SourceFactory())
    three = file_text(TEXT, desk=staff.desk, by=staff.editor, publisher=SourceFactory())
    assert (one.same_text_as, two.same_text_as, three.same_text_as) == (None, one, one)
    assert set(one.reprints.all()) == {two, three}


def test_a_reprint_on_another_desk_is_not_shown_to_this_one(staff):
    other = Staff()
    file_text(TEXT, desk=other.desk, by=other.editor)
    assert file_text(TEXT, desk=staff.desk, by=staff.editor).same_text_as is None


# The host's own text


def host(data: str, staff: Staff, **values):
    arrival = Arrival(source_app="cms", source_id="7", **values)
    return ingest_document(data.encode(), arrival, desk=staff.desk, by=staff.service)


def test_the_host_s_object_filed_again_is_a_revision_of_it(staff):
    story, _ = host(TEXT, staff)
    do_jobs()
    again, _ = host(TEXT.replace("40", "45"), staff)
    do_jobs()
    assert (again, story.revisions.count()) == (story, 2)
    assert story.current_revision.text == TEXT.replace("40", "45")


def test_the_host_s_object_filed_twice_unchanged_is_one_text_read_or_not(staff):
    for _ in range(2):
        story, job = host(TEXT, staff)
    assert Job.objects.get() == job
    do_jobs()
    assert host(TEXT, staff) == (story, None)
    do_jobs()
    assert (story.revisions.count(), Snapshot.objects.count()) == (1, 1)


def test_the_host_s_own_page_goes_straight_to_check_and_stays_a_page_when_revised(staff):
    story, _ = host(PAGE, staff, media_type="text/html")
    work()
    story.refresh_from_db()
    assert (story.state, story.current_revision.text.strip()) == ("in_check", TEXT)
    host(PAGE.replace("40", "45"), staff, media_type="text/html")
    work()
    assert (story.revisions.count(), story.current_revision.text.strip()) == (2, TEXT.replace("40", "45"))


def test_somebody_else_s_page_waits_until_a_person_has_confirmed_its_text(staff):
    arrival = Arrival(media_type="text/html", kind="coverage")
    document, _ = ingest_document(PAGE.encode(), arrival, desk=staff.desk, by=staff.editor)
    work()
    document.refresh_from_db()
    assert (document.state, document.title) == ("to_confirm", "Flood in Torvik")
    assert {row.code for row in clearance(document).blockers} == {"not_in_check"}
    confirm_document(document, by=staff.editor, title="The flood")
    assert (document.state, document.title) == ("in_check", "The flood")


def test_what_the_person_said_is_not_overwritten_by_what_the_page_says(staff):
    arrival = Arrival(media_type="text/html", title="Our own title", zone="Europe/Berlin")
    document, _ = ingest_document(PAGE.encode(), arrival, desk=staff.desk, by=staff.editor)
    work()
    document.refresh_from_db()
    assert (document.title, document.zone) == ("Our own title", "Europe/Berlin")


def test_the_publisher_is_known_by_the_domain_of_the_address(staff):
    post = registered("The Sundby Post", domains=("post.example",))
    url = "https://www.post.example:443/flood?id=1"
    assert file_text(TEXT, desk=staff.desk, by=staff.editor, url=url).publisher == post


# Revisions


def test_the_texts_of_a_document_are_numbered_and_hashed_as_sent(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    for word in ("45", "50"):
        revise_text(story, TEXT.replace("40", word), by=staff.editor)
    assert [(row.number, row.bytes_sha256) for row in story.revisions.all()] == [
        (number, hashlib.sha256(TEXT.replace("40", word).encode()).hexdigest())
        for number, word in enumerate(("40", "45", "50"), 1)
    ]


def test_going_back_to_an_earlier_text_is_a_new_revision(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    revise_text(story, TEXT.replace("40", "45"), by=staff.editor)
    revise_text(story, TEXT, by=staff.editor)
    assert (story.revisions.count(), story.current_revision.text) == (3, TEXT)


def test_a_reading_that_comes_late_does_not_put_an_older_text_on_top(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    revise_document(story, TEXT.replace("40", "45").encode(), by=staff.editor)
    slow = take_job("work")
    revise_text(story, TEXT.replace("40", "50"), by=staff.editor)
    run_job(slow)
    assert story.current_revision.text == TEXT.replace("40", "50")
    assert Snapshot.objects.count() == 3


def test_a_text_revised_on_an_old_page_of_it_is_refused(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    with pytest.raises(StaleRevision):
        revise_document(story, b"Rain.", by=staff.editor, version=story.version - 1)


def test_a_withdrawn_document_takes_no_new_text(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    withdraw_document(story, by=staff.editor, note="a hoax")
    with pytest.raises(WrongState):
        revise_document(story, b"Rain.", by=staff.editor)


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (b"a" * (LARGEST + 1), "too_large")], ids=["empty", "too large"]
)
def test_an_unusable_revision_is_refused_and_the_text_stands(data, code, staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    with pytest.raises(FactcheckError) as refusal:
        revise_document(story, data, by=staff.editor)
    assert (refusal.value.code, story.current_revision.text) == (code, TEXT)


def test_nothing_is_ever_deleted_by_withdrawing(staff):
    story = file_text(TEXT, desk=staff.desk, by=staff.editor)
    counts = story.claims.count(), story.figures.count(), story.revisions.count()
    withdraw_document(story, by=staff.editor, note="a hoax")
    assert (story.claims.count(), story.figures.count(), story.revisions.count()) == counts


# Who wrote it


def filed(staff, text=TEXT, *authors):
    arrival = Arrival(pasted=True, source_app="cms", source_id="1", authors=authors)
    return ingest_document(text.encode(), arrival, desk=staff.desk, by=staff.service)[0]


def test_those_named_on_a_later_filing_are_authors_too_and_nobody_is_taken_away(staff):
    filed(staff, TEXT, staff.checker)
    document = filed(staff, TEXT + " Rain fell.", staff.reviewer)
    assert set(document.authors.all()) == {staff.checker, staff.reviewer}
    event = Event.objects.of(document).get(action="name_authors")
    assert (event.actor, event.facts) == (staff.service, {"authors": [staff.reviewer.pk]})


def test_who_is_named_with_the_second_text_does_not_sign_off_the_first_claim(staff):
    do_jobs(filed(staff))
    document = do_jobs(filed(staff, TEXT + " Rain fell.", staff.reviewer))
    claim = bring_to(document.claims.get(text__contains="40"), "in_review", staff)
    with pytest.raises(NotAllowed) as refusal:
        sign_off(claim, by=staff.reviewer)
    assert refusal.value.code == "four_eyes_author"


@pytest.mark.parametrize("host", [True, False], ids=["the host's object", "a pasted text"])
def test_the_same_bytes_again_may_name_more_authors(host, staff):
    particulars = {"source_app": "cms", "source_id": "1"} if host else {}
    for authors in ((), (staff.reviewer,), (staff.reviewer,), ()):
        arrival = Arrival(pasted=True, authors=authors, **particulars)
        document, _ = ingest_document(TEXT.encode(), arrival, desk=staff.desk, by=staff.editor)
    assert (list(document.authors.all()), Document.objects.count()) == ([staff.reviewer], 1)
    assert [event.action for event in Event.objects.of(document)] == ["arrive", "name_authors"]


# Dates and clocks that a file names


def test_a_date_before_print_and_a_clock_of_no_place_are_not_taken_from_a_file(staff):
    document = filed(staff)
    fill_in(
        document,
        Extract(text=TEXT, media_type="text/plain", published_at=datetime(1, 1, 1, tzinfo=UTC), zone="localtime"),
    )
    assert (document.published_at, document.zone) == (None, "UTC")
    fill_in(
        document,
        Extract(text=TEXT, media_type="text/plain", published_at=datetime(1605, 1, 1, tzinfo=UTC), zone="Europe/Kyiv"),
    )
    assert (document.published_at.year, document.zone) == (1605, "Europe/Kyiv")


def test_every_zone_is_of_a_place_or_universal_time():
    assert {"UTC", "GMT", "Europe/Kyiv", "America/Argentina/Ushuaia"} <= known_zones()
    assert not known_zones() & {"localtime", "Factory", "posixrules", "EST5EDT", "Zulu"}


# Nothing that goes to print is left unread


HOST = {"source_app": "cms", "source_id": "9"}
LINE = "The council of Torvik said 40 homes were flooded on Monday."
LOUD = "The minister of Torvik said 900 soldiers died on Monday."


def read_as(staff, data: bytes, filename: str, **values) -> Document:
    """Filed by the host and read by a worker, as in a newsroom."""
    arrival = Arrival(filename=filename, **{**HOST, **values})
    document, _ = ingest_document(data, arrival, desk=staff.desk, by=staff.service)
    work()
    document.refresh_from_db()
    return document


@pytest.mark.parametrize("tag", ["nav", "aside", "footer", "header", "button", "noscript", "figcaption"])
def test_all_that_the_host_s_page_shows_is_read(tag, staff):
    document = read_as(staff, f"<html><body><{tag}>{LOUD}</{tag}><p>{LINE}</p></body></html>".encode(), "story.html")
    text = document.current_revision.text
    assert document.state == "in_check"
    assert LOUD in text
    assert LINE in text
    assert document.claims.filter(text__contains="900").exists()


def test_a_page_that_is_not_the_host_s_is_confirmed_by_a_person(staff):
    page = f"<html><body><nav>{LOUD}</nav><article><p>{LINE}</p></article></body></html>".encode()
    assert read_as(staff, page, "story.html", source_id="").state == "to_confirm"


def test_a_file_of_the_host_out_of_which_the_text_had_to_be_taken_is_confirmed_too(staff):
    assert read_as(staff, docx_file(LINE), "story.docx").state == "to_confirm"


def test_only_known_keys_at_the_top_of_a_text_are_taken_out_of_it(staff):
    head = f"Title: Flood\nSecond line: {LOUD}\n  And 4,000 homes were destroyed.\nTitle: 700 boats sank.\n\n"
    document = read_as(staff, (head + LINE).encode(), "story.md")
    assert (document.title, document.state) == ("Flood", "in_check")
    for words in (LOUD, "4,000 homes", "700 boats", LINE):
        assert words in document.current_revision.text
    assert document.claims.filter(text__contains="900").exists()


def test_the_second_of_two_first_texts_for_one_object_is_not_lost(staff, monkeypatch):
    """Another request has filed its text between the look-up and the write."""
    arrival = Arrival(pasted=True, **HOST)
    first, _ = ingest_document(LINE.encode(), arrival, desk=staff.desk, by=staff.service)
    look, looks = documents.host_object, iter([None])
    monkeypatch.setattr(documents, "host_object", lambda *words: next(looks, look(*words)))
    document, job = ingest_document(LOUD.encode(), arrival, desk=staff.desk, by=staff.service)
    work()
    assert (document, job is not None, document.current_revision.text) == (first, True, LOUD)
    assert document.revisions.count() == 2
