"""The printed lines of a PDF become paragraphs: line ends, hyphens, columns, pages; and what means nothing is said."""

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE, pdf_drawn, pdf_file, pdf_pages


def drawn(*lines, size=12, leading=14, x=50, y=700):
    """Lines of one column, one below the other; a number among them is an additional gap."""
    out, place = [f"BT /F1 {size} Tf"], y
    for line in lines:
        if isinstance(line, (int, float)):
            place -= line
            continue
        indent, text = line if isinstance(line, tuple) else (0, line)
        out.append(f"1 0 0 1 {x + indent} {place} Tm ({text}) Tj")
        place -= leading
    return " ".join([*out, "ET"])


def text_of(*lines, **how):
    return read_bytes(pdf_drawn(drawn(*lines, **how))).text


def test_a_printed_line_end_is_a_space():
    assert text_of(
        "Costs of the new bridge rose to $3.4", "billion in March, the council of", "Velmora said on Tuesday."
    ) == ("Costs of the new bridge rose to $3.4 billion in March, the council of Velmora said on Tuesday.")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("In Velmora and in Ardun about 40 mil-", "lion people were told to leave home.", "40 million people"),
        ("In Velmora and in Ardun the govern-", "ment said that it would help people.", "the government said"),
        ("In Velmora and in Ardun a well-", "known baker was told to leave home.", "a well-known baker"),
        ("In Velmora and in Ardun the twenty-", "one bakers were told to leave home.", "the twenty-one bakers"),
        ("In Velmora and in Ardun in mid-", "March some people were told to leave.", "in mid-March some"),
        ("In Velmora and in Ardun a 12-year-", "old boy was told to leave the house.", "a 12-year-old boy"),
        ("In Velmora and in Ardun in 2019-", "20 the bakers were told to leave home.", "in 2019-20 the"),
        ("In Velmora and in Ardun a 30-", "year bond was sold to all of the bakers.", "a 30-year bond"),
        ("In Velmora and in Ardun the bakers -", "all of them - were told to leave home.", "the bakers - all of them"),
        ("In Velmora and in Ardun there are 1,", "200 homes which were lost to the flood.", "are 1,200 homes"),
        ("In Velmora and in Ardun there are 40", "homes which were lost to the big flood.", "are 40 homes"),
    ],
)
def test_a_word_or_number_that_the_line_end_broke_is_whole(first, second, words):
    assert words in text_of("The council of the river district said", first, second, "It did not say when it would be.")


def test_a_hyphen_that_the_same_text_has_elsewhere_stays():
    lines = (
        "The river-bank of Velmora was flooded, the",
        "council said on Tuesday, and all the river-",
        "bank will be rebuilt in the coming year.",
    )
    assert "all the river-bank will" in text_of(*lines)


def test_a_number_that_was_put_together_is_said():
    extract = read_bytes(
        pdf_drawn(drawn("In Velmora and in Ardun there are 1,", "200 homes which were lost to the flood."))
    )
    assert any("1,200" in note for note in extract.notes)


PROSE = ("The council of Velmora said on Tuesday that", "all of the old bridges were closed for now.")
OTHER = ("Forty homes in Ardun were lost to the flood", "and nobody knows where the bakers are now.")


@pytest.mark.parametrize(
    "lines",
    [
        (*PROSE, 10, *OTHER),  # a gap
        (*PROSE, (15, OTHER[0]), OTHER[1]),  # an indent
        (PROSE[0], "all bridges closed.", *OTHER),  # a short last line
    ],
)
def test_paragraphs_stay_apart(lines):
    found = text_of(*lines).split("\n")
    assert [line[:5] for line in found] == ["The c", "Forty"]


def test_a_headline_and_a_list_stay_lines_of_their_own():
    found = text_of("Flood in Velmora", 8, *PROSE, "- 12 dead", "- 15 hurt", 8, "1. One", "2. Two").split("\n")
    assert found == ["Flood in Velmora", " ".join(PROSE), "- 12 dead", "- 15 hurt", "1. One", "2. Two"]


def test_rows_of_a_table_do_not_become_a_sentence():
    assert text_of("Velmora 1,204", "Ardun 12", "Ost 15") == "Velmora 1,204\nArdun 12\nOst 15"


def test_a_larger_headline_is_no_part_of_the_text_below_it():
    head = drawn("The council of Velmora closes every bridge", size=18)
    assert (
        read_bytes(pdf_drawn(f"{head} {drawn(*PROSE, y=682)}")).text.split("\n")[0]
        == "The council of Velmora closes every bridge"
    )


LEFT = (
    "Oberfurt counted 97 dead in",
    "the old town on Tuesday, its",
    "council said, and 12 in the",
    "harbour, where the bridge is.",
)
RIGHT = (
    "In Ardun the bakers were all",
    "told to leave their houses by",
    "the river office, which said",
    "that 40 homes were flooded.",
)


def in_columns(*columns, rowwise=True):
    placed = [
        (x, 700 - 14 * row, text)
        for x, column in zip((50, 240, 430), columns, strict=False)
        for row, text in enumerate(column)
    ]
    if rowwise:
        placed.sort(key=lambda piece: (-piece[1], piece[0]))
    return "BT /F1 12 Tf " + " ".join(f"1 0 0 1 {x} {y} Tm ({text}) Tj" for x, y, text in placed) + " ET"


