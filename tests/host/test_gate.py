"""What a host may rely on: the public functions of the gate."""

import pytest

from factcheck.errors import Invalid
from factcheck.gate import text_of_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ul><li>12 were hurt</li><li>7 are missing</li></ul>", "12 were hurt\n7 are missing"),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("<p>First<br>second</p>", "First\nsecond"),
        ("<h2>Flood</h2>40 <b>homes</b> &amp; barns", "Flood\n40 homes & barns"),
        ("<p>40 homes</p><script>alert(1)</script><style>p {}</style>", "40 homes"),
        ("", ""),
        ("  \n ", ""),
        ("<p></p><script>12</script>", ""),
        ("<p>Тридцять сіл і “лапки”</p>", "Тридцять сіл і “лапки”"),
        ("no markup at all: 5 < 6", "no markup at all: 5 < 6"),
    ],
)
def test_rich_text_is_filed_as_it_would_be_read(markup, text):
    assert text_of_html(markup) == text


def test_markup_beyond_reason_is_refused_in_words():
    with pytest.raises(Invalid, match="nests its tags"):
        text_of_html("<div>" * 100_000)
