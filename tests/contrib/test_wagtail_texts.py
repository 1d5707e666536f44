"""The words of a page of Wagtail: nothing is lost, and every position leads back to the block it came from."""

import html
import json
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField

from factcheck.contrib.wagtail.texts import BETWEEN, page_text, pieces_of_html
from factcheck.intake.text_cleaning import stored_text
from factcheck.text import read
from tests.stories import TUESDAY


class Poem(blocks.CharBlock):
    def factcheck_text(self, value):
        return f"A poem: {value}"


BODY = blocks.StreamBlock(
    [
        ("heading", blocks.CharBlock()),
        ("paragraph", blocks.RichTextBlock()),
        ("quote", blocks.StructBlock([("words", blocks.TextBlock()), ("speaker", blocks.CharBlock())])),
        ("facts", blocks.ListBlock(blocks.CharBlock())),
        ("box", blocks.StreamBlock([("line", blocks.CharBlock()), ("text", blocks.RichTextBlock())])),
        ("markup", blocks.RawHTMLBlock()),
        ("count", blocks.IntegerBlock()),
        ("look", blocks.ChoiceBlock(choices=[("wide", "Wide")])),
        ("link", blocks.URLBlock()),
        ("shown", blocks.BooleanBlock()),
        ("poem", Poem()),
        ("table", TableBlock()),
        ("typed", TypedTableBlock([("text", blocks.CharBlock()), ("rich", blocks.RichTextBlock())])),
    ]
)
FIELDS = {"introduction": RichTextField()}


def page_of(body=(), title="Flood in Oberfurt", introduction=""):
    """What ``page_text`` asks of a page: its fields, and which of them hold HTML."""
    meta = SimpleNamespace(get_field=lambda name: FIELDS.get(name))
    stream = BODY.to_python([{"type": kind, "value": value, "id": f"id{n}"} for n, (kind, value) in enumerate(body)])
    return SimpleNamespace(
        title=title, introduction=introduction, body=stream, factcheck_fields=["introduction", "body"], _meta=meta
    )


def told(body=(), **values):
    text = page_text(page_of(body, **values))
    return [(part.path, part.block, part.key, text.own_text(part)) for part in text.parts]


def test_each_block_gives_its_words_under_its_path():
    body = [
        ("heading", "The night"),
        ("paragraph", '<p data-block-key="k1">Forty <b>houses</b>.</p><p data-block-key="k2">A &amp; B<br/>C</p>'),
        ("quote", {"words": "We saw it.", "speaker": "Lena Brandt"}),
        (
            "facts",
            [{"type": "item", "value": "40 houses", "id": "f1"}, {"type": "item", "value": "3 bridges", "id": "f2"}],
        ),
        (
            "box",
            [{"type": "line", "value": "In short", "id": "in1"}, {"type": "text", "value": "<p>Deep</p>", "id": "in2"}],
        ),
        ("markup", "<div>Raw <i>words</i><script>var no = 1;</script></div>"),
        ("count", 90),
        ("poem", "of rain"),
    ]
    assert told(body, introduction='<p data-block-key="k0">Before.</p>') == [
        ("title", "", "", "Flood in Oberfurt"),
        ("introduction", "", "k0", "Before."),
        ("body.id0", "id0", "", "The night"),
        ("body.id1", "id1", "k1", "Forty houses."),
        ("body.id1", "id1", "k2", "A & B\nC"),
        ("body.id2.words", "id2", "", "We saw it."),
        ("body.id2.speaker", "id2", "", "Lena Brandt"),
        ("body.id3.f1", "f1", "", "40 houses"),
        ("body.id3.f2", "f2", "", "3 bridges"),
        ("body.id4.in1", "in1", "", "In short"),
        ("body.id4.in2", "in2", "", "Deep"),
        ("body.id5", "id5", "", "Raw words"),
        ("body.id6", "id6", "", "90"),
        ("body.id7", "id7", "", "A poem: of rain"),
    ]


def test_two_items_of_a_list_are_not_one_sentence():
    text = page_text(page_of([("paragraph", "<ul><li>40 houses were flooded</li><li>3 bridges fell</li></ul>")]))
    assert text.text.endswith(f"40 houses were flooded{BETWEEN}3 bridges fell")
    found = read(text.text, published_at=TUESDAY, zone="UTC", title="", language="en").claims
    sentences = [text.text[claim.span.start : claim.span.end] for claim in found]
    assert sentences
    assert not [words for words in sentences if "houses" in words and "bridges" in words]


