"""Wire stories: NewsML-G2 and NITF beside ninjs, and what the sender says of a version is put before a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from factcheck.intake.readers import Unreadable, read_bytes
from tests.intake.made import SENTENCE

SECOND = "Thirty-seven bridges were closed between Velmora and Ardun."
LATER = (datetime.now(UTC) + timedelta(days=40)).replace(microsecond=0)


def g2(meta="", content="", body=f"<p>{SENTENCE}</p><p>{SECOND}</p>", version="1", wrapped=None, root="newsItem"):
    inline = (
        wrapped
        or f'<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>{body}</body></html></inlineXML>'
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:wire.example:1" version="{version}" standard="NewsML-G2" xml:lang="en">
<rightsInfo><copyrightHolder><name>Delta Wire</name></copyrightHolder></rightsInfo>
<itemMeta><versionCreated>2026-03-10T08:30:00+03:00</versionCreated><provider literal="DW"/>{meta}</itemMeta>
<contentMeta><headline>A &amp;amp; B floods</headline><by>By Ana Brook, Chief Reporter</by><language tag="en"/><located><name>Velmora</name></located>{content}</contentMeta>
<contentSet>{inline}</contentSet></{root}>"""


def nitf(docdata="", head="", body=f"<p>{SENTENCE}</p><p>{SECOND}</p>", doctype=""):
    return f"""<?xml version="1.0"?>{doctype}<nitf><head><title>Wire title</title><docdata>{docdata}<doc-id id-string="wire-7"/>
<date.issue norm="20260310T083000+0300"/></docdata></head><body><body.head><hedline><hl1>Velmora floods</hl1><hl2>Twelve bridges closed</hl2></hedline>
<byline>By <person>Ana Brook</person></byline><dateline><location>Velmora</location></dateline>{head}</body.head>
<body.content>{body}</body.content></body></nitf>"""


def notes(data, **said):
    return " ".join(read_bytes(data.encode() if isinstance(data, str) else data, **said).notes)


@pytest.mark.parametrize("name", ["item.xml", ""])
def test_a_newsml_g2_item_is_read(name):
    extract = read_bytes(g2().encode(), filename=name)
    assert extract.text == f"{SENTENCE}\n{SECOND}"
    assert (extract.title, extract.byline) == ("A & B floods", ("Ana Brook",))
    assert (extract.language, extract.located, extract.publisher) == ("en", "Velmora", "Delta Wire")
    assert (extract.published_at, extract.zone) == (datetime(2026, 3, 10, 5, 30, tzinfo=UTC), "+03:00")
    assert extract.source_id == "urn:newsml:wire.example:1"
    assert not extract.plain


@pytest.mark.parametrize(
    "wrapped",
    [
        f'<inlineData contenttype="text/plain">{SENTENCE}\n{SECOND}</inlineData>',
        f'<inlineData contenttype="text/html">&lt;p&gt;{SENTENCE}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;</inlineData>',
        f'<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.content><p>{SENTENCE}</p><p>{SECOND}</p></body.content></body></nitf></inlineXML>',
    ],
)
def test_the_body_of_a_newsml_g2_item_may_have_several_forms(wrapped):
    assert read_bytes(g2(wrapped=wrapped).encode()).text == f"{SENTENCE}\n{SECOND}"


def test_a_newsml_g2_message_gives_its_item_and_says_that_there_are_others():
    item = g2().split("?>", 1)[1]
    message = (
        f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>{item}</itemSet></newsMessage>'
    )
    assert read_bytes(message.encode()).text == f"{SENTENCE}\n{SECOND}"
    two = message.replace("</itemSet>", item.replace("A &amp;amp; B floods", "Fire in Ost") + "</itemSet>")
    assert "Fire in Ost" in notes(two)


def test_a_nitf_story_is_read():
    extract = read_bytes(nitf().encode(), filename="story.xml")
    assert extract.text == f"Twelve bridges closed\n{SENTENCE}\n{SECOND}"
    assert (extract.title, extract.byline, extract.located) == ("Velmora floods", ("Ana Brook",), "Velmora")
    assert extract.published_at == datetime(2026, 3, 10, 5, 30, tzinfo=UTC)
    assert extract.source_id == "wire-7"


def test_a_nitf_story_with_its_usual_doctype_is_read_and_one_with_entities_is_not():
    usual = '<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">'
    assert SENTENCE in read_bytes(nitf(doctype=usual).encode()).text
    with pytest.raises(Unreadable) as refused:
        read_bytes(nitf(doctype='<!DOCTYPE nitf [<!ENTITY a "9">]>', body="<p>&a;</p>").encode())
    assert refused.value.code == "malformed"


