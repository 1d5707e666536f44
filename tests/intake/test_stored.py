"""The stored text rule: letters stay, control characters go, and what the eye cannot see is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.intake.readers import stored_text
from factcheck.intake.text_cleaning import with_directions_closed
from factcheck.models import Attribution, Claim, Desk, Document, Figure, Measure, Source, Topic

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("page\ftwo\vline\x85next", "page\ntwo\nline\nnext"),
        ("\ufeffstory", "story"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("a\ufffeb\uffffc\ufdd0d\U0001fffee\U0010fffff", "abcdef"),
        ("tab\tand trailing  \n  spaces  ", "tab\tand trailing  \n  spaces  "),
        ("e\u0301 \u00e9 \ufb01 \uff11", "e\u0301 \u00e9 \ufb01 \uff11"),
        ("lone \ud800 and \udfff", "lone \ufffd and \ufffd"),
        ("paired \ud83d\udc69", "paired \U0001f469"),
        ("", ""),
    ],
)
def test_only_what_the_rule_names_is_altered(given_text, kept):
    assert stored_text(given_text)[0] == kept


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("zero\x00", "1 control character was removed"),
        ("zero\x00\x01", "2 control characters were removed"),
        ("zero\uffff", "gives to nobody were removed (1)"),
        ("zero\ufffe\ufdef", "gives to nobody were removed (2)"),
        ("\udc00", "lone surrogates"),
        ("approved \u202edetcejer", "right-to-left marks"),
        ("\u2067x\u2069", "right-to-left marks or direction overrides (2)"),
        ("rep\u200borter", "zero-width"),
        ("rep\u00adorter", "zero-width"),
        ("line\u2028line", "separators"),
        ("private \ue000", "without an agreed meaning"),
    ],
)
def test_what_was_changed_or_cannot_be_seen_is_said(text, note):
    _, notes = stored_text(text)
    assert len(notes) == 1
    assert note in notes[0]


def test_direction_marks_and_joiners_stay_in_the_text():
    text = "\u202eab\u202c \u200f \U0001f469\u200d\U0001f467"
    assert stored_text(text)[0] == text


@given(ANY_TEXT)
def test_twice_is_the_same_as_once(text):
    once, _ = stored_text(text)
    assert stored_text(once)[0] == once


@given(ANY_TEXT)
def test_stored_text_can_always_be_stored(text):
    once, _ = stored_text(text)
    once.encode("utf-8")
    assert "\r" not in once
    assert not any(char < " " and char not in "\t\n" for char in once)
    assert not any(ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF for char in once)
    assert not once.startswith("\ufeff")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80))
def test_an_ordinary_text_is_untouched_and_without_remark(text):
    assert stored_text(text) == (text, ())


OVERRIDE, POP, ISOLATE, END = "\u202e", "\u202c", "\u2066", "\u2069"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("nothing turned", ""),
        (f"turned{OVERRIDE}fdp.exe", POP),
        (f"turned{OVERRIDE}and back{POP}", ""),
        (f"{POP}an end that ends nothing{OVERRIDE}", POP),
        (f"{ISOLATE}one{OVERRIDE}in the other", POP + END),
        (f"{ISOLATE}the end of the outer{OVERRIDE}ends both{END}", ""),
    ],
)
def test_a_change_of_direction_ends_with_the_words_that_made_it(text, ends):
    assert with_directions_closed(text) == text + ends


@pytest.mark.parametrize(
    "record",
    [
        Document(title=f"Title{OVERRIDE}"),
        Claim(text=f"Claim{OVERRIDE}"),
        Source(name=f"Source{OVERRIDE}"),
        Topic(title=f"Topic{OVERRIDE}"),
        Desk(name=f"Desk{OVERRIDE}"),
        Figure(surface="40", counted=f"homes{OVERRIDE}"),
        Measure(counted=f"homes{OVERRIDE}"),
    ],
    ids=lambda record: type(record).__name__,
)
def test_whatever_a_record_is_called_turns_no_words_that_follow(record):
    assert str(record).endswith(OVERRIDE + POP)


def test_the_number_of_a_figure_turns_not_what_it_counts():
    assert str(Figure(surface=f"40{OVERRIDE}", counted="homes")) == f"40{OVERRIDE}{POP} homes"


def test_a_name_that_turns_the_direction_turns_not_the_next_one():
    said = str(Attribution(party=f"Mayor{OVERRIDE}", relay="the Norland Post"))
    assert said == f"Mayor{OVERRIDE}{POP}, quoted by the Norland Post"
