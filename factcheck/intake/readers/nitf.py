"""NITF, the news story in XML of the IPTC. Its body is written as markup that `html` reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from factcheck.intake.extracts import Extract, Unreadable
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.dates import read_embargo, read_stamp
from factcheck.intake.readers.formats import NITF
from factcheck.intake.readers.html import block_text
from factcheck.intake.readers.remarks import quoted_remark
from factcheck.intake.readers.standing import standing
from factcheck.intake.readers.xml_trees import local_name, parse_xml
from factcheck.intake.text_cleaning import one_line

_RENAMED = {
    **dict.fromkeys(["block", "media", "body.content", "nitf-table", "bibliography", "fn"], "div"),
    "media-caption": "figcaption",
    "media-producer": "figcaption",
    "hl2": "h2",
    "bq": "blockquote",
    **dict.fromkeys(["credit", "datasource", "custom-table", "tagline"], "p"),
}
_DROPPED = frozenset(["media-metadata", "media-object", "media-reference"])
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?(Z|[+-]\d{4})?")


def read_nitf(text: str) -> Extract:
    """One story. Raises Unreadable: malformed, no_text."""
    root = parse_xml(text, doctype=True)
    body, remarks = nitf_body(root)
    if not body.strip():
        raise Unreadable("no_text", "The wire story (NITF) has no text.")
    data = _first(root, "docdata")
    stamp = read_stamp(_norm(data, "date.issue") or _norm(root, "story.date"))
    embargo_until, embargo_notes = _release(data)
    return Extract(
        text=body,
        media_type=NITF,
        title=title_of(_words(_first(root, "hl1"))) or title_of(_words(_first(root, "title"))),
        published_at=stamp.at,
        published_text=stamp.found,
        published_precision=stamp.precision,
        zone=stamp.zone,
        byline=names(_words(_first(root, "byline"))),
        language=one_line(root.get("{http://www.w3.org/XML/1998/namespace}lang"), 35),
        publisher=one_line(_attribute(root, "doc.copyright", "holder") or _attribute(root, "pubdata", "name")),
        source_id=one_line(_attribute(data, "doc-id", "id-string"), 2000),
        located=one_line(_words(_first(_first(root, "dateline"), "location")) or _words(_first(root, "dateline"))),
        embargo_until=embargo_until,
        notes=(*stamp.notes, *embargo_notes, *_said(root, data), *remarks),
    )


def nitf_body(root: Any) -> tuple[str, tuple[str, ...]]:
    """The text of a story under any root, and remarks: its second headlines, its body, what stands at its end."""
    head, content, end = (_first(root, f"body.{part}") for part in ("head", "content", "end"))
    lines = [] if head is None else [one_line(_words(node), 2000) for node in head.iter() if local_name(node) == "hl2"]
    remarks: tuple[str, ...] = ()
    for part in (content, end):
        if part is not None:
            text, said = block_text(_markup(part))
            lines.append(text)
            remarks += said
    body = "\n".join(line for line in lines if line.strip())
    summary = _words(_first(head, "abstract"))
    if summary and "".join(summary.split()) not in "".join(body.split()):
        remarks += quoted_remark("The sender's summary is not in the text", [summary])
    return body, remarks


def markup_of(node: Any) -> str:
    """An element as markup without namespaces, which a reader of pages takes."""
    for inner in node.iter():
        if isinstance(inner.tag, str):
            inner.tag = local_name(inner)
    etree.cleanup_namespaces(node)
    return str(etree.tostring(node, encoding="unicode", with_tail=False, method="html"))


def _markup(part: Any) -> str:
    """A part of a story in the elements of pages."""
    for node in list(part.iter()):
        name = local_name(node)
        if name in _DROPPED:
            node.clear()
        if name == "frac":
            _write_fraction(node)
        elif name:
            node.tag = _RENAMED.get(name, name)
    return markup_of(part)


def _write_fraction(node: Any) -> None:
    """Half of two and a half: "2 1/2", for "21/2" is another number."""
    numerator, denominator = (_words(_first(node, f"frac-{part}")) for part in ("num", "den"))
    previous, parent, tail = node.getprevious(), node.getparent(), node.tail
    before = (parent.text if previous is None else previous.tail) if parent is not None else ""
    node.clear()
    node.tag, node.tail = "span", tail
    node.text = f"{' ' if (before or '')[-1:].isdigit() else ''}{numerator}/{denominator}"


def _said(root: Any, data: Any) -> list[str]:
    """What the sender says of this version."""
    notes = [node.get("info") or "" for node in _all(data, "ed-msg")] + [_words(node) for node in _all(root, "note")]
    status = "" if data is None else data.get("management-status") or ""
    version = _attribute(data, "du-key", "version")
    return standing(status="" if status == "embargoed" else status, version=version, notes=notes)


def _release(data: Any) -> tuple[datetime | None, tuple[str, ...]]:
    """Until when the story must not be used: its release, where that is still to come."""
    until, notes = read_embargo(_norm(data, "date.release"))
    if until and until <= datetime.now(UTC):
        return None, ()
    if until is None and not notes and data is not None and data.get("management-status") == "embargoed":
        return None, ("The sender has put an embargo on this item; please enter until when it lasts.",)
    return until, notes


def _norm(node: Any, name: str) -> str:
    """A date in its normal form, written as ISO 8601 writes it."""
    found = _attribute(node, name, "norm")
    matched = _COMPACT.fullmatch(found)
    if not matched:
        return found
    year, month, day, hour, minute, second, zone = matched.groups()
    return f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}{zone or ''}" if hour else "")


def _all(node: Any, name: str) -> list[Any]:
    return [] if node is None else [found for found in node.iter() if local_name(found) == name]


def _first(node: Any, name: str) -> Any:
    return next(iter(_all(node, name)), None)


def _attribute(node: Any, name: str, attribute: str) -> str:
    found = _first(node, name)
    return "" if found is None else (found.get(attribute) or "").strip()


def _words(node: Any) -> str:
    return "" if node is None else " ".join("".join(node.itertext()).split())