def test_tables_give_their_cells():
    plain = {"data": [["Town", "Houses"], ["Oberfurt", 40]], "table_caption": "Floods"}
    typed = {
        "columns": [{"type": "text", "heading": "Town"}, {"type": "rich", "heading": "What"}],
        "rows": [{"values": ["Oberfurt", "<p>40 houses</p>"]}],
        "caption": "Flood",
    }
    words = [row[3] for row in told([("table", plain), ("typed", typed)])]
    assert words[1:] == ["Floods", "Town", "Houses", "Oberfurt", "40", "Flood", "Town", "What", "Oberfurt", "40 houses"]


def test_what_is_not_read_is_said():
    body = [
        ("look", "wide"),
        ("link", "https://a.example/"),
        ("shown", True),
        ("paragraph", '<p>A<embed alt="x"/></p>'),
    ]
    text = page_text(page_of(body))
    assert text.text == f"Flood in Oberfurt{BETWEEN}A"
    assert text.skipped == ("Look", "Link", "embed")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a<p>b</p>c", ["a", "b", "c"]),
        ("<h2>One</h2>two<hr/>three", ["One", "two", "three"]),
        ("<p>one\ntwo</p>", ["one two"]),
        ("<p>un<b>clo<i>sed", ["unclosed"]),
        ("<template>hidden</template>shown", ["shown"]),
        ("&lt;p&gt; is a tag &#8212; here", ["<p> is a tag — here"]),
        ("<!-- a remark -->words", ["words"]),
        ("", []),
    ],
)
def test_html_is_cut_at_its_blocks(source, words):
    found = [piece.words for piece in pieces_of_html(source, "field", "field", "", [])]
    assert [row for row in found if row.strip()] == words


def test_the_digest_is_that_of_what_is_filed():
    one, other = page_text(page_of([("heading", "40")])), page_text(page_of([("heading", "90")]))
    assert one.digest != other.digest
    assert page_text(page_of([("heading", "40")])).digest == one.digest
    assert one.data.decode() == one.text


WORDS = st.text(min_size=0, max_size=30)
BLOCKS = st.one_of(
    st.tuples(st.just("heading"), WORDS),
    st.tuples(
        st.just("paragraph"),
        st.lists(WORDS, max_size=4).map(lambda rows: "".join(f"<p>{html.escape(r)}</p>" for r in rows)),
    ),
    st.tuples(st.just("quote"), st.fixed_dictionaries({"words": WORDS, "speaker": WORDS})),
    st.tuples(st.just("facts"), st.lists(WORDS, max_size=3)),
    st.tuples(st.just("markup"), WORDS),
)


@settings(max_examples=150, deadline=None)
@given(title=WORDS, introduction=WORDS, body=st.lists(BLOCKS, max_size=6))
def test_every_offset_leads_back_to_its_character(title, introduction, body):
    text = page_text(page_of(body, title=title, introduction=introduction))
    assert stored_text(text.text)[0] == text.text, "it is stored as it is, or positions would move"
    between = len(BETWEEN) * max(0, len(text.parts) - 1)
    assert sum(part.end - part.start for part in text.parts) + between == len(text.text)
    for offset, character in enumerate(text.text):
        places = text.locate(offset, offset + 1)
        assert len(places) <= 1
        for place in places:
            assert text.own_text(place.part)[place.start : place.end] == character
        if not places:
            assert character == "\n"
    whole = text.locate(0, len(text.text))
    assert [place.part for place in whole] == list(text.parts)
    assert BETWEEN.join(text.own_text(row.part)[row.start : row.end] for row in whole) == text.text


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8),
        min_size=1,
        max_size=5,
    )
)
def test_no_word_of_a_block_is_lost(words):
    body = [("heading", words[0]), ("facts", words), ("quote", {"words": words[-1], "speaker": words[0]})]
    text = page_text(page_of(body))
    held = [text.own_text(part) for part in text.parts]
    assert [row for row in held[1:] if row] == [stored_text(row)[0] for row in [words[0], *words, words[-1], words[0]]]


def test_a_stretch_over_two_blocks_is_in_both():
    text = page_text(page_of([("heading", "abc"), ("heading", "def")]))
    start = text.text.index("bc")
    first, second = text.locate(start, text.text.index("ef"))
    assert (first.part.block, first.start, first.end) == ("id0", 1, 3)
    assert (second.part.block, second.start, second.end) == ("id1", 0, 1)
    assert json.dumps([row.part.block for row in text.locate(start, start)]) == '["id0"]'
