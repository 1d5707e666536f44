"""A measure over time: what is drawn, that it is told in words too, and that no name in it is markup."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.reports.deliver import build_desk_report
from factcheck.reports.render import NOTHING, as_html, render
from factcheck.reports.render.measure_chart import BOTTOM, LEFT, MOST_PARTIES, RIGHT, TOP, measure_chart
from factcheck.reports.render.pdf import as_pdf
from tests.factories import TopicFactory
from tests.stories import Staff, file_text

SVG = "{http://www.w3.org/2000/svg}"
BOARD, OFFICE = "Water Board", "Hydrology Office"


def statement(says, words, day, low, high, disputed=False, modality="reported"):
    bounds = {"low": low, "high": high}
    return {"says": says, "words": words, "day": day, **bounds, "disputed": disputed, "modality": modality}


EXACT = [
    statement(BOARD, "15.1", "2026-05-29", 15.1, 15.1),
    statement(BOARD, "14.2", "2026-06-05", 14.2, 14.2, True),
    statement(OFFICE, "12.4", "2026-06-05", 12.4, 12.4, True),
]


def drawing(statements, **more):
    chart = {"title": "Water held", "unit": "count", "more": 0, "statements": statements, **more}
    return ElementTree.fromstring(measure_chart(chart))


def classes(svg, name):
    return [element for element in svg.iter() if name in element.get("class", "").split()]


def words_of(svg):
    return " ".join(text for element in svg.iter() if (text := (element.text or "").strip()))


def test_exact_numbers_of_one_party_are_a_step_line_and_those_in_dispute_are_ringed():
    svg = drawing(EXACT)
    lines = [path for path in svg.iter(f"{SVG}path") if path.get("d").endswith(f"H{RIGHT}")]
    assert len(lines) == 1, "of the board alone: the office gives one number"
    assert "V" in lines[0].get("d")
    assert len(classes(svg, "fc-chart-bad")) == 2
    assert "14.2 ≠ in dispute" in words_of(svg)


def test_a_forecast_is_no_step_of_the_line():
    coming = statement(BOARD, "16, forecast", "2026-06-09", 16, 16, modality="forecast")
    line, with_it = (
        next(path.get("d") for path in drawing(rows).iter(f"{SVG}path") if path.get("d").endswith(f"H{RIGHT}"))
        for rows in (EXACT, [*EXACT, coming])
    )
    assert line.count("V") == with_it.count("V") == 1


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [(12, 13, "bar"), (14, None, "up"), (None, 14, "down"), (13, 13, "mark")],
    ids=["a range is a bar", "at least is an arrow up", "up to is an arrow down", "a number is a mark"],
)
def test_what_is_not_exact_has_a_shape_of_its_own(low, high, drawn):
    svg = drawing([*EXACT, statement("Ministry", "so many", "2026-06-01", low, high)])
    found = {"bar": len(classes(svg, "fc-chart-bar")), "mark": len(classes(svg, "fc-chart-mark"))}
    arrows = [path.get("d") for path in svg.iter(f"{SVG}path") if path.get("d").count("M") == 3]
    if drawn in found:
        assert found[drawn] == {"bar": 2, "mark": 7}[drawn], "in the drawing and in the legend"
    else:
        at, tip = (float(arrows[0].split(sign)[1].split()[0]) for sign in (" M", "V"))
        assert len(arrows) == 2
        assert at, "it has a foot"
        foot = float(arrows[0].split()[1])
        assert (tip < foot) == (drawn == "up")


def test_every_statement_is_told_in_words_for_whoever_does_not_see_it():
    svg = drawing([*EXACT, statement("", "up to 15", "", None, 15)], more=2)
    told = svg.find(f"{SVG}desc").text
    assert "Water Board: 15.1 on 2026-05-29, 14.2 on 2026-06-05 (in dispute)." in told
    assert "nobody named: up to 15 without a date." in told
    assert told.endswith("2 more are not drawn.")
    assert svg.get("role") == "img"
    assert {svg.find(f"{SVG}title").get("id"), svg.find(f"{SVG}desc").get("id")} == set(
        svg.get("aria-labelledby").split()
    )


def test_no_two_parties_look_alike_and_those_beyond_the_most_share_one_line_of_the_legend():
    svg = drawing([statement(f"Party {n}", f"{n}", "2026-06-05", n, n) for n in range(1, 13)])
    looks = [
        next(part for part in mark.get("class").split() if part[-1].isdigit()) for mark in classes(svg, "fc-chart-mark")
    ]
    assert len(set(looks)) == MOST_PARTIES + 1
    forms = {
        (look, mark.tag, mark.get("fill")) for look, mark in zip(looks, classes(svg, "fc-chart-mark"), strict=True)
    }
    assert len({(tag, fill, look) for look, tag, fill in forms}) == MOST_PARTIES + 1
    assert "4 others" in words_of(svg)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1_200_000, 1_200_000_000), ["1 million", "100 million", "10 billion"]),
        ((40, 60), ["40", "60"]),
        ((0, 3), ["0"]),
        ((-4, 4), ["-5", "0", "5"]),
        ((7, 7), ["6", "8"]),
    ],
)
def test_the_axis_has_round_numbers_and_powers_where_they_lie_far_apart(numbers, expected):
    svg = drawing([statement(f"P{at}", str(n), "2026-06-05", n, n) for at, n in enumerate(numbers)])
    marks = [text.text for text in svg.iter(f"{SVG}text") if text.get("text-anchor") == "end"]
    assert set(expected) <= set(marks), marks


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
days = st.dates().map(lambda day: day.isoformat()) | st.just("")
names = st.text(max_size=40)


@st.composite
def statements(draw):
    low, high = sorted((draw(numbers), draw(numbers)))
    open_end = draw(st.sampled_from(["", "low", "high"]))
    return statement(
        draw(names), draw(names), draw(days), None if open_end == "low" else low, None if open_end == "high" else high
    )


@given(st.lists(statements(), min_size=2, max_size=12))
def test_any_statements_are_a_drawing_inside_its_frame(rows):
    svg = drawing(rows)
    for mark in classes(svg, "fc-chart-rule"):
        assert TOP - 1 <= float(mark.get("y1")) <= BOTTOM + 1
    for mark in svg.iter(f"{SVG}circle"):
        assert float(mark.get("cx")) >= LEFT
        assert TOP - 1 <= float(mark.get("cy")) <= max(BOTTOM + 1, 400)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><image href="//evil.example/x"/>', "a\x07b\ufffe"])
def test_no_name_in_it_is_markup(words):
    svg = drawing([statement(words, words, "2026-06-05", 1, 1), *EXACT], title=words)
    assert {element.tag for element in svg.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "desc", "line", "text", "path", "rect", "circle")
    }


@pytest.mark.django_db
def test_the_report_of_conflicts_has_it_in_html_and_print(staff: Staff):
    expected = {"desk": staff.desk, "by": staff.editor, "topic": TopicFactory(), "kind": "coverage"}
    for number, who in ((40, "council of Torvik"), (60, "fire brigade"), ("about 50", "farmers' union")):
        file_text(f"The {who} said {number} homes were flooded on Monday.", title="x", **expected)
    report = build_desk_report(staff.desk, "conflicts", by=staff.editor)
    (line,) = report.data["conflicts"]
    drawn = {row["says"]: (row["low"], row["high"], row["disputed"]) for row in line["chart"]["statements"]}
    assert drawn["council of Torvik"] == (40, 40, True)
    page = as_html(report.data)
    assert page.count("<svg") == 1
    assert "by who says it" in page
    assert render(report, "pdf").body.startswith(b"%PDF")


@pytest.mark.parametrize(
    "name",
    [
        "\u202eroyam ehT",
        "\u202e" + "y" * 300,
        "\U0001f469\u200d\U0001f467",
        "مجلس",
        "中文",
        "ａｂｃ",
        "rep\u034forter",
        "a\x80b",
    ],
    ids=ascii,
)
def test_no_name_keeps_it_from_print(name):
    chart = {
        "title": name,
        "unit": "count",
        "more": 0,
        "statements": [statement(name, name, "2026-06-05", 1, 1), *EXACT],
    }
    line = {"id": 1, "kind": "conflict", "reason": name, "found_at": "", "sides": [], "others": [], "chart": chart}
    data = {**NOTHING, "kind": "conflicts", "title": name, "built_at": "2026-06-05 12:00 UTC", "conflicts": [line]}
    assert as_pdf(data).startswith(b"%PDF")
    assert "fc-chart" in as_html(data)


@pytest.mark.django_db
def test_nothing_of_another_desk_is_drawn(staff: Staff):
    topic, other = TopicFactory(), Staff()
    file_text("The council said 40 homes were flooded on Monday.", desk=staff.desk, by=staff.editor, topic=topic)
    file_text("The brigade said 77 homes were flooded on Monday.", desk=other.desk, by=other.editor, topic=topic)
    report = build_desk_report(staff.desk, "conflicts", by=staff.editor)
    assert len(report.data["conflicts"]) == 1
    assert "<svg" not in as_html(report.data)
    assert report.data["conflicts"][0]["chart"] is None