def test_captions_tables_fractions_and_deletions_of_nitf():
    body = (
        "<media><media-reference source='a.jpg'/><media-caption><p>A bridge, 15 dead.</p></media-caption></media>"
        "<p>It rose by 2<frac><frac-num>1</frac-num><frac-sep>/</frac-sep><frac-den>2</frac-den></frac> metres.</p>"
        "<p>12<sup>3</sup> people, <del>99</del></p><table><tr><td>Ardun</td><td>12</td></tr></table>"
        "<block><p>In a block 7.</p></block>"
    )
    text = read_bytes(nitf(body=body).encode()).text
    for words in ("A bridge, 15 dead.", "by 2 1/2 metres", "12³ people", "In a block 7."):
        assert words in text
    assert "99" not in text
    assert "Ardun12" not in text


STANDING = [
    (g2('<pubStatus qcode="stat:canceled"/>'), "do not use"),
    (g2('<pubStatus qcode="stat:withheld"/>'), "withheld"),
    (g2("<edNote>Corrects the toll in paragraph 2.</edNote>"), "Corrects the toll in paragraph 2."),
    (g2('<signal qcode="sig:correction"/>'), "correction"),
    (g2(version="3"), "version 3"),
    (g2('<link rel="irel:previousVersion" residref="urn:0"/>', version="2"), "version 2"),
    (
        g2(wrapped='<remoteContent href="a.xml"/>' + f'<inlineData contenttype="text/plain">{SENTENCE}</inlineData>'),
        "elsewhere",
    ),
    (nitf('<ed-msg info="Kill this story."/>'), "Kill this story."),
    (nitf('<du-key version="4"/>'), "version 4"),
    (nitf('<urgency ed-urg="1"/>', head="<note><p>Adds quote.</p></note>"), "Adds quote."),
    (nitf().replace("<docdata>", '<docdata management-status="canceled">'), "do not use"),
    (nitf().replace("<docdata>", '<docdata management-status="withheld">'), "withheld"),
    (json.dumps({"uri": "u", "headline": "x", "body_text": SENTENCE, "pubstatus": "canceled"}), "do not use"),
    (json.dumps({"uri": "u", "headline": "x", "body_text": SENTENCE, "version": "3"}), "version 3"),
    (
        json.dumps({"uri": "u", "headline": "x", "body_text": SENTENCE, "ednote": "Corrects the toll."}),
        "Corrects the toll.",
    ),
    (json.dumps({"uri": "u", "headline": "x", "body_text": SENTENCE, "profile": "x", "signal": "update"}), "update"),
    (
        json.dumps({"uri": "u", "headlines": [{"value": "x"}], "body_text": SENTENCE, "edNote": "Adds quote."}),
        "Adds quote.",
    ),
]


@pytest.mark.parametrize(("data", "said"), STANDING)
def test_what_the_sender_says_of_a_version_is_put_before_a_person(data, said):
    assert said in notes(data)


def test_an_ordinary_item_has_no_remark():
    assert notes(g2('<pubStatus qcode="stat:usable"/>')) == ""
    assert notes(nitf()) == ""


def test_embargoes_of_wire_stories_are_kept():
    assert read_bytes(g2(f"<embargoed>{LATER.isoformat()}</embargoed>").encode()).embargo_until == LATER
    stamp = LATER.strftime("%Y%m%dT%H%M%SZ")
    assert read_bytes(nitf(f'<date.release norm="{stamp}"/>').encode()).embargo_until == LATER
    assert "embargo" in notes(g2("<embargoed>when she speaks</embargoed>"))
    past = read_bytes(nitf('<date.release norm="20260310T083000Z"/>').encode())
    assert past.embargo_until in (None, datetime(2026, 3, 10, 8, 30, tzinfo=UTC))


def test_an_embargo_in_words_is_put_before_a_person():
    for text in (
        "EMBARGOED UNTIL 6 MAY 10:00\n\n",
        "Embargo: 6 May, 10 am.\n",
        "NOT FOR RELEASE BEFORE 6 MAY\n",
        "*** Strictly embargoed until Friday ***\n",
    ):
        assert "embargo" in notes(text + SENTENCE)
    assert notes("The trade embargo against Ardun lasted until 1999, the council said.\n" + SENTENCE) == ""


@pytest.mark.parametrize("root", ["packageItem", "knowledgeItem", "conceptItem"])
def test_other_items_of_newsml_g2_are_named(root):
    with pytest.raises(Unreadable) as refused:
        read_bytes(g2(root=root).encode())
    assert root in refused.value.message


@pytest.mark.parametrize(
    "data",
    [
        g2(wrapped="<remoteContent href='a.jpg'/>"),
        nitf(body="").replace("<hl2>Twelve bridges closed</hl2>", ""),
        '<?xml version="1.0"?><nitf>',
        "<nitf><body/></nitf>",
    ],
)
def test_a_wire_story_without_words_is_refused(data):
    with pytest.raises(Unreadable) as refused:
        read_bytes(data.encode())
    assert refused.value.code in ("no_text", "malformed")
