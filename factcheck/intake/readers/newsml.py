"""NewsML-G2, the news item in XML of the IPTC, alone or in a message. Markup inside is read by `html` and `nitf`."""

from __future__ import annotations

from typing import Any

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import all_names, title_of
from factcheck.intake.readers.dates import read_embargo, read_stamp
from factcheck.intake.readers.formats import NEWSML
from factcheck.intake.readers.html import block_text
from factcheck.intake.readers.nitf import markup_of, nitf_body
from factcheck.intake.readers.standing import standing
from factcheck.intake.readers.xml_trees import local_name, parse_xml
from factcheck.intake.text_cleaning import one_line

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read_newsml(text: str) -> Extract:
    """The first item of a message that has words; others are named. Raises Unreadable: malformed, no_text."""
    root = parse_xml(text)
    items = [node for node in root.iter() if local_name(node) == "newsItem"]
    titles = [title_of(_words(_first(_child(item, "contentMeta"), "headline"))) for item in items]
    read = ((number, item, *_body(item)) for number, item in enumerate(items))
    number, item, body, remarks = next((found for found in read if found[2].strip()), (0, None, "", ()))
    if item is None:
        raise Unreadable("no_text", "The wire story (NewsML-G2) has no text in it.")
    others = [title or "(no headline)" for place, title in enumerate(titles) if place != number]
    if others:
        remarks = (*remarks, f"The message holds other items, which are not in the text: {'; '.join(others)[:300]}.")
    return _extract(item, body, titles[number], remarks)


def _extract(item: Any, body: str, title: str, remarks: tuple[str, ...]) -> Extract:
    about, content = _child(item, "itemMeta"), _child(item, "contentMeta")
    created = _words(_first(about, "versionCreated")) or _words(_first(about, "firstCreated"))
    stamp = read_stamp(created)
    embargo_until, embargo_notes = read_embargo(_words(_first(about, "embargoed")))
    people = [_words(node) for node in _children(content, "by")]
    creators = [_words(_first(node, "name")) for node in _children(content, "creator")]
    language = _child(content, "language")
    return Extract(
        text=body,
        media_type=NEWSML,
        title=title or title_of(_words(_first(about, "title"))),
        published_at=stamp.at,
        published_text=stamp.found,
        published_precision=stamp.precision,
        zone=stamp.zone,
        byline=all_names(people) or all_names(creators),
        language=one_line((language.get("tag") if language is not None else "") or item.get(_LANG), 35),
        publisher=one_line(_publisher(item, about)),
        source_id=one_line(item.get("guid"), 2000),
        located=one_line(_words(_first(_child(content, "located"), "name"))),
        embargo_until=embargo_until,
        notes=(*stamp.notes, *embargo_notes, *_said(item, about), *remarks),
    )


def _body(item: Any) -> tuple[str, tuple[str, ...]]:
    """The text of an item, in whichever form its content comes, and remarks."""
    remarks: tuple[str, ...] = ()
    texts = list[str]()
    for part in _child(item, "contentSet") if _child(item, "contentSet") is not None else ():
        name = local_name(part)
        if name == "remoteContent":
            remarks += ("Content of the item lies elsewhere and is not in the text.",)
        elif name in ("inlineXML", "inlineData"):
            text, said = _inline_xml(part) if name == "inlineXML" else _inline_data(part)
            if text.strip() and not texts:  # what follows is the same story in another form
                texts.append(text)
                remarks += said
    return "".join(texts), tuple(dict.fromkeys(remarks))


def _inline_xml(part: Any) -> tuple[str, tuple[str, ...]]:
    if _first(part, "body.content") is not None:
        return nitf_body(part)
    body = _first(part, "body")
    return block_text(markup_of(part if body is None else body))


def _inline_data(part: Any) -> tuple[str, tuple[str, ...]]:
    kind, text = (part.get("contenttype") or "").lower(), "".join(part.itertext())
    return block_text(text) if "html" in kind or "xml" in kind else (text.strip(), ())


def _said(item: Any, about: Any) -> list[str]:
    """What the sender says of this version."""
    status = _child(about, "pubStatus")
    signals = [_code(node) for node in _children(about, "signal")]
    notes = [_words(node) for node in _children(about, "edNote")]
    version = item.get("version") or ""
    return standing(status="" if status is None else _code(status), version=version, notes=notes, signals=signals)


def _code(node: Any) -> str:
    return node.get("qcode") or node.get("uri") or node.get("literal") or _words(node)


def _publisher(item: Any, about: Any) -> str:
    holder = _first(_child(item, "rightsInfo"), "copyrightHolder")
    named = _words(_first(holder, "name")) or _words(_first(_child(about, "provider"), "name"))
    provider = _child(about, "provider")
    return named or ("" if provider is None else provider.get("literal") or "")


def _children(node: Any, name: str) -> list[Any]:
    return [] if node is None else [found for found in node if local_name(found) == name]


def _child(node: Any, name: str) -> Any:
    return next(iter(_children(node, name)), None)


def _first(node: Any, name: str) -> Any:
    return None if node is None else next((found for found in node.iter() if local_name(found) == name), None)


def _words(node: Any) -> str:
    return "" if node is None else " ".join("".join(node.itertext()).split())
