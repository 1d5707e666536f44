"""Every format is made from the frozen data, holds what the record holds, and obeys nothing that a person wrote."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import types
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from factcheck.errors import Invalid
from factcheck.intake.text_cleaning import strip_unusable
from factcheck.models import Document, Report, ReportFormat, ReportKind
from factcheck.reports.builders import OF_A_DESK
from factcheck.reports.deliver import build_desk_report, build_document_report
from factcheck.reports.render import RENDERERS, formats_of, render
from factcheck.reports.render.pdf import IN_PRINT, character_name
from factcheck.reports.render.sheets import escape_formula
from factcheck.workflow.history import erase_document
from factcheck.workflow.publications import correct_document, publish_document
from factcheck.workflow.verification import assign_claim
from tests.factories import TopicFactory
from tests.marks import thorough
from tests.stories import Staff, bring_to, clear_document, file_text

pytestmark = pytest.mark.django_db

HOMES = "The council of Torvik said 40 homes were flooded on Monday."
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": SHEET,
    "json": "application/json",
    "claimreview": "application/ld+json",
}


def reported(staff: Staff, text: str = HOMES, **particulars) -> Report:
    """The report of a story whose claims are all signed off."""
    story = file_text(text, desk=staff.desk, by=staff.editor, **{"title": "The flood", **particulars})
    return build_document_report(clear_document(story, staff), by=staff.editor)


def with_claim(report: Report, text: str) -> Report:
    """The same report, as if a claim, a note and an excerpt said this."""
    claim = report.data["documents"][0]["claims"][0]
    claim["text"] = claim["waiver_reason"] = claim["evidence"][0]["excerpt"] = text
    return report


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def rows_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", ReportKind.values)
def test_every_kind_comes_in_every_format_with_a_name_that_is_safe_anywhere(kind, staff):
    title = 'A/..\\"flood"\r\nX-Evil: 1; ‮ 😀'
    story = file_text(HOMES, desk=staff.desk, by=staff.editor, topic=TopicFactory(), title="a")
    file_text(
        HOMES.replace("40", "60").replace("council", "mayor"), desk=staff.desk, by=staff.editor, topic=story.topic
    )
    late = timezone.now() - timedelta(days=2)
    assign_claim(bring_to(story.claims.get(), "open", staff), staff.checker, by=staff.editor, due_at=late)
    publish_document(story, by=staff.editor, uncleared_reason="now")
    correct_document(story, by=staff.editor, correction_class="update", wording="More.")
    one = build_document_report(story, by=staff.editor) if kind == "document" else None
    report = one or build_desk_report(staff.desk, kind, by=staff.editor)
    report.title = title
    assert set(formats_of(kind)) == set(MEDIA) - ({"claimreview"} if kind != "document" else set())
    for name in formats_of(kind):
        file = render(report, name)
        assert file.media_type == MEDIA[name]
        assert re.fullmatch(r"[a-z0-9-]+\.(pdf|html|txt|csv|xlsx|json|jsonld)", file.filename), file.filename
        assert len(file.body) > 40
    assert set(RENDERERS) == set(ReportFormat.values)


def test_a_format_that_there_is_not_is_refused(staff):
    report = build_desk_report(staff.desk, "desk_digest", by=staff.editor)
    for name in ("docx", "", "claimreview", "__class__"):
        with pytest.raises(Invalid):
            render(report, name)


def test_an_older_report_that_lacks_a_part_is_still_a_file(staff):
    for kind in OF_A_DESK:
        report = Report(pk=7, kind=kind, title="An old one", data={"kind": kind})
        for name in formats_of(kind):
            assert render(report, name).body


# PDF


def test_the_pdf_says_what_the_record_says(staff):
    report = reported(staff)
    body = render(report, "pdf").body
    content = text_of(body)
    (claim,) = report.data["documents"][0]["claims"]
    for words in (
        report.title,
        HOMES,
        "Clear for publication.",
        claim["verdict_words"],
        claim["signed_by"],
        claim["verdict_by"],
        claim["figures"][0]["surface"],
        "three eyes policy",
        "Page 1 of",
        report.data["documents"][0]["text_sha256"],
    ):
        assert words in content, words


def test_the_pdf_is_tagged_titled_in_a_language_and_on_a4(staff):
    report = reported(staff)
    pdf = PdfReader(io.BytesIO(render(report, "pdf").body))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert (pdf.metadata.title, pdf.xmp_metadata.dc_title["x-default"]) == (report.title, report.title)
    assert b"pdfuaid" in pdf.xmp_metadata.stream.get_data()
    assert [round(float(side)) for side in pdf.pages[0].mediabox[2:]] == [595, 842]
    roles = re.findall(r"'/S': '/(\w+)'", str(list(walked(root["/StructTreeRoot"]))))
    assert {"Title", "H1", "H2", "Table", "TH", "TD"} <= set(roles)


def walked(part):
    part = part.get_object() if hasattr(part, "get_object") else part
    if isinstance(part, list):
        for kid in part:
            yield from walked(kid)
    elif isinstance(part, dict):
        yield {key: part[key] for key in ("/S",) if key in part}
        if "/K" in part:
            yield from walked(part["/K"])


@pytest.mark.parametrize("kind", OF_A_DESK)
def test_two_renders_of_one_report_are_the_same_bytes(kind, staff):
    reported(staff)
    report = build_desk_report(staff.desk, kind, by=staff.editor)
    for name in ("pdf", "csv", "json", "html", "text"):
        assert render(report, name) == render(Report.objects.get(pk=report.pk), name)


SCRIPTS = ["Київ і Курськ", "السلام عليكم", "שלום", "Αθήνα", "naïve — “quoted” … €5", "हिन्दी"]


@pytest.mark.parametrize("words", SCRIPTS)
def test_other_scripts_are_set_in_the_pdf(words, staff):
    report = with_claim(reported(staff), words)
    content = text_of(render(report, "pdf").body)
    assert "[" not in content.replace("[…]", "")
    if words.isascii() or words[0] in "КΑn":
        assert words in content


@pytest.mark.parametrize(
    "words",
    ["\ud800 alone", "😀 👩‍👩‍👧 family", "\x00\x07 bells", "𓀀 bird", "\U0010ffff", "é̃ ا҃", "\ufeffmark of order"],
)
def test_what_no_font_can_show_is_told_in_words_and_fails_nothing(words, staff):
    report = with_claim(reported(staff, title=strip_unusable(f"Odd {words}")), words)
    for name in formats_of("document"):
        body = render(report, name).body
        assert body == render(report, name).body or name == "xlsx"
    assert "Signed off" in text_of(render(report, "pdf").body)


UNHOLDABLE = ["\ufffe", "\uffff", "\x00", "\x07", "\f", "\x1f", "\ufdd0", "\U0001ffff", "\U0010fffe", "\ud800"]


@pytest.mark.parametrize("char", UNHOLDABLE, ids=ascii)
def test_what_xml_cannot_hold_is_a_sign_and_the_rest_is_told(char, staff):
    report = with_claim(reported(staff), f"Forty{char} homes")
    report.data["title"] = report.title = f"The{char} flood"
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    assert book["Claims"]["B2"].value == "Forty\ufffd homes"
    assert book["About"]["B1"].value.endswith(" flood")
    pdf = PdfReader(io.BytesIO(render(report, "pdf").body))
    assert "Forty" in text_of(render(report, "pdf").body)
    assert pdf.xmp_metadata.dc_title["x-default"].endswith(" flood")
    for name in ("html", "text", "csv", "json", "claimreview"):
        assert b" flood" in render(report, name).body, name


def test_a_desk_that_holds_such_a_character_already_still_gets_its_workbook(staff):
    reported(staff)
    Document.objects.update(title="The \ufffeflood\uffff of Torvik")
    report = build_desk_report(staff.desk, "desk_digest", by=staff.editor)
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    content = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "The \ufffdflood\ufffd of Torvik" in content


def test_a_character_in_words():
    assert [character_name(char) for char in "😀中\u200d\x07"] == ["[grinning face]", "[U+4E2D]", "", ""]


@pytest.mark.parametrize("sign", ["\u202e", "\u202d\u202e", "\u2067", "\u202b"], ids=ascii)
def test_a_direction_that_a_name_opens_does_not_turn_the_words_beside_it(sign, staff):
    report = reported(staff)
    document = report.data["documents"][0]
    document["publisher"], document["byline"] = f"Torvik Post {sign}live", "By Ada Orr"
    assert "By Ada Orr" in text_of(render(report, "pdf").body)


MARKUP = [
    "#panic()",
    "= Heading *bold* _it_ $x$ `raw` <label> @ref",
    '#read("/etc/passwd")',
    "]) #[",
    "\\#sys.inputs",
    "// gone /* too",
]


@pytest.mark.parametrize("words", MARKUP)
def test_nothing_a_person_wrote_is_markup_in_the_pdf(words, staff):
    report = with_claim(reported(staff, title=words), words)
    report.data["documents"][0]["language"] = words
    content = text_of(render(report, "pdf").body)
    assert content.count(" ".join(words.split())) >= 3


# A formula in a claim

FORMULAS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    ' =HYPERLINK("http://x")',
    "=cmd|'/C calc'!A0",
    "＝1+1",
    "|x",
    "\u200b=1+1",
    "\u2060@SUM(1)",
    "\u00ad=1+1",
    "\u3164=1+1",
    "\u0301=1+1",
    "﹦1+1",
    "\ufeff=1+1",
]


@pytest.mark.parametrize("number", ["-5", "+7", "-3.5%", "-1,234.50", "1,000"])
def test_a_number_with_a_sign_stays_what_it_is(number):
    assert escape_formula(number) == number


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_a_claim_is_a_text_in_every_sheet(formula, staff):
    report = with_claim(reported(staff), formula)
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    (content,) = [cell for cell in book["Claims"]["B"] if cell.value == formula.replace("\r", "\n")]
    assert content.quotePrefix
    header, row, *_ = rows_of(render(report, "csv").body)
    claim = row[header.index("Claim")]
    assert claim[0] == "'"
    assert claim.replace("'", "").strip() == formula.replace("'", "").strip()


INNER_FORMULAS = [
    "x;=1+1",
    "x; =1+1",
    'x;"=1+1"',
    "x;;@SUM(A1)",
    "x\n=1+1",
    "x\r\n+1",
    "x\t-1",
    ";=1",
    "12; -5",
    "a\n- b;c",
    "=1;=2",
]


@pytest.mark.parametrize("words", INNER_FORMULAS)
def test_no_part_of_a_cell_becomes_a_formula_where_a_spreadsheet_splits_at_semicolons(words, staff):
    report = with_claim(reported(staff, title=words.splitlines()[0]), words)
    body = render(report, "csv").body
    for line in re.split(r"[\r\n]+", body.decode("utf-8-sig")):
        for cell in re.split(r"[;\t]", line):
            assert cell.lstrip(' "')[:1] not in {*"=+-@|%"} or not cell, cell
    header, row, *_ = rows_of(body)
    claim = row[header.index("Claim")]
    assert re.sub(r"(^|[;\t\r\n])'(?=[\s\"]*[=+\-@|%])", r"\1", claim) == words, "nothing but apostrophes is added"


@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)"])
def test_a_formula_is_shown_as_it_was_written_where_it_does_no_harm(formula, staff):
    report = with_claim(reported(staff), formula)
    assert formula in text_of(render(report, "pdf").body)
    assert formula in render(report, "html").body.decode()
    assert formula in render(report, "text").body.decode()
    assert json.loads(render(report, "json").body)["documents"][0]["claims"][0]["text"] == formula


def test_the_sheets_hold_what_the_record_holds(staff):
    report = reported(staff)
    (claim,) = report.data["documents"][0]["claims"]
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    assert book.sheetnames == ["About", "Claims", "Figures", "Evidence", "Discrepancies", "What blocks", "Documents"]
    header, row = ([cell.value for cell in line] for line in book["Claims"].iter_rows())
    parsed = dict(zip(header, row, strict=True))
    assert (parsed["Claim number"], parsed["Claim"], parsed["Verdict"], parsed["Origins"]) == (
        1,
        HOMES,
        "supported",
        claim["origins"],
    )
    assert parsed["Signed off by"] == claim["signed_by"]
    assert book["Claims"].freeze_panes == "A2"
    head, *lines = rows_of(render(report, "csv").body)
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    for sheet in book.worksheets[1:]:
        named, *there = sheet.iter_rows(values_only=True)
        here = [row for row in rows if row["Table"] == sheet.title]
        assert [[row[name] for name in named] for row in here] == [
            ["" if v is None else str(v) for v in row] for row in there
        ]
    assert {row["Table"] for row in rows} == {"Claims", "Figures", "Evidence", "Documents"}
    assert (rows[0]["Claim number"], rows[0]["Claim"]) == ("1", HOMES)


def test_a_sheet_of_nothing_says_of_what(staff):
    report = build_desk_report(staff.desk, "overdue", by=staff.editor)
    _, row = rows_of(render(report, "csv").body)
    assert row[:2] == ["Report", report.title]


def test_a_cell_takes_no_more_than_a_sheet_can_hold(staff):
    report = with_claim(reported(staff), "x" * 100_000)
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    assert "JSON" in book["Claims"]["B2"].value[-60:]
    assert len(rows_of(render(report, "csv").body)[1][2]) == 100_000


# </script> in a title

SCRIPT = "Flood </script><script>alert(1)</script> <!-- & “Torvik”"


def test_a_script_in_a_title_stays_a_text(staff):
    report = reported(staff, title=SCRIPT)
    page = render(report, "html").body.decode()
    assert "<script" not in page
    assert "&lt;/script&gt;" in page
    graph = render(report, "claimreview").body.decode()
    assert "<" not in graph
    assert json.loads(graph)["@graph"][0]["itemReviewed"]["appearance"]["headline"] == SCRIPT
    assert SCRIPT in " ".join(text_of(render(report, "pdf").body).split())
    assert json.loads(render(report, "json").body)["documents"][0]["title"] == SCRIPT
    assert "script" in render(report, "xlsx").filename
    assert "<" not in render(report, "xlsx").filename


# ClaimReview


def test_one_review_for_each_signed_off_claim_and_none_for_the_others(staff):
    story = file_text(
        f"{HOMES}\n\nThe mayor of Velmora said 12 bridges were closed.\n\nThe army said 7 boats were sent.",
        desk=staff.desk,
        by=staff.editor,
        title="The flood",
        url="https://paper.example/flood#top",
        publisher_name="The Herald",
    )
    first, second, third = story.claims.all()
    bring_to(first, "signed_off", staff)
    bring_to(second, "signed_off", staff, "refuted")
    bring_to(third, "in_review", staff)
    parsed = json.loads(render(build_document_report(story, by=staff.editor), "claimreview").body)
    assert parsed["@context"] == "https://schema.org"
    one, two = parsed["@graph"]
    assert one["@type"] == "ClaimReview"
    scale = {"@type": "Rating", "bestRating": 5, "worstRating": 1}
    assert one["reviewRating"] == {**scale, "alternateName": "supported", "ratingValue": 5}
    assert two["reviewRating"] == {**scale, "alternateName": "refuted", "ratingValue": 1}
    assert (one["claimReviewed"], one["itemReviewed"]["@type"]) == (HOMES, "Claim")
    assert one["itemReviewed"]["@id"] == f"https://paper.example/flood#claim-{first.pk}"
    assert len({row["@id"] for row in (one, two, one["itemReviewed"], two["itemReviewed"])}) == 4
    assert one["author"] == {"@type": "Organization", "name": "The Herald"}
    assert one["itemReviewed"]["appearance"]["url"] == "https://paper.example/flood#top"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", one["datePublished"])
    assert one["itemReviewed"]["datePublished"] == "2026-03-10"
    assert "council" in one["itemReviewed"]["author"]["name"]


@pytest.mark.parametrize(
    ("kind", "filed", "given", "review", "appearance"),
    [
        ("story", "https://paper.example/flood", "", "https://paper.example/flood", "https://paper.example/flood"),
        ("story", "", "https://paper.example/flood", "https://paper.example/flood", "https://paper.example/flood"),
        ("story", "https://old.example/", "https://paper.example/", "https://paper.example/", "https://paper.example/"),
        ("story", "", "", None, None),
        ("story", "javascript:alert(1)", "", None, None),
        ("coverage", "https://mail.example/flood", "", None, "https://mail.example/flood"),
    ],
)
def test_a_review_is_where_the_published_story_stands(kind, filed, given, review, appearance, staff):
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor, kind=kind, url=filed), staff)
    publish_document(story, by=staff.editor, url=given)
    (found,) = json.loads(render(build_document_report(story, by=staff.editor), "claimreview").body)["@graph"]
    assert found.get("url") == review
    assert found["itemReviewed"]["appearance"].get("url") == appearance
    assert list(faults_in(found)) == []


def faults_in(node, where=""):
    """What schema.org does not know in a node: a type, a property of its type, a value of another type."""
    known = {field.alias or name: str(field.outer_type_) for name, field in type_of(node).__fields__.items()}
    for name, value in node.items():
        if name.startswith("@"):
            continue
        place = f"{where}/{name}"
        if name not in known:
            yield f"{place}: no property of {node['@type']}"
        elif isinstance(value, dict):
            if not any(re.search(rf"\b{parent.__name__}\b", known[name]) for parent in type_of(value).__mro__):
                yield f"{place}: {value['@type']} is not among {known[name]}"
            yield from faults_in(value, place)
        elif isinstance(value, bool) or not isinstance(value, str | int):
            yield f"{place}: {value!r}"


def type_of(node):
    return getattr(import_module(f"pydantic2_schemaorg.{node['@type']}"), node["@type"])


def test_each_review_is_whole_by_the_definitions_of_schema_org(staff):
    report = reported(staff, url="https://paper.example/flood", publisher_name="The Herald")
    (part,) = report.data["documents"]
    (claim,) = part["claims"]
    for kind in ("", "official", "eyewitness", "ministry", "media"):
        for who in ("The council of Torvik", ""):
            for publisher in ("The Herald", ""):
                claim["attributed_to"], claim["attributed_kind"], part["publisher"] = who, kind, publisher
                (review,) = json.loads(render(report, "claimreview").body)["@graph"]
                assert list(faults_in(review)) == []
                wanted = {"url", "claimReviewed", "reviewRating", "author", "datePublished", "itemReviewed"}
                assert wanted <= set(review), "what those who list fact-checks ask for"
                said_by = review["itemReviewed"]["author"]
                assert said_by["name"] == (who or publisher or report.data["desk"])
                assert said_by["@type"] == ("Person" if who and kind in ("official", "eyewitness") else "Organization")


def test_the_validator_sees_what_is_not_of_schema_org():
    rating = {"@type": "Rating", "alternateName": "true", "stars": 3}
    review = {"@type": "ClaimReview", "reviewRating": rating, "itemReviewed": {"@type": "Claim", "appearance": rating}}
    found = list(faults_in(review))
    assert [row.split(":")[0] for row in found] == [
        "/reviewRating/stars",
        "/itemReviewed/appearance",
        "/itemReviewed/appearance/stars",
    ]


def test_the_scale_is_the_site_s_and_a_verdict_off_it_has_words_alone(staff, settings):
    report = reported(staff)
    (claim,) = report.data["documents"][0]["claims"]
    settings.FACTCHECK = {"VERDICT_RATINGS": {"refuted": 10, "supported": 90}}
    (review,) = json.loads(render(report, "claimreview").body)["@graph"]
    scale = review["reviewRating"]
    assert (scale["ratingValue"], scale["bestRating"], scale["worstRating"]) == (90, 90, 10)
    claim["verdict"] = "not_enough_evidence"
    (review,) = json.loads(render(report, "claimreview").body)["@graph"]
    assert review["reviewRating"] == {"@type": "Rating", "alternateName": claim["verdict_words"]}


def test_a_text_without_an_address_still_gives_each_claim_its_own_lasting_name(staff):
    report = reported(staff)
    once, again = (json.loads(render(report, "claimreview").body)["@graph"][0] for _ in range(2))
    assert once["@id"].startswith("urn:uuid:")
    assert once["@id"] != once["itemReviewed"]["@id"]
    assert once == again


# Ten thousand claims, and what a page can carry


@thorough
def test_a_long_report_is_printed_in_part_says_so_and_is_whole_in_the_sheets(staff):
    report = reported(staff)
    part = report.data["documents"][0]
    (claim,) = part["claims"]
    part["claims"] = [{**claim, "number": number, "text": f"Claim no. {number}."} for number in range(1, 2001)]
    part["passages"] = [{"text": f"Claim no. {number}. ", "claim": number} for number in range(1, 2001)]
    part["blockers"] = [f"Claim {number} is open." for number in range(2000)]
    content = text_of(render(report, "pdf").body)
    assert f"Only {IN_PRINT['claims']} of 2,000 claims are shown here." in content
    assert f"Claim no. {IN_PRINT['claims']}." in content
    assert f"Claim no. {IN_PRINT['claims'] + 1}." not in content
    tables = [row[0] for row in rows_of(render(report, "csv").body)]
    assert (tables.count("Claims"), tables.count("What blocks")) == (2000, 2000)
    book = load_workbook(io.BytesIO(render(report, "xlsx").body))
    assert book["Claims"].max_row == 2001
    assert book["What blocks"].max_row == 2001
    assert len(json.loads(render(report, "json").body)["documents"][0]["claims"]) == 2000
    assert "Claim no. 2000." in render(report, "html").body.decode()


# A host's own format


def as_shouting(data):
    return data["title"].upper().encode(), "text/x-shout", ".shout"


def test_a_host_adds_a_format_by_a_dotted_path(staff, settings):
    settings.FACTCHECK = {"RENDERERS": {"shout": "tests.reports.test_formats.as_shouting"}}
    file = render(build_desk_report(staff.desk, "overdue", by=staff.editor), "shout")
    assert file.body.startswith(b"OVERDUE CHECKING WORK")
    assert (file.media_type, file.filename[-6:]) == ("text/x-shout", ".shout")
    assert "shout" in formats_of("overdue")


def test_the_format_of_the_documentation_works_as_it_stands_there(staff, settings, monkeypatch):
    page = (Path(__file__).resolve().parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    module = types.ModuleType("desk_reports")
    exec(page.split('```python title="desk/reports.py"\n')[1].split("```")[0], module.__dict__)
    monkeypatch.setitem(sys.modules, "desk_reports", module)
    settings.FACTCHECK = {"RENDERERS": {"markdown": "desk_reports.as_markdown"}}
    file = render(reported(staff), "markdown")
    assert file.body.decode() == f"# Verification report: The flood\n\n1. {HOMES} (supported)"
    assert file.filename.endswith(".md")
    assert render(build_desk_report(staff.desk, "overdue", by=staff.editor), "markdown").body


def test_a_path_that_leads_nowhere_is_found_at_the_start(settings):
    settings.FACTCHECK = {"RENDERERS": {"shout": "tests.reports.nowhere.as_shouting", "../x": "json.dumps"}}
    assert {row.id for row in run_checks()} >= {"factcheck.E004", "factcheck.E005"}


# Erased texts


def test_a_report_that_was_kept_when_its_text_was_erased_says_so_in_place_of_the_words(staff):
    report = reported(staff)
    digest = build_desk_report(staff.desk, "desk_digest", by=staff.editor)
    kept = {row.pk: (row.title, row.data) for row in (report, digest)}
    erase_document(report.document, by=staff.chief_editor, note="a court order")
    for pk, (title, data) in kept.items():  # as before erasing blanked them, or as one built meanwhile
        row = Report.objects.get(pk=pk)
        row.title, row.data = title, data
        for name in formats_of(row.kind):
            file = render(row, name)
            words = text_of(file.body) if name == "pdf" else file.body.decode("utf-8", "replace")
            assert "flood" not in words + file.filename, (row.kind, name)
            if name not in ("xlsx", "claimreview"):
                assert "The text was erased." in words, (row.kind, name)
    later = build_desk_report(staff.desk, "desk_digest", by=staff.editor)
    assert "The text was erased." not in render(later, "text").body.decode()


def test_a_correction_is_printed_whole_in_the_report_of_its_document(staff):
    story = clear_document(file_text(HOMES, desk=staff.desk, by=staff.editor, title="The flood"), staff)
    publish_document(story, by=staff.editor)
    wording = "An earlier version of this story gave the number of flooded homes as 60; the council says that it is 40."
    correct_document(story, by=staff.editor, correction_class="update", wording=wording)
    report = build_document_report(story, by=staff.editor)
    assert wording in render(report, "text").body.decode()
