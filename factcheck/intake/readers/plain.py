"""Plain text and Markdown: the body is kept as it is; a metadata block on top of Markdown is read.

The block is MultiMarkdown's: `Key: value` lines from the very first line, ended by a blank line. Only the keys that are
known here are taken out, each once; whatever else stands in the block is text, for it may hold a claim.
"""

from __future__ import annotations

import re

from factcheck.intake.extracts import Extract
from factcheck.intake.readers.credits import names, title_of
from factcheck.intake.readers.dates import read_stamp
from factcheck.intake.readers.formats import MARKDOWN, PLAIN
from factcheck.intake.text_cleaning import one_line

_KEYS = {
    "title": "title",
    "published": "published",
    "date": "published",
    "zone": "zone",
    "timezone": "zone",
    "author": "author",
    "authors": "author",
    "byline": "author",
    "publisher": "publisher",
    "url": "url",
    "language": "language",
}
_LINE = re.compile(r"([A-Za-z][A-Za-z0-9 _-]{0,39}):[ \t]*(.*)")
_HEADING = re.compile(r"^#[ \t]+(.+)$", re.MULTILINE)
_BLOCK = 20_000


def read_plain(text: str) -> Extract:
    """A text as it was pasted."""
    return Extract(text=text, media_type=PLAIN, plain=True)


def read_markdown(text: str) -> Extract:
    """Markdown; the stored text is what follows the metadata block, marks included."""
    fields, body = _metadata(text)
    stamp = read_stamp(fields.get("published", ""), zone=fields.get("zone", ""))
    heading = _HEADING.search(body[:20_000])
    return Extract(
        text=body,
        media_type=MARKDOWN,
        title=title_of(fields.get("title") or (heading.group(1).rstrip("# \t") if heading else "")),
        published_at=stamp.at,
        published_text=stamp.found,
        published_precision=stamp.precision,
        zone=stamp.zone,
        byline=names(fields.get("author", "")),
        language=one_line(fields.get("language", ""), 35),
        publisher=one_line(fields.get("publisher", "")),
        canonical_url=one_line(fields.get("url", ""), 2000),
        plain=True,
        notes=stamp.notes,
    )


def _metadata(text: str) -> tuple[dict[str, str], str]:
    """The fields of the block and the rest; no fields and the whole text where there is no such block.

    The first key must be one of ours, or a story that begins "Velmora: the river rose" would lose a line.
    """
    fields: dict[str, str] = {}
    other_lines: list[str] = []
    start, key, end = 0, "", text.find("\n")
    while end >= 0 and start < _BLOCK:
        line = text[start:end]
        start, end = end + 1, text.find("\n", end + 1)
        matched = _LINE.fullmatch(line)
        if not fields and line.rstrip() == "---":
            continue
        if matched:
            key = _KEYS.get(matched.group(1).strip().lower(), "")
            if not fields and not key:
                break
            if not key or key in fields:
                key = ""
                other_lines.append(line)
            else:
                fields[key] = matched.group(2).strip()
        elif fields and line[:1] in (" ", "\t") and line.strip():
            if key == "title":
                fields[key] += " " + line.strip()
            else:
                other_lines.append(line)
        elif fields and line.strip() in ("", "---", "..."):
            body = text[start:].lstrip("\n")
            return fields, "\n".join(other_lines) + "\n\n" + body if other_lines else body
        else:
            break
    return {}, text