@pytest.mark.parametrize("rowwise", [True, False])
def test_two_columns_are_read_one_after_the_other(rowwise):
    text = read_bytes(pdf_drawn(in_columns(LEFT, RIGHT, rowwise=rowwise))).text
    assert text == " ".join(LEFT) + "\n" + " ".join(RIGHT)


def test_a_sentence_goes_on_in_the_next_column():
    right = ("and the harbour of Ost were", *RIGHT[1:])
    text = read_bytes(pdf_drawn(in_columns((*LEFT[:3], "river with all of the houses"), right))).text
    assert "all of the houses and the harbour of Ost were" in text


def test_three_columns_are_read_one_after_the_other():
    third = tuple(line.replace("Ardun", "Ost").replace("bakers", "millers") for line in RIGHT)
    text = read_bytes(pdf_drawn(in_columns(LEFT, RIGHT, third))).text
    assert text.split("\n") == [" ".join(LEFT), " ".join(RIGHT), " ".join(third)]


def test_a_table_of_two_columns_keeps_its_rows():
    text = read_bytes(pdf_drawn(in_columns(("Velmora", "Ardun", "Ost", "Oberfurt"), ("1,204", "12", "15", "97")))).text
    assert text.split("\n")[1].split() == ["Ardun", "12"]


def test_a_sentence_goes_on_over_the_page():
    first = drawn("The council of Velmora said on Tuesday that", "all of the old bridges and")
    second = drawn("the harbour were closed for now, and will", "stay closed for the summer.")
    assert "old bridges and the harbour were" in read_bytes(pdf_pages(first, second)).text


def test_lines_that_stand_on_every_page_are_left_out_and_said():
    towns = ("Ardun", "Ost", "Torvik", "Sundby")
    bodies = [
        [
            line.replace("Velmora", town)
            for line in (*PROSE, 10, f"In {town} is more.", *OTHER, f"So says {town}.")
            if isinstance(line, str)
        ]
        for town in towns
    ]
    pages = [drawn(f"The Delta Post, page {n}", 10, *body, 10, f"{n}") for n, body in enumerate(bodies, 1)]
    extract = read_bytes(pdf_pages(*pages))
    assert "Delta Post" not in extract.text
    assert any("every page" in note and "The Delta Post" in note for note in extract.notes)
    assert all(f"So says {town}." in extract.text for town in towns)
    assert extract.text.count("all of the old bridges") == 4


GIBBERISH = "7KH ULYHU RIILFH LQ 9HOPRUD VDLG WKDW WKH EULGJHV ZHUH IORRGHG ZLWK ZDWHU DQG WKDW WKH WRZQ KDOO ZDV FORVHG IRU WKH ZHHN DQG WKDW PDQB SHRSOH OHIW"


def test_a_page_whose_characters_mean_nothing_is_said_and_left_out():
    extract = read_bytes(pdf_file(SENTENCE, GIBBERISH))
    assert extract.text == SENTENCE
    assert any("page 2" in note and "mean nothing" in note for note in extract.notes)


def test_a_page_of_characters_without_a_meaning_is_said():
    codes = "".join(f"\\{code:03o}" for code in range(1, 9)) * 12
    assert any("page 2" in note for note in read_bytes(pdf_file(SENTENCE, codes)).notes)


def test_a_pdf_whose_characters_all_mean_nothing_is_refused_with_what_to_do():
    with pytest.raises(Unreadable) as refused:
        read_bytes(pdf_file(GIBBERISH))
    assert refused.value.code == "no_text"
    assert "paste" in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "NATO and the UNHCR met the WHO, the FAO, the WFP, the IRC, and MSF in Velmora on 10 March; UNICEF sent 12 tents.",
        "Table 4: 12.5 13.5 14.5 15.5 16.5 17.5 18.5 19.5 20.5 21.5 22.5 23.5 24.5 25.5 26.5 27.5 28.5 29.5 30.5",
        "Str\\350 prst skrz krk, \\232el vlk. Smrt vlk\\371m, krt trp\\355. Zmrzl\\355 prch, drn, brt, srp, vrch, pln\\375 hrb, scvrkl.",
    ],
)
def test_abbreviations_tables_and_other_languages_mean_something(text):
    assert read_bytes(pdf_file(text)).notes == ()


def test_a_note_at_the_foot_does_not_cut_the_sentence_above_it():
    first = drawn("The council of Velmora said on Tuesday that", "all of the old bridges and the spokes-")
    note = "BT /F1 5 Tf 1 0 0 1 50 103 Tm (1) Tj /F1 8 Tf 1 0 0 1 54 100 Tm (So the mill counted 99 on Monday.) Tj ET"
    second = drawn("woman of the harbour were closed for now,", "and will stay closed for the summer.")
    text = read_bytes(pdf_pages(f"{first} {note}", second)).text
    assert "the spokeswoman of the harbour" in text
    assert "\n\u00b9 So the mill" in text
