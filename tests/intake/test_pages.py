"""Markup of pages that carries meaning: what is deleted is deleted, what is hidden is said, and no caption is lost in
silence."""

import json

import pytest

from factcheck.intake.readers import read_bytes
from factcheck.intake.readers.feed import read_feed
from tests.intake.made import SENTENCE, article, page

SECOND = "Thirty-seven bridges were closed between Velmora and Ardun, the district council added."
LONG = [
    f"On day {word} the council of Ardun met again in the old mill and heard {word} speakers."
    for word in ("one", "two", "three", "four", "five", "six", "seven", "eight")
]


def item(markup):
    return json.dumps({"uri": "urn:x:1", "headline": "Flood", "body_html": markup}).encode()


DELETED = [
    "killed <del>12</del> <ins>15</ins> people",
    "killed <s>12</s> 15 people",
    "killed <strike>12</strike> 15 people",
    "killed <del><b>12</b></del> 15 people",
    "killed <span style='text-decoration: line-through'>12</span> 15 people",
    "killed <span style='text-decoration-line:line-through red'>12</span> 15 people",
]


@pytest.mark.parametrize("written", DELETED)
def test_what_is_struck_through_is_not_in_the_text_and_is_said(written):
    words = f"The flood {written} in Velmora on Tuesday evening, the river office said."
    right = "The flood killed 15 people in Velmora on Tuesday evening, the river office said."
    readings = [
        read_bytes(article(words, SECOND).encode()),
        read_bytes(article(words, SECOND).encode(), whole=True),
        read_bytes(page(f"<p>{words}</p>").encode()),
        read_bytes(item(f"<p>{words}</p>")),
    ]
    for extract in readings:
        assert right in extract.text
        assert any("truck" in note and "“12”" in note for note in extract.notes)


def test_what_is_struck_through_in_a_feed_s_entry_is_deleted_too():
    words = "The flood killed &lt;del&gt;12&lt;/del&gt; 15 people in Velmora on Tuesday, the office said."
    data = (
        f"<rss version='2.0'><channel><item><title>t</title><description>{words}</description></item></channel></rss>"
    )
    assert "killed 15 people" in read_bytes(read_feed(data.encode()).entries[0].page.encode()).text


