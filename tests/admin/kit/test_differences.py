"""The words in which two sentences of a dispute differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factcheck.admin.kit.differences import sentences_compared
from factcheck.models import Sentence


def marked(parts) -> str:
    """A sentence with [differing words] and {the words of the figure}."""
    return "".join(f"{{{one.text}}}" if one.figure else f"[{one.text}]" if one.differs else one.text for one in parts)


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        (
            Sentence("The council said ", "40", " homes were flooded on Monday."),
            Sentence("The fire brigade said ", "60", " homes were flooded on Monday."),
            "The [council] said {40} homes were flooded on Monday.",
            "The [fire brigade] said {60} homes were flooded on Monday.",
        ),
        (
            Sentence("It held ", "14.2 million", " cubic metres of water."),
            Sentence("It held ", "12.4 million", " cubic metres of usable water."),
            "It held {14.2 million} cubic metres of water.",
            "It held {12.4 million} cubic metres of [usable] water.",
        ),
        (
            Sentence("THE COUNCIL said\n", "40", " homes were flooded."),
            Sentence("The council said ", "60", " homes were flooded!"),
            "THE COUNCIL said {40} homes were flooded.",
            "The council said {60} homes were flooded!",
        ),
        (
            Sentence("Nobody knows where the ", "40", " went."),
            Sentence("At noon, ", "60", " homes in Larkmoor stood under water."),
            "Nobody knows where the {40} went.",
            "At noon, {60} homes in Larkmoor stood under water.",
        ),
    ],
    ids=["who says it", "a word more", "case and line ends are no difference", "nothing in common: nothing marked"],
)
def test_words_that_only_one_of_them_has_are_marked(one, other, left, right):
    assert tuple(marked(parts) for parts in sentences_compared(one, other)) == (left, right)


texts = st.text(max_size=60)
sentences = st.builds(Sentence, texts, texts, texts)


@given(sentences, sentences)
def test_no_word_is_lost(one, other):
    for sentence, parts in zip((one, other), sentences_compared(one, other), strict=True):
        assert "".join(part.text for part in parts).split() == str(sentence).split()


def test_sentences_without_end_are_shown_as_they_are():
    long = Sentence("so " * 3000, "40", " homes")
    assert all(not part.differs for parts in sentences_compared(long, long) for part in parts)