HIDDEN = [
    "<span hidden>Some 999 were hurt.</span>",
    "<span hidden='until-found'>Some 999 were hurt.</span>",
    "<span style='display:none'>Some 999 were hurt.</span>",
    "<span style='color:red; DISPLAY : none !important'>Some 999 were hurt.</span>",
    "<b style='visibility: hidden'>Some 999 were hurt.</b>",
    "<dialog>Some 999 were hurt.</dialog>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_a_page_hides_is_not_in_the_text_and_is_said(hidden):
    for data in (article(f"{SENTENCE} {hidden}", SECOND).encode(), item(f"<p>{SENTENCE} {hidden}</p><p>{SECOND}</p>")):
        extract = read_bytes(data)
        assert extract.text == f"{SENTENCE}\n{SECOND}"
        assert any("hides" in note and "Some 999 were hurt" in note for note in extract.notes)


def test_a_hidden_menu_outside_the_article_is_no_remark():
    body = f"<div style='display:none'><a>All 12 sections</a></div><article><p>{SENTENCE}</p><p>{SECOND}</p></article>"
    assert read_bytes(page(body).encode()).notes == ()


@pytest.mark.parametrize("wrapped", ["<body style='display:none'>{}</body>", "<article hidden>{}</article>"])
def test_a_page_that_hides_all_of_itself_until_a_script_runs_is_read(wrapped):
    text = "".join(f"<p>{line}</p>" for line in (SENTENCE, SECOND))
    assert read_bytes(f"<html>{wrapped.format(text)}</html>".encode()).text == f"{SENTENCE}\n{SECOND}"


CAPTIONS = [
    "<figure><img src='a.png'><figcaption>The flood killed 15 people here.</figcaption></figure>",
    "<div class='wp-caption'><img src='a.png'><figure><figcaption>Dead: 15</figcaption></figure></div>",
    "<aside><blockquote>The flood killed 15 people here, I have counted them all.</blockquote></aside>",
    "<svg><text>Dead</text><text>15</text></svg>",
    "<table><caption>Dead: 15 in all</caption><tr><td>Velmora<td>15 dead</table>",
    "<dl><dt>Dead<dd>15 in all</dl>",
    "<pre>Dead: 15 in all</pre>",
    "<figure><table><tr><td>Ardun</td><td>15 dead</td></tr></table></figure>",
]


@pytest.mark.parametrize("caption", CAPTIONS)
@pytest.mark.parametrize("frame", ["<article>{}</article>", "<main>{}</main>", "<div class='story'>{}</div>"])
def test_a_caption_or_cell_is_in_the_text_or_said_to_be_missing(caption, frame):
    text = [f"<p>{line}</p>" for line in (SENTENCE, *LONG[:4])] + [caption] + [f"<p>{line}</p>" for line in LONG[4:]]
    extract = read_bytes(page("<nav><a href=/>Home</a></nav>" + frame.format("".join(text))).encode())
    assert "15" in extract.text or any("not in the text" in note and "15" in note for note in extract.notes)


def test_the_article_is_compared_and_not_a_teaser_before_it():
    teaser = "<article><p>Read on: mill.</p></article>"
    caption = "<figure><figcaption>The flood killed 15 people here.</figcaption></figure>"
    body = "".join(f"<p>{line}</p>" for line in (SENTENCE, *LONG))
    extract = read_bytes(page(f"{teaser}<article>{body}{caption}</article>").encode())
    assert "15 people" in extract.text + " ".join(extract.notes)


HEADLINE = "The ministry counts 40 dead in Velmora"
SHORT = [
    f"<article><h1>{HEADLINE}</h1><p>{SENTENCE}</p><p>See <a href='/a'>the map</a>, 12 km wide.</p></article>",
    f"<article><h1>{HEADLINE}</h1><figure><figcaption>A bridge.</figcaption></figure><p>{SENTENCE}</p></article>",
    f"<article><header><h1>{HEADLINE}</h1></header><div><div>{SENTENCE}</div><div>{SECOND}</div></div></article>",
    f"<article><h1>{HEADLINE}</h1><time>10 March</time><p>{SENTENCE} <q>All</q></p></article>",
]


@pytest.mark.parametrize("body", SHORT)
def test_a_short_page_keeps_its_lines_and_its_headline_its_own(body):
    text = read_bytes(page(body, f"<title>{HEADLINE}</title>").encode()).text
    assert HEADLINE not in [line for line in text.split("\n") if len(line) > len(HEADLINE)]
    assert f"{HEADLINE} " not in text
    assert "\n" in text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("The toll is <math><mn>1,200</mn></math> dead.", "The toll is 1,200 dead."),
        ("Some <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> of it.", "Some 1/2 of it."),
        ("Some <math><msup><mn>10</mn><mn>6</mn></msup></math> pounds.", "Some 10⁶ pounds."),
        ("Some <math><msub><mn>12</mn><mn>3</mn></msub></math> pounds.", "Some 12₃ pounds."),
        (
            "Some <math><semantics><mn>12</mn><annotation>12.0</annotation></semantics></math> pounds.",
            "Some 12 pounds.",
        ),
        ("<q>All 12</q>, said Ana Brook.", "“All 12”, said Ana Brook."),
        ("It rose by 2&frac12; metres.", "It rose by 2½ metres."),
    ],
)
def test_formulas_and_quotations_are_written_as_a_page_shows_them(markup, words):
    assert read_bytes(item(f"<p>{markup}</p>")).text == words
    assert words in read_bytes(article(f"{SENTENCE} {markup}", SECOND).encode()).text


def linked(**node):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **node})}</script>'


CLOSED = [
    linked(isAccessibleForFree=False),
    linked(isAccessibleForFree="False"),
    linked(isAccessibleForFree="http://schema.org/False"),
    linked(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ".paywall"}),
    linked(hasPart=[{"@type": "WebPageElement", "isAccessibleForFree": False}]),
    '<script type="application/ld+json">{"@graph": [{"@type": "WebPage", "isAccessibleForFree": false}]}</script>',
    '<script type="application/ld+json">[{"@type": ["NewsArticle"], "isAccessibleForFree": "no"}]</script>',
    '<meta itemprop="isAccessibleForFree" content="false">',
    '<meta property="article:content_tier" content="locked">',
]


@pytest.mark.parametrize("head", CLOSED)
def test_a_page_that_is_not_free_says_that_it_may_be_the_beginning_only(head):
    extract = read_bytes(article(SENTENCE, SECOND, head=head).encode())
    assert any("only the beginning" in note for note in extract.notes)


@pytest.mark.parametrize(
    "head",
    [
        linked(isAccessibleForFree=True),
        linked(isAccessibleForFree="true"),
        linked(),
        '<meta property="article:content_tier" content="free">',
        '<script type="application/ld+json">{"@type": "Recipe", "isAccessibleForFree": false}</script>',
    ],
)
def test_a_free_page_has_no_such_remark(head):
    assert read_bytes(article(SENTENCE, SECOND, head=head).encode()).notes == ()


@pytest.mark.parametrize("row", ["<td>12</td><td>15</td>", "<th>12<td>15", "<td><b>12</b></td>\n<td>15</td>"])
def test_two_cells_of_a_row_do_not_become_one_number(row):
    table = f"<p>Dead and hurt in Ardun.</p><table><tr>{row}</tr></table>"
    assert read_bytes(item(table)).text == "Dead and hurt in Ardun.\n12\t15"
    assert "12\t15" in read_bytes(page(table).encode(), whole=True).text
